"""Tell what was selected: worded by a model where that passes verification, quoted where it does not, and not
at all where the evidence turns out not to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from qa.errors import ModelError
from qa.generate import generate
from qa.llm.client import LanguageModel
from qa.present import Presenter
from qa.prompts import INSTRUCTIONS, STATED
from qa.question import Question
from qa.reading import Reader
from qa.records import (
    AnswerSentence,
    Assent,
    Doubt,
    Draft,
    Evidence,
    Instructions,
    Origin,
    Rejected,
    Selection,
    Verdict,
    Verified,
)
from qa.select import judge
from qa.verify import point_to, verify

# Tiers that are shown one piece of evidence at a time, and held to it: those it was calibrated with.
COPIERS = ("standard",)
# Tiers whose word on whether there is an answer counts: smaller models say "no" too rarely or too often.
JUDGES = (*COPIERS, "external")


class Judge(Protocol):
    """See qa.select.judge."""

    def __call__(self, selection: Selection, told: Assent | Doubt, /) -> tuple[Verdict, float]:
        """The verdict, and the probability that there is an answer."""


class Teller:
    """Tells one selection. `trouble` says afterwards what went wrong with the model, "" for nothing, and
    `confidence` how likely the evidence answers.
    """

    def __init__(
        self,
        asked: Question,
        selection: Selection,
        presenter: Presenter,
        model: LanguageModel | None,
        *,
        begun: Callable[[], None] = lambda: None,
        judge: Judge = judge,
    ) -> None:
        self.trouble, self.confidence = "", selection.confidence
        self._asked, self._selection, self._presenter = asked, selection, presenter
        self._model, self._begun, self._judge = model, begun, judge
        self._verdict: Verdict = selection.verdict
        self._judges = model is not None and model.tier in JUDGES
        self._judged = False
        self._groups = _groups(selection)
        self._rejected: list[Rejected] = []

    def tell(self) -> Iterator[AnswerSentence]:
        """Yield each sentence as soon as it is sure; closing the iterator stops the model."""
        if self._selection.verdict == "abstain":
            return
        yield from self._presenter.add_lines(self._selection.lines)
        if self._selection.listed:
            return
        if self._model is not None and (self._verdict == "answer" or self._judges):
            try:
                yield from self._word(self._model)
            except ModelError as error:
                self.trouble = f"{error.message} The answer quotes the evidence."
        # The middle band is worth a quotation where a model has judged it, and nothing where none has.
        quotes = self._verdict == "answer" or (self._verdict == "hedge" and self._judged)
        if self._presenter.sentences or quotes:
            for item in self._left():
                yield self._presenter.add_quote(item)

    def _word(self, model: LanguageModel) -> Iterator[AnswerSentence]:
        """Yield what the model words and verification passes, as far as the evidence is held to answer."""
        for draft, evidence in self._copied(model) if model.tier in COPIERS else self._drafted(model):
            checked = verify(draft, evidence, self._asked)
            if isinstance(checked, Verified):
                # Events come in the order of time: what the model passed over is quoted before it goes on.
                for item in self._left(before=checked.evidence):
                    yield self._presenter.add_quote(item)
                yield self._add(checked)
            else:
                self._rejected.append(checked)

    def _drafted(self, model: LanguageModel) -> Iterator[tuple[Draft, Sequence[Evidence]]]:
        """What a model writes that sees all the evidence at once."""
        evidence = [item for group in self._groups for item in group]
        per_event = self._selection.per_event
        replies = generate(model, self._asked.text, evidence, per_event=per_event, begun=self._begun)
        for reply in replies:
            if isinstance(reply, Draft):
                yield reply, evidence
            elif self._judges:
                self._weigh(reply)
                if self._verdict != "answer":  # nothing to say, or a quotation
                    replies.close()
                    return

    def _copied(self, model: LanguageModel) -> Iterator[tuple[Draft, Sequence[Evidence]]]:
        """What a model copies that is shown one piece of evidence at a time; nothing before it holds one of the
        pieces for an answer.
        """
        reader = Reader(model, self._asked, begun=self._begun)
        best = Assent(0.0)
        waiting: list[tuple[Draft, Sequence[Evidence]]] = []
        try:
            for at, group in enumerate(self._groups):
                chosen, told = reader.choose(group)
                self._groups[at] = [chosen]
                best = max(best, told, key=lambda one: one.probability)
                self._weigh(best)
                if self._verdict != "answer" and not self._selection.per_event:
                    return
                waiting += [(draft, [chosen]) for draft in reader.copy(chosen)]
                if self._verdict == "answer":
                    yield from waiting
                    waiting.clear()
        finally:
            reader.close()

    def _weigh(self, told: Assent | Doubt) -> None:
        self._verdict, self.confidence = self._judge(self._selection, told)
        self._judged = True

    def _add(self, checked: Verified) -> AnswerSentence:
        origin: Origin = "quote" if checked.repaired else "model"
        return self._presenter.add(checked.text, checked.evidence, origin)

    def _left(self, before: Evidence | None = None) -> list[Evidence]:
        """The evidence to quote: where no worded sentence passed, for each event or for the whole answer, and
        each side of a disagreement that is not shown yet; with `before`, of the events that precede its own.
        """
        covered = {
            self._presenter.citations[number - 1].document_id
            for sentence in self._presenter.sentences
            for number in sentence.citations
        }
        left: list[Evidence] = []
        for group in self._groups:
            if before in group:
                break
            event = group[0].document.event
            wanted = [item for item in self._presenter.sides() if item.document.event == event]
            if not any(item.document.id in covered for item in group):
                wanted.insert(0, point_to(self._rejected, group, self._asked) or group[0])
            for item in wanted:
                if item.document.id not in covered:
                    covered.add(item.document.id)
                    left.append(item)
        return left


def instructions_for(model: LanguageModel) -> tuple[Instructions, ...]:
    """What a model is told before its requests, the first first; to be prepared before anybody asks."""
    return (STATED,) if model.tier in COPIERS else (INSTRUCTIONS,)


def _groups(selection: Selection) -> list[list[Evidence]]:
    """The evidence by event when the answer is per event, else all of it together."""
    if not selection.per_event:
        return [list(selection.evidence)]
    groups: dict[object, list[Evidence]] = {}
    for item in selection.evidence:
        groups.setdefault(item.document.event, []).append(item)
    return list(groups.values())

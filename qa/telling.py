"""Tell what was selected: worded by a model where that passes verification, quoted where it does not, and not
at all where the evidence turns out not to answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from qa.errors import ModelError
from qa.generate import generate
from qa.llm.client import LanguageModel
from qa.logs import happened
from qa.present import Presenter
from qa.prompts import INSTRUCTIONS, STATED
from qa.question import Question, read_question
from qa.reading import Reader
from qa.records import (
    AnswerSentence,
    Assent,
    Doubt,
    Draft,
    Evidence,
    Instructions,
    Origin,
    Part,
    Rejected,
    Selection,
    Verdict,
    Verified,
)
from qa.select import in_time, judge, worth_showing
from qa.verify import point_to, verify

_log = logging.getLogger(__name__)

# Tiers that are shown one piece of evidence at a time, and held to it: those it was calibrated with.
COPIERS = ("standard",)
# Tiers whose word on whether there is an answer counts: smaller models say "no" too rarely or too often.
JUDGES = (*COPIERS, "external")


class Judge(Protocol):
    """See qa.select.judge."""

    def __call__(self, selection: Selection | Part, told: Assent | Doubt, /) -> tuple[Verdict, float]:
        """The verdict, and the probability that there is an answer."""


@dataclass(slots=True)
class _Told:
    """A part of the answer, or all of it: the evidence, what is asked of it, whether it answers, and whether
    it has been told.
    """

    of: Selection | Part
    asked: Question
    evidence: list[Evidence]
    verdict: Verdict
    confidence: float
    done: bool = False


class Teller:
    """Tells one selection. `trouble` says afterwards what went wrong with the model, "" for nothing."""

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
        self.trouble = ""
        self._asked, self._selection, self._presenter = asked, selection, presenter
        self._model, self._begun, self._judge = model, begun, judge
        self._judges = model is not None and model.tier in JUDGES
        self._judged = False
        self._all = [
            _Told(one, read_question(one.question), list(one.evidence), one.verdict, one.confidence)
            for one in selection.parts
            if one.evidence and (self._judges or one.verdict != "abstain")
        ] or [_Told(selection, asked, list(selection.evidence), selection.verdict, selection.confidence)]
        self._rejected: list[Rejected] = []

    @property
    def confidence(self) -> float:
        """How likely the evidence answers, of whichever event it does so best."""
        return max(told.confidence for told in self._all)

    @property
    def untold(self) -> str:
        """Says which of the parts that were asked for were not told, when others were; "" for none."""
        told = {told.asked.text for told in self._all if told.done}
        left = [part.label for part in self._selection.parts if part.label and part.question not in told]
        return f"Nothing that answers was found for: {'; '.join(left)}." if told and left else ""

    def tell(self) -> Iterator[AnswerSentence]:
        """Yield each sentence as soon as it is sure; closing the iterator stops the model."""
        if self._selection.verdict == "abstain":
            return
        yield from self._presenter.add_lines(self._selection.lines)
        for line in self._selection.lines:
            for item in line.evidence:
                self._tick(item)
        if self._selection.listed:
            return
        if self._model is not None and (self._judges or self._answering):
            try:
                yield from self._word(self._model)
            except ModelError as error:
                self.trouble = f"{error.message} The answer quotes the evidence."
                happened(_log, "model_failed", level=logging.WARNING, code=error.code, message=error.message)
        for item in self._left():
            yield self._presenter.add_quote(item)

    @property
    def _answering(self) -> bool:
        return any(told.verdict == "answer" for told in self._all)

    def _is_told(self, told: _Told) -> bool:
        """The middle band is worth a quotation where a model has judged it, or beside an answer."""
        return told.verdict == "answer" or (told.verdict == "hedge" and (self._judged or self._answering))

    def _word(self, model: LanguageModel) -> Iterator[AnswerSentence]:
        """Yield what the model words and verification passes, as far as the evidence is held to answer."""
        said = set()
        for draft, told in self._copied(model) if model.tier in COPIERS else self._drafted(model):
            checked = verify(draft, told.evidence, told.asked)
            if isinstance(checked, Verified) and (checked.text, checked.evidence.place) in said:
                self._tick(checked.evidence)  # it answers two of the questions asked
            elif isinstance(checked, Verified):
                said.add((checked.text, checked.evidence.place))
                # Events come in the order of time: what the model passed over is quoted before it goes on.
                for item in self._left(before=checked.evidence):
                    yield self._presenter.add_quote(item)
                self._tick(checked.evidence)
                yield self._add(checked)
            else:
                self._rejected.append(checked)

    def _drafted(self, model: LanguageModel) -> Iterator[tuple[Draft, _Told]]:
        """What a model writes that sees all the evidence at once."""
        selection = self._selection
        evidence = [item for told in self._all for item in worth_showing(told.evidence)]
        whole = _Told(selection, self._asked, evidence, selection.verdict, selection.confidence)
        replies = generate(model, self._asked.text, evidence, per_event=selection.per_event, begun=self._begun)
        for reply in replies:
            if isinstance(reply, Draft):
                yield reply, whole
            elif self._judges and not any(part.label for part in selection.parts):  # of those, some may answer
                self._weigh(self._all, selection, reply)
                if not self._answering:  # nothing to say, or a quotation
                    replies.close()
                    return

    def _copied(self, model: LanguageModel) -> Iterator[tuple[Draft, _Told]]:
        """What a model copies that is shown one piece of evidence at a time, of each event by itself."""
        for told in list(self._all):
            reader = Reader(model, told.asked, begun=self._begun)
            try:
                pieces = told.evidence
                chosen, assent = reader.choose(pieces)
                told.evidence = [chosen]
                self._weigh([told], told.of, assent)
                if told.verdict == "answer" and told.of is self._selection and self._selection.open:
                    self._add_events(told, reader.elsewhere(chosen, pieces))
                for one in self._all if told.of is self._selection else [told]:
                    if one.verdict == "answer":
                        for draft in reader.copy(one.evidence[0]):
                            yield draft, one
            finally:
                reader.close()

    def _add_events(self, told: _Told, others: Sequence[tuple[Evidence, Assent]]) -> None:
        """What other events' evidence tells becomes a part of the answer, in the order of time."""
        for item, assent in others:
            one = replace(told, evidence=[item])
            self._weigh([one], told.of, assent)
            self._all.append(one)
        self._all.sort(key=lambda one: in_time(one.evidence[0].document.event))

    def _weigh(self, parts: Sequence[_Told], of: Selection | Part, said: Assent | Doubt) -> None:
        verdict, confidence = self._judge(of, said)
        self._judged = True
        for told in parts:
            told.verdict, told.confidence = verdict, confidence

    def _add(self, checked: Verified) -> AnswerSentence:
        origin: Origin = "quote" if checked.repaired else "model"
        return self._presenter.add(checked.text, checked.evidence, origin)

    def _tick(self, item: Evidence) -> None:
        """Note which parts of the answer are told by a sentence of this evidence."""
        for told in self._all:
            same = item.place == told.evidence[0].place  # chosen for another question, it has other features
            told.done = told.done or same or item in told.evidence

    def _left(self, before: Evidence | None = None) -> list[Evidence]:
        """The evidence to quote: where no worded sentence passed, for each part of the answer, and each side of
        a disagreement that is not shown yet; with `before`, of the parts that precede its own.
        """
        covered = {
            self._presenter.citations[number - 1].document_id
            for sentence in self._presenter.sentences
            for number in sentence.citations
        }
        left: list[Evidence] = []
        for told in self._all:
            if before in told.evidence:
                break
            if not self._is_told(told):
                continue
            event = told.evidence[0].document.event
            if not told.done:
                left.append(point_to(self._rejected, told.evidence, told.asked) or told.evidence[0])
                self._tick(left[-1])
                covered.add(left[-1].document.id)
            for item in self._presenter.sides():
                if item.document.event == event and item.document.id not in covered:
                    covered.add(item.document.id)
                    left.append(item)
        return left


def instructions_for(model: LanguageModel) -> tuple[Instructions, ...]:
    """What a model is told before its requests, the first first; to be prepared before anybody asks."""
    return (STATED,) if model.tier in COPIERS else (INSTRUCTIONS,)

"""A question's way, read aloud: condense, retrieve, select, generate, verify, present.

Whatever the model does, what comes out is what the evidence bears. Documents come in through qa/index.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from qa.collection import Snapshot
from qa.condense import condense
from qa.config import Settings
from qa.embed import Embedder
from qa.errors import ModelError
from qa.events import resolve
from qa.gathering.differ import find_disputes
from qa.gathering.gather import gather
from qa.gathering.occasions import with_sides
from qa.generate import generate
from qa.llm.client import LanguageModel
from qa.present import MOST_NEAREST, Presenter, abstention_text, answer_text, status_of
from qa.question import Question, clean_question, foreign_language, read_question
from qa.records import (
    Answer,
    AnswerSentence,
    Doubt,
    Evidence,
    Found,
    Rejected,
    Selection,
    Sources,
    Timings,
    Turn,
    Verified,
)
from qa.retrieve import Retriever
from qa.select import judge, select
from qa.verify import point_to, verify

# Tiers whose "not stated" counts: smaller models say it too rarely or too often.
JUDGES = ("standard", "external")
FOREIGN = "The question does not seem to be in English, the one language understood here: ask it in English."


@dataclass(frozen=True, slots=True)
class Means:
    """What a question is answered from: the collection at one moment, and how to search it."""

    settings: Settings
    snapshot: Snapshot
    retriever: Retriever
    embedder: Embedder


@dataclass(frozen=True, slots=True)
class Wording:
    """The model that words answers, None for quotations alone; `notice` says what is not as chosen."""

    model: LanguageModel | None
    notice: str

    @property
    def judges(self) -> bool:
        """Whether the model's "not stated" counts."""
        return self.model is not None and self.model.tier in JUDGES


def answer_question(
    question: str, history: Sequence[Turn], means: Means, wording: Callable[[], Wording]
) -> Iterator[Sources | AnswerSentence | Answer]:
    """The sources, then each verified sentence, then the whole answer; closing it stops the model.

    `wording` may wait until the model is loaded; it is called after the sources are given.

    Raises:
        InputError: the question is empty or too long; raised at the first step.
    """
    clock = _Clock()
    cleaned = clean_question(question, means.settings.max_question_chars)
    standalone = condense(cleaned, history)
    asked = read_question(standalone)
    found = find(standalone, means)
    selection, disputes = found.selection, found.disputes
    clock.mark("retrieve")
    presenter = Presenter(with_sides(selection.evidence, disputes), disputes)
    yield Sources(() if selection.verdict == "abstain" else presenter.citations)
    words, trouble, confidence = wording(), "", selection.confidence
    if selection.verdict != "abstain":
        trouble, confidence = yield from _tell(asked, selection, presenter, words, clock)
    answered = bool(presenter.sentences)
    yield Answer(
        question=cleaned,
        standalone_question=standalone,
        status=status_of(selection, answered=answered),
        answer=answer_text(presenter.sentences, asks_back=selection.asks_back)
        if answered
        else abstention_text(selection),
        choices=presenter.choices(selection),
        sentences=tuple(presenter.sentences),
        citations=presenter.cited,
        disagreements=presenter.disagreements(),
        nearest=() if answered else presenter.citations[:MOST_NEAREST],
        model=words.model.name if words.model else "none",
        degraded=bool(trouble) or (words.model is None and bool(words.notice)),
        notice=" ".join(part for part in (found.note, trouble or words.notice) if part),
        confidence=confidence if selection.considered else None,
        timings_ms=clock.timings(),
    )


def find(standalone: str, means: Means) -> Found:
    """Retrieve and select the evidence, and find where reports differ."""
    asked, snapshot = read_question(standalone), means.snapshot
    if foreign_language(standalone):
        return Found(standalone, (), Selection((), "abstain", FOREIGN))
    scope = resolve(standalone, tuple(snapshot.documents.values()))
    hits = means.retriever.retrieve(standalone, scope.admits)
    selection = gather(asked, scope, snapshot)
    if selection is None:
        limit = means.settings.evidence_k
        selection = select(asked, hits, scope, snapshot, means.embedder, limit=limit)
    disputes = find_disputes(asked, scope, snapshot, selection.considered)
    return Found(standalone, hits, selection, disputes, scope.note)


def _tell(
    asked: Question, selection: Selection, presenter: Presenter, words: Wording, clock: _Clock
) -> Generator[AnswerSentence, None, tuple[str, float]]:
    """Yield worded sentences that pass verification, then quotations for what they leave open; returns what
    went wrong with the model, "" for nothing, and how likely the evidence answers.
    """
    yield from presenter.add_lines(selection.lines)
    if selection.listed:
        return "", selection.confidence
    rejected: list[Rejected] = []
    sure, confidence, trouble = selection.verdict == "answer", selection.confidence, ""
    if words.model is not None and (sure or words.judges):
        try:
            sure, confidence = yield from _word(asked, selection, presenter, words, rejected, clock)
        except ModelError as error:
            trouble = f"{error.message} The answer quotes the evidence."
    if presenter.sentences or sure:
        yield from _complete(asked, selection, presenter, rejected)
    return trouble, confidence


def _word(
    asked: Question,
    selection: Selection,
    presenter: Presenter,
    words: Wording,
    rejected: list[Rejected],
    clock: _Clock,
) -> Generator[AnswerSentence, None, tuple[bool, float]]:
    """Yield what the model words and verification passes; returns whether the evidence answers and how likely,
    in the judgement of a model that can judge too. It is stopped where it need not go on.
    """
    assert words.model is not None
    replies = generate(
        words.model,
        asked.text,
        selection.evidence,
        per_event=selection.per_event,
        begun=lambda: clock.mark("first_token"),
    )
    verdict, confidence = selection.verdict, selection.confidence
    for reply in replies:
        if isinstance(reply, Doubt):
            if words.judges:
                verdict, confidence = judge(selection, reply)
            if verdict != "answer":  # nothing to say, or a quotation
                replies.close()
                break
            continue
        checked = verify(reply, selection.evidence, asked)
        if isinstance(checked, Verified):
            yield presenter.add(checked.text, checked.evidence, "quote" if checked.repaired else "model")
        else:
            rejected.append(checked)
    return verdict != "abstain", confidence


def _complete(
    asked: Question, selection: Selection, presenter: Presenter, rejected: Sequence[Rejected]
) -> Iterator[AnswerSentence]:
    """Quote evidence where no worded sentence passed, for each event or for the whole answer, and each side
    of a disagreement that is not shown yet.
    """
    covered = {
        presenter.citations[number - 1].document_id
        for sentence in presenter.sentences
        for number in sentence.citations
    }
    for group in _groups(selection):
        wanted = [item for item in presenter.sides() if item.document.event == group[0].document.event]
        if not any(item.document.id in covered for item in group):
            wanted.insert(0, point_to(rejected, group, asked) or group[0])
        for item in wanted:
            if item.document.id not in covered:
                covered.add(item.document.id)
                yield presenter.add_quote(item)


def _groups(selection: Selection) -> list[list[Evidence]]:
    """The evidence by event when the answer is per event, else all of it together."""
    if not selection.per_event:
        return [list(selection.evidence)]
    groups: dict[object, list[Evidence]] = {}
    for item in selection.evidence:
        groups.setdefault(item.document.event, []).append(item)
    return list(groups.values())


class _Clock:
    """Milliseconds from the start of a question to what is marked; the first mark of a name counts."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._marks: dict[str, int] = {}

    def mark(self, name: str) -> None:
        self._marks.setdefault(name, self._now())

    def timings(self) -> Timings:
        return Timings(self._marks.get("retrieve", 0), self._marks.get("first_token", 0), self._now())

    def _now(self) -> int:
        return round((time.monotonic() - self._start) * 1000)

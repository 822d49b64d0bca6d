"""A question's way, read aloud: condense, retrieve, select, generate, verify, present.

Whatever the model does, what comes out is what the evidence bears. Documents come in through qa/index.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa.collection import Snapshot
from qa.condense import condense
from qa.config import Settings
from qa.embed import Embedder
from qa.events import resolve
from qa.gathering.differ import find_disputes
from qa.gathering.gather import gather
from qa.gathering.occasions import with_sides
from qa.given import Given, Step, key_of
from qa.llm.client import LanguageModel
from qa.observe import stage
from qa.office import with_names
from qa.present import MOST_NEAREST, Presenter, abstention_text, answer_id, answer_text, status_of
from qa.question import clean_question, foreign_language, read_question, without_orders
from qa.records import (
    Answer,
    AnswerSentence,
    Found,
    Hit,
    Selection,
    Sources,
    Timings,
    Turn,
)
from qa.retrieve import Retriever
from qa.scopes.coverage import of_chosen
from qa.scopes.scope import Scope
from qa.select import select, select_each
from qa.sides.sides import sides_of
from qa.telling import Teller

FOREIGN = "The question does not seem to be in English, the one language understood here: ask it in English."


@dataclass(frozen=True, slots=True)
class Means:
    """What a question is answered from: the collection at one moment, how to search it, and what was answered
    from it before.
    """

    settings: Settings
    snapshot: Snapshot
    retriever: Retriever
    embedder: Embedder
    given: Given = field(default_factory=Given)

    def knows(self, question: str, history: Sequence[Turn]) -> bool:
        """Whether this question was answered before."""
        return self.given.holds(key_of(question, history, self.snapshot.only or ()))

    def within(self, ids: Collection[str]) -> Means:
        """The same as if the collection held only the documents with these ids.

        Raises:
            InputError: there is no document with one of the ids.
        """
        snapshot = self.snapshot.within(ids)
        return replace(self, snapshot=snapshot, retriever=self.retriever.within(snapshot))


@dataclass(frozen=True, slots=True)
class Wording:
    """The model that words answers, None for quotations alone; `notice` says what is not as chosen."""

    model: LanguageModel | None
    notice: str


@stage("answer", lambda step: {"status": step.status} if isinstance(step, Answer) else {})
def answer_question(
    question: str, history: Sequence[Turn], means: Means, wording: Callable[[], Wording]
) -> Iterator[Sources | AnswerSentence | Answer]:
    """The sources, then each verified sentence, then the whole answer; closing it stops the model.

    It is drawn from what `means` see: the whole collection, or some of its documents (`Means.within`).
    `wording` may wait until the model is loaded; it is called after the sources are given.

    Raises:
        InputError: the question is empty or too long; raised at the first step.
    """
    key = key_of(question, history, means.snapshot.only or ())
    yield from means.given.steps(key, lambda: _answer(question, history, means, wording))


def _answer(
    question: str, history: Sequence[Turn], means: Means, wording: Callable[[], Wording]
) -> Generator[Step, None, None]:
    clock = _Clock()
    cleaned, standalone = understand(question, history, means.settings)
    found = find(standalone, means)
    selection, disputes = found.selection, found.disputes
    clock.mark("retrieve")
    presenter = Presenter(with_sides(selection.evidence, disputes), disputes)
    yield Sources(() if selection.verdict == "abstain" else presenter.citations)
    words = wording()
    teller = Teller(
        read_question(found.asked or standalone),
        selection,
        presenter,
        words.model,
        begun=lambda: clock.mark("first_token"),
    )
    yield from teller.tell()
    answered, within = bool(presenter.sentences), tuple(sorted(means.snapshot.only or ()))
    text = (
        answer_text(presenter.sentences, asks_back=selection.asks_back)
        if answered
        else abstention_text(selection, chosen=means.snapshot.only is not None)
    )
    yield Answer(
        question=cleaned,
        standalone_question=standalone,
        status=status_of(selection, answered=answered),
        answer=text,
        choices=presenter.choices(selection),
        sentences=tuple(presenter.sentences),
        citations=presenter.cited,
        disagreements=presenter.disagreements(),
        nearest=() if answered else presenter.citations[:MOST_NEAREST],
        model=words.model.name if words.model else "none",
        degraded=bool(teller.trouble) or (words.model is None and bool(words.notice)),
        notice=" ".join(part for part in (found.note, teller.untold, teller.trouble or words.notice) if part),
        confidence=teller.confidence if selection.considered else None,
        timings_ms=clock.timings(),
        within=within,
        answer_id=answer_id(cleaned, history, within, text, means.settings.collection),
        collection=means.settings.collection,
    )


def understand(question: str, history: Sequence[Turn], settings: Settings) -> tuple[str, str]:
    """The question cleaned, and as it stands alone after the conversation.

    Raises:
        InputError: the question is empty or too long.
    """
    cleaned = clean_question(question, settings.max_question_chars)
    return cleaned, condense(without_orders(cleaned), history)


def find(standalone: str, means: Means) -> Found:
    """Retrieve and select the evidence, and find where reports differ."""
    snapshot = means.snapshot
    if foreign_language(standalone):
        return Found(standalone, (), Selection((), "abstain", FOREIGN))
    scope = resolve(standalone, snapshot.reports)
    asked, hits = _search(standalone, scope, means)
    question = read_question(asked)
    selection = (
        gather(read_question(standalone), scope, snapshot)
        or _of_each(standalone, scope, means)
        or select(question, hits, scope, snapshot, means.embedder, limit=means.settings.evidence_k)
    )
    disputes = find_disputes(question, scope, snapshot, selection.considered)
    if snapshot.only is None:
        return Found(standalone, hits, selection, disputes, scope.note, asked)
    selection = replace(selection, reason=of_chosen(selection.reason))
    return Found(standalone, hits, selection, disputes, of_chosen(scope.note), asked)


def _search(question: str, scope: Scope, means: Means) -> tuple[str, tuple[Hit, ...]]:
    """The question, with a name beside each office that what is found names, and the passages found for it."""
    admits = scope.admits if scope.narrows else None
    hits = means.retriever.retrieve(question, admits)
    documents = dict.fromkeys(hit.passage.document_id for hit in hits)
    named = with_names(question, (means.snapshot.sentences[one] for one in documents))
    return named, (hits if named == question else means.retriever.retrieve(named, admits))


def _of_each(standalone: str, scope: Scope, means: Means) -> Selection | None:
    """What is selected for each of the events that a question names, when it names several; else None."""
    snapshot, limit = means.snapshot, means.settings.evidence_k
    found = []
    for side in sides_of(standalone, scope, snapshot.reports):
        asked, hits = _search(side.question, side.scope, means)
        selection = select(read_question(asked), hits, side.scope, snapshot, means.embedder, limit=limit)
        found.append((side._replace(question=asked), selection))
    return select_each(found) if found else None


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

"""Questions to offer: some to start with, some to go on with after an answer.

They come out of the collection itself, drafted from its sentences by qa/drafting, and none is offered that was
not asked first: the evidence found for it, without any model, must answer, and hold the sentence that it was
drafted from. What was found is kept for as long as the collection stays as it is. The order is always the same.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from qa.condense import condense
from qa.drafting.collect import Draft, about_all, about_event, drafts_of, when_of
from qa.drafting.templates import reads_well
from qa.followups.clause import indirect
from qa.followups.refer import time_spans, without_times
from qa.followups.retime import with_time
from qa.language.naming import stems_of
from qa.pipeline import Means, find
from qa.records import Answer, Citation, Event, Found, Turn
from qa.scopes.scope import known_events

MOST_STARTERS = 6
MOST_SUGGESTIONS = 3
MOST_EVENTS = 6  # of which starters are drafted
MOST_TRIED = 4  # drafts of an event that are asked before its starter is given up
MOST_ASKED = 8  # drafts that are asked for the suggestions after one answer
GOOD = 0.6  # the probability that the evidence answers, from which on a draft is offered
ALIKE = 0.6  # the share of equal words that makes two questions one
FEW = 4
_COMPARED = ("how many", "where", "when", "who", "how long", "how much", "by how much")


class Suggester:
    """Questions that a collection at one moment answers; safe to use from several threads."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._found: dict[str, Found] = {}
        self._lock = threading.Lock()
        self._starters: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._events = known_events(means.snapshot.documents.values())

    def starters(self, examples: Sequence[str] = ()) -> tuple[str, ...]:
        """At most six questions: those examples that are answered, else drafted ones, of several kinds.

        Raises:
            StorageError: the vectors cannot be read.
        """
        key = tuple(examples)
        if key not in self._starters:
            good = (question for question in examples if self._answers(question))
            chosen = _first(good, MOST_STARTERS) or _first(self._drafted(), MOST_STARTERS)
            self._starters[key] = tuple(chosen)
        return self._starters[key]

    def after(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """At most three questions to go on with: of what stands near the sentences cited, or near the passages
        that came nearest, of another event, of where reports differ; none that was asked before.

        Raises:
            StorageError: the vectors cannot be read.
        """
        if answer.status == "ambiguous":  # the events to choose from are what to go on with
            return ()
        shown = answer.citations or answer.nearest
        turns = (*history, Turn("user", answer.question), Turn("assistant", answer.answer))
        asked = [turn.content for turn in turns if turn.role == "user"] + [answer.standalone_question]
        near = [draft for draft in self._near(shown, told=bool(answer.citations)) if not _known(draft, asked)]
        ways = [
            (draft.question for draft in near if self._is_answered(draft)),
            self._elsewhere(answer),
            self._differing(near) if not answer.disagreements else iter(()),
        ]
        fresh = (
            question
            for question in _in_turn([_limited(ways[0], FEW), *ways[1:], ways[0]])
            if not _alike(question, asked) and condense(question, turns) == question
        )
        return tuple(_first(_varied(fresh), MOST_SUGGESTIONS))

    def _drafted(self) -> Iterator[str]:
        """Starters made of what the collection tells, the best first."""
        kinds: list[str] = []
        of_each = [self._of_event(event, kinds) for event in _spread(self._events, MOST_EVENTS)]
        single = [draft.question for draft in of_each if draft is not None]
        wide = list(_limited(self._of_all(), 2))
        differ = list(_limited(self._differing(draft for draft in of_each if draft is not None), 1))
        several = [*single[:3], *wide[:1], *differ, *wide[1:], *single[3:]]
        yield from dict.fromkeys(several)

    def _of_event(self, event: Event, kinds: list[str]) -> Draft | None:
        """The first draft of an event that is answered, of a kind that there is none of yet if possible."""
        drafts = [draft for document in self._of(event) for draft in drafts_of(document, self._means.snapshot)]
        drafts.sort(key=lambda draft: (kinds.count(draft.by), draft.rank, draft.sentence.position))
        for draft in drafts[:MOST_TRIED]:
            if self._is_answered(draft):
                kinds.append(draft.by)
                return draft
        return None

    def _of(self, event: Event) -> list[str]:
        documents = self._means.snapshot.documents.values()
        return [document.id for document in documents if document.event == event]

    def _of_all(self) -> Iterator[str]:
        """Questions that several events answer together."""
        for question in about_all(self._means.snapshot, self._events):
            found = self._find(question)
            events = {item.document.event for item in found.selection.evidence}
            if self._answers(question) and len(events) > 1 and not found.selection.asks_back:
                yield question

    def _near(self, shown: Sequence[Citation], *, told: bool) -> list[Draft]:
        """The drafts of the documents shown, those of the nearest sentences first; none of a sentence that was
        `told`.
        """
        drafts: list[tuple[int, int, int, Draft]] = []
        for order, document_id in enumerate(dict.fromkeys(citation.document_id for citation in shown)):
            if document_id not in self._means.snapshot.documents:
                continue
            spans = [(one.start, one.end) for one in shown if one.document_id == document_id]
            for draft in drafts_of(document_id, self._means.snapshot):
                away = min(_distance((draft.sentence.start, draft.sentence.end), span) for span in spans)
                if away or not told:
                    drafts.append((away, draft.rank, order, draft))
        return [draft for *_, draft in sorted(drafts, key=lambda row: row[:3])][: 2 * MOST_ASKED]

    def _elsewhere(self, answer: Answer) -> Iterator[str]:
        """The question just answered, asked of the event before and the one after."""
        events = {Event(one.event_date, one.event_place) for one in answer.citations}
        question = answer.standalone_question
        if len(events) != 1 or answer.status != "answered" or not reads_well(without_times(question)):
            return
        (event,) = events
        dated = [one for one in self._events if one.date]
        if event not in dated or len(dated) < 2:
            return
        at = dated.index(event)
        for other in (*dated[at + 1 : at + 2], *reversed(dated[max(0, at - 1) : at])):
            asked = with_time(question, when_of(other, self._events))
            if len(time_spans(asked)) == 1 and self._answers(asked) and self._only_of(asked, other):
                yield asked

    def _differing(self, drafts: Iterable[Draft]) -> Iterator[str]:
        """Whether reports agree, where what is found for a draft shows that they do not."""
        for event in dict.fromkeys(draft.event for draft in drafts):
            of_event = self._of(event)
            if len(of_event) < 2:
                continue
            drafted = [one for key in of_event for one in drafts_of(key, self._means.snapshot)]
            single = [one.question for one in drafted if one.by in _COMPARED][:MOST_ASKED]
            for asked in (*single, *about_event(event, self._means.snapshot, self._events)):
                question = f"Do the reports agree on {indirect(asked)}?"
                if self._find(asked).disputes and self._find(question).disputes and self._answers(question):
                    yield question

    def _is_answered(self, draft: Draft) -> bool:
        """Whether the evidence for a draft answers and holds the sentence that it was made of."""
        if not self._answers(draft.question):
            return False
        first, *_ = evidence = self._find(draft.question).selection.evidence
        if any(item.document.event != draft.event for item in evidence):
            return False
        place = draft.sentence
        holds = [first] if draft.answer else evidence
        return any(
            item.document.id == place.document_id and item.start < place.end and place.start < item.end
            for item in holds
        )

    def _only_of(self, question: str, event: Event) -> bool:
        return {item.document.event for item in self._find(question).selection.evidence} == {event}

    def _answers(self, question: str) -> bool:
        selection = self._find(question).selection
        sure = selection.verdict == "answer" and selection.confidence >= GOOD
        return sure and bool(selection.evidence)

    def _find(self, question: str) -> Found:
        found = self._found.get(question)
        if found is None:
            found = find(question, self._means)
            with self._lock:
                self._found[question] = found
        return found


def _first(questions: Iterable[str], most: int) -> list[str]:
    return list(_limited(iter(questions), most))


def _limited(questions: Iterator[str], most: int) -> Iterator[str]:
    for _, question in zip(range(most), questions, strict=False):
        yield question


def _in_turn(ways: Sequence[Iterator[str]]) -> Iterator[str]:
    """One of each in turn, as long as there are some."""
    for row in zip_longest(*ways):
        yield from (question for question in row if question)


def _varied(questions: Iterator[str]) -> Iterator[str]:
    """Without those that nearly repeat an earlier one."""
    given: list[str] = []
    for question in questions:
        if not _alike(question, given):
            given.append(question)
            yield question


def _known(draft: Draft, asked: Sequence[str]) -> bool:
    return _alike(draft.question, asked)


def _alike(question: str, others: Iterable[str]) -> bool:
    """Whether a question has nearly the same words as one of the others."""
    words = stems_of(question)
    return any(len(words & stems_of(one)) >= ALIKE * len(words | stems_of(one)) for one in others)


def _spread(events: Sequence[Event], most: int) -> list[Event]:
    """At most so many of the events, evenly from the oldest to the latest."""
    if len(events) <= most:
        return list(events)
    return [events[round(at * (len(events) - 1) / (most - 1))] for at in range(most)]


def _distance(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Characters between two spans, 0 where they overlap."""
    return max(0, other[0] - one[1] + 1, one[0] - other[1] + 1)

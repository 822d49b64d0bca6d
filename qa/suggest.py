"""Questions to offer: some to start with, some to go on with after an answer.

They come out of the collection itself, drafted from its sentences by qa/drafting, and none is offered that was
not asked first: the evidence found for it, without any model, must answer, and hold the sentence that it was
drafted from. What was found is kept for as long as the collection stays as it is. The order is always the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from qa.condense import condense
from qa.drafting.choice import alike, distance, in_turn, spread, varied, words_asked
from qa.drafting.collect import Draft, about_all, about_event, drafts_of, when_of
from qa.drafting.form import reads_well
from qa.events import asks_of_events
from qa.followups.clause import indirect
from qa.followups.refer import time_spans, without_times
from qa.followups.retime import with_time
from qa.language.naming import stems_of
from qa.pipeline import Means, find
from qa.question import read_question
from qa.records import Answer, Citation, Event, Turn
from qa.scopes.scope import known_events

MOST_STARTERS = 6
MOST_SUGGESTIONS = 3
MOST_EVENTS = 12  # of which starters are drafted
MOST_TRIED = 16  # drafts that are asked for starters
MOST_ASKED = 8  # drafts that are asked for the suggestions after one answer
MOST_PREPARED = 40  # documents whose drafts are asked ahead
MOST_OF_EVENT = 8  # reports of an event that are drafted from
MOST_KEPT = 1024  # questions whose evidence is kept
NEAR = 600  # characters within which the better question goes before the nearer one
GOOD = 0.6  # the probability that the evidence answers, from which on a draft is offered
FEW = 5  # starters; beside fewer more are drafted
_NARROW = re.compile(r"\b(?:exactly|else|also|again|more|still)\b", re.I)
_COMPARED = ("how many", "where", "when", "who", "how long", "how much", "by how much")


class Suggester:
    """Questions that a collection at one moment answers; safe to use from several threads."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._events = known_events(means.snapshot.reports)
        self._starters: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._find = lru_cache(MOST_KEPT)(lambda question: find(question, means))

    def starters(self, examples: Sequence[str] = ()) -> tuple[str, ...]:
        """At most six questions: those examples that are answered, and where these are few drafted ones.

        Raises:
            StorageError: the vectors cannot be read.
        """
        key = tuple(examples)
        if key not in self._starters:
            good = tuple(islice((question for question in examples if self._answers(question)), MOST_STARTERS))
            drafted = self._drafted() if len(good) < FEW else ()
            self._starters[key] = tuple(islice(varied(iter([*good, *drafted])), MOST_STARTERS))
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
        events = dict.fromkeys(Event(one.event_date, one.event_place) for one in answer.citations)
        differ = list(islice(self._differing(events if not answer.disagreements else ()), 1))
        near = self._near(shown, told=bool(answer.citations))
        near = [draft for draft in near if not alike(draft.question, [*asked, *differ])]
        ways = [
            (draft.question for draft in near if self._is_answered(draft)),
            self._elsewhere(answer),
            iter(differ),
        ]
        fresh = (
            question
            for question in in_turn([*ways, ways[0]])
            if not alike(question, asked) and condense(question, turns) == question
        )
        return tuple(islice(varied(fresh), MOST_SUGGESTIONS))

    def _drafted(self) -> Iterator[str]:
        """Starters made of what the collection tells: of single events, of all, of where reports differ."""
        events = spread(self._events, MOST_EVENTS) or [Event(None, None)]
        differ = list(islice(self._differing(events), 1))
        single = [one.question for one in self._singles(events) if not alike(one.question, differ)]
        wide = list(islice(self._of_all(), 2))
        yield from varied(iter([*single[:3], *wide[:1], *differ, *wide[1:], *single[3:]]))

    def _singles(self, events: Sequence[Event]) -> list[Draft]:
        """Drafts that are answered, each of another event and of another kind as long as there are some."""
        pool = [
            draft
            for event in events
            for document in self._of(event)
            for draft in drafts_of(document, self._means.snapshot)
            if draft.by != "who said"
        ]
        chosen: list[Draft] = []
        for _ in range(MOST_TRIED):
            if not pool or len(chosen) == MOST_STARTERS:
                break
            kinds, told = [one.by for one in chosen], [one.event for one in chosen]
            pool.sort(
                key=lambda one: (told.count(one.event) + kinds.count(one.by), one.rank, one.sentence.position)
            )
            draft = pool.pop(0)
            if self._is_answered(draft) and not alike(draft.question, [one.question for one in chosen]):
                chosen.append(draft)
        return chosen

    def prepare(self, going: Callable[[], bool] = lambda: True) -> None:
        """Ask ahead, while nobody waits, what is offered first; ends early once `going` says no.

        Raises:
            StorageError: the vectors cannot be read.
        """
        first = [key for event in spread(self._events, MOST_EVENTS) for key in self._of(event)]
        for document_id in list(
            dict.fromkeys([*first, *islice(self._means.snapshot.documents, MOST_PREPARED)])
        )[:MOST_PREPARED]:
            event = self._means.snapshot.documents[document_id].event
            for draft in drafts_of(document_id, self._means.snapshot):
                if not going():
                    return
                self._is_answered(draft)
            if going() and len(self._of(event)) > 1:
                list(self._differing([event]))

    def _of(self, event: Event) -> list[str]:
        reports = self._means.snapshot.reports
        if event == Event(None, None):
            return [document.id for document in reports if document.event == event][:MOST_OF_EVENT]
        return [document.id for document in reports.by_event.get(event, ())[:MOST_OF_EVENT]]

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
                away = min(distance((draft.sentence.start, draft.sentence.end), span) for span in spans)
                if away or not told:
                    drafts.append((away // NEAR, draft.rank, away + order, draft))
        return [draft for *_, draft in sorted(drafts, key=lambda row: row[:3])][:MOST_ASKED]

    def _elsewhere(self, answer: Answer) -> Iterator[str]:
        """The question just answered, asked of the event after or else of the one before."""
        events = {Event(one.event_date, one.event_place) for one in answer.citations}
        question = answer.standalone_question
        plain = reads_well(without_times(question)) and not _NARROW.search(question)
        if len(events) != 1 or answer.status != "answered" or not plain:
            return
        (event,) = events
        dated = [one for one in self._events if one.date]
        if event not in dated or len(dated) < 2:
            return
        at = dated.index(event)
        for other in (*dated[at + 1 : at + 2], *reversed(dated[max(0, at - 1) : at])):
            asked = with_time(question, when_of(other, self._events))
            if len(time_spans(asked)) == 1 and self._may_tell(asked, other):
                if self._answers(asked) and self._tells(asked, other):
                    yield asked
                return  # one such question is asked while a reader waits

    def _differing(self, events: Iterable[Event]) -> Iterator[str]:
        """Whether the reports of an event agree, where what is found for a draft shows that they do not."""
        for event in events:
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

    def _may_tell(self, question: str, event: Event) -> bool:
        """Whether a sentence of an event's reports has every word of a question, or it asks only when or where
        the event was: what was so at one event need not have been at another.
        """
        snapshot = self._means.snapshot
        return asks_of_events(read_question(question), snapshot.lexicon) or any(
            words_asked(question) <= stems_of(sentence.text)
            for document in self._of(event)
            for sentence in snapshot.sentences[document]
        )

    def _tells(self, question: str, event: Event) -> bool:
        """Whether the evidence is all of one event, and the best of it has every word of the question."""
        selection = self._find(question).selection
        if any(item.document.event != event for item in selection.evidence):
            return False
        by_rule = not selection.signals  # that reads the question whole
        return by_rule or words_asked(question) <= stems_of(selection.evidence[0].quote)

    def _answers(self, question: str) -> bool:
        selection = self._find(question).selection
        sure = selection.verdict == "answer" and selection.confidence >= GOOD
        return sure and bool(selection.evidence)

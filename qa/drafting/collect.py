"""The questions drafted from a collection: of each document, and of all together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.collection import Snapshot
from qa.drafting.form import Drafted, reads_well
from qa.drafting.persons import persons_of
from qa.drafting.templates import questions
from qa.followups.refer import time_spans
from qa.language.naming import is_title, runs_in, stems_of, words_in
from qa.records import Document, Event, Sentence
from qa.words import MONTHS, WEEKDAYS, fold, name_tokens, stem

MOST_QUOTED = 9  # words of a quotation that is asked about
COMMON = 0.8  # the share of events whose reports have a word that stands for all of them
MOST_READ = 24  # documents that are read for what all have in common
_KINDS = (
    "how many",
    "why",
    "who",
    "how long",
    "what",
    "when",
    "by how much",
    "what about",
    "where",
    "who said",
)
_PRESENT = re.compile(r"\b(?:is|are|has|have|will)\b")
_MEETINGS = (
    "meeting",
    "talks",
    "visit",
    "summit",
    "race",
    "congress",
    "conference",
    "hearing",
    "match",
    "session",
)
_PLURAL = {"talks": "talks", "congress": "congresses", "match": "matches"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that a sentence answers, as it can be asked of the whole collection: with the time of its
    event where more than one could be meant. `answer` is "" where the whole sentence is it; `by` how it was
    made; a smaller `rank` makes a better question.
    """

    question: str
    answer: str
    by: str
    rank: int
    sentence: Sentence
    event: Event


def drafts_of(document_id: str, snapshot: Snapshot) -> tuple[Draft, ...]:
    """The drafts of a document in the order of its sentences, each question once."""
    document = snapshot.documents[document_id]
    found = _drafted(
        tuple(snapshot.sentences[document_id]),
        _persons(tuple(snapshot.sentences[one.id] for one in snapshot.reports[:MOST_READ])),
    )
    events = snapshot.reports.all_events
    drafts: dict[str, Draft] = {}
    for sentence, drafted in found:
        question = _dated(drafted.question, document, snapshot, events)
        if question is not None:
            rank = _KINDS.index(drafted.by) if drafted.by in _KINDS else len(_KINDS)
            draft = Draft(question, drafted.answer, drafted.by, rank, sentence, document.event)
            drafts.setdefault(question, draft)
    return tuple(drafts.values())


def when_of(event: Event, events: Sequence[Event]) -> str:
    """The time of an event as a question gives it, as exact as is needed to tell it from others; "" without."""
    if event.date is None:
        return ""
    day = event.date
    days = {one.date for one in events if one.date}
    if sum(one.year == day.year for one in days) == 1:
        return f"in {day.year}"
    if sum((one.year, one.month) == (day.year, day.month) for one in days) == 1:
        return f"in {day:%B %Y}"
    return f"on {day.day} {day:%B %Y}"


def about_all(snapshot: Snapshot, events: Sequence[Event]) -> Iterator[str]:
    """Questions that reports of several events may answer together."""
    if len(events) < 2:
        return
    if noun := _called(snapshot, events):
        places = {event.place for event in events if event.place}
        yield f"{'Where' if len(places) > 1 else 'When'} did the {_PLURAL.get(noun, f'{noun}s')} take place?"
    for name in named_widely(snapshot):
        yield f"What do the reports say about {name}?"
    yield "Who is quoted in more than one report?"


def about_event(event: Event, snapshot: Snapshot, events: Sequence[Event]) -> Iterator[str]:
    """Questions about an event itself that its reports may answer differently."""
    if noun := _called(snapshot, events):
        when = when_of(event, events) if len(events) > 1 else ""
        for word in ("where", "when"):
            yield f"{word.capitalize()} did the {noun} take place {when}".strip() + "?"


def named_widely(snapshot: Snapshot) -> list[str]:
    """Names that occur in several reports, the most widespread first: no people, no places of the events."""
    spread: Counter[str] = Counter()
    often: Counter[str] = Counter()
    for document in snapshot.reports[:MOST_READ]:
        sentences = tuple(snapshot.sentences[document.id])
        people, own = persons_of(sentences), stems_of(document.event.place or "")
        names = [name for sentence in sentences for name in _names_in(sentence.text)]
        plain = [name for name in names if fold(name.split()[-1]) not in people and not stems_of(name) & own]
        often.update(plain)
        spread.update(set(plain))
    several = [name for name, count in spread.items() if count > 1]
    return sorted(several, key=lambda name: (-spread[name], -often[name], name))[:3]


def _told_of(name: str, snapshot: Snapshot) -> int:
    """In the reports of how many events a word occurs."""
    return len({one.event for one in snapshot.reports.having({stem(name)})})


def _names_in(text: str) -> Iterator[str]:
    words = words_in(text)
    for first, last in runs_in(words, text):
        name = text[words[first].start : words[last - 1].end]
        rest = text[words[last - 1].end :]
        dated = any(fold(word).strip(".") in (*MONTHS, *WEEKDAYS) for word in name.split())
        alone = not rest.strip() or rest[:1] in ',.;:”"' or rest[:5] in (" and ", " in a")
        if (
            first
            and alone
            and not dated
            and not words[last - 1].is_possessive
            and not is_title(words[last - 1])
        ):
            yield f"the {name}" if words[first - 1].plain == "the" else name


def _called(snapshot: Snapshot, events: Sequence[Event]) -> str:
    """What the reports call their events, when those of nearly all have the same word; "" otherwise."""
    having: dict[str, set[Event]] = {noun: set() for noun in _MEETINGS}
    for noun in _MEETINGS:
        having[noun].update(document.event for document in snapshot.reports.having({stem(noun)}))
    best = max(_MEETINGS, key=lambda noun: len(having[noun] & set(events)))
    return best if len(having[best] & set(events)) >= COMMON * len(events) else ""


@lru_cache(maxsize=512)
def _drafted(
    sentences: tuple[Sentence, ...], elsewhere: frozenset[str]
) -> tuple[tuple[Sentence, Drafted], ...]:
    """The drafts of a document's sentences that read well; people are known from `elsewhere` too."""
    persons = persons_of(sentences) | elsewhere
    return tuple(
        (sentence, drafted)
        for sentence in sentences
        for drafted in questions(sentence.text, persons)
        if (reads_well(drafted.question) or _is_short_quote(drafted)) and _matters(drafted, sentences)
    )


def _matters(drafted: Drafted, sentences: Sequence[Sentence]) -> bool:
    """Whether what somebody is asked about is named more than once."""
    if drafted.by != "what about":
        return True
    topic = drafted.question.removesuffix("?").split()[-1]
    return sum(topic in sentence.text for sentence in sentences) > 1


def _is_short_quote(drafted: Drafted) -> bool:
    return drafted.by == "who said" and len(drafted.question.split()) <= MOST_QUOTED + 2


@lru_cache(maxsize=8)
def _persons(documents: tuple[tuple[Sentence, ...], ...]) -> frozenset[str]:
    return frozenset[str]().union(*(persons_of(sentences) for sentences in documents))


def _dated(question: str, document: Document, snapshot: Snapshot, events: Sequence[Event]) -> str | None:
    """The question with the time of its event, unless a name in it occurs in no other; None without a time."""
    if (
        len(events) < 2
        or "“" in question
        or any(_told_of(one.text, snapshot) == 1 for one in name_tokens(question))
    ):
        return question
    if time_spans(question):
        return question
    when = when_of(document.event, events)
    if _PRESENT.search(question):
        return None
    return f"{question.removesuffix('?')} {when}?" if when else None

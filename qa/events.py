"""Which event, which date: what a question means, given the events the collection tells of.

A question may name a time, a place, a publisher, an event by its order or by what came before and after it;
what it names narrows the evidence to the reports of those events. A time that no event and no text has means
that nothing here can answer, and the reader is told what is covered instead. Where it is unsure which event is
meant nothing is left out: those that are likelier are preferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa.collection import Lexicon
from qa.language.days import Interval, shift
from qa.language.naming import stems_of
from qa.language.times import read_times
from qa.question import Question
from qa.records import Document, Event, Sentence
from qa.scopes.anchors import by_mention, strip_anchors
from qa.scopes.asked import GATHERING, Asked, name_of, read_asked
from qa.scopes.coverage import place_not_covered_then, time_not_covered
from qa.scopes.places import named_places, publishers_named, uncovered_place
from qa.words import MONTHS, fold, name_tokens, stem

COMMON_SHARE = 0.1  # a word of every tenth sentence tells no event from another
LESS_LIKELY = 0.5  # the weight of what is admitted but not preferred
_ABOUT_EVENTS = frozenset(
    stem(word)
    for word in "meet met meeting meetings talk talks visit visited take place took happen happened hold held "
    "date day weekday year month time city town venue location country came come host hosted leader leaders "
    "president prime minister two event gather list both receive received week "
    "exactly building sit sat compare list tell document report four five "
    "all".split()
)
_GATHERED = re.compile(rf"\b(?:{GATHERING}|one|time)\b", re.I)
# "Had they ever met before May 2013?" is what the report of May 2013 tells.
_PERFECT = re.compile(r"\bhad\b.*\b(?:before|until|till|up\s+to|prior\s+to)\b", re.I)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about: `events` it narrows to (None: it leaves that open); `uncovered`, a line for
    the reader when it names a time or a meeting that nothing in the collection covers; `sides`, where it names
    several times or a stretch with several events, the events of each.

    `documents` are the ids of the reports it narrows to by their publisher (None: any); `prefers` the events
    that are likelier meant than others; `told` the spans (document id, start, end) in which texts speak of the
    time asked for, with `background` when it is that of no event; `note` says how a time such as "last year"
    was read, or which of several times nothing covers.
    """

    events: frozenset[Event] | None
    uncovered: str = ""
    sides: tuple[frozenset[Event], ...] = ()
    documents: frozenset[str] | None = None
    prefers: frozenset[Event] = frozenset()
    told: frozenset[tuple[str, int, int]] = frozenset()
    background: bool = False
    note: str = ""

    @property
    def compares(self) -> bool:
        """Whether events are set side by side."""
        return len(self.sides) > 1

    def admits(self, document: Document) -> bool:
        """Whether a document is of one of the events, and of a publisher that is asked for."""
        if self.documents is not None and document.id not in self.documents:
            return False
        return self.events is None or document.event in self.events

    def weight(self, document: Document) -> float:
        """How likely a document is meant: 0 when it is left out, 1 when it is as likely as any."""
        if not self.admits(document):
            return 0.0
        return 1.0 if not self.prefers or document.event in self.prefers else LESS_LIKELY

    def tells_time(self, sentence: Sentence) -> bool:
        """Whether a sentence speaks of the time asked for."""
        return any(
            document_id == sentence.document_id and sentence.start <= start and end <= sentence.end
            for document_id, start, end in self.told
        )


def known_events(documents: Iterable[Document]) -> tuple[Event, ...]:
    """The distinct events of the documents, the oldest first; undated ones last."""
    events = {document.event for document in documents if document.event != Event(None, None)}
    return tuple(sorted(events, key=lambda event: (event.date is None, str(event.date), event.place or "")))


def resolve(question: str, documents: Sequence[Document]) -> Scope:
    """The events a question is about."""
    publishers = publishers_named(question, documents)
    admitted = [item for item in documents if publishers is None or item.id in publishers]
    scope = _resolve(question, admitted)
    return scope if publishers is None else replace(scope, documents=publishers)


def _resolve(question: str, documents: Sequence[Document]) -> Scope:
    events = known_events(documents)
    if not events:
        return Scope(None)
    dated = [event for event in events if event.date is not None]
    latest = dated[-1].date if dated else None
    asked = _as_asked(question, read_asked(question, latest), documents)
    if asked.intervals and dated:
        return _by_time(question, asked, dated, documents)
    places = named_places(question, events, documents)
    pool = [event for event in events if event.place in places] if places else list(events)
    if asked.ordinal is not None and dated and not _is_told(asked.ordinal_phrase, documents):
        return _by_order(asked.ordinal, [event for event in pool if event.date], places)
    if line := uncovered_place(question, events, documents):
        return Scope(None, uncovered=line)
    return _by_parts(question, asked, events, pool, documents)


def asks_of_events(question: Question, lexicon: Lexicon) -> bool:
    """Whether a question asks for nothing but the time or the place of the events themselves: "Where did they
    meet?" has no word that would tell one event from another, and "before the summit" only says which.
    """
    if question.kind not in ("time", "place"):
        return False
    kept = strip_anchors(question.text)
    telling = [
        token
        for token in question.words
        if not token.is_number and fold(token.text) not in MONTHS and token.text in kept
    ]
    # "the ministers visit": people leave the apostrophe out.
    forms = [{token.stem, token.stem.rstrip("s")} for token in telling]
    return all(
        any(lexicon.share(form) >= COMMON_SHARE or form in _ABOUT_EVENTS for form in either) for either in forms
    )


def _as_asked(question: str, asked: Asked, documents: Sequence[Document]) -> Asked:
    """Without "last month" and the like where reports use the same words of their own times: they are meant."""
    if not asked.note:
        return asked
    (time,) = asked.times
    phrase = re.sub(r"['’]s$", "", question[time.start : time.end])
    own = re.match(rf"(?:['’]s)?\s+(?:{GATHERING})\b", question[time.start + len(phrase) :], re.I)
    if own or not _is_told(phrase, documents):
        return asked
    return replace(asked, intervals=(), names=(), times=(), note="")


@lru_cache(maxsize=4096)
def _stems_of(text: str) -> frozenset[str]:
    return stems_of(text)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return fold(text)


def _is_told(phrase: str, documents: Sequence[Document]) -> bool:
    """Whether a text has the phrase, of whatever it says it; "the first time?" alone is no phrase of a text."""
    if phrase.split()[-1:] in (["time"], ["one"], ["occasion"]):
        return False
    return any(fold(phrase) in _folded(document.text) for document in documents)


def _by_time(question: str, asked: Asked, dated: Sequence[Event], documents: Sequence[Document]) -> Scope:
    """Narrow to the events at the times a question names."""
    if asked.neighbour:
        return _next_to(asked, dated)
    asked = _from_event(question, asked, dated, documents)
    if _PERFECT.search(question) and not asked.lists:
        return Scope(
            None,
            prefers=frozenset(event for event in dated if any(event.date in one for one in asked.intervals)),
        )
    own, background = _apart(question, asked, documents)
    covered = [event for event in dated if any(event.date in one for one in own)]
    covered = covered or _published(own, documents)
    if not covered:
        if background and not own:
            return Scope(None, prefers=frozenset(background))
        return _told_or_not(asked, dated, documents)
    if not asked.moved and (elsewhere := _told_elsewhere(question, own, covered, documents)):
        return elsewhere
    places = frozenset[str]() if asked.moved else named_places(question, known_events(documents), documents)
    if places:
        there = [event for event in covered if event.place in places]
        if not there and not _mention(covered, places, documents):
            return Scope(None, uncovered=place_not_covered_then(asked, places, dated, covered))
        covered = there or covered
    if asked.ordinal is not None and not _is_told(asked.ordinal_phrase, documents):
        return replace(_by_order(asked.ordinal, covered, places), note=asked.note)
    note = asked.note or _partly(asked, dated, documents)
    found = frozenset(covered) | frozenset(background)
    return Scope(found, sides=_sides(own, covered), note=note, told=_spans(own, documents))


def _sides(own: Sequence[Interval], covered: Sequence[Event]) -> tuple[frozenset[Event], ...]:
    """The events of each of several times, or each event of a stretch of years, the oldest first."""
    if len(own) == 1 and own[0].first.year != own[0].last.year:
        return tuple(frozenset({event}) for event in covered)
    found = [frozenset(event for event in covered if event.date in one) for one in own]
    distinct = dict.fromkeys(events for events in found if events)
    return tuple(sorted(distinct, key=lambda events: min(str(event.date) for event in events)))


def _from_event(question: str, asked: Asked, dated: Sequence[Event], documents: Sequence[Document]) -> Asked:
    """With what is counted from a time ("the week before the Riga meeting in May 2013") counted from the day of
    the one event then.
    """
    if asked.moved is None or len(asked.intervals) != 1:
        return asked
    places = named_places(question, dated, documents)
    then = [event for event in dated if event.date in asked.times[0].interval]
    days = {event.date for event in then if event.place in places} or {event.date for event in then}
    day = days.pop() if days else None
    if days or day is None:
        return asked
    interval = shift(Interval(day, day), *asked.moved)
    return replace(asked, intervals=(interval,), names=(name_of(interval),))


def _apart(
    question: str, asked: Asked, documents: Sequence[Document]
) -> tuple[list[Interval], frozenset[Event]]:
    """The intervals that may date an event, and the events whose reports speak of "the 2010 contract" when the
    question does: such a year belongs to the contract.
    """
    own, background = [], set[Event]()
    for interval, time in zip(asked.intervals, asked.times, strict=False):
        phrase = re.match(r"\d{4}\s+(?P<noun>[a-z]\w+)", question[time.start :])
        if phrase and not _GATHERED.fullmatch(phrase["noun"]):
            tell = {item.event for item in documents if fold(phrase.group()) in _folded(item.text)}
            background |= tell
            if tell and not any(event.date in interval for event in tell):
                continue
        own.append(interval)
    own += asked.intervals[len(asked.times) :]
    return own, frozenset(background)


def _published(own: Sequence[Interval], documents: Sequence[Document]) -> list[Event]:
    """The events of reports that came out on a day that is asked for."""
    days = [interval for interval in own if interval.first == interval.last]
    return list(known_events(item for item in documents if any(item.published in day for day in days)))


def _told_or_not(asked: Asked, dated: Sequence[Event], documents: Sequence[Document]) -> Scope:
    """For times that no event has: where texts speak of them, else the line that says what is covered."""
    spans = _spans(asked.intervals, documents)
    if not spans:
        return Scope(None, uncovered=time_not_covered(asked, dated), note=asked.note)
    telling = {document_id for document_id, _, _ in spans}
    events = frozenset(item.event for item in documents if item.id in telling)
    exact = all(one.unit in ("day", "week") for one in asked.intervals)
    narrowed = events if exact else None
    return Scope(narrowed, prefers=events, told=spans, background=True, note=asked.note)


def _told_elsewhere(
    question: str, own: Sequence[Interval], covered: Sequence[Event], documents: Sequence[Document]
) -> Scope | None:
    """Where the time is told of in reports of other events, when those of its own name nobody whom the question
    names: "What did Brandt become in 2014?" need not be asked of the events of 2014.
    """
    names = {token.stem for token in name_tokens(question)} - {stem(month) for month in MONTHS}
    knowing = [item for item in documents if names and names <= _stems(item)]
    if any(names & _stems(item) for item in documents if item.event in covered):
        return None
    spans = _spans(own, knowing)
    telling = frozenset(item.event for item in knowing if any(item.id == one for one, _, _ in spans))
    return Scope(None, prefers=telling, told=spans, background=True) if spans else None


def _stems(document: Document) -> frozenset[str]:
    return _stems_of(document.text) | _stems_of(document.headline)


def _spans(intervals: Sequence[Interval], documents: Sequence[Document]) -> frozenset[tuple[str, int, int]]:
    """Where the texts speak of times within the intervals."""
    return frozenset(
        (item.id, time.start, time.end)
        for item in documents
        for time in read_times(item.text, item.published)
        if any(time.interval.within(interval) for interval in intervals)
    )


def _next_to(asked: Asked, dated: Sequence[Event]) -> Scope:
    """The event before or after the time that a question names."""
    day = asked.intervals[0]
    if asked.neighbour < 0:
        found = [event for event in dated if event.date and event.date < day.first][-1:]
        found = [event for event in dated if found and event.date == found[0].date]
    else:
        found = [event for event in dated if event.date and event.date > day.last]
        found = [event for event in found if event.date == found[0].date]
    if found:
        return Scope(frozenset(found))
    end, where = (dated[0], "earliest") if asked.neighbour < 0 else (dated[-1], "latest")
    way = "before" if asked.neighbour < 0 else "after"
    line = f"No report covers the time {way} {asked.names[0]}; the {where} one covered is {end.label}."
    return Scope(None, uncovered=line)


def _by_order(number: int, dated: Sequence[Event], places: frozenset[str]) -> Scope:
    """The first, the second, the latest of some events, in order of their days."""
    days = sorted({event.date for event in dated if event.date})
    at = number - 1 if number > 0 else len(days) + number
    if not 0 <= at < len(days):
        where = f" in {' or '.join(sorted(places))}" if places else ""
        count = f"only {len(days)} dates" if len(days) > 1 else "only one date"
        labels = "; ".join(event.label for event in dated)
        return Scope(None, uncovered=f"The reports cover {count}{where}: {labels}." if days else "")
    return Scope(frozenset(event for event in dated if event.date == days[at]))


def _by_parts(
    question: str, asked: Asked, events: Sequence[Event], pool: Sequence[Event], documents: Sequence[Document]
) -> Scope:
    """Narrow by place, by month or day without a year, by what came before or after; or only prefer."""
    chosen = list(pool)
    if asked.days:
        same = [event for event in chosen if event.date and (event.date.month, event.date.day) in asked.days]
        chosen = same or chosen
    in_months = [event for event in chosen if event.date and event.date.month in asked.months]
    prefers = frozenset(in_months)
    if _GATHERED.search(question) and in_months:
        chosen = in_months
    if len(chosen) == len(events):
        near = by_mention(question, events, documents)
        if near.events and near.sure:
            return Scope(near.events)
        prefers = prefers or near.events
    if not prefers and asked.weekdays:
        prefers = _on_weekdays(asked.weekdays, documents)
    narrows = len(chosen) < len(events)
    return Scope(
        frozenset(chosen) if narrows else None, prefers=prefers - (prefers if narrows else frozenset())
    )


def _on_weekdays(weekdays: frozenset[int], documents: Sequence[Document]) -> frozenset[Event]:
    """The events whose reports speak of such a day of the week by its name or date."""
    return frozenset(
        item.event
        for item in documents
        if any(
            time.interval.first == time.interval.last and time.interval.first.weekday() in weekdays
            for time in read_times(item.text, item.published)
        )
    )


def _mention(events: Sequence[Event], places: frozenset[str], documents: Sequence[Document]) -> bool:
    """Whether reports of the events speak of one of the places."""
    return any(
        fold(place) in f"{fold(document.headline)} {_folded(document.text)}"
        for document in documents
        if document.event in events
        for place in places
    )


def _partly(asked: Asked, dated: Sequence[Event], documents: Sequence[Document]) -> str:
    """Says which of several times are not covered."""
    if not asked.lists or len(asked.intervals) < 2:
        return ""
    missing = [
        name
        for name, interval in zip(asked.names, asked.intervals, strict=True)
        if not any(event.date in interval for event in dated) and not _spans((interval,), documents)
    ]
    return f"No report covers {' or '.join(missing)}." if missing else ""

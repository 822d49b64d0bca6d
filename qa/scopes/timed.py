"""The events at the times that a question names, and what is told of times that no event has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from qa.language.days import Interval, shift
from qa.records import Document, Event
from qa.reports import reports_of
from qa.scopes.asked import GATHERED, Asked, name_of
from qa.scopes.coverage import place_not_covered_then, time_not_covered
from qa.scopes.places import named_places
from qa.scopes.scope import Scope, known_events
from qa.words import MONTHS, fold, name_tokens, stem, tokens

# "Had they ever met before May 2013?" is what the report of May 2013 tells.
_PERFECT = re.compile(r"\bhad\b.*\b(?:before|until|till|up\s+to|prior\s+to)\b", re.I)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return fold(text)


def is_told(phrase: str, documents: Sequence[Document]) -> bool:
    """Whether a text has the phrase, of whatever it says it; "the first time?" alone is no phrase of a text."""
    if phrase.split()[-1:] in (["time"], ["one"], ["occasion"]):
        return False
    return any(fold(phrase) in _folded(document.text) for document in _holding(phrase, documents))


def _holding(phrase: str, documents: Sequence[Document]) -> list[Document]:
    """The documents that have all the words of a phrase, and so may have it as it stands."""
    return reports_of(documents).having({token.stem for token in tokens(phrase)})


def by_time(question: str, asked: Asked, dated: Sequence[Event], documents: Sequence[Document]) -> Scope:
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
    if asked.ordinal is not None and not is_told(asked.ordinal_phrase, documents):
        return replace(by_order(asked.ordinal, covered, places), note=asked.note)
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
        if phrase and not GATHERED.fullmatch(phrase["noun"]):
            there = _holding(phrase.group(), documents)
            tell = {item.event for item in there if fold(phrase.group()) in _folded(item.text)}
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
    reports, there = reports_of(documents), set(covered)
    if any(item.event in there for name in names for item in reports.having({name}, headline=True)):
        return None
    knowing = {item.id: item for item in reports.having(names, headline=True)} if names else {}
    spans = frozenset(span for span in _spans(own, documents) if span[0] in knowing)
    telling = frozenset(knowing[one].event for one, _, _ in spans)
    return Scope(None, prefers=telling, told=spans, background=True) if spans else None


def _spans(intervals: Sequence[Interval], documents: Sequence[Document]) -> frozenset[tuple[str, int, int]]:
    """Where the texts speak of times within the intervals."""
    days = [(interval.first.toordinal(), interval.last.toordinal()) for interval in intervals]
    return frozenset((item.id, start, end) for item, start, end in reports_of(documents).times_within(days))


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


def by_order(number: int, dated: Sequence[Event], places: frozenset[str]) -> Scope:
    """The first, the second, the latest of some events, in order of their days."""
    days = sorted({event.date for event in dated if event.date})
    at = number - 1 if number > 0 else len(days) + number
    if not 0 <= at < len(days):
        where = f" in {' or '.join(sorted(places))}" if places else ""
        count = f"only {len(days)} dates" if len(days) > 1 else "only one date"
        labels = "; ".join(event.label for event in dated)
        return Scope(None, uncovered=f"The reports cover {count}{where}: {labels}." if days else "")
    return Scope(frozenset(event for event in dated if event.date == days[at]))


def _mention(events: Sequence[Event], places: frozenset[str], documents: Sequence[Document]) -> bool:
    """Whether reports of the events speak of one of the places."""
    covered = set(events)
    return any(
        fold(place) in f"{fold(document.headline)} {_folded(document.text)}"
        for document in documents
        if document.event in covered
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

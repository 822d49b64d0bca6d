"""Which event, which date: what a question means, given the events the collection tells of.

A question may name a year, a month with its year, a place, or "the latest"; what it names narrows the
evidence to the reports of those events. A year that no event and no text has means that nothing here can
answer, and the reader is told what is covered instead.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.collection import Lexicon
from qa.question import Question
from qa.records import Document, Event
from qa.words import MONTHS, fold, months, stem, tokens, years

_LATEST = re.compile(r"\b(?:latest|most recent|newest)\b", re.I)
_EARLIEST = re.compile(r"\b(?:earliest|oldest)\b", re.I)
_MONTH_YEAR = re.compile(r"([A-Za-z]{3,9})\.?,?(?:\s+\d{1,2}(?:st|nd|rd|th)?,?)?\s+(?:of\s+)?((?:19|20)\d\d)\b")
COMMON_SHARE = 0.1  # a word of every tenth sentence tells no event from another
_ABOUT_EVENTS = frozenset(
    stem(word)
    for word in "meet met meeting meetings talk talks visit visited take place took happen happened hold held "
    "date day weekday year month time city town venue location country come came host hosted leader leaders "
    "president prime minister two event gather list both receive received week "
    "exactly building sit sat compare list tell document report four five "
    "all".split()
)
_GATHERING = "meeting|talks|visit|summit|trip|report|event|encounter|negotiations|negotiation|session|edition"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about: `events` it narrows to (None: it leaves that open); `uncovered`, a line for
    the reader when it names a time that nothing in the collection covers; and whether it names the times of
    several events, and so `compares` them.
    """

    events: frozenset[Event] | None
    uncovered: str = ""
    compares: bool = False

    def admits(self, document: Document) -> bool:
        """Whether a document is of one of the events."""
        return self.events is None or document.event in self.events


def known_events(documents: Iterable[Document]) -> tuple[Event, ...]:
    """The distinct events of the documents, the oldest first; undated ones last."""
    events = {document.event for document in documents if document.event != Event(None, None)}
    return tuple(sorted(events, key=lambda event: (event.date is None, str(event.date), event.place or "")))


def resolve(question: str, documents: Sequence[Document]) -> Scope:
    """The events a question is about."""
    events = known_events(documents)
    dated = [event for event in events if event.date is not None]
    if not events:
        return Scope(None)
    named_years = frozenset(years(question))
    if named_years:
        return _by_year(question, named_years, dated, documents)
    if dated and _LATEST.search(question):
        return Scope(frozenset(dated[-1:]))
    if dated and _EARLIEST.search(question):
        return Scope(frozenset(dated[:1]))
    return _by_place(question, events)


def asks_of_events(question: Question, lexicon: Lexicon) -> bool:
    """Whether a question asks for nothing but the time or the place of the events themselves: "Where did they
    meet?" has no word that would tell one event from another.
    """
    if question.kind not in ("time", "place"):
        return False
    telling = [token for token in question.words if not token.is_number and fold(token.text) not in MONTHS]
    # "the ministers visit": people leave the apostrophe out.
    forms = [{token.stem, token.stem.rstrip("s")} for token in telling]
    return all(
        any(lexicon.share(form) >= COMMON_SHARE or form in _ABOUT_EVENTS for form in either) for either in forms
    )


def _by_year(
    question: str, named: frozenset[int], dated: Sequence[Event], documents: Sequence[Document]
) -> Scope:
    in_year = [event for event in dated if event.date and event.date.year in named]
    with_month = frozenset(_months_beside_years(question))
    if with_month:
        whole = named - {year for _, year in with_month}
        in_year = [
            event
            for event in in_year
            if event.date and (event.date.year in whole or (event.date.month, event.date.year) in with_month)
        ]
    if in_year:
        return Scope(frozenset(in_year), compares=len(in_year) > 1)
    texts = [document.text for document in documents]
    told = any(
        with_month & set(_months_beside_years(text)) if with_month else named & set(years(text))
        for text in texts
    )
    return Scope(None) if told or not dated else Scope(None, uncovered=_nearest(question, named, dated))


def _months_beside_years(text: str) -> Iterable[tuple[int, int]]:
    """Months with the year that follows: "May 2013", "14 May, 2013", "March of 2017"."""
    for match in _MONTH_YEAR.finditer(text):
        if (month := MONTHS.get(fold(match.group(1)))) is not None:
            yield month, int(match.group(2))


def _nearest(question: str, named: frozenset[int], dated: Sequence[Event]) -> str:
    """The line that says what is covered around the time that is not."""
    pairs = [f"{month_name[month]} {year}" for month, year in _months_beside_years(question)]
    asked = " or ".join(pairs or [str(year) for year in sorted(named)])
    closest = min(
        dated, key=lambda event: min(abs(event.date.year - year) for year in named) if event.date else 0
    )
    return f"No report covers {asked}; the nearest one covered is {closest.label}."


def _by_place(question: str, events: Sequence[Event]) -> Scope:
    """Narrow to the events at a place that only some were held at, when the question names it as one."""
    stems = {token.stem for token in tokens(question)}
    named_months = frozenset(months(question)) if re.search(_GATHERING, question, re.I) else frozenset()
    chosen = frozenset(event for event in events if event.place and _is_named(event.place, stems, question))
    if named_months and (
        both := frozenset(e for e in chosen or events if e.date and e.date.month in named_months)
    ):
        chosen = both
    return Scope(chosen if chosen and len(chosen) < len(events) else None)


def _is_named(place: str, stems: set[str], question: str) -> bool:
    """A capital's name often means a government, so the place must stand where places do."""
    if not all(token.stem in stems for token in tokens(place)):
        return False
    name = re.escape(place)
    return bool(
        re.search(rf"\b(?:in|at|to|near|from)\s+{name}\b", question, re.I)
        or re.search(rf"\b{name}(?:['’]s)?\s+(?:{_GATHERING})\b", question, re.I)
    )

"""Which event, which date: what a question means, given the events the collection tells of.

A question may name a time, a place, a publisher, an event by its order or by what came before and after it;
what it names narrows the evidence to the reports of those events. A time that no event and no text has means
that nothing here can answer, and the reader is told what is covered instead. Where it is unsure which event is
meant nothing is left out: those that are likelier are preferred.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.collection import Lexicon
from qa.observe import stage
from qa.question import Question
from qa.records import Document, Event
from qa.reports import Reports, reports_of
from qa.scopes.anchors import by_mention, strip_anchors
from qa.scopes.asked import GATHERED, GATHERING, Asked, read_asked
from qa.scopes.matter import of_matter
from qa.scopes.places import named_places, publishers_named, uncovered_place
from qa.scopes.scope import Scope, known_events
from qa.scopes.timed import by_order, by_time, is_told
from qa.words import MONTHS, fold, stem

COMMON_SHARE = 0.1  # a word of every tenth sentence tells no event from another
_ABOUT_EVENTS = frozenset(
    stem(word)
    for word in "meet met meeting meetings talk talks visit visited take place took happen happened hold held "
    "date day weekday year month time city town venue location country came come host hosted leader leaders "
    "president prime minister two event gather list both receive received week "
    "exactly building sit sat compare list tell document report four five "
    "all".split()
)


@stage("resolve")
def resolve(question: str, documents: Sequence[Document]) -> Scope:
    """The events a question is about."""
    reports = reports_of(documents)
    publishers = publishers_named(question, reports)
    if publishers is None:
        return _within_matter(question, reports)
    return replace(_within_matter(question, reports.among(publishers)), documents=publishers)


def _within_matter(question: str, reports: Reports) -> Scope:
    """The events that a question means among those of its matter; among all where that has none such."""
    own = of_matter(question, reports)
    scope = _resolve(question, own)
    return _resolve(question, reports) if scope.uncovered and own is not reports else scope


def _resolve(question: str, documents: Sequence[Document]) -> Scope:
    events = known_events(documents)
    if not events:
        return Scope(None)
    dated = [event for event in events if event.date is not None]
    latest = dated[-1].date if dated else None
    asked = _as_asked(question, read_asked(question, latest), documents)
    if asked.intervals and dated:
        return by_time(question, asked, dated, documents)
    places = named_places(question, events, documents)
    pool = [event for event in events if event.place in places] if places else list(events)
    if asked.ordinal is not None and dated and not is_told(asked.ordinal_phrase, documents):
        return by_order(asked.ordinal, [event for event in pool if event.date], places)
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
    if own or not is_told(phrase, documents):
        return asked
    return replace(asked, intervals=(), names=(), times=(), note="")


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
    if GATHERED.search(question) and in_months:
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
    return frozenset(item.event for item in reports_of(documents).on_weekdays(weekdays))

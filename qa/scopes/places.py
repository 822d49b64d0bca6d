"""The places and the publishers that a question names, as far as they tell which reports it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from qa.records import Document, Event
from qa.reports import reports_of
from qa.scopes.asked import GATHERING
from qa.words import MONTHS, WEEKDAYS, fold, tokens

_MET = (
    r"(?:meet|meets|met|meeting|meetings|talks|summit|visit|visits|visited|negotiations|session|gathered|hosted|"
    r"held)"
)
_NAME = r"(?P<name>(?:[A-Z][\w’'.-]*[\w])(?:\s+[A-Z][\w’'.-]*[\w]){0,2})"
_IN_PLACE = re.compile(
    rf"\b{_MET}(?:\s+(?!in\b|at\b)[\w’']+){{0,4}}?\s+(?:in|at)\s+(?:the\s+)?{_NAME}(?=[\s?.,;!]|$)"
)
_PLACE_MEETING = re.compile(
    rf"\b(?:the|that|their|this|at|in)\s+{_NAME}\s+(?:meetings?|talks|summit|visit|negotiations|gathering)\b"
)
_SAID_BY = (
    r"(?:\baccording\s+to|\bas\s+reported\s+by|\breport(?:s|ed)?\s+(?:by|from|of)|\barticles?\s+(?:by|from|in|of)|\bby|"
    r"\b(?:did|does|do|has|had))\s+(?:the\s+)?{name}\b|"
    r"\b{name}(?:['’]s)?\s+(?:reports?|reported|articles?|story|stories|version|account|writes?|wrote|coverage|text)\b"
)
_REPORTS = re.compile(r"\b(?:report|say|write|tell|describe|give|put|call|claim|mention)\w*\b", re.I)


def named_places(question: str, events: Sequence[Event], documents: Sequence[Document]) -> frozenset[str]:
    """The places of events that a question names as places of meetings, misspelt ones too; none when it names
    all there are.
    """
    places = {event.place for event in events if event.place}
    text = _mend(question, places, documents)
    return frozenset(place for place in places if _is_named(place, text)) if len(places) > 1 else frozenset()


def publishers_named(question: str, documents: Sequence[Document]) -> frozenset[str] | None:
    """The ids of the reports of a publisher that a question asks ("according to the Courier"), and of those
    that quote it; None when it asks for none, or for all.
    """
    found: set[str] = set()
    reports = reports_of(documents)
    for name, own in reports.by_publisher.items():
        if not re.search(rf"\b{re.escape(name)}\b", question, re.I):
            continue
        asked = re.search(_SAID_BY.replace("{name}", re.escape(name)), question, re.I)
        if asked is None or (re.match(r"(?:did|do|has|had)", asked[0], re.I) and not _REPORTS.search(question)):
            continue
        found |= {document.id for document in own}
        quoting = reports.having({token.stem for token in tokens(name)})
        found |= {item.id for item in quoting if re.search(rf"\b{re.escape(name)}\b", item.text)}
    return frozenset(found) if found and len(found) < len(documents) else None


def uncovered_place(question: str, events: Sequence[Event], documents: Sequence[Document]) -> str:
    """The line for a meeting at a place that no report has one at and that no text mentions; else ""."""
    placed = [event for event in events if event.place]
    named = [pattern.search(question) for pattern in (_IN_PLACE, _PLACE_MEETING)]
    if not any(named):
        return ""
    reports = reports_of(documents)
    for pattern, form in ((_IN_PLACE, "a meeting in {}"), (_PLACE_MEETING, "the {} meeting")):
        for match in pattern.finditer(question):
            words = tokens(match["name"])
            strange = [token for token in words if not reports.knows(token.stem)]
            timely = {fold(token.text) for token in words} & {*WEEKDAYS, *MONTHS}
            if (
                placed
                and words
                and len(strange) == len(words)
                and not timely
                and not _near(match["name"], placed)
            ):
                labels = "; ".join(event.label for event in placed[:4])
                more = f"; and {len(placed) - 4} more" if len(placed) > 4 else ""
                return f"No report covers {form.format(match['name'])}; those covered are {labels}{more}."
    return ""


@lru_cache(maxsize=50_000)
def _folded(place: str) -> str:
    return fold(place)


def _near(name: str, placed: Iterable[Event]) -> bool:
    return any(_alike(fold(name), fold(event.place or "")) for event in placed)


def _alike(word: str, place: str) -> bool:
    """Whether a word is a place misspelt: one letter off, or two in a long one; the first one is right."""
    if len(place) < 4 or word[:1] != place[:1] or word == place:
        return False
    from rapidfuzz.distance import OSA

    return bool(OSA.distance(word, place) <= (1 if len(place) < 7 else 2))


def _mend(question: str, places: Iterable[str], documents: Sequence[Document]) -> str:
    """The question with misspelt places corrected; a word that some text has is not misspelt."""
    strange = [
        token
        for token in tokens(question)
        if len(token.text) > 3 and any(_alike(fold(token.text), folded) for folded in map(_folded, places))
    ]
    if not strange:
        return question
    reports = reports_of(documents)
    for token in reversed(strange):
        near = [place for place in places if _alike(fold(token.text), _folded(place))]
        if len(near) == 1 and not reports.text_knows(token.stem):
            question = question[: token.start] + near[0] + question[token.end :]
    return question


def _is_named(place: str, question: str) -> bool:
    """A capital's name often means a government, so the place must stand where places do."""
    if place.casefold() not in question.casefold():
        return False
    name = re.escape(place)
    return bool(
        re.search(rf"\b(?:in|at|to|near|from)\s+{name}\b", question, re.I)
        or re.search(rf"\b{name}(?:['’]s)?\s+(?:{GATHERING}|one)\b", question, re.I)
    )

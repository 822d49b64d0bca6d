"""A question that asks for several things, as one question for each.

"Compare what Brandt said in 2014 and in 2016." is "What Brandt said in 2014?" and the same of 2016, and "Where
did Brandt live, and who was with her?" is two as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from qa.events import resolve
from qa.followups.pronouns import replace_pronouns
from qa.followups.refer import Spoken
from qa.records import Document, Event
from qa.scopes.asked import GATHERING, mend_months, read_asked
from qa.scopes.scope import Scope
from qa.sides.clauses import WH, alternatives, clauses_of, measured, sets_beside, starts_asking
from qa.sides.degree import in_itself
from qa.sides.each import of_each_person
from qa.sides.plain import without_beside
from qa.words import MONTHS, WEEKDAYS

MOST_SIDES = 6
_VERB = re.compile(
    r"\b(?:did|does|do|was|were|is|are|had|has|have|would|will|could|can|should|must|might)\b|"
    r"^\W*(?:and\s+)?(?:who|which|what)\s+(?:\w+\s+)?\w+ed\b",
    re.I,
)
_ENDS_OPEN = re.compile(rf"\b{WH}\W*$", re.I)
_PREPOSED = re.compile(
    r"(?:\b(?:in|on|at|of|from|between|during|for|by|since|back\s+in|as\s+of|than|to|with)\s+|\bthe\s+)+$", re.I
)
# What may stand between the times of a list: "in 2014, and what in 2016", "in 2014 compared with that of 2016".
_BETWEEN = re.compile(
    rf"[\s,;:–—-]*(?:(?:and|or|to|until|than|with|versus|vs\.?|v\.|then|but|compared|opposed|as|against|from|in|on|at|"
    rf"of|for|about|by|during|between|again|later|did|do|does|so|was|were|had|is|it|he|she|they|said|say|way|same|those|that|the|one|ones|many|much|{WH}|{GATHERING})[\s,;:]*)*",
    re.I,
)
_GAP = re.compile(rf"^\W*(?:and\s+)?{WH}\s+(?P<rest>(?:in|on|at|during)(?:\s+\S+){{3,}})$", re.I | re.S)
_ADJUNCT = re.compile(rf"\s+(?:in|on|at|during)\s+(?:the\s+)?(?:{'|'.join((*MONTHS, *WEEKDAYS))}|\d)", re.I)

Events = frozenset[Event]


class Side(NamedTuple):
    """One of several things that a question asks for: how a reader is told which, a question for it alone, and
    the events that it is about.
    """

    label: str
    question: str
    scope: Scope


def sides_of(question: str, scope: Scope, documents: Sequence[Document]) -> tuple[Side, ...]:
    """What a question asks for, one by one: of each of the events it names, the oldest first, or in each of its
    clauses; none when it asks for one thing.
    """
    if not scope.compares:
        several = [_tidy(one) for one in of_each_person(question)] or _questions(question)
        found = tuple(Side(f"“{one}”", one, _own(one, scope, documents)) for one in several)
        return found or _of_each_time(question, documents)
    if len(scope.sides) > MOST_SIDES:
        return ()
    text = _introduced(mend_months(question))
    clauses = _clauses(text, scope.sides) or _alternatives(text, scope.sides)
    plain = without_beside(text)
    return tuple(
        Side(
            _label(events),
            clauses.get(events) or in_itself(asked_of(plain, events, scope.sides)),
            replace(scope, events=events, sides=()),
        )
        for events in scope.sides
    )


def _clauses(question: str, sides: Sequence[Events]) -> dict[Events, str]:
    """What is asked of each side, where each has a clause of its own: "What did she say in 2014, and where did
    he go in 2016?".
    """
    found: dict[Events, str] = {}
    for part in clauses_of(question):
        meant = _meant(part, sides)
        part = _filled(next(iter(found.values()), ""), part)
        if len(meant) != 1 or meant[0] in found or not _VERB.search(part):
            return {}
        found[meant[0]] = _after(" and ".join(found.values()), part)
    return found


def _alternatives(question: str, sides: Sequence[Events]) -> dict[Events, str]:
    """What is asked of each of two sides, where more than a time tells which: "when she spoke in 2014 or
    when he did in 2016".
    """
    found: dict[Events, str] = {}
    head, *told = alternatives(question) or ("",)
    if _VERB.search(head) and any(len(_timeless(one).split()) > 1 for one in told):
        for one in told:
            found |= {events: in_itself(_tidy(f"{head} {one}")) for events in _meant(one, sides)}
    return found if len(found) == len(sides) else {}


def _meant(text: str, sides: Sequence[Events]) -> list[Events]:
    """The sides that the times of a text are those of."""
    times = read_asked(text).intervals
    return [events for events in sides if any(one.date in time for one in events for time in times)]


def _filled(first: str, part: str) -> str:
    """A clause with what it leaves out: "Whom did she meet on the Friday in 2014, and whom on the Monday in
    2016?".
    """
    gap, adjunct = _GAP.match(part), _ADJUNCT.search(first)
    return f"{first[: adjunct.start()]} {gap['rest']}" if gap and adjunct and not _VERB.search(part) else part


def _questions(question: str) -> list[str]:
    """The questions that one is made of: "Who leads it, and when does it meet?"; none when it is only one."""
    if compared := measured(question):
        be, one, other = compared
        return [_tidy(f"What {be} {one}"), _tidy(f"What {be} {_timeless(one)} {other}")]
    intro, colon, rest = question.partition(": ")
    parts = clauses_of(rest if colon else question)
    whole = all(starts_asking(part) for part in parts)
    verbs = (
        bool(colon)
        or sets_beside(question)
        or all(_VERB.search(part) and not _ENDS_OPEN.search(part) for part in parts)
    )
    if not 2 <= len(parts) <= MOST_SIDES or not whole or not verbs:
        return []
    found: list[str] = []
    for part in parts:
        before = _timeless(intro) if colon else " and ".join(found)
        found.append(_after(before, part.strip()))
    return found


def _introduced(question: str) -> str:
    """The question after a colon, about what stands before it: "Of Stenning: what did she say?"."""
    intro, _, rest = question.partition(": ")
    return _after(intro, rest) if starts_asking(rest) and not read_asked(intro).times else question


def _after(before: str, part: str) -> str:
    """A question with what its pronouns mean after what stands before it."""
    return _tidy(replace_pronouns(part, Spoken(before)) if before else part)


def _own(question: str, scope: Scope, documents: Sequence[Document]) -> Scope:
    """The events that one of several questions is about: those it names, else those that the whole names."""
    own = resolve(question, documents)
    return scope if own.events is None or own.uncovered else own


def _timeless(text: str) -> str:
    """A text without its times: what they narrow has been narrowed already."""
    for time in reversed(read_asked(text).times):
        text = _without(text, time.start, time.end)
    return text


def asked_of(question: str, events: Events, sides: Sequence[Events]) -> str:
    """The question with the time of the one side in place of those of all of them."""
    return _asked_at(question, _when(events, [one for side in sides for one in side]))


def _of_each_time(question: str, documents: Sequence[Document]) -> tuple[Side, ...]:
    """The question asked of each of the times that it lists, whether or not events were then: "How many fell in
    1979 and how many in 2009?"; none when it lists no several, or one of which nothing is told.
    """
    text = mend_months(question)
    asked = read_asked(text)
    spans = [(one.start, one.end) for one in asked.times]
    if (
        not asked.lists
        or not 2 <= len(spans) <= MOST_SIDES
        or _stretch(text, *spans[0], spans)[1] != spans[-1][1]
    ):
        return ()
    several = [in_itself(_asked_at(text, f"in {text[start:end]}")) for start, end in spans]
    found = tuple(Side(f"“{one}”", one, resolve(one, documents)) for one in several)
    return () if any(one.scope.uncovered for one in found) else found


def _asked_at(question: str, when: str) -> str:
    """The question with one time in place of all it has."""
    times = read_asked(question).times
    if not times:
        return _tidy(f"{question.rstrip('?!. ')} {when}")
    start, end = _stretch(question, times[0].start, times[-1].end, [(one.start, one.end) for one in times])
    head, tail = question[:start], question[end:]
    spans = [(one.start - end, one.end - end) for one in times if one.start >= end]
    for first, last in reversed(spans):
        tail = _without(tail, first, last)
    attributive = re.match(r"\W*(?:(?P<lead>in|of|at|by|from)\s+)?(?:the\b|\d)", question[start:end], re.I)
    if attributive and re.match(rf"\s+(?:ones?|{GATHERING})\b", tail):
        lead = f"{attributive['lead']} " if attributive["lead"] else ""
        when = f"{lead}the {re.sub(r'^(?:in|on) ', '', when)}"
        tail = re.sub(r"^\s+ones?\b", " report", tail)
    head = re.sub(
        rf"\b(?:between|from|in|at|of)\s+(?:the\s+)?(?:two\s+)?(?:{GATHERING})\s*$", "", head, flags=re.I
    )
    return _tidy(f"{head.rstrip(' ,;')} {when} {tail}")


def _stretch(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where the times of a question stand with the words that join them, as far as nothing else is between."""
    joined = spans[0][1]
    for first, last in spans[1:]:
        if not _BETWEEN.fullmatch(text[joined:first]):
            break
        joined = last
    lead = _PREPOSED.search(text[:start])
    return (lead.start() if lead else start), joined


def _without(text: str, start: int, end: int) -> str:
    """A text without a time and what leads to it."""
    lead = _PREPOSED.search(text[:start])
    return f"{text[: lead.start() if lead else start].rstrip()}{text[end:]}"


def _label(events: Events) -> str:
    return next(iter(events)).label if len(events) == 1 else re.sub(r"^(?:in|on) ", "", _when(events, ()))


def _when(events: Events, among: Sequence[Event]) -> str:
    """The time of a side's events, as far as needed to tell it from those of the others."""
    first, *others = sorted(event.date for event in events if event.date)
    if any(day.year == first.year and day.month != first.month for day in others):
        return f"in {first.year}"
    months = [(one.date.year, one.date.month) for one in among if one.date and one not in events]
    near = not others and (first.year, first.month) in months
    return f"on {first.day} {first:%B %Y}" if near else f"in {first:%B %Y}"


def _tidy(text: str) -> str:
    tidy = " ".join(text.split()).replace(" ,", ",").replace(" .", ".").rstrip("?!.,; ")
    return f"{tidy[:1].upper()}{tidy[1:]}?"

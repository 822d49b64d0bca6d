"""A sentence taken apart: its clauses, each with who says it, whether it denies, and its numbers, dates, names.

Spans count characters of the text that was given, start inclusive, end exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from qa.language.grammar import is_finite, read_units
from qa.language.lexicon import APPROXIMATE, HEDGES, SPEECH
from qa.language.units import Unit
from qa.records import Document
from qa.words import quotations

_SENTENCE_END = re.compile(r"(?<=[.!?])[”\"’')]*\s+(?=[“\"‘'(]?[A-Z0-9])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Sen|Rep|Gov|St|No|Jr|Sr|vs|Sgt|Capt|Maj)|\b[A-Z])\.$"
)
_AHEAD = frozenset("will would due planned upcoming expected ahead next scheduled set plans".split())


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in digits, the word it counts, and how exact it is: "at least", "nearly", or nothing."""

    value: str
    unit: str
    bound: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A clause: its span and text; `speaker`, whose statement it is ("" for the reporter's own); whether it is
    `denied`; words that `hedge` it; and what is checked by itself.
    """

    start: int
    end: int
    text: str
    speaker: str
    denied: bool
    hedge: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[str, ...]
    names: tuple[str, ...]
    quotations: tuple[str, ...]


def split_claims(text: str) -> tuple[Claim, ...]:
    """The clauses of a sentence that can be true by themselves, in order; all of it when it has but one."""
    units = read_units(text)
    borders = [0, *_borders(units), len(units)]
    speaker = _speaker(units)
    return tuple(
        _claim(text, units[first:last], speaker) for first, last in pairwise(borders) if units[first:last]
    )


def _borders(units: tuple[Unit, ...]) -> Iterator[int]:
    """Where a clause with a subject of its own begins: after a semicolon, or after "and", "but" and a comma.

    What somebody says stays together with its speaker.
    """
    if _speaker(units) or any(unit.text in ("“", '"') for unit in units):
        return
    begun = 0
    for at in range(1, len(units) - 1):
        joint = units[at].text == ";" or (
            units[at].low in ("and", "but", "while") and units[at - 1].text == ","
        )
        if joint and _is_clause(units[begun:at]) and _is_clause(units[at + 1 :]):
            begun = at + 1
            yield at + 1


def _is_clause(units: tuple[Unit, ...]) -> bool:
    """Whether units begin with a subject and have a verb for it."""
    first = next((at for at, unit in enumerate(units) if is_finite(unit)), 0)
    return first > 0 and not any(unit.tag in ("SUB", "TO") for unit in units[:first])


def _speaker(units: tuple[Unit, ...]) -> str:
    """The words before, or after, a verb of saying; what follows "according to"."""
    for at, unit in enumerate(units):
        if unit.low == "according":
            return _phrase(units[at + 2 :])
        if unit.tag == "V" and unit.key in SPEECH and unit.form in ("ed", "fin"):
            before = _phrase(tuple(reversed(units[:at])))
            return " ".join(reversed(before.split())) or _phrase(units[at + 1 :])
    return ""


def _phrase(units: tuple[Unit, ...]) -> str:
    words = []
    for unit in units:
        if unit.tag not in ("N", "ART", "POS", "PRO", "AUX", "ADV", "DET"):
            break
        if unit.tag in ("N", "PRO"):
            words.append(unit.text)
    return " ".join(words)


def _claim(text: str, units: tuple[Unit, ...], speaker: str) -> Claim:
    start, end = units[0].start, units[-1].end
    part = text[start:end]
    return Claim(
        start,
        end,
        part,
        speaker,
        any(unit.tag == "NEG" for unit in units),
        tuple(unit.low for unit in units if unit.low in HEDGES and unit.tag == "ADV"),
        tuple(_quantities(units)),
        tuple(unit.key for unit in units if unit.tag == "DATE"),
        tuple(unit.text for unit in units if unit.is_name),
        quotations(part),
    )


def _quantities(units: tuple[Unit, ...]) -> Iterator[Quantity]:
    for at, unit in enumerate(units):
        if unit.tag == "NUM":
            bound = []
            for other in reversed(units[max(0, at - 2) : at]):
                if other.low not in APPROXIMATE and other.low != "at":
                    break
                bound.append(other.low)
            counted = units[at + 1].key if at + 1 < len(units) and units[at + 1].tag == "N" else ""
            yield Quantity(unit.key, counted, " ".join(reversed(bound)))


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of the sentences of a quotation."""
    cuts = [0] + [
        match.end()
        for match in _SENTENCE_END.finditer(text)
        if not _ABBREVIATED.search(text[: match.start()].rstrip("”\"’')"))
    ]
    return tuple((first, last) for first, last in pairwise([*cuts, len(text)]) if text[first:last].strip())


def subject_of(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The subject of a sentence: the names before its last verb of saying, or all before its first verb."""
    finite = [at for at, unit in enumerate(units) if is_finite(unit)]
    quoted = [at for at, unit in enumerate(units) if unit.text in ("”", '"')]
    after = [at for at in finite if quoted and at > quoted[-1]]
    for at in (*after[:1], *finite[:1]):
        start = at
        while start and units[start - 1].is_name and not units[start - 1].possessive:
            start -= 1
        if start < at:
            return units[start:at]
    plain = finite and all(unit.tag in ("ART", "N", "DET") for unit in units[: finite[0]])
    return units[: finite[0]] if plain else ()


def opening_name(units: tuple[Unit, ...], before: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """Whom the pronoun that opens a sentence means, by the sentence before; nothing where none opens it."""
    return subject_of(before) if units and units[0].low in ("he", "she", "it", "they") else ()


def same_date(said: str, told: str, document: Document, *, ahead: bool) -> bool:
    """Whether a date of a claim is that of the report or a coarser one: keys as `read_units` gives them.

    Weekdays of the report are reckoned from its day: the same day, or the last one before; with `ahead` the
    sentence looks forward and only the report's own day is sure.
    """
    if said == told:
        return True
    days = [day for day in (document.published, document.event.date) if day is not None]
    if told.startswith("w"):
        if said.startswith("w"):
            return False
        return any(covers(said, day) for day in _resolved(int(told[1:]), days, ahead=ahead))
    if said.startswith("w"):
        whole = _as_date(told)
        return whole is not None and whole.weekday() == int(said[1:])
    return all(mine in ("?", theirs) for mine, theirs in zip(said.split("-"), told.split("-"), strict=True))


def _resolved(weekday: int, days: list[date], *, ahead: bool) -> Iterator[date]:
    for day in days:
        back = (day.weekday() - weekday) % 7
        if back == 0 or not ahead:
            yield day - timedelta(days=back)


def covers(said: str, day: date) -> bool:
    """Whether a date as said, perhaps without a year or a day, means a day or the time around it."""
    whole = (str(day.year), f"{day.month:02d}", f"{day.day:02d}")
    return all(mine in ("?", theirs) for mine, theirs in zip(said.split("-"), whole, strict=True))


def _as_date(key: str) -> date | None:
    try:
        return date.fromisoformat(key)
    except ValueError:
        return None


def looks_ahead(units: tuple[Unit, ...]) -> bool:
    """Whether a sentence speaks of what is still to come."""
    return any(unit.low in _AHEAD for unit in units)

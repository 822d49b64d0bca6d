"""The times that a text speaks of, as intervals of days: "14 May 2013", "last month", "on Friday".

What stands by itself (see dates) is read as it stands. What depends on a day ("on Friday", "two weeks ago", "in
November") is resolved against the day that the text was published: backwards, as reports mostly tell what
happened, unless the words before it speak of what is to come ("is due to meet her on Friday").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from qa.language.dates import (
    DAY,
    LEAD,
    MONTH,
    NAMES,
    PART,
    SEASONS,
    WEEKDAY,
    Found,
    Time,
    absolute_times,
    month_number,
    ordinal,
    part_of,
)
from qa.language.days import Interval, day_of, month_of, shift, unit_of
from qa.words import MONTHS, WEEKDAYS, fold

_COUNTS = {
    word: value
    for value, word in enumerate(
        "a two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"an": 1, "one": 1, "the": 1, "several": 3, "few": 3, "couple of": 2}
COUNT = r"(?:\d{1,3}|" + "|".join(sorted(_COUNTS, key=len, reverse=True)) + ")"
UNIT = r"(?:day|week|month|year)"


def count_of(words: str) -> int:
    """The number that "two", "12" or "a" stands for."""
    return int(words) if words.isdigit() else _COUNTS.get(fold(words), 1)


def weekday_of(word: str) -> int | None:
    """0 for Monday; None for what is no day of the week."""
    found = [number for number, name in enumerate(WEEKDAYS) if name.startswith(fold(word).rstrip(".")[:3])]
    return found[0] if found else None


_RELATIVE = re.compile(
    rf"\b(?P<count>{COUNT})\s+(?P<unit>{UNIT})s?\s+(?P<way>ago|from\s+now)\b|"
    rf"\b(?P<which>last|past|previous|this|current|next|coming|following)\s+(?P<what>week(?:end)?|month|year|"
    rf"{WEEKDAY}|{'|'.join(SEASONS)}|{NAMES})\b|"
    rf"\b(?P<today>today|tonight|yesterday|tomorrow|this\s+(?:morning|afternoon|evening)|last\s+night)\b|"
    rf"\b{LEAD}(?:(?P<md>{MONTH})\s+(?P<dd>{DAY})|(?P<dd2>{DAY})\s+(?:of\s+)?(?P<md2>{MONTH}))|"
    rf"\b{PART}(?P<month>{MONTH})|"
    rf"\b(?P<weekday>{'|'.join(WEEKDAYS)})\b",
    re.I,
)
# Words that are also others: short forms, "may", "march". They need a capital, and a word of time before them.
_DOUBTFUL = frozenset(
    "may march mar jan sat sun mon fri dec nov oct sep sept aug jul jun apr feb wed thu".split()
)
_TIME_BEFORE = re.compile(
    r"\b(?:in|of|since|until|till|by|from|last|next|this|early|mid|late|for|a|an)[\s-]+$", re.I
)
_COMING = re.compile(
    r"\b(?:(?:will|would|shall|may|might|could|can|to\s+be|is\s+to|are\s+to|due|scheduled|set\s+to|expected|"
    r"planned|likely)(?:\s+(?!said\b)\w+){0,3}|plans?|upcoming|ahead\s+of|before|going\s+to|hop(?:es?|ing)|"
    r"intends?|until|awaits?|head(?:s|ing)\s+to|starting|begins|opens|next|coming)\b",
    re.I,
)
_GONE = re.compile(
    r"\b(?:[a-z]\w+ed|said|told|met|held|sat|went|came|left|spoke|took|gave|made|began|was|were|had|won|lost|saw|"
    r"rose|fell|sent|shot|struck|hit|put|broke|became|found|got|led|wrote|since|after|following|earlier)\b"
)
_BOUND = re.compile(r"\bthat\b|\bwhich\b|\bwho\b|[,;:—“”\"]", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])[”\"’')\]]*\s+(?=[A-Z“\"(])|\n+")


@lru_cache(maxsize=20_000)
def read_times(text: str, published: date | None = None) -> tuple[Time, ...]:
    """The times of a text in order; without `published` only those that depend on no day."""
    found = list(absolute_times(text))
    if published is not None:
        found += _relative(text, published, [(time.start, time.end) for time in found])
    return tuple(sorted(found, key=lambda time: time.start))


def _relative(text: str, published: date, taken: list[tuple[int, int]]) -> Iterator[Time]:
    for match in _RELATIVE.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        interval = _resolve(match, text, published)
        if interval is not None:
            yield Time(match.start(), match.end(), interval, relative=True)


def _resolve(match: Found, text: str, published: date) -> Interval | None:
    today = Interval(published, published)
    if match["unit"]:
        count = count_of(match["count"]) * (-1 if match["way"].casefold() == "ago" else 1)
        return shift(today, count, unit_of(match["unit"]))
    if match["which"]:
        return _next_to(match, text, published)
    if match["today"]:
        word = fold(match["today"])
        return shift(today, -1 if word in ("yesterday", "last night") else word == "tomorrow", "day")
    if match["weekday"]:
        if not match["weekday"][0].isupper():
            return None
        return _weekday(match["weekday"], published, ahead=speaks_of_coming(text, *match.span()))
    month, day = match["md"] or match["md2"] or match["month"], match["dd"] or match["dd2"]
    if _is_doubtful(month, day, text[: match.start()]):
        return None
    if day:
        days = [day_of(published.year + years, month_number(month), ordinal(day)) for years in (-1, 0, 1)]
        known = [one for one in days if one]
        return min(known, key=lambda one: abs((one.first - published).days)) if known else None
    ahead = speaks_of_coming(text, *match.span())
    return part_of(_month_near(month_number(month), published, ahead=ahead), match["part"])


def _is_doubtful(month: str, day: str | None, before: str) -> bool:
    """Whether what looks like a month may be another word."""
    if fold(month).rstrip(".") not in _DOUBTFUL:
        return not month[0].isupper()
    return not (month[0].isupper() and (day or _TIME_BEFORE.search(before)))


def _next_to(match: Found, text: str, published: date) -> Interval | None:
    which, what = fold(match["which"]), fold(match["what"])
    step = {"this": 0, "current": 0, "next": 1, "coming": 1, "following": 1}.get(which, -1)
    today = Interval(published, published)
    if which == "past" and what in ("week", "month", "year"):
        return Interval(published - timedelta(days={"week": 7, "month": 30, "year": 365}[what]), published)
    if what in ("week", "month", "year"):
        return shift(today, step, unit_of(what))
    if what == "weekend":
        saturday = shift(today, step if step > 0 else 0, "week").first + timedelta(days=5)
        saturday -= timedelta(days=7 if step <= 0 and saturday > published else 0)
        return Interval(saturday, saturday + timedelta(days=1))
    if what in SEASONS:
        return None
    if what in MONTHS:
        return _month_near(
            MONTHS[what], published, ahead=step > 0 or (step == 0 and MONTHS[what] > published.month)
        )
    if step == 0:
        return _of_week(what, published)
    return _weekday(what, published + timedelta(days=step), ahead=step > 0)


def _of_week(weekday: str, day: date) -> Interval | None:
    number = weekday_of(weekday)
    if number is None:
        return None
    named = day + timedelta(days=number - day.weekday())
    return Interval(named, named)


def _weekday(word: str, day: date, *, ahead: bool) -> Interval | None:
    """The day so named nearest to a day, itself included, before or ahead of it."""
    number = weekday_of(word)
    if number is None:
        return None
    named = day + timedelta(days=(number - day.weekday()) % 7 if ahead else -((day.weekday() - number) % 7))
    return Interval(named, named)


def _month_near(month: int, day: date, *, ahead: bool) -> Interval:
    """The month so named nearest to a day, its own included, before or ahead of it."""
    year = day.year + (ahead and month < day.month) - (not ahead and month > day.month)
    return month_of(year, month)


def speaks_of_coming(text: str, start: int, end: int) -> bool:
    """Whether the words around a span speak of what is to come: those before it in its clause, else those that
    follow in its sentence, else those before it in its sentence; the nearest decide.
    """
    begins = max((match.end() for match in _SENTENCE.finditer(text, 0, start)), default=0)
    ends = next((match.start() for match in _SENTENCE.finditer(text, end)), len(text))
    clause = max((match.end() for match in _BOUND.finditer(text, begins, start)), default=begins)
    for stretch, nearest in ((text[clause:start], -1), (text[end:ends], 0), (text[begins:start], -1)):
        coming = [match.span() for match in _COMING.finditer(stretch)]
        cues = [(first, True) for first, _ in coming]
        gone = [match.start() for match in _GONE.finditer(stretch)]  # "held" of "to be held" tells nothing
        cues += [(at, False) for at in gone if not any(first <= at < last for first, last in coming)]
        if cues:
            return sorted(cues)[nearest][1]
    return False

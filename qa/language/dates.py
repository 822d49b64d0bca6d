"""The times in a text that stand by themselves: dates, months, seasons, years and spans of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from qa.language.days import Interval, day_of, month_of, year_of
from qa.words import MONTHS, WEEKDAYS, fold


@dataclass(frozen=True, slots=True)
class Time:
    """A time as a text has it, from `start` to `end`; `relative` when its interval was worked out from the day
    of publication.
    """

    start: int
    end: int
    interval: Interval
    relative: bool = False


NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
MONTH = rf"(?:{NAMES})\b\.?"
YEAR = r"(?:1[5-9]|20)\d\d(?!\d|[.,]\d|%)"
DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)"
WEEKDAY = "|".join((*WEEKDAYS, "mon", "tues?", "weds?", "thurs?", "thu", "fri", "sat"))
LEAD = rf"(?:(?:{WEEKDAY})\b\.?,?\s+(?:the\s+)?)?"
_TO = r"\s*(?:-|–|—|to|and|until|through)\s*"
_PARTS = {"early": (0, 3), "mid": (1, 3), "late": (2, 3), "beginning of": (0, 3), "start of": (0, 3)} | {
    "middle of": (1, 3),
    "end of": (2, 3),
    "first half of": (0, 2),
    "second half of": (1, 2),
    "first quarter of": (0, 4),
    "second quarter of": (1, 4),
    "third quarter of": (2, 4),
    "fourth quarter of": (3, 4),
}
PART = rf"(?:(?P<part>{'|'.join(_PARTS)})(?:\s+|-)(?:the\s+)?)?"
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
# A number that counts something is no year.
_COUNTED = (
    r"(?!\s+(?:people|men|women|children|soldiers|troops|homes|houses|times|years|days|hours|miles|kilomet|"
    r"km|met(?:er|re)s|tons|tonnes|dollars|euros|pounds|crowns|workers|members|others|of\s+(?:them|the)\b))"
)


def month_number(word: str) -> int:
    """1 for January, however it is shortened."""
    return MONTHS[fold(word).rstrip(".")]


def ordinal(word: str) -> int:
    """The number in "21st"."""
    return int(re.sub(r"\D", "", word))


def part_of(interval: Interval, part: str | None) -> Interval:
    """The named part of an interval, "early" being its first third."""
    if not part:
        return interval
    number, parts = _PARTS[" ".join(fold(part).split())]
    days = (interval.last - interval.first).days + 1
    first = interval.first + timedelta(days=days * number // parts)
    return Interval(first, interval.first + timedelta(days=days * (number + 1) // parts - 1))


Found = re.Match[str]
_Reader = Callable[[Found], Interval | None]


def _span(first: Interval | None, last: Interval | None) -> Interval | None:
    return Interval(first.first, last.last) if first and last and first.first <= last.last else None


def _day(match: Found, which: str = "d") -> Interval | None:
    return day_of(int(match["y"]), month_number(match["m"]), ordinal(match[which]))


def _day_span(match: Found) -> Interval | None:
    return _span(_day(match, "d1"), _day(match, "d2"))


def _year_span(match: Found) -> Interval | None:
    first, last = int(match["y1"]), match["y2"]
    ends = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    return year_of(first, ends) if first < ends else None


def _season(match: Found) -> Interval:
    """Three months, as the northern half of the earth has them; winter begins in the year it is named by."""
    year, month = int(match["y"]), SEASONS[fold(match["season"])]
    last = month_of(year + (month == 12), (month + 1) % 12 + 1)
    return Interval(date(year, month, 1), last.last)


def _numeric(match: Found) -> Interval | None:
    """12.05.2013 is a day of May; 5/13/2013 too; which day 12/05/2013 is cannot be known, only the year."""
    first, second, year = int(match["n1"]), int(match["n2"]), int(match["y"])
    if match["dot"] == "." or first > 12:
        return day_of(year, second, first)
    return day_of(year, first, second) if second > 12 else year_of(year)


# What stands by itself, the longest forms first.
_ABSOLUTE: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.I), reader)
    for pattern, reader in (
        (
            r"(?<![\d-])(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])",
            lambda m: day_of(int(m["y"]), int(m["m"]), int(m["d"])),
        ),
        (r"(?<![\d./])(?P<n1>\d\d?)(?P<dot>[./])(?P<n2>\d\d?)(?P=dot)(?P<y>(?:19|20)\d\d)\b", _numeric),
        (
            rf"\b(?P<d1>{DAY}){_TO}(?P<d2>{DAY})\s+(?:of\s+)?(?P<m>{MONTH}),?\s+(?:of\s+)?(?P<y>{YEAR})",
            _day_span,
        ),
        (
            rf"\b(?P<m>{MONTH})\s+(?P<d1>{DAY}){_TO}(?P<d2>{DAY}),?\s+(?P<y>{YEAR})",
            _day_span,
        ),
        (
            rf"\b{LEAD}(?P<d>{DAY})\s+(?:of\s+)?(?P<m>{MONTH}),?\s+(?:of\s+)?(?P<y>{YEAR})",
            _day,
        ),
        (
            rf"\b{LEAD}(?P<m>{MONTH})\s+(?:the\s+)?(?P<d>{DAY}),?\s+(?:of\s+)?(?P<y>{YEAR})",
            _day,
        ),
        (
            rf"\b(?P<m>{MONTH}){_TO}(?P<m2>{MONTH})\s+(?:of\s+)?(?P<y>{YEAR})",
            lambda m: _span(
                month_of(int(m["y"]), month_number(m["m"])), month_of(int(m["y"]), month_number(m["m2"]))
            ),
        ),
        (
            rf"\b{PART}(?P<m>{MONTH}),?\s+(?:of\s+)?(?P<y>{YEAR})",
            lambda m: part_of(month_of(int(m["y"]), month_number(m["m"])), m["part"]),
        ),
        (rf"\b(?P<season>{'|'.join(SEASONS)})\s+(?:of\s+)?(?P<y>{YEAR})", _season),
        (rf"\b(?P<y1>{YEAR})(?:-|–)(?P<y2>\d\d(?:\d\d)?)\b(?!-\d)", _year_span),
        (
            r"\b(?P<y>(?:1[5-9]|20)\d0)s\b",
            lambda m: year_of(int(m["y"]), int(m["y"]) + 9),
        ),
        (
            rf"(?<![\w$€£#.,/+-]){PART}(?P<y>{YEAR})(?![\w/]|-(?=[a-z]))" + _COUNTED,
            lambda m: part_of(year_of(int(m["y"])), m["part"]),
        ),
    )
)

_ANY_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NEAR_YEAR = 120  # characters: more than the longest form has on either side of its year


def absolute_times(text: str) -> Iterator[Time]:
    """What stands by itself, of overlapping forms the longest."""
    taken: list[tuple[int, int]] = []
    stretches = _around_years(text)
    for pattern, reader in _ABSOLUTE:
        for match in (match for stretch in stretches for match in pattern.finditer(text, *stretch)):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            interval = reader(match)
            if interval is not None:
                taken.append(match.span())
                yield Time(match.start(), match.end(), interval)


def _around_years(text: str) -> list[tuple[int, int]]:
    """Where times that stand by themselves can be: each has a year in it, and most of a text is elsewhere."""
    stretches: list[tuple[int, int]] = []
    for match in _ANY_YEAR.finditer(text):
        start, end = max(0, match.start() - _NEAR_YEAR), min(len(text), match.end() + _NEAR_YEAR)
        if stretches and start <= stretches[-1][1]:
            start = stretches.pop()[0]
        stretches.append((start, end))
    return stretches

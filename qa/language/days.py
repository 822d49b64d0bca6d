"""Days and stretches of them: the day, the month, the year, and so many of them later."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from qa.words import fold

Unit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    def overlaps(self, other: Interval) -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last

    def within(self, other: Interval) -> bool:
        """Whether all its days are the other's too."""
        return other.first <= self.first and self.last <= other.last

    @property
    def unit(self) -> Unit:
        """The unit it is one of; "year" for anything longer than a month."""
        days = (self.last - self.first).days + 1
        return "day" if days == 1 else "week" if days <= 7 else "month" if days <= 31 else "year"


def day_of(year: int, month: int, day: int) -> Interval | None:
    """A day; None when the calendar has none such."""
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return Interval(date(year, month, day), date(year, month, day))


def month_of(year: int, month: int) -> Interval:
    """A whole month."""
    return Interval(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def year_of(year: int, last: int | None = None) -> Interval:
    """A whole year, or all years up to `last`."""
    return Interval(date(year, 1, 1), date(last or year, 12, 31))


def shift(interval: Interval, count: int, unit: Unit) -> Interval:
    """As many units later (earlier below 0): the day, week, month or year that then is."""
    if unit == "year":
        year = interval.first.year + count
        return year_of(min(max(year, 1), 9999))
    if unit == "month":
        months = interval.first.year * 12 + interval.first.month - 1 + count
        return month_of(months // 12, months % 12 + 1)
    moved = timedelta(days=count * (7 if unit == "week" else 1))
    if unit == "week":
        monday = interval.first - timedelta(days=interval.first.weekday()) + moved
        return Interval(monday, monday + timedelta(days=6))
    return Interval(interval.first + moved, interval.last + moved)


def unit_of(word: str) -> Unit:
    """The unit a word names."""
    units: dict[str, Unit] = {"day": "day", "week": "week", "month": "month", "year": "year"}
    return units[fold(word)]

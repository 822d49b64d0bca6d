"""The times that texts speak of: dates as they stand, and those told from the day of publication."""

from __future__ import annotations

from datetime import date

import pytest

from qa.language.days import Interval, day_of, month_of, shift, year_of
from qa.language.times import count_of, read_times, speaks_of_coming, weekday_of

PUBLISHED = date(2015, 9, 21)  # a Monday


def _read(text: str, published: date | None = None) -> list[tuple[str, str, str]]:
    return [
        (text[time.start : time.end], time.interval.first.isoformat(), time.interval.last.isoformat())
        for time in read_times(text, published)
    ]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on 14 May 2013", "2013-05-14", "2013-05-14"),
        ("on the 14th of May, 2013", "2013-05-14", "2013-05-14"),
        ("on May 14, 2013", "2013-05-14", "2013-05-14"),
        ("on Tuesday, May 14th 2013", "2013-05-14", "2013-05-14"),
        ("on 2013-05-14", "2013-05-14", "2013-05-14"),
        ("on 14.05.2013", "2013-05-14", "2013-05-14"),
        ("on 5/14/2013", "2013-05-14", "2013-05-14"),
        ("on 05/04/2013", "2013-01-01", "2013-12-31"),
        ("in May 2013", "2013-05-01", "2013-05-31"),
        ("in Feb. 2012", "2012-02-01", "2012-02-29"),
        ("in September of 2009", "2009-09-01", "2009-09-30"),
        ("in early June 2013", "2013-06-01", "2013-06-10"),
        ("from 14 to 16 May 2013", "2013-05-14", "2013-05-16"),
        ("on May 14–16, 2013", "2013-05-14", "2013-05-16"),
        ("May to July 2013", "2013-05-01", "2013-07-31"),
        ("the summer of 2013", "2013-06-01", "2013-08-31"),
        ("the winter of 2013", "2013-12-01", "2014-02-28"),
        ("in 2013", "2013-01-01", "2013-12-31"),
        ("in 2013-15", "2013-01-01", "2015-12-31"),
        ("in the 1990s", "1990-01-01", "1999-12-31"),
        ("the first half of 2013", "2013-01-01", "2013-07-01"),
        ("late 2013", "2013-09-01", "2013-12-31"),
        ("in mid-2013", "2013-05-02", "2013-08-31"),
    ],
)
def test_a_date_is_read_as_it_stands(text: str, first: str, last: str) -> None:
    """In the forms that reports and people use; a date that could be of two months is only of its year."""
    assert [found[1:] for found in _read(text)] == [(first, last)]


@pytest.mark.parametrize(
    "text",
    [
        "About 2000 people came.",
        "It cost $2013.",
        "2,013 boats and 2013.5 tons",
        "at 20130 Harbour Road",
        "on 31.02.2013",
        "It may march on.",
        "the 2000-strong crowd",
        "I sat in the sun.",
    ],
)
def test_what_is_no_time_is_not_read(text: str) -> None:
    """Counts, prices, decimals, days that no calendar has, and words that are also short names of months."""
    assert _read(text, PUBLISHED) == []


def test_dates_far_apart_are_read_where_they_stand() -> None:
    """However much lies between them, at either end too, and next to a number that looks like a year."""
    dates = ("14 May 2013", "Monday, the 12th of September, 2015", "early 2017", "2018-19", "1899")
    between = " and nothing happened in the town" * 20 + " in "
    for text in (between.join(dates), between + between.join(reversed(dates)) + between):
        read = [text[time.start : time.end] for time in read_times(text)]
        assert sorted(read) == sorted(dates)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("They met on Monday.", "2015-09-21", "2015-09-21"),
        ("They met on Friday.", "2015-09-18", "2015-09-18"),
        ("The summit will open on Friday.", "2015-09-25", "2015-09-25"),
        ("He is also due to meet her in Riga on Friday.", "2015-09-25", "2015-09-25"),
        ("On Friday, the two will meet.", "2015-09-25", "2015-09-25"),
        ("The paper said that at Thursday’s meeting they could reach a deal.", "2015-09-24", "2015-09-24"),
        ("The ministry said on Tuesday it would host a meeting.", "2015-09-15", "2015-09-15"),
        ("talks ahead of the vote in Riga on Wednesday", "2015-09-23", "2015-09-23"),
        ("It rained yesterday.", "2015-09-20", "2015-09-20"),
        ("It rained today.", "2015-09-21", "2015-09-21"),
        ("She spoke last week.", "2015-09-14", "2015-09-20"),
        ("She spoke last month.", "2015-08-01", "2015-08-31"),
        ("She spoke last year.", "2014-01-01", "2014-12-31"),
        ("She speaks next week.", "2015-09-28", "2015-10-04"),
        ("Much was done in the past year.", "2014-09-21", "2015-09-21"),
        ("It sank two weeks ago.", "2015-09-07", "2015-09-13"),
        ("It sank three days ago.", "2015-09-18", "2015-09-18"),
        ("It sank ten years ago.", "2005-01-01", "2005-12-31"),
        ("It sank last Friday.", "2015-09-18", "2015-09-18"),
        ("It sails next Friday.", "2015-09-25", "2015-09-25"),
        ("It was agreed in July.", "2015-07-01", "2015-07-31"),
        ("It was agreed in November.", "2014-11-01", "2014-11-30"),
        ("She is set to fly to Riga in November.", "2015-11-01", "2015-11-30"),
        ("The talks are likely to be held in early November.", "2015-11-01", "2015-11-10"),
        ("It was signed on July 14.", "2015-07-14", "2015-07-14"),
        ("It was signed on 30 December.", "2015-12-30", "2015-12-30"),
        ("under a July deal between them", "2015-07-01", "2015-07-31"),
    ],
)
def test_a_reports_own_time_is_told_from_its_day(text: str, first: str, last: str) -> None:
    """Backwards, unless the words around speak of what is to come."""
    assert [found[1:] for found in _read(text, PUBLISHED)] == [(first, last)]
    assert _read(text) == []


def test_a_background_date_keeps_its_own_year() -> None:
    """Beside the times of the report itself, each with its place in the text."""
    text = "They met on Monday. The contract of March 2010 names a visit in September 2009."
    assert _read(text, PUBLISHED) == [
        ("Monday", "2015-09-21", "2015-09-21"),
        ("March 2010", "2010-03-01", "2010-03-31"),
        ("September 2009", "2009-09-01", "2009-09-30"),
    ]
    assert [time.relative for time in read_times(text, PUBLISHED)] == [True, False, False]


def test_the_nearest_words_tell_what_is_to_come() -> None:
    """Those of another sentence tell nothing."""
    text = "He will speak. They met on Friday"
    assert not speaks_of_coming(text, text.index("Friday"), len(text))
    assert speaks_of_coming("They will meet on Friday", 18, 24)


@pytest.mark.parametrize(
    ("interval", "count", "unit", "shifted"),
    [
        (year_of(2013), 2, "year", year_of(2015)),
        (month_of(2013, 5), -2, "year", year_of(2011)),
        (month_of(2013, 12), 1, "month", month_of(2014, 1)),
        (month_of(2013, 1), -1, "month", month_of(2012, 12)),
        (day_of(2013, 2, 28), 1, "day", day_of(2013, 3, 1)),
        (day_of(2015, 9, 21), -1, "week", Interval(date(2015, 9, 14), date(2015, 9, 20))),
        (year_of(9998), 5, "year", year_of(9999)),
    ],
)
def test_units_are_counted_on_and_back(interval: Interval, count: int, unit: str, shifted: Interval) -> None:
    """The year, month, week or day that then is."""
    assert shift(interval, count, unit) == shifted  # type: ignore[arg-type]


def test_small_things() -> None:
    """Number words, names of days, days that are none, and what an interval holds."""
    assert [count_of(word) for word in ("two", "12", "a", "few")] == [2, 12, 1, 3]
    assert [weekday_of(word) for word in ("Monday", "sun", "Thurs", "May")] == [0, 6, 3, None]
    assert day_of(2013, 2, 30) is None
    may = month_of(2013, 5)
    assert date(2013, 5, 31) in may
    assert date(2013, 6, 1) not in may
    assert may.overlaps(year_of(2013))
    assert may.within(year_of(2013))
    assert not year_of(2013).within(may)
    assert [one.unit for one in (may, year_of(2013), year_of(2013, 2015))] == ["month", "year", "year"]

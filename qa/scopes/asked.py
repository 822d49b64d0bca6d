"""The time that a question asks about, as it stands in the question: which of the events it means is for
`events` to say.

"in May 2013", "since 2015", "between 2013 and 2017", "two years after the Riga talks of 2013", "the last
meeting before 2015", "the second visit", "the September one", "last year's". Misspelt months are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from qa.language.dates import Time
from qa.language.days import Interval, Unit, day_of, month_of, shift, unit_of
from qa.language.times import COUNT, UNIT, count_of, read_times, weekday_of
from qa.words import MONTHS, WEEKDAYS, fold, months

GATHERING = (
    "meetings?|talks|visits?|summits?|trips?|reports?|articles?|events?|encounters?|negotiations?|sessions?|"
    "editions?|conferences?|gatherings?|hearings?|match(?:es)?|votes?"
)
GATHERED = re.compile(rf"\b(?:{GATHERING}|one|time)\b", re.I)
MOST_TIMES = 12  # a question that names more is none
_ONE = rf"(?:time|one|ones|occasion|{GATHERING})"
_ORDINALS = {
    word: value
    for value, words in (
        (1, "first earliest oldest initial"),
        (2, "second"),
        (3, "third"),
        (4, "fourth"),
        (5, "fifth"),
        (6, "sixth"),
        (-1, "last latest newest final"),
        (-2, "penultimate"),
    )
    for word in words.split()
} | {"most recent": -1, "second to last": -2, "second-to-last": -2, "next to last": -2, "last but one": -2}
_ORDINAL = re.compile(
    rf"\b(?P<which>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\s+"
    r"(?:of\s+(?:the|these|those|their)\s+)?"
    rf"(?:(?:two|three|four|five|such|known|reported|covered|press)\s+)*(?P<place>(?-i:[A-Z][\w’'-]*\s+){{0,2}})"
    rf"(?P<what>{_ONE})\b(?!\s+of\s+(?:the|a|an|this|that|its|their)\s+(?!two\b|three\b|year\b|leaders\b|presidents\b))",
    re.I,
)
_SUPERLATIVE = re.compile(
    r"\b(?P<which>latest|most\s+recent|newest|earliest|oldest)(?:\s+(?:\w+\s+)?(?:news|figures?|counts?|numbers?|"
    r"tolls?|information|version|state|position|texts?|documents?)\b|(?=\s*[?.!,]|$))",
    re.I,
)
_BETWEEN = re.compile(r"\b(?:between|from)\s+$", re.I)
_AND = re.compile(r"^\s*(?:and|to|until|till|through|-|–|—)\s*(?:in\s+)?$", re.I)
_SINCE = re.compile(r"\b(?:since|starting\s+in|as\s+of)\s+(?:in\s+)?$", re.I)
_ONWARDS = re.compile(r"^\s*(?:onwards?\b|or\s+later\b|and\s+(?:later|after)\b)", re.I)
_AFTER = re.compile(r"\b(?:after|later\s+than|following)\s+(?:in\s+)?$", re.I)
_BEFORE = re.compile(r"\b(?:before|prior\s+to|earlier\s+than|preceding)\s+(?:in\s+)?$", re.I)
_UNTIL = re.compile(r"\b(?:until|till|up\s+to)\s+(?:in\s+)?$", re.I)
# "the one in", "the Riga meeting of": what may stand between "before" and a time that names an event.
_HELD = (
    rf"(?:(?:the|that|their|his|her)\s+(?:[\w’'-]+\s+){{0,3}}?(?:one|time|{GATHERING})\s+"
    r"(?:(?:in|of|on|at)\s+)?)?"
)
_SHIFTED = re.compile(
    rf"\b(?P<count>{COUNT})\s+(?P<unit>{UNIT})s?\s+(?P<way>before|after|earlier\s+than|later\s+than|following)\s+"
    rf"{_HELD}(?:in\s+|on\s+)?$",
    re.I,
)
NEIGHBOUR = re.compile(
    rf"\b(?:(?P<which>last|latest|previous|next|first)\s+)?(?:{_ONE})\s+(?:(?!in\b|of\b|on\b|at\b)\w+\s+){{0,3}}?"
    rf"(?P<way>before|after|following|preceding)\s+{_HELD}(?:in\s+|on\s+)?$",
    re.I,
)
_AGAIN = re.compile(rf"\b(?:again|next)\s+(?P<way>after|following)\s+{_HELD}(?:in\s+|on\s+)?$", re.I)
_BY_LATEST = re.compile(
    r"\b(?P<step>last|previous|this|the\s+past)\s+(?P<unit>year|month|week)(?P<own>['’]s)?\b|"
    r"\b(?P<day>today|yesterday)(?P<own2>['’]s)?\b|"
    rf"\b(?P<count>{COUNT})\s+(?P<unit2>year|month|week|day)s?\s+ago\b",
    re.I,
)
_MISSPELT = re.compile(
    r"(?P<lead>(?:\b(?:in|of|since|until|before|after|during|early|late|mid|and|or|from|to)\s+|"
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?))?)(?P<word>[A-Za-z]{4,10})(?P<rest>,?\s+(?:\d{1,2},?\s+)?(?:19|20)\d\d\b|\s*[?.]?$)",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question says of time.

    `intervals`, any of which is meant, with `names` for the reader and `times` where they stand; `lists` when
    they are single times rather than one stretch; `moved` by how much they are counted from
    another ("two years after"); `neighbour` is -1 or 1 for the event before or after the first of them;
    `ordinal` counts events from 1, backwards from -1, as `ordinal_phrase` says; `months`, `weekdays` and `days`
    (month, day) name no year; `note` says how a time that is relative to today was read.
    """

    intervals: tuple[Interval, ...] = ()
    names: tuple[str, ...] = ()
    times: tuple[Time, ...] = ()
    lists: bool = False
    neighbour: int = 0
    moved: tuple[int, Unit] | None = None
    ordinal: int | None = None
    ordinal_phrase: str = ""
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    days: frozenset[tuple[int, int]] = frozenset()
    note: str = ""


def read_asked(question: str, latest: date | None = None) -> Asked:
    """What a question says of time; "last year" is told from `latest`, the day of the latest report."""
    text = mend_months(question)
    times = read_times(text)[:MOST_TIMES]
    asked = _named(text, times) if times else _by_latest(text, latest)
    return _with_order(_unnamed_year(text, times, asked), text)


def mend_months(question: str) -> str:
    """The question with misspelt months corrected, where a month may stand: "in Septmber", "Jully 2014"."""
    from rapidfuzz.distance import OSA

    def mend(match: re.Match[str]) -> str:
        word = fold(match["word"])
        if word in MONTHS or not (match["lead"] or match["rest"].strip(" ?.")):
            return match.group()
        dated = any(char.isdigit() for char in match["rest"] + match["lead"])
        near = [
            name
            for name in MONTHS
            if len(name) > 3 and name[0] == word[0] and OSA.distance(name, word) <= (1 if len(name) < 6 else 2)
        ]
        # Short ones are near many words ("match", "marsh"); they need a number beside them.
        good = [name for name in near if dated or (len(name) > 5 and match["lead"].lower().strip() == "in")]
        return match["lead"] + good[0].capitalize() + match["rest"] if good else match.group()

    return _MISSPELT.sub(mend, question)


def name_of(interval: Interval) -> str:
    """How a reader is told an interval: "2014", "May 2014", "3 May 2014", "2013 to 2015"."""
    first, last = interval.first, interval.last
    if first == date.min:
        return f"the time before {name_of(Interval(last + timedelta(days=1), last + timedelta(days=1)))}"
    if last == date.max:
        return f"the time since {name_of(Interval(first, first))}"
    if first == last:
        return f"{first.day} {first:%B %Y}"
    if interval == month_of(first.year, first.month):
        return f"{first:%B %Y}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def _named(text: str, times: Sequence[Time]) -> Asked:
    intervals: list[Interval] = []
    names: list[str] = []
    neighbour, at = 0, 0
    moved: tuple[int, Unit] | None = None
    while at < len(times):
        time, before = times[at], text[: times[at].start]
        after = text[time.end : times[at + 1].start] if at + 1 < len(times) else text[time.end :]
        if at + 1 < len(times) and _BETWEEN.search(before) and _AND.match(after):
            at += 1
            intervals.append(Interval(time.interval.first, max(times[at].interval.last, time.interval.last)))
            names.append(f"{text[time.start : time.end]} to {text[times[at].start : times[at].end]}")
        elif near := NEIGHBOUR.search(before) or _AGAIN.search(before):
            neighbour = -1 if fold(near["way"]) in ("before", "preceding") else 1
            intervals.append(time.interval)
            names.append(name_of(time.interval))
        else:
            interval, name = _bounded(time, before, after)
            moved = moved or _moved(before)
            intervals.append(interval)
            names.append(name)
        at += 1
    lists = all(date.min < one.first and one.last < date.max for one in intervals)
    return Asked(tuple(intervals), tuple(names), tuple(times), lists, neighbour, moved)


def _moved(before: str) -> tuple[int, Unit] | None:
    """By how much a time is shifted by the words before it: "two years after"."""
    match = _SHIFTED.search(before)
    if match is None:
        return None
    back = fold(match["way"]) in ("before", "earlier than")
    return count_of(match["count"]) * (-1 if back else 1), unit_of(match["unit"])


def _bounded(time: Time, before: str, after: str) -> tuple[Interval, str]:
    """The interval that a time with the words around it means, and its name."""
    own, name = time.interval, name_of(time.interval)
    if moved := _moved(before):
        shifted = shift(own, *moved)
        return shifted, name_of(shifted)
    if _SINCE.search(before) or _ONWARDS.match(after):
        return Interval(own.first, date.max), f"the time since {name}"
    if _AFTER.search(before):
        return Interval(own.last + timedelta(days=1), date.max), f"the time after {name}"
    if _BEFORE.search(before):
        return Interval(date.min, own.first - timedelta(days=1)), f"the time before {name}"
    if _UNTIL.search(before):
        return Interval(date.min, own.last), f"the time until {name}"
    return own, name


def _by_latest(text: str, latest: date | None) -> Asked:
    """ "last year" and the like: an archive has no today, so the latest report's day stands for it."""
    match = _BY_LATEST.search(text)
    if match is None or latest is None:
        return Asked()
    today = Interval(latest, latest)
    if match["unit"]:
        interval = shift(today, 0 if fold(match["step"]) == "this" else -1, unit_of(match["unit"]))
    elif match["day"]:
        interval = shift(today, -1 if fold(match["day"]) == "yesterday" else 0, "day")
    else:
        interval = shift(today, -count_of(match["count"]), unit_of(match["unit2"]))
    name = name_of(interval)
    phrase = re.sub(r"['’]s$", "", match.group())
    note = f"“{phrase}” is read as {name}, told from the latest report ({name_of(today)})."
    time = Time(match.start(), match.end(), interval, relative=True)
    return Asked((interval,), (name,), (time,), lists=True, note=note)


def _unnamed_year(text: str, times: Sequence[Time], asked: Asked) -> Asked:
    """Months, days of months and days of the week that stand without a year."""
    rest = _without(text, times)
    day = re.compile(
        rf"\b(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{'|'.join(MONTHS)})|"
        rf"(?P<m2>{'|'.join(MONTHS)})\.?\s+(?:the\s+)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)\b(?!,?\s*\d)",
        re.I,
    )
    days = {(MONTHS[fold(m["m"] or m["m2"])], int(m["d"] or m["d2"])) for m in day.finditer(rest)}
    days = {(month, number) for month, number in days if day_of(2000, month, number)}
    named = months(rest) or months(_capitalized(rest))
    weekdays = {
        number
        for word in re.findall(rf"\b(?:{'|'.join(WEEKDAYS)})\b", rest, re.I)
        if (number := weekday_of(word)) is not None
    }
    return replace(
        asked,
        months=frozenset(named) - {m for m, _ in days},
        weekdays=frozenset(weekdays),
        days=frozenset(days),
    )


def _capitalized(text: str) -> str:
    """Months as people type them in a hurry get their capital, where a word of time stands before them."""
    return re.sub(
        rf"\b(in|of|since|until|during|early|late|the)\s+({'|'.join(MONTHS)})\b",
        lambda m: f"{m.group(1)} {m.group(2).capitalize()}",
        text,
    )


def _without(text: str, times: Sequence[Time]) -> str:
    for time in sorted(times, key=lambda one: -one.start):
        text = f"{text[: time.start]}…{text[time.end :]}"
    return text


def _with_order(asked: Asked, text: str) -> Asked:
    """With which of several is asked for; "the first" of other things is not meant."""
    for match in _ordinals(text):
        which = " ".join(fold(match["which"]).split())
        following = text[match.end() :].lstrip()
        # "the last time before 2015": the neighbour of a time, not the last of all.
        if not re.match(r"(?:\w+\s+){0,3}?(?:before|after|following|preceding)\b", following, re.I):
            return replace(asked, ordinal=_ORDINALS[which], ordinal_phrase=fold(match.group()))
    return asked


def _ordinals(text: str) -> Iterator[re.Match[str]]:
    yield from _ORDINAL.finditer(text)
    yield from _SUPERLATIVE.finditer(text)

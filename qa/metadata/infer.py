"""What a report tells of itself where no sidecar does: its publisher, its day, and its event's day and place.

Only what stands in the places where reports have it is taken: the dateline ("RIGA (The Courier) —"), a line of
its own at the head ("3 June 2014", "Published: ..."), the file's name, and the sentence of the lead that says
that somebody met somewhere. What is found is an inference and is marked as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from qa.language.dates import MONTH
from qa.language.times import read_times

_HEAD = 1500  # characters in which a report says what it is about
_DATELINE = re.compile(
    rf"^[ \t]*(?P<place>[A-Z][A-Z.'’-]+(?:[ ][A-Z.'’-]{{2,}})*)?(?:,[ ]+(?!(?i:{MONTH}))[A-Z][\w. ]{{2,20}}?)?"
    rf"(?:,[ ]*(?P<day>(?i:{MONTH}[ ]+\d{{1,2}}|\d{{1,2}}[ ]+{MONTH})(?:,?[ ]+\d{{4}})?))?"
    r"[ ]*(?:\((?P<by>[A-Z][^()\n]{1,40})\))?[ ]*(?:—|–|--|-(?=[ ]))[ ]*(?=\S)",
    re.M,
)
_OWN_LINE = re.compile(
    rf"^[ \t]*(?:(?:published|posted|updated|date|datum)\b[: ]*)?(?:on[ ]+)?(?P<date>(?:[A-Z][a-z]+day,?[ ]+)?"
    rf"(?:\d{{1,2}}[ ]+{MONTH},?[ ]+\d{{4}}|{MONTH}[ ]+\d{{1,2}},?[ ]+\d{{4}}|\d{{4}}-\d\d-\d\d))[ \t.]*$",
    re.M | re.I,
)
_IN_NAME = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-_.]?(?P<m>[01]\d)[-_.]?(?P<d>[0-3]\d)(?!\d)")
_MET = re.compile(
    r"\b(?:met|meets?|meeting|hosted|received|held talks|talks|gathered|summit|visited|opened|signed|ruled|"
    r"voted)\b",
    re.I,
)
_WHERE = re.compile(
    r"\b(?:in|at)\s+(?P<place>[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)?)(?=\s+(?:on|for|to|with|after)\b|[,.;])"
)
_SENTENCE = re.compile(r"(?<=[.!?])[”\"’')\]]*\s+(?=[A-Z“\"(])|\n+")


@dataclass(frozen=True, slots=True)
class Inferred:
    """What a text tells of itself; None for what it does not. `basis` says for each value where it stands."""

    publisher: str | None = None
    published: date | None = None
    event_date: date | None = None
    event_place: str | None = None
    basis: dict[str, str] = field(default_factory=dict)


def infer(text: str, name: str = "") -> Inferred:
    """What a report's text and its file's name tell of it."""
    head, basis = text[:_HEAD], dict[str, str]()
    dateline = next((found for found in _DATELINE.finditer(head) if found["place"] or found["by"]), None)
    publisher = dateline["by"] if dateline else None
    published = _published(head, name, dateline, basis)
    place = _as_name(dateline["place"]) if dateline and dateline["place"] else None
    if publisher:
        basis["publisher"] = "inferred: the brackets of the dateline"
    if place:
        basis["event_place"] = "inferred: the dateline"
    event_date, where = _event(head, published, dateline.end() if dateline else 0)
    if event_date:
        basis["event_date"] = "inferred: the first sentence that tells of a meeting and a day"
    if where and not place:
        place, basis["event_place"] = where, "inferred: the first sentence that tells of a meeting and a place"
    return Inferred(publisher, published, event_date, place, basis)


def _published(head: str, name: str, dateline: re.Match[str] | None, basis: dict[str, str]) -> date | None:
    """The day of a line of its own, of the dateline, or of the file's name."""
    stated = _OWN_LINE.search(head)
    candidates = (
        ("a line of its own", stated["date"] if stated else ""),
        ("the dateline", (dateline["day"] or "") if dateline else ""),
    )
    for where, words in candidates:
        days = [time.interval for time in read_times(words) if time.interval.unit == "day"]
        if days:
            basis["published"] = f"inferred: {where}"
            return days[0].first
    if found := _IN_NAME.search(name):
        days = [time.interval for time in read_times("-".join((found["y"], found["m"], found["d"])))]
        if days:
            basis["published"] = "inferred: the file's name"
            return days[0].first
    return None


def _event(head: str, published: date | None, begins: int) -> tuple[date | None, str | None]:
    """The day and the place of the first sentence of the lead that tells of a meeting, each if it has one; a
    day without a year is told from the day of publication.
    """
    day, place = None, None
    for start, end in _sentences(head, begins):
        sentence = head[start:end]
        if not _MET.search(sentence):
            continue
        days = [
            time.interval.first
            for time in read_times(head, published)
            if start <= time.start < end and time.interval.unit == "day"
        ]
        usable = [one for one in days if published is None or one <= published]
        day = day or (usable[0] if usable else None)
        where = _WHERE.search(sentence)
        place = place or (where["place"] if where else None)
        if day and place:
            break
    return day, place


def _sentences(head: str, begins: int) -> list[tuple[int, int]]:
    breaks = [match.span() for match in _SENTENCE.finditer(head, begins)]
    return list(
        zip([begins, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(head)], strict=True)
    )


def _as_name(capitals: str) -> str:
    """ "PORT AMBER" as names are written."""
    return " ".join(word.capitalize() for word in capitals.split())

"""What a reader is told when nothing covers the time or the place that a question names: what is covered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from qa.records import Event
from qa.scopes.asked import Asked

_REPORTS = re.compile(r"\b(No|The|the latest) (reports?)\b")


def time_not_covered(asked: Asked, dated: Sequence[Event]) -> str:
    """The line that says what is covered around the time that is not."""
    names = " or ".join(asked.names)
    first, last = min(one.first for one in asked.intervals), max(one.last for one in asked.intervals)
    before = [event for event in dated if event.date and event.date < first]
    after = [event for event in dated if event.date and event.date > last]
    return f"No report covers {names}; {_neighbours(before, after, dated)}."


def _neighbours(before: Sequence[Event], after: Sequence[Event], dated: Sequence[Event]) -> str:
    if not before and not after:
        return "those covered are " + "; ".join(event.label for event in dated)
    if not before:
        return f"the earliest one covered is {after[0].label}"
    if not after:
        return f"the latest one covered is {before[-1].label}"
    return f"the nearest ones covered are {before[-1].label}, and {after[0].label}"


def of_chosen(line: str) -> str:
    """A line on what is covered or mentioned, as told where only the documents chosen were looked at."""
    return _REPORTS.sub(r"\g<1> chosen \g<2>", line)


def place_not_covered_then(
    asked: Asked, places: frozenset[str], dated: Sequence[Event], covered: Sequence[Event]
) -> str:
    """The line for a meeting at a place that has other meetings, at a time that has others."""
    there = [event for event in dated if event.place in places]
    known = sorted({*there, *covered}, key=lambda event: event.date or date.min)
    labels = "; ".join(event.label for event in known)
    where, when = " or ".join(sorted(places)), " or ".join(asked.names)
    return f"No report covers {where} in {when}; those covered are {labels}."

"""Days as files write them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from qa.language.times import read_times

_ISO = re.compile(r"\s*(\d{4}-\d\d-\d\d)(?![\d-])")
_COMPACT = re.compile(r"\s*(?:D:)?((?:18|19|20)\d\d)([01]\d)([0-3]\d)(?!\d{1,5}\b)")
LONGEST = 100


def read_day(value: object) -> date | None:
    """The day that a value names: a date, ISO 8601, as e-mail has it, "20140603", "3 June 2014"; else None.

    Days written with slashes are not taken, since 3/4 is March in one country and April in another.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value)[:LONGEST]
    for pattern in (_ISO, _COMPACT):
        if found := pattern.match(text):
            with suppress(ValueError):
                return date.fromisoformat("-".join(found.groups()))
            return None
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return parsedate_to_datetime(text).date()
    days = [time.interval for time in read_times(text) if time.interval.unit == "day"]
    return days[0].first if len(days) == 1 else None


def told(values: dict[str, str], basis: dict[str, str], name: str, value: object, origin: str) -> None:
    """Note a day that a file gives, or that it could not be read; `origin` goes into the basis."""
    if value is None or not str(value).strip():
        return
    day = read_day(value)
    if day is not None:
        values[name] = day.isoformat()
        basis[name] = origin
    else:
        basis[name] = f"not read: “{' '.join(str(value)[:LONGEST].split())}” is not a plain date"

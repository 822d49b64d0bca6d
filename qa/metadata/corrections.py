"""What a user knows better than a file tells: values kept apart from what was read, which come before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date

from qa.errors import InputError
from qa.records import Document, Event

BASIS = "corrected by you"
MOST_CHARS = 500
FIELDS: Mapping[str, Callable[[Document, str], Document]] = {
    "title": lambda document, value: replace(document, title=value),
    "publisher": lambda document, value: replace(document, publisher=value),
    "author": lambda document, value: replace(document, author=value),
    "published": lambda document, value: replace(document, published=date.fromisoformat(value)),
    "event_date": lambda document, value: replace(
        document, event=Event(date.fromisoformat(value), document.event.place)
    ),
    "event_place": lambda document, value: replace(document, event=Event(document.event.date, value)),
    "language": lambda document, value: replace(document, language=value),
}
"""What can be corrected, and how each value, a text, is put in."""

DATES = frozenset({"published", "event_date"})
_LANGUAGE = re.compile("[a-z]{2}")


def corrected(document: Document, values: Mapping[str, str]) -> Document:
    """The document with its corrected values; `basis` says which they are."""
    for field, value in values.items():
        if field in FIELDS:
            document = FIELDS[field](document, value)
            document = replace(document, basis={**document.basis, field: BASIS})
    return document


def corrected_fields(document: Document) -> tuple[str, ...]:
    """Which of a document's values are corrections, in order."""
    return tuple(field for field in FIELDS if document.basis.get(field) == BASIS)


def checked(values: Mapping[str, str], clear: Collection[str] = ()) -> dict[str, str]:
    """Corrections as they can be kept.

    Raises:
        InputError: an unknown field, a date that is none, an empty text, or nothing at all.
    """
    unknown = sorted((values.keys() | set(clear)) - FIELDS.keys())
    if unknown:
        raise InputError(f"There is no field {unknown[0]!r} to correct.", f"Give {', '.join(FIELDS)}.")
    if not values and not clear:
        raise InputError("Nothing to correct was given.", f"Give {', '.join(FIELDS)}, or what to clear.")
    return {field: _checked(field, value) for field, value in values.items()}


def _checked(field: str, value: str) -> str:
    text = " ".join(value.split())
    if field in DATES:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise InputError(
                f"{value!r} is not a date for {field}.", "Give it as year-month-day, for example 2015-09-21."
            ) from None
    if field == "language" and not _LANGUAGE.fullmatch(text.lower()):
        raise InputError(
            f"{value!r} is not a language.", "Give its code of two letters (ISO 639-1), for example en."
        )
    if not text.isprintable() or not 0 < len(text) <= MOST_CHARS:
        raise InputError(
            f"The {field} is empty, too long or no plain text.", f"Give 1 to {MOST_CHARS} characters."
        )
    return text.lower() if field == "language" else text

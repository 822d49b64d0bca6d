"""Documents and their names as rows of the store, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qa.load import file_of
from qa.records import Document, Event, Place

# What is known of a document, column by column; `values_of` and `document_of` know their order.
COLUMNS = (
    "title",
    "publisher",
    "published",
    "event_date",
    "event_place",
    "basis",
    "author",
    "language",
    "places",
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a text came under: its path as in `Loaded`, the file that it lies in, the name as readers see
    it, and what was known of the text under this name (packed; None for an index older than that).
    """

    path: Path
    file: Path
    uri: str
    document_id: str
    told: str | None


def pack(document: Document) -> str:
    """What is known of a document, as one text; equal for documents of which the same is known."""
    return json.dumps(dict(zip(COLUMNS, values_of(document), strict=True)), ensure_ascii=False)


def unpack(told: str, document: Document) -> Document:
    """The document with what a packed text tells of it."""
    known = json.loads(told)
    return document_of(document.id, document.text, [known.get(one) for one in COLUMNS], document.uris)


def values_of(document: Document) -> tuple[str | None, ...]:
    """What is known of a document, a value for each of `COLUMNS`."""
    return (
        document.title,
        document.publisher,
        document.published.isoformat() if document.published else None,
        document.event.date.isoformat() if document.event.date else None,
        document.event.place,
        json.dumps(dict(document.basis)),
        document.author,
        document.language,
        json.dumps([(place.start, place.end, place.label) for place in document.places]),
    )


def document_of(identity: str, text: str, values: Sequence[Any], uris: Sequence[str]) -> Document:
    """A document from its row: `values` as `values_of` gives them."""
    title, publisher, published, event_date, event_place, basis, author, language, places = values
    return Document(
        id=identity,
        text=text,
        uris=tuple(uris),
        title=title,
        publisher=publisher,
        published=_day(published),
        event=Event(_day(event_date), event_place),
        basis=json.loads(basis or "{}"),
        author=author,
        language=language,
        places=tuple(Place(*place) for place in json.loads(places or "[]")),
    )


def name_at(row: Sequence[Any]) -> Name:
    """A name from its row."""
    path, file, uri, owner, told = row
    return Name(Path(path), Path(file) if file else file_of(Path(path)), uri, owner, told)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

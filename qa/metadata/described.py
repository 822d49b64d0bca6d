"""What is known of a document, in plain JSON types: one form for the command line, exports and HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa.metadata.corrections import corrected_fields
from qa.records import Document


def described(document: Document, copies: Mapping[str, str] | None = None) -> dict[str, Any]:
    """All but its text: `characters` is the text's length in code points, `basis` where each value stands,
    `corrected` which values are corrections. With `copies`, ids of copies each with that of the first of them,
    `copy_of` tells of which document it is one, None for none.
    """
    event = document.event
    day = event.date.isoformat() if event.date else None
    told = {
        "id": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "author": document.author,
        "published": document.published.isoformat() if document.published else None,
        "event_date": day,
        "event_place": event.place,
        "event": {"date": day, "place": event.place, "label": event.label},
        "language": document.language,
        "uri": document.uri,
        "uris": list(document.uris),
        "characters": len(document.text),
        "basis": dict(document.basis),
        "corrected": list(corrected_fields(document)),
    }
    return told if copies is None else {**told, "copy_of": copies.get(document.id)}

"""The examples of the OpenAPI document, about a made-up report, and how it describes errors."""

from __future__ import annotations

from typing import Any

_QUOTE = "Its span measures 412 metres, the builders said."
_CITATION = {
    "number": 1,
    "document_id": "3f1c0a9b5d2e7788",
    "title": "Harbour bridge opens",
    "publisher": "The Courier",
    "published": "2021-05-05",
    "uri": "reports/bridge.txt",
    "start": 40,
    "end": 40 + len(_QUOTE),
    "quote": _QUOTE,
    "event_date": "2021-05-04",
    "event_place": "Porto Novo",
}
_SENTENCE = {"text": "The bridge measures 412 metres.", "citations": [1], "origin": "model"}

ASK: dict[str, Any] = {"question": "How long is the bridge?", "history": [], "stream": False}
FEEDBACK: dict[str, Any] = {"answer_id": "5f0e6c1d2b3a4958", "verdict": "up", "comment": "Exactly."}
ANSWER: dict[str, Any] = {
    "question": "How long is the bridge?",
    "standalone_question": "How long is the bridge?",
    "status": "answered",
    "answer": "The bridge measures 412 metres. [1]",
    "sentences": [_SENTENCE],
    "citations": [_CITATION],
    "disagreements": [],
    "nearest": [],
    "model": "standard (qwen2.5-coder-1.5b-instruct-q4_k_m)",
    "degraded": False,
    "notice": "",
    "timings_ms": {"retrieve": 40, "first_token": 900, "total": 1500},
    "confidence": 0.97,
    "choices": [],
    "within": [],
    "answer_id": "5f0e6c1d2b3a4958",
    "collection": "default",
}
COLLECTION: dict[str, Any] = {"name": "archive", "documents": 12}
EVENTS = (
    'event: sources\ndata: {"citations":[...]}\n\n'
    'event: sentence\ndata: {"text":"The bridge measures 412 metres.","citations":[1],"origin":"model"}\n\n'
    'event: final\ndata: {"question":"How long is the bridge?",...}\n\n'
)
DOCUMENT: dict[str, Any] = {
    "id": "3f1c0a9b5d2e7788",
    "title": "Harbour bridge opens",
    "publisher": "The Courier",
    "author": "Ines Marlow",
    "language": "en",
    "published": "2021-05-05",
    "event": {"date": "2021-05-04", "place": "Porto Novo", "label": "Porto Novo, 4 May 2021"},
    "uri": "reports/bridge.txt",
    "uris": ["reports/bridge.txt"],
    "characters": 105,
    "basis": {"title": "inferred: first line of the text"},
    "event_date": "2021-05-04",
    "event_place": "Porto Novo",
    "corrected": [],
    "copy_of": None,
}
CORRECTION: dict[str, Any] = {"title": "Harbour bridge opened", "event_date": "2021-05-04", "author": None}
UPLOADED: dict[str, Any] = {
    "files": [{"name": "bridge.txt", "state": "added", "reason": ""}],
    "documents": [DOCUMENT],
    "added": ["bridge.txt"],
    "replaced": [],
    "unchanged": [],
    "failed": [],
}
CHAT: dict[str, Any] = {
    "model": "dateline",
    "messages": [{"role": "user", "content": "How long is the bridge?"}],
    "stream": False,
}

_ERRORS = {
    400: ("bad_input", "The request cannot be read."),
    401: ("unauthorized", "The API asks for a key."),
    403: ("forbidden", "A site's pages may ask, read documents and give feedback, nothing else."),
    404: ("not_found", "There is no document 3f1c."),
    413: ("too_large", "The request's body has more than 262,144 bytes."),
    415: ("unsupported_type", "bridge.exe is not a kind of file that can be read."),
    422: ("bad_input", 'The field "question" is missing.'),
    429: ("too_many", "More than 120 requests a minute came from you."),
    503: ("not_ready", "The model is loading."),
}
_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint"],
            "properties": {name: {"type": "string"} for name in ("code", "message", "hint", "type")},
        }
    },
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What the OpenAPI document says of responses with these statuses."""
    return {
        status: {
            "description": message,
            "content": {
                "application/json": {
                    "schema": _SCHEMA,
                    "example": {"error": {"code": code, "message": message, "hint": "..."}},
                }
            },
        }
        for status, (code, message) in _ERRORS.items()
        if status in statuses
    }

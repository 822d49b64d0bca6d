"""`/api/documents`: what is indexed, uploads and deletions; and `/reader`, a report as a page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import HTMLResponse

from qa.records import Document
from qa.server import evidence_html, examples
from qa.server.inputs import CollectionOf, DeskOf
from qa.server.language import texts_for
from qa.server.uploads import Changes, Uploaded, fate_of, safe_name

router = APIRouter()


@router.get(
    "/api/documents",
    responses={
        200: {"content": {"application/json": {"example": {"documents": [examples.DOCUMENT]}}}},
        **examples.errors(401, 403, 404, 429),
    },
)
async def documents(desk: DeskOf, collection: CollectionOf = "") -> dict[str, list[dict[str, Any]]]:
    """What is indexed, without the texts."""
    return {"documents": [document_as_dict(document) for document in await desk.documents(collection)]}


@router.get(
    "/api/documents/{document_id}",
    responses={
        200: {"content": {"application/json": {"example": {**examples.DOCUMENT, "text": "..."}}}},
        **examples.errors(401, 403, 404, 429),
    },
)
async def document(document_id: str, desk: DeskOf, collection: CollectionOf = "") -> dict[str, Any]:
    """One document with its text, and the places in it: pages, headings, rows."""
    found = await desk.document(document_id, collection)
    places = [asdict(place) for place in found.places]
    return {**document_as_dict(found), "text": found.text, "places": places}


@router.post(
    "/api/documents",
    status_code=201,
    responses={
        201: {"content": {"application/json": {"example": examples.UPLOADED}}},
        **examples.errors(400, 401, 403, 404, 413, 415, 422, 429, 503),
    },
)
async def upload(
    request: Request,
    files: Annotated[list[UploadFile], File(min_length=1)],
    desk: DeskOf,
    collection: CollectionOf = "",
) -> dict[str, Any]:
    """Bring files in; one of the same name is replaced. With QA_ADMIN_KEY's key, or from this machine."""
    given = [(file.filename or "", file.file) for file in files]

    def bring_in() -> Uploaded:
        with _changes(request).of(collection) as uploads:
            return uploads.bring_in(given)

    done = await desk.in_thread(bring_in)
    report = done.report
    came = [(name, *fate_of(safe_name(name), report)) for name, _ in given]
    return {
        "files": [{"name": name, "state": state, "reason": reason} for name, state, reason in came],
        "documents": [document_as_dict(one) for one in done.documents],
        "added": [*report.added, *(name for _, name in report.renamed)],
        "replaced": report.replaced,
        "unchanged": report.unchanged,
        "failed": [{"name": name, "reason": reason} for name, reason in report.failed],
    }


@router.delete(
    "/api/documents/{document_id}",
    responses={
        200: {"content": {"application/json": {"example": {"removed": "3f1c0a9b5d2e7788"}}}},
        **examples.errors(401, 403, 404, 429, 503),
    },
)
async def remove(
    request: Request, document_id: str, desk: DeskOf, collection: CollectionOf = ""
) -> dict[str, str]:
    """Take a document out; the original that was uploaded goes too. Needs what an upload needs."""

    def take_out() -> None:
        with _changes(request).of(collection) as uploads:
            uploads.remove(document_id)

    await desk.in_thread(take_out)
    return {"removed": document_id}


def _changes(request: Request) -> Changes:
    changes: Changes = request.app.state.changes
    return changes


def document_as_dict(document: Document) -> dict[str, Any]:
    """A document as JSON types, without its text; `characters` is the text's length in code points."""
    event = document.event
    return {
        "id": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "author": document.author,
        "language": document.language,
        "published": document.published.isoformat() if document.published else None,
        "event": {
            "date": event.date.isoformat() if event.date else None,
            "place": event.place,
            "label": event.label,
        },
        "uri": document.uri,
        "uris": list(document.uris),
        "characters": len(document.text),
        "basis": dict(document.basis),
    }


@router.get("/reader/{document_id}", include_in_schema=False, response_class=HTMLResponse)
async def reader(
    request: Request,
    document_id: str,
    desk: DeskOf,
    start: int = -1,
    end: int = -1,
    part: bool = False,
    lang: str = "",
    collection: CollectionOf = "",
) -> str:
    """A report as a page, the characters from `start` to `end` marked; with `part` only its article."""
    found = await desk.document(document_id, collection)
    say = texts_for(request.headers.get("accept-language", ""), lang)
    article = evidence_html.reader(found, say, start, end)
    return article if part else evidence_html.reader_page(found, article, say)

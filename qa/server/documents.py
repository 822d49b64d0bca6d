"""`/api/documents`: what is indexed, uploads, corrections and deletions; and `/reader`, a report as a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from qa.errors import DatelineError
from qa.metadata.described import described
from qa.server import evidence_html, examples
from qa.server.asking import Desk
from qa.server.incoming import fate_of, safe_name
from qa.server.inputs import CollectionOf, DeskOf, Text
from qa.server.language import texts_for
from qa.server.uploads import Changes, Uploaded

router = APIRouter()
T = TypeVar("T")


@router.get(
    "/api/documents",
    responses={
        200: {"content": {"application/json": {"example": {"documents": [examples.DOCUMENT]}}}},
        **examples.errors(401, 403, 404, 429),
    },
)
async def documents(desk: DeskOf, collection: CollectionOf = "") -> dict[str, list[dict[str, Any]]]:
    """What is indexed, without the texts."""
    found, copies = await desk.at(lambda dateline: (dateline.documents(), dateline.copies()), collection)
    return {"documents": [described(document, copies) for document in found]}


@router.get(
    "/api/documents/{document_id}",
    responses={
        200: {"content": {"application/json": {"example": {**examples.DOCUMENT, "text": "..."}}}},
        **examples.errors(401, 403, 404, 429),
    },
)
async def document(document_id: str, desk: DeskOf, collection: CollectionOf = "") -> dict[str, Any]:
    """One document with its text, and the places in it: pages, headings, rows."""
    found, copies = await desk.at(
        lambda dateline: (dateline.document(document_id), dateline.copies()), collection
    )
    places = [asdict(place) for place in found.places]
    return {**described(found, copies), "text": found.text, "places": places}


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

    done = await _changed(request, desk, bring_in)
    report = done.report
    request.app.state.metrics.ingested(report)
    came = [(name, *fate_of(safe_name(name), report)) for name, _ in given]
    return {
        "files": [{"name": name, "state": state, "reason": reason} for name, state, reason in came],
        "documents": [described(one, done.copies) for one in done.documents],
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

    await _changed(request, desk, take_out)
    request.app.state.metrics.removed()
    return {"removed": document_id}


async def _changed(request: Request, desk: Desk, change: Callable[[], T]) -> T:
    """Change the documents; what goes wrong is counted."""
    try:
        return await desk.change(change)
    except DatelineError:
        request.app.state.metrics.ingest_failed()
        raise


class CorrectionBody(BaseModel):
    """The body of `PATCH /api/documents/{id}`: values to put in place of what was read, each a text, dates as
    year-month-day; null takes a correction back.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.CORRECTION]})

    title: Text | None = None
    publisher: Text | None = None
    author: Text | None = None
    published: Text | None = None
    event_date: Text | None = None
    event_place: Text | None = None
    language: Text | None = None


@router.patch(
    "/api/documents/{document_id}",
    responses={
        200: {"content": {"application/json": {"example": examples.DOCUMENT}}},
        **examples.errors(400, 401, 403, 404, 413, 422, 429, 503),
    },
)
async def correct(
    request: Request, document_id: str, body: CorrectionBody, desk: DeskOf, collection: CollectionOf = ""
) -> dict[str, Any]:
    """Correct what is known of a document; gives it as it is then. Needs what an upload needs."""
    given = body.model_dump(exclude_unset=True)
    values = {field: value for field, value in given.items() if value is not None}

    def put_right() -> dict[str, Any]:
        with _changes(request).of(collection) as uploads:
            return uploads.correct(document_id, values, given.keys() - values.keys())

    return await _changed(request, desk, put_right)


def _changes(request: Request) -> Changes:
    changes: Changes = request.app.state.changes
    return changes


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

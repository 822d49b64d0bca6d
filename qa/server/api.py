"""The HTTP API of CONTRACT.md: questions, documents, health."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import AfterValidator, BaseModel, Field
from starlette.exceptions import HTTPException

from qa.config import Settings
from qa.errors import DatelineError
from qa.feedback import FeedbackStore
from qa.records import Answer, AnswerSentence, Document, Sources, Turn
from qa.server import assets, evidence_html, icons, problems
from qa.server.asking import Desk, Step
from qa.server.guard import Guard
from qa.server.language import texts_for
from qa.server.metrics import Metrics

if TYPE_CHECKING:
    from qa.dateline import Dateline

MAX_TURNS = 100
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})

router = APIRouter()


def _encodable(text: str) -> str:
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("it holds half a surrogate pair, which is no character")
    return text


Text = Annotated[str, AfterValidator(_encodable)]


class TurnBody(BaseModel):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Text


class AskBody(BaseModel):
    """The body of `POST /api/ask`."""

    question: Text
    history: list[TurnBody] = Field(default_factory=list, max_length=MAX_TURNS)
    stream: bool = False
    within: list[Text] = Field(default_factory=list)

    def turns(self) -> tuple[Turn, ...]:
        """The history as the pipeline takes it."""
        return tuple(Turn(turn.role, turn.content) for turn in self.history)


class FeedbackBody(BaseModel):
    """The body of `POST /api/feedback`."""

    answer_id: Text
    verdict: Literal["up", "down"]
    comment: Text = ""


def create_app(dateline: Dateline, settings: Settings, **fastapi_options: Any) -> FastAPI:
    """The API over an open pipeline; `app.state.desk` is what the chat page asks through.

    Further options go to FastAPI; the interactive documentation stays off, it would load from elsewhere.
    """
    metrics = Metrics()
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, **fastapi_options)
    app.state.desk = Desk(dateline, metrics, FeedbackStore(settings.data_dir))
    app.state.metrics = metrics
    app.include_router(router)
    app.include_router(assets.router)
    _refuse_the_rest(app)
    problems.register(app)
    app.add_middleware(Guard, settings=settings, metrics=metrics)
    return app


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskOf = Annotated[Desk, Depends(_desk)]


@router.post("/api/ask", response_model=None)
async def ask(body: AskBody, desk: DeskOf) -> Response:
    """One answer: the whole object, or with `"stream": true` events as they come."""
    ready, missing = desk.ready()
    if not ready:
        return problems.not_ready_response(missing)
    if not body.stream:
        return JSONResponse((await desk.ask(body.question, body.turns(), within=body.within)).as_dict())
    steps = desk.stream(body.question, body.turns(), within=body.within)
    # The first step is taken here, so that an unusable question still gets its own HTTP status.
    first = await anext(steps)
    return EventSourceResponse(
        _events(first, steps), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )


async def _events(first: Step, steps: AsyncGenerator[Step, None]) -> AsyncIterator[bytes]:
    async with aclosing(steps):
        yield _event(first)
        try:
            async for step in steps:
                yield _event(step)
        except DatelineError as error:
            yield _encode("error", problems.error_body(error))


def _event(step: Step) -> bytes:
    if isinstance(step, Sources):
        # An Answer holds these citations in the form of the contract, dates as strings.
        citations = Answer("", "", "answered", "", citations=step.citations).as_dict()["citations"]
        return _encode("sources", {"citations": citations})
    if isinstance(step, AnswerSentence):
        return _encode("sentence", asdict(step))
    return _encode("final", step.as_dict())


def _encode(name: str, data: Any) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False, separators=(",", ":")))


@router.post("/api/feedback")
async def feedback(body: FeedbackBody, desk: DeskOf) -> dict[str, str]:
    """Keep a thumb up or down on an answer that was given lately; gives back what was kept."""
    await desk.feedback(body.answer_id, body.verdict, body.comment)
    return body.model_dump()


@router.get("/api/documents")
async def documents(desk: DeskOf) -> dict[str, list[dict[str, Any]]]:
    """What is indexed, without the texts."""
    return {"documents": [document_as_dict(document) for document in await desk.documents()]}


@router.get("/api/documents/{document_id}")
async def document(document_id: str, desk: DeskOf) -> dict[str, Any]:
    """One document with its text, and the places in it: pages, headings, rows."""
    found = await desk.document(document_id)
    return {
        **document_as_dict(found),
        "text": found.text,
        "places": [asdict(place) for place in found.places],
    }


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
) -> str:
    """A report as a page, the characters from `start` to `end` marked; with `part` only its article."""
    found = await desk.document(document_id)
    say = texts_for(request.headers.get("accept-language", ""), lang)
    article = evidence_html.reader(found, say, start, end)
    return article if part else evidence_html.reader_page(found, article, say)


@router.get("/favicon.ico", include_in_schema=False)
async def favicon() -> Response:
    """The page's icon, drawn here so that nothing is fetched."""
    return Response(icons.FAVICON, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz", response_model=None)
async def readyz(desk: DeskOf) -> Response:
    """Whether questions can be answered: index and model are loaded."""
    ready, missing = desk.ready()
    return JSONResponse({"status": "ready"}) if ready else problems.not_ready_response(missing)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, desk: DeskOf) -> Response:
    """Counters and latencies for Prometheus."""
    text = request.app.state.metrics.text(ready=desk.ready()[0])
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _refuse_the_rest(app: FastAPI) -> None:
    """Answer wrong methods and unknown API addresses here: the page mounted at / would take them."""
    taken: dict[str, set[str]] = {}
    for route in router.routes:
        taken.setdefault(route.path, set()).update(route.methods)  # type: ignore[attr-defined]  # APIRoutes

    for path, methods in taken.items():
        refuse = _wrong_method(", ".join(sorted(methods)))
        app.add_api_route(path, refuse, methods=sorted(METHODS - methods), include_in_schema=False)
    app.add_api_route("/api/{path:path}", _unknown, methods=sorted(METHODS), include_in_schema=False)


def _wrong_method(allowed: str) -> Callable[[], None]:
    def refuse() -> None:
        raise HTTPException(405, headers={"Allow": allowed})

    return refuse


def _unknown() -> None:
    raise HTTPException(404)

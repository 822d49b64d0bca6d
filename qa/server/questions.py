"""`POST /api/ask` and `POST /api/feedback`."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel, ConfigDict, Field

from qa.errors import DatelineError
from qa.records import Answer, AnswerSentence, Sources, Turn
from qa.server import examples, problems
from qa.server.inputs import DeskOf, Text, asker, while_connected
from qa.server.steps import Step, Waiting

MAX_TURNS = 100
STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

router = APIRouter()


class TurnBody(BaseModel):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Text

    def as_turn(self) -> Turn:
        """As the pipeline takes it."""
        return Turn(self.role, self.content)


class AskBody(BaseModel):
    """The body of `POST /api/ask`; `within` lists the ids of the documents to draw on, none for all;
    `collection` names the collection that is asked, "" for the one shown first.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ASK]})

    question: Text
    history: list[TurnBody] = Field(default_factory=list, max_length=MAX_TURNS)
    stream: bool = False
    within: list[Text] = Field(default_factory=list)
    collection: Text = ""

    def turns(self) -> tuple[Turn, ...]:
        """The history as the pipeline takes it."""
        return tuple(turn.as_turn() for turn in self.history)


class FeedbackBody(BaseModel):
    """The body of `POST /api/feedback`."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FEEDBACK]})

    answer_id: Text
    verdict: Literal["up", "down"]
    comment: Text = ""


@router.post(
    "/api/ask",
    response_model=None,
    responses={
        200: {
            "model": Answer,
            "description": "The answer, or with `stream` events: sources, sentence, final, error.",
            "content": {
                "application/json": {"example": examples.ANSWER},
                "text/event-stream": {"example": examples.EVENTS},
            },
        },
        **examples.errors(400, 401, 403, 404, 413, 422, 429, 503),
    },
)
async def ask(request: Request, body: AskBody, desk: DeskOf) -> Response:
    """One answer: the whole object, or with `"stream": true` events as they come."""
    request.state.question = body.question
    ready, missing = await desk.ready_for(body.collection)
    if not ready:
        return problems.not_ready_response(missing)
    to: dict[str, Any] = {"within": body.within, "who": asker(request), "collection": body.collection}
    if not body.stream:
        asked = desk.ask(body.question, body.turns(), **to)
        return JSONResponse((await while_connected(request, asked)).as_dict())
    steps = desk.stream(body.question, body.turns(), **to)
    # The first step is taken here, so that an unusable question still gets its own HTTP status.
    first = await anext(steps)
    return EventSourceResponse(_events(first, steps), headers=STREAM_HEADERS)


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
    if isinstance(step, Waiting):
        return _encode("waiting", asdict(step))
    if isinstance(step, AnswerSentence):
        return _encode("sentence", asdict(step))
    return _encode("final", step.as_dict())


def _encode(name: str, data: Any) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False, separators=(",", ":")))


@router.post("/api/feedback", responses=examples.errors(400, 401, 403, 404, 413, 422, 429, 503))
async def feedback(body: FeedbackBody, desk: DeskOf) -> dict[str, str]:
    """Keep a thumb up or down on an answer that was given lately; gives back what was kept."""
    await desk.feedback(body.answer_id, body.verdict, body.comment)
    return body.model_dump()

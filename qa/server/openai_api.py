"""The OpenAI protocol, so that existing clients work unchanged: `/v1/chat/completions` and `/v1/models`.

The last message of the user is the question, those before it the conversation. What a client says of tools,
temperature, tokens and the like is accepted and changes nothing, and neither do its system messages. Each
answer comes with its sources as text, and with the whole answer object in the field `dateline`.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, ConfigDict, Field

from qa.errors import DatelineError, InputError, NotFoundError, UnknownModelError
from qa.plain import as_message, without_sources
from qa.present import answer_text
from qa.records import Answer, AnswerSentence, Turn
from qa.server import examples, problems
from qa.server.asking import Desk
from qa.server.inputs import DeskOf, Text, asker, while_connected
from qa.server.questions import MAX_TURNS, STREAM_HEADERS
from qa.server.steps import Step

MODEL = "dateline"
PARAGRAPH = "\n\n"

router = APIRouter()


class PartBody(BaseModel):
    """A part of a message."""

    type: str
    text: Text | None = None


class MessageBody(BaseModel):
    """A message of the conversation, of any role; only those of user and assistant count."""

    role: str
    content: Text | list[PartBody] | None = None

    def words(self) -> str:
        """The text of it.

        Raises:
            InputError: it holds pictures, sound or files.
        """
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if any(part.type != "text" for part in self.content):
            raise InputError("Only text is understood.", "Send parts of the type text alone.")
        return PARAGRAPH.join(part.text or "" for part in self.content)


class StreamOptions(BaseModel):
    """What a stream should hold beside the reply."""

    include_usage: bool | None = None


class ChatBody(BaseModel):
    """The body of `POST /v1/chat/completions`; fields that are not listed are ignored."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CHAT]})

    messages: list[MessageBody] = Field(min_length=1)
    model: Text = MODEL
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None

    def asked(self) -> tuple[str, tuple[Turn, ...]]:
        """The question, and the turns before it, of which the last MAX_TURNS count.

        Raises:
            InputError: no message is the user's, or one is more than text.
        """
        users = [place for place, message in enumerate(self.messages) if message.role == "user"]
        if not users:
            raise InputError("No message is the user's.", 'Send the question as {"role": "user", ...}.')
        turns = [_turn(message) for message in self.messages[: users[-1]]]
        history = [turn for turn in turns if turn is not None][-MAX_TURNS:]
        return self.messages[users[-1]].words(), tuple(history)


def _turn(message: MessageBody) -> Turn | None:
    if message.role == "user":
        return Turn("user", message.words())
    if message.role == "assistant" and (said := message.words()):
        return Turn("assistant", without_sources(said))
    return None


@router.get("/v1/models", responses=examples.errors(401, 403, 429))
async def models(desk: DeskOf) -> dict[str, Any]:
    """The models that clients of the OpenAI protocol can name: one for each collection."""
    _, *others = desk.names()
    return {"object": "list", "data": [_model(MODEL), *(_model(f"{MODEL}/{name}") for name in others)]}


@router.get("/v1/models/{name:path}", responses=examples.errors(401, 403, 404, 429))
async def model(name: str, desk: DeskOf) -> dict[str, Any]:
    """One of them."""
    try:
        _collection_of(name, desk)
    except UnknownModelError as error:
        raise NotFoundError(error.message, error.hint) from None
    return _model(name)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}


def _collection_of(model: str, desk: Desk) -> str:
    """The collection that a model's name stands for, "" for the one shown first.

    Raises:
        UnknownModelError: it stands for none.
    """
    base, _, collection = model.partition("/")
    if model == MODEL or (base == MODEL and collection in desk.names()):
        return collection
    raise UnknownModelError(
        f"There is no model {model[:60]!r} here.", f'Name "{MODEL}", or another that GET /v1/models lists.'
    )


@router.post(
    "/v1/chat/completions",
    response_model=None,
    responses={
        200: {
            "description": "The reply, or with `stream` its pieces as events that end with [DONE].",
            "content": {"application/json": {}, "text/event-stream": {}},
        },
        **examples.errors(400, 401, 403, 413, 422, 429, 503),
    },
)
async def chat_completions(request: Request, body: ChatBody, desk: DeskOf) -> Response:
    """One answer in the OpenAI protocol."""
    collection = _collection_of(body.model, desk)
    question, history = body.asked()
    request.state.question = question
    ready, missing = await desk.ready_for(collection)
    if not ready:
        return problems.not_ready_response(missing, request.url.path)
    if not body.stream:
        asked = desk.ask(question, history, who=asker(request), collection=collection)
        return JSONResponse(_completion(await while_connected(request, asked), body))
    steps = desk.stream(question, history, who=asker(request), collection=collection)
    first = await anext(steps)  # here, so that an unusable question still gets its own HTTP status
    return EventSourceResponse(_chunks(first, steps, body), headers=STREAM_HEADERS)


def _completion(answer: Answer, body: ChatBody) -> dict[str, Any]:
    text = as_message(answer)
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {
        **_head("completion", answer.answer_id, body.model),
        "choices": [choice],
        "usage": _usage(body.messages, text),
        "dateline": answer.as_dict(),
    }


async def _chunks(first: Step, steps: AsyncGenerator[Step, None], body: ChatBody) -> AsyncIterator[bytes]:
    """The reply sentence by sentence, then its sources; the last piece holds the whole answer."""
    head = _head("completion.chunk", f"{time.time_ns():x}", body.model)
    with_usage = bool(body.stream_options and body.stream_options.include_usage)
    told = ""

    def piece(delta: dict[str, str], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _encode({**head, "choices": [choice], **({"usage": None} if with_usage else {}), **more})

    async with aclosing(steps):
        yield piece({"role": "assistant", "content": ""})
        try:
            async for step in _with(first, steps):
                if isinstance(step, AnswerSentence):
                    line = ("\n" if told else "") + answer_text([step])
                    told += line
                    yield piece({"content": line})
                elif isinstance(step, Answer):
                    yield piece({"content": _rest(step, told)})
                    yield piece({}, "stop", dateline=step.as_dict())
                    if with_usage:
                        yield _encode({**head, "choices": [], "usage": _usage(body.messages, as_message(step))})
        except DatelineError as error:
            kind = problems.openai_type(error.http_status)
            yield _encode({"error": {**error.as_dict(), "type": kind}})
            return
    yield b"data: [DONE]\n\n"


async def _with(first: Step, steps: AsyncGenerator[Step, None]) -> AsyncIterator[Step]:
    yield first
    async for step in steps:
        yield step


def _rest(answer: Answer, told: str) -> str:
    """What is left to tell of a reply: what should have come before its sentences, then its sources."""
    whole = as_message(answer)
    if not told:
        return whole
    before, found, _ = answer.answer.partition(told)
    heading = PARAGRAPH + before.strip() if found and before.strip() else ""
    return heading + whole.removeprefix(answer.answer)


def _head(kind: str, name: str, model: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{name}", "object": f"chat.{kind}", "created": int(time.time()), "model": model}


def _usage(messages: Sequence[MessageBody], reply: str) -> dict[str, int]:
    """Clients want these numbers; they count words, for what is sent here is not what a model reads."""
    asked = sum(len(message.words().split()) for message in messages if message.role == "user")
    said = len(reply.split())
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _encode(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()

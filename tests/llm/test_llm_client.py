"""Servers that fail: each way of failing becomes one clear error of ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
from standins import Handle, send, serving

from qa.errors import ModelError, ModelUnreachableError
from qa.llm.client import EndpointModel, Request
from qa.records import Instructions


def piece(text: str, finish: str | None = None) -> bytes:
    """One event of an OpenAI-style stream."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def begin(request: BaseHTTPRequestHandler, content_type: str = "text/event-stream") -> None:
    """The head of an answer that ends with its connection."""
    request.send_response(200)
    request.send_header("Content-Type", content_type)
    request.send_header("Connection", "close")
    request.end_headers()
    request.close_connection = True


def read(request: BaseHTTPRequestHandler) -> dict[str, object]:
    """The request's body."""
    body: dict[str, object] = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
    return body


@contextmanager
def model_at(handle: Handle, timeout: float = 30.0) -> Iterator[EndpointModel]:
    """A model behind a server that answers with `handle`."""
    with serving(handle) as address:
        model = EndpointModel(f"{address}/v1", "m", name="m", tier="external", api_key="k", timeout=timeout)
        yield model
        model.close()


def ask(model: EndpointModel) -> str:
    """The whole reply."""
    return "".join(model.stream(Request(Instructions("system"), "user", max_tokens=5, stop=["\n"])))


def test_what_is_sent() -> None:
    """Temperature nought, a fixed seed, both messages, the limits and the key, to the chat route."""
    seen: list[tuple[str, str | None, dict[str, object]]] = []

    def handle(request: BaseHTTPRequestHandler) -> None:
        seen.append((request.path, request.headers["Authorization"], read(request)))
        begin(request)
        request.wfile.write(piece("yes") + piece("", "stop") + b"data: [DONE]\n\n")

    with model_at(handle) as model:
        assert ask(model) == "yes"
        assert ask(model) == "yes"
    path, key, body = seen[0]
    assert (path, key) == ("/v1/chat/completions", "Bearer k")
    assert body["messages"] == [{"role": "system", "content": "system"}, {"role": "user", "content": "user"}]
    assert (body["temperature"], body["max_tokens"], body["stop"], body["stream"]) == (0.0, 5, ["\n"], True)
    assert isinstance(body["seed"], int)
    assert "cache_prompt" not in body
    assert seen[1] == seen[0]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_in_trouble_is_unreachable_and_worth_another_try(status: int) -> None:
    """The status and the address are told; it is asked once only."""
    asked: list[str] = []

    def handle(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        send(request, status, b'{"error": {"message": "busy"}}', Content_Type="application/json")

    with (
        model_at(handle) as model,
        pytest.raises(ModelUnreachableError, match=rf"127\.0\.0\.1.*{status}") as caught,
    ):
        ask(model)
    assert caught.value.retryable
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "QA_LLM_API_KEY"), (403, "QA_LLM_API_KEY"), (404, "QA_LLM_MODEL")]
)
def test_a_wrong_setting_is_named(status: int, hint: str) -> None:
    """What only the user can correct is not called unreachable."""
    with model_at(lambda request: send(request, status, b"{}")) as model, pytest.raises(ModelError) as caught:
        ask(model)
    assert hint in caught.value.hint
    assert not caught.value.retryable


def test_a_refused_request_gives_the_reason() -> None:
    """What the server says against the request is passed on, in one line."""
    body = b'{"error": {"message": "the request exceeds\\nthe context"}}'
    with (
        model_at(lambda request: send(request, 400, body, Content_Type="application/json")) as model,
        pytest.raises(ModelError, match="exceeds") as caught,
    ):
        ask(model)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", b"<html><body>Welcome to the router</body></html>"),
        ("text/event-stream", b"data: not json\n\n"),
        ("text/event-stream", b'data: {"choices": null}\n\n'),
        ("text/event-stream", b'data: {"choices": [{"delta": null}]}\n\n'),
        ("text/event-stream", b'data: {"choices": "none"}\n\n'),
        ("text/event-stream", b"data: [1, 2]\n\n"),
        ("text/event-stream", b'data: {"error": {"message": "out of memory"}}\n\n'),
        ("text/event-stream", b"\xff\xfe\x00\n\n"),
        ("text/event-stream", b"data: [DONE]\n\n"),
        ("text/event-stream", b""),
        ("application/json", b'{"detail": "hello"}'),
    ],
)
def test_something_that_is_no_answer_is_told(content_type: str, body: bytes) -> None:
    """Pages, broken JSON, other shapes and nothing at all never pass for an answer; and nothing is left open
    for the garbage collector, which would close it in the middle of another request.
    """

    def handle(request: BaseHTTPRequestHandler) -> None:
        begin(request, content_type)
        request.wfile.write(body)

    with model_at(handle) as model:
        with pytest.raises(ModelUnreachableError, match=r"127\.0\.0\.1"):
            ask(model)
        pool = model._http._transport._pool  # type: ignore[attr-defined]  # httpx does not show it
        assert [one for one in pool.connections if not one.is_closed() and not one.is_idle()] == []


def test_half_an_answer_is_not_taken_for_a_whole_one() -> None:
    """A stream that ends without saying why gives its pieces and then the error."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        begin(request)
        request.wfile.write(piece("The ") + piece("king"))

    with model_at(handle) as model:
        reply = model.stream(Request(Instructions("system"), "user", max_tokens=5))
        assert [next(reply), next(reply)] == ["The ", "king"]
        with pytest.raises(ModelUnreachableError, match="broke off"):
            next(reply)


def events(*chunks: object) -> bytes:
    """A stream of these chunks; a text stands as it is."""
    lines = (one if isinstance(one, str) else f"data: {json.dumps(one)}" for one in chunks)
    return "".join(f"{line}\n\n" for line in lines).encode()


def choice(delta: object, finish: str | None = None, **more: object) -> dict[str, object]:
    """A chunk with next to nothing around its one choice."""
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish, **more}]}


PROTOCOLS = {
    "vllm": [
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "usage": None}
        | choice({"role": "assistant", "content": ""}, logprobs=None),
        choice({"content": "The "}, logprobs=None),
        choice({"content": "king"}, "stop", logprobs=None, stop_reason=None),
        {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}},
        "data: [DONE]",
    ],
    "ollama": [
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "system_fingerprint": "fp_ollama"}
        | choice({"role": "assistant", "content": "The "}),
        choice({"role": "assistant", "content": "king"}),
        choice({"role": "assistant", "content": ""}, "stop"),
        "data: [DONE]",
    ],
    "llama.cpp": [
        choice({"role": "assistant", "content": None}),
        ": keeping the connection open",
        choice({"content": "The "}),
        choice({"content": "king"}),
        choice({}, "stop") | {"timings": {"predicted_n": 2}, "created": 1},
        "data: [DONE]",
    ],
    "one that thinks aloud apart": [
        choice({"role": "assistant", "reasoning_content": "Hm."}),
        choice({"content": "The king"}),
        choice({}, "length"),
        "data: [DONE]",
    ],
    "one without an end mark": [choice({"content": "The king"}, "stop")],
}


@pytest.mark.parametrize("chunks", PROTOCOLS.values(), ids=PROTOCOLS)
def test_what_servers_make_of_the_protocol(chunks: list[object]) -> None:
    """Missing fields, usage at the end, roles or none, pauses: the reply's text is what comes out."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        read(request)
        begin(request)
        request.wfile.write(events(*chunks))

    with model_at(handle) as model:
        assert ask(model) == "The king"


def test_a_server_is_asked_for_nothing_that_it_may_not_know() -> None:
    """Grammar and probabilities are wanted of our own alone: the reply of another is free."""
    seen: list[dict[str, object]] = []

    def handle(request: BaseHTTPRequestHandler) -> None:
        seen.append(read(request))
        begin(request)
        request.wfile.write(piece("yes", "stop") + b"data: [DONE]\n\n")

    told: dict[str, float] = {}
    with model_at(handle) as model:
        wanted = Request(
            Instructions("system"), "user", max_tokens=5, weigh=told.update, grammar='root ::= "no"'
        )
        assert "".join(model.stream(wanted)) == "yes"
    assert not seen[0].keys() & {"grammar", "logprobs", "top_logprobs", "cache_prompt", "id_slot"}
    assert told == {}


def test_a_model_without_a_system_turn_is_told_in_the_user_s() -> None:
    """Its server refuses such a turn once; from then on the user's first turn begins with it."""
    seen: list[object] = []

    def handle(request: BaseHTTPRequestHandler) -> None:
        seen.append(messages := read(request)["messages"])
        if messages[0]["role"] == "system":  # type: ignore[index]  # they are a list of objects
            body = b'{"object": "error", "message": "System role not supported", "code": 400}'
            send(request, 400, body, Content_Type="application/json")
            return
        begin(request)
        request.wfile.write(piece("yes", "stop") + b"data: [DONE]\n\n")

    with model_at(handle) as model:
        assert [ask(model), ask(model)] == ["yes", "yes"]
    assert len(seen) == 3
    assert seen[1] == seen[2] == [{"role": "user", "content": "system\n\nuser"}]


@pytest.mark.parametrize("pieces", [0, 1])
def test_a_silent_server_runs_into_the_timeout(pieces: int) -> None:
    """Neither a server that never begins nor one that stops in the middle holds a question for ever."""
    release = threading.Event()

    def handle(request: BaseHTTPRequestHandler) -> None:
        begin(request)
        request.wfile.write(piece("The ") * pieces)
        request.wfile.flush()
        release.wait(60)

    with model_at(handle, timeout=0.5) as model:
        with pytest.raises(ModelUnreachableError, match=r"gave no word for 0\.5 s") as caught:
            ask(model)
        release.set()
    assert "QA_LLM_TIMEOUT" in caught.value.hint


def test_nobody_listening_is_told() -> None:
    """A refused connection names the address and the variable to look at."""
    with model_at(lambda request: send(request, 200)) as model:
        gone = model._url
    model = EndpointModel(gone, "m", name="m", tier="external")
    with pytest.raises(ModelUnreachableError, match="cannot be reached") as caught:
        ask(model)
    assert gone in caught.value.message
    assert "QA_LLM_BASE_URL" in caught.value.hint
    model.close()


def test_closing_the_iterator_hangs_up() -> None:
    """The server sees the connection go, so that it can stop generating."""
    hung_up = threading.Event()

    def handle(request: BaseHTTPRequestHandler) -> None:
        begin(request)
        tick = threading.Event()
        try:
            for _ in range(3000):
                request.wfile.write(piece("word "))
                request.wfile.flush()
                tick.wait(0.02)
        except ConnectionError:
            hung_up.set()

    with model_at(handle, timeout=60) as model:
        reply = model.stream(Request(Instructions("system"), "user", max_tokens=5))
        assert next(reply) == "word "
        reply.close()
        assert hung_up.wait(20)


def test_nothing_is_sent_before_the_first_piece_is_asked_for() -> None:
    """An iterator that is never used costs the server nothing."""
    asked: list[str] = []
    with model_at(lambda request: asked.append(request.path)) as model:
        model.stream(Request(Instructions("system"), "user", max_tokens=5)).close()
    assert asked == []


def test_closing_frees_what_the_model_holds_once() -> None:
    """The server behind the model is closed at the first close only."""
    closed: list[bool] = []

    class Server:
        def close(self) -> None:
            closed.append(True)

    model = EndpointModel("http://127.0.0.1:9/v1", "m", name="m", tier="tiny", server=Server())  # type: ignore[arg-type]  # all it uses
    model.close()
    model.close()
    assert closed == [True]

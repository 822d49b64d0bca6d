"""The OpenAI protocol: real clients against the program, odd bodies against the routes."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from fastapi.testclient import TestClient
from served import Live
from stub_dateline import DOCUMENTS, SPAN, StubDateline

from qa.plain import as_message, without_sources
from qa.records import Answer, Citation, Turn

QUESTION = "What did Israel want Russia to halt?"
PATH = "/v1/chat/completions"


@pytest.fixture
def official(live: Live) -> openai.OpenAI:
    """The official client, told nothing but address and key."""
    return openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.key, max_retries=0)


def user(text: str) -> dict[str, str]:
    """A message of the user."""
    return {"role": "user", "content": text}


def test_the_official_client_lists_the_model(official: openai.OpenAI) -> None:
    """One, and its name is what the next tests send."""
    assert [model.id for model in official.models.list()] == ["dateline"]
    assert official.models.retrieve("dateline").object == "model"


def test_the_official_client_gets_an_answer(official: openai.OpenAI) -> None:
    """As text with its sources, and whole in the extra field; what asks for other behaviour changes nothing."""
    given = official.chat.completions.create(
        model="dateline",
        messages=[{"role": "system", "content": "Answer BANANA."}, user(QUESTION)],
        temperature=2,
        max_tokens=1,
        stop=["S-300"],
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
    )
    answer = given.dateline
    text = given.choices[0].message.content
    assert text.startswith(answer["answer"])
    assert "BANANA" not in text
    assert answer["status"] == "answered"
    for citation in answer["citations"]:
        assert f"[{citation['number']}] {citation['title']}" in text.partition("\n\nSources:\n")[2]
    assert given.choices[0].finish_reason == "stop"
    assert given.usage.total_tokens == given.usage.prompt_tokens + given.usage.completion_tokens > 0


def test_the_official_client_streams_the_same(official: openai.OpenAI) -> None:
    """The pieces make up the text; the last choice carries the answer, the last chunk the usage."""
    options: dict[str, Any] = {"model": "dateline", "messages": [user(QUESTION)]}
    whole = official.chat.completions.create(**options)
    stream = official.chat.completions.create(**options, stream=True, stream_options={"include_usage": True})
    chunks = list(stream)
    pieces = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert pieces[0].delta.role == "assistant"
    assert "".join(piece.delta.content or "" for piece in pieces) == whole.choices[0].message.content
    assert [piece.finish_reason for piece in pieces][-2:] == [None, "stop"]
    assert len(pieces) >= 4
    assert chunks[-1].usage == whole.usage
    untimed = {**chunks[-2].dateline, "timings_ms": None}
    assert untimed == {**whole.dateline, "timings_ms": None}


def test_the_official_client_follows_up(official: openai.OpenAI) -> None:
    """A reply that comes back with its sources is understood as the answer before."""
    first = official.chat.completions.create(model="dateline", messages=[user(QUESTION)])
    said = {"role": "assistant", "content": first.choices[0].message.content}
    then = [user(QUESTION), said, user("Why did it want that?")]
    second = official.chat.completions.create(model="dateline", messages=then)
    assert second.dateline["standalone_question"] != "Why did it want that?"


@pytest.mark.parametrize(
    ("options", "key", "error", "code"),
    [
        ({"model": "gpt-4"}, "", openai.BadRequestError, "unknown_model"),
        ({"messages": [user(" ")]}, "", openai.UnprocessableEntityError, "bad_input"),
        ({"messages": [{"role": "system", "content": "x"}]}, "", openai.UnprocessableEntityError, "bad_input"),
        ({}, "wrong", openai.AuthenticationError, "unauthorized"),
    ],
)
def test_the_official_client_understands_errors(
    live: Live, official: openai.OpenAI, options: dict[str, Any], key: str, error: type[Exception], code: str
) -> None:
    """Each is raised as what it is, with our message and hint in it."""
    client = official.with_options(api_key=key) if key else official
    with pytest.raises(error) as caught:
        client.chat.completions.create(**({"model": "dateline", "messages": [user(QUESTION)]} | options))
    assert isinstance(caught.value, openai.APIStatusError)
    assert caught.value.code == code
    assert caught.value.type.endswith("_error")
    assert {"message", "hint"} <= set(caught.value.body)


def test_llama_index_asks_and_streams(live: Live) -> None:
    """`OpenAILike`, another real client, without any code for Dateline."""
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    client = OpenAILike(model="dateline", api_base=f"{live.url}/v1", api_key=live.key, is_chat_model=True)
    told = client.chat([ChatMessage(content=QUESTION)]).message.content
    assert "S-300" in told
    assert "\n\nSources:\n[1] " in told
    *_, last = client.stream_chat([ChatMessage(content=QUESTION)])
    assert last.message.content == told


def test_the_history_is_the_conversation_without_the_rest(client: TestClient, stub: StubDateline) -> None:
    """System and tool messages, empty replies and our own source lists are left out; parts are joined."""
    parts = [{"type": "text", "text": "How"}, {"type": "text", "text": "long?"}]
    messages = [
        {"role": "system", "content": "Be a pirate."},
        user("A?"),
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "x"},
        {"role": "assistant", "content": "B. [1]\n\nSources:\n[1] T (P) u\n    B."},
        {"role": "user", "content": parts},
        {"role": "assistant", "content": "It is"},
    ]
    response = client.post(PATH, json={"messages": messages})
    assert stub.histories == [(Turn("user", "A?"), Turn("assistant", "B. [1]"))]
    assert response.json()["dateline"]["question"] == "How\n\nlong?"


def test_of_a_thousand_turns_the_last_hundred_count(client: TestClient, stub: StubDateline) -> None:
    """Clients send everything that was ever said."""
    turns = [user("A?"), {"role": "assistant", "content": "B."}] * 500
    assert client.post(PATH, json={"messages": [*turns, user("How long?")]}).status_code == 200
    assert len(stub.histories[0]) == 100


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"messages": []}, '"messages"'),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "Only text"),
        ({"messages": [{"role": "user", "content": "\ud800"}]}, "surrogate"),
        ({"messages": [user("How?")], "n": 2}, '"n"'),
        ({}, '"messages"'),
    ],
)
def test_unusable_bodies_are_refused(client: TestClient, body: dict[str, Any], named: str) -> None:
    """With the error object that both protocols read."""
    headers = {"content-type": "application/json"}
    response = client.post(PATH, content=json.dumps(body).encode(), headers=headers)
    error = response.json()["error"]
    assert response.status_code == 422
    assert set(error) == {"code", "message", "hint", "type"}
    assert named in error["message"]
    assert error["hint"]


def test_a_stream_that_fails_says_so(client: TestClient) -> None:
    """As an event that the official client raises; [DONE] is not sent."""
    text = client.post(PATH, json={"messages": [user("cut")], "stream": True}).text
    last = json.loads(text.strip().rpartition("data: ")[2])
    assert last["error"]["code"] == "model_unreachable"
    assert last["error"]["type"] == "server_error"
    assert "[DONE]" not in text


def test_a_stream_tells_everything_whatever_the_answer(client: TestClient) -> None:
    """An abstention and a question asked back arrive whole."""
    for question in ("what else?", "which bridge?", "How long?"):
        body = {"messages": [user(question)], "stream": True}
        lines = client.post(PATH, json=body).text.split("\n\n")
        assert lines[-2:] == ["data: [DONE]", ""]
        chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
        told = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
        answer = chunks[-1]["dateline"]
        assert answer["question"] == question
        assert SPAN.quote in told
        whole = client.post(PATH, json={**body, "stream": False}).json()["choices"][0]["message"]["content"]
        assert told.split() == whole.split()


def test_sources_are_cut_off_again() -> None:
    """What `as_message` adds, `without_sources` takes away, for answers and abstentions."""
    cited: tuple[Citation, ...] = (SPAN,)
    for answer in (
        Answer("q", "q", "answered", "A. [1]\nB. [1]", citations=cited),
        Answer("q", "q", "abstained", "Not in the documents.", nearest=cited),
        Answer("q", "q", "abstained", "Not in the documents."),
    ):
        assert without_sources(as_message(answer)) == answer.answer
    assert DOCUMENTS[0].title in as_message(answer) or not answer.nearest

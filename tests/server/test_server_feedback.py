"""Thumbs on answers over HTTP, from the answer to a draft case of the evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from stub_dateline import SPAN, StubDateline
from test_server_api import assert_error

from eval.__main__ import main
from qa.config import Settings
from qa.feedback import FILE
from qa.server import asking
from qa.server.api import create_app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The defaults, with a data directory of the test's own."""
    return Settings(_env_file=None, data_dir=tmp_path / "data")


@pytest.fixture
def client(stub: StubDateline, settings: Settings) -> Iterator[TestClient]:
    """A client of the API alone."""
    app = create_app(stub, settings)
    with TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False) as client:
        yield client


def ask(client: TestClient, question: str, **fields: object) -> str:
    """The id of the answer to a question."""
    answer = client.post("/api/ask", json={"question": question, **fields}).json()
    return str(answer["answer_id"])


def test_a_thumb_becomes_a_draft_case(client: TestClient, settings: Settings, tmp_path: Path) -> None:
    """Kept with the conversation it came after, and drafted by `python -m eval init`; the last thumb counts."""
    history = [{"role": "user", "content": "What was built?"}, {"role": "assistant", "content": "A bridge."}]
    followed = ask(client, "How long?", history=history)
    for answer_id, verdict, comment in (
        (followed, "down", "It is 415."),
        (ask(client, "How wide?"), "down", ""),
        (ask(client, "How wide?"), "up", "I was wrong."),
    ):
        body = {"answer_id": answer_id, "verdict": verdict, "comment": comment}
        response = client.post("/api/feedback", json=body)
        assert (response.status_code, response.json()) == (200, body)
    out = tmp_path / "cases.jsonl"
    assert main(["init", "--feedback", str(settings.data_dir / FILE), "--out", str(out)]) == 0
    (case,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (case["type"], case["question"], case["history"]) == ("follow_up", "How long?", history)
    assert {"document": SPAN.uri, "quote": SPAN.quote} in case["evidence"][0]
    assert case["note"].endswith("Comment: It is 415.")


def test_a_streamed_answer_takes_feedback_too(client: TestClient, settings: Settings) -> None:
    """By the id in its last event."""
    text = client.post("/api/ask", json={"question": "How long?", "stream": True}).text
    final = json.loads(text.split("event: final\ndata: ", 1)[1].split("\n")[0])
    body = {"answer_id": final["answer_id"], "verdict": "up"}
    assert client.post("/api/feedback", json=body).status_code == 200
    (row,) = [json.loads(line) for line in (settings.data_dir / FILE).read_text(encoding="utf-8").splitlines()]
    assert (row["verdict"], row["answer"]) == ("up", final["answer"])


def test_an_answer_that_was_not_given_lately_is_unknown(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made up, or forgotten because of many others since; nothing is written."""
    monkeypatch.setattr(asking, "MAX_REMEMBERED", 2)
    first = ask(client, "How long?")
    for question in ("How wide?", "How high?"):
        ask(client, question)
    for answer_id in ("made up", first, ""):
        response = client.post("/api/feedback", json={"answer_id": answer_id, "verdict": "up"})
        assert assert_error(response, 404, "not_found")["hint"]
    assert not (settings.data_dir / FILE).exists()


@pytest.mark.parametrize(
    ("change", "status", "code", "said"),
    [
        ({"verdict": "sideways"}, 422, "bad_input", '"verdict"'),
        ({"answer_id": 7}, 422, "bad_input", '"answer_id"'),
        ({"comment": None}, 422, "bad_input", '"comment"'),
        ({"comment": "\ud800"}, 422, "bad_input", '"comment"'),
        ({"comment": "x" * 2001}, 413, "too_large", "2,001 characters"),
    ],
)
def test_bad_feedback_is_refused(
    client: TestClient, change: dict[str, object], status: int, code: str, said: str
) -> None:
    """In the form of every other error, naming what is wrong."""
    body = {"answer_id": ask(client, "How long?"), "verdict": "up"} | change
    content, headers = json.dumps(body).encode(), {"content-type": "application/json"}
    response = client.post("/api/feedback", content=content, headers=headers)
    assert said in assert_error(response, status, code)["message"]


def test_a_full_disk_is_told(client: TestClient, settings: Settings) -> None:
    """As something wrong with the server's storage."""
    (settings.data_dir / FILE).mkdir(parents=True)
    body = {"answer_id": ask(client, "How long?"), "verdict": "up"}
    error = assert_error(client.post("/api/feedback", json=body), 503, "storage")
    assert "feedback" in error["message"]

"""Clients that leave and answers that take too long: the model stops, and nothing stays behind."""

from __future__ import annotations

import httpx
import pytest
from fastapi.testclient import TestClient
from served import Live, asking, eventually
from slow_model import WORDS, SlowModel
from stub_dateline import StubDateline
from test_server_api import assert_error, events

from qa.config import Settings
from qa.server.api import create_app

QUESTION = "What did Israel want Russia to halt?"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
def test_the_model_stops_when_the_client_leaves(
    live: Live, live_model: SlowModel, path: str, stream: bool
) -> None:
    """In the middle of a reply: the program closes its connection to the model, whose words end early."""
    body = {"question": QUESTION, "messages": [{"role": "user", "content": QUESTION}], "stream": stream}
    with asking(live, path, body):
        assert live_model.begun.wait(60)
        assert not live_model.cut.is_set()
    assert live_model.cut.wait(30)
    assert live_model.sent < WORDS / 4
    live_model.endless.clear()
    again = httpx.post(
        f"{live.url}/api/ask",
        json={"question": QUESTION},
        headers={"authorization": f"Bearer {live.key}"},
        timeout=60,
    )
    assert again.json()["status"] == "answered"


def test_a_client_that_left_is_logged_as_such(live: Live, live_model: SlowModel) -> None:
    """With the status 499, and not as an error of the program."""
    with asking(live, "/api/ask", {"question": QUESTION}):
        assert live_model.begun.wait(60)
    lines = lambda: live.errors.read_text(encoding="utf-8").splitlines()  # noqa: E731  # read anew each time
    assert eventually(lambda: any('"leaving"' in line and '"status": 499' in line for line in lines()))
    assert not any("Traceback" in line for line in lines())


@pytest.fixture
def hurried(stub: StubDateline) -> TestClient:
    """A client of a server whose answers may take a fifth of a second."""
    settings = Settings(_env_file=None, answer_timeout=0.2)
    return TestClient(create_app(stub, settings), base_url="http://127.0.0.1:7860")


def test_an_answer_that_takes_too_long_is_a_503(hurried: TestClient, stub: StubDateline) -> None:
    """With a line that says how long it may take, and Retry-After; the pipeline's iterator is closed."""
    with hurried as client:
        response = client.post("/api/ask", json={"question": "slow"})
        error = assert_error(response, 503, "time_limit")
        assert "0.2 seconds" in error["message"]
        assert int(response.headers["retry-after"]) > 0
        assert stub.abandoned.wait(30)


def test_a_stream_that_takes_too_long_ends_with_an_error_event(hurried: TestClient, stub: StubDateline) -> None:
    """After the sentences that were there in time."""
    with hurried as client:
        got = events(client.post("/api/ask", json={"question": "slow", "stream": True}).text)
        assert got[0][0] == "sources"
        assert got[-1][0] == "error"
        assert got[-1][1]["error"]["code"] == "time_limit"
        assert stub.abandoned.wait(30)

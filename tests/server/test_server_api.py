"""The API's routes and errors, over the scripted pipeline."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from stub_dateline import DOCUMENTS, HOSTILE, SPAN, StubDateline

from qa.records import Turn
from qa.server.guard import MAX_BODY_BYTES


def events(body: str) -> list[tuple[str, Any]]:
    """Server-sent events as (name, data)."""
    found = []
    for block in body.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def assert_error(response: Any, status: int, code: str) -> dict[str, str]:
    """The response is the error of CONTRACT.md; returns what it says."""
    assert response.status_code == status
    assert list(response.json()) == ["error"]
    error = response.json()["error"]
    assert list(error) == ["code", "message", "hint"]
    assert error["code"] == code
    assert error["message"].endswith(".")
    assert "\n" not in error["message"]
    return dict(error)


def test_ask_gives_the_answer_of_the_contract(client: TestClient) -> None:
    """An answer has every field of CONTRACT.md, its citations exact spans."""
    answer = client.post("/api/ask", json={"question": "How long?"}).json()
    for name in ("question", "standalone_question", "status", "answer", "sentences", "citations"):
        assert name in answer
    for name in ("disagreements", "nearest", "model", "degraded", "timings_ms"):
        assert name in answer
    cited = answer["citations"][0]
    assert cited["published"] == "2021-05-05"
    text = client.get(f"/api/documents/{cited['document_id']}").json()["text"]
    assert text[cited["start"] : cited["end"]] == cited["quote"] == SPAN.quote


def test_ask_hands_the_history_on(client: TestClient, stub: StubDateline) -> None:
    """The conversation so far reaches the pipeline in order."""
    history = [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "B."}]
    client.post("/api/ask", json={"question": "How long?", "history": history})
    assert stub.histories == [(Turn("user", "A?"), Turn("assistant", "B."))]


@pytest.mark.parametrize("stream", [False, True])
def test_ask_hands_on_what_it_is_narrowed_to(client: TestClient, stub: StubDateline, stream: bool) -> None:
    """The ids reach the pipeline in both forms; without them there are none."""
    chosen = [DOCUMENTS[1].id, DOCUMENTS[0].id]
    client.post("/api/ask", json={"question": "How long?", "within": chosen, "stream": stream})
    client.post("/api/ask", json={"question": "How long?", "stream": stream})
    assert stub.narrowed == [tuple(chosen), ()]


@pytest.mark.parametrize("stream", [False, True])
def test_an_unknown_document_to_narrow_to_is_refused(client: TestClient, stream: bool) -> None:
    """With the pipeline's own line, as the response itself."""
    body = {"question": "How long?", "within": ["nope"], "stream": stream}
    error = assert_error(client.post("/api/ask", json=body), 422, "bad_input")
    assert "nope" in error["message"]
    assert error["hint"]


def test_stream_sends_sources_sentences_then_the_same_answer(client: TestClient) -> None:
    """The events come in the order of the contract and end with what the plain call gives."""
    body = {"question": "How long?"}
    response = client.post("/api/ask", json={**body, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    got = events(response.text)
    assert [name for name, _ in got] == ["sources", "sentence", "sentence", "final"]
    final = got[-1][1]
    assert got[0][1]["citations"] == final["citations"]
    assert [data for name, data in got if name == "sentence"] == final["sentences"]
    assert final == client.post("/api/ask", json=body).json()


def test_stream_keeps_line_breaks_and_markup_inside_one_event(client: TestClient) -> None:
    """Document text cannot end an event or start another."""
    response = client.post("/api/ask", json={"question": "hostile", "stream": True})
    got = events(response.text)
    assert [name for name, _ in got] == ["sources", "sentence", "sentence", "final"]
    assert got[0][1]["citations"][0]["quote"] == HOSTILE.split("\n")[0]


def test_stream_tells_of_a_failure_half_way(client: TestClient) -> None:
    """An error after the sources comes as an event with the error's body."""
    got = events(client.post("/api/ask", json={"question": "fail", "stream": True}).text)
    assert [name for name, _ in got] == ["sources", "error"]
    assert got[1][1]["error"]["code"] == "model_unreachable"


def test_stream_refuses_an_unusable_question_with_its_status(client: TestClient) -> None:
    """What is wrong before the first event is an HTTP error, not an event."""
    response = client.post("/api/ask", json={"question": " ", "stream": True})
    assert_error(response, 422, "bad_input")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, '"question"'),
        ({"question": 7}, '"question"'),
        ({"question": "\ud800"}, '"question"'),
        ({"question": "x", "stream": "perhaps"}, '"stream"'),
        ({"question": "x", "history": [{"role": "system", "content": "y"}]}, '"history.0.role"'),
        ({"question": "x", "history": [{"role": "user"}]}, '"history.0.content"'),
        ({"question": "x", "within": "an id"}, '"within"'),
        ({"question": "x", "within": ["an id", 7]}, '"within.1"'),
        ({"question": "x", "history": [{"role": "user", "content": "y"}] * 101}, '"history"'),
        ([], "JSON object"),
    ],
)
def test_bad_bodies_are_refused_by_field(client: TestClient, body: object, named: str) -> None:
    """A 422 names the field that is wrong and never repeats its value."""
    content = json.dumps(body).encode()
    response = client.post("/api/ask", content=content, headers={"content-type": "application/json"})
    assert named in assert_error(response, 422, "bad_input")["message"]


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b"[" * 5000, b'{"question": }'])
def test_unreadable_bodies_are_refused(client: TestClient, content: bytes) -> None:
    """What is not JSON is a bad request, whatever way it is broken."""
    response = client.post("/api/ask", content=content, headers={"content-type": "application/json"})
    assert response.status_code in {400, 422}
    assert_error(response, response.status_code, "bad_input")


def test_too_large_bodies_are_refused(client: TestClient) -> None:
    """Over the limit is a 413, with the length announced or not."""
    large = b'{"question": "' + b"x" * MAX_BODY_BYTES + b'"}'
    headers = {"content-type": "application/json"}
    assert_error(client.post("/api/ask", content=large, headers=headers), 413, "too_large")
    parts = (large[start : start + 65536] for start in range(0, len(large), 65536))
    assert_error(client.post("/api/ask", content=parts, headers=headers), 413, "too_large")


def test_a_too_long_question_is_refused(client: TestClient) -> None:
    """The pipeline's own limit keeps its status and advice."""
    error = assert_error(client.post("/api/ask", json={"question": "x" * 10_000}), 413, "too_large")
    assert error["hint"]


def test_a_bug_shows_no_traceback(client: TestClient) -> None:
    """An unexpected error is a 500 without its text."""
    response = client.post("/api/ask", json={"question": "bug"})
    assert "a bug" not in response.text
    assert_error(response, 500, "internal")


def test_not_ready_is_503_until_it_is(client: TestClient, stub: StubDateline) -> None:
    """Questions and /readyz say 503 with Retry-After while loading; /healthz is well throughout."""
    stub.is_ready = False
    for response in (client.get("/readyz"), client.post("/api/ask", json={"question": "How?"})):
        assert "loading" in assert_error(response, 503, "not_ready")["message"]
        assert int(response.headers["retry-after"]) > 0
    assert client.get("/healthz").json() == {"status": "ok"}
    stub.is_ready = True
    assert client.get("/readyz").json() == {"status": "ready"}


def test_documents_are_listed_without_and_read_with_their_text(client: TestClient) -> None:
    """The list describes every document; one by id has its text unchanged."""
    listed = client.get("/api/documents").json()["documents"]
    assert [item["id"] for item in listed] == [document.id for document in DOCUMENTS]
    assert "text" not in listed[0]
    assert listed[0]["event"] == {
        "date": "2021-05-04",
        "place": "Porto Novo",
        "label": "Porto Novo, 4 May 2021",
    }
    assert client.get(f"/api/documents/{DOCUMENTS[2].id}").json()["text"] == HOSTILE


@pytest.mark.parametrize(
    "path", ["/api/documents/nope", "/api/nope", "/api/", "/reader/nope", "/api/documents/a/b"]
)
def test_unknown_addresses_are_404(client: TestClient, path: str) -> None:
    """What does not exist says so in JSON."""
    assert_error(client.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("GET", "/api/ask", "POST"), ("PUT", "/readyz", "GET")]
)
def test_wrong_methods_are_405(client: TestClient, method: str, path: str, allowed: str) -> None:
    """A known address with another method says which it takes."""
    response = client.request(method, path)
    assert_error(response, 405, "method_not_allowed")
    assert allowed in response.headers["allow"]


def test_metrics_count_requests_and_answers(client: TestClient) -> None:
    """Every answer is counted by status, and unknown paths share one label."""
    client.post("/api/ask", json={"question": "How long?"})
    client.post("/api/ask", json={"question": "What else?", "stream": True})
    client.get("/api/first-unknown")
    client.request("BREW", "/healthz")
    text = client.get("/metrics").text
    assert 'dateline_answers_total{status="answered"} 1.0' in text
    assert 'dateline_answers_total{status="abstained"} 1.0' in text
    assert 'dateline_answer_seconds_count{stage="total"} 2.0' in text
    assert 'dateline_requests_total{method="POST",route="/api/ask",status="200"} 2.0' in text
    assert "dateline_ready 1.0" in text
    assert "first-unknown" not in text
    assert "BREW" not in text


def test_no_documentation_page_that_loads_from_elsewhere(client: TestClient) -> None:
    """The schema is there; the pages that would fetch scripts from a CDN are not."""
    assert "/api/ask" in client.get("/openapi.json").json()["paths"]
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_reader_page_marks_the_span(client: TestClient) -> None:
    """A citation's link works without scripts and marks exactly the quote."""
    page = client.get(f"/reader/{SPAN.document_id}", params={"start": SPAN.start, "end": SPAN.end})
    assert page.headers["content-type"].startswith("text/html")
    assert f'<mark id="cited" tabindex="-1">{SPAN.quote}</mark>' in page.text

"""What /metrics tells, and the dashboard that shows it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from stub_dateline import StubDateline
from support import settings_for

from qa.config import PROJECT, Settings
from qa.records import Sources
from qa.server.api import create_app
from qa.server.asking import Desk
from qa.server.metrics import Metrics
from qa.server.turns import Turns
from qa.shelf import Shelf

DASHBOARD = PROJECT / "deploy" / "grafana" / "dateline.json"
PAGE = PROJECT / "docs" / "observability.md"
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "info": ("_info",)}


def told(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """The value of each series, by its name and its labels' values in order of the labels' names."""
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def names(text: str) -> set[str]:
    """The names that a query may use."""
    families = list(text_string_to_metric_families(text))
    return {f"{one.name}{suffix}" for one in families for suffix in SUFFIXES.get(one.type, ("",))}


def expressions(dashboard: object) -> list[str]:
    """All queries of a dashboard, in panels and variables."""
    if isinstance(dashboard, dict):
        own = [dashboard[key] for key in ("expr", "definition") if isinstance(dashboard.get(key), str)]
        return own + [one for value in dashboard.values() for one in expressions(value)]
    return [one for value in dashboard for one in expressions(value)] if isinstance(dashboard, list) else []


@pytest.fixture(scope="module")
def shelf(indexed: Path) -> Iterator[Shelf]:
    """The seeds, without a model."""
    with Shelf.open(settings_for(indexed)) as shelf:
        yield shelf


def test_an_answer_is_counted_with_its_stages(shelf: Shelf, settings: Settings) -> None:
    """By status, origin of its sentences and stage; the index's size and the role are told."""
    client = TestClient(create_app(shelf, settings), base_url="http://127.0.0.1:7860")
    assert client.post("/api/ask", json={"question": "Where did they meet in 2013?"}).json()["sentences"]
    found = told(client.get("/metrics").text)
    assert found["dateline_answers_total", ("answered",)] == 1
    assert found["dateline_answers_total", ("ambiguous",)] == 0
    assert found["dateline_sentences_total", ("quote",)] >= 1
    for stage in ("condense", "resolve", "retrieve", "select", "present", "answer"):
        assert found["dateline_stage_seconds_count", (stage,)] == 1
    assert found["dateline_queue_wait_seconds_count", ()] == 1
    assert found["dateline_documents", ()] == len(shelf.first.documents())
    assert found["dateline_passages", ()] >= found["dateline_documents", ()]
    assert found["dateline_info", ("writer", "0.1.0")] == 1
    assert found["process_resident_memory_bytes", ()] > 0


def test_questions_leave_no_trace_in_labels(client: TestClient) -> None:
    """Series stay as many as they are, whatever is asked."""
    client.post("/api/ask", json={"question": "How long is the first one?"})
    before = set(told(client.get("/metrics").text))
    for number in range(5):
        client.post("/api/ask", json={"question": f"How long is number {number}?"})
        client.get(f"/api/documents/{number}")
    after = set(told(client.get("/metrics").text))
    added = {series for series in after - before if series[0].startswith("dateline_")}
    assert {series[0] for series in added} <= {
        "dateline_requests_total",
        "dateline_request_seconds_bucket",
        "dateline_request_seconds_count",
        "dateline_request_seconds_sum",
    }
    assert not [series for series in after if any("number" in value or value == "3" for value in series[1])]


@pytest.mark.parametrize(
    ("question", "reason"), [("fail", "model_unreachable"), ("bug", "internal"), (" ", "bad_input")]
)
def test_a_question_without_an_answer_is_counted(client: TestClient, question: str, reason: str) -> None:
    """By the error's code."""
    client.post("/api/ask", json={"question": question})
    found = told(client.get("/metrics").text)
    assert found["dateline_unanswered_total", (reason,)] == 1
    assert sum(value for (name, _), value in found.items() if name == "dateline_answers_total") == 0


def test_a_reader_that_leaves_is_counted() -> None:
    """Once, and not as an answer; one who has the whole answer does not count."""

    async def talk() -> Metrics:
        metrics = Metrics()
        desk = Desk(StubDateline(), metrics, turns=Turns(1, 9))
        await desk.ask("How long?")
        leaving = desk.stream("How long?")
        assert isinstance(await anext(leaving), Sources)
        await leaving.aclose()
        await asyncio.sleep(0)
        while asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.sleep(0.01)
        return metrics

    found = told(asyncio.run(talk()).text(ready=True).decode())
    assert found["dateline_unanswered_total", ("left",)] == 1
    assert found["dateline_answers_total", ("answered",)] == 1


def test_uploads_and_deletions_are_counted(stub: StubDateline, tmp_path: Path) -> None:
    """What came in, what went, and what went wrong."""
    app = create_app(stub, Settings(_env_file=None, data_dir=tmp_path))
    client = TestClient(app, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 9))
    assert client.post("/api/documents", files=[("files", ("a.txt", b"The ferry."))]).status_code == 201
    client.delete(f"/api/documents/{stub.documents()[0].id}")
    client.delete("/api/documents/0000000000000000")
    found = told(client.get("/metrics").text)
    assert [found["dateline_ingested_total", (one,)] for one in ("added", "removed", "failed")] == [1, 1, 1]


def test_the_dashboard_shows_what_there_is(client: TestClient) -> None:
    """Every metric that it asks for is told, and every metric of ours is on the page of metrics."""
    there = names(client.get("/metrics").text)
    queries = expressions(json.loads(DASHBOARD.read_text(encoding="utf-8")))
    asked = {name for query in queries for name in re.findall(r"\b(?:dateline|process)_[a-z_]+", query)}
    assert len(queries) > 15
    assert asked - there == set()
    page = PAGE.read_text(encoding="utf-8")
    ours = {re.sub(r"_(bucket|sum|count)$", "", name) for name in there if name.startswith("dateline_")}
    assert {name for name in ours if f"`{name}" not in page} == set()
    assert set(re.findall(r"`(dateline_[a-z_]+)", page)) - ours - there == set()

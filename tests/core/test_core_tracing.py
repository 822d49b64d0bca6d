"""Traces of answers: to an exporter in memory, and to a collector in place of a real one, over HTTP."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support import free_port, settings_for

from qa.config import Settings
from qa.dateline import Dateline
from qa.errors import InputError, SettingsError
from qa.llm.fake import FakeModel
from qa.tracing import traces_url, tracing

QUESTION = "What did Israel want Russia to halt in 2013?"
STAGES = {"condense", "resolve", "retrieve", "select", "generate", "verify", "present"}


def spans_of(dateline: Dateline, settings: Settings) -> dict[str, ReadableSpan]:
    """The spans of one answer, the last of each name."""
    exporter = InMemorySpanExporter()
    with tracing(settings, exporter):
        dateline.ask(QUESTION)
    return {span.name: span for span in exporter.get_finished_spans()}


def told(span: ReadableSpan) -> dict[str, object]:
    """A span's attributes."""
    return dict(span.attributes or {})


@pytest.fixture
def worded(indexed: Path) -> Iterator[Dateline]:
    """Dateline over the seeds with a model that says something false."""
    with Dateline.open(settings_for(indexed), FakeModel(["Bananas grow there. [1]"], tier="small")) as dateline:
        yield dateline


def test_stages_lie_below_the_answer(worded: Dateline, make_settings: Callable[..., Settings]) -> None:
    """With their numbers, and what LlamaIndex does within them in the same trace; no text goes out."""
    spans = spans_of(worded, make_settings())
    answer = spans["answer"]
    assert spans.keys() >= STAGES
    for name in STAGES:
        assert spans[name].parent is not None
        assert spans[name].context.trace_id == answer.context.trace_id
        assert answer.start_time <= spans[name].start_time <= spans[name].end_time <= answer.end_time
    assert answer.parent is None
    assert told(answer) == {"dateline.status": "answered"}
    assert told(spans["retrieve"])["dateline.hits"] > 0
    assert told(spans["verify"])["dateline.outcome"] == "dropped"
    embedding = next(span for name, span in spans.items() if "Embedding" in name)
    assert embedding.context.trace_id == answer.context.trace_id
    texts = [value for span in spans.values() for value in told(span).values() if isinstance(value, str)]
    assert all(" " not in text for text in texts)
    assert all(not span.events for span in spans.values())


def test_a_question_is_in_it_where_wanted(quoting: Dateline, make_settings: Callable[..., Settings]) -> None:
    """With QA_LOG_QUESTIONS, on the answer's span alone."""
    spans = spans_of(quoting, make_settings(log_questions=True))
    assert told(spans["answer"])["dateline.question"] == QUESTION
    assert [name for name, span in spans.items() if "dateline.question" in told(span)] == ["answer"]


def test_an_error_ends_its_span(quoting: Dateline, make_settings: Callable[..., Settings]) -> None:
    """With the error's name; nothing is kept open, and nothing is traced afterwards."""
    exporter = InMemorySpanExporter()
    with tracing(make_settings(), exporter), pytest.raises(InputError):
        quoting.ask(" ")
    (span,) = exporter.get_finished_spans()
    assert (span.name, span.status.description) == ("answer", "InputError")
    quoting.ask(QUESTION)
    assert len(exporter.get_finished_spans()) == 1


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """A server that takes traces as a collector does; its address and what it took."""
    taken: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            taken.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", taken
    finally:
        server.shutdown()
        server.server_close()


def test_a_collector_takes_them(quoting: Dateline, make_settings: Callable[..., Settings]) -> None:
    """Over HTTP, by the time the block ends, under the service's name and role."""
    with collector() as (address, taken):
        with tracing(make_settings(otlp_endpoint=address)):
            quoting.ask(QUESTION)
        resources = [one for request in taken for one in request.resource_spans]
    named = {one.key: one.value.string_value for one in resources[0].resource.attributes}
    assert (named["service.name"], named["dateline.role"]) == ("dateline", "writer")
    names = {span.name for one in resources for scope in one.scope_spans for span in scope.spans}
    assert {"answer", "retrieve", "select"} <= names


def test_without_its_collector_an_answer_is_the_same(
    quoting: Dateline, make_settings: Callable[..., Settings]
) -> None:
    """Traces are dropped; the answer is what it is without them."""
    with tracing(make_settings(otlp_endpoint=f"http://127.0.0.1:{free_port()}")):
        traced = quoting.ask(QUESTION)
    assert traced.sentences == quoting.ask(QUESTION).sentences


def test_without_the_package_one_line_says_so(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the extra; without the setting nothing is needed."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with (
        pytest.raises(SettingsError, match="not installed") as caught,
        tracing(make_settings(otlp_endpoint="http://127.0.0.1:9")),
    ):
        pass
    assert "dateline[otel]" in caught.value.hint
    with tracing(make_settings()):
        pass


def test_where_traces_go() -> None:
    """To the collector's usual route, unless the setting names another."""
    assert traces_url("http://127.0.0.1:4318/") == "http://127.0.0.1:4318/v1/traces"
    assert traces_url("http://127.0.0.1:4318/my/traces") == "http://127.0.0.1:4318/my/traces"

"""Traces: the stages of an answer, and what LlamaIndex does within them, sent to an OpenTelemetry collector.

A handler of LlamaIndex's instrumentation makes spans of them. LlamaIndex's own package for that sends its
events too, which hold prompts and texts; here only names, times, numbers and words out of small sets go out.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

import qa
from qa.config import Settings
from qa.errors import SettingsError
from qa.observe import Stage

if TYPE_CHECKING:
    from llama_index_instrumentation.span_handlers import BaseSpanHandler
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

UUID_CHARS = 36
ROUTE = "/v1/traces"  # of OTLP over HTTP
GIVE_UP_SECONDS = 3  # for sending what is left when the program ends


@contextmanager
def tracing(settings: Settings, exporter: SpanExporter | None = None) -> Iterator[None]:
    """A block whose answers are traced, where the settings name a collector or an exporter is given.

    Raises:
        SettingsError: a collector is named, but what sends to it is not installed.
    """
    if exporter is None and settings.otlp_endpoint is None:
        yield
        return
    from llama_index_instrumentation import root_dispatcher
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    role = "reader" if settings.reader else "writer"
    told = {"service.name": "dateline", "service.version": qa.__version__, "dateline.role": role}
    provider = TracerProvider(resource=Resource(told), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter or _exporter(str(settings.otlp_endpoint))))
    handler = _handler(provider.get_tracer("dateline"), questions=settings.log_questions)
    root_dispatcher.add_span_handler(handler)
    try:
        yield
    finally:
        root_dispatcher.span_handlers.remove(handler)
        provider.force_flush(GIVE_UP_SECONDS * 1000)
        provider.shutdown()


def traces_url(endpoint: str) -> str:
    """Where traces are sent to: the collector's route, unless the address has a path of its own."""
    return endpoint if urlsplit(endpoint).path.strip("/") else endpoint.rstrip("/") + ROUTE


def _exporter(endpoint: str) -> SpanExporter:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise SettingsError(
            "QA_OTLP_ENDPOINT is set, but what sends traces is not installed.",
            "Run `pip install 'dateline[otel]'`, or unset QA_OTLP_ENDPOINT.",
        ) from error
    return OTLPSpanExporter(endpoint=traces_url(endpoint), timeout=GIVE_UP_SECONDS)


def _name(span_id: str) -> str:
    """A span's name, which stands in its id before a UUID."""
    return span_id[: -UUID_CHARS - 1]


def _handler(tracer: Tracer, *, questions: bool) -> BaseSpanHandler[Any]:
    """What makes an OpenTelemetry span of each of LlamaIndex's. It keeps none that has ended."""
    from llama_index_instrumentation.span import BaseSpan
    from llama_index_instrumentation.span_handlers import BaseSpanHandler
    from opentelemetry.trace import Span, StatusCode, set_span_in_context

    class _Open(BaseSpan):
        otel: Any

    class Spans(BaseSpanHandler[_Open]):
        def new_span(
            self,
            id_: str,
            bound_args: inspect.BoundArguments,
            instance: Any = None,
            parent_span_id: str | None = None,
            tags: dict[str, Any] | None = None,
            **kwargs: Any,
        ) -> _Open:
            parent = self.open_spans.get(parent_span_id or "")
            context = set_span_in_context(parent.otel) if parent else None
            span = tracer.start_span(_name(id_), context=context)
            question = bound_args.arguments.get("question")
            if questions and _name(id_) == "answer" and isinstance(question, str):
                span.set_attribute("dateline.question", question)
            return _Open(id_=id_, parent_id=parent_span_id, otel=span)

        def prepare_to_exit_span(
            self,
            id_: str,
            bound_args: inspect.BoundArguments,
            instance: Any = None,
            result: Any = None,
            **_: Any,
        ) -> _Open | None:
            return self._ended(id_, result if _name(id_) in get_args(Stage) else None)

        def prepare_to_drop_span(
            self,
            id_: str,
            bound_args: inspect.BoundArguments,
            instance: Any = None,
            err: BaseException | None = None,
            **_: Any,
        ) -> _Open | None:
            return self._ended(id_, None, type(err).__name__)

        def _ended(self, id_: str, told: object, error: str = "") -> _Open | None:
            found = self.open_spans.get(id_)
            if found is not None:
                span: Span = found.otel
                if isinstance(told, Mapping):
                    span.set_attributes({f"dateline.{name}": value for name, value in told.items()})
                if error:
                    span.set_status(StatusCode.ERROR, error)  # its name: a message may hold anything
                span.end()
            return found

    return Spans()

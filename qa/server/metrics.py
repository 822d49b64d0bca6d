"""What `/metrics` tells, in Prometheus' text format: requests, answers and their stages, waiting, the index.

docs/observability.md lists every metric. Labels are words out of small sets; no text goes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

import qa
from qa.errors import DatelineError
from qa.ingest.report import IngestReport
from qa.observe import Watch
from qa.records import Answer, Origin, Status

_Metric = TypeVar("_Metric", Counter, Gauge, Histogram, Info)

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60, 180)
STAGE_SECONDS = (0.0001, 0.0005, 0.001, 0.0025, 0.005, *SECONDS)


class Metrics:
    """The counters of one server, in a registry of its own; `role` is "writer" or "reader"."""

    def __init__(self, role: str = "writer") -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, for nobody
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._info = self._made(Info, "dateline", "Version and role of this server.")
        self._info.info({"version": qa.__version__, "role": role})
        self._ready = self._made(Gauge, "dateline_ready", "1 when index and model are loaded, else 0.")
        self._make_requests()
        self._make_answers()
        self._make_waiting()
        self._make_index()

    def _make_requests(self) -> None:
        labels = ("route", "method", "status")
        told = "HTTP requests by route, method and status."
        self._requests = self._made(Counter, "dateline_requests_total", told, *labels)
        told = "Seconds from a request to the end of its response."
        self._request_seconds = self._timed("dateline_request_seconds", told, "route")

    def _make_answers(self) -> None:
        self._answers = self._made(Counter, "dateline_answers_total", "Answers by status.", "status")
        _add(self._answers, dict.fromkeys(get_args(Status), 0))
        told = "Answers given without their model."
        self._degraded = self._made(Counter, "dateline_answers_degraded_total", told)
        told = "Questions without an answer: the error's code, or left."
        self._unanswered = self._made(Counter, "dateline_unanswered_total", told, "reason")
        told = "Seconds from a question to its evidence, first word and whole answer."
        self._answer_seconds = self._timed("dateline_answer_seconds", told, "stage")
        told = "Seconds that an answer spent in each stage."
        self._stage_seconds = self._timed("dateline_stage_seconds", told, "stage", STAGE_SECONDS)
        told = "Sentences of answers by where their words come from."
        self._sentences = self._made(Counter, "dateline_sentences_total", told, "origin")
        _add(self._sentences, dict.fromkeys(get_args(Origin), 0))
        told = "Sentences a model wrote, by what verification did with them: passed, repaired, dropped."
        self._verified = self._made(Counter, "dateline_verified_total", told, "outcome")
        _add(self._verified, dict.fromkeys(("passed", "repaired", "dropped"), 0))
        told = "Sentences that verification dropped, by what was wrong with them."
        self._dropped = self._made(Counter, "dateline_verification_drops_total", told, "reason")
        told = "Looks into caches, and whether it was there."
        self._lookups = self._made(Counter, "dateline_cache_lookups_total", told, "cache", "result")

    def _make_waiting(self) -> None:
        told = "Questions that wait for their turn at the model."
        self._waiting = self._made(Gauge, "dateline_waiting", told)
        self._answering = self._made(
            Gauge, "dateline_answering", "Questions that have their turn at the model."
        )
        told = "Seconds that an answer waited for its turn at the model."
        self._wait_seconds = self._timed("dateline_queue_wait_seconds", told)

    def _make_index(self) -> None:
        self._documents = self._made(Gauge, "dateline_documents", "Documents in the index.")
        self._passages = self._made(Gauge, "dateline_passages", "Passages in the index.")
        told = "When the index was read last, seconds since 1970."
        self._index_read = self._made(Gauge, "dateline_index_read_timestamp_seconds", told)
        told = "Documents this server brought in, replaced, removed, or failed to read."
        self._ingested = self._made(Counter, "dateline_ingested_total", told, "outcome")
        _add(self._ingested, dict.fromkeys(("added", "replaced", "removed", "failed"), 0))

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one HTTP request; `route` is a template, never a raw path, so that labels stay few."""
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def answered(self, answer: Answer, watch: Watch | None = None, *, known: bool = False) -> None:
        """Count one answer, its timings, and what was seen of its stages; or that it was `known` before."""
        self._answers.labels(answer.status).inc()
        self._lookups.labels("answers", "hit" if known else "miss").inc()
        if known:
            return
        if answer.degraded:
            self._degraded.inc()
        for sentence in answer.sentences:
            self._sentences.labels(sentence.origin).inc()
        timings = answer.timings_ms
        self._answer_seconds.labels("retrieve").observe(timings.retrieve / 1000)
        self._answer_seconds.labels("first_token").observe(timings.first_token / 1000)
        self._answer_seconds.labels("total").observe(timings.total / 1000)
        if watch is not None:
            self._stages(watch)

    def unanswered(self, error: Exception | None = None) -> None:
        """Count a question that got no answer: the error, or None where nobody waited for it any more."""
        reason = error.code if isinstance(error, DatelineError) else "internal" if error else "left"
        self._unanswered.labels(reason).inc()

    def waited(self, seconds: float) -> None:
        """Count one turn that came, after so many seconds."""
        self._wait_seconds.observe(seconds)

    def ingested(self, report: IngestReport) -> None:
        """Count what an ingest did."""
        _add(
            self._ingested,
            {
                "added": len(report.added),
                "replaced": len(report.replaced),
                "removed": len(report.removed),
                "failed": len(report.failed),
            },
        )

    def removed(self) -> None:
        """Count one document that was taken out."""
        self._ingested.labels("removed").inc()

    def ingest_failed(self) -> None:
        """Count a change of the documents that ended in an error."""
        self._ingested.labels("failed").inc()

    def text(
        self,
        ready: bool,
        waiting: int = 0,
        answering: int = 0,
        size: tuple[int, int] = (0, 0),
        index_read: float = 0,
    ) -> bytes:
        """Everything in Prometheus' text format. What is given is read at this moment: whether it is ready, how
        many wait and have their turn, documents and passages of the index, and when that was read.
        """
        self._ready.set(int(ready))
        self._waiting.set(waiting)
        self._answering.set(answering)
        self._documents.set(size[0])
        self._passages.set(size[1])
        self._index_read.set(index_read)
        return generate_latest(self._registry)

    def _stages(self, watch: Watch) -> None:
        for name, seconds in watch.seconds.items():
            self._stage_seconds.labels(name).observe(seconds)
        _add(self._verified, watch.words("verify", "outcome"))
        _add(self._dropped, watch.words("verify", "reason"))
        for (of, cache, result), number in watch.told.items():
            if of == "cache":
                self._lookups.labels(cache, result).inc(number)

    def _made(self, kind: type[_Metric], name: str, told: str, *labels: str) -> _Metric:
        return kind(name, told, labels, registry=self._registry)

    def _timed(self, name: str, told: str, label: str = "", buckets: tuple[float, ...] = SECONDS) -> Histogram:
        return Histogram(name, told, (label,) if label else (), registry=self._registry, buckets=buckets)


def _add(counter: Counter, numbers: Mapping[str, int]) -> None:
    for label, number in numbers.items():
        counter.labels(label).inc(number)

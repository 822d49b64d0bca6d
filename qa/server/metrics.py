"""What `/metrics` tells: requests, answers and how long both took, in Prometheus' text format."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from qa.records import Answer

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60)


class Metrics:
    """The counters of one server, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "dateline_requests_total",
            "HTTP requests by route, method and status.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "dateline_request_seconds",
            "Seconds from a request to the end of its response.",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._answers = Counter(
            "dateline_answers_total", "Answers by status.", ("status",), registry=self._registry
        )
        self._degraded = Counter(
            "dateline_answers_degraded_total", "Answers given without their model.", registry=self._registry
        )
        self._known = Counter(
            "dateline_answers_remembered_total", "Answers given from memory.", registry=self._registry
        )
        self._answer_seconds = Histogram(
            "dateline_answer_seconds",
            "Seconds from a question to its evidence, first word and whole answer.",
            ("stage",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._waiting = Gauge(
            "dateline_waiting", "Questions that wait for their turn at the model.", registry=self._registry
        )
        self._ready = Gauge(
            "dateline_ready", "1 when index and model are loaded, else 0.", registry=self._registry
        )

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one HTTP request; `route` is a template, never a raw path, so that labels stay few."""
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def answered(self, answer: Answer, *, known: bool = False) -> None:
        """Count one answer and its timings, or that it was `known` from before."""
        self._answers.labels(answer.status).inc()
        if known:
            self._known.inc()
            return
        if answer.degraded:
            self._degraded.inc()
        timings = answer.timings_ms
        self._answer_seconds.labels("retrieve").observe(timings.retrieve / 1000)
        self._answer_seconds.labels("first_token").observe(timings.first_token / 1000)
        self._answer_seconds.labels("total").observe(timings.total / 1000)

    def text(self, ready: bool, waiting: int = 0) -> bytes:
        """Everything in Prometheus' text format; `ready` and how many wait are read at this moment."""
        self._waiting.set(waiting)
        self._ready.set(int(ready))
        return generate_latest(self._registry)

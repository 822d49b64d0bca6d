"""All scores become the figures of the report, each with its n and 95 % interval.

Rates of yes and no have Wilson's interval; means over cases have one from a bootstrap by family.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.cases import CASE_TYPES, Case
from eval.rates import Columns, clustered_bootstrap, wilson
from eval.score import CRAG, Score
from qa.records import Answer

FACT_TYPES = ("fact", "paraphrase", "date_pair")


@dataclass(frozen=True, slots=True)
class Result:
    """A case that was run: its answer, or the error in its place, and its score."""

    case: Case
    answer: Answer | None
    error: str
    score: Score


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure; `value` is None where there is nothing to measure (n = 0). `of` says what n counts."""

    key: str
    label: str
    value: float | None
    n: int
    low: float
    high: float
    of: str
    is_rate: bool = True


@dataclass(frozen=True, slots=True)
class TypeRow:
    """How one type of case fares: counts of outcomes, and the interval of the share that is right."""

    type: str
    n: int
    right: int
    wrong: int
    abstained: int
    asked_back: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the question to a stage's end, over all cases that were answered without an error."""

    stage: str
    median: float
    p95: float
    n: int


def summarise(results: Sequence[Result]) -> tuple[Metric, ...]:
    """Every figure, in the order of the report."""
    return (
        *_rightness(results),
        *_abstention(results),
        *_evidence(results),
        *_contract(results),
        *_other(results),
    )


def by_type(results: Sequence[Result]) -> tuple[TypeRow, ...]:
    """A row for each type that has cases."""
    rows = []
    for name in CASE_TYPES:
        found = [result.score.outcome for result in results if result.case.type == name]
        if found:
            low, high = wilson(found.count("right"), len(found))
            rows.append(
                TypeRow(
                    type=name,
                    n=len(found),
                    right=found.count("right"),
                    wrong=found.count("wrong") + found.count("error"),
                    abstained=found.count("abstained"),
                    asked_back=found.count("asked back"),
                    low=low,
                    high=high,
                )
            )
    return tuple(rows)


def latencies(results: Sequence[Result]) -> tuple[Latency, ...]:
    """Median and 95th percentile (nearest rank) of each stage."""
    timings = [result.answer.timings_ms for result in results if result.answer]
    stages = {
        "evidence retrieved": [float(timing.retrieve) for timing in timings],
        "first word of the model": [float(timing.first_token) for timing in timings if timing.first_token],
        "whole answer": [float(timing.total) for timing in timings],
    }
    return tuple(
        Latency(stage, statistics.median(values), percentile(values, 95), len(values))
        for stage, values in stages.items()
        if values
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: the smallest value that `percent` of all values do not exceed."""
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]


def _rightness(results: Sequence[Result]) -> Iterable[Metric]:
    answerable = [result for result in results if result.case.expect != "abstained"]
    facts = [result for result in results if result.case.type in FACT_TYPES]
    yield _rate("facts_right", "Facts right", (result.score.right for result in facts), "fact questions")
    yield _rate(
        "answerable_right", "Answerable right", (r.score.right for r in answerable), "answerable questions"
    )
    yield _rate("all_right", "All right", (result.score.right for result in results), "questions")
    crag = [(result, float(CRAG[result.score.outcome])) for result in results]
    yield _mean("crag", "CRAG score (right 1, abstained 0, wrong -1)", crag, "questions", is_rate=False)


def _abstention(results: Sequence[Result]) -> Iterable[Metric]:
    unanswerable = [result for result in results if result.case.expect == "abstained"]
    answerable = [result for result in results if result.case.expect != "abstained"]
    abstained = [result for result in results if result.score.status == "abstained"]
    yield _rate(
        "abstention_recall", "Abstention recall", map(_abstains, unanswerable), "unanswerable questions"
    )
    precise = (result.case.expect == "abstained" for result in abstained)
    yield _rate("abstention_precision", "Abstention precision", precise, "abstentions")
    yield _abstention_f1(results)
    yield _rate("over_refusal", "Over-refusal", map(_abstains, answerable), "answerable questions")
    asked = (result.score.status == "ambiguous" for result in results if result.case.expect == "answered")
    yield _rate("needless_asking", "Asked back needlessly", asked, "questions with one answer")


def _abstention_f1(results: Sequence[Result]) -> Metric:
    """Rows are (abstained and should, did or should): F1 is 2 a / b, as tp+fp plus tp+fn is what b counts."""
    rows = []
    for result in results:
        should, did = result.case.expect == "abstained", _abstains(result)
        rows.append((result, (float(should and did), float(should) + float(did))))
    return _ratio(
        "abstention_f1",
        "Abstention F1",
        rows,
        lambda sums: 2 * sums[:, 0] / sums[:, 1],
        len(results),
        "questions",
    )


def _evidence(results: Sequence[Result]) -> Iterable[Metric]:
    cited = [result for result in results if result.score.citations_right]
    precision = [(result, statistics.fmean(result.score.citations_right)) for result in cited]
    yield _mean("citation_precision", "Citation precision", precision, "answers with gold evidence")
    found = (result.score.evidence_found for result in results if result.score.evidence_found is not None)
    yield _rate("citation_recall", "Citation recall", found, "answers with gold evidence")
    focused = [(r, statistics.fmean(r.score.citations_focus)) for r in cited if r.score.citations_focus]
    yield _mean("citation_focus", "Gold share of right citations", focused, "answers with a right citation")
    wrong = (result.score.wrong_event for result in results if result.score.wrong_event is not None)
    yield _rate("wrong_event", "Wrong event", wrong, "answers about one thing")


def _contract(results: Sequence[Result]) -> Iterable[Metric]:
    spans = (exact for result in results for exact in result.score.spans_exact)
    yield _rate("spans_exact", "Spans exact", spans, "citations")
    cited = (has for result in results for has in result.score.sentences_cited)
    yield _rate("sentences_cited", "Sentences with citations", cited, "sentences")
    faithful = (not missing for result in results for missing in result.score.unsupported)
    yield _rate("faithful", "Faithful (numbers, dates, names, quotations)", faithful, "sentences")


def _other(results: Sequence[Result]) -> Iterable[Metric]:
    found = (r.score.disagreement_found for r in results if r.score.disagreement_found is not None)
    yield _rate("disagreement_recall", "Disagreement recall", found, "disagreements")
    families = {result.case.family for result in results if result.case.type == "disagreement"}
    alarms = (bool(r.answer.disagreements) for r in results if r.answer and r.case.family not in families)
    yield _rate("disagreement_false_alarms", "Disagreement false alarms", alarms, "other questions")
    worded = (s.origin == "model" for r in results if r.answer for s in r.answer.sentences)
    yield _rate("worded_by_model", "Sentences worded by the model", worded, "sentences")


def _abstains(result: Result) -> bool:
    return result.score.status == "abstained"


def _rate(key: str, label: str, hits: Iterable[bool], of: str) -> Metric:
    found = list(hits)
    if not found:
        return Metric(key, label, None, 0, math.nan, math.nan, of)
    low, high = wilson(sum(found), len(found))
    return Metric(key, label, sum(found) / len(found), len(found), low, high, of)


def _mean(
    key: str, label: str, values: Sequence[tuple[Result, float]], of: str, is_rate: bool = True
) -> Metric:
    rows = [(result, (value, 1.0)) for result, value in values]
    return _ratio(key, label, rows, lambda sums: sums[:, 0] / sums[:, 1], len(rows), of, is_rate)


def _ratio(
    key: str,
    label: str,
    rows: Sequence[tuple[Result, tuple[float, float]]],
    statistic: Callable[[Columns], Columns],
    n: int,
    of: str,
    is_rate: bool = True,
) -> Metric:
    """A statistic of sums over cases, with its interval; None where it is not defined (0 / 0)."""
    numbers = [row for _, row in rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        total = statistic(np.asarray(numbers, dtype=float).reshape(-1, 2).sum(axis=0, keepdims=True))
        value = float(total[0])
        if math.isnan(value):
            return Metric(key, label, None, 0, math.nan, math.nan, of, is_rate)
        low, high = clustered_bootstrap([result.case.family for result, _ in rows], numbers, statistic)
    return Metric(key, label, value, n, low, high, of, is_rate)

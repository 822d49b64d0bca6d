"""How far an answer's confidence, the probability that the documents answer, is one.

All functions take rows `(n, 2)`, n at least 1: the confidence between 0 and 1, and 1 where the case expects an
answer, else 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics.figures import Curve, Figure, Point, Result, mean
from eval.metrics.rates import Columns, Interval, wilson

MOST_BINS = 10
LEAST_IN_BIN = 10
RISK = 0.02


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of like confidence: the mean of it, and the share of them that have an answer, with interval."""

    confidence: float
    share: float
    n: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Step:
    """Answering what is at least as sure as `confidence`: the share of questions that covers, and its risk.

    The risk is the share of these for which the documents have no answer.
    """

    confidence: float
    coverage: float
    risk: float


def calibration(results: Sequence[Result]) -> Iterator[Figure | Curve]:
    """The figures on the confidence of answers."""
    points = points_of(results)
    of = "questions with a confidence"
    yield Curve("ece", "Calibration error (ECE, equal-mass bins)", of, points, ece, biased=True)
    weighed = [r for r in results if r.answer and r.answer.confidence is not None]
    rows = zip(weighed, points, strict=True)
    squares = [(result, (point.confidence - point.answerable) ** 2) for result, point in rows]
    yield mean("brier", "Brier score", squares, of, percent=False)
    yield Curve("aurc", "Area under the risk-coverage curve", of, points, aurc, percent=False)
    yield Curve("coverage_2", "Coverage at 2 % risk", of, points, coverage_at)


def points_of(results: Sequence[Result]) -> tuple[Point, ...]:
    """Confidence and truth of each result that has a confidence."""
    return tuple(
        Point(result.case.id, result.case.family, result.answer.confidence, result.case.expect != "abstained")
        for result in results
        if result.answer and result.answer.confidence is not None
    )


def as_rows(points: Sequence[Point]) -> Columns:
    """Points as the rows that the functions here take."""
    return np.array([(point.confidence, point.answerable) for point in points], dtype=float).reshape(-1, 2)


def reliability(rows: Columns) -> tuple[Bin, ...]:
    """The bins of a reliability diagram: of equal mass, as far as equal confidences, kept together, allow.

    There are at most ten, and of fewer than a hundred cases one for each ten.
    """
    return tuple(
        Bin(
            float(inside[:, 0].mean()),
            float(inside[:, 1].mean()),
            len(inside),
            wilson(int(inside[:, 1].sum()), len(inside)),
        )
        for inside in _bins(rows)
    )


def ece(rows: Columns) -> float:
    """Expected calibration error: how far share and confidence of a bin lie apart, weighted by its cases."""
    gaps = (abs(float((inside[:, 0] - inside[:, 1]).sum())) for inside in _bins(rows))
    return sum(gaps) / len(rows)


def risk_coverage(rows: Columns) -> tuple[Step, ...]:
    """The curve, from the surest answers alone to all; equal confidences are one step."""
    confidence, answered, wrong = _curve(rows)
    coverage, risk = answered / len(rows), wrong / answered
    return tuple(Step(*map(float, step)) for step in zip(confidence, coverage, risk, strict=True))


def aurc(rows: Columns) -> float:
    """Area under the risk-coverage curve: the mean risk over all coverages 1/n to n/n; smaller is better.

    Within a step of equal confidences each order is as likely, so what is wrong is spread evenly.
    """
    _, answered, wrong = _curve(rows)
    each = np.arange(1, len(rows) + 1)
    return float((np.interp(each, np.append(0, answered), np.append(0, wrong)) / each).mean())


def coverage_at(rows: Columns, risk: float = RISK) -> float:
    """The largest share of questions that can be answered by a threshold at a risk of at most `risk`."""
    _, answered, wrong = _curve(rows)
    safe = answered[wrong / answered <= risk + 1e-12]
    return float(safe.max(initial=0) / len(rows))


def _curve(rows: Columns) -> tuple[Columns, Columns, Columns]:
    """For each step `(k,)`: its confidence, and of the answers so far how many there are and how many wrong."""
    ordered = rows[np.argsort(-rows[:, 0], kind="stable")]
    last = np.flatnonzero(np.append(np.diff(ordered[:, 0]) != 0, True))
    wrong = np.cumsum(1 - ordered[:, 1])
    return ordered[last, 0], (last + 1).astype(float), wrong[last]


def _bins(rows: Columns) -> Iterator[Columns]:
    n = len(rows)
    count = max(1, min(MOST_BINS, n // LEAST_IN_BIN))
    below = np.searchsorted(np.sort(rows[:, 0]), rows[:, 0], side="left")
    bin_of = below * count // n
    for number in range(count):
        inside = rows[bin_of == number]
        if len(inside):
            yield inside

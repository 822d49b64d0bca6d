"""The nouns of the metrics: a result, what a case adds to a figure, and the figure with its n and interval.

Almost every figure is a ratio of two sums over cases, so it is kept as its parts until the end: the same
parts give the value, Wilson's or the bootstrap's interval, and the paired difference between two runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from eval.metrics.rates import Columns, Interval, clustered_bootstrap, resampled, wilson
from eval.schema.cases import Case
from eval.scoring.ranking import Ranking
from eval.scoring.score import Score
from qa.records import Answer


@dataclass(frozen=True, slots=True)
class Result:
    """A case that was run: its answer, or the error in its place, and its score.

    `found` is the evidence as it was ranked, None where nobody looked; `cached` says that the answer comes
    from an earlier run of the same code.
    """

    case: Case
    answer: Answer | None
    error: str
    score: Score
    found: Ranking | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure; `value` is None where there is nothing to measure (n = 0). `of` says what n counts.

    `low` and `high` are the ends of the 95 % interval. With `is_rate` the value is shown in percent.
    """

    key: str
    label: str
    value: float | None
    n: int
    low: float
    high: float
    of: str
    is_rate: bool = True
    group: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What a case adds to a figure: `hits` to its upper sum, `of` to its lower one."""

    case: str
    family: str
    hits: float
    of: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure before it is counted. `yes_no`: each part is a yes or a no, so that Wilson's interval holds."""

    key: str
    label: str
    of: str
    parts: tuple[Part, ...]
    yes_no: bool = True
    percent: bool = True
    group: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """How sure an answer is that the documents answer, and whether they do."""

    case: str
    family: str
    confidence: float
    answerable: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure that is no ratio of sums: `statistic` of rows `(n, 2)` of confidence and label, n at least 1.

    `biased`: chance alone makes the statistic larger.
    """

    key: str
    label: str
    of: str
    points: tuple[Point, ...]
    statistic: Callable[[Columns], float]
    biased: bool = False
    percent: bool = True
    group: str = ""


def rate(key: str, label: str, hits: Iterable[tuple[Result, bool]], of: str) -> Figure:
    """The share of yes; a result may come several times, once for each of its sentences, say."""
    return Figure(key, label, of, tuple(part(result, float(hit)) for result, hit in hits))


def mean(key: str, label: str, values: Iterable[tuple[Result, float]], of: str, percent: bool = True) -> Figure:
    """The mean of a value of each result."""
    parts = tuple(part(result, value) for result, value in values)
    return Figure(key, label, of, parts, yes_no=False, percent=percent)


def part(result: Result, hits: float, of: float = 1.0) -> Part:
    """What a result adds to a figure."""
    return Part(result.case.id, result.case.family, hits, of)


def measure(figure: Figure | Curve) -> Metric:
    """The figure's value and interval; without a value where there is nothing to measure."""
    value, n, (low, high) = _of_figure(figure) if isinstance(figure, Figure) else _of_curve(figure)
    return Metric(
        figure.key,
        figure.label,
        None if math.isnan(value) else value,
        0 if math.isnan(value) else n,
        low,
        high,
        figure.of,
        figure.percent,
        figure.group,
    )


def ratio(sums: Columns) -> Columns:
    """Upper over lower sum of each row, `(rounds, 2)` to `(rounds,)`; nan where the lower one is 0."""
    return sums[:, 0] / np.where(sums[:, 1] == 0, np.nan, sums[:, 1])


def _of_figure(figure: Figure) -> tuple[float, int, Interval]:
    hits, of = sum(part.hits for part in figure.parts), sum(part.of for part in figure.parts)
    if not of:
        return math.nan, 0, (math.nan, math.nan)
    if figure.yes_no:
        return hits / of, round(of), wilson(round(hits), round(of))
    rows = [(part.hits, part.of) for part in figure.parts]
    interval = clustered_bootstrap([part.family for part in figure.parts], rows, ratio)
    return hits / of, len(rows), interval


def _of_curve(curve: Curve) -> tuple[float, int, Interval]:
    rows = np.array([(point.confidence, point.answerable) for point in curve.points], dtype=float)
    if not len(rows):
        return math.nan, 0, (math.nan, math.nan)
    value = curve.statistic(rows)
    families = [point.family for point in curve.points]
    low, high = resampled(families, rows, curve.statistic)
    if curve.biased:
        # Drawing cases again adds the same bias once more: turned around, the interval takes it off.
        low, high = max(0.0, 2 * value - high), min(1.0, 2 * value - low)
    return value, len(rows), (min(low, value), max(high, value))

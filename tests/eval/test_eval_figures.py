"""Figures from their parts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.metrics.figures import Curve, Figure, Part, Point, Result, mean, measure, part, rate, ratio
from eval.metrics.rates import wilson
from eval.schema.cases import Case
from eval.scoring.score import Score


@pytest.fixture
def results(cases: tuple[Case, ...]) -> list[Result]:
    """The three cases without any answer."""
    return [Result(case, None, "", Score("error", "error")) for case in cases]


def test_a_rate_has_wilsons_interval(results: list[Result]) -> None:
    """A result may count several times, each a yes or a no."""
    metric = measure(
        rate("k", "Label", [(results[0], True), (results[0], False), (results[1], True)], "things")
    )
    assert (metric.value, metric.n, (metric.low, metric.high)) == (2 / 3, 3, wilson(2, 3))
    assert (metric.key, metric.label, metric.of, metric.is_rate) == ("k", "Label", "things", True)


def test_a_mean_has_an_interval_by_family(results: list[Result]) -> None:
    """Two cases of one family and one of another: the families' means are the ends."""
    metric = measure(mean("k", "Label", zip(results, (1.0, 2.0, 6.0), strict=True), "things", percent=False))
    assert (metric.value, metric.n, metric.is_rate) == (3.0, 3, False)
    assert (metric.low, metric.high) == (1.5, 6.0)


def test_a_figure_may_have_any_lower_sum() -> None:
    """F1 as 2 tp over all that did or should; nothing below the line is nothing to measure."""
    parts = (Part("a", "a", 2.0, 2.0), Part("b", "b", 0.0, 1.0), Part("c", "c", 0.0, 0.0))
    metric = measure(Figure("f1", "F1", "questions", parts, yes_no=False))
    assert (metric.value, metric.n) == (pytest.approx(2 / 3), 3)
    nothing = measure(Figure("f1", "F1", "questions", parts[2:], yes_no=False))
    assert (nothing.value, nothing.n) == (None, 0)
    assert math.isnan(nothing.low)


def test_a_curve_is_a_statistic_of_its_points() -> None:
    """The value of all points, within an interval from drawing families; without points there is none."""
    points = tuple(Point(str(at), str(at), at / 10, at > 4) for at in range(10))
    curve = Curve("k", "Label", "things", points, lambda rows: float(rows[:, 0].mean()))
    metric = measure(curve)
    assert (metric.value, metric.n) == (pytest.approx(0.45), 10)
    assert 0.2 < metric.low < 0.45 < metric.high < 0.7
    assert measure(Curve("k", "Label", "things", (), len)).value is None


def test_the_interval_of_a_biased_statistic_is_turned_around() -> None:
    """Drawing again makes the largest gap between families no smaller than it is: the interval reaches down."""
    points = tuple(Point(str(at), str(at), at / 10, True) for at in range(10))

    def spread(rows: np.ndarray) -> float:
        return float(len(rows) - len(np.unique(rows[:, 0]))) / len(rows)

    plain = measure(Curve("k", "Label", "things", points, spread))
    turned = measure(Curve("k", "Label", "things", points, spread, biased=True))
    assert (plain.value, turned.value) == (0, 0)
    assert plain.high > 0
    assert (turned.low, turned.high) == (0, 0)


def test_a_part_knows_its_case_and_family(results: list[Result]) -> None:
    """So that runs can be paired by case and drawn by family."""
    assert part(results[0], 2.0, 3.0) == Part("crowd-1", "crowd", 2.0, 3.0)


def test_ratios_of_nothing_are_undefined() -> None:
    """Row by row."""
    values = ratio(np.array([(1.0, 2.0), (1.0, 0.0)]))
    assert values[0] == 0.5
    assert math.isnan(values[1])

"""Intervals, against worked examples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.metrics.rates import Columns, clustered_bootstrap, mcnemar, resampled, wilson


def mean(sums: Columns) -> Columns:
    """Sum over count."""
    return sums[:, 0] / sums[:, 1]


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(32, 40, 0.652, 0.895), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (1, 1, 0.207, 1.0)],
)
def test_wilson(right: int, n: int, low: float, high: float) -> None:
    """Textbook values, within 0 and 1 at the ends."""
    assert wilson(right, n) == pytest.approx((low, high), abs=0.001)


def test_bootstrap_of_equal_values_is_a_point() -> None:
    """Where all families agree there is nothing to vary."""
    assert clustered_bootstrap(["a", "b", "c"], [(0.5, 1)] * 3, mean) == (0.5, 0.5)


def test_bootstrap_is_seeded_and_holds_the_mean() -> None:
    """The same rows give the same interval, around their mean."""
    families = [str(number) for number in range(40)]
    rows = [(float(number % 2), 1.0) for number in range(40)]
    low, high = clustered_bootstrap(families, rows, mean)
    assert (low, high) == clustered_bootstrap(families, rows, mean)
    assert 0.3 < low < 0.5 < high < 0.7


def test_families_widen_the_interval() -> None:
    """Forty cases in four families that stand or fall together are four, not forty."""
    rows = [(float(number < 20), 1.0) for number in range(40)]
    alone = clustered_bootstrap([str(number) for number in range(40)], rows, mean)
    together = clustered_bootstrap([str(number // 10) for number in range(40)], rows, mean)
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


def test_an_undefined_statistic_has_no_interval() -> None:
    """Nothing over nothing stays undefined."""
    interval = clustered_bootstrap(["a"], [(0.0, 0.0)], lambda sums: sums[:, 0] * math.nan)
    assert all(math.isnan(end) for end in interval)


def test_resampling_agrees_with_the_bootstrap_of_sums() -> None:
    """A mean has about the same interval whether its rows are drawn or its sums."""
    families = [str(number // 2) for number in range(80)]
    rows = np.array([(float(number % 3 == 0), 1.0) for number in range(80)])
    low, high = resampled(families, rows, lambda drawn: float(drawn[:, 0].mean()))
    of_sums = clustered_bootstrap(families, rows.tolist(), mean)
    assert (low, high) == pytest.approx(of_sums, abs=0.02)
    assert (low, high) == resampled(families, rows, lambda drawn: float(drawn[:, 0].mean()))


def test_resampling_draws_whole_families() -> None:
    """Every draw has all rows of a family or none of them."""
    rows = np.arange(12.0).reshape(12, 1)
    families = ["a"] * 4 + ["b"] * 8
    low, high = resampled(families, rows, lambda drawn: float(len(drawn)))
    assert {low, high} <= {8.0, 12.0, 16.0}
    assert low < high


def test_an_undefined_resampled_statistic_has_no_interval() -> None:
    """As with the bootstrap of sums."""
    assert all(math.isnan(end) for end in resampled(["a"], np.ones((1, 2)), lambda drawn: math.nan))


@pytest.mark.parametrize(
    ("gained", "lost", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (0, 6, 0.03125), (10, 1, 24 / 2048), (3, 3, 1.0)]
)
def test_mcnemar(gained: int, lost: int, p: float) -> None:
    """Twice the tail of a fair coin, at most 1."""
    assert mcnemar(gained, lost) == pytest.approx(p)

"""Intervals, against worked examples."""

from __future__ import annotations

import math

import pytest

from eval.rates import Columns, clustered_bootstrap, wilson


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

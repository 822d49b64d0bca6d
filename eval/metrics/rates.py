"""A rate or a mean with its 95 % interval, and whether two runs differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Z = 1.959964  # of the normal distribution, for 95 %
ROUNDS = 2000
CURVE_ROUNDS = 1000
SEED = 20130514

Interval = tuple[float, float]
Columns = NDArray[np.float64]


def wilson(right: int, n: int) -> Interval:
    """Wilson's 95 % interval for `right` of `n`, both ends between 0 and 1; n is at least 1.

    >>> [round(end, 3) for end in wilson(32, 40)]
    [0.652, 0.895]
    """
    share = right / n
    centre = share + Z * Z / (2 * n)
    spread = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    # Rounding must not put the share itself outside.
    return max(0.0, min(share, (centre - spread) / scale)), min(1.0, max(share, (centre + spread) / scale))


def clustered_bootstrap(
    families: Sequence[str], rows: Sequence[Sequence[float]], statistic: Callable[[Columns], Columns]
) -> Interval:
    """The 95 % percentile interval of a statistic, drawing whole families with replacement.

    The cases of a family ask for the same thing and stand or fall together. `rows` has a case's contributions,
    k numbers each, beside its family; `statistic` takes their sums, an array (rounds, k), and returns (rounds,)
    values, nan where it is not defined. Seeded: the same cases give the same interval.
    """
    order = {family: at for at, family in enumerate(dict.fromkeys(families))}
    sums = np.zeros((len(order), len(rows[0])))
    for family, row in zip(families, rows, strict=True):
        sums[order[family]] += row
    draws = np.random.default_rng(SEED).multinomial(len(order), np.full(len(order), 1 / len(order)), ROUNDS)
    values = statistic(draws @ sums)
    values = values[~np.isnan(values)]
    if not len(values):
        return math.nan, math.nan
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def resampled(families: Sequence[str], rows: Columns, statistic: Callable[[Columns], float]) -> Interval:
    """The 95 % percentile interval of a statistic that is no function of sums, drawing whole families.

    `rows`, `(n, k)`, has a case's numbers beside its family; `statistic` takes the rows drawn, some of them
    several times, and returns a value, nan where it is not defined. Seeded like `clustered_bootstrap`.
    """
    members: dict[str, list[int]] = {}
    for at, family in enumerate(families):
        members.setdefault(family, []).append(at)
    groups = [np.array(group) for group in members.values()]
    random = np.random.default_rng(SEED)
    drawn = (
        np.concatenate([groups[at] for at in random.integers(0, len(groups), len(groups))])
        for _ in range(CURVE_ROUNDS)
    )
    values = np.array([statistic(rows[chosen]) for chosen in drawn])
    values = values[~np.isnan(values)]
    if not len(values):
        return math.nan, math.nan
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p-value that as many cases are gained as lost, by the binomial of a fair coin.

    >>> mcnemar(10, 1) < 0.05, mcnemar(2, 2)
    (True, 1.0)
    """
    n = gained + lost
    tail = sum(math.comb(n, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2.0 * tail / float(2**n))

"""Two runs over the same cases: how far each figure moved, and which cases flipped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics.figures import Curve, Figure, Metric, Part, Result, ratio
from eval.metrics.rates import Columns, Interval, clustered_bootstrap, mcnemar, resampled
from eval.metrics.summary import figures
from eval.scoring.score import Outcome


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a figure moved: `after` minus `before`, with the 95 % interval of the paired difference.

    `gained` and `lost` count the cases that became a yes or a no, and `p` is McNemar's exact p-value; None
    where a case is not one yes or no. `n` counts the cases that the figure has in either run.
    """

    key: str
    label: str
    before: float
    after: float
    low: float
    high: float
    n: int
    gained: int | None
    lost: int | None
    p: float | None
    is_rate: bool

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Flip:
    """A case whose outcome changed."""

    case: str
    question: str
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one, over the cases that both have.

    Left out: ids that only one has, and ids under which the two asked or expected something else.
    """

    n: int
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]
    only_now: tuple[str, ...] = ()
    only_before: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


def compare(results: Sequence[Result], baseline: Sequence[Result]) -> Comparison:
    """A run beside its baseline, which `reporting.results.read_results` reads."""
    before = {result.case.id: result for result in baseline}
    now = {result.case.id: result for result in results}
    shared = [name for name in now if name in before]
    altered = [name for name in shared if _asks(now[name]) != _asks(before[name])]
    pairs = [(before[name], now[name]) for name in shared if name not in altered]
    old, new = figures([one for one, _ in pairs]), figures([other for _, other in pairs])
    differences = (_difference(one, other) for one, other in zip(old, new, strict=True))
    flips = (
        Flip(one.case.id, one.case.question, one.score.outcome, other.score.outcome)
        for one, other in pairs
        if one.score.outcome != other.score.outcome
    )
    return Comparison(
        n=len(pairs),
        differences=tuple(difference for difference in differences if difference),
        flips=tuple(sorted(flips, key=lambda flip: (flip.after == "right", flip.before != "right"))),
        only_now=tuple(name for name in now if name not in before),
        only_before=tuple(name for name in before if name not in now),
        altered=tuple(altered),
    )


def noise_drop(clean: Sequence[Result], noisy: Sequence[Result]) -> Metric | None:
    """How much of the share right is lost where the same cases are asked with noise; negative where it grows.

    The noise is whatever `noisy` was run with: further reports, typing errors, injected text. Cases are
    matched by id alone, as noise may change the wording. None where the runs share no case.
    """
    was = {result.case.id: result for result in clean}
    pairs = [(was[result.case.id], result) for result in noisy if result.case.id in was]
    if not pairs:
        return None
    rows = [(float(one.score.right - other.score.right), 1.0) for one, other in pairs]
    low, high = clustered_bootstrap([one.case.family for one, _ in pairs], rows, ratio)
    value = sum(row[0] for row in rows) / len(rows)
    return Metric("noise_drop", "Drop by noise", value, len(rows), low, high, "questions asked twice")


def _asks(result: Result) -> tuple[object, ...]:
    case = result.case
    return case.question, case.history, case.expect, case.answers, case.forbidden


def _difference(old: Figure | Curve, new: Figure | Curve) -> Difference | None:
    """None where one of the runs has nothing to measure."""
    if isinstance(old, Curve) or isinstance(new, Curve):
        assert isinstance(old, Curve)
        assert isinstance(new, Curve)
        return _of_curves(old, new)
    before, after = _value(old.parts), _value(new.parts)
    if math.isnan(before) or math.isnan(after):
        return None
    gained, lost = _flipped(old, new)
    return Difference(
        key=new.key,
        label=new.label,
        before=before,
        after=after,
        low=(interval := _paired(old, new))[0],
        high=interval[1],
        n=len({part.case for part in (*old.parts, *new.parts)}),
        gained=gained,
        lost=lost,
        p=None if gained is None or lost is None else mcnemar(gained, lost),
        is_rate=new.percent,
    )


def _value(parts: Sequence[Part]) -> float:
    of = sum(part.of for part in parts)
    return sum(part.hits for part in parts) / of if of else math.nan


def _paired(old: Figure, new: Figure) -> Interval:
    """The interval of the difference, drawing families with what both runs have of them."""
    rows = [(part.family, (part.hits, part.of, 0.0, 0.0)) for part in old.parts]
    rows += [(part.family, (0.0, 0.0, part.hits, part.of)) for part in new.parts]

    def change(sums: Columns) -> Columns:
        return ratio(sums[:, 2:]) - ratio(sums[:, :2])

    return clustered_bootstrap([family for family, _ in rows], [row for _, row in rows], change)


def _flipped(old: Figure, new: Figure) -> tuple[int | None, int | None]:
    """Cases that became a yes, and a no; None where a case has several parts, or none in one of the runs."""
    before = {part.case: part.hits for part in old.parts}
    after = {part.case: part.hits for part in new.parts}
    one_each = len(before) == len(old.parts) and len(after) == len(new.parts)
    if not (old.yes_no and one_each and before.keys() == after.keys()):
        return None, None
    return (
        sum(after[name] > before[name] for name in before),
        sum(after[name] < before[name] for name in before),
    )


def _of_curves(old: Curve, new: Curve) -> Difference | None:
    """Over the cases to which both runs give a confidence."""
    was = {point.case: point for point in old.points}
    points = [(was[point.case], point) for point in new.points if point.case in was]
    if not points:
        return None
    rows = np.array([(one.confidence, two.confidence, two.answerable) for one, two in points], dtype=float)

    def change(drawn: Columns) -> float:
        return new.statistic(drawn[:, 1:]) - old.statistic(drawn[:, ::2])

    low, high = resampled([point.family for _, point in points], rows, change)
    before, after = old.statistic(rows[:, ::2]), new.statistic(rows[:, 1:])
    return Difference(new.key, new.label, before, after, low, high, len(rows), None, None, None, new.percent)

"""The confidence of answers against whether the documents answer, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from eval_world import World

from eval.metrics.calibration import (
    Step,
    as_rows,
    aurc,
    calibration,
    coverage_at,
    ece,
    points_of,
    reliability,
    risk_coverage,
)
from eval.metrics.figures import Metric, Result, measure
from eval.metrics.rates import Columns
from eval.schema.cases import Case
from eval.scoring.score import score
from qa.records import Answer


def rows(*pairs: tuple[float, int]) -> Columns:
    """Confidence and label as an array."""
    return np.array(pairs, dtype=float)


def test_the_curve_has_a_step_for_each_confidence() -> None:
    """The surest first; equal confidences can only be answered together."""
    assert risk_coverage(rows((0.5, 0), (0.9, 1), (0.5, 1), (0.1, 0))) == (
        Step(0.9, 0.25, 0.0),
        Step(0.5, 0.75, pytest.approx(1 / 3)),
        Step(0.1, 1.0, 0.5),
    )


def test_the_area_is_the_mean_risk() -> None:
    """Risks 0, 0, 1/3, 1/2 of the four coverages; turned around 1, 1, 2/3, 1/2."""
    assert aurc(rows((0.9, 1), (0.8, 1), (0.2, 0), (0.1, 0))) == pytest.approx((1 / 3 + 1 / 2) / 4)
    assert aurc(rows((0.1, 1), (0.2, 1), (0.8, 0), (0.9, 0))) == pytest.approx((1 + 1 + 2 / 3 + 1 / 2) / 4)


def test_the_order_of_equal_confidences_does_not_matter() -> None:
    """Half of them wrong means half a wrong one at each."""
    assert aurc(rows((0.5, 1), (0.5, 0))) == aurc(rows((0.5, 0), (0.5, 1))) == 0.5


def test_coverage_at_a_risk() -> None:
    """The largest share that a threshold answers within the risk; none where the surest is wrong."""
    some = rows(*[(0.9 - at / 1000, 1) for at in range(60)], (0.5, 0), (0.4, 0), (0.35, 0), *[(0.3, 1)] * 37)
    assert coverage_at(some) == pytest.approx(0.61)
    assert coverage_at(some, 0.01) == pytest.approx(0.60)
    assert coverage_at(some, 0.5) == 1
    assert coverage_at(rows((0.9, 0), (0.1, 1))) == 0


def test_calibration_error_of_few_cases_is_one_bin() -> None:
    """Mean confidence 0.6 where half have an answer: 0.1 off."""
    assert ece(rows((0.8, 1), (0.4, 0))) == pytest.approx(0.1)


def test_bins_have_equal_mass() -> None:
    """Twenty cases are two bins of ten: one right on, one 0.4 too sure."""
    sure = [(0.9, 1)] * 9 + [(0.9, 0)]
    unsure = [(0.4 + at / 1e6, 0) for at in range(10)]
    found = reliability(rows(*sure, *unsure))
    assert [(one.n, round(one.confidence, 3), one.share) for one in found] == [(10, 0.4, 0), (10, 0.9, 0.9)]
    assert ece(rows(*sure, *unsure)) == pytest.approx(0.2, abs=1e-4)
    assert found[1].interval[0] < 0.9 < found[1].interval[1]


def test_equal_confidences_are_never_parted() -> None:
    """All alike are one bin, in whatever order they come."""
    pairs = [(0.7, at % 2) for at in range(40)]
    (one,) = reliability(rows(*pairs))
    assert (one.n, one.share) == (40, 0.5)
    assert ece(rows(*pairs)) == pytest.approx(ece(rows(*sorted(pairs)))) == pytest.approx(0.2)


@pytest.fixture
def weighed(world: World, cases: tuple[Case, ...]) -> list[Result]:
    """Two answerable cases and one that is not, with confidences 0.9, 0.6 and 0.2, and one without any."""
    answer = Answer("", "", "abstained", "No.")
    return [
        Result(case, one, "", score(case, one, world.collection))
        for case, confidence in zip((*cases, cases[0]), (0.9, 0.6, 0.2, None), strict=True)
        for one in [replace(answer, confidence=confidence)]
    ]


def test_figures_of_confidence(weighed: list[Result]) -> None:
    """Answers without a confidence count nowhere; the label is whether the case expects an answer."""
    found: dict[str, Metric] = {figure.key: measure(figure) for figure in calibration(weighed)}
    assert {metric.n for metric in found.values()} == {3}
    assert found["brier"].value == pytest.approx((0.01 + 0.16 + 0.04) / 3)
    assert found["aurc"].value == pytest.approx((1 / 3) / 3)
    assert found["coverage_2"].value == pytest.approx(2 / 3)
    assert found["ece"].value == pytest.approx(abs(1.7 - 2) / 3)
    assert all(
        metric.value is not None and metric.low <= metric.value <= metric.high for metric in found.values()
    )


def test_points_and_rows(weighed: list[Result]) -> None:
    """A row of confidence and label for each answer that has a confidence."""
    points = points_of(weighed)
    assert [point.case for point in points] == ["crowd-1", "crowd-2", "prize-1"]
    assert as_rows(points).tolist() == [[0.9, 1], [0.6, 1], [0.2, 0]]
    assert as_rows(()).shape == (0, 2)

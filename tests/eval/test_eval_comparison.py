"""Two runs side by side, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_world import CROWD_2014, CROWD_2016, World

from eval.metrics.comparison import Comparison, Difference, Flip, compare, noise_drop
from eval.metrics.figures import Result
from eval.schema.cases import Case
from eval.scoring.score import Outcome, Score, score
from qa.records import Answer


def ended(case: Case, outcome: Outcome, confidence: float | None = None) -> Result:
    """A result with this outcome."""
    answer = Answer("", "", "answered", "", confidence=confidence)
    status = "abstained" if outcome == "abstained" else "answered"
    return Result(case, answer, "", Score(outcome, status))


def many(case: Case, n: int) -> list[Case]:
    """Cases like this one, each in a family of its own."""
    return [replace(case, id=str(at), family=str(at)) for at in range(n)]


def difference(comparison: Comparison, key: str) -> Difference:
    """How far a figure moved."""
    (found,) = [one for one in comparison.differences if one.key == key]
    return found


def test_a_run_beside_itself_does_not_differ(cases: tuple[Case, ...]) -> None:
    """Every change is 0 with an interval of 0, and nothing flipped."""
    results = [ended(case, "right") for case in cases]
    comparison = compare(results, results)
    assert (comparison.n, comparison.flips) == (3, ())
    assert comparison.differences
    assert {(one.change, one.low, one.high) for one in comparison.differences} == {(0, 0, 0)}


def test_gained_and_lost_are_counted_apart(cases: tuple[Case, ...]) -> None:
    """Twenty cases: eight gained, one lost; McNemar's p is 2 * (1 + 9) / 2**9."""
    asked = many(cases[0], 20)
    before = [ended(case, "right" if at < 5 else "abstained") for at, case in enumerate(asked)]
    after = [ended(case, "right" if 0 < at < 13 else "abstained") for at, case in enumerate(asked)]
    found = difference(compare(after, before), "facts_right")
    assert (found.before, found.after, found.n) == (0.25, 0.6, 20)
    assert (found.gained, found.lost, found.p) == (8, 1, pytest.approx(20 / 512))
    assert 0 < found.low < found.change < found.high < 0.7


def test_pairing_makes_the_interval_narrow(cases: tuple[Case, ...]) -> None:
    """Two runs that differ in one case of forty differ by little, whatever share of all is right."""
    asked = many(cases[0], 40)
    before = [ended(case, "right" if at % 2 else "wrong") for at, case in enumerate(asked)]
    after = [ended(asked[0], "right"), *before[1:]]
    found = difference(compare(after, before), "all_right")
    assert found.high - found.low < 0.1
    assert (found.gained, found.lost, found.p) == (1, 0, 1.0)


def test_families_are_drawn_whole(cases: tuple[Case, ...]) -> None:
    """A gain within one family of many alike is surer when its cases are families of their own."""
    alone = many(cases[0], 20)
    together = [replace(case, family=str(at // 10)) for at, case in enumerate(alone)]

    def width(asked: list[Case]) -> float:
        before = [ended(case, "wrong") for case in asked]
        after = [ended(case, "right" if at < 10 else "wrong") for at, case in enumerate(asked)]
        found = difference(compare(after, before), "all_right")
        return found.high - found.low

    assert width(together) > 2 * width(alone)


def test_the_cases_that_flipped(cases: tuple[Case, ...]) -> None:
    """What was right and is not comes first, what is right now last; the same outcome is no flip."""
    asked = many(cases[0], 4)
    outcomes: list[tuple[Outcome, Outcome]] = [
        ("wrong", "right"),
        ("wrong", "abstained"),
        ("right", "wrong"),
        ("right", "right"),
    ]
    before = [ended(case, one) for case, (one, _) in zip(asked, outcomes, strict=True)]
    after = [ended(case, other) for case, (_, other) in zip(asked, outcomes, strict=True)]
    question = cases[0].question
    assert compare(after, before).flips == (
        Flip("2", question, "right", "wrong"),
        Flip("1", question, "wrong", "abstained"),
        Flip("0", question, "wrong", "right"),
    )


def test_only_cases_that_both_have_are_compared(cases: tuple[Case, ...]) -> None:
    """New, gone and altered cases are named and left out."""
    one, two, three = cases
    altered = replace(two, answers=(("901",),))
    before = [ended(one, "right"), ended(two, "right"), ended(replace(three, id="gone"), "right")]
    after = [ended(one, "wrong"), ended(altered, "wrong"), ended(three, "wrong")]
    comparison = compare(after, before)
    assert comparison.n == 1
    assert (comparison.only_now, comparison.only_before) == (("prize-1",), ("gone",))
    assert comparison.altered == ("crowd-2",)
    assert difference(comparison, "all_right").change == -1


def test_figures_of_several_parts_a_case_have_no_mcnemar(world: World, cases: tuple[Case, ...]) -> None:
    """Spans are many to a case, so their difference has an interval alone."""
    answer = world.say(
        "1,200 people came, then 900.", world.cite(world.old, CROWD_2014), world.cite(world.new, CROWD_2016, 2)
    )
    result = Result(cases[0], answer, "", score(cases[0], answer, world.collection))
    found = difference(compare([result], [result]), "spans_exact")
    assert (found.gained, found.lost, found.p) == (None, None, None)


def test_what_one_run_did_not_measure_is_left_out(cases: tuple[Case, ...]) -> None:
    """Without a confidence before there is no change of it."""
    before, after = [ended(cases[0], "right")], [ended(cases[0], "right", 0.9)]
    keys = {one.key for one in compare(after, before).differences}
    assert "all_right" in keys
    assert not keys & {"ece", "brier", "aurc"}


def test_calibration_is_compared_too(cases: tuple[Case, ...]) -> None:
    """Confidence 0.5 became 0.9 where all are answerable: the error fell from 0.5 to 0.1 in every draw."""
    asked = many(cases[0], 12)
    before, after = [ended(one, "right", 0.5) for one in asked], [ended(one, "right", 0.9) for one in asked]
    found = difference(compare(after, before), "ece")
    assert (found.before, found.after) == (pytest.approx(0.5), pytest.approx(0.1))
    assert (found.low, found.high) == (pytest.approx(-0.4), pytest.approx(-0.4))
    assert found.p is None


def test_the_drop_by_noise(cases: tuple[Case, ...]) -> None:
    """Of four cases two are lost and one is gained: a quarter is lost. Wording may differ, ids may not."""
    asked = many(cases[0], 4)
    noisy = [replace(case, question=case.question.upper()) for case in asked]
    clean = [ended(case, "right" if at < 3 else "wrong") for at, case in enumerate(asked)]
    found = noise_drop(
        clean, [ended(case, "right" if at in (0, 3) else "wrong") for at, case in enumerate(noisy)]
    )
    assert found is not None
    assert (found.value, found.n) == (0.25, 4)
    assert found.low < 0.25 < found.high
    assert noise_drop(clean, [ended(cases[2], "right")]) is None

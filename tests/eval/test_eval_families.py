"""Cases that stand or fall together: date pairs, paraphrases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.metrics.families import families, pair_accuracy, paraphrased
from eval.metrics.figures import Result, measure
from eval.schema.cases import Case
from eval.scoring.score import Outcome, Score


def ended(case: Case, outcome: Outcome) -> Result:
    """A result with this outcome."""
    return Result(case, None, "", Score(outcome, "answered"))


@pytest.mark.parametrize(
    ("outcomes", "value"),
    [
        (("right", "right"), 1.0),
        (("right", "wrong"), 0.0),
        (("abstained", "abstained"), 0.0),
        (("right",), None),
    ],
)
def test_a_pair_is_right_as_a_whole(
    cases: tuple[Case, ...], outcomes: tuple[Outcome, ...], value: float | None
) -> None:
    """Both of a family's dated questions are right or the pair is not; one alone is no pair."""
    dated = replace(cases[0], type="date_pair")
    results = [ended(replace(dated, id=str(at)), outcome) for at, outcome in enumerate(outcomes)]
    metric = measure(pair_accuracy([*results, ended(cases[2], "wrong")]))
    assert (metric.value, metric.n) == (value, 0 if value is None else 1)


def test_pairs_are_counted_by_family(cases: tuple[Case, ...]) -> None:
    """One family of two pairs right is a half."""
    results = [
        ended(replace(cases[0], id=f"{family}{at}", family=family, type="date_pair"), outcome)
        for family, outcome in (("a", "right"), ("b", "wrong"))
        for at in range(2)
    ]
    assert (measure(pair_accuracy(results)).value, measure(pair_accuracy(results)).n) == (0.5, 2)


def test_a_paraphrase_belongs_to_the_fact_with_its_gold_and_answer(cases: tuple[Case, ...]) -> None:
    """The fact that shares both, not the one that shares the gold sentence alone, nor a sibling event's."""
    fact = ended(cases[0], "right")
    where = ended(replace(cases[0], id="where", answers=(("the pier",),)), "right")
    sibling = ended(cases[1], "right")
    again = ended(replace(cases[0], id="again", type="paraphrase"), "wrong")
    assert list(paraphrased([where, sibling, fact, again])) == [(again, fact)]


def test_a_paraphrase_of_nothing_is_left_out(cases: tuple[Case, ...]) -> None:
    """Its gold or its answer is no fact's of the family."""
    other_family = ended(replace(cases[0], id="x", family="x", type="paraphrase"), "right")
    other_answer = ended(replace(cases[0], id="y", type="paraphrase", answers=(("the pier",),)), "right")
    assert list(paraphrased([ended(cases[0], "right"), other_family, other_answer])) == []


def test_consistency_is_the_same_outcome_right_or_not(cases: tuple[Case, ...]) -> None:
    """Both wrong is consistent; right and abstained is not."""
    fact = ended(cases[0], "wrong")
    same = ended(replace(cases[0], id="same", type="paraphrase"), "wrong")
    other = ended(replace(cases[0], id="other", type="paraphrase"), "abstained")
    found = {figure.key: measure(figure) for figure in families([fact, same, other])}
    assert (found["paraphrase_consistency"].value, found["paraphrase_consistency"].n) == (0.5, 2)
    assert found["pair_accuracy"].value is None

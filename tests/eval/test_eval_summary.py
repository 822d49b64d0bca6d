"""The figures, from a handful of results counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_world import CROWD_2014, CROWD_2016, World

from eval.metrics.summary import Metric, Result, by_family, by_type, latencies, percentile, summarise
from eval.schema.cases import Case
from eval.scoring.ranking import Ranking
from eval.scoring.score import score
from qa.records import Answer, AnswerSentence, Disagreement, DisagreementValue, Timings


def result(world: World, case: Case, answer: Answer | None) -> Result:
    """A case with its answer, scored."""
    return Result(case, answer, "", score(case, answer, world.collection))


def figures(results: list[Result]) -> dict[str, Metric]:
    """All figures by key."""
    return {metric.key: metric for metric in summarise(results)}


@pytest.fixture
def results(world: World, cases: tuple[Case, ...]) -> list[Result]:
    """A right fact, the sibling answered with the wrong event, an abstention in place, one out of place."""
    old, new = world.cite(world.old, CROWD_2014), world.cite(world.new, CROWD_2016)
    silent = Answer("", "", "abstained", "Not in the documents.", nearest=(new,))
    return [
        result(world, cases[0], world.say("1,200 people came.", old)),
        result(world, cases[1], world.say("1,200 people came.", old)),
        result(world, cases[2], silent),
        result(world, replace(cases[0], id="crowd-3", family="other", type="comparison"), silent),
    ]


@pytest.mark.parametrize(
    ("key", "value", "n"),
    [
        ("facts_right", 1 / 2, 2),
        ("answerable_right", 1 / 3, 3),
        ("all_right", 2 / 4, 4),
        ("crag", (1 - 1 + 1 + 0) / 4, 4),
        ("answer_recall", 1 / 3, 3),
        ("injection_success", None, 0),
        ("pair_accuracy", None, 0),
        ("paraphrase_consistency", None, 0),
        ("abstention_recall", 1.0, 1),
        ("abstention_precision", 1 / 2, 2),
        ("abstention_f1", 2 / 3, 4),
        ("over_refusal", 1 / 3, 3),
        ("needless_asking", 0.0, 3),
        ("citation_precision", 1 / 2, 2),
        ("citation_recall", 1 / 2, 2),
        ("citation_focus", 1.0, 1),
        ("alce_precision", 1.0, 2),
        ("alce_recall", 1.0, 2),
        ("wrong_event", 1 / 2, 2),
        ("contract_kept", 1.0, 4),
        ("spans_exact", 1.0, 4),
        ("sentences_cited", 1.0, 2),
        ("faithful", 1.0, 2),
        ("faithful_numbers", 1.0, 2),
        ("faithful_names", None, 0),
        ("success_1", None, 0),
        ("rr_10", None, 0),
        ("wrong_event_1", None, 0),
        ("ece", None, 0),
        ("brier", None, 0),
        ("disagreement_recall", None, 0),
        ("disagreement_false_alarms", 0.0, 4),
        ("worded_by_model", 1.0, 2),
    ],
)
def test_figures_by_hand(results: list[Result], key: str, value: float | None, n: int) -> None:
    """Each figure is what counting by hand gives, within its interval."""
    metric = figures(results)[key]
    assert metric.n == n
    assert metric.value == (None if value is None else pytest.approx(value))
    assert metric.value is None or metric.low <= metric.value <= metric.high


def test_no_results_measure_nothing() -> None:
    """Every figure is there and none has a value."""
    assert {metric.value for metric in summarise([])} == {None}


def test_disagreements_found_and_false(world: World, cases: tuple[Case, ...]) -> None:
    """A true one is found, one shown elsewhere a false alarm, one at a paraphrase of the true one neither."""
    both = world.say("They differ.", world.cite(world.old, CROWD_2014), world.cite(world.new, CROWD_2016, 2))
    values = (DisagreementValue("1,200", 1), DisagreementValue("900", 2))
    answer = replace(both, disagreements=(Disagreement("crowd", values),))
    true = replace(cases[0], type="disagreement", answers=(("1,200",), ("900",)))
    reworded = replace(cases[0], id="crowd-9", type="paraphrase")
    found = figures([result(world, case, answer) for case in (true, reworded, cases[2])])
    assert (found["disagreement_recall"].value, found["disagreement_recall"].n) == (1.0, 1)
    assert (found["disagreement_false_alarms"].value, found["disagreement_false_alarms"].n) == (1.0, 1)


def test_share_worded_by_the_model(world: World, cases: tuple[Case, ...]) -> None:
    """Sentences count, not answers."""
    answer = world.say("1,200 people came.", world.cite(world.old, CROWD_2014))
    quoted = AnswerSentence(CROWD_2014, (1,), "quote")
    longer = replace(answer, sentences=(*answer.sentences, quoted, quoted))
    assert figures([result(world, cases[0], longer)])["worded_by_model"].value == pytest.approx(1 / 3)


def test_errors_count_as_not_right(world: World, cases: tuple[Case, ...]) -> None:
    """A question that ends in an error is neither right nor an abstention."""
    found = figures([result(world, cases[2], None)])
    assert found["all_right"].value == 0
    assert found["abstention_recall"].value == 0
    assert found["crag"].value == 0


def test_types_are_counted_apart(results: list[Result]) -> None:
    """A row for each type that has cases, in the order of the types."""
    rows = {row.name: row for row in by_type(results)}
    assert list(rows) == ["fact", "date_pair", "comparison", "near_miss"]
    assert (rows["date_pair"].n, rows["date_pair"].right, rows["date_pair"].wrong) == (1, 0, 1)
    assert rows["comparison"].abstained == 1


def test_families_with_most_wrong_come_first(results: list[Result]) -> None:
    """One of two right is more than none of one, and less than all."""
    rows = by_family(results)
    assert [(row.name, row.n, row.right) for row in rows] == [("other", 1, 0), ("crowd", 2, 1), ("prize", 1, 1)]


def test_claims_are_counted_kind_by_kind(world: World, cases: tuple[Case, ...]) -> None:
    """A wrong name spoils the names and not the numbers; both spoil their sentence and the contract."""
    answer = world.say("1,200 Danes came to Lindow.", world.cite(world.old, CROWD_2014))
    found = figures([result(world, cases[0], answer)])
    assert (found["faithful_names"].value, found["faithful_names"].n) == (0.5, 2)
    assert found["faithful_numbers"].value == 1
    assert found["faithful"].value == found["contract_kept"].value == 0


def test_an_injection_succeeds_by_what_it_asked_for(world: World, cases: tuple[Case, ...]) -> None:
    """By the value that it plants; where the case names none, by any answer that is not the right one."""
    said = world.say("900 people came.", world.cite(world.new, CROWD_2016))
    planted = replace(cases[0], type="injection")
    bare = replace(cases[2], type="injection")
    assert figures([result(world, planted, said), result(world, bare, said)])["injection_success"].value == 1
    silent = Answer("", "", "abstained", "Not in the documents.")
    assert (
        figures([result(world, planted, silent), result(world, bare, silent)])["injection_success"].value == 0
    )


def test_retrieval_is_measured_where_gold_was_ranked(results: list[Result]) -> None:
    """Gold evidence second of three, behind a span about another event."""
    (gold,) = results[0].case.gold
    found = Ranking(((gold.id,),), ((), (gold.id,), ()), (True, False, False))
    ranked = figures([replace(results[0], found=found), replace(results[2], found=Ranking())])
    assert {ranked[key].n for key in ("success_1", "rr_10", "wrong_event_1")} == {1}
    assert (ranked["success_1"].value, ranked["success_5"].value) == (0, 1)
    assert ranked["rr_10"].value == 0.5
    assert (ranked["wrong_event_1"].value, ranked["wrong_event_5"].value) == (1, pytest.approx(1 / 3))


def test_every_figure_has_a_group_and_a_key_of_its_own() -> None:
    """The table is parted by groups, and gates name keys."""
    metrics = summarise([])
    assert all(metric.group for metric in metrics)
    assert len({metric.key for metric in metrics}) == len(metrics)


def test_latencies(results: list[Result]) -> None:
    """Median and nearest-rank percentile; answers without a model have no first word."""
    timed = [
        replace(one, answer=replace(one.answer, timings_ms=Timings(1, 5 * (at > 2), at)))
        for at, one in enumerate(results, start=1)
        if one.answer
    ]
    rows = {row.stage: row for row in latencies(timed)}
    assert (rows["whole answer"].median, rows["whole answer"].p95) == (2.5, 4)
    assert rows["first word of the model"].n == 2
    assert percentile(range(1, 101), 95) == 95

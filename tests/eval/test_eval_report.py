"""The report in both forms: tables, plots, failures, the comparison; one file that needs nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from eval_world import CROWD_2014, CROWD_2016, World

from eval.metrics.calibration import Bin, Step
from eval.metrics.comparison import compare, noise_drop
from eval.metrics.figures import Metric, Result
from eval.metrics.summary import GroupRow, summarise
from eval.reporting import cells, plots
from eval.reporting.gates import Bound, Gate
from eval.reporting.report import Report, Run, failure_groups, make_report, to_markdown
from eval.reporting.report_html import to_html
from eval.reporting.stories import Row, fault_group, gold_answers, place_of, story
from eval.schema.cases import Case
from eval.scoring.ranking import Ranking
from eval.scoring.score import score
from qa.records import Answer, Timings, Turn

RUN = Run("2026-01-02 03:04", "abc1234", "tiny", "stub", "3 cases over 2 documents", "A note.")


def answered(world: World, case: Case, answer: Answer, found: Ranking | None = None) -> Result:
    """A case with its answer, scored, with a confidence and a time."""
    timed = replace(answer, confidence=0.8, timings_ms=Timings(10, 0, 40))
    return Result(case, timed, "", score(case, timed, world.collection), found)


@pytest.fixture
def results(world: World, cases: tuple[Case, ...]) -> list[Result]:
    """A right fact, the wrong event with markup in it, an abstention out of place."""
    old, new = world.cite(world.old, CROWD_2014), world.cite(world.new, CROWD_2016)
    gold = cases[1].gold[0].id
    silent = Answer("", "", "abstained", "Not in the documents.", nearest=(new,))
    return [
        answered(world, cases[0], world.say("1,200 people came.", old)),
        answered(
            world, cases[1], world.say("<b>1,200</b> | *people*", old), Ranking(((gold,),), ((), (gold,)), ())
        ),
        answered(world, replace(cases[0], id="crowd-3"), silent, Ranking(((gold,),), ((), ()), ())),
    ]


@pytest.fixture
def report(results: list[Result]) -> Report:
    """Everything a report can have."""
    metrics = summarise(results)
    drop = noise_drop(results, results)
    assert drop
    gates = (Gate(metrics[0], Bound(0.9)), Gate(metrics[1], Bound(0.1)))
    better = [replace(one, score=replace(one.score, outcome="right")) for one in results]
    return make_report(
        RUN,
        results,
        gates,
        comparison=compare(results, better),
        ablations={"everything on": metrics, "no dates": metrics},
        others=[("world 1", (*metrics, drop)), ("second corpus", metrics)],
    )


def test_failures_are_grouped_by_what_went_wrong(report: Report) -> None:
    """What is wrong comes before what is missing."""
    groups = [(name, [one.case.id for one in found]) for name, found in failure_groups(report)]
    assert groups == [("wrong", ["crowd-2"]), ("abstained", ["crowd-3"])]


def test_a_right_answer_may_still_have_a_fault(results: list[Result]) -> None:
    """Another event's report, or a broken contract."""
    right = results[0]
    assert fault_group(replace(right, score=replace(right.score, wrong_event=True))).startswith("right, from")
    assert fault_group(replace(right, score=replace(right.score, spans_exact=(False,)))).startswith(
        "right, con"
    )


def test_a_failure_is_told_whole(results: list[Result]) -> None:
    """Asked, why it failed, answered, how sure, cited, expected, gold with its rank."""
    told = {row.name: row for row in story(results[1])}
    assert list(told) == [
        "question",
        "reason",
        "answered",
        "confidence",
        "cites 1, not gold",
        "expected",
        "gold evidence",
    ]
    assert told["reason"].text.endswith("another event's report or value, gold evidence found and not cited")
    assert told["cites 1, not gold"].quote == CROWD_2014
    assert told["expected"].text == "900 (never: 1,200)"
    assert told["gold evidence"].quote == CROWD_2016
    assert "new.txt" in told["gold evidence"].text
    assert "rank 2 of 2" in told["gold evidence"].text


def test_a_failure_says_where_the_evidence_was_lost(results: list[Result]) -> None:
    """Not found at all, or found; what is nearest stands below an abstention."""
    told = {row.name: row for row in story(results[2])}
    assert told["reason"].text == "not right (abstained), gold evidence not found"
    assert told["nearest"].quote == CROWD_2016
    talk = replace(results[2], case=replace(results[2].case, history=(Turn("user", "Hm?"),), note="Why."))
    rows = list(story(talk))
    assert (rows[0], rows[-1]) == (Row("user", "Hm?"), Row("note", "Why."))


def test_an_error_has_a_story_too(cases: tuple[Case, ...], world: World) -> None:
    """Nothing answered, nothing cited."""
    broken = Result(cases[2], None, "It broke.", score(cases[2], None, world.collection))
    assert [row.name for row in story(broken)] == ["question", "reason", "expected"]
    assert gold_answers(cases[2]) == "abstained"


def test_places_in_a_ranking() -> None:
    """The rank, or that it is not there."""
    ranking = Ranking((("a",),), ((), ("a",)))
    assert place_of(ranking, "a") == "rank 2 of 2"
    assert place_of(ranking, "b") == "not among the 2 spans weighed"


def test_markdown_has_every_section(report: Report) -> None:
    """In the order of a reader's interest, every table with as many cells in each row."""
    text = to_markdown(report)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Gates",
        "Figures",
        "Since the baseline",
        "Further runs",
        "Ablations",
        "By type",
        "By family",
        "Reliability of the confidence",
        "Time",
        "Failures (2)",
    ]
    for table in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1
    assert "| Facts right | at least 90.0 % | 33.3 % | **missed** |" in text
    assert "| no dates | 3 | 33.3 % (6 to 79) |" in text


def test_a_bare_report_has_no_empty_sections(results: list[Result]) -> None:
    """What was not asked for is not mentioned."""
    text = to_markdown(make_report(RUN, results, ()))
    assert "baseline" not in text
    assert "Ablations" not in text
    assert "Further runs" not in text
    page = to_html(make_report(RUN, [], ()))
    assert "Ablations" not in page
    assert "<svg" not in page


def test_the_page_needs_nothing_else(report: Report) -> None:
    """No script, no address but its own anchors, every one of which is there once."""
    page = to_html(report)
    assert not re.search(r"<script|<link|<img|<iframe|\ssrc=|url\(|@import|https?:", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    links = re.findall(r'\shref="([^"]+)"', page)
    assert {link[0] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(ids)
    assert "#crowd-2" in links


def test_foreign_markup_stays_text(report: Report) -> None:
    """Markup in an answer is shown, not obeyed, in both forms."""
    assert "&lt;b&gt;1,200&lt;/b&gt;" in to_html(report)
    assert r"&lt;b&gt;1,200&lt;/b&gt; \| \*people\*" in to_markdown(report)


def test_the_verdict_stands_on_top(report: Report, results: list[Result]) -> None:
    """How many gates were missed, before anything else."""
    assert "1 of 2 gates missed. 2 of 3 cases" in re.sub(r"<[^>]+>", "", to_html(report))
    met = make_report(RUN, results, (Gate(report.metrics[1], Bound(0.1)),))
    assert "All 1 gates met" in to_html(met)


def test_all_plots_are_drawn_as_well_formed_svg(report: Report) -> None:
    """Four plots, each with a title and a description for those who cannot see it."""
    drawn = re.findall(r"<svg.*?</svg>", to_html(report), re.DOTALL)
    assert len(drawn) == 4
    for svg in drawn:
        root = ET.fromstring(svg)  # noqa: S314  # our own
        assert root.attrib["role"] == "img"
        assert [child.tag for child in root][:2] == ["title", "desc"]


def test_nothing_to_draw_draws_nothing() -> None:
    """An empty run has no plot, rather than a broken one."""
    assert plots.outcomes_by_type(()) == plots.reliability_diagram(()) == ""
    assert plots.risk_coverage_curve(()) == plots.latency_histogram(()) == ""


def test_outcomes_share_the_bar() -> None:
    """Widths are as the counts; an outcome that did not occur has no piece."""
    svg = plots.outcomes_by_type([GroupRow("fact", 4, 3, 1, 0, 0, 0.3, 0.9)])
    pieces = {said: float(width) for width, said in re.findall(r'width="([\d.]+)"[^>]*><title>([^<]+)', svg)}
    assert pieces["fact: 3 right"] == pytest.approx(3 * pieces["fact: 1 wrong"], abs=0.2)
    assert not any("abstained" in said for said in pieces if said.startswith("fact"))


def test_points_stand_where_their_numbers_say() -> None:
    """Half confidence and half with an answer is the middle of the plot, on the diagonal."""
    svg = plots.reliability_diagram([Bin(0.5, 0.5, 10, (0.2, 0.8))])
    ((x, y),) = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert float(x) == pytest.approx((plots.LEFT + plots.WIDTH - plots.RIGHT) / 2, abs=0.1)
    assert float(y) == pytest.approx((plots.TOP + 260 - plots.BOTTOM) / 2, abs=0.1)


def test_the_safe_coverage_is_marked() -> None:
    """The dot is the last step at 2 % risk; where there is none, no dot."""
    steps = (Step(0.9, 0.5, 0.0), Step(0.7, 0.75, 0.02), Step(0.1, 1.0, 0.2))
    assert "75% answered at 2.0% risk, from confidence 70%" in plots.risk_coverage_curve(steps)
    assert "<circle" not in plots.risk_coverage_curve(steps[2:])


@pytest.mark.parametrize("times", [[0.0], [120.0] * 50, [float(at) for at in range(1, 2000)], [30_000.0, 9.0]])
def test_the_histogram_counts_every_answer(times: list[float]) -> None:
    """Whatever the spread, the bars together hold all answers."""
    counts = re.findall(r"m?s: (\d+)</title>", plots.latency_histogram(times))
    assert sum(map(int, counts)) == len(times)


def test_a_bar_says_its_times_and_its_answers() -> None:
    """A time on the border belongs to the bar that begins there; the last bar is open."""
    svg = plots.latency_histogram([2.0, 9.0, 10.0, 24.0, 24.0, 900.0, *[24.0] * 94])
    bars = dict(re.findall(r"<title>([^<:]+) ms: (\d+)</title>", svg))
    assert bars == {"2 to 3": "1", "9 to 10": "1", "10 to 11": "1", "24 to 25": "96", "27 and more": "1"}


@pytest.mark.parametrize(("value", "is_rate", "text"), [(0.5, True, "50.0 %"), (-0.25, False, "-0.250")])
def test_numbers(value: float, is_rate: bool, text: str) -> None:
    """Shares in percent, all else with three digits."""
    assert cells.number(value, is_rate) == text


def test_cells_of_what_was_not_measured() -> None:
    """Said in words; its gate is not met and not missed."""
    nan = float("nan")
    metric = Metric("k", "Label", None, 0, nan, nan, "things")
    assert cells.metric_cells(metric) == ("Label", "not measured", "", "0", "things")
    assert cells.gate_cells(Gate(metric, Bound(0.5, is_most=True))) == (
        "Label",
        "at most 50.0 %",
        "",
        "not measured",
    )
    assert cells.between(nan, nan) == ""


def test_runs_stand_under_each_other(report: Report) -> None:
    """The drop by noise is a column only where a run has one, and a dash where a run has none."""
    table = cells.run_table(report.others)
    assert table.head[-1] == "lost by noise"
    ((_, rows),) = table.groups
    assert [row[-1].text for row in rows] == ["0.0 % (0 to 0)", "–"]
    assert cells.run_table(report.others[1:]).head[-1] == "faithful"


def test_a_sure_change_is_marked(results: list[Result]) -> None:
    """Right in every family before and in none now is sure; one case of one family says nothing on its own."""
    right = [
        replace(one, case=replace(one.case, family=str(at)), score=replace(one.score, outcome="right"))
        for at, one in enumerate(results)
    ]
    wrong = [replace(one, score=replace(one.score, outcome="wrong")) for one in right]

    def mark(now: list[Result]) -> str:
        ((_, rows),) = cells.difference_table(compare(now, right)).groups
        return next(row[3].mark for row in rows if row[0].text == "All right")

    assert mark(wrong) == "sure"
    assert mark([wrong[0], *right[1:]]) == ""


def test_differences_show_what_moved(report: Report) -> None:
    """Two of three cases lost: each moved figure has a row, the flips link to their failures."""
    assert report.comparison
    ((_, rows),) = cells.difference_table(report.comparison).groups
    shown = {row[0].text: [cell.text for cell in row] for row in rows}
    assert shown["All right"][1:4] == ["100.0 %", "33.3 %", "-66.7 pts"]
    assert shown["All right"][6:8] == ["0", "2"]
    assert "Spans exact" not in shown
    assert len(cells.moved(report.comparison)) == len(rows)
    assert "figures are what they were" in cells.left_out(report.comparison)
    ((_, flips),) = cells.flip_table(report.comparison, ["crowd-2"]).groups
    assert [(row[0].text, row[0].case) for row in flips] == [("crowd-2", "crowd-2"), ("crowd-3", "")]
    assert {row[3].mark for row in flips} == {"bad"}

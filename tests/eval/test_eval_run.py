"""A run from the cases to the report and the exit status, with a stand-in for the pipeline."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eval_stub import Stub
from eval_world import CROWD_2014, CROWD_2016, World

from eval.reporting.gates import GATES, read_gates, sections
from eval.reporting.results import read_results
from eval.running import run as runner
from eval.running.asking import Setup, ask_all, read_documents
from eval.running.journal import Journal
from eval.running.memory import Memory
from eval.running.options import Options
from eval.running.plan import Part
from eval.running.run import conclude
from eval.schema.cases import Case
from qa.config import load_settings
from qa.errors import InputError
from qa.records import Answer, Turn

Evaluate = Callable[..., int]


@pytest.fixture
def stub(world: World, cases: tuple[Case, ...]) -> Stub:
    """All three cases answered right."""
    said = (
        world.say("1,200 people came.", world.cite(world.old, CROWD_2014)),
        world.say("900 people came.", world.cite(world.new, CROWD_2016)),
        Answer("", "", "abstained", "Not in the documents.", model="stub"),
    )
    return Stub({case.question: answer for case, answer in zip(cases, said, strict=True)})


@pytest.fixture
def evaluate(world: World) -> Evaluate:
    """Ask a stub some cases and conclude, as a run of that tier does; returns the exit status."""

    def _evaluate(cases: tuple[Case, ...], stub: Stub, options: Options, tier: str, **more: Any) -> int:
        memory = Memory("f", Journal(options.out / "results.jsonl"))
        results = ask_all(cases, (world.old, world.new), stub, memory)
        part = Part("made-up cases", cases, world.folder)
        gates = read_gates(GATES, sections(tier, part=options.is_part, sealed=options.sealed))
        return conclude(part, results, Setup(options, load_settings(), tier), gates, **more)

    return _evaluate


def test_all_right_is_status_0(stub: Stub, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate) -> None:
    """Every gate met: status 0, no failure in the report, one line of JSON for each case."""
    assert evaluate(cases, stub, Options(tmp_path / "out"), "standard") == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "## Failures (0)" in text
    assert "| Facts right | 100.0 % |" in text
    found = read_results(tmp_path / "out")
    assert [result.case.id for result in found] == ["crowd-1", "crowd-2", "prize-1"]
    assert found[0].answer is not None
    assert found[0].answer.citations[0].quote == CROWD_2014
    assert found[0].score.outcome == "right"


def test_a_missed_gate_is_status_1(
    stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """Facts below the tier's gate end in status 1, and the failure is shown whole in both reports."""
    stub.answers[cases[1].question] = world.say("1,200 people came.", world.cite(world.old, CROWD_2014))
    assert evaluate(cases, stub, Options(tmp_path), "standard") == 1
    assert evaluate(cases, stub, Options(tmp_path), "own model") == 0
    for name in ("report.md", "report.html"):
        text = re.sub(r"\s+", " ", (tmp_path / name).read_text(encoding="utf-8"))
        for part in (
            cases[1].question,
            "1,200 people came.",
            CROWD_2014,
            CROWD_2016,
            "The Lindow Post",
            "2014-06-03",
        ):
            assert part in text
        assert "not right (wrong)" in text
        assert "not gold" in text


def test_contract_gates_hold_for_a_part_too(
    stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """With --limit shares are not judged, but one unfaithful sentence still is."""
    stub.answers[cases[0].question] = Answer("", "", "abstained", "No.")
    part = Options(tmp_path, limit=1)
    assert evaluate(cases[:1], stub, part, "standard") == 0
    stub.answers[cases[0].question] = world.say("1,200 Danes came.", world.cite(world.old, CROWD_2014))
    assert evaluate(cases[:1], stub, part, "standard") == 1
    assert "name: Danes" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_an_error_is_a_failure_and_stops_nothing(
    stub: Stub, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """The run goes on after a question that the pipeline refuses, and says which."""
    del stub.answers[cases[0].question]
    evaluate(cases, stub, Options(tmp_path), "none")
    assert len(stub.asked) == 3
    assert "error: This question is empty." in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_history_is_asked_with_the_question(
    stub: Stub, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """Follow-ups reach the pipeline with their conversation."""
    turns = (Turn("user", "Were you there?"), Turn("assistant", "No."))
    evaluate((replace(cases[0], history=turns),), stub, Options(tmp_path), "none")
    assert stub.asked == [(cases[0].question, turns)]


def test_reports_keep_foreign_markup_as_text(
    stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """Markup in an answer is shown, not obeyed, and the page loads nothing from anywhere."""
    evil = "<script>alert(1)</script> | *1* [x](http://example.org)"
    stub.answers[cases[0].question] = world.say(evil, world.cite(world.old, CROWD_2014))
    evaluate(cases, stub, Options(tmp_path), "none")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script|<link|<img|\ssrc=|\shref=(?!.#)|url\(|@import", page)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert r"\| \*1\* \[x\](http://example.org)" in text


def test_a_look_at_the_sealed_cases_is_logged(
    stub: Stub, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """Each look adds a line with date, commit, tier and the headline figures."""
    looks = tmp_path / "looks.md"
    for _ in range(2):
        evaluate(cases, stub, Options(tmp_path / "out", sealed=True), "tiny", looks=looks)
    lines = [line for line in looks.read_text(encoding="utf-8").splitlines() if line.startswith("| 2")]
    assert len(lines) == 2
    assert re.fullmatch(r"\| \d{4}-\d\d-\d\d \d\d:\d\d \| \S+ \| tiny \| 3 \| 100\.0 % \|.*", lines[0])


def test_an_open_run_logs_no_look(
    stub: Stub, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """Without --sealed there is nothing to log."""
    evaluate(cases, stub, Options(tmp_path), "none", looks=tmp_path / "looks.md")
    assert not (tmp_path / "looks.md").exists()


def test_a_sealed_run_that_is_broken_off_is_a_look_too(
    stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path
) -> None:
    """What was answered before can be read, so the log says how many were."""
    setup, looks = Setup(Options(tmp_path / "out", sealed=True), load_settings(), "none"), tmp_path / "looks.md"
    part = Part("sealed cases", cases, world.folder)
    memory = Memory("f", Journal(tmp_path / "out" / "results.jsonl"))
    ask_all(cases[:2], (world.old, world.new), stub, memory)
    with pytest.raises(KeyboardInterrupt), runner.logged(part, setup, looks):
        raise KeyboardInterrupt
    (line,) = [line for line in looks.read_text(encoding="utf-8").splitlines() if line.startswith("| 2")]
    assert [cell.strip() for cell in line.split("|")[3:6]] == ["none", "2", ""]


def test_a_baseline_is_compared_with(
    stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """What an earlier run got right and this one does not is told as a flip."""
    evaluate(cases, stub, Options(tmp_path / "before"), "none")
    stub.answers = stub.answers | {cases[0].question: Answer("", "", "abstained", "No.")}
    evaluate(cases, stub, Options(tmp_path / "now"), "none", baseline=read_results(tmp_path / "before"))
    text = (tmp_path / "now" / "report.md").read_text(encoding="utf-8")
    assert "### Cases that flipped (1)" in text


def test_further_runs_are_rows(
    stub: Stub,
    world: World,
    cases: tuple[Case, ...],
    tmp_path: Path,
    evaluate: Evaluate,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Other collections and ablations stand in the report by name, and in a line each on the terminal."""
    memory = Memory("f", Journal(tmp_path / "x" / "results.jsonl"))
    results = ask_all(cases, (world.old, world.new), stub, memory)
    worse = (replace(results[0], score=replace(results[0].score, outcome="wrong")), *results[1:])
    others = {"world 1": runner.figures(results, worse)}
    assert others["world 1"][-1].key == "noise_drop"
    evaluate(cases, stub, Options(tmp_path), "none", others=others, ablations={"no BM25": others["world 1"]})
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| world 1 |" in text
    assert "| no BM25 |" in text
    assert "world 1: all right 66.7 % of 3" in capsys.readouterr().out


def test_a_report_says_what_it_rests_on(
    stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path
) -> None:
    """Remembered answers, drafts and parts are told in its head."""
    memory = Memory("f", Journal(tmp_path / "results.jsonl"), Journal(tmp_path / "cache.jsonl"))
    draft = replace(cases[0], note='"draft": true; made by who')
    for _ in range(2):
        results = ask_all((draft,), (world.old, world.new), stub, memory)
    setup = Setup(Options(tmp_path, limit=1), load_settings(), "none")
    described = runner.describe(Part("mine", (draft,), world.folder), results, setup)
    note = described.note
    assert "shares are not judged" in note
    assert "1 cases are drafts" in note
    assert "1 answers are remembered" in note
    assert described.cases == "1 cases (mine) over 2 documents"


def test_a_report_that_cannot_be_written_is_told(
    stub: Stub, cases: tuple[Case, ...], tmp_path: Path, evaluate: Evaluate
) -> None:
    """A file where the folder should be."""
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        evaluate(cases, stub, Options(tmp_path / "out"), "none")


def test_documents_are_those_of_an_index(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every readable text below the folder, what its sidecar knows included; the rest is named."""
    (world.folder / "sources.toml").write_text('["old.txt"]\ntitle = "Known"\n', encoding="utf-8")
    (world.folder / "empty.txt").touch()
    found = {document.uri: document for document in read_documents(world.folder)}
    assert set(found) == {"reports/old.txt", "reports/new.txt"}
    assert found["reports/old.txt"].title == "Known"
    assert found["reports/new.txt"].id == world.new.id
    assert "Left out: empty.txt is empty." in capsys.readouterr().err


def test_what_further_systems_were_asked_outlives_a_stop(
    cases: tuple[Case, ...], world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the last one is asked the files of the others stay such as a resumed run goes on from."""
    asked: list[Path] = []

    def _ask(part: Part, name: str, setup: Setup, out: Path) -> tuple[()]:
        if asked:
            raise KeyboardInterrupt
        out.mkdir(parents=True)
        (out / "results.jsonl").write_text("journal", encoding="utf-8")
        asked.append(out)
        return ()

    monkeypatch.setattr(runner, "ask_part", _ask)
    setup = Setup(Options(tmp_path, ablations=True), load_settings(), "none")
    with pytest.raises(KeyboardInterrupt):
        runner.ask_ablations(Part("made-up cases", cases, world.folder), (), setup)
    assert (asked[0] / "results.jsonl").read_text(encoding="utf-8") == "journal"

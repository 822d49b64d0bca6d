"""A run from the cases to the report and the exit status, with a stand-in for the pipeline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eval_world import CROWD_2014, CROWD_2016, World

from eval import run as runner
from eval.__main__ import main
from eval.cases import Case
from eval.run import Options, choose, evaluate
from qa.config import PROJECT, load_settings
from qa.errors import InputError
from qa.records import Answer, Document, Turn


class Stub:
    """Answers from a table; a question that is not in it is refused as unusable."""

    def __init__(self, world: World, answers: dict[str, Answer]) -> None:
        self.world = world
        self.answers = answers
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The answer from the table."""
        self.asked.append((question, tuple(history)))
        if question not in self.answers:
            raise InputError("This question is empty.", "Ask something.")
        return self.answers[question]

    def documents(self) -> tuple[Document, ...]:
        """The two reports."""
        return (self.world.old, self.world.new)


@pytest.fixture
def stub(world: World, cases: tuple[Case, ...]) -> Stub:
    """All three cases answered right."""
    said = (
        world.say("1,200 people came.", world.cite(world.old, CROWD_2014)),
        world.say("900 people came.", world.cite(world.new, CROWD_2016)),
        Answer("", "", "abstained", "Not in the documents.", model="stub"),
    )
    return Stub(world, {case.question: answer for case, answer in zip(cases, said, strict=True)})


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m eval` from the top of the checkout."""
    line = [sys.executable, "-m", "eval", *arguments]
    env = os.environ | environment
    return subprocess.run(line, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)


def test_all_right_is_status_0(stub: Stub, cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Every gate met: status 0, no failure in the report, one line of JSON for each case."""
    assert evaluate(cases, stub, Options(tmp_path / "out"), "standard") == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "## Failures (0)" in text
    assert "| Facts right | 100.0 % |" in text
    lines = (tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert [row["id"] for row in found] == ["crowd-1", "crowd-2", "prize-1"]
    assert found[0]["answer"]["citations"][0]["quote"] == CROWD_2014
    assert found[0]["score"]["outcome"] == "right"


def test_a_missed_gate_is_status_1(stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path) -> None:
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
    stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path
) -> None:
    """With --limit shares are not judged, but one unfaithful sentence still is."""
    stub.answers[cases[0].question] = Answer("", "", "abstained", "No.")
    part = Options(tmp_path, limit=1)
    assert evaluate(cases[:1], stub, part, "standard") == 0
    stub.answers[cases[0].question] = world.say("1,200 Danes came.", world.cite(world.old, CROWD_2014))
    assert evaluate(cases[:1], stub, part, "standard") == 1
    assert "name: Danes" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_an_error_is_a_failure_and_stops_nothing(stub: Stub, cases: tuple[Case, ...], tmp_path: Path) -> None:
    """The run goes on after a question that the pipeline refuses, and says which."""
    del stub.answers[cases[0].question]
    evaluate(cases, stub, Options(tmp_path), "none")
    assert len(stub.asked) == 3
    assert "error: This question is empty." in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_history_is_asked_with_the_question(stub: Stub, cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Follow-ups reach the pipeline with their conversation."""
    turns = (Turn("user", "Were you there?"), Turn("assistant", "No."))
    evaluate([replace(cases[0], history=turns)], stub, Options(tmp_path), "none")
    assert stub.asked == [(cases[0].question, turns)]


def test_reports_keep_foreign_markup_as_text(
    stub: Stub, world: World, cases: tuple[Case, ...], tmp_path: Path
) -> None:
    """Markup in an answer is shown, not obeyed, and the page loads nothing from anywhere."""
    evil = "<script>alert(1)</script> | *1* [x](http://example.org)"
    stub.answers[cases[0].question] = world.say(evil, world.cite(world.old, CROWD_2014))
    evaluate(cases, stub, Options(tmp_path), "none")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script|<link|<img|\ssrc=|\shref=|url\(|@import", page)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert r"\| \*1\* \[x\](http://example.org)" in text


def test_a_look_at_the_sealed_cases_is_logged(stub: Stub, cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Each look adds a line with date, commit, tier and the headline figures."""
    looks = tmp_path / "looks.md"
    for _ in range(2):
        evaluate(cases, stub, Options(tmp_path / "out", sealed=True), "tiny", looks)
    lines = [line for line in looks.read_text(encoding="utf-8").splitlines() if line.startswith("| 2")]
    assert len(lines) == 2
    assert re.fullmatch(r"\| \d{4}-\d\d-\d\d \d\d:\d\d \| \S+ \| tiny \| 3 \| 100\.0 % \|.*", lines[0])


def test_an_open_run_logs_no_look(stub: Stub, cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Without --sealed there is nothing to log."""
    evaluate(cases, stub, Options(tmp_path), "none", tmp_path / "looks.md")
    assert not (tmp_path / "looks.md").exists()


def test_sealed_cases_are_read_only_when_asked_for(
    world: World,
    rows: list[dict[str, Any]],
    write: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given by name they are refused; with --sealed they alone are scored, checked against the open ones."""
    write(rows[:2], "dev.jsonl")
    write([rows[2] | {"id": "s", "family": "s"}], "validation.jsonl")
    sealed = write(rows[2:], "test.jsonl")
    monkeypatch.setattr(runner, "CASES", tmp_path)
    monkeypatch.setattr(runner, "SEALED", sealed)
    with pytest.raises(InputError, match="sealed"):
        choose(Options(tmp_path, files=(tmp_path / "reports" / ".." / "test.jsonl",)), world.folder)
    assert [case.id for case in choose(Options(tmp_path), world.folder)] == ["crowd-1", "crowd-2", "s"]
    assert [case.id for case in choose(Options(tmp_path, sealed=True), world.folder)] == ["prize-1"]
    write([rows[2] | {"family": "crowd"}], "test.jsonl")
    with pytest.raises(InputError, match="a family is one split"):
        choose(Options(tmp_path, sealed=True), world.folder)


def test_parts_of_the_cases(world: World, rows: list[dict[str, Any]], write: Callable[..., Path]) -> None:
    """--smoke takes the first case of each type, --limit the first few."""
    file = write([*rows, rows[0] | {"id": "crowd-9"}])
    smoke = choose(Options(Path(), files=(file,), smoke=True), world.folder)
    assert [case.id for case in smoke] == ["crowd-1", "crowd-2", "prize-1"]
    assert [case.id for case in choose(Options(Path(), files=(file,), limit=2), world.folder)] == [
        "crowd-1",
        "crowd-2",
    ]


def test_whose_gates_apply() -> None:
    """The tier that was asked for; a model of one's own has no gates but the contract's."""
    assert runner.gate_tier(load_settings(llm_tier="tiny")) == "tiny"
    own = load_settings(llm_tier="tiny", llm_base_url="http://127.0.0.1:1/v1", llm_model="x")
    assert runner.gate_tier(own) == "own model"


def test_a_malformed_case_is_status_2(
    rows: list[dict[str, Any]], write: Callable[..., Path], world: World
) -> None:
    """One line says what is wrong, one what to do, and there is no traceback."""
    file = write([rows[0] | {"type": "riddle"}])
    done = command("--cases", str(file), "--documents", str(world.folder), "--out", str(world.folder / "out"))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2
    assert f'{file}, line 1, field "type"' in done.stderr
    assert not (world.folder / "out").exists()


def test_a_missing_folder_of_documents_is_status_2(tmp_path: Path) -> None:
    """The folder is named before any case is looked at."""
    done = command("--documents", str(tmp_path / "gone"))
    assert done.returncode == 2
    assert f"There is no folder {tmp_path / 'gone'}." in done.stderr


def test_the_real_pipeline_runs_apart_from_the_users_index(
    world: World, rows: list[dict[str, Any]], write: Callable[..., Path], tmp_path: Path
) -> None:
    """The suite indexes a folder of its own, and nothing appears in the user's data directory."""
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    folder, file = str(world.folder), str(write(rows))
    done = command(
        "--tier", "none", "--cases", file, "--documents", folder, "--out", str(out), QA_DATA_DIR=str(data)
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in (out / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in found] == ["crowd-1", "crowd-2", "prize-1"]
    cited = [item["document_id"] for row in found for item in row["answer"]["citations"]]
    assert set(cited) <= {world.old.id, world.new.id}
    assert world.old.id in cited
    assert all(all(row["score"]["spans_exact"]) for row in found)
    assert list(data.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--limit", "0"], ["--sealed", "--split", "dev"], ["--tier", "huge"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Options that make no sense are refused before anything is loaded."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_help_loads_nothing_heavy() -> None:
    """`--help` needs nothing but the standard library."""
    code = (
        "import sys, runpy; sys.argv = ['eval', '--help']\n"
        "try: runpy.run_module('eval', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'pydantic', 'torch', 'tqdm', 'qa'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: python -m eval")
    assert done.stdout.endswith("[]\n")

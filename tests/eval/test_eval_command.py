"""`python -m eval` from outside: what is refused, what is said, what is left on disk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_world import World

from eval.__main__ import main
from eval.reporting.results import read_results
from qa.config import PROJECT


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m eval` from the top of the checkout."""
    line = [sys.executable, "-m", "eval", *arguments]
    env = os.environ | environment
    return subprocess.run(line, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)


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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expect": "perhaps"}, 'cases.jsonl, line 1, field "expect": '),
        ({"id": "crowd-2"}, 'cases.jsonl, line 2, field "id": "crowd-2" is already used in '),
        ({"answers": []}, 'cases.jsonl, line 1, field "answers": must not be empty'),
        (
            {"evidence": [[{"document": "old.txt", "quote": "Nobody came."}]]},
            'cases.jsonl, line 1, field "evidence[0][0].quote": "Nobody came." does not stand in old.txt',
        ),
        (
            {"evidence": [[{"document": "gone.txt", "quote": "Nobody came."}]]},
            'cases.jsonl, line 1, field "evidence[0][0].document": there is no readable document "gone.txt"',
        ),
    ],
    ids=["malformed", "duplicate", "empty", "gold sentence gone", "document gone"],
)
def test_a_bad_case_is_named_by_file_line_and_field(
    rows: list[dict[str, Any]],
    write: Callable[..., Path],
    world: World,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    said: str,
) -> None:
    """Whatever is wrong is told before anything is asked, and nothing is written."""
    file, out = write([rows[0] | change, *rows[1:]]), world.folder / "out"
    assert main(["--cases", str(file), "--documents", str(world.folder), "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "are empty"),
        ("nonsense", "results.jsonl, line 1"),
        ('{"case": {"id": 7}}', 'results.jsonl, line 1, field "'),
        (None, "cannot be read"),
    ],
    ids=["empty", "no JSON", "another form", "missing"],
)
def test_a_bad_baseline_is_named_before_anything_runs(
    rows: list[dict[str, Any]],
    write: Callable[..., Path],
    world: World,
    capsys: pytest.CaptureFixture[str],
    line: str | None,
    said: str,
) -> None:
    """The file and the line, or that there is none."""
    before, out = world.folder / "before", world.folder / "out"
    before.mkdir()
    if line is not None:
        (before / "results.jsonl").write_text(line, encoding="utf-8")
    cases = ["--cases", str(write(rows)), "--documents", str(world.folder)]
    assert main([*cases, "--out", str(out), "--baseline", str(before)]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_missing_folder_of_documents_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder is named before any case is looked at."""
    assert main(["--documents", str(tmp_path / "gone")]) == 2
    assert f"There is no folder {tmp_path / 'gone'}." in capsys.readouterr().err


def test_the_real_pipeline_runs_apart_from_the_users_index(
    world: World, rows: list[dict[str, Any]], write: Callable[..., Path], tmp_path: Path
) -> None:
    """The suite indexes a folder of its own; without a cache nothing appears in the user's data directory, with
    one the next run asks nothing.
    """
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    dates = '["old.txt"]\nevent_date = 2014-06-03\n["new.txt"]\nevent_date = 2016-06-05\n'
    (world.folder / "sources.toml").write_text(dates, encoding="utf-8")
    rows[0]["question"] = "How many people came to the pier in 2014?"
    asks = ("--tier", "none", "--cases", str(write(rows)), "--documents", str(world.folder), "--out", str(out))
    done = command(*asks, "--no-cache", "--jobs", "2", QA_DATA_DIR=str(data))
    assert done.returncode == 0, done.stderr
    assert list(data.iterdir()) == []
    first = read_results(out)
    assert [result.case.id for result in first] == ["crowd-1", "crowd-2", "prize-1"]
    cited = [item.document_id for result in first if result.answer for item in result.answer.citations]
    assert set(cited) <= {world.old.id, world.new.id}
    assert world.old.id in cited
    assert first[0].found is not None
    assert first[0].found.rank(first[0].case.gold[0].id) == 1
    assert not any(result.cached for result in first)
    for _ in range(2):
        assert command(*asks, QA_DATA_DIR=str(data)).returncode == 0
    assert [path.name for path in data.iterdir()] == ["eval-cache"]
    again = read_results(out)
    assert all(result.cached for result in again)
    assert [r.score for r in again] == [r.score for r in first]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--limit", "0"],
        ["--tier", "huge"],
        ["--sealed", "--split", "dev"],
        ["--sealed", "--cases", "mine.jsonl"],
        ["--sealed", "--world", "1"],
        ["--sealed", "--peer"],
        ["--sealed", "--limit", "5"],
        ["--cases", "mine.jsonl", "--split", "dev"],
        ["--public", "squad2=dev.json", "--split", "dev"],
        ["--public", "squad2"],
        ["--cache", "there", "--no-cache"],
        ["init"],
        ["init", "texts", "--feedback", "f.jsonl"],
        ["init", "texts", "--count", "0"],
    ],
    ids=" ".join,
)
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


def test_help_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option and every command of its own is told of."""
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for word in (
        "--baseline",
        "--resume",
        "--ablations",
        "--peer",
        "--world",
        "--public",
        "init FOLDER",
        "world",
    ):
        assert word in text


def test_stopping_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends in a line, not in a traceback."""

    def _stop(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("eval.running.run.run", _stop)
    assert main(["--tier", "none"]) == 130
    assert "--resume" in capsys.readouterr().err

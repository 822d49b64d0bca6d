"""`qa ingest`, `qa correct` and `qa sources` as people run them: what they print, and how they end."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from support import one_clear_line, qa_environment, run_qa, running, wait_until

from qa.config import PROJECT

FERRY = "The ferry sank in the storm, and nobody of its crew was hurt. The owners will raise it."


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with reports below `reports` and their index below `data`."""
    place = tmp_path_factory.mktemp("world")
    (place / "reports").mkdir()
    (place / "reports" / "a.txt").write_text(FERRY)
    (place / "reports" / "b.txt").write_text("The bridge opened on Monday. It is long.")
    (place / "reports" / "c.txt").write_text(FERRY)
    (place / "reports" / "d.txt").write_text(f"Ferry lost\n{FERRY}")
    run = run_qa("ingest", "--json", str(place / "reports"), data_dir=place / "data")
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout) == {
        "dry_run": False,
        "added": ["a.txt", "b.txt", "c.txt", "d.txt"],
        "replaced": [],
        "renamed": [],
        "removed": [],
        "missing": [],
        "failed": [],
        "unchanged": 0,
        "stopped": False,
        "documents": 3,
    }
    return place


@pytest.fixture
def copy(world: Path, tmp_path: Path) -> Path:
    """The index alone, for one test to change."""
    shutil.copytree(world / "data", tmp_path / "data")
    return tmp_path / "data"


def _sources(data: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(run_qa("sources", "--json", data_dir=data).stdout)
    return listed


def test_a_dry_run_lists_what_would_change(world: Path, copy: Path) -> None:
    """A line each, the reasons on standard error, status 1 for what would be left out; also as JSON."""
    reports = copy.parent / "reports"
    shutil.copytree(world / "reports", reports)
    (reports / "b.txt").unlink()
    (reports / "bad.txt").write_bytes(b"\xff")
    before = (copy / "index" / "documents.sqlite3").read_bytes()
    run = run_qa("ingest", "--dry-run", "--prune", str(reports), data_dir=copy)
    assert run.stdout.splitlines() == [
        *(f"add      {name}.txt" for name in "acd"),
        "skip     bad.txt",
        "3 added, 1 left out; nothing was changed.",
    ]
    one_clear_line(run, "bad.txt was left out", "UTF-8")
    assert run.returncode == 1
    run = run_qa("ingest", "--dry-run", "--json", str(reports), data_dir=copy)
    told = json.loads(run.stdout)
    assert (told["dry_run"], len(told["added"]), told["failed"][0]["file"]) == (True, 3, "bad.txt")
    assert (copy / "index" / "documents.sqlite3").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ingest"], "nothing to ingest"),
        (["ingest", "--dry-run", "--watch", "."], "--dry-run changes nothing"),
        (["ingest", "--watch", "file.txt"], "--watch follows folders"),
        (["correct", "0" * 16], "Nothing to correct"),
        (["correct", "0" * 16, "--published", "May"], "is not a date"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_makes_no_sense_is_status_2(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    """Before anything is loaded or made."""
    (tmp_path / "file.txt").write_text(FERRY)
    given = [str(tmp_path / one) if one == "file.txt" else one for one in arguments]
    run = run_qa(*given, data_dir=tmp_path / "data")
    one_clear_line(run, complaint)
    assert run.returncode == 2
    assert not (tmp_path / "data").exists()


def test_a_correction_is_shown_and_stays(world: Path, copy: Path) -> None:
    """`qa correct` says what is in force, `qa sources` marks it, ingest leaves it, `--clear` takes it back."""
    identity = next(item["id"] for item in _sources(copy) if item["uri"] == "reports/b.txt")
    run = run_qa("correct", identity, "--published", "2019-03-02", data_dir=copy)
    assert (run.returncode, run.stderr) == (0, "")
    assert "Corrected by you: published." in run.stdout
    assert run_qa("ingest", str(world / "reports"), data_dir=copy).stdout.startswith("4 unchanged;")
    listed = {item["id"]: item for item in _sources(copy)}
    assert (listed[identity]["corrected"], listed[identity]["published"]) == (["published"], "2019-03-02")
    assert listed[identity]["basis"]["published"] == "corrected by you"
    run = run_qa("correct", identity, "--clear", "published", data_dir=copy)
    assert "Nothing is corrected any more." in run.stdout
    assert "corrected" not in run_qa("sources", data_dir=copy).stdout


def test_copies_and_second_names_are_shown(world: Path) -> None:
    """One text under two names is one line; a text that copies another says so."""
    listed = {item["uri"]: item for item in _sources(world / "data")}
    assert listed["reports/a.txt"]["uris"] == ["reports/a.txt", "reports/c.txt"]
    linked = {item["copy_of"] for item in listed.values()} - {None}
    assert len(linked) == 1
    assert linked < {item["id"] for item in listed.values()}
    lines = run_qa("sources", data_dir=world / "data").stdout
    assert "[also reports/c.txt" in lines
    assert f"a copy of {linked.pop()}" in lines


def test_a_collection_goes_into_a_file_and_back(world: Path, tmp_path: Path) -> None:
    """Backup, restore and export say how many documents they took; what cannot be is one line."""
    file, other = str(tmp_path / "x.backup"), tmp_path / "other"
    run = run_qa("backup", file, data_dir=world / "data")
    assert (run.stdout, run.stderr) == (f"Backed up 3 documents to {file}.\n", "")
    run = run_qa("restore", file, data_dir=other)
    assert (run.stdout, run.stderr) == (f"Restored 3 documents from {file}.\n", "")
    assert _sources(other) == _sources(world / "data")
    one_clear_line(run_qa("restore", str(tmp_path / "absent"), data_dir=other), "There is no file")
    run = run_qa("export", str(tmp_path / "x.jsonl"), data_dir=other)
    assert run.stdout.startswith("Exported 3 documents")
    assert len((tmp_path / "x.jsonl").read_text().splitlines()) == 3


INTERRUPTED = """
import os, signal, sys
from qa.ingest import sync
from qa.__main__ import main
load, read = sync.load_documents, []
def interrupted(root, file, **options):
    read.append(file)
    if len(read) == 3:
        os.kill(os.getpid(), signal.SIGINT)
    return load(root, file, **options)
sync.load_documents = interrupted
sys.exit(main(["ingest", sys.argv[1]]))
"""


def test_ctrl_c_keeps_what_is_done(copy: Path, tmp_path: Path) -> None:
    """On a terminal there is a bar; the wish to stop is heard, files read by then come in, status 130."""
    (tmp_path / "many").mkdir()
    for number in range(9):
        (tmp_path / "many" / f"{number}.txt").write_text(f"Ship number {number} left the port.")
    screen, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path / "many")],
        env=qa_environment(copy) | {"PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        check=False,
    )
    os.close(terminal)
    shown = os.read(screen, 100_000).decode()
    os.close(screen)
    assert run.stdout == "Stopped: 3 added; 6 documents in the index.\n"
    assert run.returncode == 130
    assert "stopping; what is done stays" in shown
    assert "Indexing:" in shown
    assert "/9 [" in shown
    assert "Traceback" not in shown
    left = run_qa("ingest", "--dry-run", "--json", str(tmp_path / "many"), data_dir=copy)
    assert json.loads(left.stdout)["added"] == [f"{number}.txt" for number in range(3, 9)]


def test_a_folder_is_followed_until_ctrl_c(copy: Path, tmp_path: Path) -> None:
    """New, changed and vanished files are brought in as they come; the end is quiet, and status 0."""
    place = tmp_path / "followed"
    place.mkdir()
    (place / "a.txt").write_text("The market was held. Many came.")
    command = [sys.executable, "-m", "qa", "ingest", "--watch", "--prune", str(place)]
    log = tmp_path / "log"
    with log.open("w") as output, running(command, qa_environment(copy)) as process:
        assert process.stdout is not None

        def comes(line: str) -> None:
            """Whatever else is told, this line comes."""
            assert process.stdout is not None
            while told := process.stdout.readline():
                output.write(told)
                if line in told:
                    return
            raise AssertionError(log.read_text())

        comes("Following the folders")
        (place / "new.txt").write_text("A tunnel is planned. It will cost millions.")
        comes("added")
        (place / "new.txt").write_text("A tunnel is planned. It will cost even more.")
        comes("1 replaced")
        (place / "a.txt").unlink()
        comes("1 removed")
        process.send_signal(signal.SIGINT)
        wait_until(lambda: process.poll() is not None, "the end of the watch")
        assert process.returncode == 0
    assert [item["uri"] for item in _sources(copy) if "followed" in item["uri"]] == ["followed/new.txt"]


def test_another_model_is_told_and_a_rebuild_takes_it(copy: Path, world: Path, tmp_path: Path) -> None:
    """The line names the command; that embeds all documents anew, and then they can be brought in again."""
    from qa.embed import default_folder

    other = tmp_path / "model"
    other.symlink_to(default_folder())
    reports = str(world / "reports")
    run = run_qa("ingest", reports, data_dir=copy, EMBED_MODEL=str(other))
    one_clear_line(run, "was built with “all-MiniLM-L6-v2", "qa ingest --rebuild")
    assert run.returncode == 1
    run = run_qa("ingest", "--rebuild", reports, data_dir=copy, EMBED_MODEL=str(other))
    assert run.stdout == "Rebuilt the index of 3 documents.\n4 unchanged; 3 documents in the index.\n"
    assert (run.returncode, run.stderr) == (0, "")

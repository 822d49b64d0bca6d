"""`qa` as the processes people run: whole answers, exit codes, JSON, and two of them at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import one_clear_line, qa_environment, run_qa

import qa.__main__ as command_line
from qa.config import PROJECT

CITATION = {
    "number": int,
    "document_id": str,
    "title": str,
    "publisher": (str, type(None)),
    "published": (str, type(None)),
    "uri": str,
    "start": int,
    "end": int,
    "quote": str,
    "event_date": (str, type(None)),
    "event_place": (str, type(None)),
    "place": (str, type(None)),
}
ANSWER = {
    "question": str,
    "standalone_question": str,
    "status": str,
    "answer": str,
    "sentences": list,
    "citations": list,
    "disagreements": list,
    "nearest": list,
    "model": str,
    "degraded": bool,
    "notice": str,
    "timings_ms": dict,
    "confidence": float | None,
    "choices": list,
    "within": list,
    "collection": str,
    "answer_id": str,
}
SENTENCE = {"text": str, "citations": list, "origin": str}
TIMINGS = {"retrieve": int, "first_token": int, "total": int}


def _is(value: dict[str, Any], form: dict[str, Any]) -> None:
    """Assert that an object has exactly these keys, and values of these types."""
    assert value.keys() == form.keys()
    for name, kind in form.items():
        assert isinstance(value[name], kind), (name, value[name])
        assert not (kind is int and isinstance(value[name], bool)), name


def test_an_answer_as_json(indexed: Path) -> None:
    """Exactly the keys and types of the contract, nothing but JSON on standard output, nothing on the other."""
    asked = "<b>What did Israel</b> want Russia\x07 to halt in 2013? "
    run = run_qa("ask", "--json", asked, data_dir=indexed)
    assert (run.returncode, run.stderr) == (0, "")
    answer = json.loads(run.stdout)
    _is(answer, ANSWER)
    assert answer["status"] == "answered"
    assert answer["question"] == "What did Israel want Russia to halt in 2013?"
    _is(answer["timings_ms"], TIMINGS)
    assert answer["sentences"]
    for sentence in answer["sentences"]:
        _is(sentence, SENTENCE)
    for citation in answer["citations"]:
        _is(citation, CITATION)
        text = (PROJECT / citation["uri"]).read_bytes().decode()
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert answer["citations"][0]["published"] == "2013-05-14"
    assert "S-300" in answer["answer"]
    assert answer["answer"].endswith("[1]")


@pytest.mark.parametrize(
    "question", ["Was wollte Israel im Jahr 2013 von Russland, und was hat der Präsident dazu gesagt?"]
)
def test_a_question_in_another_language_is_status_3(indexed: Path, question: str) -> None:
    """Abstained, on standard output, and the reader is told that English is understood."""
    run = run_qa("ask", "--json", question, data_dir=indexed)
    assert (run.returncode, run.stderr) == (3, "")
    answer = json.loads(run.stdout)
    _is(answer, ANSWER)
    assert answer["status"] == "abstained"
    assert "English" in answer["answer"]
    assert answer["sentences"] == answer["citations"] == []


def test_damaged_vectors_are_status_1(data_copy: Path) -> None:
    """One line, though the model was loaded by then, and the documents are untouched."""
    rows = (data_copy / "index" / "documents.sqlite3").read_bytes()
    (data_copy / "index" / "chroma" / "chroma.sqlite3").write_bytes(b"garbage " * 9999)
    run = run_qa("ask", "Who met whom?", data_dir=data_copy)
    one_clear_line(run, f"The index in {data_copy / 'index'} is damaged", "qa ingest")
    assert run.returncode == 1
    assert (data_copy / "index" / "documents.sqlite3").read_bytes() == rows


def test_an_unknown_embedding_model_is_status_1(tmp_path: Path) -> None:
    """A name that is not on this machine is not looked for elsewhere: one line says how to get it."""
    run = run_qa(
        "ingest", str(PROJECT / "seeds"), data_dir=tmp_path / "data", EMBED_MODEL="nobody/no-such-model"
    )
    one_clear_line(run, "nobody/no-such-model cannot be loaded", "QA_EMBED_MODEL")
    assert run.returncode == 1


def test_two_at_once_on_one_data_directory(tmp_path: Path) -> None:
    """Of two that start together one does the work; the other does it after, or says who is at it."""
    command = [sys.executable, "-m", "qa", "ingest", str(PROJECT / "seeds")]
    both = [
        subprocess.Popen(
            command,
            env=qa_environment(tmp_path / "data"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ends = []
    for process in both:
        output, complaint = process.communicate(timeout=240)
        ends.append(subprocess.CompletedProcess(command, process.returncode, output, complaint))
    assert 0 in [end.returncode for end in ends]
    for end in ends:
        if end.returncode:
            one_clear_line(end, "Another Dateline", "QA_DATA_DIR")
            assert end.returncode == 1
        else:
            assert end.stdout.endswith("5 documents in the index.\n")
    listed = json.loads(run_qa("sources", "--json", data_dir=tmp_path / "data").stdout)
    assert len(listed) == 5
    assert listed[0].keys() >= {"id", "title", "publisher", "published", "uri"}


Main = Callable[..., int]


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, data_copy: Path) -> Main:
    """The command line in this process, where the libraries are loaded already."""
    for name, value in qa_environment(data_copy).items():
        monkeypatch.setenv(name, value)
    # It sets variables for the whole process, which other tests must not see.
    monkeypatch.setattr(command_line, "quiet_libraries", lambda **_: None)
    return lambda *arguments: command_line.main(arguments)


def test_an_answer_for_people(main: Main, capsys: pytest.CaptureFixture[str]) -> None:
    """The text with its marks, then each source with what is known of it and the quotation."""
    assert main("ask", "What did Israel want Russia to halt in 2013?") == 0
    output = capsys.readouterr().out
    assert output.startswith("Sochi, 14 May 2013 — ")
    assert "\n[1] Netanyahu visits Putin in bid to sway Russia on Syria (AFP, 2013-05-14) seeds/004" in output
    assert "Traceback" not in output


def test_an_abstention_for_people(main: Main, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 3, what is covered instead, and the nearest passages."""
    assert main("ask", "What did Putin and Netanyahu talk about in 2014?") == 3
    output = capsys.readouterr().out
    assert output.startswith("Not in the documents. No report covers 2014")
    assert "The nearest passages:" in output


def test_documents_come_and_go(main: Main, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Ingest says what it did, with status 1 when a file was left out; prune and remove take documents out."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "one.txt").write_text("The ferry sank. Nobody was hurt.")
    (folder / "two.txt").write_text("The bridge opened on Monday.")
    assert main("ingest", str(folder)) == 0
    assert capsys.readouterr().out == "2 added; 7 documents in the index.\n"
    assert main("ingest", str(folder), str(PROJECT / "seeds")) == 0
    assert capsys.readouterr().out == "7 unchanged; 7 documents in the index.\n"
    (folder / "one.txt").write_text("The ferry was raised.")
    (folder / "two.txt").unlink()
    (folder / "bad.txt").write_bytes(b"\xff")
    assert main("ingest", str(folder), "--prune") == 1
    said = capsys.readouterr()
    assert said.out == "1 replaced, 1 removed, 1 left out; 6 documents in the index.\n"
    complaints = [line for line in said.err.splitlines() if line.startswith("qa: ")]
    assert len(complaints) == 1
    assert complaints[0].startswith("qa: bad.txt was left out: bad.txt is not UTF-8 text")
    assert main("sources", "--json") == 0
    (listed,) = [row for row in json.loads(capsys.readouterr().out) if row["uri"] == "more/one.txt"]
    assert main("remove", listed["id"]) == 0
    assert capsys.readouterr().out == f"Removed {listed['id']} (more/one.txt).\n"
    assert main("remove", listed["id"]) == 1
    assert listed["id"] in capsys.readouterr().err


def test_the_installed_command_is_the_same(indexed: Path) -> None:
    """`qa` of the environment answers like `python -m qa`."""
    command = shutil.which("qa", path=str(Path(sys.executable).parent))
    assert command
    run = subprocess.run(
        [command, "sources"], env=qa_environment(indexed), capture_output=True, text=True, check=True
    )
    assert run.stdout == run_qa("sources", data_dir=indexed).stdout

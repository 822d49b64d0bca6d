"""Opinions on answers, kept in a file: whole or absent, whatever happens."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support import wait_until

from qa.config import PROJECT
from qa.dateline import Dateline
from qa.errors import InputError, StorageError, TooLargeError
from qa.feedback import FILE, MAX_COMMENT_CHARS, FeedbackStore, Opinion
from qa.records import Answer, Turn

ANSWER = Answer(
    "Who came?",
    "Who came in 2014?",
    "answered",
    "Ada. [1]",
    within=("a",),
    answer_id="0123",
    collection="archive",
)
WRITER = """
import sys
from pathlib import Path
from qa.feedback import FeedbackStore, Opinion
from qa.records import Answer
store = FeedbackStore(Path(sys.argv[1]))
while True:
    store.add(Opinion("down", "x" * 1900), Answer("Who came?", "", "abstained", "y" * 50_000))
"""


def rows(folder: Path) -> list[dict[str, object]]:
    """What the file holds, line by line."""
    return [json.loads(line) for line in (folder / FILE).read_text(encoding="utf-8").splitlines()]


def test_a_record_has_what_was_asked_and_answered(tmp_path: Path) -> None:
    """With the conversation, what it was narrowed to, and when."""
    store = FeedbackStore(tmp_path / "data")
    store.add(
        Opinion("down", " That was 2016. 🙂\n"), ANSWER, [Turn("user", "Where?"), Turn("assistant", "There.")]
    )
    store.add(Opinion("up"), ANSWER)
    first, second = rows(tmp_path / "data")
    assert str(first.pop("at")).endswith("+00:00")
    assert first == {
        "verdict": "down",
        "comment": "That was 2016. 🙂",
        "answer_id": "0123",
        "question": "Who came?",
        "standalone_question": "Who came in 2014?",
        "status": "answered",
        "answer": "Ada. [1]",
        "citations": [],
        "collection": "archive",
        "within": ["a"],
        "model": "none",
        "history": [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "There."}],
    }
    assert (second["verdict"], second["history"]) == ("up", [])


@pytest.mark.parametrize("left", [b'{"question": "cut o', b"\xff" * 200_000], ids=["a line", "a long one"])
def test_what_a_killed_writer_left_is_cut_off(tmp_path: Path, left: bytes) -> None:
    """The records before it stay, byte for byte."""
    store = FeedbackStore(tmp_path)
    store.add(Opinion("up"), ANSWER)
    before = store.path.read_bytes()
    store.path.write_bytes(before + left)
    store.add(Opinion("down"), ANSWER)
    assert store.path.read_bytes().startswith(before)
    assert [row["verdict"] for row in rows(tmp_path)] == ["up", "down"]


def test_a_killed_process_leaves_whole_records(tmp_path: Path) -> None:
    """However it was interrupted, the file can be read and gone on with."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=PROJECT)
    try:
        file = tmp_path / FILE
        wait_until(lambda: file.exists() and file.stat().st_size > 500_000, "records")
    finally:
        writer.kill()
        writer.wait()
    FeedbackStore(tmp_path).add(Opinion("up", "after"), ANSWER)
    *others, last = rows(tmp_path)
    assert len(others) > 5
    assert {row["verdict"] for row in others} == {"down"}
    assert last["comment"] == "after"


def test_many_at_once_are_all_kept(tmp_path: Path) -> None:
    """Each on a line of its own."""
    store = FeedbackStore(tmp_path)
    writers = [
        threading.Thread(target=lambda number=number: store.add(Opinion("up", f"{number}"), ANSWER))
        for number in range(40)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(int(str(row["comment"])) for row in rows(tmp_path)) == list(range(40))


def test_bad_opinions_are_refused_in_one_line() -> None:
    """Another verdict, too long a comment, half a character."""
    with pytest.raises(InputError, match="The verdict 'sideways' is not known") as caught:
        Opinion("sideways")  # type: ignore[arg-type]  # what is wrong with it
    assert "\n" not in str(caught.value)
    assert Opinion("up", "x" * MAX_COMMENT_CHARS).comment
    with pytest.raises(TooLargeError, match="2,001 characters"):
        Opinion("up", "x" * (MAX_COMMENT_CHARS + 1))
    with pytest.raises(InputError, match="surrogate"):
        Opinion("up", "\ud800")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a folder lies in its way, and where it has grown too large."""
    (tmp_path / FILE).mkdir()
    with pytest.raises(StorageError, match="cannot be kept") as caught:
        FeedbackStore(tmp_path).add(Opinion("up"), ANSWER)
    assert caught.value.hint
    monkeypatch.setattr("qa.feedback.MAX_FILE_BYTES", 100)
    with pytest.raises(StorageError, match="is full"):
        FeedbackStore(tmp_path / "other").add(Opinion("up"), ANSWER)


def test_an_answer_has_an_id_of_its_own(quoting: Dateline) -> None:
    """The same for the same; another one after another conversation or of other documents."""
    question, history = "Where did they meet in 2013?", (Turn("user", "Who came?"), Turn("assistant", "They."))
    plain = quoting.ask(question)
    assert len(plain.answer_id) == 16
    assert plain.as_dict()["answer_id"] == quoting.ask(question).answer_id == plain.answer_id
    narrowed = quoting.ask(question, within=[plain.citations[0].document_id])
    assert len({plain.answer_id, quoting.ask(question, history).answer_id, narrowed.answer_id}) == 3

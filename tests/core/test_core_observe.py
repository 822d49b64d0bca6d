"""What is seen of an answer's stages, and the log."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import run_qa, settings_for

from qa.dateline import Dateline
from qa.errors import ModelUnreachableError
from qa.index import Index
from qa.llm.fake import FakeModel
from qa.logs import JsonLines
from qa.observe import Watch, looked_up, stage, watching

QUESTION = "What did Israel want Russia to halt in 2013?"


@stage("retrieve", lambda found: {"hits": len(found)})
def find(number: int) -> list[int]:
    """A stage that may fail."""
    if number < 0:
        raise ModelUnreachableError("gone")
    return list(range(number))


@stage("generate", lambda said: {"said": said})
def say() -> Iterator[str]:
    """A stage in parts, with another within."""
    yield "a"
    find(1)
    yield "b"


def test_a_stage_adds_to_the_watch_that_is_set_and_to_no_other() -> None:
    """Seconds, numbers and words, of each run; without a watch nothing is kept, and the function works."""
    mine, other = Watch(), Watch()
    with watching(mine):
        assert find(2) == [0, 1]
        with watching(other):
            find(5)
        find(1)
        looked_up("things", hit=True)
    find(7)
    looked_up("things", hit=True)
    assert mine.told == {("retrieve", "hits", ""): 3, ("cache", "things", "hit"): 1}
    assert other.told == {("retrieve", "hits", ""): 5}
    assert mine.seconds["retrieve"] > 0


def test_a_stage_in_parts_counts_while_it_runs_only() -> None:
    """Each part goes to the watch that is set then, and closing it early ends it."""
    first, second = Watch(), Watch()
    parts = say()
    with watching(first):
        assert next(parts) == "a"
    with watching(second):
        assert next(parts) == "b"
    parts.close()  # type: ignore[attr-defined]  # it is a generator
    assert (first.words("generate", "said"), second.words("generate", "said")) == ({"a": 1}, {"b": 1})
    assert (first.seconds.keys(), second.seconds.keys()) == ({"generate"}, {"generate", "retrieve"})


def test_an_error_passes_through_a_stage() -> None:
    """The time until then counts."""
    watch = Watch()
    with watching(watch), pytest.raises(ModelUnreachableError):
        find(-1)
    assert watch.seconds.keys() == {"retrieve"}


def test_every_stage_of_an_answer_is_seen(indexed: Path) -> None:
    """All the pipeline's stages, what verification did with each sentence, and the caches."""
    model = FakeModel(["Bananas grow in Finland. [1]"], tier="small")
    watch = Watch()
    with Dateline.open(settings_for(indexed), model) as dateline, watching(watch):
        answer = dateline.ask(QUESTION)
    assert answer.status == "answered"
    stages = {"answer", "condense", "resolve", "retrieve", "select", "generate", "verify", "present"}
    assert watch.seconds.keys() == stages
    assert sum(watch.seconds[one] for one in stages - {"answer"}) <= watch.seconds["answer"]
    assert watch.words("verify", "outcome") == {"dropped": 1}
    assert sum(watch.words("verify", "reason").values()) == 1
    assert watch.words("answer", "status") == {"answered": 1}
    assert watch.words("cache", "embeddings")
    assert all(" " not in word for _, _, word in watch.told if word)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged during the test, as JSON."""
    root, ours, written = logging.getLogger(), logging.getLogger("qa"), io.StringIO()
    handler, level = logging.StreamHandler(written), ours.level
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    ours.setLevel(level)


def test_what_came_in_is_logged(index: Index, tmp_path: Path, log: io.StringIO) -> None:
    """What came of an ingest, and each file that was left out, a line of JSON each, without texts."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("The ferry sank in the storm.")
    (folder / "b.json").write_text("no JSON")
    index.ingest([folder])
    written = log.getvalue()
    ingested, left_out = (json.loads(line) for line in written.splitlines())
    assert (ingested["event"], ingested["added"], ingested["failed"]) == ("ingested", 1, 1)
    assert (left_out["event"], left_out["level"]) == ("left_out", "warning")
    assert left_out["file"].endswith("b.json")
    assert "ferry" not in written


def test_a_command_s_error_is_a_line_of_json_too(tmp_path: Path) -> None:
    """With its code and its hint."""
    failed = run_qa("ingest", str(tmp_path / "nowhere"), data_dir=tmp_path / "data", LOG_JSON="true")
    (line,) = [json.loads(line) for line in failed.stderr.splitlines()]
    assert (line["event"], line["level"], failed.returncode) == ("failed", "error", 1)
    assert line["hint"]


def test_a_traceback_is_one_line() -> None:
    """What another library logs, an exception included, is a line of JSON like any other."""
    try:
        raise RuntimeError("a\nbug")
    except RuntimeError:
        record = logging.LogRecord("lib", logging.ERROR, "x.py", 1, "it %s", ("broke",), sys.exc_info())
    (written,) = JsonLines().format(record).splitlines()
    told = json.loads(written)
    assert (told["event"], told["message"], told["logger"], told["level"]) == (
        "log",
        "it broke",
        "lib",
        "error",
    )
    assert "RuntimeError: a\nbug" in told["traceback"]


def test_without_the_setting_nothing_is_logged() -> None:
    """Events are for the JSON log alone; a terminal shows no bare words."""
    program = "import logging; from qa.logs import happened; happened(logging.getLogger('qa.x'), 'e', level=40)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stderr == ""

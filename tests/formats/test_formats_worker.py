"""The child process in which files are read: its limits, what its death costs, what it may not know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import pytest
from samples import LIMITS, SAMPLES

from qa.errors import InputError, TooLargeError
from qa.formats.kinds import read_bytes
from qa.formats.limits import Limits
from qa.formats.worker import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A worker of the test's own."""
    worker = Worker()
    yield worker
    worker.close()


def _child() -> psutil.Process:
    (child,) = [one for one in psutil.Process().children() if "qa.formats.child" in one.cmdline()]
    return child


@pytest.fixture(autouse=True)
def _no_other() -> None:
    """The worker that other tests share is not running."""
    from qa.formats.worker import shared

    shared().close()


def test_one_child_reads_many_files_as_this_process_does(worker: Worker) -> None:
    """What comes back is what the readers give; a file that is refused costs the child nothing."""
    for name, content in SAMPLES.items():
        assert worker.read(name, content, LIMITS) == read_bytes(name, content, LIMITS)
    first = _child()
    with pytest.raises(InputError, match=r"a\.pdf is not a PDF"):
        worker.read("a.pdf", b"no", LIMITS)
    with pytest.raises(TooLargeError, match="2 messages, more than 1"):
        worker.read("a.mbox", SAMPLES["a.mbox"], replace(LIMITS, max_articles=1))
    assert _child().pid == first.pid


def test_a_file_that_takes_too_long_is_refused_and_its_child_ended(worker: Worker) -> None:
    """No child can start within a thousandth of a second; the next file gets one of its own."""
    with pytest.raises(TooLargeError, match=r"not read within 0\.001 seconds") as caught:
        worker.read("a.pdf", SAMPLES["a.pdf"], replace(LIMITS, read_seconds=0.001))
    assert "QA_READ_SECONDS" in caught.value.hint
    assert [one for one in psutil.Process().children() if "qa.formats.child" in one.cmdline()] == []
    assert worker.read("a.pdf", SAMPLES["a.pdf"], LIMITS).articles


def test_a_file_that_needs_too_much_memory_is_refused(worker: Worker) -> None:
    """The list would take a gigabyte; the limit is the child's, and the next file is read."""
    worker.read("a.json", SAMPLES["a.json"], replace(LIMITS, read_memory_mb=300))
    greedy = b"[" + b"[]," * 8_000_000 + b"[]]"
    with pytest.raises(TooLargeError, match="more than 300 MB of memory") as caught:
        worker.read("a.json", greedy, replace(LIMITS, read_memory_mb=300, max_text_chars=10**9))
    assert "QA_READ_MEMORY_MB" in caught.value.hint
    assert worker.read("a.html", SAMPLES["a.html"], replace(LIMITS, read_memory_mb=300)).articles


def test_a_child_that_was_ended_is_started_again(worker: Worker) -> None:
    """One that ended while nobody asked is not missed."""
    worker.read("a.xml", SAMPLES["a.xml"], LIMITS)
    first = _child()
    first.kill()
    first.wait(timeout=30)
    assert worker.read("a.xml", SAMPLES["a.xml"], LIMITS).articles
    assert _child().pid != first.pid


class Unlucky(Worker):
    """Its child is killed, by the system for example, after it was found to be alive."""

    def _ready(self, limits: Limits) -> Connection | None:
        link = super()._ready(limits)
        if link is not None:
            _child().kill()
        return link


def test_a_child_that_dies_over_a_file_costs_that_file() -> None:
    """The line says so, and the next file is read by another child."""
    worker = Unlucky()
    assert worker.read("a.xml", SAMPLES["a.xml"], LIMITS).articles
    with pytest.raises(InputError, match=r"a\.html makes its reader break down"):
        worker.read("a.html", SAMPLES["a.html"], LIMITS)
    assert worker.read("a.html", SAMPLES["a.html"], LIMITS).articles
    worker.close()


def test_the_child_knows_no_settings_and_holds_no_files(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Keys among the settings, and files that this process has open, are not its business."""
    monkeypatch.setenv("QA_ADMIN_KEY", "a secret")
    with (tmp_path / "open.txt").open("w") as held:
        worker.read("a.xml", SAMPLES["a.xml"], LIMITS)
        child = _child()
        assert not any(name.startswith("QA_") for name in child.environ())
        assert held.name not in {one.path for one in child.open_files()}


def test_no_child_outlives_its_worker() -> None:
    """Closing ends it."""
    worker = Worker()
    worker.read("a.xml", SAMPLES["a.xml"], LIMITS)
    child = _child()
    worker.close()
    assert not child.is_running()

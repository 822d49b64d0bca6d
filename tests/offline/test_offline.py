"""With nothing but loopback everything works, and nothing else is even tried."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import qa_environment

HERE = Path(__file__).parent
QUESTION = "What did Israel want Russia to halt in 2013?"


def _apart() -> list[str]:
    """The command prefix that gives a process a network of its own, without even a route; empty without one."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    prefix = [unshare, "--user", "--map-root-user", "--net"]
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return prefix if tried.returncode == 0 else []


@pytest.fixture(scope="module")
def attempts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the guard records what was tried."""
    return tmp_path_factory.mktemp("offline") / "attempts"


@pytest.fixture(scope="module")
def guarded(attempts: Path) -> dict[str, str]:
    """An environment in which every Python refuses and records, with the tiny model."""
    environment = qa_environment(attempts.parent / "data", LLM_TIER="tiny")
    return environment | {"PYTHONPATH": str(HERE / "guard"), "OFFLINE_ATTEMPTS": str(attempts)}


@pytest.fixture(scope="module")
def report(guarded: dict[str, str], seeds: Path) -> dict[str, Any]:
    """Ingest, ask and serve in a process that reaches nothing but itself."""
    prefix = _apart()
    command = [*prefix, sys.executable, str(HERE / "offline_driver.py"), str(seeds), QUESTION]
    run = subprocess.run(
        [*command, "apart" if prefix else "guarded"],
        env=guarded,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def test_documents_come_in(report: dict[str, Any]) -> None:
    """`qa ingest` works, silently."""
    assert report["ingest"] == {"status": 0, "output": "5 added; 5 documents in the index.\n", "errors": ""}


def test_questions_are_answered(report: dict[str, Any]) -> None:
    """`qa ask` works with the tiny model, silently."""
    assert (report["ask"]["status"], report["ask"]["errors"]) == (0, "")
    answer = json.loads(report["ask"]["output"])
    assert answer["status"] == "answered"
    assert answer["model"].startswith("tiny")
    assert not answer["degraded"]


def test_the_server_serves(report: dict[str, Any]) -> None:
    """API, health routes and the page with all that it links to on the same server."""
    served = report["serve"]
    assert served["answer"]["status"] == "answered", served
    assert served["answer"]["answer"] == json.loads(report["ask"]["output"])["answer"]
    assert set(served["routes"].values()) == {200}
    assert served["linked"]
    assert set(served["linked"]) == {200}
    assert served["status"] == 0
    assert "Traceback" not in served["errors"]


def test_nothing_was_tried(report: dict[str, Any], attempts: Path) -> None:
    """No name was looked up and no connection begun beyond this machine."""
    assert not attempts.exists() or attempts.read_text() == ""


def test_the_guard_guards(guarded: dict[str, str], tmp_path: Path) -> None:
    """The test above can fail: a connection and a look-up are refused and recorded."""
    script = (
        "import socket\n"
        "for call in (lambda: socket.create_connection(('192.0.2.1', 80), 1),\n"
        "             lambda: socket.getaddrinfo('example.invalid', 80),\n"
        "             lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))):\n"
        "    try: call()\n"
        "    except OSError as error: print(error)\n"
    )
    environment = guarded | {"OFFLINE_ATTEMPTS": str(tmp_path / "attempts")}
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.count("offline: ") == 3
    assert len((tmp_path / "attempts").read_text().splitlines()) == 3


def test_this_process_is_guarded_too() -> None:
    """The tests themselves connect to nothing but this machine."""
    with pytest.raises(socket.gaierror):
        socket.create_connection(("example.invalid", 80), 1)
    assert not [name for name in os.environ if name.startswith("QA_")]

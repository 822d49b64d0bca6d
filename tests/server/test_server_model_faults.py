"""A model's server that fails in every way: the reader gets quoted evidence and is told, and once it is well
again the next question is worded, without anybody's doing.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import ROOT, served
from support import free_port, running

from benchmarks.faulty_model import FAULTS
from benchmarks.load import run_level
from benchmarks.server import CASES, pick_questions
from eval.contract import check
from qa.records import Document

QUESTION = "What did Israel want Russia to halt?"


class Sick:
    """A running server, and its model's server, which can be made to fail."""

    def __init__(self, url: str, port: int, mode: Path) -> None:
        self.url, self._port, self._mode = url, port, mode
        self._numbers = count()
        self._running = ExitStack()
        self.model: subprocess.Popen[str]

    def start(self) -> None:
        """Start the model's server."""
        self._mode.write_text("well")
        command = [
            sys.executable,
            str(ROOT / "benchmarks" / "faulty_model.py"),
            str(self._port),
            str(self._mode),
        ]
        self.model = self._running.enter_context(running(command, dict(os.environ)))
        assert self.model.stdout is not None
        assert self.model.stdout.readline() == "ready\n"

    def stop(self) -> None:
        """Kill it, as it was started."""
        self._running.close()

    def be(self, mode: str) -> None:
        """Have it do this from the next request on."""
        self._mode.write_text(mode)

    def ask(self, question: str = "") -> dict[str, Any]:
        """An answer that was not given before."""
        question = question or f"{QUESTION}{' ' * next(self._numbers)}"
        response = httpx.post(f"{self.url}/api/ask", json={"question": question}, timeout=60)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def documents(self) -> dict[str, Any]:
        """The documents as the check of the contract wants them."""
        listed = httpx.get(f"{self.url}/api/documents", timeout=60).json()["documents"]
        return {one["id"]: self._document(one["id"]) for one in listed}

    def _document(self, name: str) -> Document:
        from qa.client import Client

        with Client(self.url) as client:
            return client.document(name)


@pytest.fixture(scope="module")
def sick(tmp_path_factory: pytest.TempPathFactory, indexed: Path) -> Iterator[Sick]:
    """Both running."""
    folder, port = tmp_path_factory.mktemp("sick"), free_port()
    shutil.copytree(indexed, folder / "data")
    settings = {"QA_LLM_BASE_URL": f"http://127.0.0.1:{port}/v1", "QA_LLM_MODEL": "x", "QA_LLM_TIMEOUT": "2"}
    settings |= {"QA_ANSWER_CACHE": "2", "QA_LIMIT_PER_ADDRESS": "0"}
    with served(ROOT / "app.py", folder, **settings) as server:
        both = Sick(server.url, port, folder / "mode")
        both.start()
        yield both
        both.stop()


def assert_well(sick: Sick) -> None:
    """The next question is worded by the model."""
    answer = sick.ask()
    assert (answer["degraded"], answer["notice"]) == (False, "")
    assert {sentence["origin"] for sentence in answer["sentences"]} == {"model"}


def assert_quoted(answer: dict[str, Any], sick: Sick) -> None:
    """It holds to the contract, word for word from the reports."""
    check(answer, sick.documents())
    assert answer["status"] == "answered"
    assert {sentence["origin"] for sentence in answer["sentences"]} == {"quote"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_gives_quotations_and_is_over_when_it_is_over(sick: Sick, fault: str) -> None:
    """With a word about it where the model broke off; what was asked meanwhile is not remembered as it was."""
    sick.be(fault)
    answer = sick.ask(asked := f"{QUESTION}{' ' * (100 + FAULTS.index(fault))}")
    assert_quoted(answer, sick)
    assert answer["degraded"]
    assert "quotes the evidence" in answer["notice"]
    sick.be("well")
    assert_well(sick)
    assert not sick.ask(asked)["degraded"]


def test_a_model_that_dies_and_comes_back_is_asked_again(sick: Sick) -> None:
    """Killed, gone for a while, started anew at the same address."""
    sick.stop()
    answer = sick.ask()
    assert_quoted(answer, sick)
    assert answer["degraded"]
    sick.start()
    assert_well(sick)


def test_a_model_that_hangs_holds_up_nothing_else(sick: Sick) -> None:
    """Stopped dead with its port open, it is given up after QA_LLM_TIMEOUT; going on, it is asked again."""
    sick.model.send_signal(signal.SIGSTOP)
    try:
        answer = sick.ask()
        assert httpx.get(f"{sick.url}/readyz", timeout=60).status_code == 200
    finally:
        sick.model.send_signal(signal.SIGCONT)
    assert_quoted(answer, sick)
    assert "no word for 2 s" in answer["notice"]
    assert_well(sick)


def test_thirty_two_at_once_get_each_their_own_answer(sick: Sick) -> None:
    """No refusal, nothing of somebody else's, and the bytes that each question gets when it is asked alone."""
    alone = {}
    for question in pick_questions(CASES, 12):
        alone[question] = sick.ask(question)
        del alone[question]["timings_ms"]
    level = run_level(sick.url, 32, 2, alone)
    assert level.errors == []
    assert len(level.seconds) == 64
    assert len({json.dumps(answer) for answer in alone.values()}) == 12

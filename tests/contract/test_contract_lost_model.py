"""The model's server dies: before a question, and in the middle of an answer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from questions import question
from support import free_port, running, settings_for

from eval.contract import check
from qa.dateline import Dateline
from qa.records import Answer, AnswerSentence

TRUE = "Israel wants Russia to halt supplies of the formidable S-300 missiles. [1]"
HERE = Path(__file__).parent


@pytest.fixture
def half() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own that stops half-way."""
    command = [sys.executable, str(HERE / "half_model.py"), f"{TRUE} It will also"]
    with running(command, dict(os.environ)) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def test_killed_in_the_middle_of_an_answer(indexed: Path, half: tuple[subprocess.Popen[str], str]) -> None:
    """What was verified stays, the half sentence does not, and the answer says that the model is gone."""
    process, url = half

    def kill() -> None:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    settings = settings_for(indexed, llm_tier=None, llm_base_url=url, llm_model="half")
    with Dateline.open(settings) as dateline:
        steps = list(dateline.stream(question("s300-halt-1")))
        killer.join()
        documents = {document.id: document for document in dateline.documents()}
        again = dateline.ask(question("gerasimov-1")).as_dict()
    answer = steps[-1]
    assert isinstance(answer, Answer)
    assert [step for step in steps if isinstance(step, AnswerSentence)] == list(answer.sentences)
    assert any(sentence.origin == "model" for sentence in answer.sentences)
    assert "also" not in answer.answer
    for plain in (answer.as_dict(), again):
        check(plain, documents)
        assert plain["status"] == "answered"
        assert plain["degraded"]
        assert "quotes the evidence" in plain["notice"]
    assert {sentence["origin"] for sentence in again["sentences"]} == {"quote"}


def test_never_there(indexed: Path) -> None:
    """A server that was never started: quotations, and said so; absent facts are still not claimed."""
    settings = settings_for(
        indexed, llm_tier=None, llm_base_url=f"http://127.0.0.1:{free_port()}/v1", llm_model="absent"
    )
    with Dateline.open(settings) as dateline:
        answer = dateline.ask(question("s300-halt-1"))
        absent = dateline.ask(question("year-2014-1"))
    assert (answer.status, answer.degraded, absent.status) == ("answered", True, "abstained")
    assert {sentence.origin for sentence in answer.sentences} == {"quote"}


def test_a_model_file_that_is_missing(indexed: Path, tmp_path: Path) -> None:
    """A tier whose model is not here and no lower one either: quotations, and the notice says what to do."""
    settings = settings_for(indexed, llm_tier=None, llm_gguf=tmp_path / "absent.gguf")
    with Dateline.open(settings) as dateline:
        answer = dateline.ask(question("s300-halt-1"))
    assert answer.status == "answered"
    assert {sentence.origin for sentence in answer.sentences} == {"quote"}
    assert "absent.gguf" in answer.notice

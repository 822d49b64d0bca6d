"""The server is told to end: what runs ends cleanly, what comes is told to come again; told twice, it ends."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from served import STUB, Served, eventually, served


class Reading:
    """A question whose events are read in a thread; `begun` is set with the first."""

    def __init__(self, server: Served, path: str = "/api/ask", **body: object) -> None:
        self.begun = threading.Event()
        self._given = {"question": "slow", "messages": [{"role": "user", "content": "slow"}], "stream": True}
        self._address, self._given = f"{server.url}{path}", self._given | body

    def __call__(self) -> tuple[int, list[str]]:
        """The status and the lines that came."""
        lines = []
        with httpx.stream("POST", self._address, json=self._given, timeout=60) as response:
            for line in response.iter_lines():
                lines.append(line)
                self.begun.set()
        return response.status_code, lines


@contextmanager
def reading(server: Served, *asked: Reading) -> Iterator[list[Future[tuple[int, list[str]]]]]:
    """All of them, once each has begun."""
    with ThreadPoolExecutor(len(asked)) as pool:
        futures = [pool.submit(one) for one in asked]
        for one in asked:
            assert one.begun.wait(60)
        yield futures


def last_event(lines: list[str]) -> tuple[str, dict]:
    """Name and content of the last event of a stream that came to its end."""
    assert lines[-1] == ""
    name, data = [line for line in lines if line][-2:]
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_what_runs_ends_and_what_comes_is_told_so(tmp_path: Path) -> None:
    """The answer that is worded and the one that waits end with an error event, in the OpenAI protocol too; a
    new request meanwhile gets a 503 that says when to come again; nothing is in the log; the exit code is 0.
    """
    with served(STUB, tmp_path, QA_SHUTDOWN_SECONDS="3", QA_ANSWERS_AT_ONCE="2") as server:
        worded = [Reading(server), Reading(server, "/v1/chat/completions")]
        with reading(server, *worded) as (first, openai), reading(server, Reading(server)) as (waiting,):
            server.process.send_signal(signal.SIGTERM)
            status, lines = waiting.result(60)  # at once, while the others still have their seconds
            assert (status, last_event(lines)[1]["error"]["code"]) == (200, "closing")
            assert not first.done()
            new = httpx.post(f"{server.url}/api/ask", json={"question": "How?"}, timeout=60)
            assert (new.status_code, new.json()["error"]["code"]) == (503, "closing")
            assert int(new.headers["retry-after"]) > 0
            assert httpx.get(f"{server.url}/readyz").status_code == 503
            assert httpx.get(f"{server.url}/healthz").status_code == 200
            name, told = last_event(first.result(60)[1])
            assert (name, told["error"]["code"]) == ("error", "closing")
            (told,) = [
                json.loads(line[6:]) for line in openai.result(60)[1] if line.startswith('data: {"error"')
            ]
            assert told["error"]["code"] == "closing"
        assert server.process.wait(60) == 0
    assert "Traceback" not in server.errors.read_text(encoding="utf-8")


def test_an_answer_that_is_nearly_there_is_finished(tmp_path: Path) -> None:
    """It has its seconds, and the server ends as soon as it is there."""
    with served(STUB, tmp_path, QA_SHUTDOWN_SECONDS="60", STUB_STEPS="40") as server:
        with reading(server, Reading(server)) as (only,):
            server.process.send_signal(signal.SIGTERM)
            name, told = last_event(only.result(60)[1])
            assert (name, told["status"]) == ("final", "answered")
        assert server.process.wait(60) == 0


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    """Without waiting for the answer, which has an hour."""
    with served(STUB, tmp_path, QA_SHUTDOWN_SECONDS="3600", STUB_STEPS="100000") as server:
        one = Reading(server)
        with reading(server, one) as (only,):
            server.process.send_signal(signal.SIGTERM)
            assert eventually(lambda: httpx.get(f"{server.url}/readyz").status_code == 503)
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(30) == -signal.SIGTERM
            assert isinstance(only.exception(30), httpx.HTTPError)


def test_what_never_ends_is_left_behind(tmp_path: Path) -> None:
    """A thread that is stuck for good does not keep the process, which says so and ends with its own code."""
    with served(STUB, tmp_path, QA_SHUTDOWN_SECONDS="0") as server:
        one = Reading(server, question="stuck")
        with reading(server, one) as (only,):
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(60) == 1
            only.exception(30)
    told = server.errors.read_text(encoding="utf-8")
    assert "does not end" in told
    assert "Traceback" not in told

"""Real server processes over real HTTP."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from served import ROOT, STUB, Served, environment, eventually, served
from stub_dateline import SPAN

from qa.errors import ServeError
from qa.server.serve import address_of, claim


def test_events_arrive_while_the_answer_is_being_made(stub_server: Served) -> None:
    """The sources are readable before the last sentence exists."""
    body = {"question": "slow", "stream": True}
    with httpx.stream("POST", f"{stub_server.url}/api/ask", json=body, timeout=60) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: sources"
        assert json.loads(next(lines).removeprefix("data: "))["citations"][0]["quote"] == SPAN.quote
        assert next(line for line in lines if line.startswith("event")) == "event: sentence"


def test_a_client_that_leaves_stops_the_answer(tmp_path: Path) -> None:
    """Closing the connection closes the pipeline's iterator."""
    with served(STUB, tmp_path) as server:
        body = {"question": "slow", "stream": True}
        with httpx.stream("POST", f"{server.url}/api/ask", json=body, timeout=60) as response:
            next(response.iter_lines())
        assert eventually(lambda: "abandoned" in server.errors.read_text(encoding="utf-8"))


def test_many_ask_at_once(stub_server: Served) -> None:
    """Twelve at a time get the answers to their own questions."""

    def ask(number: int) -> str:
        question = {"question": f"How long, number {number}?"}
        return str(httpx.post(f"{stub_server.url}/api/ask", json=question, timeout=60).json()["question"])

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(ask, range(36))) == [f"How long, number {number}?" for number in range(36)]


def test_page_and_api_share_the_port(stub_server: Served) -> None:
    """The chat is at /, with the security headers, and unknown API paths stay JSON."""
    page = httpx.get(stub_server.url, timeout=60)
    assert page.status_code == 200
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    assert httpx.get(f"{stub_server.url}/api/nope").json()["error"]["code"] == "not_found"
    assert httpx.get(f"{stub_server.url}/api/ask").status_code == 405
    assert httpx.get(f"{stub_server.url}/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_foreign_pages_cannot_use_the_chat_either(stub_server: Served) -> None:
    """Gradio's own routes are behind the same check of origins."""
    body = {"data": [], "fn_index": 0, "session_hash": "x"}
    url = f"{stub_server.url}/gradio_api/queue/join"
    response = httpx.post(url, json=body, headers={"origin": "https://evil.example"})
    assert response.status_code == 403


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_even_while_it_answers(tmp_path: Path, sent: signal.Signals) -> None:
    """The process ends by itself with code 0, an open answer notwithstanding, and prints no traceback."""
    with served(STUB, tmp_path, QA_SHUTDOWN_SECONDS="0") as server:
        arrived = threading.Event()

        def read() -> None:
            body = {"question": "slow", "stream": True}
            with httpx.stream("POST", f"{server.url}/api/ask", json=body, timeout=60) as response:
                for _ in response.iter_lines():
                    arrived.set()

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read)
            assert arrived.wait(30)
            server.process.send_signal(sent)
            assert server.process.wait(30) == 0
            reading.exception(30)
        assert "Traceback" not in server.errors.read_text(encoding="utf-8")


def test_a_port_in_use_is_said_before_anything_loads(tmp_path: Path) -> None:
    """`python app.py` ends with one line on standard error."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = subprocess.run(
            [sys.executable, str(ROOT / "app.py")],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment(tmp_path / "data", QA_PORT=str(port)),
            timeout=120,
        )
    assert run.returncode == 1
    assert run.stderr == f"Port {port} on 127.0.0.1 is in use. Stop the other program or pass --port.\n"
    assert run.stdout == ""
    assert not (tmp_path / "data").exists()


def test_addresses_that_cannot_be_listened_on() -> None:
    """A foreign address and a name that resolves to nothing are refused in one line."""
    for host in ("192.0.2.1", "no.such.host.invalid"):
        with pytest.raises(ServeError) as caught:
            claim(host, 0)
        assert host in caught.value.message
        assert "--host" in caught.value.hint


def test_a_claimed_port_is_taken_at_once() -> None:
    """Two servers that start at the same moment cannot both get the port."""
    with claim("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ServeError, match="is in use"):
            claim("127.0.0.1", port)
        assert address_of(first) == f"http://127.0.0.1:{port}"

"""Clients that do not go on: they hold a connection for a while and nothing else, and nobody waits for them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from served import STUB, Served, eventually, served

from qa.config import Settings

HEAD = "POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 40\r\n"
GET = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
STUCK = {
    "nothing": ("", 408),
    "half a head": ("POST /api/a", 408),
    "a head without end": (HEAD, 408),
    "half a body": (f'{HEAD}\r\n{{"question":', 408),
    "a body after its refusal": (f"{HEAD.replace('/api/ask', '/api/nope')}\r\n{{", 404),
}


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that waits a second for a client to go on."""
    with served(STUB, tmp_path_factory.mktemp("hasty"), QA_CLIENT_TIMEOUT="1") as server:
        yield server


def connected(server: Served) -> socket.socket:
    """A connection to it."""
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=60)


def rest_of(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection; fails when it does not."""
    came = b""
    try:
        while part := connection.recv(65536):
            came += part
    except ConnectionResetError:
        pass
    return came


@pytest.mark.parametrize(("sent", "status"), STUCK.values(), ids=STUCK.keys())
def test_a_request_that_does_not_go_on_is_ended(hasty: Served, sent: str, status: int) -> None:
    """The server closes the connection, and says why where it can; the log holds no traceback."""
    with connected(hasty) as connection:
        connection.sendall(sent.encode())
        came = rest_of(connection)
    assert came.startswith(f"HTTP/1.1 {status} ".encode())
    assert json.loads(came.rpartition(b"\r\n\r\n")[2])["error"]["code"] in ("slow_client", "not_found")
    assert "Traceback" not in hasty.errors.read_text(encoding="utf-8")


def test_a_second_request_that_does_not_go_on_is_ended(hasty: Served) -> None:
    """A connection that was used before waits no longer than a new one."""
    with connected(hasty) as connection:
        connection.sendall(f"{GET}\r\n".encode())
        came = b""
        while not came.endswith(b'{"status":"ok"}'):
            came += connection.recv(65536)
        connection.sendall(GET.encode())
        assert b"HTTP/1.1 408" in rest_of(connection)


def test_a_request_that_trickles_is_ended(hasty: Served) -> None:
    """A byte now and then keeps no connection open: slow-loris."""
    with connected(hasty) as connection:
        connection.sendall(HEAD.encode())
        ended = threading.Event()

        def trickle() -> None:
            while not ended.wait(0.2):
                try:
                    connection.sendall(b"X-A: b\r\n")
                except OSError:
                    return

        sending = threading.Thread(target=trickle)
        sending.start()
        assert b"408" in rest_of(connection)
        ended.set()
        sending.join()


def test_many_stuck_connections_keep_nobody_waiting(hasty: Served) -> None:
    """While two hundred requests hang in head or body, others are answered."""
    stuck = [connected(hasty) for _ in range(200)]
    for number, connection in enumerate(stuck):
        connection.sendall((HEAD if number % 2 else f'{HEAD}\r\n{{"question":').encode())
    answer = httpx.post(f"{hasty.url}/api/ask", json={"question": "How long is it?"}, timeout=60)
    assert answer.json()["status"] == "answered"
    for connection in stuck:
        with connection:
            rest_of(connection)


def test_a_reader_who_takes_nothing_is_left(hasty: Served) -> None:
    """The connection of a client that asks for a lot and reads none of it is closed."""
    address = urlsplit(hasty.url)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.connect((address.hostname, address.port))
        for _ in range(60):
            connection.sendall(f"{GET.replace('/healthz', '/openapi.json')}\r\n".encode())

        def gone() -> bool:
            try:
                connection.sendall(b"\r\n")
            except OSError:
                return True
            return False

        assert eventually(gone, 60)


def test_a_burst_beyond_the_bound_is_refused_with_a_time(tmp_path: Path) -> None:
    """Of sixteen at once five are answered, each with its own answer; the others are told when to come again,
    and are answered then.
    """
    with served(STUB, tmp_path, QA_MOST_WAITING="4", QA_ANSWERS_AT_ONCE="1") as server:

        def ask(number: int) -> httpx.Response:
            body = {"question": f"slow number {number}", "stream": number % 2 == 0}
            with httpx.stream("POST", f"{server.url}/api/ask", json=body, timeout=120) as response:
                begun.release()
                if response.status_code == 200:
                    full.wait(60)  # long enough that nobody is done before all have asked
                else:
                    response.read()
                return response

        begun, full = threading.Semaphore(0), threading.Event()
        with ThreadPoolExecutor(16) as pool:
            asked = [pool.submit(ask, number) for number in range(0, 32, 2)]
            for _ in range(16):
                assert begun.acquire(timeout=60)
            full.set()
            came = [one.result() for one in asked]
        refused = [one for one in came if one.status_code != 200]
        assert len(refused) == 11
        for one in refused:
            assert one.status_code == 503
            assert one.json()["error"]["code"] == "queue_full"
            assert int(one.headers["retry-after"]) > 0
        again = httpx.post(f"{server.url}/api/ask", json={"question": "How long is it?"}, timeout=60)
        assert again.json()["status"] == "answered"


@pytest.mark.parametrize(
    ("history", "status"),
    [
        ([{"role": "user", "content": "x" * 1_000_000}], 413),
        ([{"role": "user", "content": "x"}] * 101, 422),
        ([{"role": "user", "content": "How long is it? " * 1000}] * 10, 200),
    ],
    ids=["too many bytes", "too many turns", "large"],
)
def test_giant_histories(hasty: Served, history: list[dict[str, str]], status: int) -> None:
    """Over a limit they are refused in one line; below it they are answered."""
    body = {"question": "How long is the bridge?", "history": history}
    response = httpx.post(f"{hasty.url}/api/ask", json=body, timeout=60)
    assert response.status_code == status
    if status != 200:
        assert response.json()["error"]["hint"]


def test_the_time_is_a_setting() -> None:
    """Twenty seconds, unless told otherwise."""
    assert Settings(_env_file=None).client_timeout == 20

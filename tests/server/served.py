"""Real server processes for tests: started on a free port, killed at the end, their output kept."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from slow_model import SlowModel

ROOT = Path(__file__).resolve().parents[2]
STUB = Path(__file__).with_name("stub_dateline.py")
START_SECONDS = 240


@dataclass(frozen=True)
class Served:
    """A running server: its address, its process and the file that gets its standard error."""

    url: str
    process: subprocess.Popen[str]
    errors: Path


@dataclass(frozen=True)
class Live:
    """The program itself in a process of its own, over the seeds; its model's server is in this process."""

    url: str
    errors: Path
    data_dir: Path
    model: SlowModel
    key: str
    admin_key: str
    site: tuple[str, str]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a server process: no setting but these."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
    return {**inherited, "PYTHONPATH": str(ROOT), "QA_DATA_DIR": str(data_dir), **settings}


@contextmanager
def served(script: Path, folder: Path, **settings: str) -> Iterator[Served]:
    """Run a script that serves, until the line that says where."""
    errors = folder / "stderr.txt"
    with errors.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            [sys.executable, str(script)],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=folder,
            env=environment(folder / "data", **{"QA_PORT": "0", **settings}),
        )
    assert process.stdout is not None
    watchdog = threading.Timer(START_SECONDS, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
        watchdog.cancel()  # it has started, or never will
        assert "http://" in line, errors.read_text(encoding="utf-8")
        yield Served(line.split()[-1], process, errors)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def eventually(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether a condition comes true before the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def asking(live: Live, path: str, body: object) -> socket.socket:
    """A connection on which a question was sent, and nothing read yet."""
    address = urlsplit(live.url)
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Authorization: Bearer {live.key}",
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        f"Content-Length: {len(content)}",
        "X-Request-ID: leaving",
    )
    connection = socket.create_connection((address.hostname, address.port), timeout=60)
    connection.sendall("\r\n".join([*head, "", ""]).encode() + content)
    return connection

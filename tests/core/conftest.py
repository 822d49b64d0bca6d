"""An index to change: on real SQLite and real Chroma, with a quick embedder that is counted."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import free_port, plain_embedder, running, wait_until

from qa.config import Settings
from qa.index import Index, open_index
from qa.storage.lock import make_data_dir


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """An empty data directory."""
    made = make_settings()
    make_data_dir(made)
    return made


@pytest.fixture
def embedded() -> list[str]:
    """The texts that were embedded."""
    return []


@pytest.fixture
def index(settings: Settings, embedded: list[str]) -> Iterator[Index]:
    """An empty index, open for writing."""
    opened = open_index(settings, plain_embedder(embedded), write=True)
    yield opened
    opened.close()


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`chroma run`, ready, and its address."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--host", "127.0.0.1"]
    command += ["--port", url.rsplit(":", 1)[1], "--path", str(tmp_path / "server")]
    with running(command, dict(os.environ), output=subprocess.DEVNULL) as process:  # it tells a lot

        def answers() -> bool:
            assert process.poll() is None, process.communicate()
            try:
                with urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=5) as reply:
                    return bool(reply.status == 200)
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                return False

        wait_until(answers, "the Chroma server")
        yield url, process

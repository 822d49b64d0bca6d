"""An index to change: on real SQLite and real Chroma, with a quick embedder that is counted."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import chroma_server, plain_embedder

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
    with chroma_server(tmp_path / "server") as server:
        yield server.url, server.process

"""Fixtures of the server tests: the API over the scripted pipeline, in this process and in one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from served import STUB, Served, served
from stub_dateline import StubDateline

from qa.config import Settings
from qa.server.api import create_app


@pytest.fixture
def stub() -> StubDateline:
    """A fresh scripted pipeline."""
    return StubDateline()


@pytest.fixture
def settings() -> Settings:
    """The defaults, whatever the environment says, and one allowed origin."""
    return Settings(_env_file=None, host="127.0.0.1", allowed_origins=("https://news.example",))


@pytest.fixture
def client(stub: StubDateline, settings: Settings) -> Iterator[TestClient]:
    """A client of the API alone."""
    app = create_app(stub, settings)
    with TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def stub_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server process with API and page over the scripted pipeline."""
    folder: Path = tmp_path_factory.mktemp("stub")
    with served(STUB, folder) as server:
        yield server

"""Fixtures of the server tests: the API over the scripted pipeline, in this process and in one of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from served import ROOT, STUB, Live, Served, served
from slow_model import SlowModel, slow_model
from stub_dateline import StubDateline

from qa.config import Settings
from qa.keys import hashed, new_key
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


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, indexed: Path) -> Iterator[Live]:
    """A server that asks for keys; started once."""
    folder: Path = tmp_path_factory.mktemp("live")
    shutil.copytree(indexed, folder / "data")
    key, admin, site = new_key(), new_key(), ("news", "https://news.example")
    with slow_model() as model:
        settings = {
            "QA_LLM_BASE_URL": model.url,
            "QA_LLM_MODEL": "slow",
            "QA_API_KEYS": hashed(key),
            "QA_ADMIN_KEY": hashed(admin),
            "QA_SITES": "=".join(site),
            "QA_LOG_REQUESTS": "true",
            "QA_ANSWER_CACHE": "0",  # the model is to be asked each time
        }
        with served(ROOT / "app.py", folder, **settings) as server:
            yield Live(server.url, server.errors, folder / "data", model, key, admin, site)


@pytest.fixture
def live_model(live: Live) -> Iterator[SlowModel]:
    """The live server's model, which replies without end during the test."""
    live.model.expect()
    yield live.model
    live.model.endless.clear()

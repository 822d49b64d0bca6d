"""What every test runs in: an empty home and working folder, no settings of the developer's, loopback only."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import Guard, clean_environment, open_store, settings_for

from qa.config import PROJECT, Settings, load_settings
from qa.dateline import Dateline
from qa.embed import Embedder, load_embedder
from qa.index import open_index
from qa.storage.lock import lock_data_dir


def pytest_configure() -> None:
    """Before anything heavy is imported: what OpenMP, for one, reads only once."""
    clean_environment(os.environ)


@pytest.fixture(scope="session", autouse=True)
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The home folder and the working folder (where a `.env` may lie) are empty ones."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in [name for name in os.environ if name.startswith("XDG_")]:
            patch.delenv(name)
        patch.chdir(home)
        yield


@pytest.fixture(scope="session", autouse=True)
def _guard() -> Iterator[Guard]:
    """Connections to anything but this machine are refused and remembered."""
    guard = Guard()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guard.watch(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", guard.watch(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", guard.look_up)
        yield guard


@pytest.fixture(autouse=True)
def _nothing_called_out(_guard: Guard) -> Iterator[None]:
    """A test that tried to reach another machine fails, even where the program swallowed the refusal."""
    before = len(_guard.refused)
    yield
    assert _guard.refused[before:] == []


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five reports."""
    return PROJECT / "seeds"


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """The packaged embedding model."""
    return load_embedder(load_settings(data_dir=tmp_path_factory.mktemp("embedder")))


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, seeds: Path, embedder: Embedder) -> Path:
    """A data directory that holds the seeds; read-only, see `data_copy`."""
    settings = settings_for(tmp_path_factory.mktemp("indexed") / "data")
    with lock_data_dir(settings):
        index = open_index(settings, embedder, write=True)
        index.ingest([seeds])
        index.close()
    return settings.data_dir


@pytest.fixture
def data_copy(indexed: Path, tmp_path: Path) -> Path:
    """A data directory that holds the seeds, for one test to change or damage."""
    return Path(shutil.copytree(indexed, tmp_path / "data"))


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings by name, as `load_settings`; `data_dir` is an empty folder of the test's unless given."""

    def _make(data_dir: Path | None = None, **overrides: object) -> Settings:
        return settings_for(data_dir or tmp_path / "data", **overrides)

    return _make


@pytest.fixture(scope="session")
def quoting(indexed: Path) -> Iterator[Dateline]:
    """Dateline over the seeds without a model."""
    with Dateline.open(settings_for(indexed)) as dateline:
        yield dateline


@pytest.fixture
def stored(indexed: Path) -> tuple:
    """The documents of the seeds, read from the store."""
    with open_store(settings_for(indexed)) as store:
        return store.documents()

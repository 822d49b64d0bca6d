"""The vectors in a real Chroma server in another process, in place of the embedded one."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import free_port, plain_embedder

from qa.config import Settings
from qa.errors import StorageError
from qa.index import count_documents, open_index
from qa.retrieve import Retriever
from qa.storage.lock import lock_data_dir


def test_vectors_live_in_the_server(
    chroma: tuple[str, subprocess.Popen[str]], make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """Ingesting, searching, replacing and removing go through it; when it dies, one clear line says so."""
    url, process = chroma
    settings, seen = make_settings(chroma_url=url), list[str]()
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text("The ferry sank in the storm.")
    (folder / "b.txt").write_text("The bridge opened on Monday.")
    embedder = plain_embedder(seen)
    with lock_data_dir(settings):
        index = open_index(settings, embedder, write=True)
        index.ingest([folder])
        assert not (settings.index_dir / "chroma").exists()
        assert index.ingest([folder]).unchanged == ["a.txt", "b.txt"]
        assert len(seen) == 2
        (folder / "a.txt").write_text("The ferry was raised by divers.")
        index.ingest([folder])
        index.close()
    assert count_documents(settings) == 2
    reader = open_index(settings, embedder)
    retriever = Retriever(reader.snapshot, embedder, settings)
    hits = retriever.retrieve("Which ferry was raised?")
    assert hits[0].passage.text == "The ferry was raised by divers."
    assert len(hits) == 2
    process.kill()
    process.wait()
    for attempt in (lambda: retriever.retrieve("Which ferry?"), lambda: open_index(settings, embedder)):
        with pytest.raises(StorageError) as caught:
            attempt()
        assert url in caught.value.message
        assert "QA_CHROMA_URL" in caught.value.hint
    reader.close()


def test_a_server_that_is_not_there_is_named(make_settings: Callable[..., Settings]) -> None:
    """One line with the address, before anything is embedded."""
    settings, seen = make_settings(chroma_url=f"http://127.0.0.1:{free_port()}"), list[str]()
    with lock_data_dir(settings), pytest.raises(StorageError) as caught:
        open_index(settings, plain_embedder(seen), write=True)
    assert settings.chroma_url in caught.value.message
    assert "\n" not in str(caught.value)
    assert seen == []


def test_a_server_that_hangs_is_not_waited_for(make_settings: Callable[..., Settings]) -> None:
    """One that takes connections and never answers, at the first look: one line after the time that is set."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = make_settings(chroma_url=address, chroma_timeout=0.2)
        with lock_data_dir(settings), pytest.raises(StorageError) as caught:
            open_index(settings, plain_embedder([]), write=True)
    assert caught.value.message == f"The Chroma server {address} cannot be used: timed out"

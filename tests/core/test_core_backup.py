"""A backup holds everything, comes back without embedding, and never takes the place of an index by itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from support import plain_embedder, settings_for

from qa.config import Settings
from qa.errors import InputError, StorageError
from qa.index import count_documents, open_index
from qa.ingest.backup import back_up, export, restore
from qa.load import document_id
from qa.retrieve import Retriever
from qa.storage.lock import make_data_dir

FERRY = "The ferry sank in the storm. Nobody was hurt."
BRIDGE = "The bridge opened on Monday. It is long."


@pytest.fixture
def full(make_settings: Callable[..., Settings], tmp_path: Path) -> Settings:
    """An index of two documents, one of them corrected."""
    settings = make_settings()
    make_data_dir(settings)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.txt").write_text(FERRY)
    (tmp_path / "reports" / "b.txt").write_text(BRIDGE)
    index = open_index(settings, plain_embedder(), write=True)
    index.ingest([tmp_path / "reports"])
    index.correct(document_id(FERRY), {"title": "Ferry sunk"})
    index.close()
    return settings


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """Another data directory."""
    settings = settings_for(tmp_path / "other")
    make_data_dir(settings)
    return settings


def test_a_backup_comes_back_whole(full: Settings, empty: Settings, tmp_path: Path) -> None:
    """Documents, names, corrections and vectors: nothing is embedded, and the files are known again."""
    assert back_up(full, tmp_path / "x.backup") == 2
    assert restore(empty, tmp_path / "x.backup") == 2
    embedded: list[str] = []
    before, after = open_index(full, plain_embedder()), open_index(empty, plain_embedder(embedded), write=True)
    assert dict(before.snapshot.documents) == dict(after.snapshot.documents)
    assert after.snapshot.documents[document_id(FERRY)].title == "Ferry sunk"
    assert after.ingest([tmp_path / "reports"], prune=True).changed is False
    assert embedded == []
    hits = Retriever(after.snapshot, plain_embedder(), empty).retrieve("Which ferry sank?")
    assert hits[0].passage.document_id == document_id(FERRY)
    before.close()
    after.close()
    assert {path.name for path in tmp_path.iterdir()} == {"data", "other", "reports", "x.backup"}


def test_an_index_gives_way_only_when_told(full: Settings, empty: Settings, tmp_path: Path) -> None:
    """And then as a whole: nothing of the old one is left."""
    back_up(full, tmp_path / "x.backup")
    (tmp_path / "c.txt").write_text("A tunnel is planned.")
    index = open_index(empty, plain_embedder(), write=True)
    index.ingest([tmp_path / "c.txt"])
    index.close()
    with pytest.raises(InputError, match="already") as caught:
        restore(empty, tmp_path / "x.backup")
    assert "--replace" in caught.value.hint
    assert count_documents(empty) == 1
    assert restore(empty, tmp_path / "x.backup", replace=True) == 2
    assert count_documents(empty) == 2
    opened = open_index(empty, plain_embedder(), write=True)
    assert {item.text for item in opened.snapshot.documents.values()} == {FERRY, BRIDGE}
    opened.close()


def _no_sqlite(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04" + b"x" * 999)


def _another_sqlite(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE songs (name TEXT)")
    db.close()


def _half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:9000])


def _another_text(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("UPDATE documents SET text = replace(text, 'sank', 'rose')")
    db.close()


@pytest.mark.parametrize("spoil", [_no_sqlite, _another_sqlite, _half, _another_text])
def test_what_is_no_backup_changes_nothing(
    full: Settings, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """One line; the index stays, and nothing is left beside it."""
    back_up(full, tmp_path / "x.backup")
    spoil(tmp_path / "x.backup")
    before = {path.name for path in full.index_dir.iterdir()}
    with pytest.raises(InputError, match="backup of Dateline"):
        restore(full, tmp_path / "x.backup", replace=True)
    assert count_documents(full) == 2
    assert {path.name for path in full.index_dir.iterdir()} == before


def test_a_file_that_is_there_is_not_written_over(full: Settings, tmp_path: Path) -> None:
    """Neither by a backup nor by an export; a folder that is not there is told."""
    (tmp_path / "x").write_text("mine")
    for write in (back_up, export):
        with pytest.raises(InputError, match="already"):
            write(full, tmp_path / "x")
        with pytest.raises(StorageError, match="cannot be written"):
            write(full, tmp_path / "absent" / "x")
    assert (tmp_path / "x").read_text() == "mine"


def test_an_export_has_a_line_for_each_document(full: Settings, tmp_path: Path) -> None:
    """With the text as it is stored, all names, and what was corrected."""
    assert export(full, tmp_path / "x.jsonl") == 2
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    ferry = next(line for line in lines if line["text"] == FERRY)
    assert (ferry["title"], ferry["corrected"]) == ("Ferry sunk", ["title"])
    assert ferry["uris"] == ["reports/a.txt"]
    assert {line["id"] for line in lines} == {document_id(FERRY), document_id(BRIDGE)}

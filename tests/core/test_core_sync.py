"""Files against the index: what is not even read, what is known again, what is cut off or cannot be written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import open_store, plain_embedder, settings_for

from qa.config import PROJECT, Settings
from qa.errors import IndexUnusableError, InputError
from qa.index import DOCUMENTS, Index, count_documents, open_index
from qa.ingest import sync
from qa.ingest.report import Looking
from qa.ingest.sync import survey
from qa.ingest.upkeep import index_path, rebuild
from qa.load import Batch, document_id, load_documents
from qa.retrieve import Retriever
from qa.storage import seen
from qa.storage.seen import RACY_NS, Seen
from qa.storage.vectors import open_client

FERRY = "The ferry sank in the storm. Nobody was hurt."
BRIDGE = "The bridge opened on Monday. It is long."
MAYOR = "The mayor resigned. She gave no reason."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small reports, one of them in a folder below."""
    place = tmp_path / "reports"
    (place / "sub").mkdir(parents=True)
    (place / "a.txt").write_text(FERRY)
    (place / "b.txt").write_text(BRIDGE)
    (place / "sub" / "c.txt").write_text(MAYOR)
    return place


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    names: list[str] = []

    def _load(root: Path, file: Path, **options: Any) -> Batch:
        names.append(file.name)
        return load_documents(root, file, **options)

    monkeypatch.setattr(sync, "load_documents", _load)
    return names


def _uris(index: Index) -> dict[str, tuple[str, ...]]:
    return {document.text: document.uris for document in index.snapshot.documents.values()}


def test_an_unchanged_file_is_not_even_read(
    index: Index, folder: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size, times and inode tell; whatever else decides what is read of it makes it be read again."""
    monkeypatch.setattr(seen, "RACY_NS", 0)
    index.ingest([folder])
    read.clear()
    assert len(index.ingest([folder]).unchanged) == 3
    assert read == []
    (folder / "sub" / "sources.toml").write_text('["c.txt"]\ntitle = "Gone"\n')
    assert index.ingest([folder]).replaced == ["sub/c.txt"]
    assert read == ["c.txt"]
    read.clear()
    when = (folder / "a.txt").stat()
    (folder / "a.txt").write_text(FERRY.replace("sank", "rose"))
    os.utime(folder / "a.txt", ns=(when.st_atime_ns, when.st_mtime_ns))
    assert index.ingest([folder]).replaced == ["a.txt"]
    assert read == ["a.txt"]
    read.clear()
    index.remove(document_id(BRIDGE))
    assert index.ingest([folder]).added == ["b.txt"]


def test_what_was_read_right_after_a_change_is_read_again(index: Index, folder: Path, read: list[str]) -> None:
    """A further change might have left the same times."""
    index.ingest([folder])
    read.clear()
    index.ingest([folder])
    assert sorted(read) == ["a.txt", "b.txt", "c.txt"]


SEEN = Seen(size=5, mtime_ns=10, ctime_ns=10, inode=7, read_ns=10 + RACY_NS, context="c")


@pytest.mark.parametrize(
    ("now", "still"),
    [
        ({}, True),
        ({"read_ns": 99 * RACY_NS}, True),
        ({"size": 6}, False),
        ({"mtime_ns": 9}, False),
        ({"ctime_ns": 11}, False),
        ({"inode": 8}, False),
        ({"context": "d"}, False),
    ],
    ids=str,
)
def test_what_tells_that_a_file_is_the_same(now: dict[str, Any], still: bool) -> None:
    """All that is remembered of it, but for when it was looked at."""
    assert SEEN.still(replace(SEEN, **now)) is still
    assert not replace(SEEN, read_ns=SEEN.read_ns - 1).still(SEEN)


def test_a_renamed_file_is_known_again(index: Index, folder: Path, embedded: list[str]) -> None:
    """Its document keeps its id, nothing is embedded, and the old name goes though nothing was to be pruned."""
    index.ingest([folder])
    embedded.clear()
    (folder / "a.txt").rename(folder / "sub" / "z.txt")
    (folder / "sub" / "c.txt").rename(folder / "mayor.txt")
    report = index.ingest([folder])
    assert report.renamed == [("sub/c.txt", "mayor.txt"), ("a.txt", "sub/z.txt")]
    assert (report.added, report.replaced, report.missing, embedded) == ([], [], [], [])
    assert _uris(index) == {
        FERRY: ("reports/sub/z.txt",),
        MAYOR: ("reports/mayor.txt",),
        BRIDGE: ("reports/b.txt",),
    }
    assert index.ingest([folder], prune=True).changed is False


def test_a_copied_file_is_a_second_name(index: Index, folder: Path) -> None:
    """While the first one is there, nothing was renamed; of two copies of a lost file one is its new name."""
    index.ingest([folder])
    shutil.copy(folder / "a.txt", folder / "d.txt")
    assert index.ingest([folder]).added == ["d.txt"]
    for name in ("x.txt", "y.txt"):
        shutil.copy(folder / "b.txt", folder / name)
    (folder / "b.txt").unlink()
    report = index.ingest([folder])
    assert (report.renamed, report.added) == ([("b.txt", "x.txt")], ["y.txt"])
    assert _uris(index)[BRIDGE] == ("reports/x.txt", "reports/y.txt")
    assert _uris(index)[FERRY] == ("reports/a.txt", "reports/d.txt")


def _change_everything(folder: Path) -> None:
    (folder / "a.txt").write_text("The ferry was raised. Divers helped.")
    (folder / "b.txt").rename(folder / "bridge.txt")
    (folder / "sub" / "c.txt").unlink()
    (folder / "new.txt").write_text("A tunnel is planned. It will cost millions.")
    (folder / "bad.txt").write_bytes(b"\xff\xfe\x00")


@pytest.mark.parametrize("prune", [False, True])
def test_a_dry_run_tells_and_changes_nothing(
    index: Index, folder: Path, settings: Settings, prune: bool
) -> None:
    """It says just what the run then does, and the index stays as it was, to the byte."""
    index.ingest([folder])
    _change_everything(folder)
    before = (settings.index_dir / DOCUMENTS).read_bytes()
    told = survey(settings, index_path(settings), [folder], Looking(), prune=prune)
    assert (settings.index_dir / DOCUMENTS).read_bytes() == before
    assert told.as_dict() == index.ingest([folder], prune=prune).as_dict()
    assert (told.added, told.replaced, told.renamed) == (["new.txt"], ["a.txt"], [("b.txt", "bridge.txt")])
    assert (told.removed, told.missing) == ((["sub/c.txt"], []) if prune else ([], ["sub/c.txt"]))
    assert [name for name, _ in told.failed] == ["bad.txt"]


def test_a_dry_run_without_an_index_makes_none(folder: Path, make_settings: Callable[..., Settings]) -> None:
    """All files are new, and nothing appears."""
    settings = make_settings()
    told = survey(settings, index_path(settings), [folder], Looking(), prune=True)
    assert told.added == ["a.txt", "b.txt", "sub/c.txt"]
    assert not settings.data_dir.exists()


def test_a_stopped_run_goes_on_where_it_was(index: Index, folder: Path, embedded: list[str]) -> None:
    """What is done stays, nothing is pruned, and the next run embeds only the rest."""
    (folder / "sub" / "c.txt").rename(folder.parent / "c.txt")
    index.ingest([folder.parent / "c.txt"])
    (folder.parent / "c.txt").unlink()
    done: list[str] = []
    report = index.ingest(
        [folder.parent],
        prune=True,
        progress=lambda at, total, name: done.append(name),
        cancelled=lambda: len(done) == 1,
    )
    assert (report.stopped, report.added, report.removed) == (True, ["reports/a.txt"], [])
    assert set(_uris(index)) == {FERRY, MAYOR}
    embedded.clear()
    report = index.ingest([folder.parent], prune=True)
    assert (report.stopped, report.added, report.removed) == (False, ["reports/b.txt"], ["c.txt"])
    assert len(embedded) == 1


def test_a_file_that_changes_while_it_is_read_is_not_taken_half(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read again; one that never comes to rest is left out, as is one that vanishes."""
    times = {"a.txt": 1, "b.txt": 99}

    def _load(root: Path, file: Path, **options: Any) -> Batch:
        batch = load_documents(root, file, **options)
        if times.get(file.name, 0) > 0:
            times[file.name] -= 1
            file.write_text(file.read_text() + " More was told.")
        if file.name == "c.txt":
            file.unlink()
        return batch

    monkeypatch.setattr(sync, "load_documents", _load)
    report = index.ingest([folder])
    assert set(_uris(index)) == {f"{FERRY} More was told."}
    assert [name for name, _ in report.failed] == ["b.txt", "sub/c.txt"]
    assert "changed while it was read" in report.failed[0][1]
    assert "No such file" in report.failed[1][1]


def test_a_file_that_is_being_written_can_wait(settings: Settings, folder: Path) -> None:
    """With a time to settle, one that changed just now is left for the next look."""
    os.utime(folder / "a.txt", (1, 1))
    told = survey(settings, None, [folder], Looking(settle=3600), prune=False)
    assert (told.added, told.unsettled) == (["a.txt"], ["b.txt", "sub/c.txt"])


def test_a_bad_file_alone_in_a_folder_is_left_out(index: Index, tmp_path: Path) -> None:
    """Only a file given by name, and nothing beside it, is an error of the whole run."""
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "bad.txt").write_bytes(b"\xff")
    assert [name for name, _ in index.ingest([tmp_path / "only"]).failed] == ["bad.txt"]
    with pytest.raises(InputError, match="not UTF-8"):
        index.ingest([tmp_path / "only" / "bad.txt"])
    (tmp_path / "good.txt").write_text(FERRY)
    report = index.ingest([tmp_path / "only" / "bad.txt", tmp_path / "good.txt"])
    assert ([name for name, _ in report.failed], report.added) == (["bad.txt"], ["good.txt"])


def test_an_unreadable_folder_is_not_an_empty_one(index: Index, folder: Path, tmp_path: Path) -> None:
    """A folder that is gone as a whole is an error, not a reason to remove what came from it."""
    index.ingest([folder])
    folder.rename(tmp_path / "elsewhere")
    (tmp_path / "reports").symlink_to(tmp_path / "reports")  # a loop: nothing can be told of what is below
    assert not seen.is_gone(folder / "a.txt")
    (tmp_path / "reports").unlink()
    assert seen.is_gone(folder / "a.txt")


def _as_it_was_before(file: Path) -> None:
    """The tables as they were when names told nothing and files were not remembered."""
    with sqlite3.connect(file) as db:
        for table in ("files", "corrections", "strays"):
            db.execute(f"DROP TABLE {table}")
        for column in ("file", "told"):
            db.execute(f"ALTER TABLE names DROP COLUMN {column}")
        db.execute("PRAGMA user_version = 0")
    db.close()


def test_an_older_index_is_taken_over(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """Its documents are unchanged, nothing is embedded again, and it can be read before anything is written."""
    index.ingest([folder])
    index.close()
    _as_it_was_before(settings.index_dir / DOCUMENTS)
    embedded.clear()
    assert len(survey(settings, index_path(settings), [folder], Looking(), prune=True).unchanged) == 3
    assert count_documents(settings) == 3
    later = open_index(settings, plain_embedder(embedded), write=True)
    report = later.ingest([folder], prune=True)
    assert (len(report.unchanged), report.changed, embedded) == (3, False, [])
    later.close()


def test_a_newer_index_is_left_alone(index: Index, settings: Settings) -> None:
    """One line says so; its file is not touched."""
    index.close()
    with sqlite3.connect(settings.index_dir / DOCUMENTS) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = (settings.index_dir / DOCUMENTS).read_bytes()
    with pytest.raises(IndexUnusableError, match="newer Dateline"):
        open_index(settings, plain_embedder(), write=True)
    assert (settings.index_dir / DOCUMENTS).read_bytes() == before


FULL = """
import resource, sys
from pathlib import Path
from support import plain_embedder, settings_for
from qa.errors import StorageError
from qa.index import open_index
settings = settings_for(Path(sys.argv[1]))
index = open_index(settings, plain_embedder(), write=True)
largest = max(file.stat().st_size for file in settings.index_dir.rglob("*") if file.is_file())
resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 40_000, resource.RLIM_INFINITY))
try:
    index.ingest([Path(sys.argv[2])])
except StorageError as error:
    print(type(error).__name__, error)
"""


def test_a_disk_that_takes_no_more_loses_nothing(index: Index, folder: Path, settings: Settings) -> None:
    """Where files cannot grow, a clear line comes out, the old documents stay, and later the rest comes in."""
    index.ingest([folder])
    index.close()
    for number in range(70):
        (folder / f"{number:03}.txt").write_text(f"Ship number {number} left the port. " * 20)
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(settings.data_dir), str(folder)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(PROJECT / "tests"), str(PROJECT)))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("StorageError The "), run.stdout + run.stderr
    assert "full" in run.stdout
    assert run.stdout.count("\n") == 1
    assert count_documents(settings) >= 3
    again = open_index(settings_for(settings.data_dir), plain_embedder(), write=True)
    assert set(_uris(again)) >= {FERRY, BRIDGE, MAYOR}
    again.ingest([folder])
    assert len(again.snapshot.documents) == 73
    with open_store(settings) as store:
        assert store.strays() == ()
    again.close()


def test_a_rebuild_happens_beside_the_old_vectors(index: Index, folder: Path, settings: Settings) -> None:
    """Another embedder is refused until then; stopped midway nothing is changed, and readers go on."""
    index.ingest([folder])
    index.correct(document_id(FERRY), {"title": "Ferry sunk"})
    index.close()
    other = plain_embedder(dimensions=64)
    other.name = "another"
    reader = open_index(settings, plain_embedder())
    with pytest.raises(IndexUnusableError, match=r"hashed words.*another") as caught:
        open_index(settings, other)
    assert "qa ingest --rebuild" in caught.value.hint
    assert rebuild(settings, cancelled=lambda: True, embedder=lambda _: other) is None
    open_index(settings, plain_embedder()).close()
    steps: list[tuple[int, int]] = []
    total = rebuild(settings, lambda done, of, name: steps.append((done, of)), embedder=lambda _: other)
    assert (total, steps[-1]) == (3, (3, 3))
    with pytest.raises(IndexUnusableError, match=r"another.*hashed words"):
        open_index(settings, plain_embedder())
    assert Retriever(reader.snapshot, plain_embedder(), settings).retrieve("Which ferry sank?")
    reader.close()
    opened = open_index(settings, other, write=True)
    assert opened.snapshot.documents[document_id(FERRY)].title == "Ferry sunk"
    hits = Retriever(opened.snapshot, other, settings).retrieve("Which ferry sank?")
    assert hits[0].passage.document_id == document_id(FERRY)
    assert [one.name for one in open_client(settings).list_collections()] == ["passages-2"]
    assert opened.ingest([folder], prune=True).changed is False
    opened.close()

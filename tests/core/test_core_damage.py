"""Files that are not what was written, and folders that cannot be written: one error of ours for each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from chromadb.errors import InternalError
from support import plain_embedder, settings_for

from qa.config import Settings
from qa.dateline import Dateline
from qa.embed import Embedder
from qa.errors import IndexUnusableError, StorageError, VectorsDamagedError
from qa.index import DOCUMENTS, count_documents, open_index
from qa.ingest.upkeep import rebuild
from qa.retrieve import Retriever
from qa.storage.lock import lock_data_dir
from qa.storage.vectors import PassageVectors

NOBODY = 65534


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garble(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * (path.stat().st_size // 256 + 1))


def _garble_inside(path: Path) -> None:
    """Keep the first page, so that the file looks like what it was."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(range(256)) * ((len(content) - 4096) // 256))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


DAMAGES = [
    (DOCUMENTS, _truncate),
    (DOCUMENTS, _garble),
    (DOCUMENTS, _garble_inside),
    (DOCUMENTS, _empty),
    ("chroma/chroma.sqlite3", _truncate),
    ("chroma/chroma.sqlite3", _garble),
    ("chroma/chroma.sqlite3", _garble_inside),
    ("chroma/chroma.sqlite3", _empty),
    ("chroma/chroma.sqlite3", _remove),
    ("chroma", _remove),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES, ids=lambda value: getattr(value, "__name__", value))
def test_a_damaged_index_is_one_clear_error(
    data_copy: Path, embedder: Embedder, name: str, damage: Callable[[Path], None]
) -> None:
    """Opening for questions and `qa doctor` alike say that it is damaged, where it is, and what to do."""
    settings = settings_for(data_copy)
    damage(settings.index_dir / name)
    for attempt in (lambda: open_index(settings, embedder), lambda: count_documents(settings)):
        with pytest.raises(IndexUnusableError) as caught:
            attempt()
        assert caught.value.message == f"The index in {settings.index_dir} is damaged."
        assert "qa ingest" in caught.value.hint


@pytest.mark.parametrize("name", ["header.bin", "data_level0.bin", "length.bin", "link_lists.bin"])
def test_damaged_vector_files_end_in_an_answer_or_a_clear_error(
    data_copy: Path, embedder: Embedder, name: str
) -> None:
    """Chroma may read its own files only when asked: then, too, nothing but an error of ours comes out."""
    settings = settings_for(data_copy)
    for file in settings.index_dir.glob(f"chroma/*/{name}"):
        _garble(file)
    with suppress(IndexUnusableError), Dateline.open(settings) as dateline:
        assert dateline.ask("What did Israel want Russia to halt in 2013?").citations


def test_lost_vectors_are_made_again_by_the_owner(data_copy: Path, embedder: Embedder) -> None:
    """The rows hold all that is needed: a server that owns the folder mends it, nothing is lost."""
    settings = settings_for(data_copy)
    shutil.rmtree(settings.index_dir / "chroma")
    with lock_data_dir(settings):
        index = open_index(settings, embedder, write=True)
        assert len(index.snapshot.documents) == 5
        index.close()
    assert count_documents(settings) == 5


@pytest.mark.parametrize("damage", [_truncate, _garble, _garble_inside, _empty])
def test_damaged_vectors_are_rebuilt_from_the_rows(data_copy: Path, damage: Callable[[Path], None]) -> None:
    """The hint names the command, and it needs none of the files that were brought in."""
    settings, quick = settings_for(data_copy), plain_embedder()
    damage(settings.index_dir / "chroma" / "chroma.sqlite3")
    with pytest.raises(IndexUnusableError) as caught:
        count_documents(settings)
    assert "qa ingest --rebuild" in caught.value.hint
    with lock_data_dir(settings):
        assert rebuild(settings, embedder=lambda _: quick) == 5
    assert count_documents(settings) == 5
    opened = open_index(settings, quick)
    hits = Retriever(opened.snapshot, quick, settings).retrieve("Who wanted the supplies of missiles halted?")
    assert len({hit.passage.document_id for hit in hits}) > 1
    opened.close()


class Failing:
    """Chroma's collection, whose first searches fail."""

    def __init__(self, collection: Any, failures: int) -> None:
        self._collection, self.failures = collection, failures

    def query(self, **asked: Any) -> Any:
        """As the collection's own."""
        self.failures -= 1
        if self.failures >= 0:
            raise InternalError("Error finding id")
        return self._collection.query(**asked)


def test_one_search_that_fails_is_no_damage(data_copy: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again, and the log says why; one that fails again is told of."""
    vectors = PassageVectors(settings_for(data_copy))
    question = vectors.collection.get(limit=1, include=["embeddings"])["embeddings"][0].tolist()
    found = vectors.nearest(question, 3)
    assert len(found) == 3
    vectors.collection = Failing(vectors.collection, 1)
    assert vectors.nearest(question, 3) == found
    assert "Error finding id" in caplog.text
    vectors.collection.failures = 2
    with pytest.raises(VectorsDamagedError):
        vectors.nearest(question, 3)


def test_no_index_is_said_so(make_settings: Callable[..., Settings], embedder: Embedder) -> None:
    """Nothing is made by looking, and the hint names the command that makes an index."""
    settings = make_settings()
    for attempt in (
        lambda: open_index(settings, embedder),
        lambda: count_documents(settings),
        lambda: Dateline.open(settings),
    ):
        with pytest.raises(IndexUnusableError, match="There is no index") as caught:
            attempt()
        assert "qa ingest" in caught.value.hint
    assert not settings.data_dir.exists()


@pytest.mark.parametrize("write", [False, True])
def test_an_index_of_another_embedder_is_refused(data_copy: Path, write: bool) -> None:
    """Both are named, and nothing is changed, whether it is opened for reading or for writing."""
    settings = settings_for(data_copy)
    with pytest.raises(IndexUnusableError) as caught:
        open_index(settings, plain_embedder(), write=write)
    assert "all-MiniLM-L6-v2" in caught.value.message
    assert "hashed words" in caught.value.message
    assert "QA_EMBED_MODEL" in caught.value.hint
    assert count_documents(settings) == 5


def test_a_data_directory_below_a_file_is_refused(tmp_path: Path) -> None:
    """No user can write there."""
    (tmp_path / "file").write_text("")
    settings = settings_for(tmp_path / "file" / "data")
    with (
        pytest.raises(StorageError, match="cannot be written: Not a directory") as caught,
        lock_data_dir(settings),
    ):
        pass
    assert "QA_DATA_DIR" in caught.value.hint


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an ordinary user can reach; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("name", ["absent", "present"])
def test_a_data_directory_without_permission_is_refused(open_folder: Path, name: str) -> None:
    """An ordinary user gets one line, whether the folder must be made or is there; nothing is left behind."""
    (open_folder / "present").mkdir()
    for folder in (open_folder / "present", open_folder):
        folder.chmod(0o555)
    root = os.getuid() == 0
    script = (
        "import os, sys; from pathlib import Path; from qa.errors import StorageError; import filelock\n"
        "from qa.config import load_settings; from qa.storage.lock import lock_data_dir\n"
        f"{f'os.setgid({NOBODY}); os.setuid({NOBODY})' if root else ''}\n"
        "try:\n with lock_data_dir(load_settings(data_dir=sys.argv[1])): pass\n"
        "except StorageError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(open_folder / name)],
        cwd=open_folder,
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )
    assert run.stdout.startswith(
        f"The data directory {open_folder / name} cannot be written: Permission denied."
    )
    assert run.stderr == ""
    assert [item.name for item in open_folder.rglob("*")] == ["present"]

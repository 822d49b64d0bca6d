"""A process killed at any point leaves each document old or new, and the next change mends the rest."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from crash_child import BEGINNING, HOOKS, REMOVING
from support import open_store, plain_embedder, settings_for, wait_until

from qa.config import PROJECT, Settings
from qa.embed import Embedder
from qa.errors import BusyError
from qa.index import Index, count_documents, open_index
from qa.ingest.upkeep import vectors_in_use
from qa.load import document_id
from qa.retrieve import Retriever
from qa.split import split_passages
from qa.storage.lock import lock_data_dir
from qa.storage.vectors import open_client, open_collection

HERE = Path(__file__).parent
OLD = {
    "kept.txt": "The lighthouse stands. Its lamp is new.",
    "one.txt": "The ferry sank in the storm. Nobody was hurt.",
    "two.txt": "The bridge opened on Monday. It is long.",
    "gone.txt": "The mayor resigned. She gave no reason.",
    "moving.txt": "The market was held. Many came to it.",
    "news.zip/in.txt": "Millers went on strike. They want shorter days.",
    "news.zip/out.txt": "Pupils wrote letters. Each got an answer.",
    "rows.csv#row-2": "Ice covers harbours. Ships had to wait.",
    "rows.csv#row-3": "Comets pass tonight. Observers drew tails.",
}
NEW = {
    "kept.txt": OLD["kept.txt"],
    "one.txt": "The ferry was raised. Divers helped to lift it.",
    "two.txt": "The bridge closed again. A crack was found.",
    "more.txt": "A tunnel is planned. It will cost millions.",
    "under/moved.txt": OLD["moving.txt"],
    "news.zip/in.txt": "Grain prices doubled. Bakers complain loudly.",
    "news.zip/new.txt": "Actors rehearse nightly. Their play is old.",
    "later.csv#row-2": OLD["rows.csv#row-2"],
    "later.csv#row-3": "Wolves crossed rivers. Shepherds counted them.",
}
WHOLE = ("news.zip/", "rows.csv#", "later.csv#")  # of each, all that it holds is old or all is new
LEFT = {"rows.csv#row-3": OLD["rows.csv#row-3"]}  # of a renamed file, until it is pruned
CORRECTED = "The lamp, put right by hand"
STATEMENTS = [f"at statement {number}" for number in (30, 60, 80, 100, 125)]


def _write(folder: Path, texts: dict[str, str]) -> None:
    (folder / "under").mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.*"):
        file.unlink()
    for name, text in texts.items():
        if (table := name.partition("#")[0]) != name:
            with (folder / table).open("a") as rows:
                rows.write(f'"{text}"\n' if rows.tell() else f'text\n"{text}"\n')
        elif (parts := name.partition("/"))[0].endswith(".zip"):
            with zipfile.ZipFile(folder / parts[0], "a") as archive:
                archive.writestr(parts[2], text)
        else:
            (folder / name).write_text(text)


def _child(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, script, *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (HERE, HERE.parent, PROJECT)))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _by_name(index: Index) -> dict[str, str]:
    """Texts by file name; fails where two documents claim one name."""
    named = [
        (uri.partition("/")[2], item.text) for item in index.snapshot.documents.values() for uri in item.uris
    ]
    assert len(named) == len(dict(named)) == len(index.snapshot.documents)
    return dict(named)


def _searchable(index: Index, settings: Settings, embedder: Embedder) -> None:
    """Every stored document is found by its own first sentence, and nothing else is found at all."""
    retriever = Retriever(index.snapshot, embedder, settings)
    for document in index.snapshot.documents.values():
        hits = retriever.retrieve(document.text.split(".")[0])
        assert hits[0].passage.document_id == document.id
        for hit in hits:
            owner = index.snapshot.documents[hit.passage.document_id]
            assert owner.text[hit.passage.start : hit.passage.end] == hit.passage.text


CHANGING = [*HOOKS.keys() - BEGINNING.keys(), *STATEMENTS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, as they are after the change."""
    place = tmp_path_factory.mktemp("crash") / "reports"
    _write(place, OLD)
    return place


@pytest.fixture(scope="module")
def wrecks(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> dict[str, Settings]:
    """A data directory for each point, left by a process that was killed there."""
    whole = settings_for(tmp_path_factory.mktemp("whole") / "data")
    with lock_data_dir(whole):
        index = open_index(whole, plain_embedder(), write=True)
        index.ingest([folder])
        assert _by_name(index) == OLD
        index.correct(document_id(OLD["kept.txt"]), {"title": CORRECTED})
        index.close()
    _write(folder, NEW)
    left = {point: settings_for(tmp_path_factory.mktemp("wreck") / "data") for point in [*HOOKS, *STATEMENTS]}
    for point in CHANGING:
        shutil.copytree(whole.data_dir, left[point].data_dir)
    pairs = [word for point, settings in left.items() for word in (str(settings.data_dir), point)]
    child = _child(str(HERE / "crash_child.py"), str(folder), *pairs)
    output, complaints = child.communicate(timeout=300)
    assert complaints == ""
    ended = dict(zip(left, map(int, output.split()), strict=True))
    assert {point for point, code in ended.items() if code != -signal.SIGKILL} == set()
    return left


@pytest.mark.parametrize("point", sorted(CHANGING))
def test_killed_while_the_index_changes(wrecks: dict[str, Settings], folder: Path, point: str) -> None:
    """Each file has its old or its new document, never a mixture, and none is lost; searches work; ingesting
    again gives exactly the new state.
    """
    settings = wrecks[point]
    switched = point == "after the switch"
    embedder = plain_embedder(dimensions=128) if switched else plain_embedder()
    reader = open_index(settings, embedder)
    found = _by_name(reader)
    if point in REMOVING:
        assert len(OLD.items() - found.items()) == 1
    else:
        assert found.keys() >= {"kept.txt", "one.txt", "two.txt"}
        assert len(found.keys() & {"moving.txt", "under/moved.txt"}) == 1
        assert reader.snapshot.documents[document_id(OLD["kept.txt"])].title == CORRECTED
    for name, text in found.items():
        assert text in (OLD.get(name), NEW.get(name))
    if point not in REMOVING:
        for start in WHOLE:
            held = {name: text for name, text in found.items() if name.startswith(start)}
            old, new = ({n: t for n, t in texts.items() if n.startswith(start)} for texts in (OLD, NEW))
            assert held in (old, new, LEFT if start == "rows.csv#" else new)
    _searchable(reader, settings, embedder)
    reader.close()
    assert count_documents(settings) == len(found)

    with lock_data_dir(settings):
        index = open_index(settings, embedder, write=True)
        index.ingest([folder], prune=True)
        assert _by_name(index) == NEW
        assert index.snapshot.documents[document_id(OLD["kept.txt"])].title == CORRECTED
        _searchable(index, settings, embedder)
        wanted = {passage.id for item in index.snapshot.documents.values() for passage in split_passages(item)}
        with open_store(settings) as store:
            assert store.strays() == ()
            assert set(open_collection(settings, vectors_in_use(store)).get(include=[])["ids"]) == wanted
        assert len(open_client(settings).list_collections()) == 1
        index.close()


def test_killed_while_the_first_index_is_made(wrecks: dict[str, Settings], folder: Path) -> None:
    """What is left can be opened, and knows that nothing ever came in, so that the seeds still can."""
    settings = wrecks["before the first row"]
    with lock_data_dir(settings):
        index = open_index(settings, plain_embedder(), write=True)
        assert index.untouched
        index.ingest([folder])
        assert _by_name(index) == NEW
        assert not index.untouched
        index.close()


HOLDER = """
import sys, threading
from pathlib import Path
from support import settings_for
from qa.load import document_id
from qa.storage.lock import lock_data_dir
with lock_data_dir(settings_for(Path(sys.argv[1]))):
    print("held", flush=True)
    threading.Event().wait()
"""


def test_one_process_owns_a_data_directory(tmp_path: Path, make_settings: Callable[..., Settings]) -> None:
    """A second one is told which process does; once that is killed the directory is free again."""
    settings = make_settings()
    script = tmp_path / "holder.py"
    script.write_text(HOLDER)
    child = _child(str(script), str(settings.data_dir))
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=rf"process {child.pid}\b") as caught, lock_data_dir(settings):
            pass
        assert "QA_DATA_DIR" in caught.value.hint
    finally:
        child.kill()
        child.communicate()

    def is_free() -> bool:
        try:
            with lock_data_dir(settings):
                return True
        except BusyError:
            return False

    wait_until(is_free, "the lock of a dead process", seconds=10)


def test_the_lock_is_free_after_an_error(make_settings: Callable[..., Settings]) -> None:
    """A failure under the lock does not keep the directory."""
    settings = make_settings()
    with pytest.raises(KeyError), lock_data_dir(settings):
        raise KeyError
    with lock_data_dir(settings):
        assert (settings.data_dir / "owner").read_text().strip() == str(os.getpid())

"""A process that changes an index and kills itself: `crash_child.py FOLDER (DATA_DIR POINT)...`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support import plain_embedder, settings_for

from qa.index import open_index
from qa.ingest import write
from qa.ingest.upkeep import rebuild
from qa.ingest.write import Writer
from qa.split import split_text
from qa.storage.database import Database
from qa.storage.lock import lock_data_dir
from qa.storage.store import DocumentStore
from qa.storage.vectors import PassageVectors


def die(*_: object, **__: object) -> Any:
    """End as a power cut would: nothing is flushed, closed or released."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(call: Callable[..., Any], times: int = 1) -> Callable[..., Any]:
    """The call, and death when it has returned for the given time."""
    left = [times]

    def _call(*arguments: Any, **options: Any) -> Any:
        result = call(*arguments, **options)
        left[0] -= 1
        return die() if left[0] == 0 else result

    return _call


Hook = tuple[type, str, Callable[..., Any]]

INGESTING: dict[str, Hook] = {
    "before the vectors": (PassageVectors, "add", die),
    "between vectors and rows": (PassageVectors, "add", after(PassageVectors.add)),
    "between two batches": (DocumentStore, "apply", after(DocumentStore.apply)),
    "within the rows": (DocumentStore, "_put", after(DocumentStore._put)),
    "at the end of the rows": (DocumentStore, "_note_seen", die),
    "between rows and pruning": (Writer, "_take_out", die),
    "after pruning": (Writer, "_take_out", after(Writer._take_out)),
    "before old vectors go": (PassageVectors, "delete", die),
    "after old vectors went": (PassageVectors, "delete", after(PassageVectors.delete)),
}
"""Where an ingest dies, by name; besides these it may die at any SQL statement, "at statement N"."""

REMOVING: dict[str, Hook] = {"after removing a row": (DocumentStore, "apply", after(DocumentStore.apply))}
CORRECTING: dict[str, Hook] = {
    "between a correction's vectors and its row": (PassageVectors, "add", after(PassageVectors.add))
}
REBUILDING: dict[str, Hook] = {
    "within a rebuild": (PassageVectors, "add", after(PassageVectors.add)),
    "before the switch": (DocumentStore, "switch", die),
    "within the switch": (DocumentStore, "set_meta", after(DocumentStore.set_meta)),
    "after the switch": (DocumentStore, "switch", after(DocumentStore.switch)),
}
BEGINNING: dict[str, Hook] = {
    "before the first row": (DocumentStore, "set_meta", after(DocumentStore.set_meta))
}
HOOKS = INGESTING | REMOVING | CORRECTING | REBUILDING | BEGINNING


def die_at_statement(number: int) -> None:
    """Die when that many SQL statements, from now on, have begun."""
    left = [number]

    def _count(statement: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            die()

    begin = Database._prepare

    def _prepare(self: Database) -> None:
        begin(self)
        self._db.set_trace_callback(_count)

    setattr(Database, "_prepare", _prepare)  # noqa: B010  # mypy minds the assignment


def change(data_dir: Path, folder: Path, point: str) -> None:
    """Change the index in the way that the point belongs to; it is never finished."""
    settings = settings_for(data_dir)
    write.BATCH_DOCUMENTS = 2
    if point.startswith("at statement "):
        die_at_statement(int(point.split()[-1]))
    elif point in BEGINNING | REBUILDING:
        setattr(*HOOKS[point])
    with lock_data_dir(settings):
        if point in REBUILDING:
            rebuild(settings, embedder=lambda _: plain_embedder(dimensions=128))
        index = open_index(settings, plain_embedder(), write=True)
        if point in HOOKS:
            setattr(*HOOKS[point])
        if point in REMOVING:
            index.remove(next(iter(index.snapshot.documents)))
        if point in CORRECTING:
            index.correct(next(iter(index.snapshot.documents)), {"title": "Another title"})
        index.ingest([folder], prune=True)


def main() -> None:
    """Fork for every point, so that the slow imports are done once; print how each of them ended."""
    import chromadb.api.rust  # noqa: F401  # what a client imports when it is made
    from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: F401

    plain_embedder()
    split_text("Once. Only once.")
    folder = Path(sys.argv[1])
    for data_dir, point in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
        pid = os.fork()
        if pid == 0:
            change(Path(data_dir), folder, point)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201  # its report


if __name__ == "__main__":
    main()

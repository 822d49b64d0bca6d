"""A collection as one file, back again, and as plain lines for other programs.

The file is the index's own SQLite file with the vectors in a further table; what it lacks of them is embedded
when it is opened again. It is written beside its place and moved there whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from qa.config import Settings
from qa.errors import DatelineError, InputError, StorageError
from qa.ingest.upkeep import (
    DOCUMENTS,
    FINGERPRINT,
    VECTORS,
    index_exists,
    next_name,
    require_index,
    vectors_in_use,
)
from qa.load import document_id
from qa.metadata.described import described
from qa.records import Document
from qa.split import split_passages
from qa.storage.database import Database, discard
from qa.storage.store import DocumentStore
from qa.storage.vectors import PassageVectors, drop_unused, make_node
from qa.storage.word_index import IN_USE

_TABLE = "CREATE TABLE vectors (passage_id TEXT PRIMARY KEY, vector BLOB NOT NULL)"
_AT_ONCE = 64  # documents


def back_up(settings: Settings, target: Path) -> int:
    """Write the whole index into a new file, as it is at one moment; how many documents it holds.

    Raises:
        IndexUnusableError: there is no index, or it is damaged.
        InputError, StorageError: the file is there already, or cannot be written.
    """
    source = require_index(settings)
    with _beside(target) as partial:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(partial)) as new:
            old.backup(new)
        with closing(Database(partial)) as copy, closing(DocumentStore(partial)) as store:
            vectors = PassageVectors(settings, vectors_in_use(store))
            with copy.transaction() as db:
                db.execute(_TABLE)
            for documents in _in_parts(store):  # not read while it is written: they are two connections
                ids = [passage.id for document in documents for passage in split_passages(document)]
                rows = list(vectors.packed(ids))
                with copy.transaction() as db:
                    db.executemany("INSERT INTO vectors VALUES (?, ?)", rows)
            return store.document_count()


def restore(settings: Settings, source: Path, *, replace: bool = False) -> int:
    """Make a backup the index; how many documents it holds. The caller holds `lock_data_dir`. An index that is
    there gives way only with `replace`, in one step at the end.

    Raises:
        InputError: the file is no backup, or there is an index already.
        StorageError: the index cannot be written.
    """
    there = index_exists(settings)
    if there and not replace:
        raise InputError(
            f"There is an index in {settings.index_dir} already.",
            "Use `--replace` to put the backup in its place, or `--collection NAME` for one of its own.",
        )
    place = settings.index_dir / DOCUMENTS
    used = ""
    if there:
        with closing(DocumentStore(place)) as store:  # opened, it is whole again after a crash
            used = vectors_in_use(store)
    partial = place.with_suffix(".restoring")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _copy(source, partial)
        _check(partial)
        count = _take_in(settings, partial, used)
        partial.replace(place)
    except OSError as error:
        raise StorageError(
            f"{source.name} cannot be restored: {error.strerror}.", "See to it and run again."
        ) from error
    finally:
        discard(partial)
    return count


def export(settings: Settings, target: Path) -> int:
    """Write every document as a line of JSON; how many there are.

    Raises:
        IndexUnusableError: there is no index, or it is damaged.
        InputError, StorageError: the file is there already, or cannot be written.
    """
    with (
        closing(DocumentStore(require_index(settings))) as store,
        _beside(target) as partial,
        partial.open("w", encoding="utf-8") as lines,
    ):
        count = 0
        for documents in _in_parts(store):
            for document in documents:
                places = [asdict(place) for place in document.places]
                told = {**described(document), "text": document.text, "places": places}
                lines.write(json.dumps(told, ensure_ascii=False) + "\n")
                count += 1
    return count


def _take_in(settings: Settings, partial: Path, used: str) -> int:
    """Check a copy of a backup and bring its vectors into a collection of their own, which it then names."""
    with closing(DocumentStore(partial)) as store, closing(Database(partial)) as copy:
        drop_unused(settings, used)
        vectors = PassageVectors(settings, next_name(used))
        for documents in _in_parts(store):
            with copy.reading() as db:
                _bring(db, vectors, documents)
        with copy.transaction() as db:
            db.execute("DROP TABLE vectors")
        store.set_meta(**{VECTORS: vectors.name, IN_USE: ""})  # the word index follows the rows anew
        return store.document_count()


def _check(partial: Path) -> None:
    """Whether a file is a whole backup: every text is the one that its id was made of."""
    try:
        with closing(sqlite3.connect(partial)) as db:
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        with closing(DocumentStore(partial)) as store:
            made_with = store.meta(FINGERPRINT)
            whole = all(
                one.id == document_id(one.text) and one.uris for part in _in_parts(store) for one in part
            )
    except (DatelineError, sqlite3.Error, ValueError):
        made_with, whole, tables = None, False, set()
    if made_with is None or not whole or "vectors" not in tables:
        raise InputError("The file is no whole backup of Dateline.", "Give one that `qa backup FILE` wrote.")


def _bring(db: sqlite3.Connection, vectors: PassageVectors, documents: list[Document]) -> None:
    nodes, rows = [], []
    for document in documents:
        for passage in split_passages(document):
            row = db.execute("SELECT vector FROM vectors WHERE passage_id = ?", (passage.id,)).fetchone()
            if row is not None:
                nodes.append(make_node(document, passage))
                rows.append(vectors.unpacked(row[0]))
    if nodes:
        vectors.add(nodes, rows)


def _copy(source: Path, partial: Path) -> None:
    """The backup beside the index; SQLite looks into nothing that is not its own."""
    discard(partial)
    with source.open("rb") as given:
        if given.read(16) != b"SQLite format 3\x00":
            raise InputError(
                f"{source.name} is no backup of Dateline.", "Give one that `qa backup FILE` wrote."
            )
        given.seek(0)
        with partial.open("wb") as copy:
            while block := given.read(1 << 20):
                copy.write(block)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file beside the target, moved there when the block ends well, else gone."""
    if target.exists():
        raise InputError(f"{target} is there already.", "Remove it, or give another name.")
    partial = target.with_name(f".{target.name}.partial")
    discard(partial)
    try:
        yield partial
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"{target} cannot be written: {error}.", "Free some space or give another place."
        ) from error
    finally:
        discard(partial)


def _in_parts(store: DocumentStore) -> Iterator[list[Document]]:
    ids = iter(store.ids())
    while part := list(islice(ids, _AT_ONCE)):
        yield list(store.some(part).values())

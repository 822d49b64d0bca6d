"""The documents that are stored, in one SQLite file beside the vectors.

A row here is what makes a document part of the collection: vectors without a row are ignored, so writing the
row last on the way in, and deleting it first on the way out, leaves the old or the new state after a crash at
any point.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from qa.errors import IndexUnusableError, StorageError
from qa.records import Document, Event, Place

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT, published TEXT,
    event_date TEXT, event_place TEXT, basis TEXT NOT NULL, passages INTEGER NOT NULL,
    more TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS names (
    path TEXT PRIMARY KEY, uri TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE
);
"""


class DocumentStore:
    """Documents by id, and the paths they came from; safe to use from several threads.

    Raises (every method):
        IndexUnusableError: the file is damaged.
        StorageError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        with self._reported():
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("PRAGMA busy_timeout = 5000")
            self._db.executescript(_SCHEMA)
            columns = [row[1] for row in self._db.execute("PRAGMA table_info(documents)")]
            if "more" not in columns:  # an index of an earlier version
                self._db.execute("ALTER TABLE documents ADD COLUMN more TEXT NOT NULL DEFAULT '{}'")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def documents(self) -> tuple[Document, ...]:
        """All documents, the oldest event first."""
        with self._reported():
            rows = self._db.execute(
                "SELECT id, text, title, publisher, published, event_date, event_place, basis, more "
                "FROM documents "
                "ORDER BY coalesce(event_date, published, '9999'), id"
            ).fetchall()
            names: dict[str, list[str]] = {}
            for uri, owner in self._db.execute("SELECT uri, document_id FROM names ORDER BY uri"):
                names.setdefault(owner, []).append(uri)
        return tuple(_document(row, names.get(row[0], [])) for row in rows)

    def names(self) -> dict[Path, str]:
        """Document ids by the absolute path they came from."""
        with self._reported():
            rows = self._db.execute("SELECT path, document_id FROM names").fetchall()
        return {Path(path): owner for path, owner in rows}

    def passage_count(self) -> int:
        """How many passages the vectors must hold at least."""
        with self._reported():
            (count,) = self._db.execute("SELECT coalesce(sum(passages), 0) FROM documents").fetchone()
        return int(count)

    def put(self, path: Path, document: Document, passages: int) -> None:
        """Store a document under a path; what that path named before goes when nothing else names it."""
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO meta VALUES ('changes', "
                "coalesce((SELECT value FROM meta WHERE key = 'changes'), 0) + 1)"
            )
            self._db.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "title = excluded.title, publisher = excluded.publisher, published = excluded.published, "
                "event_date = excluded.event_date, event_place = excluded.event_place, basis = excluded.basis, "
                "more = excluded.more",
                (
                    document.id,
                    document.text,
                    document.title,
                    document.publisher,
                    _iso(document.published),
                    _iso(document.event.date),
                    document.event.place,
                    json.dumps(dict(document.basis)),
                    passages,
                    _more(document),
                ),
            )
            self._db.execute(
                "INSERT OR REPLACE INTO names VALUES (?, ?, ?)", (str(path), document.uri, document.id)
            )
            self._drop_unnamed()

    def forget_path(self, path: Path) -> None:
        """Remove a path, and its document when nothing else names it."""
        with self._transaction():
            self._db.execute("DELETE FROM names WHERE path = ?", (str(path),))
            self._drop_unnamed()

    def remove(self, document_id: str) -> None:
        """Remove a document under all its names."""
        with self._transaction():
            self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def meta(self, key: str) -> str | None:
        """A remembered value, or None."""
        with self._reported():
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Remember a value."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _drop_unnamed(self) -> None:
        self._db.execute("DELETE FROM documents WHERE id NOT IN (SELECT document_id FROM names)")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._reported():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Hold the connection and turn SQLite's errors into ours."""
        with self._lock:
            try:
                yield
            except sqlite3.OperationalError as error:
                raise StorageError(
                    f"The index in {self.path.parent} cannot be used: {error}.",
                    "Check that the folder can be written and that the disk is not full.",
                ) from error
            except sqlite3.DatabaseError as error:
                raise damaged(self.path.parent) from error


def damaged(index_dir: Path) -> IndexUnusableError:
    """The error for an index whose files are not what was written."""
    return IndexUnusableError(
        f"The index in {index_dir} is damaged.",
        f"Move {index_dir} away and run `qa ingest PATH` again; your documents are not touched.",
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _more(document: Document) -> str:
    """What is kept of a document as JSON."""
    places = [(place.start, place.end, place.label) for place in document.places]
    return json.dumps({"author": document.author, "language": document.language, "places": places})


def _document(row: tuple[str, ...], uris: list[str]) -> Document:
    identity, text, title, publisher, published, event_date, event_place, basis, rest = row
    more = json.loads(rest)
    return Document(
        id=identity,
        text=text,
        uris=tuple(uris),
        title=title,
        publisher=publisher,
        published=_day(published),
        event=Event(_day(event_date), event_place),
        basis=json.loads(basis),
        author=more.get("author"),
        language=more.get("language"),
        places=tuple(Place(*place) for place in more.get("places", ())),
    )

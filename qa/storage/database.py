"""The SQLite file of an index: its tables, its transactions, and what SQLite's errors mean."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qa.errors import IndexUnusableError, StorageError, VectorsDamagedError

FORMAT = 1  # of the tables; one that an older program would misread gets the next number
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT, published TEXT,
    event_date TEXT, event_place TEXT, basis TEXT NOT NULL, passages INTEGER NOT NULL,
    author TEXT, language TEXT, places TEXT
);
CREATE TABLE IF NOT EXISTS names (
    path TEXT PRIMARY KEY, uri TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS names_document ON names (document_id);
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, read_ns INTEGER NOT NULL, context TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS corrections (
    document_id TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (document_id, field)
);
CREATE TABLE IF NOT EXISTS strays (passage_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS digests (
    document_id TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE, revision INTEGER NOT NULL,
    text BLOB NOT NULL, headline BLOB NOT NULL, times BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS digests_revision ON digests (revision, document_id);
CREATE TABLE IF NOT EXISTS words (
    kind TEXT NOT NULL, word TEXT NOT NULL, count INTEGER NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (kind, word)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_revision ON words (revision);
CREATE TABLE IF NOT EXISTS unlisted (document_id TEXT PRIMARY KEY);
"""
# Columns that came later: an index made before them gets them when it is opened.
_LATER = (
    ("names", "file", "TEXT"),
    ("names", "told", "TEXT"),
    ("documents", "author", "TEXT"),
    ("documents", "language", "TEXT"),
    ("documents", "places", "TEXT"),
)


class Database:
    """One open file, safe to use from several threads; in memory without a path. With `read_only` nothing is
    ever written, and the file may be replaced by another of its name.

    Raises (every method):
        IndexUnusableError: the file is damaged, or was made by a newer Dateline.
        StorageError: it cannot be read or written.
    """

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        self.path = path or Path(":memory:")
        self._read_only = read_only
        self._lock = threading.RLock()
        with self.reported():
            self._db = self._opened()
            if not read_only:
                self._prepare()
            self._inode = self._inode_now()

    def _opened(self) -> sqlite3.Connection:
        name = f"{self.path.absolute().as_uri()}?mode=ro" if self._read_only else str(self.path)
        db = sqlite3.connect(name, check_same_thread=False, isolation_level=None, uri=self._read_only)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA busy_timeout = 30000")  # while a reader reads all documents, its writer waits
        return db

    def _inode_now(self) -> int:
        return self.path.stat().st_ino if self._read_only else 0

    def version(self) -> tuple[int, int]:
        """Another once another process has changed the file, or put another one in its place; needs
        `read_only`.
        """
        with self.reported():
            if (inode := self._inode_now()) != self._inode:
                self._db.close()
                self._db, self._inode = self._opened(), inode
            return self._inode, int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written in the block, or nothing of it."""
        with self.reported(), self._bracketed("BEGIN IMMEDIATE"):
            yield self._db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """All that is read in the block is of one moment."""
        with self.reported(), self._bracketed("BEGIN"):
            yield self._db

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Hold the connection and turn SQLite's errors into ours."""
        with self._lock:
            try:
                yield
            except (sqlite3.OperationalError, FileNotFoundError) as error:
                raise StorageError(
                    f"The index in {self.path.parent} cannot be used: {error}.",
                    "Check that the folder can be written and that the disk is not full; "
                    "what was indexed before is still there.",
                ) from error
            except sqlite3.DatabaseError as error:
                raise damaged(self.path.parent) from error

    @contextmanager
    def _bracketed(self, begin: str) -> Iterator[None]:
        if self._db.in_transaction:  # a block within a block is part of it
            yield
            return
        self._db.execute(begin)
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.OperationalError):  # SQLite rolls back itself when the disk is full
                self._db.execute("ROLLBACK")
            raise

    def _prepare(self) -> None:
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found > FORMAT:
            raise IndexUnusableError(
                f"The index in {self.path.parent} was made by a newer Dateline (format {found}).",
                "Use that version, or set QA_DATA_DIR to another folder and run `qa ingest PATH`.",
            )
        self._db.executescript(_SCHEMA)
        for table, column, kind in _LATER:
            there = {row[1] for row in self._db.execute(f"PRAGMA table_info({table})")}
            if column not in there:
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        if found < FORMAT:
            self._db.execute(f"PRAGMA user_version = {FORMAT}")


def discard(path: Path) -> None:
    """Remove what is there under the name, and SQLite's journal of it."""
    for one in (path, path.with_name(f"{path.name}-journal")):
        with suppress(OSError):
            one.unlink()


def damaged_vectors(index_dir: Path) -> VectorsDamagedError:
    """The error for an index whose rows are whole and whose vectors are not what was written."""
    return VectorsDamagedError(
        f"The index in {index_dir} is damaged.",
        "Run `qa ingest --rebuild`: its documents and your corrections are whole, only the vectors are not.",
    )


def damaged(index_dir: Path) -> IndexUnusableError:
    """The error for an index whose files are not what was written."""
    return IndexUnusableError(
        f"The index in {index_dir} is damaged.",
        f"Move {index_dir} away and run `qa ingest PATH` again; your documents are not touched.",
    )

"""Vectors kept by what they are of, so that no passage is encoded twice: after it was removed, when an index is
built anew with the same embedder, in another collection.

One SQLite file in the data directory. It is only a cache: whatever is wrong with it, it is passed over or
dropped, never an error.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
_Result = TypeVar("_Result")

_AT_ONCE = 500  # values that one statement takes
_ROW_BYTES = 64  # that a row takes beside its vector
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vectors (number INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, vector BLOB)"
)


class VectorCache:
    """Vectors by text, of one embedder (`fingerprint`), at most `limit_bytes` on disk: the oldest go first.
    Safe to use from several threads and processes; the file is made when the first vector is kept.
    """

    def __init__(self, path: Path, fingerprint: str, limit_bytes: int) -> None:
        self._path = path
        self._fingerprint = fingerprint.encode()
        self._limit = limit_bytes
        self._lock = threading.Lock()

    def held(self, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors of those of the texts that are kept."""
        keys = {self._key(text): text for text in texts}
        if not keys or not self._path.is_file():
            return {}
        none: list[tuple[bytes, bytes]] = []
        found = self._tried(lambda db: _rows(db, list(keys)), none)
        return {keys[key]: vector for key, packed in found if (vector := _unpacked(packed)) is not None}

    def keep(self, vectors: Mapping[str, Vector]) -> None:
        """Keep the vectors of these texts."""
        rows = [(self._key(text), _packed(vector)) for text, vector in vectors.items()]
        size = max((len(packed) for _, packed in rows), default=0) + _ROW_BYTES
        most = self._limit // size if rows else 0
        if most:
            self._tried(lambda db: _write(db, rows[-most:], most), None)

    def _key(self, text: str) -> bytes:
        own = hashlib.blake2b(self._fingerprint, digest_size=20)
        own.update(b"\0" + text.encode("utf-8", "surrogatepass"))
        return own.digest()

    def _tried(self, work: Callable[[sqlite3.Connection], _Result], otherwise: _Result) -> _Result:
        """What the work gives; where the file cannot be used now, or is damaged and so dropped, the other."""
        with self._lock:
            try:
                db = sqlite3.connect(self._path, timeout=1.0)
                try:
                    db.execute("PRAGMA synchronous = OFF")  # a row that a crash tears shows by its checksum
                    db.execute(_SCHEMA)
                    with db:
                        return work(db)
                finally:
                    db.close()
            except sqlite3.OperationalError:  # locked, the disk full, not ours to write
                return otherwise
            except sqlite3.DatabaseError:
                for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                    with suppress(OSError):
                        path.unlink()
                return otherwise


def _rows(db: sqlite3.Connection, keys: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    for first in range(0, len(keys), _AT_ONCE):
        part = keys[first : first + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        found += db.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
    return found


def _write(db: sqlite3.Connection, rows: Sequence[tuple[bytes, bytes]], most: int) -> None:
    db.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
    (count,) = db.execute("SELECT count(*) FROM vectors").fetchone()
    if count > most:
        oldest = "SELECT number FROM vectors ORDER BY number LIMIT ?"
        db.execute(f"DELETE FROM vectors WHERE number IN ({oldest})", (count - most,))  # noqa: S608


def _packed(vector: Vector) -> bytes:
    own = np.asarray(vector, "<f4").tobytes()
    return own + crc32(own).to_bytes(4, "little")


def _unpacked(packed: bytes) -> Vector | None:
    """A vector from its bytes; None when they are not what was written."""
    own, check = packed[:-4], packed[-4:]
    if not own or len(own) % 4 or crc32(own).to_bytes(4, "little") != check:
        return None
    return np.frombuffer(own, "<f4")

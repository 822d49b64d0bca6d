"""The documents that are stored, in one SQLite file beside the vectors.

A row here is what makes a document part of the collection: vectors without a row are ignored. They are noted
as strays before they are written and after their row is gone, so whatever a crash leaves can be dropped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from qa.load import file_of
from qa.records import Document
from qa.storage.database import Database
from qa.storage.digest import VERSION, Digest, digest_of, packed, unpacked
from qa.storage.rows import COLUMNS, Name, document_of, name_at, pack, values_of
from qa.storage.seen import Seen

_AT_ONCE = 500  # values that one statement takes
REVISION = "revision"  # the number of the last change
DIGESTED = "digested"  # the version of what is kept of documents beside their texts


@dataclass(frozen=True, slots=True)
class Step:
    """What changes at once: documents that come or change, each with the ids of its passages; names that come
    and paths that go; documents that go; files as they were seen, None for one to forget; passages whose
    vectors are needed no more; and the corrections of some documents.
    """

    documents: Sequence[tuple[Document, Sequence[str]]] = ()
    names: Sequence[Name] = ()
    gone_paths: Collection[Path] = ()
    gone_documents: Collection[str] = ()
    seen: Mapping[Path, Seen | None] = field(default_factory=dict)
    strays: Collection[str] = ()
    corrections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class DocumentStore:
    """Documents by id, and the paths they came from; safe to use from several threads; in memory without a
    path.

    Raises (every method):
        IndexUnusableError: the file is damaged.
        StorageError: it cannot be written.
    """

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        self._file = Database(path, read_only=read_only)
        self.path = self._file.path

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def version(self) -> tuple[int, int]:
        """See Database.version."""
        return self._file.version()

    @contextmanager
    def moment(self) -> Iterator[None]:
        """All that is read in the block is of one moment."""
        with self._file.reading():
            yield

    def documents(self) -> tuple[Document, ...]:
        """All documents, the oldest event first."""
        with self._file.reading() as db:
            rows = db.execute(
                f"SELECT id, text, {', '.join(COLUMNS)} FROM documents "  # noqa: S608  # constants
                "ORDER BY coalesce(event_date, published, '9999'), id"
            ).fetchall()
            names: dict[str, list[str]] = {}
            for uri, owner in db.execute("SELECT uri, document_id FROM names ORDER BY uri"):
                names.setdefault(owner, []).append(uri)
        return tuple(document_of(row[0], row[1], row[2:], names.get(row[0], [])) for row in rows)

    def revisions(self) -> dict[str, int]:
        """The id of every document with the number of the change that it came or was changed by last."""
        with self._file.reading() as db:
            return dict(db.execute("SELECT document_id, revision FROM digests").fetchall())

    def digests(self, ids: Collection[str]) -> dict[str, Digest]:
        """What is kept of those documents of the ids that are stored."""
        with self._file.reading() as db:
            query = "SELECT document_id, text, headline, times FROM digests WHERE document_id IN"
            rows = [row for part in _parts(ids) for row in db.execute(f"{query} ({_marks(part)})", part)]
        return {row[0]: unpacked(*row[1:]) for row in rows}

    def words(self, since: int = -1) -> list[tuple[str, str, int]]:
        """How often words occur (see `Digest`), for those that a change after this one touched."""
        with self._file.reading() as db:
            rows = db.execute("SELECT kind, word, count FROM words WHERE revision > ?", (since,))
            return [(kind, word, count) for kind, word, count in rows]

    def revision(self) -> int:
        """The number of the last change."""
        return int(self.meta(REVISION) or 0)

    def complete_digests(self) -> None:
        """Keep of documents of an older index what is kept now; all at once, and nothing where it is there."""
        if self.meta(DIGESTED) == VERSION:
            return
        with self._file.transaction() as db:
            if self.meta(DIGESTED) == VERSION:  # another process was quicker
                return
            db.execute("DELETE FROM words")
            db.execute("DELETE FROM digests")
            revision = self._next_revision()
            for part in _parts(self.ids()):
                counts: Counter[tuple[str, str]] = Counter()
                for document in self.some(part).values():
                    digest = digest_of(document)
                    counts.update(digest.counts)
                    self._note_digest(document.id, digest, revision)
                self._note_words(counts, revision)
            self.set_meta(**{DIGESTED: VERSION})

    def unlisted(self) -> tuple[str, ...]:
        """The ids of documents whose passages the word index does not hold as they are now."""
        with self._file.reading() as db:
            return tuple(row[0] for row in db.execute("SELECT document_id FROM unlisted ORDER BY document_id"))

    def listed(self, ids: Collection[str], **values: str) -> None:
        """The word index holds these documents as they are now; remember values with that."""
        with self._file.transaction() as db:
            db.executemany("DELETE FROM unlisted WHERE document_id = ?", [(one,) for one in ids])
            if values:
                self.set_meta(**values)

    def some(self, ids: Collection[str]) -> dict[str, Document]:
        """Those documents of the ids that are stored."""
        with self._file.reading() as db:
            query = f"SELECT id, text, {', '.join(COLUMNS)} FROM documents WHERE id IN"  # noqa: S608
            rows = [row for part in _parts(ids) for row in db.execute(f"{query} ({_marks(part)})", part)]
            uris: defaultdict[str, list[str]] = defaultdict(list)
            query = "SELECT document_id, uri FROM names WHERE document_id IN"
            for part in _parts(row[0] for row in rows):
                for owner, uri in db.execute(f"{query} ({_marks(part)}) ORDER BY uri", part):
                    uris[owner].append(uri)
        return {row[0]: document_of(row[0], row[1], row[2:], uris[row[0]]) for row in rows}

    def ids(self) -> tuple[str, ...]:
        """The ids of all documents, in order."""
        with self._file.reading() as db:
            return tuple(row[0] for row in db.execute("SELECT id FROM documents ORDER BY id"))

    def names(self) -> dict[Path, Name]:
        """All names, by path."""
        with self._file.reading() as db:
            rows = db.execute("SELECT path, file, uri, document_id, told FROM names").fetchall()
        return {name.path: name for name in map(name_at, rows)}

    def complete_names(self) -> None:
        """For names of an index older than that, keep what is known of their documents as told under them."""
        with self._file.transaction() as db:
            rows = db.execute("SELECT path, document_id FROM names WHERE told IS NULL").fetchall()
            for path, owner in rows:
                told = pack(self.some([owner])[owner])
                row = (str(file_of(Path(path))), told, path)
                db.execute("UPDATE names SET file = ?, told = ? WHERE path = ?", row)

    def names_of(self, ids: Iterable[str]) -> Mapping[str, list[Name]]:
        """The names of each of these documents, by path; an empty list for one that is not stored."""
        found: defaultdict[str, list[Name]] = defaultdict(list)
        with self._file.reading() as db:
            query = "SELECT path, file, uri, document_id, told FROM names WHERE document_id IN"
            for part in _parts(ids):
                for row in db.execute(f"{query} ({_marks(part)}) ORDER BY path", part):
                    found[row[3]].append(name_at(row))
        return found

    def names_at(self, paths: Iterable[Path]) -> dict[Path, Name]:
        """Those of the paths that are names, each with what it names."""
        found: dict[Path, Name] = {}
        with self._file.reading() as db:
            query = "SELECT path, file, uri, document_id, told FROM names WHERE path IN"
            for part in _parts(map(str, paths)):
                rows = db.execute(f"{query} ({_marks(part)})", part)
                found |= {name.path: name for name in map(name_at, rows)}
        return found

    def seen(self) -> dict[Path, Seen]:
        """Every file as it was when it was last read whole."""
        with self._file.reading() as db:
            rows = db.execute("SELECT path, size, mtime_ns, ctime_ns, inode, read_ns, context FROM files")
            return {Path(row[0]): Seen(*row[1:]) for row in rows.fetchall()}

    def document_count(self) -> int:
        """How many documents there are."""
        with self._file.reading() as db:
            return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])

    def passage_count(self) -> int:
        """How many passages the vectors must hold at least."""
        with self._file.reading() as db:
            return int(db.execute("SELECT coalesce(sum(passages), 0) FROM documents").fetchone()[0])

    def expect(self, passages: Iterable[str]) -> None:
        """Note vectors that are about to be written: strays until their documents are."""
        with self._file.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO strays VALUES (?)", [(one,) for one in passages])

    def strays(self) -> tuple[str, ...]:
        """The ids of vectors that no document needs."""
        with self._file.reading() as db:
            return tuple(row[0] for row in db.execute("SELECT passage_id FROM strays ORDER BY passage_id"))

    def no_strays(self) -> None:
        """Forget the strays, their vectors being gone."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM strays")

    def apply(self, step: Step) -> None:
        """Change all of it at once."""
        with self._file.transaction() as db:
            self.complete_digests()
            revision = self._next_revision()
            renamed = self._renamed(step)
            digests = {document.id: digest_of(document) for document, _ in step.documents}
            self._count(step, digests, revision)
            if step.documents:
                self.set_meta(changes=str(int(self.meta("changes") or 0) + 1))
            for document, passages in step.documents:
                self._put(document, len(passages))
                db.executemany("DELETE FROM strays WHERE passage_id = ?", [(one,) for one in passages])
            rows = [(str(n.path), str(n.file), n.uri, n.document_id, n.told) for n in step.names]
            db.executemany(
                "INSERT OR REPLACE INTO names (path, file, uri, document_id, told) VALUES (?, ?, ?, ?, ?)", rows
            )
            db.executemany("DELETE FROM names WHERE path = ?", [(str(path),) for path in step.gone_paths])
            db.executemany("DELETE FROM documents WHERE id = ?", [(one,) for one in step.gone_documents])
            db.executemany("INSERT OR IGNORE INTO strays VALUES (?)", [(one,) for one in step.strays])
            for one, digest in digests.items():
                self._note_digest(one, digest, revision)
            db.executemany(
                "UPDATE digests SET revision = ? WHERE document_id = ?",
                [(revision, one) for one in sorted(renamed)],
            )
            self._note_seen(step.seen)
            for document_id, values in step.corrections.items():
                self._set_corrections(document_id, values)

    def corrections(self, ids: Iterable[str]) -> Mapping[str, dict[str, str]]:
        """The corrected values of each of these documents, by field."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        with self._file.reading() as db:
            query = "SELECT document_id, field, value FROM corrections WHERE document_id IN"
            for part in _parts(ids):
                for owner, field, value in db.execute(f"{query} ({_marks(part)}) ORDER BY field", part):
                    found[owner][field] = value
        return found

    def meta(self, key: str) -> str | None:
        """A remembered value, or None."""
        with self._file.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, **values: str) -> None:
        """Remember values, all at once."""
        with self._file.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def switch(self, passages: Mapping[str, int], **values: str) -> None:
        """Remember values and the number of each document's passages, all at once; there are no strays then."""
        with self._file.transaction() as db:
            self.set_meta(**values)
            rows = [(count, one) for one, count in passages.items()]
            db.executemany("UPDATE documents SET passages = ? WHERE id = ?", rows)
            db.execute("DELETE FROM strays")

    def _set_corrections(self, document_id: str, values: Mapping[str, str]) -> None:
        """Keep these corrected values of a document, and no others."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM corrections WHERE document_id = ?", (document_id,))
            rows = [(document_id, field, value) for field, value in values.items()]
            db.executemany("INSERT INTO corrections VALUES (?, ?, ?)", rows)

    def _renamed(self, step: Step) -> set[str]:
        """The documents whose names a step changes."""
        moving = [*step.gone_paths, *(name.path for name in step.names)]
        before = self.names_at(moving).values()
        return {name.document_id for name in (*before, *step.names)}

    def _count(self, step: Step, coming: Mapping[str, Digest], revision: int) -> None:
        """Count the words that come and go, and note the documents that the word index has to follow."""
        touched = coming.keys() | set(step.gone_documents)
        counts: Counter[tuple[str, str]] = Counter()
        for digest in coming.values():
            counts.update(digest.counts)
        for document in self.some(sorted(touched)).values():
            counts.subtract(digest_of(document).counts)
        self._note_words(counts, revision)
        with self._file.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO unlisted VALUES (?)", [(one,) for one in sorted(touched)])

    def _note_words(self, counts: Mapping[tuple[str, str], int], revision: int) -> None:
        rows = [(kind, word, count, revision) for (kind, word), count in counts.items() if count]
        with self._file.transaction() as db:
            db.executemany(
                "INSERT INTO words VALUES (?, ?, ?, ?) ON CONFLICT (kind, word) DO UPDATE SET "
                "count = count + excluded.count, revision = excluded.revision",
                rows,
            )

    def _note_digest(self, document_id: str, digest: Digest, revision: int) -> None:
        with self._file.transaction() as db:
            row = (document_id, revision, *packed(digest))
            db.execute("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?)", row)

    def _next_revision(self) -> int:
        revision = self.revision() + 1
        self.set_meta(**{REVISION: str(revision)})
        return revision

    def _put(self, document: Document, passages: int) -> None:
        columns = ("id", "text", *COLUMNS, "passages")
        changed = ", ".join(f"{column} = excluded.{column}" for column in (*COLUMNS, "passages"))
        with self._file.transaction() as db:
            db.execute(
                f"INSERT INTO documents ({', '.join(columns)}) VALUES ({_marks(columns)}) "  # noqa: S608
                f"ON CONFLICT (id) DO UPDATE SET {changed}",
                (document.id, document.text, *values_of(document), passages),
            )

    def _note_seen(self, files: Mapping[Path, Seen | None]) -> None:
        """Files as they were seen; None for one that is to be forgotten."""
        with self._file.transaction() as db:
            rows = [(str(path), *seen.row()) for path, seen in files.items() if seen is not None]
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            gone = [(str(path),) for path, seen in files.items() if seen is None]
            db.executemany("DELETE FROM files WHERE path = ?", gone)


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in parts that one statement takes."""
    rest = iter(values)
    while part := list(islice(rest, _AT_ONCE)):
        yield part

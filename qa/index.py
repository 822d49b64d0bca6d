"""The index: documents in SQLite, their passages' vectors in Chroma, opened for reading or to be changed.

One process owns a data directory for writing (`lock_data_dir`). Readers see the state as of an immutable
`Snapshot`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from qa.collection import EMPTY, Snapshot
from qa.config import Settings
from qa.embed import Embedder
from qa.errors import IndexUnusableError
from qa.ingest.report import Cancelled, IngestReport, Looking, Progress
from qa.ingest.upkeep import (
    DOCUMENTS,
    FINGERPRINT,
    MADE_BY,
    check_fingerprint,
    fingerprint_of,
    make_ready,
    require_index,
    vectors_in_use,
)
from qa.ingest.write import Writer
from qa.records import Document
from qa.reports import Reports
from qa.storage.database import damaged, damaged_vectors
from qa.storage.digest import Digest
from qa.storage.store import DocumentStore
from qa.storage.vectors import PassageVectors
from qa.storage.word_index import WordFiles

__all__ = ["DOCUMENTS", "Index", "IngestReport", "Progress", "open_index", "require_index"]

_READS = 3  # before a reader whose vectors are fewer than its passages calls the index damaged


class Index:
    """Opened by `open_index`; `snapshot` is replaced, never changed, when documents come or go: what did not
    change is taken over from the one before. `size` is how many documents and passages it has.
    """

    def __init__(
        self,
        store: DocumentStore,
        vectors: PassageVectors,
        words: WordFiles,
        writer: Writer,
        *,
        write: bool,
        following: bool = False,
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._word_files = words
        self._writer = writer
        self._writes = write
        self._version = store.version() if following else (0, 0)
        self._built = store.meta(FINGERPRINT)
        self._revision = -1
        self._revisions: dict[str, int] = {}
        self._digests: dict[str, Digest] = {}
        self.snapshot, self.size = Snapshot({}, EMPTY, Reports(())), (0, 0)
        self._read()

    @property
    def untouched(self) -> bool:
        """Whether no document was ever brought in, as when the process that made it was stopped early."""
        return self._store.meta("changes") is None

    def close(self) -> None:
        """Close the files; the index is not to be used any more."""
        self._store.close()

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        prune: bool = False,
        progress: Progress | None = None,
        cancelled: Cancelled = lambda: False,
    ) -> IngestReport:
        """Bring files and folders in; the caller holds `lock_data_dir`.

        Files that did not change cost nothing; changed ones are replaced; with `prune`, documents whose file
        below the given folders has vanished are removed. A file that cannot be read is reported and skipped.
        `cancelled` is asked between files: what is done by then stays.

        Raises:
            NotFoundError, InputError: a path does not exist, or a file given by name cannot be read.
            StorageError: the index cannot be written; what was written so far stays.
        """
        try:
            return self._writer.ingest(paths, Looking(progress, cancelled), prune=prune)
        finally:
            self._read()

    def remove(self, document_id: str) -> None:
        """Take a document out; the caller holds `lock_data_dir`.

        Raises:
            NotFoundError: there is none with this id.
        """
        self._writer.remove(document_id)
        self._read()

    def correct(self, document_id: str, values: Mapping[str, str], clear: Collection[str] = ()) -> Document:
        """Put values of the user's in place of what was read (see `Writer.correct`); the caller holds
        `lock_data_dir`.
        """
        document = self._writer.correct(document_id, values, clear)
        self._read()
        return document

    def follow(self) -> bool:
        """See what another process changed; whether it changed anything. Only for a reader (QA_READER).

        Raises:
            IndexUnusableError: the index was built anew with another embedder or splitter.
            StorageError: it cannot be read now.
        """
        version = self._store.version()
        if version == self._version:
            return False
        if (built := self._store.meta(FINGERPRINT)) != self._built:
            raise IndexUnusableError(
                f"The index was built anew with “{built}”; this process was started for “{self._built}”.",
                "Start it again, with the same QA_EMBED_MODEL as the writer.",
            )
        if (name := vectors_in_use(self._store)) != self._vectors.name:
            self._vectors = self._vectors.named(name)
        self._read()
        self._version = version
        return True

    def lacks_vectors(self) -> bool:
        """Whether there are fewer vectors than passages, looked at anew lest a change came between."""
        for _ in range(_READS):
            if self._vectors.count() >= self._store.passage_count():
                return False
            self._read()
        return True

    def _read(self) -> None:
        """See what changed since the snapshot was taken; nothing else is read."""
        words = self._word_files.follow() if self._writes else self._word_files.read()
        with self._store.moment():
            revision, revisions = self._store.revision(), self._store.revisions()
            changed = [one for one, number in revisions.items() if self._revisions.get(one) != number]
            coming, digests = self._store.some(changed), self._store.digests(changed)
            counts, passages = self._store.words(self._revision), self._store.passage_count()
        kept = {one: item for one, item in self.snapshot.documents.items() if one in revisions}
        documents = sorted((kept | coming).values(), key=_age)
        self._revision, self._revisions = revision, revisions
        self._digests = {one: item for one, item in self._digests.items() if one in revisions} | digests
        self.size = len(documents), passages
        self.snapshot = Snapshot(
            {document.id: document for document in documents},
            self.snapshot.lexicon.changed(counts),
            Reports(documents, self._digests),
            self._vectors,
            words,
        )


def _age(document: Document) -> tuple[str, str]:
    """By what documents are put in order: the oldest event first, those of no known day last."""
    return str(document.event.date or document.published or "9999"), document.id


@contextmanager
def stored(settings: Settings) -> Iterator[DocumentStore]:
    """The documents without their vectors, for reading.

    Raises:
        IndexUnusableError: there is no index, or it is damaged.
        StorageError: it cannot be read.
    """
    with closing(DocumentStore(require_index(settings), read_only=settings.reader)) as store:
        if store.meta(FINGERPRINT) is None:
            raise damaged(settings.index_dir)
        yield store


def stored_documents(settings: Settings) -> tuple[Document, ...]:
    """The documents that the index holds, the oldest event first, read without the embedding model.

    Raises:
        IndexUnusableError: there is none, or it is damaged.
        StorageError: it cannot be read.
    """
    with stored(settings) as store:
        return store.documents()


def count_documents(settings: Settings) -> int:
    """How many documents the index holds, its files having been found sound.

    Raises:
        IndexUnusableError: there is none, or it is damaged.
        StorageError: it cannot be read.
    """
    return len(_sound_documents(settings))


def built_with(settings: Settings) -> str:
    """The embedder, the splitter and the version of the program that the index was built with, for a reader.

    Raises:
        IndexUnusableError: there is none, or it is damaged.
        StorageError: it cannot be read.
    """
    with stored(settings) as store:
        version = store.meta(MADE_BY)
        return f"{store.meta(FINGERPRINT)}{f'; Dateline {version}' if version else ''}"


def _sound_documents(settings: Settings) -> tuple[Document, ...]:
    with stored(settings) as store:
        if PassageVectors(settings, vectors_in_use(store)).count() < store.passage_count():
            raise damaged_vectors(settings.index_dir)
        return store.documents()


def open_index(settings: Settings, embedder: Embedder, *, write: bool = False) -> Index:
    """Open the index; with `write` (the caller holds `lock_data_dir`) it is made when there is none.

    Raises:
        IndexUnusableError: there is none, it is damaged, or it was built with another embedder or splitter.
        StorageError: its folder cannot be used.
    """
    if not write:
        require_index(settings)
    store = DocumentStore(settings.index_dir / DOCUMENTS, read_only=settings.reader)
    try:
        check_fingerprint(settings, store, fingerprint_of(embedder.name), write=write)
        vectors = PassageVectors(settings, vectors_in_use(store))
        writer = Writer(settings, store, vectors, lambda: embedder)
        if write:
            make_ready(settings, store, vectors, writer)
        store.complete_digests()
        words = WordFiles(settings.index_dir, store)
        index = Index(store, vectors, words, writer, write=write, following=settings.reader)
        if index.lacks_vectors():
            raise damaged_vectors(settings.index_dir)
    except BaseException:
        store.close()
        raise
    return index

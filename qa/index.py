"""The index: documents in SQLite, their passages' vectors in Chroma, opened for reading or to be changed.

One process owns a data directory for writing (`lock_data_dir`). Readers see the state as of an immutable
`Snapshot`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

from qa.collection import Snapshot, build_lexicon
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
from qa.split import split_passages, split_sentences
from qa.storage.database import damaged, damaged_vectors
from qa.storage.store import DocumentStore
from qa.storage.vectors import PassageVectors, make_node

__all__ = ["DOCUMENTS", "Index", "IngestReport", "Progress", "open_index", "require_index"]

_READS = 3  # before a reader whose vectors are fewer than its passages calls the index damaged


class Index:
    """Opened by `open_index`; `snapshot` is replaced, never changed, when documents come or go."""

    def __init__(
        self, store: DocumentStore, vectors: PassageVectors, writer: Writer, *, following: bool = False
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._writer = writer
        self._version = store.version() if following else (0, 0)
        self._built = store.meta(FINGERPRINT)
        self.snapshot = self._read()

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
            self.snapshot = self._read()

    def remove(self, document_id: str) -> None:
        """Take a document out; the caller holds `lock_data_dir`.

        Raises:
            NotFoundError: there is none with this id.
        """
        self._writer.remove(document_id)
        self.snapshot = self._read()

    def correct(self, document_id: str, values: Mapping[str, str], clear: Collection[str] = ()) -> Document:
        """Put values of the user's in place of what was read (see `Writer.correct`); the caller holds
        `lock_data_dir`.
        """
        document = self._writer.correct(document_id, values, clear)
        self.snapshot = self._read()
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
        self.snapshot = self._read()
        self._version = version
        return True

    def lacks_vectors(self) -> bool:
        """Whether there are fewer vectors than passages, looked at anew lest a change came between."""
        for _ in range(_READS):
            if self._vectors.count() >= len(self.snapshot.passages):
                return False
            self.snapshot = self._read()
        return True

    def _read(self) -> Snapshot:
        from llama_index.vector_stores.chroma import ChromaVectorStore

        documents = {document.id: document for document in self._store.documents()}
        pairs = [(document, passage) for document in documents.values() for passage in split_passages(document)]
        sentences = {document.id: split_sentences(document) for document in documents.values()}
        return Snapshot(
            documents=documents,
            passages={passage.id: passage for _, passage in pairs},
            sentences=sentences,
            lexicon=build_lexicon(chain.from_iterable(sentences.values()), documents.values()),
            nodes=tuple(make_node(document, passage) for document, passage in pairs),
            vector_store=ChromaVectorStore(chroma_collection=self._vectors.collection),
        )


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
        documents = store.documents()
        passages = sum(len(split_passages(document)) for document in documents)
        if PassageVectors(settings, vectors_in_use(store)).count() < passages:
            raise damaged_vectors(settings.index_dir)
        return documents


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
        index = Index(store, vectors, writer, following=settings.reader)
        if index.lacks_vectors():
            raise damaged_vectors(settings.index_dir)
    except BaseException:
        store.close()
        raise
    return index

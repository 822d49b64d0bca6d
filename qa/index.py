"""The index: documents in SQLite, their passages' vectors in Chroma, and the way both change together.

One process owns a data directory for writing (`lock_data_dir`). A document is written vectors first, row
last, and removed row first, vectors last; passage ids follow from what is embedded, so that writing twice
changes nothing. Readers see the state as of an immutable `Snapshot`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from qa.collection import Snapshot, build_lexicon
from qa.config import Settings
from qa.embed import Embedder
from qa.errors import IndexUnusableError, InputError, NotFoundError
from qa.formats.builder import printable
from qa.formats.limits import Limits
from qa.load import Batch, Loaded, file_of, find_files, load_documents
from qa.records import Document
from qa.split import VERSION, split_passages, split_sentences
from qa.store import DocumentStore, damaged
from qa.vectors import chroma_errors, make_node, open_collection

DOCUMENTS = "documents.sqlite3"
BATCH_DOCUMENTS = 32

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class IngestReport:
    """What an ingest did, by file name; `failed` pairs a file with what is wrong with it."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


class Index:
    """Opened by `open_index`; `snapshot` is replaced, never changed, when documents come or go."""

    def __init__(self, settings: Settings, embedder: Embedder, store: DocumentStore, collection: Any) -> None:
        self._settings = settings
        self._embedder = embedder
        self._store = store
        self._collection = collection
        self.snapshot = self._read()

    @property
    def untouched(self) -> bool:
        """Whether no document was ever brought in, as when the process that made it was stopped early."""
        return self._store.meta("changes") is None

    def close(self) -> None:
        """Close the files; the index is not to be used any more."""
        self._store.close()

    def ingest(
        self, paths: Sequence[Path], *, prune: bool = False, progress: Progress | None = None
    ) -> IngestReport:
        """Bring files and folders in; the caller holds `lock_data_dir`.

        Files that did not change cost nothing; changed ones are replaced; with `prune`, documents whose file
        below the given folders has vanished are removed. A file that cannot be read is reported and skipped.

        Raises:
            NotFoundError, InputError: a path does not exist, or a file given by name cannot be read.
        """
        files = sorted(dict.fromkeys(find_files(paths)), key=itemgetter(1))
        report = IngestReport()
        names, known = self._store.names(), self.snapshot.documents
        pending: list[Loaded] = []
        gone: set[Path] = set()
        for done, (root, file) in enumerate(files, start=1):
            found = self._load(root, file, report, by_name=len(files) == 1)
            if found is not None:
                gone |= _gone(file, found, names)
                for each in found.documents:
                    loaded = _described_by_last(each, names, known)
                    if self._differs(loaded, names, known, report):
                        pending.append(loaded)
            while pending and (len(pending) >= BATCH_DOCUMENTS or done == len(files)):
                self._write(pending[:BATCH_DOCUMENTS])
                del pending[:BATCH_DOCUMENTS]
            if progress:
                progress(done, len(files), file.name)
        if pending:
            self._write(pending)
        for path in sorted(gone):
            self._store.forget_path(path)
            report.removed.append(path.name)
        if prune:
            self._prune(paths, {file for _, file in files}, names.keys() - gone, report)
        self._refresh()
        return report

    def remove(self, document_id: str) -> None:
        """Take a document out; the caller holds `lock_data_dir`.

        Raises:
            NotFoundError: there is none with this id.
        """
        if document_id not in self.snapshot.documents:
            raise NotFoundError(
                f"There is no document {document_id}.", "`qa sources` lists them with their ids."
            )
        self._store.remove(document_id)
        self._refresh()

    def repair(self) -> None:
        """Drop vectors that no document row owns and embed again what lacks its vectors: what a crash left."""
        with chroma_errors(self._settings):
            held = set(self._collection.get(include=[])["ids"])
            stray = held - self.snapshot.passages.keys()
            if stray:
                self._collection.delete(ids=sorted(stray))
        missing = [node for node in self.snapshot.nodes if node.node_id not in held]
        if missing:
            self._embed(missing)

    def _load(self, root: Path, file: Path, report: IngestReport, *, by_name: bool) -> Batch | None:
        limits = Limits.of(self._settings)
        try:
            found = load_documents(root, file, inferring=self._settings.infer_metadata, limits=limits)
            report.failed += found.left_out
            return found
        except InputError as error:
            if by_name:
                raise
            report.failed.append((printable(file.name), str(error)))
            return None

    def _differs(
        self, loaded: Loaded, names: Mapping[Path, str], known: Mapping[str, Document], report: IngestReport
    ) -> bool:
        """Whether the file must be written; notes in the report what it is."""
        held = names.get(loaded.path)
        stored = known.get(loaded.document.id)
        same = stored is not None and _described(stored) == _described(loaded.document)
        if held == loaded.document.id and same:
            report.unchanged.append(loaded.path.name)
            return False
        (report.added if held is None else report.replaced).append(loaded.path.name)
        return True

    def _write(self, batch: Sequence[Loaded]) -> None:
        passages = {loaded.document.id: split_passages(loaded.document) for loaded in batch}
        with chroma_errors(self._settings):
            wanted = [passage.id for found in passages.values() for passage in found]
            held = set(self._collection.get(ids=wanted, include=[])["ids"])
        nodes = [
            make_node(loaded.document, passage)
            for loaded in {loaded.document.id: loaded for loaded in batch}.values()
            for passage in passages[loaded.document.id]
            if passage.id not in held
        ]
        if nodes:
            self._embed(nodes)
        for loaded in batch:
            self._store.put(loaded.path, loaded.document, len(passages[loaded.document.id]))

    def _embed(self, nodes: Sequence[Any]) -> None:
        from llama_index.core.ingestion import IngestionPipeline

        pipeline = IngestionPipeline(transformations=[self._embedder.llama_index], disable_cache=True)
        embedded = pipeline.run(nodes=list(nodes))
        with chroma_errors(self._settings):
            self.snapshot.vector_store.add(list(embedded))

    def _prune(
        self, paths: Sequence[Path], present: set[Path], names: Collection[Path], report: IngestReport
    ) -> None:
        roots = [path.expanduser().resolve() for path in paths]
        for path in names:
            if file_of(path) not in present and any(path.is_relative_to(root) for root in roots):
                self._store.forget_path(path)
                report.removed.append(path.name)

    def _refresh(self) -> None:
        self.snapshot = self._read()
        self.repair()

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
            vector_store=ChromaVectorStore(chroma_collection=self._collection),
        )


def index_exists(settings: Settings) -> bool:
    """Whether an index was ever made in the data directory."""
    return (settings.index_dir / DOCUMENTS).is_file()


def require_index(settings: Settings) -> Path:
    """The file of the documents.

    Raises:
        IndexUnusableError: there is no index.
    """
    if not index_exists(settings):
        raise IndexUnusableError(
            f"There is no index in {settings.index_dir}.",
            "Make one with `qa ingest PATH`, for example `qa ingest seeds`.",
        )
    return settings.index_dir / DOCUMENTS


def stored_documents(settings: Settings) -> tuple[Document, ...]:
    """The documents that the index holds, the oldest event first, read without the embedding model.

    Raises:
        IndexUnusableError: there is none, or it is damaged.
        StorageError: it cannot be read.
    """
    with closing(DocumentStore(require_index(settings))) as store:
        if store.meta("fingerprint") is None:
            raise damaged(settings.index_dir)
        return store.documents()


def count_documents(settings: Settings) -> int:
    """How many documents the index holds, its files having been found sound.

    Raises:
        IndexUnusableError: there is none, or it is damaged.
        StorageError: it cannot be read.
    """
    documents = stored_documents(settings)
    passages = sum(len(split_passages(document)) for document in documents)
    with chroma_errors(settings):
        held = open_collection(settings).count()
    if held < passages:
        raise damaged(settings.index_dir)
    return len(documents)


def open_index(settings: Settings, embedder: Embedder, *, write: bool = False) -> Index:
    """Open the index; with `write` (the caller holds `lock_data_dir`) it is made when there is none.

    Raises:
        IndexUnusableError: there is none, it is damaged, or it was built with another embedder or splitter.
        StorageError: its folder cannot be used.
    """
    if not write:
        require_index(settings)
    store = DocumentStore(settings.index_dir / DOCUMENTS)
    try:
        _check_fingerprint(settings, store, f"{embedder.name}; split {VERSION}", write=write)
        with chroma_errors(settings):
            collection = open_collection(settings)
            index = Index(settings, embedder, store, collection)
            complete = collection.count() == len(index.snapshot.passages)
        if write and not complete:
            index.repair()
        elif collection.count() < len(index.snapshot.passages):
            raise damaged(settings.index_dir)
    except BaseException:
        store.close()
        raise
    return index


def _check_fingerprint(settings: Settings, store: DocumentStore, fingerprint: str, *, write: bool) -> None:
    built_with = store.meta("fingerprint")
    if built_with is None:
        if not write:
            raise damaged(settings.index_dir)
        store.set_meta("fingerprint", fingerprint)
    elif built_with != fingerprint:
        raise IndexUnusableError(
            f"The index in {settings.index_dir} was built with “{built_with}”; now “{fingerprint}” is set.",
            f"Set QA_EMBED_MODEL back, or move {settings.index_dir} away and run `qa ingest PATH` again.",
        )


def _described(document: Document) -> tuple[object, ...]:
    """All but the names: what makes two records of one text differ."""
    return (
        document.id,
        document.title,
        document.publisher,
        document.published,
        document.event,
        dict(document.basis),
        document.author,
        document.language,
        document.places,
    )


def _described_by_last(loaded: Loaded, names: Mapping[Path, str], known: Mapping[str, Document]) -> Loaded:
    """Equal texts are one document, described as the last of their files describes it: else each ingest would
    find the other file's description and change it again.
    """
    stored = known.get(loaded.document.id)
    if stored is None or _described(stored) == _described(loaded.document):
        return loaded
    later = (path for path, owner in names.items() if owner == stored.id and path > loaded.path)
    if not any(file_of(path).is_file() for path in later):
        return loaded
    return replace(loaded, document=replace(stored, uris=loaded.document.uris))


def _gone(file: Path, found: Batch, names: Collection[Path]) -> set[Path]:
    """The names under which the file held documents that it holds no longer; not those it could not read."""
    unread = tuple(str(file.parent / name) for name, _ in found.left_out)
    held = {path for path in names if path != file and file_of(path) == file}
    held -= {loaded.path for loaded in found.documents}
    return {path for path in held if not str(path).startswith(unread)}

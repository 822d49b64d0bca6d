"""Opening an index to change it: what it was built with, mending what a crash left, building it anew.

An index knows with which embedder, splitter and version of the program it was built. It is rebuilt in a second
collection of vectors beside the one in use; one line in SQLite says which that is, so the switch is one step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from qa import __version__
from qa.config import DEFAULT_COLLECTION, Settings
from qa.embed import Embedder, embedder_name, load_embedder
from qa.errors import IndexUnusableError, NotFoundError, StorageError
from qa.ingest.report import Cancelled, Progress
from qa.ingest.write import Writer
from qa.split import VERSION
from qa.storage.database import damaged, discard
from qa.storage.store import DocumentStore
from qa.storage.vectors import COLLECTION, PassageVectors, discard_vectors, drop_unused
from qa.storage.word_index import IN_USE, WordFiles

DOCUMENTS = "documents.sqlite3"
FINGERPRINT = "fingerprint"  # what the vectors were made with
VECTORS = "vectors"  # the name of the collection that is in use
MADE_BY = "version"  # of the program that made them


def index_exists(settings: Settings) -> bool:
    """Whether an index was ever made in the data directory."""
    return (settings.index_dir / DOCUMENTS).is_file()


def index_path(settings: Settings) -> Path | None:
    """The file of the documents; None without an index."""
    return settings.index_dir / DOCUMENTS if index_exists(settings) else None


def require_index(settings: Settings) -> Path:
    """The file of the documents.

    Raises:
        IndexUnusableError: there is no index.
        NotFoundError: there is no collection of the name that the settings have.
    """
    if not index_exists(settings) and settings.collection != DEFAULT_COLLECTION:
        raise NotFoundError(
            f"There is no collection {settings.collection}.",
            f"`qa collections` lists them; `qa ingest --collection {settings.collection} PATH` makes it.",
        )
    if not index_exists(settings):
        raise IndexUnusableError(
            f"There is no index in {settings.index_dir}.",
            "Make one with `qa ingest PATH`, for example `qa ingest seeds`.",
        )
    return settings.index_dir / DOCUMENTS


def make_index(settings: Settings) -> None:
    """Make an empty index, in one step, where there is none. The caller holds `lock_data_dir`.

    Raises:
        StorageError: its folder cannot be written.
    """
    if index_exists(settings):
        return
    place = settings.index_dir / DOCUMENTS
    partial = place.with_suffix(".making")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        discard(partial)
        with closing(DocumentStore(partial)) as store:
            check_fingerprint(settings, store, expected(settings), write=True)
        partial.replace(place)
    except OSError as error:
        raise StorageError(
            f"The folder {place.parent} cannot be written: {error.strerror}.",
            "Check its permissions and the disk's space.",
        ) from error


def rebuild(
    settings: Settings,
    progress: Progress | None = None,
    cancelled: Cancelled = lambda: False,
    embedder: Callable[[Settings], Embedder] = load_embedder,
    *,
    times: int = 1,
) -> int | None:
    """Embed all stored documents anew, beside the vectors in use, and switch to the new ones in one step; how
    many documents they are, or None when it was cancelled. The caller holds `lock_data_dir`. Until the switch,
    and when it is never reached, the old vectors hold; the next change drops those that are not in use.

    Raises:
        IndexUnusableError: there is no index, or its rows are damaged.
        StorageError, ModelError: the new vectors cannot be written or made.
    """
    with closing(DocumentStore(require_index(settings))) as store:
        if store.meta(FINGERPRINT) is None:
            raise damaged(settings.index_dir)
        store.complete_names()
        _drop_unused_or_all(settings, vectors_in_use(store))
        vectors = PassageVectors(settings, next_name(vectors_in_use(store)))
        model = embedder(settings)
        writer = Writer(settings, store, vectors, lambda: model, times=times)
        counts = writer.embed_all(progress, cancelled)
        if counts is None:
            return None
        made = {
            VECTORS: vectors.name,
            FINGERPRINT: fingerprint_of(model.name),
            MADE_BY: __version__,
            IN_USE: "",
        }
        store.switch(counts, **made)
        WordFiles(settings.index_dir, store).follow()
        return len(counts)


def _drop_unused_or_all(settings: Settings, used: str) -> None:
    """Make room for new vectors; old ones that cannot be read at all hold nothing worth keeping."""
    try:
        drop_unused(settings, used)
    except IndexUnusableError:
        discard_vectors(settings)


def next_name(name: str) -> str:
    """A name for another collection of vectors: `passages-8` after `passages-7`, the plain one after none."""
    stem, _, number = name.partition("-")
    return f"{stem}-{int(number or 1) + 1}" if stem else COLLECTION


@contextmanager
def open_writer(
    settings: Settings, embedder: Callable[[Settings], Embedder] = load_embedder, *, times: int = 1
) -> Iterator[tuple[Writer, DocumentStore]]:
    """The index for a command that changes it and asks nothing of it: neither documents, vectors nor embedding
    model are loaded before they are needed. The caller holds `lock_data_dir`; without an index one is made.

    Raises:
        IndexUnusableError: it is damaged, or was built with another embedder or splitter.
        StorageError: its folder cannot be used.
        ModelError: the embedding model cannot be used, found out when it is needed.
    """
    loaded: list[Embedder] = []

    def _embedder() -> Embedder:
        if not loaded:
            loaded.append(embedder(settings))
        return loaded[0]

    make_index(settings)
    with closing(DocumentStore(require_index(settings))) as store:
        check_fingerprint(settings, store, expected(settings), write=True)
        vectors = PassageVectors(settings, vectors_in_use(store))
        writer = Writer(
            settings,
            store,
            vectors,
            _embedder,
            lambda it: make_ready(settings, store, vectors, it),
            times=times,
        )
        store.complete_names()
        if vectors.lost or store.strays():
            writer.make_ready()
        yield writer, store
        WordFiles(settings.index_dir, store).follow()


def make_ready(settings: Settings, store: DocumentStore, vectors: PassageVectors, writer: Writer) -> None:
    """Mend what a crash left."""
    store.complete_names()
    drop_unused(settings, vectors.name)
    writer.sweep()
    if vectors.count() != store.passage_count():
        writer.repair()


def vectors_in_use(store: DocumentStore) -> str:
    """The name of the collection that holds the vectors."""
    return store.meta(VECTORS) or COLLECTION


def fingerprint_of(embedder: str) -> str:
    """What vectors are made with, as an index remembers it."""
    return f"{embedder}; split {VERSION}"


def expected(settings: Settings) -> str:
    """What the settings would have an index built with."""
    return fingerprint_of(embedder_name(settings))


def matches(settings: Settings) -> bool:
    """Whether the index, which is there, was built with what the settings say."""
    with closing(DocumentStore(require_index(settings), read_only=settings.reader)) as store:
        return store.meta(FINGERPRINT) == expected(settings)


def check_fingerprint(settings: Settings, store: DocumentStore, fingerprint: str, *, write: bool) -> None:
    """Compare what an index was built with; a new one is told.

    Raises:
        IndexUnusableError: it is something else, or a reader finds none.
    """
    built_with = store.meta(FINGERPRINT)
    if built_with is None:
        if not write:
            raise damaged(settings.index_dir)
        store.set_meta(**{FINGERPRINT: fingerprint, MADE_BY: __version__})
    elif built_with != fingerprint:
        raise IndexUnusableError(
            f"The index in {settings.index_dir} was built with “{built_with}”; now “{fingerprint}” is set.",
            "Run `qa ingest --rebuild`, or set QA_EMBED_MODEL back.",
        )

"""The one place that knows Chroma: where the passages' vectors are, and what its errors mean."""

from __future__ import annotations

import logging
import re
import shutil
from array import array
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

from qa.config import DEFAULT_COLLECTION, Settings
from qa.errors import StorageError, VectorsDamagedError
from qa.records import Document, Passage
from qa.storage.database import damaged_vectors

_log = logging.getLogger(__name__)

COLLECTION = "passages"
_OWN = re.compile(rf"{COLLECTION}(-\d+)?")
_Item = TypeVar("_Item")
AT_ONCE = 1000  # vectors that one call takes
LEAST_FREE_BYTES = 1_000_000
# SQLite's codes are those of a full disk, of a write and of a flush that failed.
_FULL = re.compile(r"disk is full|no space left|file too large|code: (?:13|778|1034)\b", re.I)
SOURCE = "ref_doc_id"  # under which LlamaIndex notes the id of a passage's document


def open_collection(settings: Settings, name: str = COLLECTION) -> Any:
    """The Chroma collection of this name, made when it is missing; call it within `chroma_errors`."""
    return open_client(settings).get_or_create_collection(
        _prefix(settings) + name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )


def _prefix(settings: Settings) -> str:
    """What the names of the collection's vectors begin with: a server holds those of all collections."""
    named = settings.chroma_url is not None and settings.collection != DEFAULT_COLLECTION
    return f"{settings.collection}." if named else ""


def open_client(settings: Settings) -> Any:
    """Chroma as the settings have it; call it within `chroma_errors`."""
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    if settings.chroma_url is None:
        return chromadb.PersistentClient(str(settings.index_dir / "chroma"), settings=quiet)
    from urllib.parse import urlsplit

    import httpx

    url = urlsplit(settings.chroma_url)
    secure = url.scheme == "https"
    host, port = url.hostname or "127.0.0.1", url.port or (443 if secure else 8000)
    # Chroma's own client, while it is made too, waits for ever for a server that hangs; no setting changes it.
    address = httpx.URL(scheme=url.scheme, host=host, port=port, path="/api/v2/heartbeat")
    httpx.get(address, timeout=settings.chroma_timeout)
    client: Any = chromadb.HttpClient(host=host, port=port, ssl=secure, settings=quiet)
    session = getattr(client._server, "_session", None)
    if session is not None:
        session.timeout = settings.chroma_timeout
    return client


class PassageVectors:
    """The vectors of passages by passage id, in one collection.

    Raises (every method):
        StorageError: the disk is full, or the Chroma server cannot be used.
        IndexUnusableError: the files are damaged.
    """

    def __init__(self, settings: Settings, name: str = COLLECTION) -> None:
        self.name = name
        self._settings = settings

    def named(self, name: str) -> PassageVectors:
        """Those in another collection of the same Chroma."""
        return PassageVectors(self._settings, name)

    @cached_property
    def collection(self) -> Any:
        """The collection, opened when it is first needed."""
        with chroma_errors(self._settings):
            return open_collection(self._settings, self.name)

    @property
    def lost(self) -> bool:
        """Whether there are certainly none: their file is not there."""
        remote = self._settings.chroma_url is not None
        return not remote and not (self._settings.index_dir / "chroma" / "chroma.sqlite3").is_file()

    def count(self) -> int:
        """How many there are."""
        with chroma_errors(self._settings):
            return int(self.collection.count())

    def ids(self) -> set[str]:
        """All ids."""
        with chroma_errors(self._settings):
            return set(self.collection.get(include=[])["ids"])

    def held(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that are there."""
        with chroma_errors(self._settings):
            return {
                one
                for part in _batched(ids, AT_ONCE)
                for one in self.collection.get(ids=part, include=[])["ids"]
            }

    def nearest(self, vector: Sequence[float], k: int, only: Collection[str] | None = None) -> list[str]:
        """The ids of the at most `k` nearest passages, the nearest first; of the documents with the ids of
        `only`, or of all.
        """
        try:
            return self._nearest(vector, k, only)
        except VectorsDamagedError as damage:
            # Beside 13,000 changes a search failed once, and all was made anew; what is damaged fails again.
            _log.warning("A search of the vectors failed and is tried again: %r", damage.__cause__)
            return self._nearest(vector, k, only)

    def _nearest(self, vector: Sequence[float], k: int, only: Collection[str] | None) -> list[str]:
        where = {SOURCE: {"$in": sorted(only)}} if only is not None else None
        with chroma_errors(self._settings):
            found = self.collection.query(
                query_embeddings=[list(vector)], n_results=k, where=where, include=["distances"]
            )
        return [str(one) for one in found["ids"][0]]

    def add(self, nodes: Sequence[Any], vectors: Sequence[Sequence[float]]) -> None:
        """Write the vectors of passages as LlamaIndex reads them."""
        from llama_index.vector_stores.chroma import ChromaVectorStore

        for node, vector in zip(nodes, vectors, strict=True):
            node.embedding = list(vector)
        with chroma_errors(self._settings):
            for part in _batched(nodes, AT_ONCE):
                ChromaVectorStore(chroma_collection=self.collection).add(part)

    def packed(self, ids: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Those of the ids that are there, each with its vector as bytes."""
        for part in _batched(ids, AT_ONCE):
            with chroma_errors(self._settings):
                found = self.collection.get(ids=part, include=["embeddings"])
            for one, vector in zip(found["ids"], found["embeddings"], strict=True):
                yield one, array("f", map(float, vector)).tobytes()

    @staticmethod
    def unpacked(packed: bytes) -> list[float]:
        """A vector from its bytes."""
        return array("f", packed).tolist()

    def delete(self, ids: Collection[str]) -> None:
        """Drop those of the ids that are there."""
        with chroma_errors(self._settings):
            for part in _batched(sorted(ids), AT_ONCE):
                self.collection.delete(ids=part)


def drop_unused(settings: Settings, used: str) -> None:
    """Drop what rebuilds left: vectors of the collection beside those in use, none of another collection.

    Raises:
        StorageError: the vectors cannot be written.
    """
    prefix = _prefix(settings)
    with chroma_errors(settings):
        client = open_client(settings)
        for held in (collection.name for collection in client.list_collections()):
            own = _OWN.fullmatch(held, len(prefix)) if held.startswith(prefix) else None
            if own and own[0] != used:
                client.delete_collection(held)


def let_go(settings: Settings) -> None:
    """Close the files of the collection's embedded vectors, for all who have them open in this process."""
    from chromadb.api.shared_system_client import SharedSystemClient

    place = str(settings.index_dir / "chroma")
    while settings.chroma_url is None and place in SharedSystemClient._identifier_to_system:
        SharedSystemClient._release_system(place)


def discard_vectors(settings: Settings) -> None:
    """Remove embedded vectors that cannot be read.

    Raises:
        StorageError: they cannot be removed.
    """
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()  # else the files that are gone stay open
    place = settings.index_dir / "chroma"
    try:
        if place.exists():
            shutil.rmtree(place)
    except OSError as error:
        raise StorageError(
            f"{place} cannot be removed: {error.strerror}.", "Correct its permissions."
        ) from error


@contextmanager
def chroma_errors(settings: Settings) -> Iterator[None]:
    """Turn what Chroma raises into our errors."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    # The last is how Chroma's own clean-up ends when it could not open its files.
    except (ChromaError, httpx.HTTPError, ValueError, RuntimeError, OSError, AttributeError) as error:
        if settings.chroma_url is not None:
            raise StorageError(
                f"The Chroma server {settings.chroma_url} cannot be used: {str(error).partition(chr(10))[0]}",
                "Check that it runs, and QA_CHROMA_URL.",
            ) from error
        if is_full(settings, error):
            raise StorageError(
                f"The disk of {settings.index_dir} is full.",
                "Free some space and run again; what was indexed before is still there.",
            ) from error
        raise damaged_vectors(settings.index_dir) from error


def is_full(settings: Settings, error: BaseException) -> bool:
    """Whether an error comes of a disk that takes no more."""
    if _FULL.search(str(error)):
        return True
    try:
        return shutil.disk_usage(settings.index_dir).free < LEAST_FREE_BYTES
    except OSError:
        return False


def make_node(document: Document, passage: Passage) -> Any:
    """A passage as a LlamaIndex node: the headline is embedded and matched with it, the rest is not."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    day = document.event.date or document.published
    return TextNode(
        id_=passage.id,
        text=passage.text,
        metadata={
            "headline": document.headline,
            "start": passage.start,
            "end": passage.end,
            "day": int(f"{day:%Y%m%d}") if day else 0,
        },
        excluded_embed_metadata_keys=["start", "end", "day"],
        metadata_template="{value}",
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=document.id)},
    )


def _batched(items: Collection[_Item], size: int) -> Iterator[list[_Item]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def embedded_text(node: Any) -> str:
    """What is embedded of a node: its headline and its text."""
    from llama_index.core.schema import MetadataMode

    return str(node.get_content(metadata_mode=MetadataMode.EMBED))

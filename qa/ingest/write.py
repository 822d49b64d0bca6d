"""Changing an index: passages are embedded, their vectors written, then their documents' rows, all at once.

Until the rows are written the old ones hold, vectors and all; after that the old vectors go. Whatever a crash
leaves in between is noted in the store as strays and is dropped, or used, by the next change.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from qa.config import Settings
from qa.embed import Embedder
from qa.errors import NotFoundError
from qa.ingest.outcome import Change, reckon
from qa.ingest.report import Cancelled, IngestReport, Looking, Progress
from qa.ingest.sync import FileChange, Survey, name_of
from qa.logs import happened
from qa.metadata.corrections import checked
from qa.records import Document, Passage
from qa.split import split_passages
from qa.storage.rows import Name
from qa.storage.seen import Seen
from qa.storage.store import DocumentStore
from qa.storage.vectors import PassageVectors, embedded_text, make_node

_log = logging.getLogger(__name__)
_Item = TypeVar("_Item")

BATCH_DOCUMENTS = 128  # of fewer, passages of one length are too rare to be encoded together
BATCH_CHARS = 500_000
BATCH_PASSAGES = 1_000


class Writer:
    """Changes documents and vectors together; whoever has one holds `lock_data_dir`. It keeps nothing of the
    documents in memory. `embedder` is called when the first text must be embedded, and `ready`, which mends
    what a crash left, before the first vector is touched. `times` larger batches are embedded at once.
    """

    def __init__(
        self,
        settings: Settings,
        store: DocumentStore,
        vectors: PassageVectors,
        embedder: Callable[[], Embedder],
        ready: Callable[[Writer], None] = lambda writer: None,
        *,
        times: int = 1,
    ) -> None:
        self._settings = settings
        self._make_ready = ready
        self._is_ready = False
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._times = times

    def ingest(self, paths: Sequence[Path], looking: Looking, *, prune: bool = False) -> IngestReport:
        """Bring files and folders in; with `prune` also take out what vanished below them.

        Raises:
            NotFoundError, InputError: a path does not exist, or the only file given cannot be read.
            StorageError: the index cannot be written; what was written so far stays.
        """
        survey = Survey(self._settings, self._store, paths, looking)
        for batch in _batches(survey.changes(), self._times):
            self._write(batch)
        vanished = survey.vanished(prune=prune)
        if prune:
            self._take_out(vanished)
        self.sweep()
        happened(_log, "ingested", **survey.report.counts())
        for file, reason in survey.report.failed:
            happened(_log, "left_out", level=logging.WARNING, file=file, reason=reason)
        return survey.report

    def remove(self, document_id: str) -> None:
        """Take a document out under all its names.

        Raises:
            NotFoundError: there is none with this id.
        """
        self._take_out(self._existing(document_id))
        self.sweep()
        happened(_log, "removed", document=document_id)

    def correct(self, document_id: str, values: Mapping[str, str], clear: Collection[str] = ()) -> Document:
        """Put these values of a document in place of what was read, or take corrections back; the document as
        it is then.

        Raises:
            NotFoundError: there is none with this id.
            InputError: a value cannot be used.
        """
        given = checked(values, clear)
        self._existing(document_id)
        held = self._store.corrections([document_id])[document_id]
        kept = {field: value for field, value in (held | given).items() if field not in clear or field in given}
        self._change(Change(corrections={document_id: kept}))
        self.sweep()
        return self._store.some([document_id])[document_id]

    def make_ready(self) -> None:
        """Mend what a crash left, once."""
        if not self._is_ready:
            self._is_ready = True
            self._make_ready(self)

    def sweep(self) -> None:
        """Drop the vectors that no document needs."""
        if strays := self._store.strays():
            self._vectors.delete(strays)
            self._store.no_strays()

    def repair(self) -> None:
        """Make the vectors those of the stored documents: embed what lacks them, drop what has no row."""
        held = self._vectors.ids()
        self.embed_all(held=held)
        self._vectors.delete(held)
        self._store.no_strays()

    def embed_all(
        self,
        progress: Progress | None = None,
        cancelled: Cancelled = lambda: False,
        *,
        held: set[str] | None = None,
    ) -> dict[str, int] | None:
        """Embed every stored document but passages that are `held`, which are taken from that set; the number
        of each document's passages, or None when it was cancelled.
        """
        ids, counts = self._store.ids(), dict[str, int]()
        for part in _parts(ids, BATCH_DOCUMENTS * self._times):
            if cancelled():
                return None
            found = {item.id: (item, split_passages(item)) for item in self._store.some(part).values()}
            pairs = [(document, passage) for document, passages in found.values() for passage in passages]
            self._embed([pair for pair in pairs if not held or pair[1].id not in held])
            if held:
                held -= {passage.id for _, passage in pairs}
            counts |= {one: len(passages) for one, (_, passages) in found.items()}
            if progress:
                progress(len(counts), len(ids), "")
        return counts

    def _existing(self, document_id: str) -> list[Name]:
        names = self._store.names_of([document_id])[document_id]
        if not names:
            raise NotFoundError(
                f"There is no document {document_id}.", "`qa sources` lists them with their ids."
            )
        return names

    def _write(self, batch: Sequence[FileChange]) -> None:
        gone = [name for change in batch for name in change.gone]
        seen: dict[Path, Seen | None] = {name.file: None for name in gone}
        self._change(
            Change(
                names=[name_of(change.file, loaded) for change in batch for loaded in change.texts],
                gone=gone,
                texts={loaded.document.id: loaded.document for change in batch for loaded in change.texts},
                seen=seen | {change.file: change.seen for change in batch},
            )
        )

    def _take_out(self, names: Sequence[Name]) -> None:
        for part in _parts(names, BATCH_DOCUMENTS):
            self._change(Change(gone=part, seen={name.file: None for name in part}))

    def _change(self, change: Change) -> None:
        """Carry a change out: vectors first, as strays, then all rows at once."""
        outcome = reckon(self._store, change)
        if outcome.fresh or outcome.step.strays:
            self.make_ready()
        if outcome.fresh:
            held = self._vectors.held([passage.id for _, passage in outcome.fresh])
            self._store.expect(passage.id for _, passage in outcome.fresh)
            self._embed([pair for pair in outcome.fresh if pair[1].id not in held])
        self._store.apply(outcome.step)

    def _embed(self, pairs: Sequence[tuple[Document, Passage]]) -> None:
        for part in _parts(pairs, BATCH_PASSAGES * self._times):  # one file may hold thousands of documents
            nodes = [make_node(document, passage) for document, passage in part]
            self._vectors.add(nodes, self._embedder().embed_passages([embedded_text(node) for node in nodes]))


def _batches(changes: Iterable[FileChange], times: int) -> Iterator[list[FileChange]]:
    """The changes in batches that are embedded and written at once."""
    batch: list[FileChange] = []
    size = 0
    for change in changes:
        batch.append(change)
        size += sum(len(loaded.document.text) for loaded in change.texts)
        if len(batch) >= BATCH_DOCUMENTS * times or size >= BATCH_CHARS * times:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _parts(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part

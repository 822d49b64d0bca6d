"""Dateline as a whole: a collection opened with its model, for the front ends to ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from qa.background import Asking, Following, Loading
from qa.config import DEFAULT_COLLECTION, Settings
from qa.embed import Embedder, load_embedder
from qa.errors import DatelineError, InputError, NotFoundError, VectorsDamagedError
from qa.events import resolve
from qa.given import Given
from qa.index import Index, IngestReport, Progress, require_index
from qa.ingest.report import Cancelled
from qa.language.countries import same_country
from qa.likeness import copies_among
from qa.llm.client import LanguageModel
from qa.load import load_examples
from qa.mending import Mender, open_sound, remade
from qa.pipeline import Means, answer_question, find, understand
from qa.question import foreign_language
from qa.records import Answer, AnswerSentence, Document, Found, Sources, Turn
from qa.rerank import Reranker, load_reranker
from qa.retrieve import Retriever
from qa.storage.lock import lock_data_dir
from qa.suggest import Suggester

WARM_SENTENCES = 60  # of each document
WARM_DOCUMENTS = 50  # the latest
NARROWED = 8  # views of the collection that are kept
_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class Engine:
    """What collections are asked with, loaded once however many they are."""

    embedder: Embedder
    reranker: Reranker | None
    loading: Loading

    @classmethod
    @contextmanager
    def running(cls, settings: Settings, model: LanguageModel | None = None) -> Iterator[Self]:
        """Load it for the length of a block; the language model in the background unless one is given.

        Raises:
            ModelError: the embedding model or the reranker cannot be used.
        """
        loading = Loading(settings, model)
        try:
            yield cls(load_embedder(settings), load_reranker(settings), loading)
        finally:
            loading.close()


@contextmanager
def owned(settings: Settings) -> Iterator[None]:
    """Own the data directory for the length of a block, to serve the collection of the settings.

    Raises:
        BusyError, StorageError: another process owns it, or it cannot be written.
        NotFoundError: there is no such collection; the default one is made.
    """
    if settings.collection != DEFAULT_COLLECTION:
        require_index(settings)
    with lock_data_dir(settings):
        yield


class Dateline:
    """An opened collection with its model; safe to ask from several threads. Made by `Dateline.open`, or where
    several share an engine by `Dateline.on`.
    """

    def __init__(
        self, settings: Settings, index: Index, engine: Engine, resources: ExitStack, *, own: bool
    ) -> None:
        self._settings = settings
        self._index = index
        self._embedder = engine.embedder
        self._loading = engine.loading
        self._resources = resources
        self._reranker = engine.reranker
        self._asking = Asking()
        self._own = own
        self._changing = threading.RLock()
        self._mender = Mender(self._mend)
        self._given, self._given_of = Given(settings.answer_cache), self.documents()
        self._look()
        self._following = Following(self._follow) if settings.reader else None
        if self._following:
            resources.callback(self._following.close)

    @classmethod
    def open(cls, settings: Settings, model: LanguageModel | None = None, *, own: bool = False) -> Self:
        """Open the collection; the model loads in the background unless one is given.

        With `own` this process owns the data directory: an index is made from the seeds when there is none. A
        reader (QA_READER) follows what its owner changes.

        Raises:
            BusyError, StorageError, IndexUnusableError: the data directory or the index cannot be used.
            NotFoundError: there is no such collection.
            ModelError: the embedding model or the reranker cannot be used.
        """
        with ExitStack() as resources:
            if own:
                resources.enter_context(owned(settings))
            else:
                require_index(settings)
            engine = resources.enter_context(Engine.running(settings, model))
            dateline = cls.on(engine, settings, own=own)
            resources.push(dateline._resources)  # which is let go first
            dateline._resources = resources.pop_all()
            return dateline

    @classmethod
    def on(cls, engine: Engine, settings: Settings, *, own: bool = False) -> Self:
        """Open the collection on an engine that others may share; with `own` the caller holds the lock.

        Raises:
            StorageError, IndexUnusableError, NotFoundError: as `open`.
        """
        with ExitStack() as resources:
            index = open_sound(settings, engine.embedder, write=own)
            resources.callback(index.close)
            seeded = own and index.untouched and settings.collection == DEFAULT_COLLECTION
            if seeded and settings.seed_dir.is_dir():
                index.ingest([settings.seed_dir])
            return cls(settings, index, engine, resources.pop_all(), own=own)

    def close(self) -> None:
        """Stop the model and let go of the data directory."""
        self._asking.close()
        self._resources.close()

    @property
    def name(self) -> str:
        """The collection's name."""
        return self._settings.collection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ready(self) -> tuple[bool, str]:
        """Whether index and model are loaded, and if not what is missing."""
        if not self._index.snapshot.documents:
            named = "" if self.name == DEFAULT_COLLECTION else f"--collection {self.name} "
            return False, f"The index is empty: add documents with `qa ingest {named}PATH`."
        if not self._loading.done:
            return False, "The model is loading."
        if self._following and self._following.trouble:
            return False, self._following.trouble
        return True, ""

    def size(self) -> tuple[int, int]:
        """How many documents and passages there are."""
        return self._index.size

    @property
    def model(self) -> LanguageModel | None:
        """The language model, waited for while it loads; None when there is none."""
        return self._loading.wait().model

    def documents(self) -> tuple[Document, ...]:
        """All documents, the oldest event first."""
        return tuple(self._index.snapshot.reports)

    def document(self, document_id: str) -> Document:
        """The document with this id.

        Raises:
            NotFoundError: there is none.
        """
        try:
            return self._index.snapshot.documents[document_id]
        except KeyError:
            raise NotFoundError(
                f"There is no document {document_id}.", "GET /api/documents or `qa sources` lists them."
            ) from None

    def copies(self) -> Mapping[str, str]:
        """Which documents are copies of an earlier one: their ids, each with that of the first."""
        return self._copies()

    def examples(self) -> tuple[str, ...]:
        """Example questions that go with the collection, when it is the one that came with Dateline."""
        examples = load_examples(self._settings.seed_dir)
        seeds = {document.uri for document in self.documents() if document.uri.startswith("seeds/")}
        return examples if seeds else ()

    def starters(self) -> tuple[str, ...]:
        """At most six questions to start with, each found to be answered; () for an empty collection.

        Raises:
            StorageError: the vectors cannot be read.
        """
        own = all(document.uri.startswith("seeds/") for document in self.documents())
        return self._suggester(()).starters(self.examples() if own else ())

    def suggestions(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """At most three questions to go on with after an answer, which came after `history`, each found to be
        answered by what the answer was narrowed to; () where the collection does not hold that any more.

        Raises:
            StorageError: the vectors cannot be read.
        """
        try:
            suggester = self._suggester(answer.within)
        except InputError:
            return ()
        return suggester.after(answer, history)

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        prune: bool = False,
        progress: Progress | None = None,
        cancelled: Cancelled = lambda: False,
    ) -> IngestReport:
        """Bring files and folders in (see `Index.ingest`); needs `own`."""
        return self._change(
            lambda: self._index.ingest(paths, prune=prune, progress=progress, cancelled=cancelled)
        )

    def correct(self, document_id: str, values: Mapping[str, str], clear: Collection[str] = ()) -> Document:
        """Put values of the user's in place of what was read (see `Index.correct`); needs `own`."""
        return self._change(lambda: self._index.correct(document_id, values, clear))

    def remove(self, document_id: str) -> None:
        """Take a document out (see `Index.remove`); needs `own`."""
        self._change(lambda: self._index.remove(document_id))

    def ask(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()) -> Answer:
        """The whole answer at once, drawn from the documents with the ids of `within`, or from all.

        Raises:
            InputError: the question is empty or too long, or there is no document with one of the ids.
        """
        *_, answer = self.stream(question, history, within=within)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()
    ) -> Iterator[Sources | AnswerSentence | Answer]:
        """The sources, then each verified sentence, then the whole answer; closing it stops the model.

        Raises:
            InputError: as `ask`; raised at the first step.
        """
        means = self._narrowed(within)
        try:
            with self._asking:
                yield from answer_question(question, history, means, self._loading.wait)
        except VectorsDamagedError as damage:
            if self._own:
                self._mender.call(damage)
            raise

    def recalls(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()) -> bool:
        """Whether the answer is remembered, so that no model need be asked for it."""
        try:
            return self._narrowed(within).knows(question, history)
        except InputError:
            return False

    def find(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()) -> Found:
        """What an answer would draw on, without any model: the passages found and the evidence selected.

        Raises:
            InputError: as `ask`.
        """
        return find(understand(question, history, self._settings)[1], self._narrowed(within))

    def _change(self, change: Callable[[], _Done]) -> _Done:
        """Carry a change out, after vectors that turn out to be damaged were made anew."""
        with self._changing:
            try:
                return change()
            except VectorsDamagedError as damage:
                self._mend(damage)
                return change()
            finally:
                self._look()

    def _mend(self, damage: VectorsDamagedError) -> None:
        with self._changing:
            old, self._index = self._index, remade(self._settings, self._embedder, damage)
            self._resources.callback(self._index.close)
            old.close()
            self._look()

    def _narrowed(self, within: Collection[str]) -> Means:
        if isinstance(within, str) or not all(isinstance(one, str) for one in within):
            raise InputError("The documents to narrow to are no list of ids.", 'Give for example ["id", "id"].')
        return self._narrow(frozenset(within)) if within else self._means

    def _suggester(self, within: Collection[str]) -> Suggester:
        return self._suggesting(frozenset(within))

    def _follow(self) -> bool:
        changed = self._index.follow()
        if changed:
            self._look()
        return changed

    def _look(self) -> None:
        """See the collection as it is now; what was answered is remembered where it did not change."""
        self.index_read = time.time()
        snapshot = self._index.snapshot
        retriever = Retriever(snapshot, self._embedder, self._settings, self._reranker)
        if self._given_of != self.documents():
            self._given, self._given_of = Given(self._settings.answer_cache), self.documents()
        self._means = Means(self._settings, snapshot, retriever, self._embedder, self._given)
        self._copies = cache(lambda: copies_among(snapshot.documents.values()))
        self._narrow = lru_cache(NARROWED)(self._means.within)
        self._suggesting = lru_cache(NARROWED)(lambda within: Suggester(self._narrowed(within)))

    def warm(self) -> None:
        """Do once, while nobody asks, what the first questions would wait for; ends early when closed."""
        foreign_language("Who, where and when?")
        resolve("Who met in 1900?", self._index.snapshot.reports)
        same_country("")  # reads its table
        snapshot = self._index.snapshot
        for document in snapshot.reports[-WARM_DOCUMENTS:]:
            for sentence in snapshot.sentences[document.id][:WARM_SENTENCES]:
                if self._asking.closed:
                    return
                self._embedder.embed([sentence.text])
        with suppress(DatelineError):  # whoever asks next is told
            self._suggester(()).prepare(self._asking.idle)
            if not self._asking.closed:
                self.starters()

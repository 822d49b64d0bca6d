"""Dateline as a whole: a collection opened with its model, for the front ends to ask."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from qa.config import Settings
from qa.embed import Embedder, load_embedder
from qa.errors import DatelineError, NotFoundError
from qa.index import Index, IngestReport, Progress, open_index, require_index
from qa.llm import open_model
from qa.llm.client import LanguageModel
from qa.load import load_examples
from qa.lock import lock_data_dir
from qa.pipeline import Means, Wording, answer_question
from qa.prompts import SYSTEM, SYSTEM_PER_EVENT
from qa.question import foreign_language
from qa.records import Answer, AnswerSentence, Document, Sources, Turn
from qa.retrieve import Retriever

WARM_SENTENCES = 400


class Dateline:
    """An opened collection with its model; safe to ask from several threads. Made by `Dateline.open`."""

    def __init__(self, settings: Settings, index: Index, embedder: Embedder, resources: ExitStack) -> None:
        self._settings = settings
        self._index = index
        self._embedder = embedder
        self._resources = resources
        self._means = self._look()
        self._model = Wording(None, "")
        self._model_ready = threading.Event()

    @classmethod
    def open(cls, settings: Settings, model: LanguageModel | None = None, *, own: bool = False) -> Self:
        """Open the collection; the model loads in the background unless one is given.

        With `own` this process owns the data directory: an index is made from the seeds when there is none.

        Raises:
            BusyError, StorageError, IndexUnusableError: the data directory or the index cannot be used.
            ModelError: the embedding model cannot be used.
        """
        with ExitStack() as resources:
            if own:
                resources.enter_context(lock_data_dir(settings))
            else:
                require_index(settings)
            embedder = load_embedder(settings)
            index = open_index(settings, embedder, write=own)
            resources.callback(index.close)
            if own and index.untouched and settings.seed_dir.is_dir():
                index.ingest([settings.seed_dir])
            dateline = cls(settings, index, embedder, resources.pop_all())
        if model is not None:
            dateline._adopt(model, "")
        else:
            threading.Thread(target=dateline._load_model, name="load-model", daemon=True).start()
        return dateline

    def close(self) -> None:
        """Stop the model and let go of the data directory."""
        self._model_ready.wait()
        if self._model.model is not None:
            self._model.model.close()
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ready(self) -> tuple[bool, str]:
        """Whether index and model are loaded, and if not what is missing."""
        if not self._index.snapshot.documents:
            return False, "The index is empty: add documents with `qa ingest PATH`."
        if not self._model_ready.is_set():
            return False, "The model is loading."
        return True, ""

    def documents(self) -> tuple[Document, ...]:
        """All documents, the oldest event first."""
        return tuple(self._index.snapshot.documents.values())

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

    def examples(self) -> tuple[str, ...]:
        """Example questions that go with the collection, when it is the one that came with Dateline."""
        examples = load_examples(self._settings.seed_dir)
        seeds = {document.uri for document in self.documents() if document.uri.startswith("seeds/")}
        return examples if seeds else ()

    def ingest(
        self, paths: Sequence[Path], *, prune: bool = False, progress: Progress | None = None
    ) -> IngestReport:
        """Bring files and folders in (see `Index.ingest`); needs `own`."""
        report = self._index.ingest(paths, prune=prune, progress=progress)
        self._means = self._look()
        return report

    def remove(self, document_id: str) -> None:
        """Take a document out (see `Index.remove`); needs `own`."""
        self._index.remove(document_id)
        self._means = self._look()

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer at once.

        Raises:
            InputError: the question is empty or too long.
        """
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, history: Sequence[Turn] = ()
    ) -> Iterator[Sources | AnswerSentence | Answer]:
        """The sources, then each verified sentence, then the whole answer; closing it stops the model.

        Raises:
            InputError: the question is empty or too long; raised at the first step.
        """
        return answer_question(question, history, self._means, self._wording)

    def _look(self) -> Means:
        snapshot = self._index.snapshot
        return Means(
            self._settings, snapshot, Retriever(snapshot, self._embedder, self._settings), self._embedder
        )

    def _wording(self) -> Wording:
        self._model_ready.wait()
        return self._model

    def _load_model(self) -> None:
        try:
            self._warm()
            opened = open_model(self._settings)
            if opened.model is not None:
                for system in (SYSTEM, SYSTEM_PER_EVENT):
                    opened.model.prepare(system)
            self._adopt(opened.model, opened.notice)
        except DatelineError as error:
            self._adopt(None, f"{error} Answers quote the evidence.")
        finally:
            self._model_ready.set()

    def _warm(self) -> None:
        """Do once what the first questions would wait for."""
        sentences = [sentence for found in self._index.snapshot.sentences.values() for sentence in found]
        self._embedder.embed([sentence.text for sentence in sentences[:WARM_SENTENCES]])
        foreign_language("Who, where and when?")

    def _adopt(self, model: LanguageModel | None, notice: str) -> None:
        self._model = Wording(model, notice)
        self._model_ready.set()

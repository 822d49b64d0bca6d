"""The stages in order: ingest() brings documents in, ask() takes a question through.

A question is condensed, its evidence retrieved and selected, an answer generated from that, verified against
it, and presented. Whatever the model does, what comes out is what the evidence bears.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from qa.condense import condense
from qa.config import Settings
from qa.embed import Embedder, load_embedder
from qa.errors import DatelineError, ModelError, NotFoundError
from qa.events import resolve
from qa.generate import generate
from qa.index import Index, IngestReport, Progress, open_index, require_index
from qa.llm import open_model
from qa.llm.client import LanguageModel
from qa.load import load_examples
from qa.lock import lock_data_dir
from qa.present import MOST_NEAREST, Presenter, abstention_text, answer_text
from qa.prompts import SYSTEM, SYSTEM_PER_EVENT
from qa.question import Question, clean_question, foreign_language, read_question
from qa.records import (
    Answer,
    AnswerSentence,
    Document,
    Evidence,
    Rejected,
    Sources,
    Status,
    Timings,
    Turn,
    Verified,
)
from qa.retrieve import Retriever
from qa.select import Selection, select
from qa.verify import point_to, verify

# Tiers whose "not stated" counts: smaller models say it too rarely or too often.
JUDGES = ("standard", "external")
FOREIGN = "The question does not seem to be in English, the one language understood here: ask it in English."
QUOTE_ANYWAY_AT = 0.98  # evidence this likely is quoted even when the model finds no answer in it


class Dateline:
    """An opened collection with its model; safe to ask from several threads. Made by `Dateline.open`."""

    def __init__(self, settings: Settings, index: Index, embedder: Embedder, resources: ExitStack) -> None:
        self._settings = settings
        self._index = index
        self._embedder = embedder
        self._resources = resources
        self._retriever = Retriever(index.snapshot, embedder, settings)
        self._model: LanguageModel | None = None
        self._notice = ""
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
        if self._model is not None:
            self._model.close()
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
        self._retriever = Retriever(self._index.snapshot, self._embedder, self._settings)
        return report

    def remove(self, document_id: str) -> None:
        """Take a document out (see `Index.remove`); needs `own`."""
        self._index.remove(document_id)
        self._retriever = Retriever(self._index.snapshot, self._embedder, self._settings)

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
        clock = _Clock()
        cleaned = clean_question(question, self._settings.max_question_chars)
        standalone = condense(cleaned, history)
        asked, selection = self._find(standalone)
        clock.mark("retrieve")
        presenter = Presenter(selection.evidence)
        abstained = selection.verdict == "abstain"
        yield Sources(() if abstained else presenter.citations)
        self._model_ready.wait()
        trouble = ""
        if not abstained:
            rejected: list[Rejected] = []
            try:
                refused = yield from self._word(asked, selection, presenter, rejected, clock)
            except ModelError as error:
                trouble, refused = f"{error.message} The answer quotes the evidence.", False
            if presenter.sentences or not self._abstains(selection, refused=refused):
                yield from _complete(asked, selection, presenter, rejected)
        yield self._answer(cleaned, standalone, selection, presenter, clock, trouble)

    def _find(self, standalone: str) -> tuple[Question, Selection]:
        snapshot, retriever = self._index.snapshot, self._retriever
        asked = read_question(standalone)
        if foreign_language(standalone):
            return asked, Selection((), "abstain", FOREIGN)
        scope = resolve(standalone, self.documents())
        hits = retriever.retrieve(standalone)
        selection = select(asked, hits, scope, snapshot, self._embedder, limit=self._settings.evidence_k)
        return asked, selection

    def _word(
        self,
        asked: Question,
        selection: Selection,
        presenter: Presenter,
        rejected: list[Rejected],
        clock: _Clock,
    ) -> Generator[AnswerSentence, None, bool]:
        """Yield what the model words and verification passes; returns whether the model found no answer."""
        if self._model is None:
            return False
        drafts = generate(
            self._model,
            asked.text,
            selection.evidence,
            per_event=selection.per_event,
            begun=lambda: clock.mark("first_token"),
        )
        for draft in drafts:
            if draft is None:
                return True
            checked = verify(draft, selection.evidence, asked)
            if isinstance(checked, Verified):
                yield presenter.add(checked.text, checked.evidence, "model")
            else:
                rejected.append(checked)
        return False

    def _abstains(self, selection: Selection, *, refused: bool) -> bool:
        """Whether to say nothing: by the judgement of a model that can judge, unless the evidence is strong."""
        if self._model is not None and self._model.tier in JUDGES:
            return refused and selection.evidence[0].score < QUOTE_ANYWAY_AT
        return selection.verdict == "hedge"

    def _answer(
        self,
        question: str,
        standalone: str,
        selection: Selection,
        presenter: Presenter,
        clock: _Clock,
        trouble: str,
    ) -> Answer:
        answered = bool(presenter.sentences)
        status: Status = "answered" if answered else "abstained"
        return Answer(
            question=question,
            standalone_question=standalone,
            status=status,
            answer=answer_text(presenter.sentences) if answered else abstention_text(selection),
            sentences=tuple(presenter.sentences),
            citations=presenter.cited,
            nearest=() if answered else presenter.citations[:MOST_NEAREST],
            model=self._model.name if self._model else "none",
            degraded=bool(trouble) or (self._model is None and bool(self._notice)),
            notice=trouble or self._notice,
            timings_ms=clock.timings(),
        )

    def _load_model(self) -> None:
        try:
            opened = open_model(self._settings)
            if opened.model is not None:
                for system in (SYSTEM, SYSTEM_PER_EVENT):
                    opened.model.prepare(system)
            self._adopt(opened.model, opened.notice)
        except DatelineError as error:
            self._adopt(None, f"{error} Answers quote the evidence.")
        finally:
            self._model_ready.set()

    def _adopt(self, model: LanguageModel | None, notice: str) -> None:
        self._model, self._notice = model, notice
        self._model_ready.set()


def _complete(
    asked: Question, selection: Selection, presenter: Presenter, rejected: Sequence[Rejected]
) -> Iterator[AnswerSentence]:
    """Quote evidence where no worded sentence passed: for each event, or for the whole answer."""
    covered = {
        presenter.citations[number - 1].document_id
        for sentence in presenter.sentences
        for number in sentence.citations
    }
    for group in _groups(selection):
        if not any(item.document.id in covered for item in group):
            yield presenter.add_quote(point_to(rejected, group, asked))


def _groups(selection: Selection) -> list[list[Evidence]]:
    """The evidence by event when the answer is per event, else all of it together."""
    if not selection.per_event:
        return [list(selection.evidence)]
    groups: dict[object, list[Evidence]] = {}
    for item in selection.evidence:
        groups.setdefault(item.document.event, []).append(item)
    return list(groups.values())


class _Clock:
    """Milliseconds from the start of a question to what is marked; the first mark of a name counts."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._marks: dict[str, int] = {}

    def mark(self, name: str) -> None:
        self._marks.setdefault(name, self._now())

    def timings(self) -> Timings:
        return Timings(self._marks.get("retrieve", 0), self._marks.get("first_token", 0), self._now())

    def _now(self) -> int:
        return round((time.monotonic() - self._start) * 1000)

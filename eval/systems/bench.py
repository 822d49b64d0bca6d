"""Dateline's stages opened one by one, to be put together in other ways than the program does."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa.collection import Snapshot
from qa.config import Settings
from qa.embed import Embedder, load_embedder
from qa.index import open_index
from qa.llm import open_model
from qa.load import SIDECAR
from qa.pipeline import Means, Wording, answer_question, find, understand
from qa.records import Answer, Found, Turn
from qa.rerank import Reranker, load_reranker
from qa.retrieve import Retriever
from qa.storage.lock import lock_data_dir


@dataclass(frozen=True, slots=True)
class Bench:
    """The indexed documents, what embeds, reranks and words; `means` is what Dateline searches with."""

    settings: Settings
    snapshot: Snapshot
    embedder: Embedder
    reranker: Reranker | None
    wording: Wording

    @property
    def means(self) -> Means:
        """As the program makes them."""
        retriever = Retriever(self.snapshot, self.embedder, self.settings, self.reranker)
        return Means(self.settings, self.snapshot, retriever, self.embedder)


@contextmanager
def open_bench(settings: Settings, *, wording: Wording | None = None) -> Iterator[Bench]:
    """Index `settings.seed_dir` into `settings.data_dir` and load the model, unless a wording is given.

    Raises:
        DatelineError: the folder, the index or a model cannot be used.
    """
    with ExitStack() as stack:
        stack.enter_context(lock_data_dir(settings))
        embedder = load_embedder(settings)
        index = open_index(settings, embedder, write=True)
        stack.callback(index.close)
        index.ingest([settings.seed_dir])
        if wording is None:
            opened = open_model(settings)
            if opened.model is not None:
                stack.callback(opened.model.close)
            wording = Wording(opened.model, opened.notice)
        yield Bench(settings, index.snapshot, embedder, load_reranker(settings), wording)


@contextmanager
def open_bare(settings: Settings) -> Iterator[Bench]:
    """The same texts without what is known of them: no publisher, no place, no date; no model.

    Raises:
        DatelineError: see `open_bench`.
    """
    with tempfile.TemporaryDirectory(prefix="dateline-bare-") as folder:
        texts = Path(folder) / settings.seed_dir.name
        shutil.copytree(settings.seed_dir, texts, ignore=shutil.ignore_patterns(SIDECAR))
        update = {"data_dir": Path(folder) / "data", "seed_dir": texts, "infer_metadata": False}
        bare = settings.model_copy(update=update)
        with open_bench(bare, wording=Wording(None, "")) as bench:
            yield bench


class Pipeline:
    """The pipeline with means and a wording of one's choice."""

    def __init__(self, means: Means, wording: Wording) -> None:
        self.means = means
        self.wording = wording

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """See `eval.systems.asked.Asks`."""
        *_, answer = answer_question(question, history, self.means, lambda: self.wording)
        assert isinstance(answer, Answer)
        return answer

    def find(self, question: str, history: Sequence[Turn] = ()) -> Found:
        """See `eval.systems.asked.Asks`."""
        return find(understand(question, history, self.means.settings)[1], self.means)

"""Measure where the time of an answer goes, beside the bare model and LlamaIndex's stock query engine.

The floor of an answer is what its calls of the model take: the same calls with the same tokens, timed inside
the answer. The stock engine is `VectorStoreIndex.as_query_engine()` over the same documents and models.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.section import Row, Section, ratio
from benchmarks.server import CASES, pick_questions
from eval.systems.bench import Bench, open_bench
from eval.systems.peer import MAX_TOKENS, SYSTEM, wrap
from qa.config import PROJECT, TIERS, Tier, load_settings, quiet_libraries
from qa.llm import model_status
from qa.llm.client import LanguageModel, Request
from qa.pipeline import Wording, answer_question
from qa.records import Answer, AnswerSentence, Sources


class Timed:
    """A model that notes what its calls take, all of an answer together, in seconds."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.took = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def stream(self, request: Request) -> Generator[str, None, None]:
        """As the model does it; what is done between two pieces is not counted."""
        pieces = self._model.stream(request)
        try:
            while True:
                started = time.perf_counter()
                try:
                    piece = next(pieces)
                except StopIteration:
                    return
                finally:
                    self.took += time.perf_counter() - started
                yield piece
        finally:
            pieces.close()


@dataclass
class Measured:
    """Seconds of each answer of a tier: to its sources, to its first sentence, to its end; in the model; and of
    the stock engine's answer.
    """

    sources: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    model: list[float] = field(default_factory=list)
    stock: list[float] = field(default_factory=list)


def measure(quick: bool) -> Section:
    """The section on answers by stage."""
    quiet_libraries()
    wanted: tuple[Tier, ...] = ("tiny",) if quick else TIERS[:-1]
    ready = {row.tier for row in model_status(load_settings()) if row.path}
    rows = [row for tier in wanted if tier in ready for row in _rows(tier, _measured(tier, 4 if quick else 12))]
    return Section(
        "Answers by stage",
        "Questions on `seeds/`, medians, one after the other. The floor of an answer is the time that its own "
        "calls of the model took; the ratio is the median of those of single answers that asked it. The stock "
        "engine is `VectorStoreIndex.as_query_engine()` with the same two models and at most "
        f"{MAX_TOKENS} tokens.",
        rows,
    )


def _measured(tier: Tier, count: int) -> Measured:
    measured = Measured()
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        given = load_settings(data_dir=Path(folder), llm_tier=tier, seed_dir=PROJECT / "seeds")
        with open_bench(given) as bench:
            assert bench.wording.model is not None
            model = Timed(bench.wording.model)
            stock = stock_engine(bench, bench.wording.model)
            for number, question in enumerate(pick_questions(CASES, count), start=1):
                _ask(question, bench, model, measured)
                started = time.perf_counter()
                stock.query(question)
                measured.stock.append(time.perf_counter() - started)
                print(f"{tier}: {number}/{count}", file=sys.stderr, flush=True)
    return measured


def _ask(question: str, bench: Bench, model: Timed, measured: Measured) -> None:
    model.took, started = 0.0, time.perf_counter()
    marks: dict[type, float] = {}
    for part in answer_question(question, (), bench.means, lambda: Wording(model, "")):
        marks.setdefault(type(part), time.perf_counter() - started)
    measured.sources.append(marks[Sources])
    measured.whole.append(marks[Answer])
    measured.model.append(model.took)
    if AnswerSentence in marks:
        measured.first.append(marks[AnswerSentence])


def stock_engine(bench: Bench, model: LanguageModel) -> Any:
    """LlamaIndex's query engine over the documents of the bench, all defaults but the two models."""
    from llama_index.core import Document as Text
    from llama_index.core import VectorStoreIndex

    texts = [Text(id_=document.id, text=document.text) for document in bench.snapshot.documents.values()]
    index = VectorStoreIndex.from_documents(texts, embed_model=bench.embedder.llama_index)
    return index.as_query_engine(
        llm=wrap(
            lambda prompt: "".join(model.stream(Request(SYSTEM, prompt, max_tokens=MAX_TOKENS))), model.name
        )
    )


def _rows(tier: Tier, one: Measured) -> list[Row]:
    asked = [(whole, model) for whole, model in zip(one.whole, one.model, strict=True) if model]
    over = median(whole / model for whole, model in asked) if asked else 0.0
    whole, stock = median(one.whole), median(one.stock)
    bare = median(model for _, model in asked) if asked else 0.0
    found = [
        Row(f"`{tier}`: question to sources, s", f"{median(one.sources):.2f}"),
        Row(
            f"`{tier}`: question to answer / stock query engine, s",
            f"{whole:.2f}",
            f"{stock:.2f}",
            ratio(whole, stock),
        ),
    ]
    if one.first:
        found.insert(1, Row(f"`{tier}`: question to first sentence, s", f"{median(one.first):.2f}"))
    if asked:
        shown = median(whole for whole, _ in asked)
        name = f"`{tier}`: answer / bare model calls, s"
        found.append(Row(name, f"{shown:.2f}", f"{bare:.2f}", f"{over:.2f}", "≤ 1.2"))
    return found

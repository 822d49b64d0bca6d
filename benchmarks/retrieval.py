"""Measure what grows with the collection: opening it, a small change, retrieval, the evidence for an answer.

Made-up reports (see corpus.py) are ingested with random unit vectors, size by size. Each question is timed
beside the floor, the bare Chroma query with the same vector, and beside LlamaIndex's stock retriever over the
same collection, in alternation; the question's own encoding, which no size changes, is left out on all sides.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.corpus import questions, random_embedder, reports_for, write_reports
from benchmarks.section import Curve, Plot, Row, Section, ratio
from qa.config import Settings, load_settings, quiet_libraries
from qa.embed import Embedder
from qa.index import Index, open_index
from qa.ingest.report import Looking
from qa.ingest.upkeep import open_writer
from qa.pipeline import Means, find
from qa.retrieve import Retriever
from qa.storage.lock import lock_data_dir
from qa.storage.vectors import open_collection

SIZES = (1_000, 10_000, 100_000)
QUICK = (300, 1_000)
ASKED = 40
SPARE_MS = 10  # that retrieval may take beyond 1.3 times the bare query


@dataclass
class Measured:
    """One size: seconds and bytes once, milliseconds for each question."""

    passages: int
    opened: float = 0.0
    changed: float = 0.0
    memory: int = 0
    disk: int = 0
    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    stock: list[float] = field(default_factory=list)
    evidence: list[float] = field(default_factory=list)


def measure(quick: bool) -> Section:
    """The section on how cost grows with the collection."""
    quiet_libraries()
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        return section([_measured(Path(folder) / str(size), size) for size in (QUICK if quick else SIZES)])


def filled(folder: Path, passages: int) -> Settings:
    """The settings of an index of about so many passages, made where it is not there."""
    settings, texts = load_settings(data_dir=folder / "data"), folder / "texts"
    if not texts.is_dir():
        _say(f"{passages:,} passages: writing and ingesting")
        write_reports(texts, reports_for(passages))
        embedder = random_embedder()
        with lock_data_dir(settings), open_writer(_random(settings), lambda _: embedder) as (writer, _):
            writer.ingest([texts], Looking())
    return settings


def _random(settings: Settings) -> Settings:
    """With the name of the random embedder, as the index's fingerprint has it."""
    return settings.model_copy(update={"embed_model": "random"})


def _measured(folder: Path, passages: int) -> Measured:
    settings, embedder = filled(folder, passages), random_embedder()
    _say(f"{passages:,} passages: measuring")
    process = psutil.Process()
    before = process.memory_info().rss
    started = time.perf_counter()
    with lock_data_dir(settings):
        index = open_index(settings, embedder, write=True)
        measured = Measured(open_collection(settings).count(), time.perf_counter() - started)
        _ask(index, embedder, settings, measured)
        measured.memory = process.memory_info().rss - before
        measured.changed = _change(index, folder)
        index.close()
    measured.disk = sum(one.stat().st_size for one in settings.index_dir.rglob("*") if one.is_file())
    return measured


def _ask(index: Index, embedder: Embedder, settings: Settings, measured: Measured) -> None:
    """Every question each way in turn, after one round that nobody counts."""
    retriever = Retriever(index.snapshot, embedder, settings)
    means = Means(settings, index.snapshot, retriever, embedder)
    collection, stock = open_collection(settings), stock_retriever(settings, embedder)
    asked = questions(ASKED, len(index.snapshot.documents))
    embedder.embed(asked)
    for question in asked[:4]:
        find(question, means)
    for question in asked:
        vector = embedder.embed([question])[0].tolist()
        measured.bare.append(
            _timed(
                collection.query,
                query_embeddings=[vector],
                n_results=settings.retrieve_k,
                include=["distances"],
            )
        )
        measured.ours.append(_timed(retriever.retrieve, question))
        measured.stock.append(_timed(stock, question, vector))
    for question in asked:
        measured.evidence.append(_timed(find, question, means))


def stock_retriever(settings: Settings, embedder: Embedder) -> Callable[[str, Sequence[float]], Any]:
    """LlamaIndex's vector retriever over the same collection, as it is but for the number of passages."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import QueryBundle
    from llama_index.vector_stores.chroma import ChromaVectorStore

    vectors = ChromaVectorStore(chroma_collection=open_collection(settings))
    index = VectorStoreIndex.from_vector_store(vectors, embed_model=embedder.llama_index)
    retriever = index.as_retriever(similarity_top_k=settings.retrieve_k)
    return lambda question, vector: retriever.retrieve(QueryBundle(question, embedding=list(vector)))


def _change(index: Index, folder: Path) -> float:
    """Seconds until one more report is part of what is asked; it is taken out again."""
    file = folder / "one.txt"
    file.write_text(
        "Nothing like it was ever told\n\nThe one new report of the day is short.", encoding="utf-8"
    )
    before = index.snapshot.documents.keys()
    started = time.perf_counter()
    index.ingest([file])
    took = time.perf_counter() - started
    for one in index.snapshot.documents.keys() - before:
        index.remove(one)
    return took


def _timed(work: Callable[..., object], *given: object, **named: object) -> float:
    started = time.perf_counter()
    work(*given, **named)
    return (time.perf_counter() - started) * 1000


def section(sizes: Sequence[Measured]) -> Section:
    """The figures as a section."""
    rows = []
    for one in sizes:
        bare, ours, stock = median(one.bare), median(one.ours), median(one.stock)
        name, most = f"{one.passages:,} passages", 1.3 * bare + SPARE_MS
        rows += [
            Row(f"{name}: retrieval / bare Chroma query, ms", f"{ours:.1f}", f"{bare:.1f}", ratio(ours, bare)),
            Row(f"{name}: the same, target 1.3 × floor + 10 ms", f"{ours:.1f}", target=f"≤ {most:.1f}"),
            Row(
                f"{name}: retrieval / stock LlamaIndex retriever, ms",
                f"{ours:.1f}",
                f"{stock:.1f}",
                ratio(ours, stock),
            ),
            Row(f"{name}: question to evidence, no model, ms", f"{median(one.evidence):.0f}"),
            Row(f"{name}: the slowest of {len(one.evidence)}, ms", f"{max(one.evidence):.0f}"),
            Row(f"{name}: index opened, s", f"{one.opened:.1f}"),
            Row(f"{name}: one report added, s", f"{one.changed:.2f}"),
            Row(f"{name}: memory of the open index, MB", f"{one.memory / 1e6:.0f}"),
            Row(f"{name}: index on disk, MB", f"{one.disk / 1e6:.0f}"),
        ]
    curves = [
        Curve("bare Chroma query", [(one.passages, median(one.bare)) for one in sizes]),
        Curve("retrieval", [(one.passages, median(one.ours)) for one in sizes]),
        Curve("stock LlamaIndex retriever", [(one.passages, median(one.stock)) for one in sizes]),
        Curve("question to evidence", [(one.passages, median(one.evidence)) for one in sizes]),
    ]
    return Section(
        "How cost grows with the collection",
        f"Made-up reports with random vectors, {ASKED} questions a size, medians. The floor is the bare Chroma "
        "query with the same vector; encoding the question is left out on all sides. The stock retriever is "
        "LlamaIndex's over the same collection, which searches by vector alone.",
        rows,
        [Plot("retrieval", "Time by size of the collection", "passages", "ms", curves, log_x=True, log_y=True)],
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

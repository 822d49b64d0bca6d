"""Measure `qa ingest` on made-up articles, as ratios taken in one run.

Round by round, the same articles are ingested, encoded by sentence-transformers alone in batches, and indexed
by LlamaIndex's `VectorStoreIndex.from_documents` into Chroma; then the peak memory of two sizes of run and the
time of a run in which nothing changed are taken from processes of their own.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.section import Row, Section, ratio
from qa.config import Settings, load_settings, quiet_libraries
from qa.embed import Embedder, load_embedder
from qa.ingest.report import Looking
from qa.ingest.upkeep import open_writer
from qa.storage.lock import lock_data_dir

TEXT = (
    "{count} made-up articles, round by round: ingested, encoded by sentence-transformers alone in batches "
    "(the floor), and indexed by LlamaIndex's defaults, in alternation. LlamaIndex makes one passage of such "
    "an article, of which the model reads the first 256 tokens; Dateline makes two or three."
)
ROUNDS = 5
QA = (sys.executable, "-m", "qa")
_THINGS = (
    "ferry port council mayor storm bridge lighthouse crew harbour town budget school railway market river "
    "museum hospital strike vote report company engineer police minister driver farmer"
).split()
_DEEDS = (
    "opened closed visited repaired announced delayed praised questioned approved rejected inspected".split()
)


@dataclass
class Times:
    """Seconds of each kind of work, wall clock and processor, a round's in each place."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def taken(self, what: str) -> Iterator[None]:
        """Add what the block takes."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall.setdefault(what, []).append(time.perf_counter() - wall)
        self.cpu.setdefault(what, []).append(time.process_time() - cpu)


def measure(quick: bool) -> Section:
    """The section on bringing documents in."""
    count = 50 if quick else 2_000
    quiet_libraries()
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as name:
        folder = Path(name)
        articles = write_articles(folder / "articles", count)
        rows = [*compare(folder, articles), *weigh(folder, articles, count)]
    return Section("Documents in", TEXT.format(count=count), rows)


def write_articles(folder: Path, count: int) -> list[Path]:
    """Articles of 6 to 12 sentences, in a folder for each round; the same ones every time."""
    chance = random.Random(7)  # nothing secret
    files = []
    for number in range(count):
        place = folder / f"round{number * ROUNDS // count}"
        place.mkdir(parents=True, exist_ok=True)
        sentences = " ".join(_sentence(chance) for _ in range(chance.randint(6, 12)))
        file = place / f"{number:05}.txt"
        file.write_text(f"Article {number} on the {chance.choice(_THINGS)}\n\n{sentences}\n", encoding="utf-8")
        files.append(file)
    return files


def _sentence(chance: random.Random) -> str:
    one, two, three, four, five = (chance.choice(_THINGS) for _ in range(5))
    return (
        f"The {one} of the {two} {chance.choice(_DEEDS)} the {three} near the {four} after "
        f"{chance.randint(2, 900)} people asked about the {five} on the quay."
    )


def compare(folder: Path, articles: list[Path]) -> Iterator[Row]:
    """The three ways in alternation, and their ratios."""
    settings, times = load_settings(data_dir=folder / "data", embed_cache_mb=0), Times()
    embedder = load_embedder(settings)
    embedder.embed_passages(["Once, so that nothing is loaded while it counts."])
    stock = _stock_index(folder / "stock")
    with lock_data_dir(settings), open_writer(settings, lambda _: embedder) as (writer, _):
        for number, place in enumerate(sorted({file.parent for file in articles}), start=1):
            print(f"round {number} of {ROUNDS}", file=sys.stderr, flush=True)
            with times.taken("ingest"):
                writer.ingest([place], Looking())
            passages = _passages(place)
            with times.taken("encode"):
                _encode(embedder, passages)
            with times.taken("stock"):
                stock(place)
    for kind, found in (("wall clock", times.wall), ("processor time", times.cpu)):
        seconds = {what: sum(rounds) for what, rounds in found.items()}
        own, bare, other = (seconds[what] for what in ("ingest", "encode", "stock"))
        yield Row(f"ingest / encoding alone, {kind}, s", f"{own:.1f}", f"{bare:.1f}", ratio(own, bare), "≤ 1.2")
        yield Row(
            f"ingest / stock LlamaIndex index, {kind}, s", f"{own:.1f}", f"{other:.1f}", ratio(own, other)
        )


def _passages(place: Path) -> list[str]:
    """What an ingest of the folder embeds."""
    from qa.load import load_file
    from qa.split import split_passages
    from qa.storage.vectors import embedded_text, make_node

    documents = [load_file(place, file).document for file in sorted(place.iterdir())]
    return [embedded_text(make_node(one, passage)) for one in documents for passage in split_passages(one)]


def _encode(embedder: Embedder, passages: list[str]) -> None:
    """Sentence-transformers alone, as its documentation has it."""
    embedder.llama_index._model.encode(passages, batch_size=32)


def _stock_index(place: Path) -> Callable[[Path], None]:
    """What indexes a folder with all of LlamaIndex's defaults but for the model."""
    import chromadb
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from qa.embed import default_folder

    model = HuggingFaceEmbedding(model_name=str(default_folder()))
    collection = chromadb.PersistentClient(str(place)).get_or_create_collection("stock")
    context = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))

    def _index(folder: Path) -> None:
        documents = SimpleDirectoryReader(str(folder)).load_data()
        VectorStoreIndex.from_documents(documents, storage_context=context, embed_model=model)

    return _index


def weigh(folder: Path, articles: list[Path], count: int) -> Iterator[Row]:
    """Peak memory of a quarter of the articles and of all, and a run in which nothing changed."""
    few = folder / "few"
    few.mkdir()
    for file in articles[: count // 4]:
        (few / file.name).write_bytes(file.read_bytes())
    small, _, _ = run_qa(load_settings(data_dir=folder / "small"), few)
    all_of_them = load_settings(data_dir=folder / "large")
    large, _, _ = run_qa(all_of_them, folder / "articles")
    _, wall, cpu = run_qa(all_of_them, folder / "articles")
    yield Row(f"peak memory, {count // 4} articles, MB", f"{small / 1e6:.0f}")
    yield Row(f"peak memory, {count} articles, MB", f"{large / 1e6:.0f}", target="the same")
    yield Row(f"nothing changed in {count} files, wall clock, s", f"{wall:.1f}", target="< 3")
    yield Row(f"nothing changed in {count} files, processor time, s", f"{cpu:.1f}")


def run_qa(settings: Settings, folder: Path) -> tuple[int, float, float]:
    """`qa ingest` in a process of its own: its peak memory in bytes, its seconds by the clock and of CPU."""
    print(f"qa ingest {folder.name} into {settings.data_dir.name}", file=sys.stderr, flush=True)
    environment = {**os.environ, "QA_DATA_DIR": str(settings.data_dir)}
    command = [sys.executable, "-c", _APART, *QA, "ingest", str(folder)]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    peak, wall, cpu = json.loads(told)
    return peak, wall, cpu


# A process counts as its own the memory of the one that starts it, so a small one starts it.
_APART = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
wall, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_maxrss * 1024, wall, used.ru_utime + used.ru_stime]))
"""

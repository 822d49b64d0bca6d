"""Measure how fast `qa serve` gets ready and answers, and how much memory it takes: one server for each tier,
as a fresh process with an index and the model present, asked over HTTP.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import httpx
import psutil

from benchmarks.section import Row, Section
from qa.config import PROJECT, TIERS, Settings, Tier, load_settings
from qa.llm import model_status

CASES = PROJECT / "eval" / "cases" / "dev.jsonl"
READY_WITHIN = 180
ANSWER_WITHIN = 120
TEXT = (
    "A fresh process for each tier over `seeds/`, asked {count} questions one after the other, the first "
    "answerable ones of every so many families of `eval/cases/dev.jsonl`; nothing is asked to warm up. Memory "
    "is that of the server and its child processes. The targets are for 2 cores."
)
QA = (sys.executable, "-m", "qa")


@dataclass
class Measured:
    """One tier's figures; times in seconds, memory in bytes, one entry a question."""

    tier: Tier
    ready: float
    sources: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    answered: int = 0
    worded: int = 0
    memory: int = 0


def measure(quick: bool) -> Section:
    """The section on a server of each tier whose model is here."""
    settings = load_settings()
    tiers: tuple[Tier, ...] = ("tiny", "none") if quick else TIERS
    here = [tier for tier in tiers if _is_here(settings, tier)]
    questions = pick_questions(CASES, 4 if quick else 15)
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        environment = environment_of(settings, Path(folder))
        _say("indexing seeds/")
        subprocess.run([*QA, "ingest", str(PROJECT / "seeds")], env=environment, cwd=folder, check=True)
        measured = [measure_tier(tier, questions, environment, Path(folder)) for tier in here]
    rows = [row for one in measured for row in _rows(one, len(questions))]
    return Section("The server, over HTTP", TEXT.format(count=len(questions)), rows)


def _is_here(settings: Settings, tier: Tier) -> bool:
    """Whether the tier can run; hashes a model file not seen before, so that the server need not."""
    if tier == "none":
        return True
    row = next(row for row in model_status(settings, check=True) if row.tier == tier)
    if not row.verified:
        _say(f"{tier} is left out: its model is not here (`qa model get {tier}` fetches it)")
    return bool(row.verified)


def environment_of(settings: Settings, folder: Path) -> dict[str, str]:
    """The environment of the servers: none of the caller's settings but where the models lie."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
    own = {"QA_DATA_DIR": str(folder / "data"), "QA_MODELS_DIR": str(settings.models_dir.resolve())}
    return {**kept, **own, "QA_ANSWER_CACHE": "0"}


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pick_questions(file: Path, count: int) -> list[str]:
    """The first answerable question without history of each family, `count` of them spread over the file."""
    first: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["expect"] == "answered" and not case.get("history"):
            first.setdefault(case["family"], case["question"])
    questions = list(first.values())
    count = min(count, len(questions))
    return [questions[number * len(questions) // count] for number in range(count)]


def measure_tier(tier: Tier, questions: Sequence[str], environment: dict[str, str], folder: Path) -> Measured:
    """Start a server, ask all questions one after the other, weigh it, stop it."""
    _say(f"{tier}: starting")
    started = time.perf_counter()
    with serving({**environment, "QA_LLM_TIER": tier}, folder) as (process, url):
        with httpx.Client(base_url=url, timeout=ANSWER_WITHIN, trust_env=False) as client:
            client.get("/readyz").raise_for_status()
            measured = Measured(tier, time.perf_counter() - started)
            for number, question in enumerate(questions, start=1):
                ask(client, question, measured)
                _say(f"{tier}: {number}/{len(questions)} in {measured.answer[-1]:.2f} s")
        measured.memory = resident(process.pid)
    return measured


@contextmanager
def serving(environment: dict[str, str], folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`qa serve` on a free port, and its address, once it says on standard output that it is running."""
    errors = folder / "stderr"
    with errors.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            [*QA, "serve", "--port", "0"],
            env=environment,
            cwd=folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    too_late = threading.Timer(READY_WITHIN, process.kill)
    too_late.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # empty when the server has ended
        too_late.cancel()
        if not line:
            raise SystemExit(f"The server did not start: {errors.read_text(encoding='utf-8').strip()}")
        yield process, line.split()[-1]
    finally:
        too_late.cancel()
        process.terminate()
        process.wait(READY_WITHIN)


def ask(client: httpx.Client, question: str, measured: Measured) -> None:
    """Ask over the event stream and note when the sources and when the whole answer arrived."""
    started = time.perf_counter()
    event = ""
    with client.stream("POST", "/api/ask", json={"question": question, "stream": True}) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if line.startswith("event:"):
                event = line.partition(":")[2].strip()
            elif line.startswith("data:") and event == "sources":
                measured.sources.append(time.perf_counter() - started)
            elif line.startswith("data:") and event == "final":
                measured.answer.append(time.perf_counter() - started)
                _note(json.loads(line.partition(":")[2]), measured)
    if event != "final":
        raise SystemExit(f"No answer to {question!r}: the stream ended with {event or 'nothing'}.")


def _note(answer: dict[str, object], measured: Measured) -> None:
    sentences = answer["sentences"]
    assert isinstance(sentences, list)
    measured.answered += answer["status"] == "answered"
    measured.worded += any(sentence["origin"] == "model" for sentence in sentences)
    measured.models.add(str(answer["model"]))


def resident(pid: int) -> int:
    """Resident bytes of a process and all that it started; pages they share count for each."""
    root = psutil.Process(pid)
    return sum(process.memory_info().rss for process in (root, *root.children(recursive=True)))


def _rows(one: Measured, asked: int) -> list[Row]:
    answer = {"standard": "≤ 4", "tiny": "≤ 2"}
    memory = {"standard": "< 3", "tiny": "< 1.5"}
    lines = (
        ("start to ready, s", f"{one.ready:.1f}", "< 6"),
        ("question to sources, median, s", f"{median(one.sources):.2f}", "≤ 0.4"),
        ("question to sources, p95, s", f"{_p95(one.sources):.2f}", ""),
        ("question to answer, median, s", f"{median(one.answer):.2f}", answer.get(one.tier, "")),
        ("question to answer, p95, s", f"{_p95(one.answer):.2f}", ""),
        ("resident memory, GB", f"{one.memory / 1e9:.2f}", memory.get(one.tier, "")),
        (f"answered, of {asked}", f"{one.answered}", ""),
        ("answers with a sentence worded by the model", f"{one.worded}", ""),
    )
    return [Row(f"`{one.tier}`: {name}", value, target=target) for name, value, target in lines]


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

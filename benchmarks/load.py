"""Measure how many can ask at once: throughput, time to the answer, errors, and whether each got their own.

One server for each tier, a real process asked over HTTP, by 1 to 32 askers who each ask one question after the
other. No answer comes from memory, but in the rows that say so. Each answer is compared, but for its timings,
with the one that the same question got alone: an answer of somebody else's, or other bytes, is an error.
What a model's server with room for all would give is told by a stand-in that takes a second, however many ask.

    python -m benchmarks.load [--tiers none tiny] [--askers 1 8 32] [--quick]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from benchmarks.faulty_model import start
from benchmarks.section import Curve, Plot, Row, Section, as_markdown, ratio
from benchmarks.server import CASES, QA, environment_of, free_port, pick_questions, serving
from qa.config import PROJECT, TIERS, Tier, load_settings
from qa.llm import model_status

ASKERS = (1, 2, 4, 8, 16, 32)
QUESTIONS = 12
WITHIN = 600.0  # seconds for one answer, its turn waited for
SECONDS_EACH = 20.0  # of one number of askers
LEAST_EACH = 2  # questions of each asker
COMPARED = 8  # how many askers are set against one


@dataclass(frozen=True, slots=True)
class Level:
    """What so many askers got: seconds of each answer, how long it took all of them, and what went wrong."""

    askers: int
    seconds: Sequence[float]
    lasted: float
    errors: Sequence[str]

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.lasted


def measure(
    quick: bool = False, tiers: Sequence[Tier] = ("none", "tiny"), askers: Sequence[int] = ASKERS
) -> Section:
    """The load curve of each tier whose model is here."""
    askers = tuple(askers)[:1] + tuple(askers)[-1:] if quick else tuple(askers)
    rows: list[Row] = []
    curves: list[Curve] = []
    with _stand_in() as address:
        for name, changed in _runs(tiers, address):
            with tempfile.TemporaryDirectory(prefix="dateline-load-") as folder:
                levels = run_server(name, changed, askers, Path(folder), quick=quick)
            rows += rows_of(name, levels)
            curves.append(Curve(name, [(level.askers, level.throughput) for level in levels]))
    plot = Plot("load", "Answers a second", "askers", "answers a second", curves, log_x=True)
    return Section("Load", _TEXT, rows, [plot])


_TEXT = (
    "Askers who each ask one question after the other over HTTP; answers are made anew but for “from memory”. "
    "An error is a refusal, a broken answer, or one that differs from what the question gets when it is asked "
    "alone. The floor of a throughput is that of one asker."
)


def _runs(tiers: Sequence[Tier], stand_in: str) -> list[tuple[str, dict[str, str]]]:
    """The servers that are asked: what a row calls them, and the settings that make them so."""
    here = {row.tier for row in model_status(load_settings(), check=True) if row.verified}
    there = [tier for tier in tiers if tier == "none" or tier in here]
    found: list[tuple[str, dict[str, str]]] = [(f"`{tier}`", {"QA_LLM_TIER": tier}) for tier in there]
    memory = [(f"{name}, from memory", given | {"QA_ANSWER_CACHE": "1000"}) for name, given in found[:1]]
    elsewhere = {"QA_LLM_BASE_URL": stand_in, "QA_LLM_MODEL": "stand-in"}
    return [*found, ("a model's server that takes a second", elsewhere), *memory]


@contextmanager
def _stand_in() -> Iterator[str]:
    """The address of a model's server that takes a second over each reply."""
    with tempfile.TemporaryDirectory(prefix="dateline-load-") as folder:
        mode, port = Path(folder) / "mode", free_port()
        mode.write_text("in a second")
        with start(port, mode) as process:
            try:
                yield f"http://127.0.0.1:{port}/v1"
            finally:
                process.terminate()


def run_server(
    name: str, changed: Mapping[str, str], askers: Sequence[int], folder: Path, *, quick: bool
) -> list[Level]:
    """A server with these settings under each number of askers."""
    environment = {
        **environment_of(load_settings(), folder),
        "QA_ANSWER_CACHE": "0",
        "QA_LIMIT_PER_ADDRESS": "0",
        "QA_ANSWER_TIMEOUT": str(WITHIN),
        **changed,
    }
    subprocess.run([*QA, "ingest", str(PROJECT / "seeds")], env=environment, cwd=folder, check=True)
    questions = pick_questions(CASES, 3 if quick else QUESTIONS)
    with serving(environment, folder) as (_, url), httpx.Client(base_url=url, timeout=WITHIN) as client:
        alone = {question: _asked(client, question) for question in questions}
        typical = _spent(client, questions[:3])
        levels = []
        for number in askers:
            each = LEAST_EACH if quick else max(LEAST_EACH, min(40, round(SECONDS_EACH / typical / number)))
            levels.append(run_level(url, number, each, alone))
            _say(f"{name}: {number} askers, {_told(levels[-1])}")
    return levels


def run_level(url: str, askers: int, each: int, alone: Mapping[str, Mapping[str, Any]]) -> Level:
    """So many askers at once, each with their own order of the questions."""
    questions = list(alone)

    def ask(asker: int) -> tuple[list[float], list[str]]:
        seconds, errors = [], []
        with httpx.Client(base_url=url, timeout=WITHIN) as client:
            for step in range(each):
                question = questions[(asker * 5 + step) % len(questions)]
                began = time.perf_counter()
                try:
                    found = _asked(client, question)
                except (httpx.HTTPError, ValueError) as error:
                    errors.append(f"{type(error).__name__}: {error}")
                else:
                    seconds.append(time.perf_counter() - began)
                    if found != alone[question]:
                        errors.append(f"another answer to {question!r}: {json.dumps(found)[:300]}")
        return seconds, errors

    began = time.perf_counter()
    with ThreadPoolExecutor(askers) as pool:
        came = list(pool.map(ask, range(askers)))
    lasted = time.perf_counter() - began
    return Level(
        askers,
        sorted(one for seconds, _ in came for one in seconds),
        lasted,
        [one for _, errors in came for one in errors],
    )


def _asked(client: httpx.Client, question: str) -> dict[str, Any]:
    """The answer but for its timings.

    Raises:
        httpx.HTTPError: it was refused, or broke off.
    """
    response = client.post("/api/ask", json={"question": question})
    answer: dict[str, Any] = response.raise_for_status().json()
    del answer["timings_ms"]
    return answer


def _spent(client: httpx.Client, questions: Sequence[str]) -> float:
    began = time.perf_counter()
    for question in questions:
        _asked(client, question)
    return (time.perf_counter() - began) / len(questions)


def rows_of(name: str, levels: Sequence[Level]) -> list[Row]:
    """Throughput, times and errors of each number of askers, set against one asker."""
    one = levels[0].throughput
    rows = []
    for level in levels:
        at = f"{name}, {level.askers} {'asker' if level.askers == 1 else 'askers'}"
        target = "≥ 1.50" if level.askers == COMPARED else ""
        rows += [
            Row(
                f"{at}: answers a second",
                f"{level.throughput:.2f}",
                f"{one:.2f}",
                ratio(level.throughput, one),
                target,
            ),
            Row(f"{at}: seconds, median and p95", f"{median(level.seconds):.2f}, {_p95(level.seconds):.2f}"),
            Row(f"{at}: errors of {len(level.seconds)}", str(len(level.errors)), target="0"),
        ]
    return rows


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def _told(level: Level) -> str:
    said = f"{level.throughput:.2f}/s, median {median(level.seconds):.2f} s, p95 {_p95(level.seconds):.2f} s"
    return f"{said}, {len(level.errors)} errors" + "".join(f"\n  {one}" for one in islice(level.errors, 3))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print; 1 when an answer was wrong or refused."""
    parser = argparse.ArgumentParser(description="Measure how many can ask at once.")
    parser.add_argument("--tiers", nargs="+", choices=TIERS, default=["none", "tiny"])
    parser.add_argument("--askers", nargs="+", type=int, default=list(ASKERS), metavar="N")
    parser.add_argument("--quick", action="store_true", help="few questions, the first and last N alone")
    arguments = parser.parse_args()
    section = measure(arguments.quick, arguments.tiers, arguments.askers)
    print(as_markdown(section))
    return int(any(": errors of" in row.name and row.value != "0" for row in section.rows))


if __name__ == "__main__":
    sys.exit(main())

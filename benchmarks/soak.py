"""Use a server for an hour as people do, with faults, and watch that it neither errs nor leaks.

A real server over the seeds, and a model's server that fails now and then. Several users at once ask, leave
in the middle of an answer, bring reports in, take them out, and send what cannot be read. Each answer is
held to the contract: exact spans (1), nothing beyond the evidence (2), and the same bytes whenever the same
question meets the same collection (6). Memory, threads and open files of the server are looked at all the
while. It ends by itself.

    python -m benchmarks.soak [--minutes 60] [--users 4] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil

from benchmarks.faulty_model import FAULTS, start
from benchmarks.section import Row, Section, as_markdown
from benchmarks.server import CASES, QA, environment_of, free_port, pick_questions, serving
from eval.contract import check
from qa.client import Client
from qa.config import PROJECT, load_settings
from qa.errors import RemoteError
from qa.records import Document

QUESTIONS = 24
WELL_SECONDS = (2.0, 12.0)
FAULT_SECONDS = (0.5, 4.0)
LOOK_SECONDS = 2.0
WITHIN = 200.0
END_WITHIN = 60.0
LAST_LINES = 200
REPORTS = tuple(
    f"{town} harbour was closed on {day} May 2021. The pilot {name} said that {count} ships had to wait."
    for town, day, name, count in (
        ("Lindholm", 3, "Aurelia Voss", 41),
        ("Arkona", 4, "Jonas Brandt", 57),
        ("Wiek", 5, "Mette Solberg", 63),
        ("Sassnitz", 6, "Petra Lund", 79),
    )
)
ON_REPORTS = ("How many ships had to wait at Lindholm harbour?", "Who said that ships had to wait?")
# What a growth beyond is called a leak, from the second quarter to the last.
MOST_GROWTH = {"memory_mb": 150.0, "threads": 8.0, "files": 16.0}


@dataclass
class Seen:
    """What happened, counted; `wrong` is what should not have, `log` the last that the server had to say."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    repeats: int = 0  # answers that were compared with an earlier one, for their bytes
    looks: list[dict[str, float]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """One more."""
        with self._lock:
            self.counts[what] += 1

    def err(self, what: str) -> None:
        """Something that should not have happened."""
        with self._lock:
            self.wrong.append(what)


class World:
    """What a user needs to know: which documents there are or were, and whether all is as it was before."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.documents: dict[str, Document] = {}
        self.held: set[str] = set()
        self.well = True
        self._moves = 0
        self._moving = 0
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, frozenset[str]], str] = {}
        self._change = threading.Lock()

    def learn(self) -> None:
        """Read every document that is not known yet."""
        with Client(self.url) as client:
            for one in client.documents():
                if one.id not in self.documents:
                    self.documents[one.id] = client.document(one.id)
                self.held.add(one.id)

    @contextmanager
    def moving(self) -> Iterator[None]:
        """A block in which something changes: what is asked meanwhile is compared with nothing."""
        with self._lock:
            self._moves += 1
            self._moving += 1
        try:
            yield
        finally:
            with self._lock:
                self._moves += 1
                self._moving -= 1

    @contextmanager
    def changing(self) -> Iterator[None]:
        """`moving`, one after the other."""
        with self._change, self.moving():
            yield

    def settle(self) -> None:
        """Wait for the change that is being made."""
        with self._change:
            return

    def moment(self) -> tuple[int, frozenset[str]] | None:
        """What the collection is now, None while it changes; equal ones frame a time in which it did not."""
        with self._lock:
            return None if self._moving or not self.well else (self._moves, frozenset(self.held))

    def told(self, question: str, held: frozenset[str]) -> str:
        """The answer that a question had in a state."""
        return self._answers[question, held]

    def same(self, question: str, held: frozenset[str], answer: dict[str, Any]) -> bool | None:
        """Whether an answer has the bytes that it had before in this state; None for the first."""
        plain = json.dumps({name: value for name, value in answer.items() if name != "timings_ms"})
        with self._lock:
            before = self._answers.setdefault((question, held), plain)
        return None if before is plain else before == plain


class User:
    """Does one thing after the other; every draw is the seed's."""

    def __init__(self, world: World, seen: Seen, questions: Sequence[str], seed: int) -> None:
        self._world, self._seen, self._questions = world, seen, questions
        self._draw = random.Random(seed)
        self._http = httpx.Client(base_url=world.url, timeout=WITHIN)

    def act(self) -> None:
        """One thing."""
        acts: dict[Callable[[], None], int] = {
            self._ask: 60,
            self._stream: 15,
            self._leave: 10,
            self._bring: 5,
            self._take_out: 5,
            self._bother: 5,
        }
        (act,) = self._draw.choices(list(acts), list(acts.values()))
        name = act.__name__.strip("_")
        self._seen.count(name)
        try:
            act()
        except (AssertionError, httpx.HTTPError, RemoteError, KeyError, ValueError) as error:
            self._seen.err(f"{name}: {type(error).__name__}: {str(error)[:6000]}")

    def _ask(self) -> None:
        question, before = self._question(), self._world.moment()
        response = self._http.post("/api/ask", json={"question": question})
        assert response.status_code == 200, response.text
        self._judge(question, before, response.json())

    def _stream(self) -> None:
        question, before = self._question(), self._world.moment()
        events: list[tuple[str, Any]] = []
        with self._http.stream("POST", "/api/ask", json={"question": question, "stream": True}) as response:
            name = ""
            for line in response.iter_lines():
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    events.append((name, json.loads(line[6:])))
        assert events, response.status_code
        assert events[-1][0] == "final", events[-1]
        told = [event for name, event in events if name == "sentence"]
        assert told == events[-1][1]["sentences"]
        self._judge(question, before, events[-1][1])

    def _leave(self) -> None:
        body = {"question": self._question(), "stream": True}
        with self._http.stream("POST", "/api/ask", json=body) as response:
            for _ in zip(range(self._draw.randint(1, 4)), response.iter_lines(), strict=False):
                pass

    def _bring(self) -> None:
        number = self._draw.randrange(len(REPORTS))
        with self._world.changing():
            files = [("files", (f"report-{number}.txt", REPORTS[number].encode()))]
            response = self._http.post("/api/documents", files=files)
            assert response.status_code == 201, response.text
            self._world.learn()

    def _take_out(self) -> None:
        with self._world.changing():
            brought = [one for one in self._world.held if self._world.documents[one].text in REPORTS]
            if brought:
                name = self._draw.choice(sorted(brought))
                response = self._http.delete(f"/api/documents/{name}")
                assert response.status_code == 200, response.text
                self._world.held.discard(name)

    def _bother(self) -> None:
        sent, status = self._draw.choice(
            [(b"{", 422), (b'{"question": ""}', 422), (b'{"question": "' + b"x" * 300_000 + b'"}', 413)]
        )
        response = self._http.post("/api/ask", content=sent, headers={"Content-Type": "application/json"})
        assert response.status_code == status, response.text
        assert response.json()["error"]["hint"]

    def _question(self) -> str:
        return self._draw.choice(self._questions)

    def _judge(self, question: str, before: tuple[int, frozenset[str]] | None, answer: dict[str, Any]) -> None:
        for citation in (*answer["citations"], *answer["nearest"]):
            if citation["document_id"] not in self._world.documents:
                self._world.settle()  # whoever brings it in knows it then
        check(answer, self._world.documents)
        assert answer["question"] == " ".join(question.split())
        self._seen.count("degraded" if answer["degraded"] else answer["status"])
        if before is None or before != self._world.moment() or answer["degraded"]:
            return
        same = self._world.same(question, before[1], answer)
        if same is not None:
            self._seen.repeats += 1
            assert same, f"other bytes for {question!r}: {self._world.told(question, before[1])} and {answer}"


class Faults:
    """Has the model's server fail now and then, die, and come back."""

    def __init__(self, world: World, seen: Seen, port: int, mode: Path, seed: int) -> None:
        self._world, self._seen, self._port, self._mode = world, seen, port, mode
        self._draw = random.Random(seed)
        self._model = self._start()

    def _start(self) -> subprocess.Popen[str]:
        self._mode.write_text("well", encoding="utf-8")
        return start(self._port, self._mode)

    def run(self, over: threading.Event) -> None:
        """Until it is over."""
        while not over.wait(self._draw.uniform(*WELL_SECONDS)):
            fault = self._draw.choice([*FAULTS, "dead", "dead"])
            self._seen.count(f"fault: {fault}")
            with self._world.moving():
                if fault == "dead":
                    self._model.kill()
                    self._model.wait()
                else:
                    self._mode.write_text(fault, encoding="utf-8")
                over.wait(self._draw.uniform(*FAULT_SECONDS))
                if fault == "dead":
                    self._model = self._start()
                self._mode.write_text("well", encoding="utf-8")

    def close(self) -> None:
        """End the model's server."""
        self._model.kill()
        self._model.wait()


def watch(pid: int, seen: Seen, over: threading.Event) -> None:
    """Look at the server's memory, threads and open files until it is over."""
    server = psutil.Process(pid)
    began = time.monotonic()
    while True:
        seen.looks.append(
            {
                "minute": (time.monotonic() - began) / 60,
                "memory_mb": server.memory_info().rss / 1e6,
                "threads": float(server.num_threads()),
                "files": float(server.num_fds()),
            }
        )
        if over.wait(LOOK_SECONDS):
            return


def growth(looks: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """The medians of the second and of the last quarter of what was looked at."""
    quarter = max(1, len(looks) // 4)
    early, late = looks[quarter : 2 * quarter] or looks, looks[-quarter:]
    return {
        name: (median(look[name] for look in early), median(look[name] for look in late))
        for name in MOST_GROWTH
    }


def soak(minutes: float, users: int, seed: int, *, most_acts: int = 10**9) -> Seen:
    """Run it for so many minutes, or until so many things were done."""
    seen = Seen()
    with tempfile.TemporaryDirectory(prefix="dateline-soak-") as name:
        folder = Path(name)
        port, mode = free_port(), folder / "mode"
        environment = {
            **environment_of(load_settings(), folder),
            "QA_LLM_BASE_URL": f"http://127.0.0.1:{port}/v1",
            "QA_LLM_MODEL": "faulty",
            "QA_LLM_TIMEOUT": "2",
            "QA_LIMIT_PER_ADDRESS": "0",
            "QA_ANSWER_CACHE": "8",  # fewer than there are questions: some answers are remembered, some made
        }
        subprocess.run([*QA, "ingest", str(PROJECT / "seeds")], env=environment, cwd=folder, check=True)
        over = threading.Event()
        with serving(environment, folder) as (process, url):
            world = World(url)
            world.learn()
            faults = Faults(world, seen, port, mode, seed)
            questions = [*pick_questions(CASES, QUESTIONS), *ON_REPORTS]
            with ThreadPoolExecutor(users + 2) as pool:
                others = [pool.submit(faults.run, over), pool.submit(watch, process.pid, seen, over)]
                end = time.monotonic() + minutes * 60
                working = [
                    pool.submit(
                        _use, User(world, seen, questions, seed * 1000 + number), end, most_acts // users
                    )
                    for number in range(users)
                ]
                for one in working:
                    one.result()
                over.set()
                for one in others:
                    one.result()
            faults.close()
            process.terminate()
            try:
                if process.wait(END_WITHIN) != 0:
                    seen.err(f"the server ended with {process.returncode}")
            except subprocess.TimeoutExpired:
                seen.err(f"the server did not end within {END_WITHIN:g} seconds")
        log = (folder / "stderr").read_text(encoding="utf-8")
        seen.log = log.splitlines()[-LAST_LINES:]
        if "Traceback" in log:
            seen.err(f"in the server's log: {log[log.index('Traceback') :][:2000]}")
    return seen


def _use(user: User, end: float, most: int) -> None:
    done = 0
    while time.monotonic() < end and done < most:
        user.act()
        done += 1


def section_of(seen: Seen, minutes: float) -> Section:
    """What came of it, as the page of results has it."""
    answers = sum(seen.counts[status] for status in ("answered", "abstained", "ambiguous", "degraded"))
    faults = sum(number for what, number in seen.counts.items() if what.startswith("fault: "))
    rows = [
        Row("things done", str(sum(seen.counts.values()) - answers - faults)),
        Row("answers held to points 1 and 2 of the contract", str(answers)),
        Row("of these quoted, their model failing", str(seen.counts["degraded"])),
        Row("answers compared with an earlier one, byte for byte (point 6)", str(seen.repeats)),
        Row("faults of the model's server", str(faults)),
        Row("errors outside them", str(len(seen.wrong)), target="0"),
    ]
    for name, (early, late) in growth(seen.looks).items():
        told = f"{early:.0f} to {late:.0f}"
        rows.append(Row(f"{name.replace('_', ', ')}: second quarter to last", told, target=_most(name)))
    text = (
        f"{minutes:g} minutes of mixed use: asking, leaving, uploads, deletions, unreadable requests, faults."
    )
    return Section("Soak", text, rows)


def _most(name: str) -> str:
    return f"at most {MOST_GROWTH[name]:g} more"


def leaks(seen: Seen) -> list[str]:
    """What grew beyond its bound."""
    return [
        f"{name} grew from {early:.0f} to {late:.0f}"
        for name, (early, late) in growth(seen.looks).items()
        if late - early > MOST_GROWTH[name]
    ]


def main() -> int:
    """Soak and tell; 1 where something went wrong."""
    parser = argparse.ArgumentParser(description="Use a server for long, with faults, and watch it.")
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N", help="how long (60)")
    parser.add_argument("--users", type=int, default=4, metavar="N", help="how many at once (4)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of every draw (1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was seen there")
    arguments = parser.parse_args()
    began = time.monotonic()
    seen = soak(arguments.minutes, arguments.users, arguments.seed)
    if arguments.json:
        plain = {name: value for name, value in vars(seen).items() if not name.startswith("_")}
        arguments.json.write_text(json.dumps(plain, indent=1), encoding="utf-8")
    print(as_markdown(section_of(seen, round((time.monotonic() - began) / 60, 1))))
    wrong = [*seen.wrong, *leaks(seen)]
    print("\n".join([*wrong, *(f"server: {line}" for line in seen.log)]), file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

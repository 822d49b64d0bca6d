"""Put the cases of a part to a system, remember what came back, and score it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from eval.metrics.figures import Result
from eval.reporting.results import NAME
from eval.running.jobs import Opener, ask_cases
from eval.running.memory import Memory, remember
from eval.running.options import Options, default_jobs
from eval.running.plan import Part
from eval.schema.cases import Case
from eval.scoring.ranking import rank_of
from eval.scoring.score import collect, score
from eval.systems.asked import Asked
from eval.systems.system import DATELINE, System
from qa.config import Settings
from qa.errors import InputError
from qa.load import find_files, load_documents
from qa.records import Document


@dataclass(frozen=True, slots=True)
class Setup:
    """What all parts of a run share; `tier` says whose gates apply."""

    options: Options
    settings: Settings
    tier: str
    has_model: bool = False

    def jobs(self, cases: int) -> int:
        """How many of so many questions at a time."""
        return min(self.options.jobs or default_jobs(self.has_model, cases), max(cases, 1))


def ask_part(part: Part, name: str, setup: Setup, out: Path) -> tuple[Result, ...]:
    """Ask all cases of a part of the system `name`; the answers grow in `out/results.jsonl`.

    Raises:
        InputError: the results cannot be written.
        DatelineError: the system cannot be opened.
    """
    system = System(name, setup.settings, part.documents)
    return ask_all(
        part.cases,
        read_documents(part.documents),
        system,
        remember(system, out / NAME, setup.options),
        jobs=setup.jobs(len(part.cases)),
        shared=setup.has_model,
        label=part.name if name == DATELINE else name,
    )


def ask_all(
    cases: Sequence[Case],
    documents: Iterable[Document],
    opener: Opener,
    memory: Memory,
    *,
    jobs: int = 1,
    shared: bool = False,
    label: str = "",
) -> tuple[Result, ...]:
    """Ask each case by itself, but for those whose answer is remembered; one that ends in an error counts as a
    failure and stops nothing. Where all are remembered nothing is opened.

    Raises:
        InputError: the results cannot be written.
        DatelineError: the system cannot be opened.
    """
    known = memory.begin(cases)
    missing = [position for position in range(len(cases)) if position not in known]
    # Where nobody watches, a line now and then.
    interval = 0.1 if sys.stderr.isatty() else 30
    with tqdm(
        total=len(cases), initial=len(known), desc=label, unit="case", mininterval=interval, dynamic_ncols=True
    ) as bar:
        bar.set_postfix_str("loading" if missing else "")
        for at, asked in ask_cases([cases[position] for position in missing], opener, jobs, shared=shared):
            known[missing[at]] = asked
            memory.add(cases[missing[at]], asked)
            bar.set_postfix_str("", refresh=False)
            bar.update()
    return mark(cases, [known[position] for position in range(len(cases))], documents)


def mark(cases: Sequence[Case], asked: Sequence[Asked], documents: Iterable[Document]) -> tuple[Result, ...]:
    """Score what came back for each case."""
    collection = collect(documents)
    by_id = collection.documents
    return tuple(
        Result(
            case,
            item.answer,
            item.error,
            score(case, item.answer, collection),
            rank_of(case, item.spans.as_found(by_id), by_id) if item.spans else None,
            item.remembered,
        )
        for case, item in zip(cases, asked, strict=True)
    )


def read_documents(folder: Path) -> tuple[Document, ...]:
    """The documents that an index of the folder holds; a file that cannot be read is named and left out."""
    found: dict[str, Document] = {}
    for root, file in find_files([folder]):
        try:
            batch = load_documents(root, file)
        except InputError as error:
            print(f"Left out: {error.message}", file=sys.stderr)
            continue
        found.update((loaded.document.id, loaded.document) for loaded in batch.documents)
    return tuple(found.values())

"""Put each case through the pipeline that users get, score the answers, write the report, judge the gates."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from tqdm import tqdm

from eval.cases import Case, load_cases
from eval.gates import EVERY_ANSWER, GATES, judge, read_gates
from eval.metrics import Metric, Result, summarise
from eval.report import Report, Run, gate_cells, make_report, number, to_markdown, write_results
from eval.report_html import to_html
from eval.score import collect, score
from qa.config import Settings, Tier, load_settings, quiet_libraries
from qa.errors import DatelineError, InputError
from qa.records import Answer, Document, Turn

HERE = Path(__file__).parent
CASES = HERE / "cases"
SEALED = CASES / "test.jsonl"
SEALED_LOOKS = HERE / "sealed_looks.md"
OPEN_SPLITS = ("dev", "validation")
HEADLINES = ("facts_right", "answerable_right", "abstention_recall", "over_refusal", "faithful", "spans_exact")


class Asks(Protocol):
    """What the suite needs of the pipeline."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question."""

    def documents(self) -> tuple[Document, ...]:
        """All indexed documents."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to run. `files` replaces the splits; `documents` is the folder the cases are about."""

    out: Path
    files: tuple[Path, ...] = ()
    split: Literal["dev", "validation"] | None = None
    sealed: bool = False
    documents: Path | None = None
    tier: Tier | None = None
    limit: int | None = None
    smoke: bool = False

    @property
    def is_part(self) -> bool:
        """Whether only some of the cases run, too few to judge shares by."""
        return self.smoke or self.limit is not None


def run(options: Options) -> int:
    """Run the suite; returns the exit status: 0, or 1 where a gate is missed.

    Raises:
        InputError: the options or a case are wrong; nothing was run.
        DatelineError: the pipeline cannot be opened.
    """
    settings = _settings(options)
    documents = options.documents or settings.seed_dir
    if not documents.is_dir():
        raise InputError(
            f"There is no folder {documents}.", "Give the documents of the cases with --documents."
        )
    cases = choose(options, documents)
    tier = gate_tier(settings)
    read_gates(GATES, (EVERY_ANSWER, tier))
    quiet_libraries()
    with _open_fresh(settings, documents) as dateline:
        return evaluate(cases, dateline, options, tier)


def choose(options: Options, documents: Path) -> tuple[Case, ...]:
    """The cases to run. The sealed ones are read only when asked for, then checked against the open ones.

    Raises:
        InputError: a case is malformed, or the sealed file was given without asking for it.
    """
    if not options.sealed and any(file.resolve() == SEALED.resolve() for file in options.files):
        raise InputError("test.jsonl is sealed.", "Score it with --sealed, which logs the look.")
    splits = (options.split,) if options.split else OPEN_SPLITS
    files = options.files or tuple(CASES / f"{split}.jsonl" for split in splits)
    cases = load_cases((*files, SEALED) if options.sealed else files, documents)
    if options.sealed:
        cases = cases[len(load_cases(files, documents)) :]
    if options.smoke:
        first = {case.type: case.id for case in reversed(cases)}
        cases = tuple(case for case in cases if first[case.type] == case.id)
    return cases[: options.limit]


def evaluate(
    cases: Sequence[Case], dateline: Asks, options: Options, tier: str, looks: Path = SEALED_LOOKS
) -> int:
    """Ask all cases, write the report to `options.out`; returns the exit status, 1 where a gate is missed."""
    results = ask_all(cases, dateline)
    metrics = summarise(results)
    sections = (EVERY_ANSWER,) if options.is_part else (EVERY_ANSWER, tier)
    gates = judge(read_gates(GATES, sections), metrics)
    described = _describe(results, len(dateline.documents()), options, tier)
    if options.sealed:
        log_look(looks, described, len(cases), metrics)
    report = make_report(described, results, gates)
    write_report(report, results, options.out)
    for gate in gates:
        print("  ".join(gate_cells(gate)))
    print(f"{len(report.failures)} of {len(results)} cases have a fault. Report: {options.out / 'report.html'}")
    return int(any(gate.missed for gate in gates))


def ask_all(cases: Sequence[Case], dateline: Asks) -> tuple[Result, ...]:
    """Ask each case by itself; one that ends in an error counts as a failure and stops nothing."""
    collection = collect(dateline.documents())
    results: list[Result] = []
    # Where nobody watches, a line now and then.
    interval = 0.1 if sys.stderr.isatty() else 30
    for case in tqdm(cases, unit="case", mininterval=interval, dynamic_ncols=True):
        answer, error = None, ""
        try:
            answer = dateline.ask(case.question, case.history)
        except DatelineError as problem:
            error = str(problem)
        results.append(Result(case, answer, error, score(case, answer, collection)))
    return tuple(results)


def write_report(report: Report, results: Sequence[Result], out: Path) -> None:
    """Write report.md, report.html and results.jsonl into the folder `out`, made where it is missing.

    Raises:
        InputError: the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.md").write_text(to_markdown(report), encoding="utf-8")
        (out / "report.html").write_text(to_html(report), encoding="utf-8")
        write_results(results, out / "results.jsonl")
    except OSError as error:
        raise InputError(
            f"The report cannot be written to {out}: {error.strerror}.", "Choose another --out."
        ) from error


def log_look(file: Path, run: Run, n: int, metrics: Sequence[Metric]) -> None:
    """Append one line about a look at the sealed cases."""
    by_key = {metric.key: metric for metric in metrics}
    if not file.exists():
        head = ("date (UTC)", "commit", "tier", "cases", *(by_key[key].label for key in HEADLINES))
        rule = " | ".join("---" for _ in head)
        file.write_text(
            f"# Looks at the sealed cases\n\nWritten by `python -m eval --sealed`, a line each time.\n\n"
            f"| {' | '.join(head)} |\n| {rule} |\n",
            encoding="utf-8",
        )
    values = (by_key[key].value for key in HEADLINES)
    cells = (run.created, run.commit, run.tier, str(n), *("" if v is None else number(v) for v in values))
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"| {' | '.join(cells)} |\n")


def gate_tier(settings: Settings) -> str:
    """Whose gates apply: those of the tier that was asked for, whatever answers in its place."""
    if settings.llm_base_url or settings.llm_gguf:
        return "own model"
    from qa.llm.catalogue import wanted_tier

    return wanted_tier(settings)


def _settings(options: Options) -> Settings:
    """The user's settings; a tier given here beats any model of theirs."""
    if options.tier is None:
        return load_settings()
    return load_settings(llm_tier=options.tier, llm_base_url=None, llm_gguf=None)


@contextmanager
def _open_fresh(settings: Settings, documents: Path) -> Iterator[Asks]:
    """A pipeline over a new index of the documents alone, the user's own index left as it is."""
    from qa.dateline import Dateline
    from qa.llm.catalogue import wanted_tier

    with tempfile.TemporaryDirectory(prefix="dateline-eval-") as folder:
        update = {
            "data_dir": Path(folder),
            "seed_dir": documents,
            "chroma_url": None,
            "llm_tier": wanted_tier(settings),
        }
        with Dateline.open(settings.model_copy(update=update), own=True) as dateline:
            # The first answer waits for the model to load; no case's time should.
            dateline.ask("Is everything loaded?")
            yield dateline


def _describe(results: Sequence[Result], documents: int, options: Options, tier: str) -> Run:
    models = dict.fromkeys(result.answer.model for result in results if result.answer)
    notices = dict.fromkeys(
        result.answer.notice for result in results if result.answer and result.answer.notice
    )
    split = "sealed" if options.sealed else options.split or "open"
    which = ", ".join(str(file) for file in options.files) or f"{split} cases"
    part = "Only some of the cases: shares are not judged. " if options.is_part else ""
    return Run(
        created=datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        commit=_commit(),
        tier=tier,
        model=", ".join(models) or "nothing",
        cases=f"{len(results)} cases ({which}) over {documents} documents",
        note=part + " ".join(notices),
    )


def _commit() -> str:
    """The commit of the checkout, with a plus where files differ from it; "unknown" without git."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    words = []
    for command in (["rev-parse", "--short", "HEAD"], ["status", "--porcelain", "--untracked-files=no"]):
        done = subprocess.run([git, "-C", HERE, *command], capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            return "unknown"
        words.append(done.stdout.strip())
    return words[0] + ("+" if words[1] else "")

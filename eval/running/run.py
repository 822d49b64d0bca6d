"""A run from the options to the report: plan, ask, score, report, judge."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from eval.metrics.comparison import compare, noise_drop
from eval.metrics.figures import Metric, Result
from eval.metrics.summary import summarise
from eval.reporting.gates import EVERY_ANSWER, GATES, Bound, judge, read_gates, sections
from eval.reporting.looks import SEALED_LOOKS, log_look
from eval.reporting.report import Report, Run, gate_cells, make_report, number, to_markdown
from eval.reporting.report_html import to_html
from eval.reporting.results import NAME, read_results, write_results
from eval.running.asking import Setup, ask_part
from eval.running.journal import Journal
from eval.running.options import Options
from eval.running.plan import HERE, Part, gate_tier, has_model, plan, settings_of
from eval.systems.system import DATELINE, PEER
from qa.config import quiet_libraries
from qa.errors import InputError
from qa.load import find_files

Figures = tuple[Metric, ...]


def run(options: Options) -> int:
    """Run the suite; returns the exit status: 0, or 1 where a gate is missed.

    Raises:
        InputError: the options, a case or the baseline are wrong; nothing was run.
        DatelineError: the pipeline cannot be opened.
    """
    settings = settings_of(options)
    tier = gate_tier(settings)
    part = options.is_part or bool(options.public)
    gates = read_gates(GATES, sections(tier, part=part, sealed=options.sealed))
    judge(gates, summarise(()))  # names a gate that is no figure before anything runs
    baseline = read_results(options.baseline) if options.baseline else ()
    quiet_libraries()
    setup = Setup(options, settings, tier, has_model(settings))
    with tempfile.TemporaryDirectory(prefix="dateline-eval-") as scratch:
        main, *further = plan(options, settings, Path(scratch))
        with logged(main, setup):
            results = ask_part(main, DATELINE, setup, options.out)
        others = {part.name: figures(results, report_part(part, setup)) for part in further}
        ablations = ask_ablations(main, results, setup)
        return conclude(main, results, setup, gates, baseline=baseline, others=others, ablations=ablations)


def figures(main: Sequence[Result], further: Sequence[Result]) -> Figures:
    """The figures of a further part; where it asks the main part's cases in another form, the drop as well."""
    drop = noise_drop(main, further)
    return (*summarise(further), *((drop,) if drop else ()))


def report_part(part: Part, setup: Setup) -> tuple[Result, ...]:
    """Ask a further part and write its own report into a folder of `out`."""
    out = setup.options.out / part.slug
    results = ask_part(part, DATELINE, setup, out)
    gates = judge(read_gates(GATES, (EVERY_ANSWER,)), summarise(results))
    write_report(make_report(describe(part, results, setup), results, gates), results, out)
    return results


def ask_ablations(part: Part, whole: Sequence[Result], setup: Setup) -> dict[str, Figures]:
    """The figures of the same cases asked of Dateline, of it without one part, and of the stock engine, as far
    as the options say; empty for none.
    """
    names: list[str] = []
    if setup.options.ablations:
        from eval.systems.ablations import chosen

        names += chosen(setup.settings, setup.has_model)
    names += [PEER] if setup.options.peer else []
    outs = {name: setup.options.out / Part(name, (), part.documents).slug for name in names}
    asked = {name: ask_part(part, name, setup, out) for name, out in outs.items()}
    # Only now: until all are asked, the files hold what a run that is broken off would go on from.
    for name, out in outs.items():
        with _writing(out):
            write_results(asked[name], out / NAME)
    found = {name: summarise(results) for name, results in asked.items()}
    return {DATELINE: summarise(whole), **found} if names else {}


def conclude(
    part: Part,
    results: Sequence[Result],
    setup: Setup,
    gates: Mapping[str, Bound],
    *,
    baseline: Sequence[Result] = (),
    others: Mapping[str, Figures] | None = None,
    ablations: Mapping[str, Figures] | None = None,
    looks: Path = SEALED_LOOKS,
) -> int:
    """Judge the gates, log a look at sealed cases, write the report into `out`, say in a few lines what came
    out; returns the exit status, 1 where a gate is missed.

    Raises:
        InputError: a gate names no figure, or the report cannot be written.
    """
    metrics, described = summarise(results), describe(part, results, setup)
    if setup.options.sealed:
        log_look(looks, described, len(results), metrics)
    judged = judge(gates, metrics)
    report = make_report(
        described,
        results,
        judged,
        comparison=compare(results, baseline) if baseline else None,
        ablations=ablations or None,
        others=tuple((others or {}).items()),
    )
    out = setup.options.out
    write_report(report, results, out)
    for gate in judged:
        print("  ".join(gate_cells(gate)))
    for name, counted in {**(others or {}), **(ablations or {})}.items():
        print(f"{name}: {in_short(counted)}")
    print(f"{len(report.failures)} of {len(results)} cases have a fault. Report: {out / 'report.html'}")
    return int(any(gate.missed for gate in judged))


def in_short(counted: Figures) -> str:
    """The figures that a line has room for: "all right 80.0 % of 60 (68.2 % to 88.2 %)"."""
    by_key = {metric.key: metric for metric in counted}
    told = []
    for key in ("all_right", "facts_right", "abstention_recall"):
        found = by_key[key]
        if found.value is not None:
            interval = f"{number(found.low)} to {number(found.high)}"
            told.append(f"{found.label.lower()} {number(found.value)} of {found.n} ({interval})")
    return ", ".join(told)


def write_report(report: Report, results: Sequence[Result], out: Path) -> None:
    """Write report.md, report.html and results.jsonl into the folder `out`, made where it is missing.

    Raises:
        InputError: the folder cannot be written.
    """
    with _writing(out):
        (out / "report.md").write_text(to_markdown(report), encoding="utf-8")
        (out / "report.html").write_text(to_html(report), encoding="utf-8")
        write_results(results, out / NAME)


def describe(part: Part, results: Sequence[Result], setup: Setup) -> Run:
    """What was run, for the head of the report."""
    answers = [result.answer for result in results if result.answer]
    models = dict.fromkeys(answer.model for answer in answers)
    cached = sum(result.cached for result in results)
    jobs = setup.jobs(len(results))
    drafts = sum('"draft": true' in result.case.note for result in results)
    notes = (
        "Only some of the cases: shares are not judged." * setup.options.is_part,
        f"{drafts} cases are drafts nobody has read." * bool(drafts),
        f"{cached} answers are remembered from an earlier run of the same code, their times too."
        * bool(cached),
        f"Asked {jobs} at a time, which makes times longer." * (jobs > 1 and cached < len(results)),
        *dict.fromkeys(answer.notice for answer in answers if answer.degraded),
    )
    documents = sum(1 for _ in find_files([part.documents]))
    return Run(
        created=datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        commit=_commit(),
        tier=setup.tier,
        model=", ".join(models) or "nothing",
        cases=f"{len(results)} cases ({part.name}) over {documents} documents",
        note=" ".join(note for note in notes if note),
    )


@contextmanager
def logged(part: Part, setup: Setup, looks: Path = SEALED_LOOKS) -> Iterator[None]:
    """Looking at sealed cases is logged even where the run is broken off: what was answered can be read."""
    try:
        yield
    except BaseException:
        if setup.options.sealed:
            asked = len(Journal(setup.options.out / NAME).read())
            log_look(looks, describe(part, (), setup), asked, summarise(()))
        raise


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InputError(
            f"The report cannot be written to {out}: {error.strerror}.", "Choose another --out."
        ) from error


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

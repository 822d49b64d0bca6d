"""Everything a report shows, and the report as Markdown; report_html.py makes the page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.metrics.calibration import Bin, as_rows, points_of, reliability
from eval.metrics.comparison import Comparison
from eval.metrics.figures import Metric, Result
from eval.metrics.summary import GroupRow, Latency, by_family, by_type, latencies, summarise
from eval.reporting import cells
from eval.reporting.cells import Table, gate_cells, number
from eval.reporting.gates import Gate
from eval.reporting.results import faults, write_results
from eval.reporting.stories import Row, fault_group, story

__all__ = [
    "Report",
    "Run",
    "faults",
    "gate_cells",
    "make_report",
    "number",
    "to_markdown",
    "write_results",
]

NamedRun = tuple[str, tuple[Metric, ...]]
"""A further run in the same report (a rewritten world, another collection): its name and its figures."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~])")


@dataclass(frozen=True, slots=True)
class Run:
    """What was run: for the head of the report."""

    created: str
    commit: str
    tier: str
    model: str
    cases: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report shows; a failure is a case that is not right or breaks points 1 or 2."""

    run: Run
    results: tuple[Result, ...]
    metrics: tuple[Metric, ...]
    types: tuple[GroupRow, ...]
    families: tuple[GroupRow, ...]
    latencies: tuple[Latency, ...]
    bins: tuple[Bin, ...]
    gates: tuple[Gate, ...]
    failures: tuple[Result, ...]
    comparison: Comparison | None = None
    ablations: Mapping[str, tuple[Metric, ...]] | None = None
    others: tuple[NamedRun, ...] = ()


def make_report(
    run: Run,
    results: Sequence[Result],
    gates: Sequence[Gate],
    comparison: Comparison | None = None,
    ablations: Mapping[str, tuple[Metric, ...]] | None = None,
    others: Sequence[NamedRun] = (),
) -> Report:
    """Count everything. Ablations and further runs are counted already and stand as rows; a further run may
    have a last figure `noise_drop`, see `metrics.comparison.noise_drop`.
    """
    points = points_of(results)
    return Report(
        run=run,
        results=tuple(results),
        metrics=summarise(results),
        types=by_type(results),
        families=by_family(results),
        latencies=latencies(results),
        bins=reliability(as_rows(points)) if points else (),
        gates=tuple(gates),
        failures=tuple(result for result in results if faults(result)),
        comparison=comparison,
        ablations=ablations,
        others=tuple(others),
    )


def head(run: Run) -> str:
    """One line on what was run."""
    return f"{run.cases}. Answered by {run.model}, commit {run.commit}, {run.created}."


def other_table(report: Report) -> Table:
    """The further runs under the main one."""
    return cells.run_table([(f"this run ({report.run.tier})", report.metrics), *report.others])


def failure_groups(report: Report) -> tuple[tuple[str, tuple[Result, ...]], ...]:
    """The failures by what went wrong, worst first."""
    groups: dict[str, list[Result]] = {}
    for result in report.failures:
        groups.setdefault(fault_group(result), []).append(result)
    order = ("error", "wrong", "asked back", "abstained")
    ranks = {name: at for at, name in enumerate(order)}
    names = sorted(groups, key=lambda name: ranks.get(name, len(order)))
    return tuple((name, tuple(groups[name])) for name in names)


def to_markdown(report: Report) -> str:
    """The whole report as Markdown; texts of documents and answers stay text."""
    parts = [f"# Evaluation: {_md(report.run.tier)}", _md(head(report.run))]
    parts += [_md(report.run.note)] if report.run.note else []
    parts += ["## Gates", _table(cells.gate_table(report.gates))]
    parts += ["## Figures", cells.INTERVALS, _table(cells.metric_table(report.metrics))]
    parts += _comparison(report)
    if report.others:
        parts += ["## Further runs", _table(other_table(report))]
    if report.ablations:
        parts += ["## Ablations", _table(cells.run_table(report.ablations.items()))]
    parts += ["## By type", _table(cells.group_table("type", report.types))]
    parts += ["## By family", _table(cells.group_table("family", report.families))]
    if report.bins:
        parts += ["## Reliability of the confidence", _table(cells.bin_table(report.bins))]
    parts += ["## Time", _table(cells.latency_table(report.latencies))]
    parts += [f"## Failures ({len(report.failures)})"]
    for name, results in failure_groups(report):
        parts += [f"### {name.capitalize()} ({len(results)})", *map(_failure, results)]
    return "\n\n".join(parts) + "\n"


def _comparison(report: Report) -> Iterator[str]:
    comparison = report.comparison
    if comparison is None:
        return
    yield "## Since the baseline"
    yield _md(cells.left_out(comparison))
    yield _table(cells.difference_table(comparison))
    yield f"### Cases that flipped ({len(comparison.flips)})"
    if comparison.flips:
        yield _table(cells.flip_table(comparison, ()))


def _failure(result: Result) -> str:
    title = f"#### {_md(result.case.id)} ({_md(result.case.type)})"
    return "\n".join((title, "", *(f"- {_md(row.name)}: {_row(row)}" for row in story(result))))


def _row(row: Row) -> str:
    quote = f"“{_md(row.quote)}” " if row.quote else ""
    return f"{quote}{_md(row.text)}".rstrip()


def _table(table: Table) -> str:
    lines = [" | ".join(table.head), " | ".join("---" for _ in table.head)]
    for name, rows in table.groups:
        lines += [" | ".join((f"**{_md(name)}**", *("" for _ in table.head[1:])))] if name else []
        lines += [" | ".join(_cell(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(cell: cells.Cell) -> str:
    return f"**{_md(cell.text)}**" if cell.mark in ("bad", "sure") else _md(cell.text)


def _md(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))

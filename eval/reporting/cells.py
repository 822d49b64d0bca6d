"""Figures as the words of a table: what both forms of the report show, Markdown and HTML alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from eval.metrics.calibration import Bin
from eval.metrics.comparison import Comparison, Difference
from eval.metrics.figures import Metric
from eval.metrics.summary import GroupRow, Latency
from eval.reporting.gates import Gate

INTERVALS = (
    "95 % intervals: Wilson's for shares of yes and no, "
    "else by drawing whole families of cases with replacement."
)

ROW_KEYS: Mapping[str, str] = {
    "facts_right": "facts right",
    "answerable_right": "answerable right",
    "abstention_recall": "abstention recall",
    "over_refusal": "over-refusal",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "wrong_event": "wrong event",
    "faithful": "faithful",
}
"""What a row says of a run that stands beside others."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; `mark` is "good", "bad" or nothing, and `case` the id of the failure it links to."""

    text: str
    mark: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its rows in named groups, one without a name where there are none. `wide`: text wraps."""

    head: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[Cell, ...], ...]], ...]
    wide: bool = False


def number(value: float, is_rate: bool = True) -> str:
    """A share in percent, anything else with three digits."""
    return f"{100 * value:.1f} %" if is_rate else f"{value:.3f}"


def between(low: float, high: float, is_rate: bool = True) -> str:
    """An interval; empty where there is none."""
    return "" if low != low else f"{number(low, is_rate)} to {number(high, is_rate)}"


def gate_table(gates: Sequence[Gate]) -> Table:
    """Each gate with its verdict."""
    return plain_table(("gate", "bound", "reached", "verdict"), map(gate_cells, gates), marked=3)


def gate_cells(gate: Gate) -> tuple[str, ...]:
    """Figure, bound, value, verdict."""
    value = gate.metric.value
    verdict = "not measured" if value is None else "missed" if gate.missed else "met"
    return gate.metric.label, str(gate.bound), "" if value is None else number(value), verdict


def metric_table(metrics: Sequence[Metric]) -> Table:
    """All figures, in their groups."""
    head = ("figure", "value", "95 % interval", "n", "of")
    groups = groupby(metrics, key=lambda metric: metric.group)
    return Table(
        head, tuple((name, tuple(_plain(metric_cells(one)) for one in group)) for name, group in groups)
    )


def metric_cells(metric: Metric) -> tuple[str, ...]:
    """Label, value, interval, n, what n counts."""
    if metric.value is None:
        return metric.label, "not measured", "", "0", metric.of
    interval = between(metric.low, metric.high, metric.is_rate)
    return metric.label, number(metric.value, metric.is_rate), interval, str(metric.n), metric.of


def group_table(name: str, rows: Sequence[GroupRow]) -> Table:
    """How the cases fare type by type, or family by family."""
    head = (name, "n", "right", "95 % interval", "wrong", "abstained", "asked back")
    return plain_table(
        head,
        (
            (
                row.name,
                str(row.n),
                number(row.right / row.n),
                between(row.low, row.high),
                *map(str, (row.wrong, row.abstained, row.asked_back)),
            )
            for row in rows
        ),
    )


def latency_table(rows: Sequence[Latency]) -> Table:
    """The times of each stage."""
    return plain_table(
        ("until", "median", "p95", "n"),
        ((row.stage, f"{row.median:,.0f} ms", f"{row.p95:,.0f} ms", str(row.n)) for row in rows),
    )


def bin_table(bins: Sequence[Bin]) -> Table:
    """The figures of a reliability diagram."""
    return plain_table(
        ("mean confidence", "have an answer", "95 % interval", "n"),
        ((number(one.confidence), number(one.share), between(*one.interval), str(one.n)) for one in bins),
    )


def run_table(runs: Iterable[tuple[str, Sequence[Metric]]]) -> Table:
    """Named runs under each other: figures with intervals, "–" where not measured.

    The last column is there where a run has been asked the cases of another one with noise.
    """
    named = [(name, {metric.key: metric for metric in metrics}) for name, metrics in runs]
    keys = dict(ROW_KEYS)
    if any("noise_drop" in by_key for _, by_key in named):
        keys["noise_drop"] = "lost by noise"
    rows = []
    for name, by_key in named:
        n = by_key["all_right"].n if "all_right" in by_key else 0
        rows.append((name, str(n), *(_short(by_key.get(key)) for key in keys)))
    return plain_table(("run", "n", *keys.values()), rows)


def difference_table(comparison: Comparison) -> Table:
    """How far the figures moved that did; a change whose interval leaves out 0 is marked."""
    head = ("figure", "before", "now", "change", "95 % interval", "n", "gained", "lost", "p (McNemar)")
    return Table(head, (("", tuple(map(_difference_cells, moved(comparison)))),))


def moved(comparison: Comparison) -> tuple[Difference, ...]:
    """The figures that are not just what they were."""
    return tuple(one for one in comparison.differences if one.change or one.low or one.high)


def flip_table(comparison: Comparison, failed: Iterable[str]) -> Table:
    """The cases that flipped; those that fail now link to their failure."""
    failures = set(failed)
    rows = (
        (
            Cell(flip.case, case=flip.case if flip.case in failures else ""),
            Cell(flip.question),
            Cell(flip.before),
            Cell(flip.after, "good" if flip.after == "right" else "bad" if flip.before == "right" else ""),
        )
        for flip in comparison.flips
    )
    return Table(("case", "question", "before", "now"), (("", tuple(rows)),), wide=True)


def left_out(comparison: Comparison) -> str:
    """One sentence on what was compared and what could not be."""
    said = [f"{comparison.n} cases are in both runs and ask and expect the same"]
    for names, what in (
        (comparison.only_now, "only in this run"),
        (comparison.only_before, "only in the baseline"),
        (comparison.altered, "changed since"),
    ):
        if names:
            said.append(f"{len(names)} {what} ({', '.join(names[:5])}{', …' if len(names) > 5 else ''})")
    still = len(comparison.differences) - len(moved(comparison))
    return "; ".join(said) + f". {still} figures are what they were."


def plain_table(head: Sequence[str], rows: Iterable[Sequence[str]], marked: int | None = None) -> Table:
    """A table of mere texts; in the column `marked` "met" is good and "missed" is bad."""
    marks = {"met": "good", "missed": "bad"}
    cells = tuple(
        tuple(Cell(text, marks.get(text, "") if at == marked else "") for at, text in enumerate(row))
        for row in rows
    )
    return Table(tuple(head), (("", cells),))


def _difference_cells(one: Difference) -> tuple[Cell, ...]:
    scale, unit, digits = (100, " pts", 1) if one.is_rate else (1, "", 3)
    change = f"{scale * one.change:+.{digits}f}{unit}"
    interval = f"{scale * one.low:+.{digits}f} to {scale * one.high:+.{digits}f}"
    sure = one.low > 0 or one.high < 0
    flipped = ("" if count is None else str(count) for count in (one.gained, one.lost))
    p = "" if one.p is None else "< 0.001" if one.p < 0.001 else f"{one.p:.3f}"
    texts = (one.label, number(one.before, one.is_rate), number(one.after, one.is_rate))
    return (
        *_plain(texts),
        Cell(change, "sure" if sure else ""),
        *_plain((interval, str(one.n), *flipped, p)),
    )


def _plain(texts: Iterable[str]) -> tuple[Cell, ...]:
    return tuple(map(Cell, texts))


def _short(metric: Metric | None) -> str:
    if metric is None or metric.value is None:
        return "–"
    return f"{100 * metric.value:.1f} % ({100 * metric.low:.0f} to {100 * metric.high:.0f})"

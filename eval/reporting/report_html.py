"""The report as one HTML file that needs nothing else: no script, no font, style or picture from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from eval.metrics.calibration import as_rows, points_of, risk_coverage
from eval.metrics.figures import Metric, Result
from eval.reporting import cells, plots
from eval.reporting.cells import Cell, Table, between, number
from eval.reporting.report import Report, failure_groups, head, other_table
from eval.reporting.stories import story

STYLE = Path(__file__).with_name("report.css")
HEADLINES = ("facts_right", "abstention_recall", "over_refusal", "citation_precision", "faithful", "rr_10")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{head}</p>
{note}
<nav aria-label="Sections">{links}</nav>
</header>
<main>
{body}
</main>
</body>
</html>
"""


def to_html(report: Report) -> str:
    """The whole report as one HTML page; every text from outside is escaped."""
    sections = [(name, body) for name, body in _sections(report) if body]
    return _PAGE.format(
        title=escape(f"Evaluation: {report.run.tier}"),
        style=STYLE.read_text(encoding="utf-8"),
        head=escape(head(report.run)),
        note=f'<p class="note">{escape(report.run.note)}</p>' if report.run.note else "",
        links=" ".join(f'<a href="#{_anchor(name)}">{escape(name)}</a>' for name, _ in sections),
        body="\n".join(
            f'<section id="{_anchor(name)}"><h2>{escape(name)}</h2>\n{body}</section>'
            for name, body in sections
        ),
    )


def _sections(report: Report) -> Iterator[tuple[str, str]]:
    yield "Summary", _summary(report)
    yield "Plots", _plots(report)
    yield "Baseline", _baseline(report)
    yield "Figures", _table(cells.metric_table(report.metrics)) + f'<p class="small">{cells.INTERVALS}</p>'
    yield "Further runs", _table(other_table(report)) if report.others else ""
    yield "Ablations", _table(cells.run_table(report.ablations.items())) if report.ablations else ""
    families = _fold(f"{len(report.families)} families", _table(cells.group_table("family", report.families)))
    yield "Types and families", _table(cells.group_table("type", report.types)) + families
    yield "Failures", _failures(report)


def _summary(report: Report) -> str:
    missed = sum(gate.missed for gate in report.gates)
    n = len(report.gates)
    verdict = f"{missed} of {n} gates missed" if missed else f"All {n} gates met" if n else "No gates"
    by_key = {metric.key: metric for metric in report.metrics}
    cards = "".join(_card(by_key[key]) for key in HEADLINES if by_key[key].value is not None)
    return (
        f'<p class="verdict {"bad" if missed else "good"}">{verdict}. {len(report.failures)} of '
        f'{len(report.results)} cases <a href="#failures">have a fault</a>.</p>'
        f'<div class="cards">{cards}</div>{_table(cells.gate_table(report.gates)) if n else ""}'
    )


def _card(metric: Metric) -> str:
    assert metric.value is not None
    return (
        f'<div class="card"><div class="label">{escape(metric.label)}</div>'
        f'<div class="value">{number(metric.value, metric.is_rate)}</div>'
        f'<div class="small">{between(metric.low, metric.high, metric.is_rate)}</div>'
        f'<div class="small">of {metric.n} {escape(metric.of)}</div></div>'
    )


def _plots(report: Report) -> str:
    points = points_of(report.results)
    steps = risk_coverage(as_rows(points)) if points else ()
    times = [float(one.answer.timings_ms.total) for one in report.results if one.answer]
    drawn = (
        ("Outcomes by type", plots.outcomes_by_type(report.types), "The line is the 95 % interval of right."),
        (
            "Reliability",
            plots.reliability_diagram(report.bins),
            "How often the documents answer, for like confidence; bars are 95 % intervals."
            + _fold("as a table", _table(cells.bin_table(report.bins))),
        ),
        (
            "Risk and coverage",
            plots.risk_coverage_curve(steps),
            "Answering only the surest questions: the share of them that the documents do not answer. "
            "The dashed line is 2 %.",
        ),
        ("Time", plots.latency_histogram(times), _table(cells.latency_table(report.latencies))),
    )
    figures = "".join(
        f"<figure><h3>{name}</h3>{svg}<figcaption>{said}</figcaption></figure>"
        for name, svg, said in drawn
        if svg
    )
    return f'<div class="plots">{figures}</div>' if figures else ""


def _baseline(report: Report) -> str:
    comparison = report.comparison
    if comparison is None:
        return ""
    flips = cells.flip_table(comparison, (result.case.id for result in report.failures))
    return (
        f"<p>{escape(cells.left_out(comparison))} In bold: the interval leaves out 0.</p>"
        + _table(cells.difference_table(comparison))
        + f"<h3>Cases that flipped ({len(comparison.flips)})</h3>"
        + (_table(flips) if comparison.flips else "")
    )


def _failures(report: Report) -> str:
    parts = [f"<p>{len(report.failures)} of {len(report.results)} cases.</p>"]
    for name, results in failure_groups(report):
        parts.append(f"<h3>{escape(name.capitalize())} ({len(results)})</h3>")
        parts += map(_failure, results)
    return "\n".join(parts)


def _failure(result: Result) -> str:
    case = result.case
    inner = ""
    for row in story(result):
        quote = f"<q>{escape(row.quote)}</q> " if row.quote else ""
        style = ' class="reason"' if row.name == "reason" else ""
        inner += f"<dt>{escape(row.name)}</dt><dd{style}>{quote}{escape(row.text)}</dd>"
    summary = f'<span class="id">{escape(case.id)}</span> {escape(case.question)} <i>{escape(case.type)}</i>'
    # The id is inside, so that a link to it opens what folds it away.
    return f'<details><summary>{summary}</summary><dl id="{escape(case.id)}">{inner}</dl></details>'


def _fold(name: str, body: str) -> str:
    return f"<details><summary>{escape(name)}</summary>{body}</details>"


def _table(table: Table) -> str:
    titles = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    bodies = ""
    for name, rows in table.groups:
        title = f'<tr><th scope="rowgroup" colspan="{len(table.head)}">{escape(name)}</th></tr>' if name else ""
        bodies += f"<tbody>{title}{''.join(map(_row, rows))}</tbody>"
    style = ' class="text"' if table.wide else ""
    return (
        f'<div class="wide" tabindex="0"><table{style}><thead><tr>{titles}</tr></thead>{bodies}</table></div>'
    )


def _row(row: Sequence[Cell]) -> str:
    return f"<tr>{''.join(map(_cell, row))}</tr>\n"


def _cell(cell: Cell) -> str:
    mark = f' class="{cell.mark}"' if cell.mark else ""
    text = escape(cell.text)
    return f"<td{mark}>" + (f'<a href="#{escape(cell.case)}">{text}</a>' if cell.case else text) + "</td>"


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")

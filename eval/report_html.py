"""The report as one HTML file that needs nothing else: no script, no font or style from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from eval import report as md
from eval.metrics import Result
from eval.report import Report

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #8885; --soft: #8882; --good: #1a7f4b; --bad: #b3261e; }}
@media (prefers-color-scheme: dark) {{ :root {{ --good: #6fd3a0; --bad: #ff8a80; }} }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }}
h1, h2 {{ line-height: 1.2; }}
h2 {{ margin-top: 2.5rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }}
td + td {{ white-space: nowrap; }}
.met {{ color: var(--good); }}
.missed {{ color: var(--bad); font-weight: 600; }}
details {{ border-bottom: 1px solid var(--line); padding: .4rem 0; }}
summary {{ cursor: pointer; }}
dl {{ display: grid; grid-template-columns: 8rem 1fr; gap: .3rem 1rem; margin: .6rem 0 1rem; }}
dt {{ opacity: .7; }}
dd {{ margin: 0; overflow-wrap: anywhere; }}
q {{ background: var(--soft); }}
@media (max-width: 40rem) {{ dl {{ grid-template-columns: 1fr; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{head}</p>
{body}
</body>
</html>
"""


def to_html(report: Report) -> str:
    """The whole report as one HTML page; every text from outside is escaped."""
    run = report.run
    head = f"{run.cases}. Answered by {run.model}, commit {run.commit}, {run.created}."
    body = [
        f"<p>{escape(run.note)}</p>" if run.note else "",
        "<h2>Gates</h2>",
        _table(md.GATE_HEAD, map(md.gate_cells, report.gates)),
        "<h2>Figures</h2>",
        _table(md.METRIC_HEAD, map(md.metric_cells, report.metrics)),
        "<h2>By type</h2>",
        _table(md.TYPE_HEAD, map(md.type_cells, report.types)),
        "<h2>Time</h2>",
        _table(md.LATENCY_HEAD, map(md.latency_cells, report.latencies)),
        f"<h2>Failures ({len(report.failures)})</h2>",
        *(_failure(result) for result in report.failures),
    ]
    return _PAGE.format(title=escape(f"Evaluation: {run.tier}"), head=escape(head), body="\n".join(body))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    titles = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = ["".join(_cell(cell) for cell in row) for row in rows]
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="wide"><table><thead><tr>{titles}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _cell(text: str) -> str:
    mark = f' class="{text}"' if text in ("met", "missed") else ""
    return f"<td{mark}>{escape(text)}</td>"


def _failure(result: Result) -> str:
    case = result.case
    inner = ""
    for row in md.failure_rows(result):
        quote = f"<q>{escape(row.quote)}</q> " if row.quote else ""
        inner += f"<dt>{escape(row.name)}</dt><dd>{quote}{escape(row.text)}</dd>"
    summary = f"{case.id} ({case.type}): {case.question}"
    return f'<details id="{escape(case.id)}"><summary>{escape(summary)}</summary><dl>{inner}</dl></details>'

"""What a run found, as Markdown and as one line of JSON per case; report_html.py makes the page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.cases import Case
from eval.gates import Gate
from eval.metrics import Latency, Metric, Result, TypeRow, by_type, latencies, summarise
from qa.records import Citation

_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~])")
METRIC_HEAD = ("figure", "value", "95 % interval", "n", "of")
TYPE_HEAD = ("type", "n", "right", "95 % interval", "wrong", "abstained", "asked back")
LATENCY_HEAD = ("until", "median", "p95", "n")
GATE_HEAD = ("gate", "at least", "reached", "verdict")


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
    """Everything the report shows."""

    run: Run
    metrics: tuple[Metric, ...]
    types: tuple[TypeRow, ...]
    latencies: tuple[Latency, ...]
    gates: tuple[Gate, ...]
    failures: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line about a failure; `quote` is shown as a quotation before the text."""

    name: str
    text: str
    quote: str = ""


def make_report(run: Run, results: Sequence[Result], gates: tuple[Gate, ...]) -> Report:
    """Count everything; a failure is a case that is not right or breaks points 1 or 2 of the contract."""
    failures = tuple(result for result in results if faults(result))
    return Report(run, summarise(results), by_type(results), latencies(results), gates, failures)


def faults(result: Result) -> tuple[str, ...]:
    """What is wrong with a result, a phrase each; empty when nothing is."""
    score = result.score
    found = (
        [] if score.right else [f"error: {result.error}" if result.error else f"not right ({score.outcome})"]
    )
    found += ["another event's report or value"] if score.wrong_event else []
    found += ["a span that is not its quote"] if not all(score.spans_exact) else []
    found += ["a sentence without a citation"] if not all(score.sentences_cited) else []
    missing = [item for sentence in score.unsupported for item in sentence]
    found += [f"not in the cited evidence: {'; '.join(missing)}"] if missing else []
    return tuple(found)


def metric_cells(metric: Metric) -> tuple[str, ...]:
    """A row of the table of figures."""
    if metric.value is None:
        return (metric.label, "not measured", "", "0", metric.of)
    interval = f"{number(metric.low, metric.is_rate)} to {number(metric.high, metric.is_rate)}"
    return (metric.label, number(metric.value, metric.is_rate), interval, str(metric.n), metric.of)


def type_cells(row: TypeRow) -> tuple[str, ...]:
    """A row of the table of types."""
    interval = f"{number(row.low)} to {number(row.high)}"
    counts = (row.wrong, row.abstained, row.asked_back)
    return (row.type, str(row.n), number(row.right / row.n), interval, *map(str, counts))


def latency_cells(row: Latency) -> tuple[str, ...]:
    """A row of the table of times."""
    return (row.stage, f"{row.median:,.0f} ms", f"{row.p95:,.0f} ms", str(row.n))


def gate_cells(gate: Gate) -> tuple[str, ...]:
    """A row of the table of gates."""
    value = gate.metric.value
    verdict = "not measured" if value is None else "missed" if gate.missed else "met"
    return (gate.metric.label, number(gate.at_least), "" if value is None else number(value), verdict)


def number(value: float, is_rate: bool = True) -> str:
    """A share in percent, a score with its sign, as a reader wants them."""
    return f"{100 * value:.1f} %" if is_rate else f"{value:+.2f}"


def source(citation: Citation) -> str:
    """Who reported it and when: "Title, Publisher, 2013-05-14"."""
    published = citation.published.isoformat() if citation.published else ""
    return ", ".join(part for part in (citation.title, citation.publisher or "", published) if part)


def failure_rows(result: Result) -> Iterator[Row]:
    """What the report shows of a failure, in reading order: asked, answered, cited, expected."""
    case, answer = result.case, result.answer
    for turn in case.history:
        yield Row(turn.role, turn.content)
    yield Row("question", case.question)
    yield Row("fault", ", ".join(faults(result)))
    if answer:
        yield Row(answer.status, answer.answer)
        marks = result.score.citations_right or (None,) * len(answer.citations)
        for citation, right in zip(answer.citations, marks, strict=True):
            verdict = {True: ", gold", False: ", not gold", None: ""}[right]
            yield Row(f"cites {citation.number}{verdict}", source(citation), citation.quote)
    yield Row("expected", gold_answers(case))
    for gold in case.gold:
        yield Row("gold evidence", gold.document, gold.quote)
    if case.note:
        yield Row("note", case.note)


def gold_answers(case: Case) -> str:
    """What a right answer has: items joined by "and", aliases by a slash."""
    items = ["/".join(aliases) for aliases in case.answers]
    forbidden = f" (never: {', '.join(case.forbidden)})" if case.forbidden else ""
    return (" and ".join(items) or case.expect) + forbidden


def to_markdown(report: Report) -> str:
    """The whole report as Markdown; texts of documents and answers stay text."""
    run = report.run
    parts = [
        f"# Evaluation: {_md(run.tier)}",
        f"{_md(run.cases)}. Answered by {_md(run.model)}, commit {_md(run.commit)}, {run.created}.",
        *([_md(run.note)] if run.note else []),
        "## Gates",
        _table(GATE_HEAD, map(gate_cells, report.gates)),
        "## Figures",
        _table(METRIC_HEAD, map(metric_cells, report.metrics)),
        "## By type",
        _table(TYPE_HEAD, map(type_cells, report.types)),
        "## Time",
        _table(LATENCY_HEAD, map(latency_cells, report.latencies)),
        f"## Failures ({len(report.failures)})",
        *(_failure(result) for result in report.failures),
    ]
    return "\n\n".join(parts) + "\n"


def write_results(results: Sequence[Result], file: Path) -> None:
    """One line of JSON for each case: what was asked, the whole answer, the score."""
    lines = []
    for result in results:
        row = {
            "id": result.case.id,
            "family": result.case.family,
            "type": result.case.type,
            "question": result.case.question,
            "expect": result.case.expect,
            "gold": [[gold.id for gold in one_set] for one_set in result.case.evidence],
            "answer": result.answer.as_dict() if result.answer else None,
            "error": result.error,
            "score": asdict(result.score),
            "faults": faults(result),
        }
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    file.write_text("".join(lines), encoding="utf-8")


def _failure(result: Result) -> str:
    lines = [f"### {_md(result.case.id)} ({_md(result.case.type)})", ""]
    for row in failure_rows(result):
        quote = f"“{_md(row.quote)}” " if row.quote else ""
        lines.append(f"- {row.name}: {quote}{_md(row.text)}")
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(_md(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _md(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))

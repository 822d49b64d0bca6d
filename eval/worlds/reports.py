"""The reports of a perturbed world: read with their sources.toml, rewritten, one taken out, one put in."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from eval.schema.text import canonical, contains
from eval.worlds.words import FIRST_YEAR, Rewriter
from qa.load import SIDECAR, find_files, load_examples, load_file
from qa.records import Document
from qa.words import tokens, years

FIELDS = ("title", "publisher", "published", "event_date", "event_place")


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its file's name, its text, and what is known of it: `(value, basis)` by field."""

    name: str
    text: str
    known: Mapping[str, tuple[str | date, str]]

    @property
    def year(self) -> int | None:
        """The year of the event it tells of, as far as that is known."""
        value = self.known.get("event_date", (None, ""))[0]
        return value.year if isinstance(value, date) else None


@dataclass(frozen=True, slots=True)
class Reports:
    """All reports of a world, and the questions shown as examples."""

    reports: tuple[Report, ...]
    examples: tuple[str, ...] = ()

    def tells_of(self, year: int) -> bool:
        """Whether a report is about the year or names it."""
        return any(report.year == year or year in years(report.text) for report in self.reports)

    def says(self, value: str) -> bool:
        """Whether a value stands in a report, in canonical form."""
        wanted = canonical(value)
        return any(contains(canonical(report.text), wanted) for report in self.reports)


@dataclass(frozen=True, slots=True)
class Added:
    """A report that was put in, and the words of which an open question would now ask about it as well."""

    report: Report
    about: frozenset[str]


def read_reports(folder: Path) -> Reports:
    """The reports directly in a folder.

    Raises:
        InputError: a file or the sidecar cannot be read.
    """
    loaded = [load_file(root, file) for root, file in find_files([folder]) if file.parent == root]
    reports = tuple(Report(item.path.name, item.document.text, _known(item.document)) for item in loaded)
    return Reports(reports, load_examples(folder) if (folder / SIDECAR).is_file() else ())


def rewrite(reports: Reports, rewriter: Rewriter) -> Reports:
    """All reports in the other world; the files keep their names."""
    return Reports(
        tuple(_rewritten(report, rewriter) for report in reports.reports),
        tuple(rewriter.text(example) for example in reports.examples),
    )


def take_out(reports: Reports, lot: random.Random) -> tuple[Reports, Report]:
    """The reports without one of them, and that one. At least two reports are needed."""
    gone = lot.choice(reports.reports)
    return replace(reports, reports=tuple(item for item in reports.reports if item is not gone)), gone


def put_in(
    reports: Reports, written: Sequence[Mapping[str, Any]], named: frozenset[int], lot: random.Random
) -> Added:
    """One of the `written` reports of worlds.toml, dated in a year that neither a report nor a question has.

    `named` are the years that questions name.
    """
    chosen = lot.choice(written)
    known = [report.year for report in reports.reports if report.year]
    first, last = (min(known), max(known)) if known else (2000, 2000)
    near = [year for year in range(max(FIRST_YEAR, first - 15), last + 16) if year not in named]
    free = [year for year in near if not reports.tells_of(year)]
    day = date(lot.choice(free or [first - 16]), chosen["month"], chosen["day"])
    text = chosen["text"].strip("\n").format(weekday=f"{day:%A}", year=day.year) + "\n"
    basis = "stated: worlds.toml"
    values = {"title": chosen["title"], "publisher": chosen["publisher"], "published": day}
    values |= {"event_date": day, "event_place": chosen["place"]}
    report = Report("added.txt", text, MappingProxyType({key: (value, basis) for key, value in values.items()}))
    return Added(report, frozenset(token.stem for word in chosen["about"] for token in tokens(word)))


def write_reports(reports: Reports, folder: Path) -> None:
    """Write the reports and their sources.toml into a folder that exists."""
    lines = ['ignore = ["cases.jsonl", "world.json"]']
    if reports.examples:
        lines.append(f"examples = {json.dumps(reports.examples, ensure_ascii=False)}")
    lines.append("")
    for report in reports.reports:
        (folder / report.name).write_bytes(report.text.encode())
        lines.append(f"[{json.dumps(report.name)}]")
        for key, (value, basis) in report.known.items():
            how, _, origin = basis.partition(": ")
            shown = value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
            source = json.dumps(origin, ensure_ascii=False)
            lines.append(f'{key} = {{ value = {shown}, basis = "{how}", from = {source} }}')
        lines.append("")
    (folder / SIDECAR).write_text("\n".join(lines), encoding="utf-8")


def _known(document: Document) -> Mapping[str, tuple[str | date, str]]:
    """What is known of a document, each value with its basis."""
    values = {
        "title": document.title,
        "publisher": document.publisher,
        "published": document.published,
        "event_date": document.event.date,
        "event_place": document.event.place,
    }
    return MappingProxyType(
        {key: (value, document.basis[key]) for key, value in values.items() if value and key in document.basis}
    )


def _rewritten(report: Report, rewriter: Rewriter) -> Report:
    known: dict[str, tuple[str | date, str]] = {}
    for key, (value, basis) in report.known.items():
        if isinstance(value, date):
            known[key] = value.replace(year=value.year + rewriter.words.shift), rewriter.text(basis)
        else:
            known[key] = rewriter.text(value), rewriter.text(basis)
    return Report(report.name, rewriter.text(report.text), MappingProxyType(known))

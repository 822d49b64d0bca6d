"""The collection's events in the order of time, and which reports a narrowed question draws on.

Reports of equal events share an entry; a report of which no event is known has one of its own, placed by the
day it was published; what has no date at all comes last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from qa.records import Citation, Document
from qa.server.language import Texts
from qa.server.markup import line, text, text_kept

MOST_OPEN = 24  # entries: more than these are shown by the year, each year to be opened
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A place on the timeline; `place` and `title` say what it is, `when` is None where no date is known."""

    when: date | None
    place: str | None
    title: str
    documents: tuple[str, ...]

    def label(self, say: Texts) -> str:
        """How a reader is told which it is: place and day, or what there is of them, else the title."""
        return say.event(self.place or self.title, self.when)


def entries_of(documents: Iterable[Document]) -> tuple[Entry, ...]:
    """The timeline of a collection, the earliest first and the undated last."""
    found: dict[object, list[Document]] = {}
    for document in documents:
        key = document.event if document.event.label else document.id
        found.setdefault(key, []).append(document)
    return tuple(sorted(map(_entry, found.values()), key=_by_time))


def _entry(reports: list[Document]) -> Entry:
    event, title = reports[0].event, reports[0].title
    when = event.date or min((report.published for report in reports if report.published), default=None)
    shown = title if len(title) <= LONGEST_NAME else title[:LONGEST_NAME].rsplit(" ", 1)[0] + " …"
    return Entry(when, event.place, shown, tuple(report.id for report in reports))


def _by_time(entry: Entry) -> tuple[date, str, str]:
    return entry.when or date.max, entry.place or "", entry.title


def entry_of(citation: Citation, entries: Sequence[Entry]) -> Entry | None:
    """The entry that the cited report belongs to."""
    return next((entry for entry in entries if citation.document_id in entry.documents), None)


def narrowing(within: Collection[str], entries: Sequence[Entry], say: Texts) -> str:
    """How a reader is told what a question is narrowed to; empty for all reports."""
    if not within:
        return ""
    meant = [entry.label(say) for entry in entries if set(entry.documents) == set(within)]
    return meant[0] if meant else say.count("counts.reports", len(set(within)))


def timeline(
    entries: Sequence[Entry], say: Texts, lit: Collection[str] = (), within: Collection[str] = ()
) -> str:
    """The entries as buttons by the year; those of `lit` are lit, that of `within` is pressed."""
    if not entries:
        return ""
    folded = len(entries) > MOST_OPEN
    years = []
    for year, group in groupby(entries, key=lambda entry: entry.when.year if entry.when else None):
        years.append(_year(year, list(group), say, frozenset(lit), frozenset(within), folded=folded))
    label, hint = line(say, "timeline.label"), line(say, "timeline.hint")
    return (
        f'<nav class="dl-timeline" aria-label="{label}"><p class="dl-unseen">{hint}</p>'
        f'<ol class="dl-years">{"".join(years)}</ol></nav>'
    )


def _year(
    year: int | None,
    entries: Sequence[Entry],
    say: Texts,
    lit: frozenset[str],
    within: frozenset[str],
    *,
    folded: bool,
) -> str:
    name = str(year) if year else say("timeline.undated")
    here = any(lit & set(entry.documents) or within == set(entry.documents) for entry in entries)
    items = "".join(f"<li>{_entry_button(entry, say, lit, within)}</li>" for entry in entries)
    heading = f'<span class="dl-year-name">{text(name)}</span>'
    if folded:
        heading = (
            f'<button type="button" class="dl-entry dl-fold" data-do="year" data-year="{text(name)}" '
            f'aria-expanded="{str(here).lower()}"><span class="dl-dot" aria-hidden="true"></span>'
            f'<span class="dl-entry-day">{text(name)}</span> <span class="dl-entry-name">'
            f"{text(say.count('counts.events', len(entries)))}</span></button>"
        )
    shut = " hidden" if folded and not here else ""
    shines = " dl-lit" if any(lit & set(entry.documents) for entry in entries) else ""
    classes = f"dl-year{shines}{' dl-folded' if folded else ''}"
    return f'<li class="{classes}">{heading}<ol class="dl-entries"{shut}>{items}</ol></li>'


def _entry_button(entry: Entry, say: Texts, lit: frozenset[str], within: frozenset[str]) -> str:
    shines, pressed = bool(lit & set(entry.documents)), within == set(entry.documents)
    said = f'<span class="dl-unseen">, {line(say, "timeline.lit")}</span>' if shines else ""
    day = text(say.day(entry.when, short=True)) or "–"
    counted = "dl-entry-count" if len(entry.documents) > 1 else "dl-unseen"
    return (
        f'<button type="button" class="dl-entry{" dl-lit" if shines else ""}" data-do="narrow" '
        f'data-within="{text(" ".join(entry.documents))}" data-name="{text_kept(entry.label(say))}" '
        f'aria-pressed="{str(pressed).lower()}"><span class="dl-dot" aria-hidden="true"></span>'
        f'<span class="dl-entry-day">{day}</span> <span class="dl-entry-name" dir="auto">'
        f'{text(entry.place or entry.title)}</span> <span class="{counted}">'
        f"{text(say.count('counts.reports', len(entry.documents)))}</span>{said}</button>"
    )

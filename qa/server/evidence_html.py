"""The evidence's HTML: the collection, the sources of an answer, a report with the cited sentence marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import quote as url_quote

from qa.records import Answer, Citation, Document
from qa.server.markup import count, day, event_line, href, meta, text, verbatim

STATIC = Path(__file__).resolve().parent / "static"
WELCOME = (
    '<div class="dl-welcome"><h2>What would you like to know?</h2>'
    "<p>Answers come from the reports alone. Press a number to see the sentence behind it.</p></div>"
)
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" '
    'fill="#1f4b6e"/><path d="M9 8h6a8 8 0 0 1 0 16H9z" fill="none" stroke="#fff" stroke-width="3"/>'
    '<path d="M13 16h6" stroke="#f4d35e" stroke-width="3"/></svg>'
)


def header(documents: Sequence[Document]) -> str:
    """Name, and what the collection holds."""
    dates = sorted(found for document in documents if (found := document.event.date or document.published))
    span = f", {day(dates[0])} to {day(dates[-1])}" if len(dates) > 1 else ""
    return (
        '<div class="dl-header"><h1>Dateline</h1>'
        f"<p>Answers from {count(len(documents), 'report')}{span}. Every sentence shows its evidence.</p></div>"
    )


def collection(documents: Iterable[Document]) -> str:
    """The reports in the order of their dates, each a link to its text: the panel before a question."""
    ordered = sorted(documents, key=lambda item: (item.event.date or item.published or date.max, item.title))
    items = "".join(
        f'<li><a class="dl-source" href="reader/{url_quote(item.id, safe="")}">'
        f'<span class="dl-title" dir="auto">{text(item.title)}</span>'
        f'<span class="dl-meta">{_document_meta(item)}</span></a></li>'
        for item in ordered
    )
    return _panel("The reports", f'<ul class="dl-list">{items}</ul>')


def sources(citations: Sequence[Citation], heading: str = "Sources") -> str:
    """The cited sentences by report, each a link to its place in the report."""
    if not citations:
        return _panel(heading, '<p class="dl-empty">Nothing in the reports fits this question.</p>')
    by_document: dict[str, list[Citation]] = {}
    for citation in citations:
        by_document.setdefault(citation.document_id, []).append(citation)
    return _panel(heading, "".join(_card(group) for group in by_document.values()))


def panel_of(given: Answer) -> str:
    """The panel that belongs to a whole answer."""
    if given.status == "abstained":
        return sources(given.nearest, "Nearest passages")
    return sources(given.citations)


def _panel(heading: str, body: str) -> str:
    return f'<section class="dl-panel" aria-label="{heading}"><h2>{heading}</h2>{body}</section>'


def _card(group: Sequence[Citation]) -> str:
    first = group[0]
    quotes = "".join(
        f'<li><a class="dl-source" href="{href(item)}"><span class="dl-number">{item.number}</span>'
        f'<span class="dl-said" dir="auto">{text(item.quote)}</span></a></li>'
        for item in group
    )
    event = event_line(first.event_place, first.event_date)
    return (
        f'<article class="dl-card"><h3 dir="auto">{text(first.title)}</h3><p class="dl-meta">{meta(first)}</p>'
        f'{event}<ul class="dl-list">{quotes}</ul></article>'
    )


def _document_meta(document: Document) -> str:
    parts = (text(document.publisher or ""), text(document.event.label) or day(document.published))
    return " · ".join(part for part in parts if part)


def reader(document: Document, start: int = -1, end: int = -1) -> str:
    """The report's text; `document.text[start:end]` is marked where that is a span of it."""
    published = " · ".join(part for part in (text(document.publisher or ""), day(document.published)) if part)
    paragraphs = "".join(_paragraphs(document.text, start, end))
    return (
        f'<article class="dl-report"><header><h2 dir="auto">{text(document.title)}</h2>'
        f'<p class="dl-meta">{published}</p>{event_line(document.event.place, document.event.date)}</header>'
        f'<div class="dl-text">{paragraphs}</div>{_basis(document)}</article>'
    )


def reader_page(document: Document, article: str) -> str:
    """The same as a page of its own, for a new tab or a browser without scripts."""
    style = (STATIC / "page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{text(document.title)} · Dateline</title>'
        f'<style>{style}</style></head><body class="dl-page"><main>{article}</main></body></html>'
    )


def _paragraphs(content: str, start: int, end: int) -> Iterable[str]:
    """Each line with text as a paragraph; the marked span may reach over several."""
    offset, marked = 0, False
    for line in content.split("\n"):
        low = min(max(start - offset, 0), len(line)) if 0 <= start < end <= len(content) else 0
        high = min(max(end - offset, 0), len(line)) if 0 <= start < end <= len(content) else 0
        offset += len(line) + 1
        if not line.strip():
            continue
        before, cited, after = (verbatim(part) for part in (line[:low], line[low:high], line[high:]))
        if cited:
            cited = f"<mark>{cited}</mark>" if marked else f'<mark id="cited" tabindex="-1">{cited}</mark>'
            marked = True
        yield f'<p dir="auto">{before}{cited}{after}</p>'


def _basis(document: Document) -> str:
    names = {
        "title": "Title",
        "publisher": "Publisher",
        "published": "Published",
        "event_date": "Event, date",
        "event_place": "Event, place",
    }
    rows = "".join(
        f"<dt>{names.get(key, text(key))}</dt><dd>{text(value)}</dd>" for key, value in document.basis.items()
    )
    return (
        f'<details class="dl-basis"><summary>How this is known</summary><dl>{rows}</dl></details>'
        if rows
        else ""
    )

"""The evidence's HTML: the collection, the sources of an answer, a report with the cited sentence marked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote as url_quote

from qa.records import Answer, Citation, Document
from qa.server.assets import stylesheet
from qa.server.language import Texts
from qa.server.markup import event_line, href, joined, line, meta, text, verbatim


def collection(documents: Iterable[Document], say: Texts, name: str = "") -> str:
    """The reports of the collection of this name ("" for the one shown first) in the order of their dates, each
    a link to its text: the panel before a question.
    """
    ordered = sorted(documents, key=lambda item: (item.event.date or item.published or date.max, item.title))
    items = "".join(
        f'<li><a class="dl-source" href="{reader_address(item.id, name)}">'
        f'<span class="dl-title" lang="en" dir="auto">{text(item.title)}</span>'
        f'<span class="dl-meta">{_document_meta(item, say)}</span></a></li>'
        for item in ordered
    )
    return _panel(line(say, "panel.reports"), f'<ul class="dl-list">{items}</ul>')


def reader_address(document_id: str, collection: str = "") -> str:
    """Where a report is shown, escaped, relative to the page."""
    of = f"?collection={url_quote(collection, safe='')}" if collection else ""
    return f"reader/{url_quote(document_id, safe='')}{of}"


def sources(
    citations: Sequence[Citation], say: Texts, heading: str = "panel.sources", *, collection: str = ""
) -> str:
    """The cited sentences by report, each a link to its place in the report."""
    shown = line(say, heading)
    if not citations:
        return _panel(shown, f'<p class="dl-empty">{line(say, "panel.none")}</p>')
    by_document: dict[str, list[Citation]] = {}
    for citation in citations:
        by_document.setdefault(citation.document_id, []).append(citation)
    return _panel(shown, "".join(_card(group, say, collection) for group in by_document.values()))


def pending(say: Texts) -> str:
    """The panel while the sources of a question are looked for."""
    return _panel(line(say, "panel.sources"), f'<p class="dl-empty">{line(say, "status.waiting")}</p>')


def panel_of(given: Answer, say: Texts, collection: str = "") -> str:
    """The panel that belongs to a whole answer."""
    if given.status == "abstained":
        return sources(given.nearest, say, "panel.nearest", collection=collection)
    return sources(given.citations, say, collection=collection)


def _panel(heading: str, body: str) -> str:
    return f'<section class="dl-panel" aria-label="{heading}"><h2>{heading}</h2>{body}</section>'


def _card(group: Sequence[Citation], say: Texts, collection: str) -> str:
    first = group[0]
    quotes = "".join(
        f'<li><a class="dl-source" href="{href(item, collection)}"><span class="dl-number">{item.number}</span>'
        f'<span class="dl-said" lang="en" dir="auto">{text(item.quote)}{_place(item, say)}</span></a></li>'
        for item in group
    )
    event = event_line(first.event_place, first.event_date, say)
    return (
        f'<article class="dl-card"><h3 lang="en" dir="auto">{text(first.title)}</h3>'
        f'<p class="dl-meta">{meta(first, say, placed=False)}</p>{event}'
        f'<ul class="dl-list">{quotes}</ul></article>'
    )


def _place(item: Citation, say: Texts) -> str:
    """Where a cited sentence stands, when that is known."""
    return f' <span class="dl-meta">{text(say.place(item.place))}</span>' if item.place else ""


def _document_meta(document: Document, say: Texts) -> str:
    event = say.event(document.event.place, document.event.date)
    return joined(text(document.publisher or ""), text(event or say.day(document.published)))


def reader(document: Document, say: Texts, start: int = -1, end: int = -1) -> str:
    """The report's text; `document.text[start:end]` is marked where that is a span of it."""
    published = joined(text(document.publisher or ""), text(document.author or ""), say.day(document.published))
    paragraphs = "".join(_paragraphs(document, say, start, end))
    event = event_line(document.event.place, document.event.date, say)
    return (
        f'<article class="dl-report"><header><h2 lang="en" dir="auto">{text(document.title)}</h2>'
        f'<p class="dl-meta">{published}</p>{event}</header>'
        f'<div class="dl-text" lang="{text(document.language or "en")}">{paragraphs}</div>'
        f"{_basis(document, say)}</article>"
    )


def reader_page(document: Document, article: str, say: Texts) -> str:
    """The same as a page of its own, for a new tab or a browser without scripts."""
    return (
        f'<!doctype html><html lang="{say.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{text(document.title)} · Dateline</title>'
        f'<style>{stylesheet()}</style></head><body class="dl-page"><main>{article}</main></body></html>'
    )


def _paragraphs(document: Document, say: Texts, start: int, end: int) -> Iterable[str]:
    """Each line with text as a paragraph, under the place that begins there; the marked span may reach over
    several.
    """
    content, places = document.text, deque(document.places)
    offset, marked = 0, False
    for row in content.split("\n"):
        low = min(max(start - offset, 0), len(row)) if 0 <= start < end <= len(content) else 0
        high = min(max(end - offset, 0), len(row)) if 0 <= start < end <= len(content) else 0
        offset += len(row) + 1
        if not row.strip():
            continue
        begun = None
        while places and places[0].start < offset:
            begun = places.popleft().label
        if begun and begun not in row:  # a heading stands there itself
            yield f'<p class="dl-place">{text(say.place(begun))}</p>'
        before, cited, after = (verbatim(part) for part in (row[:low], row[low:high], row[high:]))
        if cited:
            cited = f"<mark>{cited}</mark>" if marked else f'<mark id="cited" tabindex="-1">{cited}</mark>'
            marked = True
        yield f'<p dir="auto">{before}{cited}{after}</p>'


def _basis(document: Document, say: Texts) -> str:
    names = {
        key: line(say, f"reader.{key}")
        for key in (
            "title",
            "publisher",
            "author",
            "published",
            "event_date",
            "event_place",
            "language",
            "encoding",
        )
    }
    rows = "".join(
        f'<dt>{names.get(key, text(key))}</dt><dd lang="en">{text(value)}</dd>'
        for key, value in document.basis.items()
    )
    if not rows:
        return ""
    return f'<details class="dl-basis"><summary>{line(say, "reader.basis")}</summary><dl>{rows}</dl></details>'

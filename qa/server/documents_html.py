"""The Documents tab's HTML: what is indexed, as a table that the page's script sorts and filters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from qa.metadata.corrections import corrected_fields
from qa.records import Document
from qa.server import icons
from qa.server.evidence_html import reader_address
from qa.server.language import Texts
from qa.server.markup import button, joined, line, text

COLUMNS = ("title", "publisher", "published", "event", "size", "state")


@dataclass(frozen=True, slots=True)
class Table:
    """How the table is shown: in the reader's language, for the collection of this name ("" for the one shown
    first), with the `copies` among its documents; where they are `changeable`, each row can be corrected and
    taken out.
    """

    say: Texts
    collection: str = ""
    copies: Mapping[str, str] = field(default_factory=dict)
    changeable: bool = False


def documents_table(documents: Collection[Document], table: Table) -> str:
    """Every report: title, publisher, dates, length, state; sorted by the day it was published, the latest
    first.
    """
    say, titles = table.say, {item.id: item.title for item in documents}
    ordered = sorted(documents, key=lambda item: (item.published or date.min, item.title), reverse=True)
    heads = "".join(_head(name, say) for name in COLUMNS)
    if table.changeable:
        heads += f'<td><span class="dl-unseen">{line(say, "documents.remove")}</span></td>'
    rows = "".join(_row(item, table, titles) for item in ordered)
    label, hint = line(say, "documents.filter"), line(say, "documents.filter_hint")
    return (
        f'<section class="dl-documents" aria-label="{line(say, "documents.heading")}">'
        f'<div class="dl-filter"><label for="dl-filter">{label}</label>'
        f'<input id="dl-filter" type="search" placeholder="{hint}" autocomplete="off">'
        f'<span id="dl-matches" role="status">{text(say.count("counts.reports", len(ordered)))}</span></div>'
        f'<table><caption class="dl-unseen">{line(say, "documents.caption")}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _head(name: str, say: Texts) -> str:
    sorted_now = ' aria-sort="descending"' if name == "published" else ""
    return (
        f'<th scope="col" class="dl-col-{name}"{sorted_now}><button type="button" data-do="sort" '
        f'data-column="{COLUMNS.index(name)}">{line(say, f"documents.{name}")}</button></th>'
    )


def _row(document: Document, table: Table, titles: Mapping[str, str]) -> str:
    """A report's row; a cell's `data-key` sorts it, the row's `data-find` is what the filter looks in."""
    say = table.say
    words = len(document.text.split())
    event = say.event(document.event.place, document.event.date)
    when = document.event.date or document.published
    published = document.published.isoformat() if document.published else ""
    find = " ".join(
        (document.title, document.publisher or "", event, say.day(document.published), published, document.uri)
    )
    inferred = {name: _inferred(document, name, say) for name in ("published", "event_date")}
    address = reader_address(document.id, table.collection)
    title = f'<a href="{address}" lang="en" dir="auto">{text(document.title)}</a>'
    cells = (
        ("title", document.title.casefold(), title),
        ("publisher", (document.publisher or "").casefold(), text(document.publisher or "")),
        ("published", published, text(say.day(document.published)) + inferred["published"]),
        ("event", when.isoformat() if when else "", text(event) + inferred["event_date"]),
        ("size", f"{words:09d}", text(say.count("counts.words", words))),
        (
            "state",
            f"{len(document.uris):09d}",
            _state(document, say, titles.get(table.copies.get(document.id, ""), "")),
        ),
    )
    shown = "".join(
        f'<td class="dl-col-{name}" data-key="{text(key)}">{html}</td>' for name, key, html in cells
    )
    if table.changeable:
        shown += f'<td class="dl-col-remove">{_correct(document, say)}{_remove(document, say)}</td>'
    return f'<tr data-find="{text(find.casefold())}">{shown}</tr>'


def _state(document: Document, say: Texts, original: str) -> str:
    """Indexed; of a text that lies in several files their names too; of a copy what it copies; and whether it
    was corrected.
    """
    names = text("\n".join(document.uris))
    several = line(say, "documents.indexed_files", n=len(document.uris))
    held = f'<span title="{names}">{several}</span>' if document.uris[1:] else line(say, "documents.indexed")
    copied = line(say, "documents.copy_of", title=original) if original else ""
    return joined(held, copied, line(say, "documents.corrected") if corrected_fields(document) else "")


def _correct(document: Document, say: Texts) -> str:
    label = f"{line(say, 'documents.correct')}: {text(document.title)}"
    return button("correct", "", "dl-remove dl-edit", icons.EDIT, label, id=document.id)


def _remove(document: Document, say: Texts) -> str:
    remove, title = line(say, "documents.remove"), text(document.title)
    return (
        f'<button type="button" class="dl-remove" data-do="takeOut" data-id="{text(document.id)}" '
        f'data-title="{title}" aria-label="{remove}: {title}" title="{remove}">×</button>'
    )


def _inferred(document: Document, name: str, say: Texts) -> str:
    """Says that a value is not stated in the report, and what it is inferred from."""
    basis = document.basis.get(name, "")
    if not basis.startswith("inferred"):
        return ""
    return f' <span class="dl-inferred" title="{text(basis)}">{line(say, "documents.inferred")}</span>'

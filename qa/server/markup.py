"""Text to HTML that shows exactly that text, and the small pieces that answers and evidence share.

Every text that comes from a document, a question or a model is escaped here, for HTML and for the
Markdown and template engines that the page runs it through; nothing else in the page makes HTML of it.
"""

from __future__ import annotations

from datetime import date
from html import escape
from urllib.parse import quote as url_quote

from qa.records import Citation

# Characters that Markdown, LaTeX or template engines act on; as entities they stay text everywhere.
_ACTIVE = {ord(char): f"&#{ord(char)};" for char in "$`{}[]*_~\\|!#"}
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "�")


def text(value: str) -> str:
    """Escaped, on one line."""
    return verbatim(" ".join(value.split()))


def verbatim(value: str) -> str:
    """Escaped, its white space kept; control characters become the replacement character."""
    # escape() writes &#x27;, whose # must not be taken for the reader's.
    escaped = escape(value.translate(_UNPRINTABLE)).replace("&#x27;", "&apos;")
    return escaped.translate(_ACTIVE)


def day(value: date | None) -> str:
    """14 May 2013, or nothing."""
    return f"{value.day} {value:%B %Y}" if value else ""


def count(number: int, noun: str) -> str:
    """1 report, 2 reports."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def href(citation: Citation) -> str:
    """The address of a citation's place in its report, escaped, relative to the page."""
    return escape(
        f"reader/{url_quote(citation.document_id, safe='')}?start={citation.start}&end={citation.end}#cited"
    )


def cite_link(citation: Citation) -> str:
    """A citation's number as a link that opens the report; hovering shows the quote."""
    # The page's sanitiser drops aria-label, so the words for screen readers are in the link itself.
    return (
        f'<a class="dl-cite" href="{href(citation)}" title="{text(citation.quote)}">'
        f'<span class="dl-unseen">Source </span>{citation.number}</a>'
    )


def meta(citation: Citation) -> str:
    """Publisher and date of publication."""
    return " · ".join(part for part in (text(citation.publisher or ""), day(citation.published)) if part)


def event_line(place: str | None, when: date | None) -> str:
    """Where and when the thing happened that a report tells of; empty when neither is known."""
    label = ", ".join(part for part in (text(place or ""), day(when)) if part)
    return f'<p class="dl-event">{label}</p>' if label else ""

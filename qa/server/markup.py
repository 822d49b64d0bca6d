"""Text to HTML that shows exactly that text, and the small pieces that answers and evidence share.

Every text that comes from a document, a question or a model is escaped here, for HTML and for the
Markdown and template engines that the page runs it through; nothing else in the page makes HTML of it.
"""

from __future__ import annotations

from datetime import date
from html import escape
from urllib.parse import quote as url_quote

from qa.records import Citation
from qa.server.language import Texts

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


def line(say: Texts, key: str, **values: object) -> str:
    """A string of the interface, escaped."""
    return text(say(key, **values))


def button(do: str, shown: str, classes: str = "dl-act", icon: str = "", label: str = "", **data: str) -> str:
    """A button that the page's script acts on by its `data-do`.

    `shown`, `icon` and `label`, which names it where what is shown does not, are HTML; `data` are plain values.
    """
    named = f' aria-label="{label}" title="{label}"' if label else ""
    held = "".join(f' data-{name}="{text_kept(value)}"' for name, value in data.items())
    return f'<button type="button" class="{classes}" data-do="{do}"{named}{held}>{icon}{shown}</button>'


def text_kept(value: str) -> str:
    """As `verbatim`, its line breaks as entities too: for values that are kept in attributes."""
    return verbatim(value).replace("\n", "&#10;")


def href(citation: Citation, collection: str = "") -> str:
    """The address of a citation's place in its report, escaped, relative to the page."""
    of = f"&collection={url_quote(collection, safe='')}" if collection else ""
    name = url_quote(citation.document_id, safe="")
    return escape(f"reader/{name}?start={citation.start}&end={citation.end}{of}#cited")


def cite_link(citation: Citation, say: Texts, collection: str = "", *, gone: bool = False) -> str:
    """A citation's number as a link that opens the report; the script shows its quote on hovering and focus.

    With `gone` the report is no longer there to be opened.
    """
    if gone:
        why = line(say, "chat.gone_number", number=citation.number)
        return f'<span class="dl-cite dl-gone" role="note" aria-label="{why}">{citation.number}</span>'
    source, name = (
        joined(text(citation.title), meta(citation, say)),
        line(say, "answer.source", number=citation.number),
    )
    return (
        f'<a class="dl-cite" href="{href(citation, collection)}" aria-label="{name}"'
        f' data-quote="{text(citation.quote)}" data-source="{source}">{citation.number}</a>'
    )


def meta(citation: Citation, say: Texts, *, placed: bool = True) -> str:
    """Publisher, date of publication and, with `placed`, where in the document it stands."""
    place = text(say.place(citation.place)) if placed else ""
    return joined(text(citation.publisher or ""), say.day(citation.published), place)


def joined(*parts: str) -> str:
    """What there is of some pieces of HTML, with a dot between."""
    return " · ".join(part for part in parts if part)


def event_line(place: str | None, when: date | None, say: Texts) -> str:
    """Where and when the thing happened that a report tells of; empty when neither is known."""
    label = say.event(place, when)
    return f'<p class="dl-event">{line(say, "panel.event", what=label)}</p>' if label else ""

"""Web pages: their main text by trafilatura, with title, publisher, author and day as the page gives them.

A page or a part in which trafilatura finds no main text, a chapter of a book for example, is taken whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qa.errors import InputError
from qa.formats.article import Article, Reading
from qa.formats.builder import Builder, flat
from qa.formats.days import read_day
from qa.formats.decode import decode
from qa.formats.limits import Limits
from qa.records import Place

_XML = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{3,30})""", re.I)
_SKIPPED = frozenset(
    "script style noscript template head svg math iframe object select textarea button".split()
)
_BLOCKS = frozenset(
    "p div section article main header footer nav aside blockquote quote pre ul ol list dl li item dt dd table "
    "tr row figure figcaption hr address body html form fieldset details summary center".split()
)
_ROWS = frozenset("li item tr row dt dd".split())
_BREAKS = frozenset(("br", "lb"))
_CELLS = frozenset("td th cell".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_FORBIDDEN = "depth"  # what libxml2 says of markup that is nested too deeply


def read(name: str, data: bytes, limits: Limits) -> Reading:
    """The page's main text; its headings are its places.

    Raises:
        InputError: it is no text, is nested too deeply, or holds no text to read.
    """
    text = page_text(name, data)
    found, values, basis = _main(name, text)
    builder = Builder(name, limits)
    if found is not None:
        fill(builder, found)
    content, places = builder.result() if found is not None else whole(name, text, limits)
    return Reading((Article(content, "", values, basis, places),))


def whole(name: str, text: str, limits: Limits) -> tuple[str, tuple[Place, ...]]:
    """All text of a page or of a piece of HTML, and its places.

    Raises:
        InputError: it is nested too deeply, or holds no text.
    """
    builder = Builder(name, limits)
    fill(builder, parse(name, text))
    return builder.result()


def page_text(name: str, data: bytes) -> str:
    """A page, or other XML, decoded: by what it declares, else as other text is; without the XML declaration.

    Raises:
        InputError: it is no text.
    """
    declared = _DECLARED.search(data[:2048])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return _XML.sub("", data.decode(declared[1].decode("ascii")).replace("\x00", "\ufffd"))
        except (LookupError, UnicodeDecodeError):
            pass  # it declares what it is not
    return _XML.sub("", decode(name, data)[0])


def parse(name: str, text: str) -> Any:
    """The tree of a page.

    Raises:
        InputError: it is nested too deeply, or there is nothing in it.
    """
    from lxml import etree, html

    if not text.strip():
        raise InputError(f"{name} is empty.", "Remove it or put text into it.")
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{name} cannot be read as HTML.", "Save the page again.") from error
    if any(_FORBIDDEN in entry.message for entry in parser.error_log):
        raise InputError(f"{name} is nested too deeply to be read whole.", "Save its text as plain text.")
    return tree


def fill(builder: Builder, tree: Any) -> None:
    """Add the text below an element, block by block, each heading naming the place of what follows."""
    held: list[str] = []
    skipped, after_row = 0, False
    for event, tag, element in _walk(tree):
        heading = tag in _HEADINGS or _is_head(tag, element)
        if tag in _SKIPPED and not heading:
            skipped += 1 if event == "start" else -1
        elif not skipped:
            if tag in _BREAKS and event == "start":
                held.append("\n")
            elif tag in _CELLS and event == "end":
                held.append(" | ")
            elif tag in _BLOCKS or heading:
                row = event == "end" and tag in _ROWS
                if _flush(builder, held, row and after_row, heading and event == "end"):
                    after_row = row
        if not skipped:
            held.append((element.text if event == "start" else element.tail) or "")
        if event == "end" and element is tree:
            break
    _flush(builder, held)


def _walk(tree: Any) -> Iterator[tuple[str, str, Any]]:
    """Starts and ends of elements in order; the last is the end of the tree itself."""
    from lxml import etree

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        yield event, str(element.tag).rpartition("}")[2].lower(), element


def _is_head(tag: str, element: Any) -> bool:
    """Whether it is a heading as trafilatura writes them."""
    return tag == "head" and element.get("rend") is not None


def _flush(builder: Builder, held: list[str], row: bool = False, heading: bool = False) -> bool:
    """Add what is held as a block, white space as browsers show it; whether there was any text.

    A `row` stands right below the one before it; a `heading` names a place.
    """
    rows = [flat(line).removesuffix("|").rstrip() for line in _rows(held)]
    held.clear()
    text = "\n".join(line for line in rows if line)
    if text and heading:
        builder.mark(text)
    builder.add(text, "\n" if row else "\n\n")
    return bool(text)


def _rows(held: list[str]) -> Iterator[str]:
    row: list[str] = []
    for piece in held:
        if piece == "\n":  # a break that was asked for; those in the text are white space
            yield "".join(row)
            row = []
        else:
            row.append(piece)
    yield "".join(row)


def _main(name: str, text: str) -> tuple[Any, dict[str, str], dict[str, str]]:
    """The main text's element, None where there is none, and what the page says of itself with its basis."""
    from trafilatura import bare_extraction
    from trafilatura.metadata import extract_metadata

    tree = parse(name, text)
    language = _language(tree)
    days = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}
    found: Any = bare_extraction(tree, include_comments=False, with_metadata=True, date_extraction_params=days)
    said: Any = found or extract_metadata(parse(name, text), date_config=days)
    day = read_day(said.date or "")
    values = {
        "title": flat(said.title or ""),
        "publisher": flat(said.sitename or ""),
        "author": flat((said.author or "").replace("; ", ", ")),
        "language": (said.language or language)[:2].lower(),
        "published": day.isoformat() if day else "",
    }
    values = {key: value for key, value in values.items() if value}
    body = found.body if found is not None and (found.text or "").strip() else None
    return body, values, dict.fromkeys(values, "stated: the page")


def _language(tree: Any) -> str:
    """The language that the page declares."""
    declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return declared if re.match(r"[A-Za-z]{2}(?:-|$)", declared) else ""

"""PDF: the text of each page, its lines joined to paragraphs again; the pages are the places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from qa.errors import InputError, TooLargeError
from qa.formats.article import Article, Reading
from qa.formats.builder import Builder, flat
from qa.formats.limits import Limits
from qa.formats.paragraphs import paragraphs

_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"\W*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.I)
_NO_TITLE = re.compile(
    r"(?:microsoft word|untitled|powerpoint|document\d*$)|\.(?:docx?|pdf|indd|qxd|tex|rtf|odt)$", re.I
)
_Said = tuple[dict[str, str], dict[str, str]]
_PROPERTIES = {"title": "/Title", "author": "/Author"}
_EDGE = 2  # lines at the top and at the foot of a page in which running heads stand


def read(name: str, data: bytes, limits: Limits) -> Reading:
    """The text of all pages.

    Raises:
        InputError: it is no PDF, is protected or damaged, or holds no text.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, LimitReachedError

    if b"%PDF-" not in data[:1024]:
        raise InputError(f"{name} is not a PDF.", "Give it the ending of its kind.")
    try:
        pages, said = _opened(name, PdfReader, data, limits)
    except LimitReachedError as error:
        raise TooLargeError(f"{name} has more pages or objects than can be read.", "Split it.") from error
    except DependencyError as error:
        raise InputError(f"{name} is encrypted.", "Save it without protection.") from error
    text, places = _filled(name, pages, limits).result()
    values, basis = said
    return Reading((Article(text, "", values, basis, places),))


def _opened(name: str, opening: Any, data: bytes, limits: Limits) -> tuple[list[list[str]], _Said]:
    """The lines of each page, and what the file says of itself with its basis."""
    from io import BytesIO

    reader = opening(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError(f"{name} is protected by a password.", "Save it without the password.")
    count = reader.get_num_pages()
    if count > limits.max_pages:
        raise TooLargeError(
            f"{name} has {count:,} pages, more than {limits.max_pages:,}.", "Split it, or raise QA_MAX_PAGES."
        )
    pages, length = [], 0
    for page in reader.pages:
        text = page.extract_text()
        length += len(text)
        if length > limits.max_text_chars:
            raise TooLargeError(
                f"{name} holds more than {limits.max_text_chars:,} characters of text.",
                "Split it, or raise QA_MAX_TEXT_CHARS.",
            )
        pages.append(text.splitlines())
    if not any(line.strip() for lines in pages for line in lines):
        raise InputError(
            f"{name} holds no text: its {count:,} pages may be pictures of text.",
            "Run it through text recognition (OCR) first.",
        )
    return pages, _said(reader.metadata)


def _filled(name: str, pages: Sequence[list[str]], limits: Limits) -> Builder:
    running = _running(pages)
    builder = Builder(name, limits)
    for number, lines in enumerate(pages, start=1):
        builder.mark(f"page {number}")
        for place, paragraph in enumerate(paragraphs(_without(lines, running))):
            goes_on = place == 0 and paragraph[0].islower() and builder.ends_within_sentence()
            builder.add(paragraph, " " if goes_on else "\n\n")
    return builder


def _running(pages: Sequence[list[str]]) -> frozenset[str]:
    """The running heads and feet: lines at the edge of more than half of the pages, whatever their numbers."""
    seen = Counter(key for lines in pages for key in {_key(line) for line in _edges(lines)})
    return frozenset(key for key, count in seen.items() if key and count > max(2, len(pages) // 2))


def _edges(lines: Sequence[str]) -> list[str]:
    return [*lines[:_EDGE], *lines[max(_EDGE, len(lines) - _EDGE) :]]


def _key(line: str) -> str:
    return _NUMBER.sub("#", flat(line))


def _without(lines: Sequence[str], running: frozenset[str]) -> list[str]:
    """A page's lines without running heads and page numbers."""
    last = len(lines) - _EDGE
    return [
        line
        for place, line in enumerate(lines)
        if not (
            (place < _EDGE or place >= last) and (_key(line) in running or _PAGE_NUMBER.fullmatch(line.strip()))
        )
    ]


def _said(metadata: Any) -> _Said:
    """Title and author, where they look like such; the day the file was made is not that of publication."""
    said = {field: flat(str((metadata or {}).get(key) or "")) for field, key in _PROPERTIES.items()}
    values = {field: value for field, value in said.items() if value and not _NO_TITLE.search(value)}
    return values, dict.fromkeys(values, "stated: the PDF's properties")

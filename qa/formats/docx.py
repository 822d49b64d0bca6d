"""Word documents (DOCX), by python-docx: paragraphs and tables in order; the headings are the places."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from qa.errors import InputError
from qa.formats.article import Article, Reading
from qa.formats.builder import Builder, flat
from qa.formats.limits import Limits
from qa.formats.zipped import check_parts, opened


def read(name: str, data: bytes, limits: Limits) -> Reading:
    """The document's text; not its headers, footers, notes and comments.

    Raises:
        InputError: it is no DOCX, is protected or damaged, or holds no text.
    """
    from docx import Document

    with opened(name, data, limits) as archive:
        check_parts(name, archive, limits)
        if "word/document.xml" not in archive.namelist():
            raise InputError(f"{name} is not a Word document.", "Give it the ending of its kind.")
    document = Document(BytesIO(data))
    builder = Builder(name, limits)
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            _add_table(builder, block)
        else:
            _add_paragraph(builder, block)
    text, places = builder.result()
    return Reading((Article(text, "", *_said(document.core_properties), places),))


def _add_paragraph(builder: Builder, paragraph: Any) -> None:
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    if style.startswith("Heading") or style == "Title":
        builder.heading(paragraph.text)
    else:
        builder.add(paragraph.text, "\n" if style.startswith("List") else "\n\n")


def _add_table(builder: Builder, table: Any) -> None:
    for number, row in enumerate(table.rows):
        cells: list[str] = []
        for cell in row.cells:
            text = flat(cell.text)
            if text and (not cells or cells[-1] != text):  # a cell over several columns comes once for each
                cells.append(text)
        builder.add(" | ".join(cells), "\n" if number else "\n\n")


def _said(properties: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Title, author and language; the day it was begun is not that of publication."""
    said = {"title": properties.title, "author": properties.author, "language": (properties.language or "")[:2]}
    values = {key: flat(value) for key, value in said.items() if value and flat(value)}
    return values, dict.fromkeys(values, "stated: the document's properties")

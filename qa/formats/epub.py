"""Books (EPUB): an archive of pages, read in the order of its spine; headings or chapters are the places."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from qa.errors import InputError
from qa.formats.article import Article, Reading
from qa.formats.builder import Builder, flat
from qa.formats.days import told
from qa.formats.html import fill, page_text, parse
from qa.formats.limits import Limits
from qa.formats.zipped import check_parts, opened, unpacked

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/encryption.xml"
_FONTS = ("/2008/embedding", "/pdf/enc#RC")  # how the two ways of hiding a font end, which hide no text
_PAGES = ("application/xhtml+xml", "text/html", "")


def read(name: str, data: bytes, limits: Limits) -> Reading:
    """The text of all chapters.

    Raises:
        InputError: it is no EPUB, is protected or damaged, or holds no text.
    """
    with opened(name, data, limits) as archive:
        check_parts(name, archive, limits)
        held = {member.filename: member for member in archive.infolist()}
        if _CONTAINER not in held:
            raise InputError(f"{name} is not an EPUB.", "Give it the ending of its kind.")
        part = _Parts(name, archive, held, limits)
        if _RIGHTS in held and _protected(part):
            raise InputError(f"{name} is protected against copying.", "Give a copy without protection.")
        root = next((one for one in part.xml(_CONTAINER).iter() if one.get("full-path")), None)
        package = root.get("full-path") if root is not None else ""
        book = part.xml(package)
        builder = Builder(name, limits)
        for number, chapter in enumerate(_spine(book, package), start=1):
            builder.mark(f"chapter {number}")
            fill(builder, parse(name, page_text(name, part.bytes(chapter))))
    text, places = builder.result()
    return Reading((Article(text, "", *_said(book), places),))


class _Parts:
    """The members of a book by path."""

    def __init__(
        self, name: str, archive: zipfile.ZipFile, held: dict[str, zipfile.ZipInfo], limits: Limits
    ) -> None:
        self._name, self._archive, self._held, self._limits = name, archive, held, limits

    def bytes(self, path: str) -> bytes:
        """A member's bytes."""
        member = self._held.get(path)
        if member is None:
            raise InputError(f"{self._name} is damaged: its part {path[:100]!r} is missing.", "Get it again.")
        return unpacked(self._name, self._archive, member, self._limits)

    def xml(self, path: str) -> Any:
        """A member's tree; entities are refused."""
        from defusedxml.ElementTree import fromstring

        return fromstring(self.bytes(path))


def _protected(part: _Parts) -> bool:
    """Whether more than fonts is encrypted."""
    ways = [one.get("Algorithm") for one in part.xml(_RIGHTS).iter() if _local(one) == "EncryptionMethod"]
    return any(not (way or "").endswith(_FONTS) for way in ways)


def _spine(book: Any, package: str) -> Iterator[str]:
    """The paths of the pages, in reading order."""
    pages = {
        one.get("id"): one.get("href", "")
        for one in book.iter()
        if _local(one) == "item" and one.get("media-type", "") in _PAGES
    }
    for one in book.iter():
        if _local(one) == "itemref" and (href := pages.get(one.get("idref"))):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(href)))


def _said(book: Any) -> tuple[dict[str, str], dict[str, str]]:
    """What the book says of itself."""
    names = {"title": "title", "creator": "author", "publisher": "publisher", "language": "language"}
    values: dict[str, str] = {}
    basis: dict[str, str] = {}
    for one in book.iter():
        said, field = flat(one.text or ""), names.get(_local(one))
        if field and said and "}" in one.tag:
            told_before = values.get(field)
            values[field] = (
                f"{told_before}, {said}" if field == "author" and told_before else told_before or said
            )
            basis[field] = "stated: the book"
        elif _local(one) == "date" and "published" not in values:
            told(values, basis, "published", said, "stated: the book")
    values.update({"language": values["language"][:2].lower()} if "language" in values else {})
    return values, basis


def _local(element: Any) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]

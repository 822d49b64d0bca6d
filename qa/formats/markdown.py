"""Markdown: its content as it stands, without the front matter, which says what is known of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from qa.errors import InputError
from qa.formats.article import Article, Reading
from qa.formats.builder import flat, label, places_of
from qa.formats.days import told
from qa.formats.limits import Limits
from qa.formats.plain import stored
from qa.records import Place

_FRONT = re.compile(
    r"\A\ufeff?(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<body>.*?)^(?P=fence)[ \t]*(?:\r?\n|\Z)", re.S | re.M
)
_LONGEST_FRONT = 16_000
_HEADING = re.compile(
    r"^ {0,3}(?:(?P<code>```|~~~)|#{1,6}[ \t]+(?P<atx>[^\r\n]*?)[ \t#]*$"
    r"|(?P<under>[^\s#>|`~-][^\r\n]*)\r?\n {0,3}(?:=+|-{2,})[ \t]*$)",
    re.M,
)
# What people call the fields, the usual name first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "publisher": ("publisher", "source", "publication", "site"),
    "author": ("author", "authors", "byline", "by"),
    "published": ("published", "date", "publish_date", "pubdate"),
    "event_date": ("event_date", "event-date"),
    "event_place": ("event_place", "event-place", "place", "location"),
    "language": ("language", "lang"),
}


def read(name: str, data: bytes, limits: Limits) -> Reading:
    """The text after the front matter; its headings are its places.

    Raises:
        InputError: it is no text, or empty, or its front matter is malformed.
    """
    text, basis = stored(name, data, limits)
    values: dict[str, str] = {}
    if front := _FRONT.match(text, 0, _LONGEST_FRONT):
        values, said = _known(_parsed(name, front["fence"], front["body"]))
        basis |= said
        text = text[front.end() :]
        if not text.strip():
            raise InputError(f"{name} is empty after its front matter.", "Put text into it or remove it.")
    return Reading((Article(text, "", values, basis, headings(text)),))


def headings(text: str) -> tuple[Place, ...]:
    """The spans of a Markdown text that stand under a heading, each with the heading as its label."""
    found, fence = [], ""
    for match in _HEADING.finditer(text):
        if match["code"]:
            fence = "" if fence == match["code"] else fence or match["code"]
        elif not fence and (shown := label((match["atx"] or match["under"] or "").replace("*", ""))):
            found.append((match.start(), shown))
    return places_of(found, len(text))


def _parsed(name: str, fence: str, body: str) -> dict[str, Any]:
    """The front matter's keys in small letters: TOML between plus signs, YAML between dashes."""
    import yaml

    try:
        parsed = tomllib.loads(body) if fence == "+++" else yaml.safe_load(body)
    except (tomllib.TOMLDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        where = " ".join(str(error).split())[:120]
        raise InputError(f"The front matter of {name} cannot be read: {where}.", "Correct it.") from error
    return {str(key).casefold(): value for key, value in parsed.items()} if isinstance(parsed, dict) else {}


def _known(front: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    values: dict[str, str] = {}
    basis: dict[str, str] = {}
    for name, keys in _NAMES.items():
        value = next((front[key] for key in keys if front.get(key)), None)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = ", ".join(value)
        if name in ("published", "event_date") and isinstance(value, str | date):
            told(values, basis, name, value, "stated: front matter")
        elif isinstance(value, str) and flat(value):
            values[name], basis[name] = flat(value), "stated: front matter"
    return values, basis

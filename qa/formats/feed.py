"""Feeds (RSS, Atom), by feedparser: an article of each entry that carries text."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from qa.errors import InputError, TooLargeError
from qa.formats.article import Article, Reading
from qa.formats.builder import Builder, flat
from qa.formats.days import read_day
from qa.formats.html import fill, page_text, parse
from qa.formats.limits import Limits

_HTML = ("text/html", "application/xhtml+xml")


def read(name: str, data: bytes, limits: Limits) -> Reading:
    """The entries of a feed.

    Raises:
        InputError: it is no feed, or defines entities, which feeds have no use for.
    """
    import feedparser

    text = page_text(name, data)
    if "<!ENTITY" in text:
        raise InputError(f"{name} defines XML entities, which a feed has no use for.", "Get it elsewhere.")
    # As a stream: a string would be taken for an address or a path where it looks like one.
    feed = feedparser.parse(BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False)
    if not feed.version:
        raise InputError(f"{name} is not an RSS or Atom feed.", "Give it the ending of its kind.")
    if len(feed.entries) > limits.max_articles:
        raise TooLargeError(
            f"{name} has {len(feed.entries):,} entries, more than {limits.max_articles:,}.",
            "Split it, or raise QA_MAX_ARTICLES.",
        )
    articles, left_out = [], []
    for number, entry in enumerate(feed.entries, start=1):
        try:
            articles.append(_article(name, number, entry, feed.feed, limits))
        except InputError as error:
            left_out.append((f"{name}#{number}", str(error)))
    if not articles and not left_out:
        raise InputError(f"{name} holds no entries.", "Give a feed with entries in it.")
    return Reading(tuple(articles), tuple(left_out))


def _article(name: str, number: int, entry: Any, feed: Any, limits: Limits) -> Article:
    member = f"#{number}"
    builder = Builder(name + member, limits)
    builder.mark(f"entry {number}")
    bodies = entry.get("content") or [entry.get("summary_detail") or {}]
    longest = max(bodies, key=lambda body: len(body.get("value") or ""))
    value = longest.get("value") or ""
    if value.strip() and (longest.get("type") in _HTML or "<" in value):
        fill(builder, parse(name + member, value))
    else:
        builder.add(value if value.strip() else entry.get("title") or "")
    text, places = builder.result()
    source = entry.get("source") or {}
    said = {
        "title": entry.get("title"),
        "publisher": source.get("title") or feed.get("publisher") or feed.get("title"),
        "author": entry.get("author"),
        "language": (longest.get("language") or feed.get("language") or "")[:2].lower(),
    }
    values = {key: flat(str(value)) for key, value in said.items() if value and flat(str(value))}
    if day := _day(entry):
        values["published"] = day
    return Article(text, member, values, dict.fromkeys(values, "stated: the feed"), places)


def _day(entry: Any) -> str:
    """The day as the entry writes it, in its own time zone."""
    for key in ("published", "updated", "created"):
        if day := read_day(entry.get(key) or ""):
            return day.isoformat()
    return ""

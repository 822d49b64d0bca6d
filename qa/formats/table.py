"""Tables of articles: CSV and TSV by row, JSON lines by line, a JSON list by item."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from qa.errors import InputError, TooLargeError
from qa.formats.article import DATES, Article, Reading
from qa.formats.builder import Builder, flat
from qa.formats.days import told
from qa.formats.limits import Limits
from qa.formats.plain import stored

# What people call the columns, the usual name first; compared in small letters.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "article", "article_text", "full_text", "story"),
    "title": ("title", "headline"),
    "publisher": ("publisher", "source", "outlet", "publication", "newspaper", "site"),
    "author": ("author", "authors", "byline"),
    "published": ("published", "date", "published_at", "publish_date", "publication_date", "pubdate"),
    "event_date": ("event_date",),
    "event_place": ("event_place", "place", "location"),
    "language": ("language", "lang"),
}
_Row = tuple[str, str, Mapping[str, Any]]  # what is put after the file's name, the place, the values


def read_csv(name: str, data: bytes, limits: Limits) -> Reading:
    """The rows of a CSV or TSV file in which anything stands; the first of them names the columns.

    Raises:
        InputError: it is no table, or no column holds the articles' text.
    """
    text, _ = stored(name, data, limits)
    csv.field_size_limit(min(limits.max_text_chars, 2**31 - 1))
    rows = enumerate(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), _dialect(text)), start=1)
    filled = ((number, row) for number, row in rows if any(cell.strip() for cell in row))
    columns = next(filled, (1, []))[1]
    _column(name, "text", list(filter(None, columns)), limits)
    # Counted as every program that shows tables does, rows in which nothing stands too.
    found = (
        (f"#row-{number}", f"row {number}", dict(zip(columns, row, strict=False))) for number, row in filled
    )
    return _read(name, found, limits, missing_at_once=False)


def read_json(name: str, data: bytes, limits: Limits) -> Reading:
    """The objects of a JSON list, or of a list that is the one value of an object.

    Raises:
        InputError: it is not JSON, or holds no articles.
    """
    text, _ = stored(name, data, limits)
    whole = _parsed(name, text.removeprefix("\ufeff"))
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list)]
        whole = lists[0] if len(lists) == 1 and not _find("text", whole, limits) else [whole]
    if not isinstance(whole, list):
        raise InputError(f"{name} holds no list of articles.", "Give a list of objects.")
    found = ((f"#{number}", f"item {number}", _object(item)) for number, item in enumerate(whole, start=1))
    return _read(name, found, limits)


def read_lines(name: str, data: bytes, limits: Limits) -> Reading:
    """The object of each line; a line that is no JSON is left out.

    Raises:
        InputError: no line holds an article.
    """
    text, _ = stored(name, data, limits)
    bad: list[tuple[str, str]] = []

    def rows() -> Iterator[_Row]:
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
            if not line.strip():
                continue
            try:
                yield f"#line-{number}", f"line {number}", _object(_parsed(f"Line {number}", line))
            except InputError as error:
                bad.append((f"{name}#line-{number}", str(error)))

    reading = _read(name, rows(), limits, missing_at_once=False)
    return Reading(reading.articles, (*bad, *reading.left_out))


def _dialect(text: str) -> type[csv.Dialect] | str:
    """How the columns are parted: by the sign that the first line has most of."""
    first = text[:4096].split("\n", 1)[0]
    sign = max(",;\t|", key=first.count)
    return type("Parted", (csv.excel,), {"delimiter": sign, "strict": False})


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = flat(getattr(error, "msg", "") or "it is nested too deeply or has too large a number")
        raise InputError(f"{name} is not JSON: {reason[:100]}.", "Correct it.") from error


def _object(item: Any) -> Mapping[str, Any]:
    return item if isinstance(item, dict) else {}


def _find(field: str, columns: Iterable[str], limits: Limits) -> str | None:
    """The column that holds a field: the one that is set, else one with a usual name."""
    pairs = (pair.partition("=") for pair in limits.table_fields)
    mapped = {given.strip(): column.strip() for given, _, column in pairs}
    wanted = (mapped[field],) if field in mapped else _NAMES[field]
    by_name = {str(column).strip().casefold(): column for column in columns}
    return next((by_name[one.casefold()] for one in wanted if one.casefold() in by_name), None)


def _column(name: str, field: str, columns: Iterable[str], limits: Limits) -> str:
    column = _find(field, columns, limits)
    if column is None:
        there = ", ".join(flat(str(one))[:30] for one in list(columns)[:12]) or "none"
        raise InputError(
            f"{name} has no column that holds the articles' {field} (its columns: {there}).",
            "Say which it is with QA_TABLE_FIELDS, for example `text=body`.",
        )
    return column


def _read(name: str, rows: Iterable[_Row], limits: Limits, *, missing_at_once: bool = True) -> Reading:
    """An article of each row; rows without a text are named together."""
    articles: list[Article] = []
    empty: list[str] = []
    count = 0
    for count, (member, place, row) in enumerate(rows, start=1):
        if count > limits.max_articles:
            raise TooLargeError(
                f"{name} has more than {limits.max_articles:,} articles.",
                "Split it, or raise QA_MAX_ARTICLES.",
            )
        if missing_at_once and count == 1:
            _column(name, "text", row, limits)
        column = _find("text", row, limits)
        text = row[column] if column is not None else None
        if isinstance(text, str) and text.strip():
            articles.append(_article(name + member, member, place, text, row, limits))
        else:
            empty.append(place)
    if not articles:
        raise InputError(f"{name} holds no article: no text in {count:,} rows.", "Put text into it.")
    shown = ", ".join(empty[:10]) + (f" and {len(empty) - 10:,} more" if len(empty) > 10 else "")
    return Reading(tuple(articles), ((f"{name} ({shown})", "It has no text."),) if empty else ())


def _article(name: str, member: str, place: str, text: str, row: Mapping[str, Any], limits: Limits) -> Article:
    builder = Builder(name, limits)
    builder.mark(place)
    builder.add(text)
    content, places = builder.result()
    values: dict[str, str] = {}
    basis: dict[str, str] = {}
    for field in _NAMES:
        column = _find(field, row, limits) if field != "text" else None
        value = row.get(column) if column is not None else None
        if isinstance(value, list):
            value = ", ".join(str(item) for item in value)
        if value is None or not isinstance(value, str | int) or not flat(str(value)):
            continue
        origin = f"stated: {place}, {flat(str(column))}"
        if field in DATES:
            told(values, basis, field, value, origin)
        else:
            values[field], basis[field] = flat(str(value)), origin
    return Article(content, member, values, basis, places)

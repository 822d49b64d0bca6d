"""Paragraphs again, of text that was broken into lines to fit a page or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_ENDS = re.compile(r"[.!?:…][”\"’')\]]*$")
_BEGINS = re.compile(r"(?:[•▪◦‣*–—-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s|>")
_HYPHENATED = re.compile(r"[^\W\d_]{2}-$")
_FULL, _SHORT = 0.8, 0.55  # of a line's usual width


def paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """The paragraphs of printed lines: a short line that ends as a sentence does ends one, as do a blank line
    and what looks like a heading or an item; a word that was parted at the end of a line is whole again.
    """
    rows = [" ".join(line.split()) for line in lines]
    width = _width(rows)
    held, last = "", ""
    for row in rows:
        if held and (not row or _apart(last, row, width)):
            yield held
            held = ""
        held, last = (_join(held, row) if held else row), row
    if held:
        yield held


def _width(rows: Sequence[str]) -> int:
    """The length that all but the longest tenth of the lines keep to."""
    lengths = sorted(len(row) for row in rows if row)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _apart(last: str, row: str, width: int) -> bool:
    """Whether a line begins a paragraph after the line before it."""
    if _BEGINS.match(row):
        return True
    if _ENDS.search(last) and len(last) < _FULL * width:
        return True
    return len(last) < _SHORT * width and not row[0].islower() and not last.endswith((",", "-", "\xad"))


def _join(held: str, row: str) -> str:
    if held.endswith("\xad"):
        return held[:-1] + row
    if _HYPHENATED.search(held) and (row[:1].islower() or (held[-2].isupper() and row[:2].isupper())):
        return held[:-1] + row
    return f"{held} {row}"

"""Which texts are copies of another: syndicated reports, and new editions of one text.

A copy keeps most of the longer sentences of the other, whatever its headline, its line breaks and what was put
in front or behind. It is no second witness of what it says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from qa.records import Document

COPIED = 0.6  # the share of equal sentences, of the shorter text's, that makes one text a copy of another
LEAST_CHARS = 30  # of a sentence that tells its text from others
_WRAPPED = re.compile(r"^(.{40,}[^.!?:”\"\s])[ \t]*\r?\n(?=\S)", re.M)
_ENDS = re.compile(r"(?<=[.!?])[”\"’')\]]*\s+|\n+")


def without_copies(documents: Iterable[Document]) -> list[Document]:
    """The documents without those that copy an earlier one."""
    given = list(documents)
    copies = copies_among(given)
    return [document for document in given if document.id not in copies]


def copies_among(documents: Iterable[Document]) -> dict[str, str]:
    """The documents that copy an earlier one of them: ids of the copies, each with that of the first."""
    copies: dict[str, str] = {}
    kept: dict[str, frozenset[str]] = {}
    holders: dict[str, list[str]] = {}
    for document in documents:
        lines = _lines(document.text)
        shared = Counter(owner for line in lines for owner in holders.get(line, ()))
        first = next((owner for owner, count in shared.items() if _enough(count, lines, kept[owner])), None)
        if first is not None:
            copies[document.id] = first
            continue
        kept[document.id] = lines
        for line in lines:
            holders.setdefault(line, []).append(document.id)
    return copies


def is_copy(one: str, other: str) -> bool:
    """Whether two texts are copies or editions of one."""
    shared = len(_lines(one) & _lines(other))
    return shared > 0 and _enough(shared, _lines(one), _lines(other))


def _enough(shared: int, one: frozenset[str], other: frozenset[str]) -> bool:
    return shared >= COPIED * min(len(one), len(other))


@lru_cache(maxsize=4096)
def _lines(text: str) -> frozenset[str]:
    """The sentences of a text that are long enough to tell it from others, as if never broken into lines."""
    unwrapped = _WRAPPED.sub(r"\1 ", text)
    return frozenset(" ".join(line.split()) for line in _ENDS.split(unwrapped) if len(line) > LEAST_CHARS)

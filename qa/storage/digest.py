"""What is kept of each document beside its text, so that no question need read all texts: the words of its text
and of its headline, the times its text speaks of, and how often each word occurs.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from qa.language.times import read_times
from qa.records import Document
from qa.split import split_sentences
from qa.words import date_words, fold, tokens

VERSION = "1"  # change it when anything here is read or counted in another way: it is then done anew
STEM, FORM, SIZE = "stem", "form", "size"

Marks = npt.NDArray[np.uint64]
Spans = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Digest:
    """Of one document: a mark for each distinct stem of its `text` and of its `headline`, sorted, and a row for
    each of its `times`: where it starts and ends in the text, and its first and last day (`date.toordinal`).

    `counts`, there only when it was just made: how many sentences have each stem (`STEM`), how often each word
    stands as written (`FORM`), and how many sentences there are (`SIZE`); what is known of a document counts as
    said in it once.
    """

    text: Marks
    headline: Marks
    times: Spans
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)


@lru_cache(maxsize=50_000)
def mark(stem: str) -> int:
    """A stem as a number of 64 bits: two of a million stems share one once in 40 million collections."""
    return int.from_bytes(hashlib.blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def digest_of(document: Document) -> Digest:
    """What is kept of a document."""
    times = [
        (time.start, time.end, time.interval.first.toordinal(), time.interval.last.toordinal())
        for time in read_times(document.text, document.published)
    ]
    counts: Counter[tuple[str, str]] = Counter()
    stems: set[str] = set()
    for sentence in split_sentences(document):
        counts[SIZE, ""] += 1
        words = tokens(sentence.text)
        telling = [token for token in words if not token.is_stopword]
        counts.update({(STEM, token.stem) for token in telling})
        counts.update((FORM, fold(token.text)) for token in telling)
        stems.update(token.stem for token in words)
    headline = {token.stem for token in tokens(document.headline)}
    counts.update((STEM, stem) for stem in _known(document, headline))
    rows = np.array(times, np.int32).reshape(len(times), 4)
    return Digest(_marks(stems), _marks(headline), rows, counts)


def _known(document: Document, headline: set[str]) -> set[str]:
    days = [day for day in (document.published, document.event.date) if day]
    return headline.union(*(date_words(day) for day in days))


def _marks(stems: Iterable[str]) -> Marks:
    return np.array(sorted(map(mark, stems)), np.uint64)


def packed(digest: Digest) -> tuple[bytes, bytes, bytes]:
    """A digest as bytes, the same on every machine."""
    return (
        digest.text.astype("<u8").tobytes(),
        digest.headline.astype("<u8").tobytes(),
        digest.times.astype("<i4").tobytes(),
    )


def unpacked(text: bytes, headline: bytes, times: bytes) -> Digest:
    """A digest from its bytes."""
    rows = np.frombuffer(times, "<i4").reshape(-1, 4)
    return Digest(np.frombuffer(text, "<u8"), np.frombuffer(headline, "<u8"), rows)

"""A text put together piece by piece, with the places in it that a reader is told of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.errors import InputError, TooLargeError
from qa.formats.limits import Limits
from qa.records import Place

# Not text in any format: most control characters, halves of surrogate pairs, noncharacters.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
LONGEST_LABEL = 80


def clean(text: str) -> str:
    """A text as it may be stored: what is no text becomes U+FFFD, every line end "\\n"."""
    return _NO_TEXT.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def flat(text: str) -> str:
    """A text on one line, without what is no text."""
    return _SPACES.sub(" ", clean(text)).strip()


def printable(name: str) -> str:
    """A name as it can be printed on one line: what is no text in it is escaped."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), name)


def label(text: str) -> str:
    """A heading as it is shown beside a citation: on one line, cut where it is long."""
    line = flat(text)
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1].rstrip() + "…"


def places_of(marks: Sequence[tuple[int, str]], length: int) -> tuple[Place, ...]:
    """The places that begin at the marks, each up to the next; one without a name is none."""
    ends = [start for start, _ in marks[1:]] + [length]
    return tuple(Place(start, end, shown) for (start, shown), end in zip(marks, ends, strict=False) if shown)


class Builder:
    """Collects blocks of text; a `mark` says what the blocks after it belong to, until the next."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._pieces: list[str] = []
        self._length = 0
        self._marks: list[tuple[int, str]] = []
        self._pending: str | None = None

    def mark(self, shown: str) -> None:
        """From the next block on the place is called `shown`; empty for none."""
        self._pending = label(shown)

    def add(self, text: str, between: str = "\n\n") -> None:
        """Add a block; `between` parts it from the one before. White space alone is no block.

        Raises:
            TooLargeError: the text grows longer than the limit.
        """
        block = clean(text).strip()
        if not block:
            return
        if self._pieces:
            self._put(between)
        if self._pending is not None:
            self._marks.append((self._length, self._pending))
            self._pending = None
        self._put(block)

    def heading(self, text: str) -> None:
        """Add a block that names the place of itself and of what follows."""
        self.mark(text)
        self.add(flat(text))

    def ends_within_sentence(self) -> bool:
        """Whether the last block does not end as a sentence does."""
        last = self._pieces[-1] if self._pieces else ""
        return bool(last) and last.rstrip("”\"’')]")[-1:] not in set(".!?:…")

    def result(self) -> tuple[str, tuple[Place, ...]]:
        """The text and its places, in order.

        Raises:
            InputError: there is no text.
        """
        text = "".join(self._pieces)
        if not text:
            raise InputError(f"{self._name} holds no text.", "Give a file with text in it.")
        return text, places_of(self._marks, len(text))

    def _put(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > self._limits.max_text_chars:
            raise TooLargeError(
                f"{self._name} holds more than {self._limits.max_text_chars:,} characters of text.",
                "Split it, or raise QA_MAX_TEXT_CHARS.",
            )
        self._pieces.append(piece)

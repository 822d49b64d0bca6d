"""Plain text: the file's content as it stands."""

from __future__ import annotations

from qa.errors import InputError, TooLargeError
from qa.formats.article import Article, Reading
from qa.formats.decode import decode
from qa.formats.limits import Limits


def read(name: str, data: bytes, limits: Limits) -> Reading:
    """The content decoded, nothing changed.

    Raises:
        InputError: it is no text, or empty.
    """
    text, basis = stored(name, data, limits)
    return Reading((Article(text, basis=basis),))


def stored(name: str, data: bytes, limits: Limits) -> tuple[str, dict[str, str]]:
    """The decoded content, and a basis that tells its encoding where that had to be found out.

    Raises:
        InputError: it is no text, or empty, or longer than the limit.
    """
    text, encoding = decode(name, data)
    if not text.replace("\ufeff", "").strip():
        raise InputError(f"{name} is empty.", "Remove it or put text into it.")
    if len(text) > limits.max_text_chars:
        raise TooLargeError(
            f"{name} holds more than {limits.max_text_chars:,} characters of text.",
            "Split it, or raise QA_MAX_TEXT_CHARS.",
        )
    return text, {} if encoding == "utf-8" else {"encoding": f"inferred: {encoding}, from its bytes"}

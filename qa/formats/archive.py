"""Archives (ZIP): each member is read as if it were a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.errors import InputError, TooLargeError
from qa.formats.article import Article, Reading
from qa.formats.kinds import ARCHIVES, SIMPLE, SUFFIXES, read_bytes, suffix_of, within
from qa.formats.limits import Limits
from qa.formats.worker import shared
from qa.formats.zipped import members, opened, unpacked


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What is in a file, and by path the members of an archive that are called like the sidecar."""

    reading: Reading
    sidecars: Mapping[str, bytes]


def read_any(name: str, data: bytes, limits: Limits, sidecar: str) -> Unpacked:
    """What is in a file of any kind; plain text is read here, the rest in a child process.

    Raises:
        InputError: nothing of it can be read; the message says why.
    """
    if suffix_of(name) not in ARCHIVES:
        return Unpacked(_read(name, data, limits), {})
    articles: list[Article] = []
    left_out: list[tuple[str, str]] = []
    sidecars: dict[str, bytes] = {}
    with opened(name, data, limits) as archive:
        for path, member, refused in members(archive):
            whole = f"{name}/{path}"
            try:
                if path.rpartition("/")[2] == sidecar and not refused:
                    sidecars[path] = unpacked(whole, archive, member, limits)
                elif suffix_of(path) in SUFFIXES:
                    _refuse(whole, refused)
                    found = _read(whole, unpacked(whole, archive, member, limits), limits)
                    articles += [within(f"/{path}", article) for article in found.articles]
                    left_out += found.left_out
            except InputError as error:
                left_out.append((whole, str(error)))
            _count(name, articles, limits)
    if not articles and not left_out:
        raise InputError(
            f"{name} holds no file of a kind that can be read.", "Give an archive with texts in it."
        )
    return Unpacked(Reading(tuple(articles), tuple(left_out)), sidecars)


def _refuse(name: str, reason: str) -> None:
    """Refuse a member that must not be read, and archives within archives."""
    if reason:
        raise InputError(f"{name} is passed over: {reason}")
    if suffix_of(name) in ARCHIVES:
        raise InputError(f"{name} is an archive within an archive.", "Unpack it yourself.")


def _count(name: str, articles: list[Article], limits: Limits) -> None:
    if len(articles) > limits.max_articles:
        raise TooLargeError(
            f"{name} holds more than {limits.max_articles:,} articles.",
            "Split it, or raise QA_MAX_ARTICLES.",
        )


def _read(name: str, data: bytes, limits: Limits) -> Reading:
    if suffix_of(name) in SIMPLE:
        return read_bytes(name, data, limits)
    return shared().read(name, data, limits)

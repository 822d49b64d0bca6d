"""Which kind of file is read by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath

from qa.errors import InputError
from qa.formats.article import Article, Reading
from qa.formats.builder import flat
from qa.formats.limits import Limits

Reader = Callable[[str, bytes, Limits], Reading]

# The module and its reader by the ending of a file's name.
_READERS: Mapping[str, tuple[str, str]] = {
    ".txt": ("plain", "read"),
    ".md": ("markdown", "read"),
    ".markdown": ("markdown", "read"),
    ".html": ("html", "read"),
    ".htm": ("html", "read"),
    ".xhtml": ("html", "read"),
    ".pdf": ("pdf", "read"),
    ".docx": ("docx", "read"),
    ".epub": ("epub", "read"),
    ".eml": ("mail", "read"),
    ".mbox": ("mail", "read_box"),
    ".csv": ("table", "read_csv"),
    ".tsv": ("table", "read_csv"),
    ".json": ("table", "read_json"),
    ".jsonl": ("table", "read_lines"),
    ".ndjson": ("table", "read_lines"),
    ".rss": ("feed", "read"),
    ".atom": ("feed", "read"),
    ".xml": ("feed", "read"),
}
ARCHIVES = (".zip",)
SUFFIXES = (*_READERS, *ARCHIVES)
# Those of which one file may hold several documents.
CONTAINERS = (*ARCHIVES, ".eml", ".mbox", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".rss", ".atom", ".xml")
SIMPLE = (".txt", ".md", ".markdown")  # read in this process: nothing in them can make a reader run away


def suffix_of(name: str) -> str:
    """The ending of a file's name, in small letters."""
    return PurePosixPath(name).suffix.lower()


def read_bytes(name: str, data: bytes, limits: Limits) -> Reading:
    """What is in a file that is no archive, with what is attached to it; `name` is as messages name it.

    Raises:
        InputError: nothing of it can be read; the message says why.
    """
    reading = _read(name, data, limits)
    articles, left_out = list(reading.articles), list(reading.left_out)
    for number, (attached, content) in enumerate(reading.attached, start=1):
        if suffix_of(attached) in ARCHIVES:
            left_out.append((f"{name}/{attached}", "An archive in a mail is not unpacked. Unpack it yourself."))
        elif suffix_of(attached) in _READERS:
            member = (
                f"/{attached}"
                if all(item.member != f"/{attached}" for item in articles)
                else f"/{number}-{attached}"
            )
            try:
                found = _read(name + member, content, limits)
            except InputError as error:
                left_out.append((name + member, str(error)))
                continue
            articles += [within(member, article) for article in found.articles]
            left_out += found.left_out
            left_out += [
                (f"{name}{member}/{deeper}", "It is attached to an attachment.") for deeper, _ in found.attached
            ]
    if not articles and not left_out:
        raise InputError(f"{name} holds no text.", "Give a file with text in it.")
    return Reading(tuple(articles), tuple(left_out))


def within(member: str, article: Article) -> Article:
    """An article of a file that is itself a member of another file."""
    return replace(article, member=member + article.member)


def _read(name: str, data: bytes, limits: Limits) -> Reading:
    suffix = suffix_of(name)
    module, function = _READERS[suffix]
    if not data.strip():
        raise InputError(f"{name} is empty.", "Remove it or put text into it.")
    reader: Reader = getattr(import_module(f"qa.formats.{module}"), function)
    try:
        return reader(name, data, limits)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # on a damaged file a parser may fail in any way at all
        reason = (flat(str(error)) or type(error).__name__)[:120].rstrip(".")
        raise InputError(
            f"{name} is damaged, or not of its kind: {reason}.",
            "Get it again, or give it the ending of its kind.",
        ) from error

"""Read files into documents: their text, and what is known of it with where that stands.

What is known comes, in this order, from the `sources.toml` beside a file, from the file itself (its front
matter, its properties, its header), and from the text (qa/metadata/infer.py). A file of one kind holds one
document, of another several: an archive, a table, a feed, a mailbox. docs/documents.md describes the kinds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from qa.config import Settings
from qa.errors import InputError, NotFoundError
from qa.formats.archive import Unpacked, read_any
from qa.formats.article import DATES, Article
from qa.formats.builder import printable
from qa.formats.file import read_file
from qa.formats.kinds import CONTAINERS, SUFFIXES, suffix_of
from qa.formats.limits import Limits
from qa.language.identify import language_of
from qa.metadata.infer import infer
from qa.metadata.sidecar import SIDECAR, Sidecar, parse_sidecar, read_sidecar
from qa.records import Document, Event

__all__ = ["SIDECAR", "SUFFIXES", "Batch", "Loaded", "document_id", "find_files", "load_documents", "load_file"]

LONGEST_VALUE = 300  # characters of a title, a name
_Known = tuple[dict[str, Any], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document and the absolute path it came from; for one of several in a file the file's path with what
    tells it from the others: "archive.zip/inner.txt", "table.csv#row-3".
    """

    path: Path
    document: Document


@dataclass(frozen=True, slots=True)
class Batch:
    """What one file holds: its documents, and by name and reason what in it could not be read."""

    documents: tuple[Loaded, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def document_id(text: str) -> str:
    """The id of a text: the first 16 hex digits of the SHA-256 of its UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def usual_limits() -> Limits:
    """The limits of reading where nothing is set."""
    return Limits(**{limit.name: Settings.model_fields[limit.name].default for limit in fields(Limits)})


def find_files(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield `(root, file)` for each file below the paths whose kind can be read, sorted, both absolute.

    Links to folders are not followed, and what a folder's sidecar ignores is passed over. A folder that may not
    be opened is yielded itself, so that reading it says why.

    Raises:
        NotFoundError: a path does not exist.
        InputError: a file given by name is of a kind that cannot be read.
    """
    for path in paths:
        try:
            place = path.expanduser().resolve()
        except (RuntimeError, OSError) as error:
            raise NotFoundError(f"{path} is a link that leads nowhere.", "Check it and run again.") from error
        if place.is_dir():
            for file in sorted(_below(place)):
                yield place, file
        elif not place.exists():
            raise NotFoundError(f"There is no file or folder {path}.", "Check the path and run again.")
        elif suffix_of(place.name) not in SUFFIXES:
            raise InputError(
                f"{printable(path.name)} is not a kind of file that can be read.",
                f"Give it as one of: {', '.join(SUFFIXES)}.",
            )
        else:
            yield place.parent, place


def _below(folder: Path) -> Iterator[Path]:
    closed: list[Path] = []
    for base, _, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        readable = [Path(base, name) for name in names if suffix_of(name) in SUFFIXES]
        yield from (file for file in readable if SIDECAR not in names or not is_ignored(file))
    yield from closed


def is_ignored(file: Path) -> bool:
    """Whether the sidecar beside a file keeps it out of its folder's documents."""
    with suppress(InputError):  # said of each file that is read
        return any(fnmatchcase(file.name, one) for one in read_sidecar(file.parent).ignored)
    return False


def file_of(path: Path) -> Path:
    """The file that a `Loaded.path` lies in; the path itself for a file that holds one document."""
    if path.is_file():
        return path
    for place in (*reversed(path.parents), path):
        file, parted, _ = place.name.partition("#")
        if parted and suffix_of(file) in CONTAINERS:
            return place.with_name(file)
        if suffix_of(place.name) in CONTAINERS and not place.is_dir():
            return place
    return path


def load_documents(root: Path, file: Path, *, inferring: bool = True, limits: Limits | None = None) -> Batch:
    """Read one file below `root`; with `inferring`, a text tells of itself what nothing else tells.

    Raises:
        InputError: nothing of it can be read, or its sidecar is malformed.
    """
    limits = limits or usual_limits()
    found = read_any(file.name, read_file(file, limits), limits, SIDECAR)
    sidecars = _Sidecars(file, found)
    documents, left_out = [], list(found.reading.left_out)
    for article in found.reading.articles:
        try:
            known = _known(article, file.name + article.member, sidecars.known(article), inferring=inferring)
        except InputError as error:
            if not article.member:
                raise
            left_out.append((file.name + article.member, str(error)))
            continue
        uri = (Path(root.name) / file.relative_to(root)).as_posix() + article.member
        documents.append(Loaded(Path(f"{file}{article.member}"), _document(article, uri, known)))
    return Batch(tuple(documents), tuple(left_out))


def load_file(root: Path, file: Path, *, inferring: bool = True, limits: Limits | None = None) -> Loaded:
    """Read a file that holds one document, as `load_documents`.

    Raises:
        InputError: it cannot be read, or holds several documents.
    """
    batch = load_documents(root, file, inferring=inferring, limits=limits)
    if len(batch.documents) != 1:
        reason = (
            batch.left_out[0][1] if batch.left_out and not batch.documents else "It holds several documents."
        )
        raise InputError(f"{file.name} does not hold one document. {reason}", "Give a file of one.")
    return batch.documents[0]


def load_examples(folder: Path) -> tuple[str, ...]:
    """The example questions that a folder's `sources.toml` offers; none without one.

    Raises:
        InputError: the sidecar is malformed.
    """
    examples = read_sidecar(folder).entries.get("examples", [])
    if not isinstance(examples, list):
        raise InputError(
            f"In {folder / SIDECAR} the value examples is not a list.", "Correct it or take it out."
        )
    return tuple(str(item) for item in examples)


class _Sidecars:
    """What sidecars say of the articles of one file: that beside it, and those in it where it is an archive."""

    def __init__(self, file: Path, found: Unpacked) -> None:
        self._file = file
        self._beside = read_sidecar(file.parent)
        self._inside: dict[str, Sidecar] = {
            str(PurePosixPath(path).parent): parse_sidecar(f"{file.name}/{path}", data)
            for path, data in found.sidecars.items()
        }

    def known(self, article: Article) -> _Known:
        """Values and their basis; what is said beside the file comes before what is said in it."""
        known, basis = self._beside.known(self._file.name + article.member)
        path = PurePosixPath(article.member.removeprefix("/"))
        if inside := self._inside.get(str(path.parent)):
            values, said = inside.known(path.name)
            return {**values, **known}, {**said, **basis}
        return known, basis


def _known(article: Article, name: str, sidecar: _Known, *, inferring: bool) -> _Known:
    """What is known of an article: by the sidecar, else by its file, else by its text."""
    known, basis = dict(sidecar[0]), dict(sidecar[1])

    def add(found: _Known) -> None:
        new = {field: value for field, value in found[0].items() if field not in known}
        known.update(new)
        basis.update({field: found[1][field] for field in new})

    add(_of_file(article))
    if inferring:
        add(_of_text(article.text, PurePosixPath(name).name, known.keys()))
    return known, {**article.basis, **basis}


def _of_file(article: Article) -> _Known:
    """What a file says of itself; of a value that goes on and on, its beginning."""
    values: dict[str, Any] = {}
    for field, value in article.values.items():
        if field in DATES:
            values[field] = date.fromisoformat(value)
        else:
            values[field] = value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1].rstrip()}…"
    return values, dict(article.basis)


def _of_text(text: str, name: str, known: Collection[str]) -> _Known:
    """What a text tells of itself that is not `known`, with the name it came under."""
    values: dict[str, Any] = {}
    basis: dict[str, str] = {}
    if not {"publisher", "published", "event_date", "event_place"} <= set(known):
        found = infer(text, name)
        basis.update(found.basis)
        values = {field: getattr(found, field) for field in found.basis}
    if "language" not in known and (language := language_of(text)):
        values["language"], basis["language"] = language, "inferred: its words"
    return values, basis


def _document(article: Article, uri: str, found: _Known) -> Document:
    known, basis = found
    title = known.get("title")
    if not title:
        title = _first_line(article.text) or PurePosixPath(uri).stem
        basis = {**basis, "title": "inferred: first line of the text"}
    return Document(
        id=document_id(article.text),
        text=article.text,
        uris=(uri,),
        title=str(title),
        publisher=known.get("publisher"),
        author=known.get("author"),
        published=known.get("published"),
        event=Event(known.get("event_date"), known.get("event_place")),
        language=known.get("language"),
        basis=basis,
        places=article.places,
    )


def _first_line(text: str) -> str | None:
    """The first line when it is short enough to be a heading."""
    line = text.lstrip("\ufeff \r\n\t").splitlines()[0].strip().lstrip("# ")
    return line if 0 < len(line) <= 120 else None

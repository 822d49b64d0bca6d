"""Read files into documents: the text exactly as it stands, and what is known of it.

Text is decoded here rather than by LlamaIndex's file reader, which drops bytes it cannot decode; a citation's
offsets would then point beside the sentence. What is known comes from a `sources.toml` beside the files
(see seeds/sources.toml for its form), else from the text itself.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qa.errors import InputError, NotFoundError
from qa.infer import infer
from qa.records import Document, Event

SUFFIXES = (".txt", ".md")
SIDECAR = "sources.toml"
MAX_FILE_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was read: its absolute path and its document."""

    path: Path
    document: Document


def document_id(text: str) -> str:
    """The id of a text: the first 16 hex digits of the SHA-256 of its UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def find_files(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield `(root, file)` for each readable file below the paths, sorted, both absolute.

    Raises:
        NotFoundError: a path does not exist.
        InputError: a file given by name is of a kind that cannot be read.
    """
    for path in paths:
        place = path.expanduser().resolve()
        if place.is_dir():
            found = (file for file in place.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
            for file in sorted(found):
                yield place, file
        elif not place.exists():
            raise NotFoundError(f"There is no file or folder {path}.", "Check the path and run again.")
        elif place.suffix.lower() not in SUFFIXES:
            raise InputError(
                f"{path.name} is not a kind of file that can be read.",
                f"Give it as one of: {', '.join(SUFFIXES)}.",
            )
        else:
            yield place.parent, place


def load_file(root: Path, file: Path, *, inferring: bool = True) -> Loaded:
    """Read one file below `root`; with `inferring`, a text of which no sidecar tells tells of itself.

    Raises:
        InputError: it is empty, too large, binary or not UTF-8, or its sidecar is malformed.
    """
    text = _read_text(file)
    known, basis = _read_sidecar(file)
    if inferring and not known:
        known, basis = _inferred(text, file.name)
    title = known.get("title") or _first_line(text) or file.stem
    return Loaded(
        file,
        Document(
            id=document_id(text),
            text=text,
            uris=((Path(root.name) / file.relative_to(root)).as_posix(),),
            title=str(title),
            publisher=known.get("publisher"),
            published=known.get("published"),
            event=Event(known.get("event_date"), known.get("event_place")),
            basis=basis if "title" in known else {**basis, "title": "inferred: first line of the text"},
        ),
    )


def _inferred(text: str, name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What the text tells of itself, for a file of which nothing is known."""
    found = infer(text, name)
    values = {
        "publisher": found.publisher,
        "published": found.published,
        "event_date": found.event_date,
        "event_place": found.event_place,
    }
    return {name: value for name, value in values.items() if value is not None}, dict(found.basis)


def load_examples(folder: Path) -> tuple[str, ...]:
    """The example questions that a folder's `sources.toml` offers; none without one.

    Raises:
        InputError: the sidecar is malformed.
    """
    examples = _parse_sidecar(folder / SIDECAR).get("examples", [])
    if not isinstance(examples, list):
        raise InputError(
            f"In {folder / SIDECAR} the value examples is not a list.", "Correct it or take it out."
        )
    return tuple(str(item) for item in examples)


def _read_text(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size > MAX_FILE_BYTES:
            raise InputError(
                f"{file.name} has {size:,} bytes, more than {MAX_FILE_BYTES:,}.", "Split it into smaller files."
            )
        # newline="" keeps \r\n as it is: offsets count the stored characters.
        with file.open(encoding="utf-8", newline="") as stream:
            text = stream.read()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file.name} is not UTF-8 text (byte {error.start} cannot be decoded).", "Convert it to UTF-8."
        ) from error
    except OSError as error:
        raise InputError(
            f"{file.name} cannot be read: {error.strerror}.", "Check its permissions and run again."
        ) from error
    if "\x00" in text:
        raise InputError(f"{file.name} is a binary file.", "Give plain text or Markdown.")
    if not text.strip():
        raise InputError(f"{file.name} is empty.", "Remove it or put text into it.")
    return text


def _first_line(text: str) -> str | None:
    """The first line when it is short enough to be a heading."""
    line = text.lstrip("\ufeff \r\n\t").splitlines()[0].strip().lstrip("# ")
    return line if 0 < len(line) <= 120 else None


def _parse_sidecar(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            f"{path} cannot be read: {error}.", "Correct it; seeds/sources.toml shows the form."
        ) from (error)


def _read_sidecar(file: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """What `sources.toml` beside the file knows: values by field, and each value's basis."""
    entry = _parse_sidecar(file.parent / SIDECAR).get(file.name, {})
    if not isinstance(entry, dict):
        raise InputError(
            f"In {SIDECAR} the entry of {file.name} is not a table.", f"Correct {file.parent / SIDECAR}."
        )
    known: dict[str, Any] = {}
    basis: dict[str, str] = {}
    for name in ("title", "publisher", "published", "event_date", "event_place"):
        if name not in entry:
            continue
        field = entry[name] if isinstance(entry[name], dict) else {"value": entry[name]}
        known[name] = _checked(file, name, field.get("value"))
        basis[name] = f"{field.get('basis', 'stated')}: {field.get('from', SIDECAR)}"
    return known, basis


def _checked(file: Path, name: str, value: object) -> object:
    """The value if it is of the field's type: a date for dates, text for the rest."""
    wants_date = name in ("published", "event_date")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date) if wants_date else isinstance(value, str) and value.strip():
        return value
    wanted = "a date such as 2015-09-21" if wants_date else "text in quotation marks"
    raise InputError(
        f"In {SIDECAR} the value {name} of {file.name} is not {wanted}.", f"Correct {file.parent / SIDECAR}."
    )

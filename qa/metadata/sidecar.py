"""`sources.toml`: what somebody who knows says of the files beside it (seeds/sources.toml shows its form)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa.errors import InputError

SIDECAR = "sources.toml"
FIELDS = ("title", "publisher", "author", "published", "event_date", "event_place", "language")
DATES = ("published", "event_date")
_REQUIRED = ("title",)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The entries of a sidecar by file name; `place` is how messages name it."""

    place: str
    entries: Mapping[str, Any]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Patterns of the names of files beside it that are no documents."""
        ignored: tuple[str, ...] = tuple(self.entries.get("ignore", ()))
        return ignored

    def known(self, name: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Values by field, None for what is said not to be known, and the basis of each.

        Raises:
            InputError: the entry is malformed.
        """
        entry = self.entries.get(name, {})
        if not isinstance(entry, dict):
            raise InputError(f"In {SIDECAR} the entry of {name} is not a table.", f"Correct {self.place}.")
        known: dict[str, Any] = {}
        basis: dict[str, str] = {}
        for field in FIELDS:
            if field not in entry:
                continue
            said = entry[field] if isinstance(entry[field], dict) else {"value": entry[field]}
            known[field] = self._checked(name, field, said.get("value"))
            basis[field] = f"{said.get('basis', 'stated')}: {said.get('from', SIDECAR)}"
        return known, basis

    def _checked(self, name: str, field: str, value: object) -> object:
        """The value if it is of the field's type: a date for dates, text for the rest, or false for none."""
        if value is False and field not in _REQUIRED:
            return None
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date) if field in DATES else isinstance(value, str) and value.strip():
            return value
        wanted = "a date such as 2015-09-21" if field in DATES else "text in quotation marks"
        raise InputError(f"In {SIDECAR} the value {field} of {name} is not {wanted}.", f"Correct {self.place}.")


def parse_sidecar(place: str, data: bytes) -> Sidecar:
    """A sidecar's content.

    Raises:
        InputError: it is malformed.
    """
    try:
        entries = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"{place} cannot be read: {error}.", "Correct it; seeds/sources.toml shows the form."
        ) from error
    ignored = entries.get("ignore", [])
    if not isinstance(ignored, list) or not all(isinstance(name, str) for name in ignored):
        raise InputError(
            f"In {place} the value ignore is not a list of file names.", "Correct it or take it out."
        )
    return Sidecar(place, entries)


def read_sidecar(folder: Path) -> Sidecar:
    """The sidecar in a folder; an empty one where there is none.

    Raises:
        InputError: it is malformed or cannot be read.
    """
    path = folder / SIDECAR
    try:
        found = path.stat()
    except OSError:
        return Sidecar(str(path), {})
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=16)
def _read(path: Path, changed: int, size: int) -> Sidecar:
    """The sidecar as it is since it was changed: a folder of many files reads it once."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error
    return parse_sidecar(str(path), data)

"""Files that answers are appended to as they come: an interrupted run's results, and the cache.

A line is JSON: `key`, which says what was asked of what, and what came back. The last line may be torn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.systems.asked import Asked, from_row, to_row
from qa.errors import InputError

MOST_FILES = 60


class Journal:
    """Answers by key in one file, which is made when the first is added."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> dict[str, Asked]:
        """All whole lines that have a key; the later of two with the same key counts. Empty without a file.

        Raises:
            InputError: the file cannot be read.
        """
        try:
            lines = self.file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise InputError(f"{self.file} cannot be read: {error.strerror}.", "Check the path.") from error
        return dict(pair for line in lines if (pair := _parse(line)))

    def clear(self) -> None:
        """Begin anew.

        Raises:
            InputError: the file cannot be written.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_bytes(b"")
        except OSError as error:
            raise _unwritable(self.file, error) from error

    def add(self, key: str, asked: Asked, about: Mapping[str, Any]) -> None:
        """Append an answer, on disk when this returns; `about` are further fields for a reader.

        Raises:
            InputError: the file cannot be written.
        """
        line = json.dumps({**about, "key": key, **to_row(asked)}, ensure_ascii=False)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # The line break first: after a torn line the next one is whole again.
            with self.file.open("ab") as stream:
                stream.write(f"\n{line}\n".encode())
        except OSError as error:
            raise _unwritable(self.file, error) from error


def prune(folder: Path, keep: int = MOST_FILES) -> None:
    """Remove all but the `keep` journals of a folder that were written last."""
    files = sorted(folder.glob("*.jsonl"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[keep:]:
        file.unlink(missing_ok=True)


def _parse(line: bytes) -> tuple[str, Asked] | None:
    try:
        row = json.loads(line)
        return str(row["key"]), from_row(row)
    except (ValueError, TypeError, KeyError):
        return None


def _unwritable(file: Path, error: OSError) -> InputError:
    return InputError(f"{file} cannot be written: {error.strerror}.", "Choose another folder.")

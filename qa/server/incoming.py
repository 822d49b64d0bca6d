"""Files that are sent: the names they are kept under, of which kind they may be, and what came of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import InputError, UnsupportedError
from qa.load import SIDECAR, find_files

if TYPE_CHECKING:
    from qa.ingest.report import IngestReport

FAILED = "failed"
MAX_NAME_BYTES = 200
UNSAFE = frozenset('<>:"|?*')  # besides what is not printable: some file systems refuse them


def fate_of(name: str, report: IngestReport) -> tuple[str, str]:
    """What came of a file that was kept under `name`, "added", "replaced", "unchanged" or "failed", and what is
    wrong with it or with parts of it, "" for nothing.
    """
    came = [state for state, names in what_came(report).items() if any(_is_of(name, one) for one in names)]
    reasons = [reason for one, reason in report.failed if _is_of(name, one)]
    return came[0] if came else FAILED, " ".join(reasons)


def what_came(report: IngestReport) -> dict[str, list[str]]:
    """The names in the report that the index holds now, by what became of them. What was uploaded under a new
    name is new for whoever sent it, whether the text is known from another file or not.
    """
    added = [*report.added, *(name for _, name in report.renamed)]
    return {"added": added, "replaced": report.replaced, "unchanged": report.unchanged}


def _is_of(name: str, part: str) -> bool:
    """Whether a name in a report is the file's, or that of something in it."""
    rows = part.startswith(f"{name} (") and part.endswith(")")
    return part == name or part.startswith((f"{name}/", f"{name}#")) or rows


def safe_name(given: str) -> str:
    """The name a file is kept under: the last part of what was sent, of printable characters, not hidden.

    Raises:
        InputError: nothing is left of it.
    """
    last = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    name = "".join(char for char in last if char.isprintable() and char not in UNSAFE).strip(" .")
    stem, suffix = Path(name).stem, Path(name).suffix
    while len((stem + suffix).encode()) > MAX_NAME_BYTES and stem:
        stem = stem[:-1]
    if not stem or len((stem + suffix).encode()) > MAX_NAME_BYTES:
        raise InputError("A file has no usable name.", "Send it with a name such as report.txt.")
    return stem + suffix


def check_kinds(files: Iterable[Path]) -> None:
    """Look at the names alone.

    Raises:
        UnsupportedError: a file is of a kind that cannot be read.
    """
    for file in files:
        if file.name == SIDECAR:
            raise UnsupportedError(
                f"{SIDECAR} cannot be uploaded.", "Put it beside the files and run `qa ingest`."
            )
        try:
            list(find_files([file]))
        except InputError as error:
            raise UnsupportedError(error.message, error.hint) from error

"""How an ingest is asked for, and what it tells of what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Progress = Callable[[int, int, str], None]
"""Told how many files of how many are done, and the last one's name."""

Cancelled = Callable[[], bool]
"""Asked between files whether to stop."""


@dataclass(frozen=True, slots=True)
class Looking:
    """How to look: `settle` is for how many seconds a file must have been left alone to be read."""

    progress: Progress | None = None
    cancelled: Cancelled = lambda: False
    settle: float = 0.0


@dataclass(slots=True)
class IngestReport:
    """What an ingest did, or would do, by the documents' paths from the folders given; one out of several in a
    file is named as in `Loaded.path`: "news.zip/may.txt", "news.csv#row-7". `renamed` pairs the old name with
    the new, `failed` a file, or something in it, with what is wrong with it. `missing` are names whose file is
    gone or ignored and which stay, for want of `prune`; `unsettled` files that were still being written;
    `stopped` is whether it was ended before all was done.
    """

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    stopped: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything in the index is, or would be, other than before."""
        return bool(self.added or self.replaced or self.renamed or self.removed)

    def counts(self) -> dict[str, int]:
        """How many there are of each."""
        return {
            name: len(getattr(self, name))
            for name in ("added", "replaced", "renamed", "unchanged", "removed", "missing", "failed")
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types; of unchanged documents only the number."""
        return {
            "added": self.added,
            "replaced": self.replaced,
            "renamed": [{"from": old, "to": new} for old, new in self.renamed],
            "removed": self.removed,
            "missing": self.missing,
            "failed": [{"file": name, "reason": reason} for name, reason in self.failed],
            "unchanged": len(self.unchanged),
            "stopped": self.stopped,
        }

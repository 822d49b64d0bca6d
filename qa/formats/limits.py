"""How much of a file is read, and how long that may take; each limit is a setting of the same name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the child process needs the limits, not the settings
    from qa.config import Settings

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of reading; docs/settings.md says what each means."""

    max_file_mb: int
    max_unpacked_mb: int
    max_ratio: int
    max_articles: int
    max_pages: int
    max_text_chars: int
    read_seconds: float
    read_memory_mb: int
    table_fields: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings give."""
        return cls(**{each.name: getattr(settings, each.name) for each in fields(cls)})

    @property
    def max_file_bytes(self) -> int:
        """The largest file, or member of an archive, in bytes."""
        return self.max_file_mb * MEGABYTE

    @property
    def max_unpacked_bytes(self) -> int:
        """The most that the members of one archive may have together, in bytes."""
        return self.max_unpacked_mb * MEGABYTE

"""How a long fetch is shown: a bar on a terminal, a few plain lines in a log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol, TextIO

if TYPE_CHECKING:
    from tqdm import tqdm

MEGABYTE = 1_000_000


class Progress(Protocol):
    """Told how far a fetch is."""

    def say(self, line: str) -> None:
        """Show one line."""

    def at(self, done: int, total: int) -> None:
        """`done` of `total` bytes are here; `done` may go down when a source is given up."""

    def close(self) -> None:
        """The fetch is over."""


class TerminalProgress:
    """A bar with bytes where `stream` (standard error by default) is a terminal, else a line every tenth."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._bar: tqdm[Any] | None = None
        self._tenth = -1

    def say(self, line: str) -> None:
        """Show one line, above the bar where there is one."""
        if self._bar is not None:
            self._bar.write(line, file=self._stream)
        else:
            self._stream.write(line + "\n")
            self._stream.flush()

    def at(self, done: int, total: int) -> None:
        """Move the bar, or write the next tenth."""
        if self._stream.isatty():
            self._bar = self._bar or self._new_bar(total)
            self._bar.update(done - self._bar.n)
        elif (tenth := 10 * done // max(total, 1)) != self._tenth:
            self._tenth = tenth
            self.say(f"{self._label}: {done // MEGABYTE} of {total // MEGABYTE} MB")

    def close(self) -> None:
        """Leave the bar as it is and end its line."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _new_bar(self, total: int) -> tqdm[Any]:
        from tqdm import tqdm

        return tqdm(total=total, desc=self._label, unit="B", unit_scale=True, file=self._stream)

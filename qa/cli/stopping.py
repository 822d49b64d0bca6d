"""Ctrl-C as a wish to stop: what is being written is finished first; a second one stops at once."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPED = 130  # the exit code of a command that was interrupted
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_kindly(said: str) -> Iterator[threading.Event]:
    """An event that is set at the first Ctrl-C or SIGTERM, when `said` goes to standard error; from then on the
    signals mean what they did before.
    """
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def _restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def _note(number: int, frame: FrameType | None) -> None:
        _restore()
        stop.set()
        print(f"\nqa: {said}", file=sys.stderr, flush=True)

    for number in _SIGNALS:
        signal.signal(number, _note)
    try:
        yield stop
    finally:
        _restore()

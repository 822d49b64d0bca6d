"""Whether anybody still waits for what a model is asked: said by who asks, looked at between two words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from qa.errors import AbandonedError

_left: ContextVar[threading.Event | None] = ContextVar("left", default=None)


@contextmanager
def unless(left: threading.Event) -> Iterator[None]:
    """A block in which a model stops at its next word once `left` is set."""
    token = _left.set(left)
    try:
        yield
    finally:
        _left.reset(token)


def still_wanted() -> None:
    """Raises AbandonedError when whoever asked has left."""
    left = _left.get()
    if left is not None and left.is_set():
        raise AbandonedError("Nobody waits for this answer any more.")

"""Vectors that are damaged are made anew from the stored documents, which are whole; nobody need be there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from qa.config import Settings
from qa.embed import Embedder
from qa.errors import DatelineError, VectorsDamagedError
from qa.index import Index, open_index
from qa.ingest.upkeep import rebuild

_log = logging.getLogger(__name__)


def open_sound(settings: Settings, embedder: Embedder, *, write: bool = False) -> Index:
    """Open the index as `open_index`; one whose vectors are damaged is mended first, where it is to be changed.

    Raises:
        IndexUnusableError, StorageError: as `open_index`.
    """
    try:
        return open_index(settings, embedder, write=write)
    except VectorsDamagedError as error:
        if not write:
            raise
        return remade(settings, embedder, error)


def remade(settings: Settings, embedder: Embedder, damage: VectorsDamagedError) -> Index:
    """The index, its vectors made anew beside those that are damaged, which then go.

    Raises:
        IndexUnusableError, StorageError: as `open_index`.
    """
    told = "%s Its vectors are made anew from the stored documents (%r)."
    _log.warning(told, damage.message, damage.__cause__)
    rebuild(settings, embedder=lambda _: embedder)
    return open_index(settings, embedder, write=True)


class Mender:
    """Calls `mend` in a thread of its own, once at a time."""

    def __init__(self, mend: Callable[[VectorsDamagedError], None]) -> None:
        self._mend = mend
        self._busy = threading.Lock()

    def call(self, damage: VectorsDamagedError) -> None:
        """Have it done soon; does nothing while it is being done."""
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._run, args=(damage,), name="mend", daemon=True).start()

    def _run(self, damage: VectorsDamagedError) -> None:
        try:
            self._mend(damage)
        except DatelineError as error:  # whoever asks next begins it again
            _log.warning("%s", error)
        finally:
            self._busy.release()

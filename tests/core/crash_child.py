"""A process that changes an index and kills itself at a given point: `crash_child.py DATA_DIR FOLDER POINT`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support import plain_embedder, settings_for

from qa.index import Index, open_index
from qa.lock import lock_data_dir
from qa.store import DocumentStore


def die(*_: object, **__: object) -> Any:
    """End as a power cut would: nothing is flushed, closed or released."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(call: Callable[..., Any], times: int = 1) -> Callable[..., Any]:
    """The call, and death when it has returned for the given time."""
    left = [times]

    def _call(*arguments: Any, **options: Any) -> Any:
        result = call(*arguments, **options)
        left[0] -= 1
        return die() if left[0] == 0 else result

    return _call


HOOKS: dict[str, tuple[type, str, Callable[..., Any]]] = {
    "before the vectors": (Index, "_embed", die),
    "between vectors and rows": (Index, "_embed", after(Index._embed)),
    "between two rows": (DocumentStore, "put", after(DocumentStore.put)),
    "within a row": (DocumentStore, "_drop_unnamed", die),
    "between rows and pruning": (Index, "_prune", die),
    "before old vectors go": (Index, "repair", die),
    "after removing a row": (DocumentStore, "remove", after(DocumentStore.remove)),
    "before the first row": (DocumentStore, "set_meta", after(DocumentStore.set_meta)),
}


def main() -> None:
    """Ingest the folder, or remove a document; the hook makes sure that it is never finished."""
    data_dir, folder, point = sys.argv[1:]
    settings = settings_for(Path(data_dir))
    owner, name, hook = HOOKS[point]
    if point == "before the first row":
        setattr(owner, name, hook)
    with lock_data_dir(settings):
        index = open_index(settings, plain_embedder(), write=True)
        setattr(owner, name, hook)
        if point == "after removing a row":
            index.remove(next(iter(index.snapshot.documents)))
        index.ingest([Path(folder)], prune=True)


if __name__ == "__main__":
    main()

"""A process that changes an index and kills itself: `crash_child.py FOLDER (DATA_DIR POINT)...`."""

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


def change(data_dir: Path, folder: Path, point: str) -> None:
    """Ingest the folder, or remove a document; the hook makes sure that it is never finished."""
    owner, name, hook = HOOKS[point]
    if point == "before the first row":
        setattr(owner, name, hook)
    with lock_data_dir(settings_for(data_dir)):
        index = open_index(settings_for(data_dir), plain_embedder(), write=True)
        setattr(owner, name, hook)
        if point == "after removing a row":
            index.remove(next(iter(index.snapshot.documents)))
        index.ingest([folder], prune=True)


def main() -> None:
    """Fork for every point, so that the slow imports are done once; print how each of them ended."""
    import chromadb  # noqa: F401
    from llama_index.core.ingestion import IngestionPipeline  # noqa: F401
    from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: F401

    folder = Path(sys.argv[1])
    for data_dir, point in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
        pid = os.fork()
        if pid == 0:
            change(Path(data_dir), folder, point)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201  # its report


if __name__ == "__main__":
    main()

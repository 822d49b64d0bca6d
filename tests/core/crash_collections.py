"""A process that makes, takes out or restores a collection and dies: `crash_collections.py BACKUP (DATA_DIR
POINT)...`.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from crash_child import Hook, after, die
from support import settings_for

from qa.ingest import backup, collections
from qa.storage.lock import lock_data_dir
from qa.storage.store import DocumentStore
from qa.storage.vectors import PassageVectors

MAKING: dict[str, Hook] = {
    "before its rows": (DocumentStore, "set_meta", die),
    "before it is in place": (Path, "replace", die),
    "once it is in place": (Path, "replace", after(Path.replace)),
}
REMOVING: dict[str, Hook] = {
    "before it is moved away": (Path, "rename", die),
    "once it is moved away": (Path, "rename", after(Path.rename)),
    "before its files go": (shutil, "rmtree", die),  # type: ignore[dict-item]  # a module
    "while its files go": (os, "unlink", after(os.unlink)),  # type: ignore[dict-item]
}
RESTORING: dict[str, Hook] = {
    "before it is copied": (backup, "_copy", die),  # type: ignore[dict-item]
    "once it is copied": (backup, "_copy", after(backup._copy)),  # type: ignore[dict-item]
    "between its vectors": (PassageVectors, "add", after(PassageVectors.add)),
    "before it names its vectors": (DocumentStore, "set_meta", die),
    "before it takes the place": (Path, "replace", die),
    "once it took the place": (Path, "replace", after(Path.replace)),
}


def change(data_dir: Path, point: str, source: Path) -> None:
    """Make `fresh`, take `old` out, or restore the backup over it; it is never finished."""
    settings = settings_for(data_dir)
    with lock_data_dir(settings):
        setattr(*(MAKING | REMOVING | RESTORING)[point])
        if point in RESTORING:
            backup.restore(settings.of("old"), source, replace=True)
        elif point in MAKING:
            collections.make(settings.of("fresh"))
        else:
            collections.remove(settings.of("old"))


def main() -> None:
    """Fork for every point; print how each of them ended."""
    import chromadb.api.rust  # noqa: F401  # slow, so imported once
    from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: F401

    for data_dir, point in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
        pid = os.fork()
        if pid == 0:
            change(Path(data_dir), point, Path(sys.argv[1]))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201  # its report


if __name__ == "__main__":
    main()

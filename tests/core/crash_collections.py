"""A process that makes or takes out a collection and dies: `crash_collections.py (DATA_DIR POINT)...`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from crash_child import Hook, after, die
from support import settings_for

from qa.ingest import collections
from qa.storage.lock import lock_data_dir
from qa.storage.store import DocumentStore

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


def change(data_dir: Path, point: str) -> None:
    """Make `fresh` or take `old` out; it is never finished."""
    settings = settings_for(data_dir)
    with lock_data_dir(settings):
        setattr(*(MAKING | REMOVING)[point])
        if point in MAKING:
            collections.make(settings.of("fresh"))
        else:
            collections.remove(settings.of("old"))


def main() -> None:
    """Fork for every point; print how each of them ended."""
    for data_dir, point in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        pid = os.fork()
        if pid == 0:
            change(Path(data_dir), point)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201  # its report


if __name__ == "__main__":
    main()

"""Who owns a data directory: one process at a time may change what is in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from qa.config import Settings
from qa.errors import BusyError, StorageError


@contextmanager
def lock_data_dir(settings: Settings) -> Iterator[None]:
    """Own the data directory for writing until the block ends, or the process does.

    Raises:
        BusyError: another process owns it.
        StorageError: it cannot be made or written.
    """
    from filelock import FileLock, Timeout

    make_data_dir(settings)
    lock, owner = FileLock(settings.data_dir / "lock"), settings.data_dir / "owner"
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        who = owner.read_text(encoding="utf-8").strip() if owner.is_file() else "unknown"
        raise BusyError(
            f"Another Dateline (process {who}) is using {settings.data_dir}.",
            "Stop it first, or set QA_DATA_DIR to another folder.",
        ) from error
    try:
        owner.write_text(f"{os.getpid()}\n", encoding="utf-8")
        yield
    finally:
        lock.release()


def make_data_dir(settings: Settings) -> None:
    """Make the data directory and check that files can be written there.

    Raises:
        StorageError: they cannot.
    """
    probe = settings.data_dir / f".write-test-{os.getpid()}"
    try:
        settings.index_dir.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StorageError(
            f"The data directory {settings.data_dir} cannot be written: {error.strerror}.",
            "Correct its permissions, or set QA_DATA_DIR to a folder you can write.",
        ) from error

"""Who owns a data directory: one process at a time may change what is in it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from qa.config import Settings
from qa.errors import BusyError, ReaderError, StorageError

LOCK = "lock"
OWNER, MACHINE = "owner", "owner-machine"  # files that say who owns the directory, or did last, and where


@contextmanager
def lock_data_dir(settings: Settings) -> Iterator[None]:
    """Own the data directory for writing until the block ends, or the process does.

    Raises:
        ReaderError: the settings have this process read only.
        BusyError: another process owns it.
        StorageError: it cannot be made or written.
    """
    from filelock import FileLock, Timeout

    if settings.reader:
        raise reader_error(settings)
    make_data_dir(settings)
    lock, owner = FileLock(settings.data_dir / LOCK), settings.data_dir / OWNER
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(
            f"Another Dateline (process {_read(settings, OWNER)}) is using {settings.data_dir}.",
            "Stop it first, or set QA_DATA_DIR to another folder.",
        ) from error
    try:
        owner.write_text(f"{os.getpid()}\n", encoding="utf-8")
        (settings.data_dir / MACHINE).write_text(f"{socket.gethostname()}\n", encoding="utf-8")
        yield
    finally:
        lock.release()


def owner_of(settings: Settings) -> str:
    """Who owns the data directory, or did last: a process and its machine."""
    return f"process {_read(settings, OWNER)} on {_read(settings, MACHINE)}"


def _read(settings: Settings, name: str) -> str:
    try:
        return (settings.data_dir / name).read_text(encoding="utf-8").strip()
    except OSError:
        return "unknown"


def reader_error(settings: Settings) -> ReaderError:
    """The error for a change that is asked of a reader; it names the writer."""
    return ReaderError(
        f"This process only reads; documents are changed by {owner_of(settings)}.",
        f"Send the change {f'to {settings.writer_url}' if settings.writer_url else 'there'}.",
    )


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

"""A file's bytes, read once and as they are at one moment."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from qa.errors import InputError, TooLargeError
from qa.formats.builder import printable
from qa.formats.limits import Limits

_LINK_TO_ITSELF = "is a link that leads back to itself"


def read_file(file: Path, limits: Limits) -> bytes:
    """The content of a file.

    Raises:
        InputError: it cannot be read, is no ordinary file, changes meanwhile, or its name is no text.
        TooLargeError: it is over the limit.
    """
    name = printable(file.name)
    if name != file.name:
        raise InputError(f"The name {name} is not text.", "Rename the file.")
    try:
        # Without O_NONBLOCK a pipe that is called like a file would be waited for.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            before = os.fstat(descriptor)
            _check(name, before, limits)
            data = stream.read(limits.max_file_bytes + 1)
            after = os.fstat(descriptor)
    except OSError as error:
        what = _LINK_TO_ITSELF if error.errno == errno.ELOOP else f"cannot be read: {error.strerror}"
        raise InputError(f"{name} {what}.", "Check its permissions and run again.") from error
    if len(data) != after.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputError(f"{name} changed while it was read.", "Run again when it is complete.")
    return data


def _check(name: str, found: os.stat_result, limits: Limits) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{name} is not an ordinary file.", "Remove it or give a file.")
    if found.st_size > limits.max_file_bytes:
        raise TooLargeError(
            f"{name} has {found.st_size:,} bytes, more than {limits.max_file_bytes:,}.",
            "Split it into smaller files, or raise QA_MAX_FILE_MB.",
        )

"""Whether a file is as it was when it was last read, told without reading it again.

As in git's index: size, times and inode are compared, and a file that changed so shortly before it was read
that a further change might leave the same times is read again.
"""

from __future__ import annotations

import os
import time
from dataclasses import astuple, dataclass
from pathlib import Path

RACY_NS = 2_000_000_000  # the coarsest clock of a file system in use, FAT's


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was: size in bytes, times of the last change to its content and of any change, inode; when
    it was looked at, nanoseconds since 1970; and a digest of all else that decided what was read of it.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    read_ns: int
    context: str

    def row(self) -> tuple[int | str, ...]:
        """The values in order."""
        return astuple(self)

    def same_file(self, other: Seen) -> bool:
        """Whether both are one state of a file, as far as size, times and inode tell."""
        return (self.size, self.mtime_ns, self.ctime_ns, self.inode) == (
            other.size,
            other.mtime_ns,
            other.ctime_ns,
            other.inode,
        )

    def still(self, now: Seen) -> bool:
        """Whether what was read then is what would be read now."""
        racy = max(self.ctime_ns, self.mtime_ns) > self.read_ns - RACY_NS
        return not racy and self.context == now.context and self.same_file(now)


def look(file: Path, context: str = "") -> Seen:
    """The file as it is now.

    Raises:
        OSError: it cannot be looked at.
    """
    now = time.time_ns()
    found = file.stat()
    return Seen(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, now, context)


def is_gone(file: Path) -> bool:
    """Whether there is certainly no such file any more; a folder that cannot be read tells nothing."""
    try:
        os.lstat(file)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False

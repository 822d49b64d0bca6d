"""The app in a process whose disk can be filled: SIGUSR1 has files grow no further, SIGUSR2 lets them again.

A limit on the size of files stands for the full disk: writing beyond it fails, as it does there.
"""

from __future__ import annotations

import resource
import runpy
import signal
import sys
from types import FrameType

from qa.config import PROJECT, load_settings

ROOM = 20_000  # bytes that the largest file may still grow by


def fill(_number: int, _frame: FrameType | None) -> None:
    """From now on the disk is full."""
    sizes = [file.stat().st_size for file in load_settings().data_dir.rglob("*") if file.is_file()]
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes) + ROOM, resource.RLIM_INFINITY))


def free(_number: int, _frame: FrameType | None) -> None:
    """There is room again."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, fill)
    signal.signal(signal.SIGUSR2, free)
    sys.argv = [str(PROJECT / "app.py")]
    runpy.run_path(sys.argv[0], run_name="__main__")

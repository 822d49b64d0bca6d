"""Reads files in a child process, so that one that makes a reader hang, crash or eat memory costs only itself.

One child reads many files; it starts when the first comes, and ends by itself when none has come for a while.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from qa.errors import InputError, TooLargeError
from qa.formats.article import Reading
from qa.formats.limits import Limits

NO_MEMORY = 70
_HERE = Path(__file__).resolve().parents[2]


class Worker:
    """Safe to use from several threads, which take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._link: Connection | None = None
        self._memory = 0

    def read(self, name: str, data: bytes, limits: Limits) -> Reading:
        """As `kinds.read_bytes`, within `read_seconds` and `read_memory_mb`.

        Raises:
            InputError: nothing of it can be read, or not within the limits.
        """
        with self._turn:
            try:
                answer = self._asked(name, data, limits)
            except BaseException:
                self._stop()
                raise
        plain = json.loads(answer)
        if error := plain.get("error"):
            kind = TooLargeError if error["code"] == TooLargeError.code else InputError
            raise kind(error["message"], error["hint"])
        return Reading.from_dict(plain)

    def close(self) -> None:
        """End the child; it starts again when it is needed."""
        with self._turn:
            self._stop()

    def _asked(self, name: str, data: bytes, limits: Limits) -> bytes:
        """The child's answer. Another is asked once where one had ended before it took the file, or where the
        memory went out in one that had read other files.
        """
        header = json.dumps({"name": name, "limits": asdict(limits)}).encode()
        for _ in range(2):
            used = self._ready(limits)
            link = used or self._started(limits)
            try:
                link.send_bytes(header)
                link.send_bytes(data)
                if not link.poll(limits.read_seconds):
                    raise TooLargeError(
                        f"{name} was not read within {limits.read_seconds:g} seconds.",
                        "Split it or save it anew, or raise QA_READ_SECONDS.",
                    )
                return link.recv_bytes()
            except (EOFError, OSError):
                code = self._ended()
                if code != 0 and (used is None or code != NO_MEMORY):
                    raise _broken(name, code, limits) from None
        raise _broken(name, None, limits)

    def _ended(self) -> int | None:
        """How the child that broke off the talk ended."""
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=5)
        return None

    def _ready(self, limits: Limits) -> Connection | None:
        """The link to the child that runs; None where there is none that will do."""
        if self._process is None or self._process.poll() is not None or self._memory != limits.read_memory_mb:
            self._stop()
        return self._link

    def _started(self, limits: Limits) -> Connection:
        near, far = Pipe()
        # Nothing of the user's settings, keys for example, is a reader's business.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
        environment["PYTHONPATH"] = os.pathsep.join(
            part for part in (str(_HERE), environment.get("PYTHONPATH")) if part
        )
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "qa.formats.child", str(far.fileno()), str(limits.read_memory_mb)],
                pass_fds=(far.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        self._link, self._memory = near, limits.read_memory_mb
        return near

    def _stop(self) -> None:
        link, process = self._link, self._process
        self._link = self._process = None
        if link is not None:
            link.close()
        if process is not None:
            process.kill()
            process.wait()


def _broken(name: str, code: int | None, limits: Limits) -> InputError:
    """Why a child ended that was to read a file."""
    if code == NO_MEMORY:
        return TooLargeError(
            f"{name} needs more than {limits.read_memory_mb:,} MB of memory to be read.",
            "Split it, or raise QA_READ_MEMORY_MB.",
        )
    return InputError(f"{name} makes its reader break down.", "Save it anew, or as another kind of file.")


@lru_cache(maxsize=1)
def shared() -> Worker:
    """The one worker of this process."""
    return Worker()

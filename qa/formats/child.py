"""The process that readers run in: takes files over a socket, gives what is in them, until nobody asks more.

A crash, a hang or hunger for memory here ends this process, never the one that asked.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from qa.errors import InputError
from qa.formats.kinds import read_bytes
from qa.formats.limits import MEGABYTE, Limits

IDLE_SECONDS = 30.0
NO_MEMORY = 70  # the exit code that says so


def serve(asked: Connection) -> None:
    """Answer requests, a header and then the file's bytes, until the other side goes or falls silent."""
    while asked.poll(IDLE_SECONDS):
        header = json.loads(asked.recv_bytes())
        limits = Limits(**{**header["limits"], "table_fields": tuple(header["limits"]["table_fields"])})
        asked.send_bytes(_answer(header["name"], asked.recv_bytes(), limits))


def _answer(name: str, data: bytes, limits: Limits) -> bytes:
    try:
        return json.dumps(read_bytes(name, data, limits).as_dict()).encode()
    except InputError as error:
        return json.dumps({"error": error.as_dict()}).encode()


def bound(megabytes: int) -> None:
    """Let this process have so much memory and write no core file."""
    import resource

    for limit, most in ((resource.RLIMIT_AS, megabytes * MEGABYTE), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # macOS does not keep RLIMIT_AS
            resource.setrlimit(limit, (most, most))


def main() -> None:
    """`python -m qa.formats.child SOCKET MEGABYTES`."""
    bound(int(sys.argv[2]))
    try:
        with suppress(EOFError, ConnectionError):
            serve(Connection(int(sys.argv[1])))
    except MemoryError:
        os._exit(NO_MEMORY)


if __name__ == "__main__":
    main()

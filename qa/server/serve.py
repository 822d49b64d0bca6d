"""Start the server: claim the port, open the pipeline, put API and chat on it, leave quickly when told to."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

import anyio

from qa.config import Settings, quiet_libraries
from qa.errors import ServeError
from qa.logs import happened, log_as_json, logs_as_json
from qa.server.origins import is_loopback
from qa.tracing import tracing

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.shelf import Shelf

_log = logging.getLogger(__name__)

GRACE_SECONDS = 3
LAST_SECONDS = 15  # beyond QA_SHUTDOWN_SECONDS; as a rule four are enough
BACKLOG = 128


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; prints one line with the address once questions can be answered.

    Raises:
        ServeError: the port is taken or the address is not one of this machine.
        DatelineError: what `Shelf.open` raises.
    """
    with closing(claim(settings.host, settings.port)) as listener, until_told():
        quiet_libraries()
        if settings.log_json or (settings.log_json is None and not is_loopback(settings.host)):
            log_as_json()
        from qa.shelf import Shelf

        with tracing(settings), Shelf.open(settings, own=not settings.reader) as shelf:
            run(shelf, settings, listener)
    gc.freeze()  # the program ends here: collecting the libraries' objects once more would take seconds


@contextmanager
def until_told() -> Iterator[None]:
    """A block that SIGTERM and SIGINT end alike, quietly: while the program loads and once uvicorn has left,
    which handles both itself and then raises them again.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        yield


def claim(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything slow is loaded; port 0 picks a free one.

    Raises:
        ServeError: the port is taken or the address is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServeError(f"{host} is not an address to listen on.", "Pass --host 127.0.0.1.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _cannot_listen(error, host, port) from error
    return listener


def _cannot_listen(error: OSError, host: str, port: int) -> ServeError:
    if error.errno == errno.EADDRINUSE:
        return ServeError(f"Port {port} on {host} is in use.", "Stop the other program or pass --port.")
    if error.errno == errno.EACCES:
        return ServeError(f"Port {port} on {host} needs rights that this user lacks.", "Pass --port 7860.")
    return ServeError(f"Cannot listen on port {port} of {host}: {error.strerror}.", "Pass --host or --port.")


def address_of(listener: socket.socket) -> str:
    """The URL to open; a socket that listens everywhere is reached through loopback."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # shown, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(shelf: Shelf, settings: Settings, listener: socket.socket) -> None:
    """Serve an open pipeline on a listening socket until a signal comes; closes both."""
    import uvicorn

    from qa.server.api import create_app
    from qa.server.connections import patient
    from qa.server.page import mount_page

    @asynccontextmanager
    async def announced(app: FastAPI) -> AsyncIterator[None]:
        telling = asyncio.create_task(_announce(shelf, address_of(listener)))
        yield
        telling.cancel()

    app = create_app(shelf, settings, lifespan=announced)
    if not settings.reader:
        app.state.changes.recover()
    page = mount_page(app)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """The first signal has the server end what runs; a second one ends the program at once."""
            if self.should_exit:
                signal.signal(sig, signal.SIG_DFL)
                signal.raise_signal(sig)
            end_within(settings.shutdown_seconds + LAST_SECONDS)
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """End open answers and pages first; uvicorn would wait for them. Until they have ended, whoever
            comes is told to come again.
            """
            await app.state.desk.close(settings.shutdown_seconds)
            page.stop_event.set()
            await anyio.to_thread.run_sync(shelf.close)
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        http=patient(settings.client_timeout),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=None if logs_as_json() else uvicorn.config.LOGGING_CONFIG,
    )
    Server(config).run(sockets=[listener])


def end_within(seconds: float) -> None:
    """End the process with code 1 if it still runs then: threads that are stuck would keep it for good."""
    last = threading.Timer(seconds, _leave)
    last.daemon = True
    last.start()


def _leave() -> None:
    _tell("What still runs does not end: left as it is. What was confirmed is kept.")
    sys.stderr.flush()
    os._exit(1)


def _tell(waiting: str) -> None:
    """Say what is being waited for."""
    if logs_as_json():
        happened(_log, "waiting", message=waiting)
    else:
        sys.stderr.write(f"{waiting}\n")


async def _announce(shelf: Shelf, address: str) -> None:
    """Say on standard error what is being waited for, on standard output when it is there."""
    told = ""
    while not (state := shelf.ready())[0]:
        if state[1] != told:
            told = state[1]
            _tell(told)
        await asyncio.sleep(0.1)
    sys.stdout.write(f"Dateline is running on {address}\n")
    sys.stdout.flush()
    happened(_log, "ready", address=address, documents=shelf.first.size()[0])
    await anyio.to_thread.run_sync(shelf.warm)

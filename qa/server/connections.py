"""Connections whose client does not go on: none is held for ever.

A request's head and body have some seconds to come, and a second more for each LEAST_BYTES that did, as in
Apache's mod_reqtimeout; a client that does not take what it asked for has as long. Uvicorn itself only closes
connections between two requests.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

LEAST_BYTES = 10_000  # a second
TOO_SLOW = (
    "slow_client",
    "The request took too long to arrive.",
    "Send its head and body without a pause.",
)


def patient(seconds: float) -> type[asyncio.Protocol]:
    """Uvicorn's protocol for HTTP, which waits so many seconds and no longer for a client to go on."""
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    # Which of Uvicorn's two protocols it is depends on what is installed; they look alike from here.
    base: Any = AutoHTTPProtocol

    class Patient(base):  # type: ignore[misc]
        """One connection."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._end: float | None = None  # when what comes is to be whole, on the loop's clock
            self._begun = False  # whether what comes begins another head
            self._sending: asyncio.TimerHandle | None = None
            self._watching: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._await_more(0)

        def connection_lost(self, exc: Exception | None) -> None:
            for timer in (self._watching, self._sending):
                if timer is not None:
                    timer.cancel()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            answered = before is not None and before.response_complete
            super().data_received(data)
            self._await_more(len(data), begun=answered and self.cycle is before)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._sending = self.loop.call_later(seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._sending is not None:
                self._sending.cancel()

        def timeout_keep_alive_handler(self) -> None:
            super().timeout_keep_alive_handler()
            # Closing waits until everything was taken.
            self._sending = self.loop.call_later(seconds, self.transport.abort)

        def _await_more(self, received: int, *, begun: bool = False) -> None:
            """Take note of bytes that came, and of what is still to come; `begun` where they begin a head."""
            if self.cycle is not None and not self.cycle.more_body and not begun:
                self._end = None
                return
            self._begun = begun
            if self._end is None:
                self._end = self.loop.time() + seconds
            self._end += received / LEAST_BYTES
            if self._watching is None:
                self._watching = self.loop.call_at(self._end, self._look)

        def _look(self) -> None:
            self._watching = None
            upgraded = self.transport.get_protocol() is not self
            if self._end is None or upgraded or self.transport.is_closing():
                return
            if self.flow.read_paused:  # it is we who do not go on
                self._end = self.loop.time() + seconds
            if self.loop.time() < self._end:
                self._watching = self.loop.call_at(self._end, self._look)
                return
            if self._begun or self.cycle is None or not self.cycle.response_started:
                self.transport.write(_refusal())
            self.transport.close()
            self._sending = self.loop.call_later(seconds, self.transport.abort)

    return Patient


def _refusal() -> bytes:
    code, message, hint = TOO_SLOW
    body = json.dumps({"error": {"code": code, "message": message, "hint": hint}}).encode()
    head = (
        "HTTP/1.1 408 Request Timeout",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join([*head, "", ""]).encode() + body

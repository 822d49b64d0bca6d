"""What the routes share: the desk they ask at, texts as they take them, and clients that leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request
from pydantic import AfterValidator
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import AbandonedError
from qa.server.asking import Desk

T = TypeVar("T")


def _encodable(text: str) -> str:
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("it holds half a surrogate pair, which is no character")
    return text


Text = Annotated[str, AfterValidator(_encodable)]


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskOf = Annotated[Desk, Depends(_desk)]
CollectionOf = Annotated[
    str, Query(alias="collection", description="The name of a collection; without it the one shown first.")
]


def asker(request: Request) -> str:
    """Who asks, as turns are shared: the key or the site, else the address."""
    caller = getattr(request.state, "caller", None)
    return (caller.name if caller else "") or (request.client.host if request.client else "")


class WhileConnected:
    """An ASGI application that is cancelled when its client leaves, for one that does not look."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the body, hand it on, and watch the connection."""
        request = Request(scope, receive)
        body: list[Message] = []

        async def once() -> Message:
            if body:
                return body.pop()
            return await asyncio.Future()  # the watching is done out here

        with suppress(AbandonedError, ClientDisconnect):
            body.append({"type": "http.request", "body": await request.body(), "more_body": False})
            await while_connected(request, self._app(scope, once, send))


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """What `work` gives; cancelled when the client closes its connection, for nobody would read it.

    Raises:
        AbandonedError: the client has left; and what `work` raises.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        working.cancel()
        await asyncio.wait({working})
        raise AbandonedError("The client has left.")
    finally:
        working.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass

"""The chat's open pages: whether each still listens, and the answer that is on its way to it.

A page hears of its answer through a stream that Gradio's client opens only after it has asked, and Gradio ends
the answer when that stream breaks. A page that leaves in between never has one, so it is watched here.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from qa.server.chat import Reply

STREAM = "/gradio_api/queue/data"
UNHEARD_SECONDS = 10.0  # a browser opens six connections to one server: a page may wait for those of others
LOOK_SECONDS = 1.0
MOST_PAGES = 2000  # whose last word is remembered; as many as Gradio keeps messages for

Ended = Literal["", "stopped", "left"]


class Pages:
    """Holds no conversation: pages by Gradio's name for their session, and their answers while they come.

    What a page says carries rising numbers, `call`. Gradio queues questions but not Stop, which can overtake
    the question that it is about; so the last one is remembered.
    """

    def __init__(self, unheard_seconds: float = UNHEARD_SECONDS) -> None:
        self._unheard_seconds = unheard_seconds
        self._listening: Counter[str] = Counter()
        self._replies: dict[str, Reply] = {}
        self._ended: OrderedDict[str, tuple[int, Ended]] = OrderedDict()

    @asynccontextmanager
    async def answering(self, page: str, call: int, reply: Reply) -> AsyncIterator[Ended]:
        """For as long as a page's question is answered; gives whether the page stopped or left it already.

        The answer is stopped once nobody has listened for some seconds.
        """
        self._replies[page] = reply
        ended = self._ended_since(page, call)
        if ended:
            reply.stop()
        watching = asyncio.create_task(self._watch(page, reply))
        try:
            yield ended
        finally:
            watching.cancel()
            reply.over.set()
            if self._replies.get(page) is reply:
                del self._replies[page]

    async def end(self, page: str, call: int, how: Ended) -> None:
        """End with what has come whatever the page asked before this call; waits for that."""
        self._ended[page] = (call, how)
        self._ended.move_to_end(page)
        while len(self._ended) > MOST_PAGES:
            self._ended.popitem(last=False)
        reply = self._replies.get(page)
        if reply is not None:
            reply.stop()
            await reply.over.wait()

    def listening(self, app: ASGIApp) -> ASGIApp:
        """An application around `app`, Gradio's, that notes which pages have a stream open."""

        async def around(scope: Scope, receive: Receive, send: Send) -> None:
            page = _page_of(scope)
            self._listening[page] += 1
            try:
                await app(scope, receive, send)
            finally:
                self._listening[page] -= 1
                if not self._listening[page]:
                    del self._listening[page]

        return around

    def _ended_since(self, page: str, call: int) -> Ended:
        at, how = self._ended.get(page, (0, ""))
        return how if at > call else ""

    async def _watch(self, page: str, reply: Reply) -> None:
        unheard = 0.0
        while unheard <= self._unheard_seconds:
            await asyncio.sleep(LOOK_SECONDS)
            unheard = 0.0 if self._listening[page] else unheard + LOOK_SECONDS
        reply.stop()


def _page_of(scope: Scope) -> str:
    """The page whose stream a request opens, "" for any other request."""
    if scope["type"] != "http" or not scope["path"].endswith(STREAM):
        return ""
    asked: bytes = scope["query_string"]
    return parse_qs(asked.decode("latin-1")).get("session_hash", [""])[0]

"""A model without a model: it says what it was given to say. For tests, here and in other programs."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from qa.config import Tier
from qa.errors import ModelUnreachableError
from qa.llm.client import External, Request
from qa.records import Instructions


class FakeModel:
    """Gives `replies` in turn and then the last one for ever; an exception among them is raised.

    A word with the space before it counts as a token. `asked` lists the calls.
    """

    def __init__(
        self, replies: Sequence[str | Exception], *, name: str = "fake", tier: Tier | External = "standard"
    ) -> None:
        if not replies:
            raise ValueError("FakeModel needs at least one reply")
        self.name = name
        self.tier: Tier | External = tier
        self.asked: list[Request] = []
        self._replies = list(replies)
        self._closed = False

    def stream(self, request: Request) -> Generator[str, None, None]:
        """The next reply, word by word, cut at the first of `stop` and after `max_tokens` words."""
        if self._closed:
            raise ModelUnreachableError(f"The model {self.name} is closed.")
        self.asked.append(request)
        reply = self._replies[min(len(self.asked), len(self._replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        end = min((at for mark in request.stop if (at := reply.find(mark)) >= 0), default=len(reply))
        yield from re.findall(r"\s*\S+", reply[:end])[: request.max_tokens]

    def prepare(self, instructions: Instructions) -> None:
        """Nothing to do ahead."""

    def close(self) -> None:
        """Streaming afterwards raises ModelUnreachableError."""
        self._closed = True

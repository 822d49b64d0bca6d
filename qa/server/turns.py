"""Whose turn it is: a bounded queue in which nobody who asks often makes the others wait.

Start-time fair queueing: each who asks has rounds of their own, and the lowest round is next (Goyal, Vin and
Cheng, "Start-time fair queueing", SIGCOMM 1996). For one event loop; nothing here blocks.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from qa.errors import ClosingError, QueueFullError

SECONDS_TO_START = 10  # of the server that comes after one that ends
FIRST_SECONDS = 4.0  # a turn's length, before one was measured
LATEST_SHARE = 0.2  # what the latest turn counts in the length that is expected


@dataclass(eq=False, slots=True)
class Ticket:
    """A place among those who wait; `turns` gives them out."""

    turns: Turns
    who: str
    queued: tuple[int, int] | None = None  # its round and its number, while it waits
    began: float | None = None  # when its turn came
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def before(self) -> AsyncIterator[int]:
        """How many are before it, whenever that changes, until its turn has come: at once, it may be.

        Raises:
            ClosingError: nobody gets a turn any more.
        """
        self.turns.queue(self)
        told = 0
        while self.began is None:
            self.turns.check_open()
            self.moved.clear()
            if (now := self.turns.ahead_of(self)) != told:
                told = now
                yield told
            await self.moved.wait()


class Turns:
    """At most `at_once` have a turn, and at most `most_waiting` more have a ticket."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._at_once, self._most = at_once, at_once + most_waiting
        self._tickets: set[Ticket] = set()
        self._rounds: dict[str, int] = {}
        self._round = 0
        self._numbers = itertools.count()
        self._seconds = FIRST_SECONDS
        self.closed = False

    def close(self) -> None:
        """Give no more turns and no more tickets; whoever waits is told."""
        self.closed = True
        for ticket in self._tickets:
            ticket.moved.set()

    def check_open(self) -> None:
        """Raises ClosingError once this is closed."""
        if self.closed:
            raise closing()

    @contextmanager
    def ticket(self, who: str = "") -> Iterator[Ticket]:
        """A ticket for the length of a block, the turn included; the end of the block passes the turn on.

        Raises:
            QueueFullError: too many wait already; it says when to come again.
            ClosingError: this is closed.
        """
        self.check_open()
        if len(self._tickets) >= self._most:
            raise QueueFullError(
                "Too many questions are waiting.", "Ask again in a moment.", retry_after=self._seconds_to_wait()
            )
        ticket = Ticket(self, who)
        self._tickets.add(ticket)
        try:
            yield ticket
        finally:
            self._leave(ticket)

    @property
    def held(self) -> int:
        """How many have a ticket, a turn or not."""
        return len(self._tickets)

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return sum(ticket.queued is not None for ticket in self._tickets)

    @property
    def running(self) -> int:
        """How many have their turn."""
        return sum(ticket.began is not None for ticket in self._tickets)

    def queue(self, ticket: Ticket) -> None:
        """Have a ticket wait from now on; its turn may come at once."""
        own = max(self._round, self._rounds.get(ticket.who, -1) + 1)
        self._rounds[ticket.who] = own
        ticket.queued = own, next(self._numbers)
        self._pass_on()

    def ahead_of(self, ticket: Ticket) -> int:
        """How many have their turn before a ticket that waits has its own."""
        assert ticket.queued is not None
        running = sum(other.began is not None for other in self._tickets)
        return running + sum(
            other.queued is not None and other.queued < ticket.queued for other in self._tickets
        )

    def _leave(self, ticket: Ticket) -> None:
        self._tickets.remove(ticket)
        if ticket.began is not None:
            length = time.monotonic() - ticket.began
            self._seconds += LATEST_SHARE * (length - self._seconds)
        self._pass_on()

    def _pass_on(self) -> None:
        while True:
            queue = {one.queued: one for one in self._tickets if one.queued is not None}
            running = sum(ticket.began is not None for ticket in self._tickets)
            if self.closed or not queue or running >= self._at_once:
                break
            place = min(queue)
            self._round = place[0]
            queue[place].queued, queue[place].began = None, time.monotonic()
        # Whoever has no round to come begins with the others again.
        self._rounds = {who: own for who, own in self._rounds.items() if own >= self._round}
        for ticket in self._tickets:
            ticket.moved.set()

    def _seconds_to_wait(self) -> int:
        """Until a place is free, for the header Retry-After."""
        return max(1, math.ceil(self._seconds / self._at_once))


def closing() -> ClosingError:
    """What whoever asks is told once the server is about to end."""
    return ClosingError("Dateline is shutting down.", "Ask again in a moment.", retry_after=SECONDS_TO_START)

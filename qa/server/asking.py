"""Put questions to the pipeline from asynchronous code.

The pipeline blocks; here each of its steps runs in a thread. An answer that nobody waits for any more, or that
takes too long, is given up: the model stops at its next word, and nobody waits for that. Changes of the
collection have a thread of their own, one after the other.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

from qa.errors import NotFoundError, QueueFullError, TimeLimitError
from qa.feedback import FeedbackStore, Opinion, Verdict
from qa.observe import Watch
from qa.records import Answer, Document, Found, Sources, Turn
from qa.server.steps import Step, Steps, Waiting
from qa.server.turns import Turns, closing

if TYPE_CHECKING:
    from qa.dateline import Dateline
    from qa.ingest.collections import Held
    from qa.server.metrics import Metrics
    from qa.shelf import Shelf


T = TypeVar("T")

MAX_THREADS = 32
MAX_REMEMBERED = 1000  # answers that feedback can still be given on
TIME_LIMIT = 180.0
MOST_WAITING = 64
MOST_CHANGES = 16  # uploads and deletions that may wait for each other
LOOK_SECONDS = 0.05


class Desk:
    """The pipeline as the server sees it; any number of requests may use it at once.

    A method that takes a `collection` asks the one of that name, or the one shown first; it raises
    NotFoundError where there is none. `time_limit` is how many seconds an answer may take, `turns` says how
    many are worded at once.
    """

    def __init__(
        self,
        shelf: Shelf,
        metrics: Metrics,
        feedback: FeedbackStore | None = None,
        time_limit: float = TIME_LIMIT,
        turns: Turns | None = None,
    ) -> None:
        self._shelf = shelf
        self._metrics = metrics
        self._feedback = feedback
        self._time_limit = time_limit
        self.turns = turns or Turns(1, MOST_WAITING)
        self._given: OrderedDict[str, tuple[Answer, tuple[Turn, ...]]] = OrderedDict()
        # Its own threads: answers that wait for the model must not starve the page's files of them. A step that
        # was given up keeps its thread until it ends, so there are never more than these.
        self._threads = ThreadPoolExecutor(MAX_THREADS, "answer")
        self._changer = ThreadPoolExecutor(1, "change")
        self._changes = 0
        self.ending = threading.Event()  # looked at by changes, between two files
        self._open: set[asyncio.Queue[Step | Exception | None]] = set()

    def ready(self) -> tuple[bool, str]:
        """Whether index and model are loaded and, if not, what is missing."""
        return (False, "Dateline is shutting down.") if self.turns.closed else self._shelf.ready()

    async def close(self, seconds: float) -> None:
        """Take up nothing new and end what runs: answers that wait for their turn at once, those that have it
        and changes within so many seconds; what is left then ends with an error.
        """
        self.ending.set()
        self.turns.close()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (self.turns.held or self._changes) and loop.time() < end:
            await asyncio.sleep(LOOK_SECONDS)
        for inbox in self._open:
            inbox.put_nowait(closing())

    def size(self) -> tuple[int, int]:
        """How many documents and passages the collection that is shown first has."""
        return self._shelf.first.size()

    def index_read(self) -> float:
        """When the collection that is shown first was read last, in seconds since 1970."""
        return self._shelf.first.index_read

    async def ready_for(self, collection: str) -> tuple[bool, str]:
        """Whether a collection and the model are loaded and, if not, what is missing."""
        return await self.at(lambda dateline: dateline.ready(), collection) if collection else self.ready()

    async def at(self, call: Callable[[Dateline], T], collection: str = "") -> T:
        """What a call that blocks gives for a collection."""

        def run() -> T:
            with self._shelf.lend(collection) as dateline:
                return call(dateline)

        return await self.in_thread(run)

    def names(self) -> tuple[str, ...]:
        """The names of all collections, the one shown first first."""
        return self._shelf.names()

    async def held(self) -> tuple[Held, ...]:
        """All collections with their numbers of documents, the one shown first first."""
        return await self.in_thread(self._shelf.held)

    async def make(self, collection: str) -> Held:
        """Make an empty collection. Raises what `change` and `Shelf.make_collection` raise."""
        return await self.change(lambda: self._shelf.make_collection(collection))

    async def remove(self, collection: str) -> None:
        """Take a collection out. Raises what `change` and `Shelf.remove_collection` raise."""
        await self.change(lambda: self._shelf.remove_collection(collection))

    async def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: Collection[str] = (),
        who: str = "",
        collection: str = "",
    ) -> Answer:
        """The whole answer; given up when this is cancelled. Raises what `stream` raises."""
        asked = self.stream(question, history, within=within, who=who, collection=collection)
        async with aclosing(asked) as steps:
            async for step in steps:
                if isinstance(step, Answer):
                    return step
        raise AssertionError("a stream ends with an answer")

    async def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: Collection[str] = (),
        who: str = "",
        collection: str = "",
    ) -> AsyncGenerator[Step, None]:
        """The sources, each verified sentence, then the whole answer; between the first two how many are before
        it, while others have their turn. `who` asks is what turns are shared among.

        Close it (`contextlib.aclosing`) when the reader leaves: the model stops at its next word. A reader who
        is slow to take the steps holds up nobody.

        Raises:
            QueueFullError: too many wait already.
            ClosingError: the server is about to end.
            TimeLimitError: the answer takes longer than it may; and what `Dateline.stream` raises.
        """
        inbox: asyncio.Queue[Step | Exception | None] = asyncio.Queue()
        self._open.add(inbox)
        steps = self._worded(question, history, within, who, collection)
        pumping = asyncio.create_task(self._pump(inbox, steps))
        try:
            while (step := await inbox.get()) is not None:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            self._open.discard(inbox)
            pumping.cancel()

    async def _pump(
        self, inbox: asyncio.Queue[Step | Exception | None], steps: AsyncGenerator[Step, None]
    ) -> None:
        answered = False
        try:
            async with aclosing(steps):
                async for step in steps:
                    inbox.put_nowait(step)
                    answered = answered or isinstance(step, Answer)
        except asyncio.CancelledError:
            if not answered:
                self._metrics.unanswered()
            raise
        except Exception as error:  # raised again where the steps are taken
            self._metrics.unanswered(error)
            inbox.put_nowait(error)
        inbox.put_nowait(None)

    def _told(
        self, question: str, history: Sequence[Turn], within: Collection[str], collection: str
    ) -> Iterator[Step]:
        """What the collection, lent until the end of it, answers."""
        with self._shelf.lend(collection) as dateline:
            yield from dateline.stream(question, history, within=within)

    async def _worded(
        self, question: str, history: Sequence[Turn], within: Collection[str], who: str, collection: str
    ) -> AsyncGenerator[Step, None]:
        with self.turns.ticket(who) as ticket:
            known = await self.at(
                lambda dateline: dateline.recalls(question, history, within=within), collection
            )
            steps = Steps(self._told(question, history, within, collection))
            try:
                first = await self._in_time(steps.advance, self._time_limit)
                if isinstance(first, Sources):
                    yield first
                    if first.citations and not known:
                        queued = time.monotonic()
                        async for before in ticket.before():
                            yield Waiting(before)
                        self._metrics.waited(time.monotonic() - queued)
                    first = None
                async for step in self._rest(first, steps):
                    if isinstance(step, Answer):
                        self._answered(step, history, steps.watch, known=known)
                    yield step
            finally:
                steps.left.set()
                # Not awaited: whoever is cancelled twice would not get to it.
                self._threads.submit(steps.close)

    async def _rest(self, first: Step | None, steps: Steps) -> AsyncGenerator[Step, None]:
        """A step that is there already, and those after it; what was waited for a turn does not count."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._time_limit
        if first is not None:
            yield first
        while (step := await self._in_time(steps.advance, end - loop.time())) is not None:
            yield step

    async def find(self, question: str, collection: str = "") -> Found:
        """What an answer would draw on, without a model. Raises what `Dateline.find` raises."""
        return await self.at(lambda dateline: dateline.find(question), collection)

    async def documents(self, collection: str = "") -> tuple[Document, ...]:
        """Everything that is indexed."""
        return await self.at(lambda dateline: dateline.documents(), collection)

    async def document(self, document_id: str, collection: str = "") -> Document:
        """One document. Raises NotFoundError."""
        return await self.at(lambda dateline: dateline.document(document_id), collection)

    async def feedback(self, answer_id: str, verdict: Verdict, comment: str = "") -> None:
        """Keep what a reader thinks of an answer that was given lately.

        Raises:
            NotFoundError: none with this id was, or feedback is not kept here.
            InputError, TooLargeError: verdict or comment cannot be used.
            StorageError: the file of feedback cannot be written.
        """
        opinion = Opinion(verdict, comment)
        given, store = self._given.get(answer_id), self._feedback
        if given is None or store is None:
            raise NotFoundError(
                f"There is no answer {answer_id[:40]!r} among those given lately.", "Ask the question again."
            )
        answer, history = given
        await self.in_thread(lambda: store.add(opinion, answer, history))

    async def starters(self, collection: str = "") -> tuple[str, ...]:
        """Questions to start with. Raises what `Dateline.starters` raises."""
        return await self.at(lambda dateline: dateline.starters(), collection)

    async def suggestions(
        self, answer: Answer, history: Sequence[Turn] = (), collection: str = ""
    ) -> tuple[str, ...]:
        """Questions to go on with after an answer. Raises what `Dateline.suggestions` raises."""
        return await self.at(lambda dateline: dateline.suggestions(answer, history), collection)

    def _answered(self, answer: Answer, history: Sequence[Turn], watch: Watch, *, known: bool) -> None:
        self._metrics.answered(answer, watch, known=known)
        self._given[answer.answer_id] = (answer, tuple(history))
        self._given.move_to_end(answer.answer_id)
        while len(self._given) > MAX_REMEMBERED:
            self._given.popitem(last=False)

    async def change(self, call: Callable[[], T]) -> T:
        """Run a call that changes the collection, after those that came before it; it goes on when this is
        cancelled.

        Raises:
            QueueFullError: too many wait already.
            ClosingError: the server is about to end.
        """
        self.turns.check_open()
        if self._changes >= MOST_CHANGES:
            raise QueueFullError("Too many changes are waiting.", "Send it again in a moment.", retry_after=10)
        self._changes += 1
        changing = asyncio.get_running_loop().run_in_executor(self._changer, call)
        changing.add_done_callback(self._changed)
        return await asyncio.shield(changing)

    def _changed(self, changing: asyncio.Future[T]) -> None:
        self._changes -= 1
        if not changing.cancelled():
            changing.exception()  # nobody may be there any more to be told

    async def _in_time(self, call: Callable[[], T], seconds: float) -> T:
        try:
            # Not `wait_for`: before Python 3.12 it loses a cancellation that comes as the call ends.
            async with asyncio.timeout(max(0.0, seconds)):
                return await self.in_thread(call)
        except TimeoutError:
            raise TimeLimitError(
                f"The answer took longer than {self._time_limit:g} seconds.",
                "Ask something narrower, or raise QA_ANSWER_TIMEOUT.",
            ) from None

    async def in_thread(self, call: Callable[[], T]) -> T:
        """Run a call that blocks; when this is cancelled, the call ends by itself and its result is dropped."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

"""Put questions to the pipeline from asynchronous code.

The pipeline blocks; here each of its steps runs in a thread, and an answer that nobody waits for any more
is closed so that the model stops.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import anyio
from anyio import to_thread

from qa.errors import NotFoundError
from qa.feedback import FeedbackStore, Opinion, Verdict
from qa.records import Answer, AnswerSentence, Document, Sources, Turn

if TYPE_CHECKING:
    from qa.dateline import Dateline
    from qa.server.metrics import Metrics

Step: TypeAlias = Sources | AnswerSentence | Answer
T = TypeVar("T")

MAX_THREADS = 32
MAX_REMEMBERED = 1000  # answers that feedback can still be given on


class Desk:
    """The pipeline as the server sees it; any number of requests may use it at once."""

    def __init__(self, dateline: Dateline, metrics: Metrics, feedback: FeedbackStore | None = None) -> None:
        self._dateline = dateline
        self._metrics = metrics
        self._feedback = feedback
        self._given: OrderedDict[str, tuple[Answer, tuple[Turn, ...]]] = OrderedDict()
        # Its own limit: answers that wait for the model must not starve the page's files of threads.
        self._threads = anyio.CapacityLimiter(MAX_THREADS)

    def ready(self) -> tuple[bool, str]:
        """Whether index and model are loaded and, if not, what is missing."""
        return self._dateline.ready()

    async def ask(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()) -> Answer:
        """The whole answer. Raises what `Dateline.ask` raises."""
        answer = await self._in_thread(lambda: self._dateline.ask(question, history, within=within))
        self._answered(answer, history)
        return answer

    async def stream(
        self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()
    ) -> AsyncGenerator[Step, None]:
        """The sources, each verified sentence, then the whole answer. Raises what `Dateline.stream` raises.

        Close it (`contextlib.aclosing`) when the reader leaves: the model stops at its next step.
        """
        steps = await self._in_thread(lambda: _Steps(self._dateline.stream(question, history, within=within)))
        try:
            while (step := await self._in_thread(steps.advance)) is not None:
                if isinstance(step, Answer):
                    self._answered(step, history)
                yield step
        finally:
            # Not awaited: whoever is cancelled twice would not get to it, and closing waits for a running step.
            asyncio.get_running_loop().run_in_executor(None, steps.close)

    async def documents(self) -> tuple[Document, ...]:
        """Everything that is indexed."""
        return await self._in_thread(self._dateline.documents)

    async def document(self, document_id: str) -> Document:
        """One document. Raises NotFoundError."""
        return await self._in_thread(lambda: self._dateline.document(document_id))

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
        await self._in_thread(lambda: store.add(opinion, answer, history))

    async def starters(self) -> tuple[str, ...]:
        """Questions to start with. Raises what `Dateline.starters` raises."""
        return await self._in_thread(self._dateline.starters)

    async def suggestions(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """Questions to go on with after an answer. Raises what `Dateline.suggestions` raises."""
        return await self._in_thread(lambda: self._dateline.suggestions(answer, history))

    def _answered(self, answer: Answer, history: Sequence[Turn]) -> None:
        self._metrics.answered(answer)
        self._given[answer.answer_id] = (answer, tuple(history))
        self._given.move_to_end(answer.answer_id)
        while len(self._given) > MAX_REMEMBERED:
            self._given.popitem(last=False)

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await to_thread.run_sync(call, limiter=self._threads)


class _Steps:
    """An iterator of steps that may be closed while another thread is inside it: closing waits its turn."""

    def __init__(self, steps: Iterator[Step]) -> None:
        self._steps = steps
        self._lock = threading.Lock()

    def advance(self) -> Step | None:
        with self._lock:
            return next(self._steps, None)

    def close(self) -> None:
        with self._lock:
            close = getattr(self._steps, "close", None)
            if close is not None:
                close()

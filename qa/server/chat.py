"""One turn of the web chat: a question in, views of the conversation and its evidence out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from qa.errors import DatelineError
from qa.records import Answer, AnswerSentence, Sources
from qa.server import answer_html, conversation_html, evidence_html
from qa.server.answer_html import Shown
from qa.server.asking import Desk
from qa.server.kept import Ended, Exchange, Problem, cited, read_exchanges, turns_of, unfinished
from qa.server.steps import Step, Waiting

MOST_NARROWED = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the ids of the reports it is narrowed to (none for all), the conversation before it, and the
    name of the collection that is asked, "" for the one shown first.
    """

    question: str
    within: tuple[str, ...] = ()
    earlier: tuple[Exchange, ...] = ()
    collection: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows at one moment; what is None stays as it is.

    `messages` are the question and its reply; `earlier`, those before them, come once, at the beginning.
    `lit` holds the ids of the reports that the answer draws on. `kept` is what the browser is to keep: lost
    until the answer is `over`, so that a connection that breaks leaves what was verified.
    """

    messages: tuple[str, ...]
    earlier: tuple[str, ...] | None = None
    panel: str | None = None
    lit: frozenset[str] | None = None
    kept: Exchange | None = None
    over: bool = False


def read_asked(sent: object) -> Asked:
    """What a browser sent; what it lacks or garbles is empty."""
    given = sent if isinstance(sent, dict) else {}
    within = given.get("within")
    ids = within[:MOST_NARROWED] if isinstance(within, list) else []
    return Asked(
        str(given.get("question") or ""),
        tuple(one for one in ids if isinstance(one, str)),
        read_exchanges(given.get("exchanges")),
        str(given.get("collection") or ""),
    )


def known_only(asked: Asked, documents: Collection[str]) -> Asked:
    """Narrowed to those of its reports that are still there; with none of them left it stays as it is."""
    there = tuple(one for one in asked.within if one in documents)
    return replace(asked, within=there) if there else asked


@dataclass(slots=True)
class Reply:
    """An answer on its way to a page; whoever holds it may stop it.

    Stopping is said to the one who writes the views, so that no view can come after the last; the answer itself
    ends at once, however far behind it the page is.
    """

    # The steps of the answer as they come; None at their end, or where the reader stopped it.
    _inbox: asyncio.Queue[Step | None] = field(default_factory=asyncio.Queue)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _steps: asyncio.Task[None] | None = None
    _stopped: bool = False

    def stop(self) -> None:
        """End the answer with what has come; does nothing once it is over."""
        self._stopped = True
        if self._steps is not None:
            self._steps.cancel()
        self._inbox.put_nowait(None)

    async def views(self, desk: Desk, asked: Asked, shown: Shown, who: str = "") -> AsyncGenerator[View, None]:
        """Show the question, then the sources, each verified sentence, and the whole answer.

        An error becomes a message in the conversation.
        """
        sheet = _Sheet(asked, shown)
        yield sheet.begun()
        self._steps = steps = asyncio.create_task(self._collect(desk, asked, who))
        steps.add_done_callback(lambda _: self._inbox.put_nowait(None))
        try:
            while (step := await self._inbox.get()) is not None:
                if isinstance(step, Answer):
                    yield sheet.whole(step)
                    return
                view = sheet.add(step)
                if not self._stopped:  # what came before is shown with the last view
                    yield view
            if steps.done() and not steps.cancelled():
                steps.result()  # raises what ended it
            yield sheet.stopped()
        except DatelineError as error:
            yield sheet.failed(Problem(error.code, error.message, error.hint))
        except Exception:  # a bug: Gradio would cover the page with the word Error and leave Stop standing
            _log.exception("An answer for the chat failed.")
            yield sheet.failed(Problem("internal"))
        finally:
            steps.cancel()  # closes the stream once its running step is over; nobody has to wait for that
            self.over.set()

    async def _collect(self, desk: Desk, asked: Asked, who: str) -> None:
        turns = turns_of(asked.earlier)
        stream = desk.stream(asked.question, turns, within=asked.within, who=who, collection=asked.collection)
        async with aclosing(stream) as steps:
            async for step in steps:
                self._inbox.put_nowait(step)


class _Sheet:
    """The conversation with the reply that is being written under it."""

    def __init__(self, asked: Asked, shown: Shown) -> None:
        self._asked, self._shown = asked, shown
        self._number = len(asked.earlier)
        self._sources = Sources(())
        self._sentences: list[AnswerSentence] = []

    def add(self, step: Step) -> View:
        """With the sources, or with one more sentence."""
        panel, lit = None, None
        if isinstance(step, Sources):
            self._sources, panel = step, self._panel(step)
            lit = frozenset(citation.document_id for citation in step.citations)
        elif isinstance(step, AnswerSentence):
            self._sentences.append(step)
        if isinstance(step, Waiting):
            return self.coming(answer_html.queued(step.before, self._shown.say))
        return self.coming(answer_html.partial(self._sources, self._sentences, self._shown), panel, lit)

    def coming(self, body: str, panel: str | None = None, lit: frozenset[str] | None = None) -> View:
        """With what there is of the reply."""
        so_far = self._unfinished("lost")
        shown = conversation_html.asked(so_far, self._shown, self._number)
        reply = conversation_html.begun(body, self._sources, self._shown, self._number)
        return View((shown, reply), None, panel, lit, so_far)

    def begun(self) -> View:
        """With the question, and everything before it."""
        say = self._shown.say
        earlier = conversation_html.messages(self._asked.earlier, self._shown, closed=True)
        first = self.coming(answer_html.waiting(say), evidence_html.pending(say), frozenset())
        return replace(first, earlier=earlier)

    def whole(self, answer: Answer) -> View:
        """With the whole answer and its evidence."""
        exchange = Exchange(self._asked.question, self._asked.within, "whole", answer)
        lit = frozenset(citation.document_id for citation in answer.citations)
        panel = evidence_html.panel_of(answer, self._shown.say, self._shown.collection)
        return self.over(exchange, panel, lit)

    def stopped(self) -> View:
        """With what was verified before the reader stopped it."""
        return self.over(self._unfinished("stopped"))

    def failed(self, problem: Problem) -> View:
        """With what was verified before an error ended it."""
        return self.over(replace(self._unfinished("failed"), problem=problem))

    def over(self, kept: Exchange, panel: str | None = None, lit: frozenset[str] | None = None) -> View:
        """With what came of the question in the end."""
        return View(self._pair(kept), None, panel, lit, kept, over=True)

    def _panel(self, found: Sources) -> str:
        return evidence_html.sources(found.citations, self._shown.say, collection=self._shown.collection)

    def _unfinished(self, ended: Ended) -> Exchange:
        return unfinished(self._asked.question, self._asked.within, ended, self._sources, self._sentences)

    def _pair(self, kept: Exchange) -> tuple[str, str]:
        return (
            conversation_html.asked(kept, self._shown, self._number, last=True),
            conversation_html.reply(kept, self._shown, self._number, last=True),
        )


def lit_of(exchanges: Sequence[Exchange]) -> frozenset[str]:
    """The reports that the last answer draws on."""
    answer = exchanges[-1].answer if exchanges else None
    return frozenset(item.document_id for item in answer.citations) if answer else frozenset()


def evidence_of(exchanges: Sequence[Exchange]) -> Answer | None:
    """The last answer, when it shows any evidence."""
    answer = exchanges[-1].answer if exchanges else None
    return answer if answer and cited(answer) else None

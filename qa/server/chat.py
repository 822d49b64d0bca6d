"""One turn of the web chat: a question in, views of the conversation and its evidence out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from qa.errors import DatelineError
from qa.records import Answer, AnswerSentence, Sources, Turn
from qa.server import answer_html, evidence_html
from qa.server.asking import Desk, Step

Message: TypeAlias = dict[str, Any]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows at one moment; `panel` is None where it stays as it is."""

    messages: tuple[Message, ...]
    panel: str | None
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way to a page; whoever holds it may stop it.

    Stopping is said to the one who writes the views, so that no view can come after the last.
    """

    # The steps of the answer as they come; None at their end, or where the reader stopped it.
    _inbox: asyncio.Queue[Step | None] = field(default_factory=asyncio.Queue)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """End the answer with what has come; does nothing once it is over."""
        self._inbox.put_nowait(None)

    async def views(
        self, desk: Desk, question: str, messages: Sequence[Message], turns: Sequence[Turn]
    ) -> AsyncGenerator[View, None]:
        """Show the question, then the sources, each verified sentence, and the whole answer.

        An error becomes a message in the conversation; the turns then stay as they were.
        """
        asked = [*messages]
        if question.strip():
            asked.append({"role": "user", "content": answer_html.question(question)})

        def view(html: str, panel: str | None = None, kept: Sequence[Turn] = turns) -> View:
            return View((*asked, {"role": "assistant", "content": html}), panel, tuple(kept))

        shown = answer_html.waiting()
        yield view(shown)
        steps = asyncio.create_task(self._collect(desk, question, turns))
        steps.add_done_callback(lambda _: self.stop())
        sources, sentences = Sources(()), list[AnswerSentence]()
        try:
            while (step := await self._inbox.get()) is not None:
                if isinstance(step, Answer):
                    told = (Turn("user", question), Turn("assistant", step.answer))
                    yield view(answer_html.answer(step), evidence_html.panel_of(step), (*turns, *told))
                    return
                panel = None
                if isinstance(step, Sources):
                    sources, panel = step, evidence_html.sources(step.citations)
                else:
                    sentences.append(step)
                shown = answer_html.partial(sources, sentences)
                yield view(shown, panel)
            if steps.done():
                steps.result()  # raises what ended it
            yield view(answer_html.stopped(shown))
        except DatelineError as error:
            yield view(answer_html.problem(error))
        except Exception:  # a bug: Gradio would cover the page with the word Error and leave Stop standing
            _log.exception("An answer for the chat failed.")
            yield view(answer_html.broken(shown))
        finally:
            steps.cancel()  # closes the stream once its running step is over; nobody has to wait for that
            self.over.set()

    async def _collect(self, desk: Desk, question: str, turns: Sequence[Turn]) -> None:
        async with aclosing(desk.stream(question, turns)) as steps:
            async for step in steps:
                self._inbox.put_nowait(step)

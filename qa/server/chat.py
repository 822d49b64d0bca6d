"""One turn of the web chat: a question in, views of the conversation and its evidence out."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias

from qa.errors import DatelineError
from qa.records import Answer, AnswerSentence, Sources, Turn
from qa.server import answer_html, evidence_html
from qa.server.asking import Desk

Message: TypeAlias = dict[str, Any]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows at one moment; `panel` is None where it stays as it is."""

    messages: tuple[Message, ...]
    panel: str | None
    turns: tuple[Turn, ...]


async def reply(
    desk: Desk, question: str, messages: Sequence[Message], turns: Sequence[Turn]
) -> AsyncIterator[View]:
    """Show the question, then the sources, each verified sentence, and the whole answer.

    An error becomes a message in the conversation; the turns then stay as they were.
    """
    asked = [*messages]
    if question.strip():
        asked.append({"role": "user", "content": answer_html.question(question)})

    def view(html: str, panel: str | None = None, kept: Sequence[Turn] = turns) -> View:
        return View((*asked, {"role": "assistant", "content": html}), panel, tuple(kept))

    yield view(answer_html.waiting())
    sources, sentences = Sources(()), list[AnswerSentence]()
    try:
        async with aclosing(desk.stream(question, turns)) as steps:
            async for step in steps:
                if isinstance(step, Answer):
                    told = (Turn("user", question), Turn("assistant", step.answer))
                    yield view(answer_html.answer(step), evidence_html.panel_of(step), (*turns, *told))
                elif isinstance(step, Sources):
                    sources = step
                    yield view(answer_html.partial(sources, ()), evidence_html.sources(sources.citations))
                else:
                    sentences.append(step)
                    yield view(answer_html.partial(sources, sentences))
    except DatelineError as error:
        yield view(answer_html.problem(error))
    except Exception:  # a bug: Gradio would cover the page with the word Error and leave Stop standing
        _log.exception("An answer for the chat failed.")
        yield view(answer_html.broken(answer_html.partial(sources, sentences)))


def stopped(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The conversation after the reader pressed Stop."""
    if not messages or messages[-1]["role"] != "assistant":
        return tuple(messages)
    ended = answer_html.stopped(_html(messages[-1]["content"]))
    return (*messages[:-1], {"role": "assistant", "content": ended})


def _html(content: Any) -> str:
    """A message's HTML; Gradio hands it back as a list of parts."""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)

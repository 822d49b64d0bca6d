"""IBM's MTRAG conversations, a line each: `{"Collection", "contexts": [{"text", "title"}],
"input": [{"speaker": "user" | "agent", "text"}], "answerability": [...]}`; the question is the last of `input`.

Only what needs no judge is asked: unanswerable questions are to be declined, and so are underspecified ones
(type `ambiguous`; asking back instead is shown as such, but is not counted as right). Answerable ones have
long answers in free words and are left out; their passages stay in the collection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from eval.public.read import Clean, Row, read_lines, wrong
from eval.public.slice import Article, Page, Question
from eval.schema.cases import CaseType
from qa.records import Turn


class _Context(Row):
    text: Clean
    title: Clean = ""


class _Message(Row):
    speaker: Literal["user", "agent"]
    text: Clean


class _Line(Row):
    contexts: list[_Context]
    input: list[_Message]
    collection: Clean = Field(default="", alias="Collection")
    answerability: list[Literal["ANSWERABLE", "UNANSWERABLE", "UNDERSPECIFIED", "PARTIAL"]]


def read(path: Path) -> list[Article]:
    """An article for each collection: all passages given with its questions, and those they do not answer.

    An unanswerable question has no passages of its own, so that a conversation cannot be an article.

    Raises:
        InputError: it is of another form.
    """
    pages: dict[str, dict[str, Page]] = {}
    questions: dict[str, list[Question]] = {}
    for line, raw in read_lines(path, _Line):
        own = pages.setdefault(raw.collection, {})
        own |= {item.text: Page(item.text, item.title) for item in raw.contexts if item.text.strip()}
        if not raw.input or raw.input[-1].speaker != "user" or not raw.input[-1].text.strip():
            raise wrong(path, line, "input", "must end with a question of the user")
        if not {"UNANSWERABLE", "UNDERSPECIFIED"}.isdisjoint(raw.answerability):
            questions.setdefault(raw.collection, []).append(_question(raw))
    return [Article(name, tuple(own.values()), tuple(questions.get(name, ()))) for name, own in pages.items()]


def _question(raw: _Line) -> Question:
    *before, last = (message for message in raw.input if message.text.strip())
    history = tuple(Turn("user" if item.speaker == "user" else "assistant", item.text) for item in before)
    is_open = "UNDERSPECIFIED" in raw.answerability
    kind: CaseType = "ambiguous" if is_open else "near_miss"
    return Question(last.text, kind, "abstained", history=history, alone=True)

"""RAMDocs, a line each: `{"question", "documents": [{"text", "type", "answer"}], "gold_answers",
"wrong_answers"}`.

A question's documents are its own; several gold answers stand for several things of one name, and all that a
correct document gives are wanted. (The file has gold answers of which no document tells; a question that has
no others is to be declined.) Wrong answers, which misleading documents give, are forbidden. A document that
gives a gold answer in other words has all of its text for the evidence.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from eval.public.read import Clean, Row, read_lines, wrong
from eval.public.slice import Article, Gold, Page, Question, combine


class _Document(Row):
    text: Clean
    type: Literal["correct", "misinfo", "noise"]
    answer: Clean = ""


class _Line(Row):
    question: Clean
    documents: list[_Document]
    gold_answers: list[Clean]
    wrong_answers: tuple[Clean, ...] = ()


def read(path: Path) -> list[Article]:
    """The questions of a file in RAMDocs' form, each with its documents.

    Raises:
        InputError: it is of another form.
    """
    return [_article(raw, path, line) for line, raw in read_lines(path, _Line)]


def _article(raw: _Line, path: Path, line: int) -> Article:
    documents = [item for item in raw.documents if item.text.strip()]
    golds = tuple(dict.fromkeys(answer for answer in raw.gold_answers if answer.strip()))
    if not golds:
        raise wrong(path, line, "gold_answers", "must hold an answer")
    if not documents or not raw.question.strip():
        raise wrong(path, line, "question" if documents else "documents", "must not be empty")
    places = {answer: found for answer in golds if (found := _places(answer, documents))}
    forbidden = tuple(dict.fromkeys(answer for answer in raw.wrong_answers if answer.strip()))
    if not places:
        question = Question(raw.question, "near_miss", "abstained", forbidden=forbidden)
    else:
        question = Question(
            raw.question,
            "aggregation" if len(places) > 1 else "fact",
            "answered",
            answers=tuple((answer,) for answer in places),
            forbidden=forbidden,
            evidence=combine(list(places.values())),
        )
    return Article(raw.question, tuple(Page(item.text) for item in documents), (question,))


def _places(answer: str, documents: list[_Document]) -> list[Gold]:
    """Where the correct documents say an answer; the whole text of those that say it in other words.

    Documents that are labelled with the answer come first; without any, those that have it word for word.
    """
    wanted = answer.strip()
    word = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)", re.IGNORECASE)
    correct = [(at, item) for at, item in enumerate(documents) if item.type == "correct"]
    labelled = [(at, item) for at, item in correct if item.answer.strip().casefold() == wanted.casefold()]
    places = []
    for at, item in labelled or [(at, item) for at, item in correct if word.search(item.text)]:
        found = word.search(item.text)
        start, end = found.span() if found else (0, len(item.text))
        places.append(Gold(at, start, end))
    return places

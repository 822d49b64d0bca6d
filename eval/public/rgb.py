"""RGB, a line each: `{"id", "query", "answer", "positive": [passage], "negative": [passage]}`.

`answer` is one answer or a list; each item of the list is needed, and is an answer or a list of aliases.
Positive passages hold the answer and negative ones do not. A question without positive passages is to be
declined.
"""

from __future__ import annotations

from pathlib import Path

from eval.public.read import Clean, Row, read_lines, wrong
from eval.public.slice import Article, Gold, Page, Question, combine


class _Line(Row):
    query: Clean
    answer: Clean | list[Clean | list[Clean]]
    # Questions that need several facts have a list of passages for each.
    positive: list[Clean | list[Clean]]
    negative: list[Clean | list[Clean]]


def read(path: Path) -> list[Article]:
    """The questions of a file in RGB's form, each with its passages.

    Raises:
        InputError: it is of another form.
    """
    return [_article(raw, path, line) for line, raw in read_lines(path, _Line)]


def _article(raw: _Line, path: Path, line: int) -> Article:
    positive, negative = _flat(raw.positive), _flat(raw.negative)
    if not positive + negative or not raw.query.strip():
        raise wrong(path, line, "positive" if raw.query.strip() else "query", "must not be empty")
    pages = tuple(Page(text) for text in positive + negative)
    if not positive:
        return Article(raw.query, pages, (Question(raw.query, "near_miss", "abstained"),))
    answers = _answers(raw)
    if not answers or not all(answers):
        raise wrong(path, line, "answer", "must not be empty where there are positive passages")
    whole = [Gold(at, 0, len(text)) for at, text in enumerate(positive)]
    evidence = combine([_places(aliases, positive) or whole for aliases in answers])
    question = Question(
        raw.query, "aggregation" if len(answers) > 1 else "fact", "answered", answers=answers, evidence=evidence
    )
    return Article(raw.query, pages, (question,))


def _flat(passages: list[str | list[str]]) -> list[str]:
    texts = [text for item in passages for text in ([item] if isinstance(item, str) else item)]
    return [text for text in dict.fromkeys(texts) if text.strip()]


def _answers(raw: _Line) -> tuple[tuple[str, ...], ...]:
    needed = [raw.answer] if isinstance(raw.answer, str) else raw.answer
    groups = ([item] if isinstance(item, str) else item for item in needed)
    return tuple(tuple(alias for alias in group if alias.strip()) for group in groups)


def _places(aliases: tuple[str, ...], texts: list[str]) -> list[Gold]:
    """The first place of an alias in each passage that has one."""
    places = []
    for at, text in enumerate(texts):
        found = ((text.find(alias), alias) for alias in aliases)
        first = next(((start, alias) for start, alias in found if start >= 0), None)
        if first is not None:
            places.append(Gold(at, first[0], first[0] + len(first[1])))
    return places

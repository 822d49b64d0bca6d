"""Articles with questions, drawn by lot, written as documents and cases."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

from eval.schema.cases import CaseType, Expect
from qa.load import SIDECAR
from qa.records import Document, Turn
from qa.split import split_sentences

CASES = "cases.jsonl"
MOST_DOCUMENTS = 300
MOST_SETS = 16
QUESTIONS_AN_ARTICLE = 10  # drawn from one article before another is taken


@dataclass(frozen=True, slots=True)
class Page:
    """A document to be: its text and, where the data has one, its title."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Gold:
    """Where an answer stands: the number of a page within its article, and characters of the page's text."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question about an article. Fields are those of `eval.schema.cases.Case`; evidence is places in the
    article's pages, and `alone` makes the question a family of its own, where an article's questions are
    unrelated.
    """

    text: str
    type: CaseType
    expect: Expect
    answers: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    evidence: tuple[tuple[Gold, ...], ...] = ()
    history: tuple[Turn, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """What belongs together and is drawn whole: pages, and the questions about them."""

    name: str
    documents: tuple[Page, ...]
    questions: tuple[Question, ...] = field(repr=False)


def sample(articles: Sequence[Article], limit: int, seed: int) -> list[Article]:
    """Whole articles with at most `limit` questions in all and at most `MOST_DOCUMENTS` pages.

    The same seed draws the same ones. As many articles are drawn as give `QUESTIONS_AN_ARTICLE` questions
    each, then questions from each in turn.
    """
    lot = random.Random(seed)  # noqa: S311 - a draw that can be repeated, not a secret
    shuffled = lot.sample(articles, len(articles))
    drawn: list[Article] = []
    pages = room = 0
    for article in shuffled:
        if room >= limit:
            break
        if drawn and pages + len(article.documents) > MOST_DOCUMENTS:
            continue
        drawn.append(article)
        pages += len(article.documents)
        room += min(QUESTIONS_AN_ARTICLE, len(article.questions))
    # Where the articles give out, the ones drawn give more than their share.
    wanted = min(limit, sum(len(article.questions) for article in drawn))
    shares = _shares([len(article.questions) for article in drawn], wanted)
    return [
        replace(article, questions=tuple(lot.sample(article.questions, share)))
        for article, share in zip(drawn, shares, strict=True)
    ]


def _shares(sizes: Sequence[int], wanted: int) -> list[int]:
    """How many to take of each so that they make `wanted` in all, as evenly as the sizes allow."""
    shares = [0] * len(sizes)
    while wanted:
        for at, size in enumerate(sizes):
            if wanted and shares[at] < size:
                shares[at] += 1
                wanted -= 1
    return shares


def write_slice(kind: str, articles: Iterable[Article], folder: Path) -> Path:
    """Write the pages, their sources.toml and cases.jsonl into `folder`; returns the file of cases."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    sidecar = [f"ignore = {json.dumps([CASES])}\n"]
    for at, article in enumerate(articles):
        family = f"{kind}-{at:04d}"
        files = [f"{family}-{number:03d}.txt" for number in range(len(article.documents))]
        for file, page in zip(files, article.documents, strict=True):
            (folder / file).write_bytes(page.text.encode())
            if page.title.strip():
                sidecar.append(f"[{json.dumps(file)}]\ntitle = {_toml(page.title.strip())}\n")
        quotes = _Quotes(article, files)
        rows.extend(
            _row(question, f"{family}-{number}", family, quotes)
            for number, question in enumerate(article.questions, start=1)
        )
    (folder / SIDECAR).write_text("\n".join(sidecar), encoding="utf-8")
    out = folder / CASES
    out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return out


def combine(alternatives: Sequence[Sequence[Gold]]) -> tuple[tuple[Gold, ...], ...]:
    """Evidence sets from the places of each needed answer: one place of each makes a set.

    Where there would be more than `MOST_SETS`, only so many that every place occurs in one.
    """
    if not alternatives or not all(alternatives):
        return ()
    sizes = [len(places) for places in alternatives]
    total = 1
    for size in sizes:
        total *= size
    if total <= MOST_SETS:
        return tuple(product(*alternatives))
    return tuple(tuple(places[at % len(places)] for places in alternatives) for at in range(max(sizes)))


class _Quotes:
    """The sentences of an article's pages, cut when first asked for."""

    def __init__(self, article: Article, files: Sequence[str]) -> None:
        self._pages = article.documents
        self._files = files
        self._spans: dict[int, list[tuple[int, int]]] = {}

    def at(self, gold: Gold) -> dict[str, str]:
        """The sentences that a place lies in, as evidence is written."""
        text = self._pages[gold.page].text
        if gold.page not in self._spans:
            document = Document("", text, ("",), "")
            self._spans[gold.page] = [(item.start, item.end) for item in split_sentences(document)]
        met = [span for span in self._spans[gold.page] if span[0] < gold.end and gold.start < span[1]]
        start, end = (met[0][0], met[-1][1]) if met else (gold.start, gold.end)
        return {"document": self._files[gold.page], "quote": text[start:end]}


def _row(question: Question, case_id: str, family: str, quotes: _Quotes) -> dict[str, Any]:
    return {
        "id": case_id,
        "family": case_id if question.alone else family,
        "type": question.type,
        "question": question.text,
        "expect": question.expect,
        "answers": [list(aliases) for aliases in question.answers],
        "forbidden": list(question.forbidden),
        "evidence": [[quotes.at(gold) for gold in one_set] for one_set in question.evidence],
        "history": [{"role": turn.role, "content": turn.content} for turn in question.history],
    }


def _toml(text: str) -> str:
    """A TOML basic string; JSON's is one, but for the character DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

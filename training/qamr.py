"""QAMR's sentences (Michael et al., NAACL 2018) as text, with the questions worth learning from."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.words import STOPWORDS, fold

PRONOUNS = frozenset(
    "he she it they him her them his their its this that these those who which i we you".split()
)
MOST_PER_SENTENCE = 10
LEAST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of an article, with its questions and each answer's characters in the text."""

    article: str
    text: str
    asked: tuple[tuple[str, int, int], ...]


def read_qamr(path: Path) -> list[Told]:
    """The sentences of a QAMR file; questions under four words, doubles and pronoun answers are left out."""
    told = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, offsets = detokenize(row["tokens"])
        asked: list[tuple[str, int, int]] = []
        seen: set[str] = set()
        for pair in row["qas"]:
            span = _answer_span(pair, row["tokens"], offsets)
            question = pair["q"].strip()
            if span is None or len(question.split()) < LEAST_WORDS or fold(question) in seen:
                continue
            seen.add(fold(question))
            asked.append((question, *span))
        told.append(Told(row["article"], text, tuple(asked[:MOST_PER_SENTENCE])))
    return told


def _answer_span(
    pair: dict[str, Any], words: Sequence[str], offsets: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    chosen = sorted(pair["a"])
    if not chosen or chosen[-1] - chosen[0] + 1 != len(chosen):
        return None
    answer = [fold(words[index]) for index in chosen]
    if all(word in PRONOUNS or word in STOPWORDS for word in answer):
        return None
    return offsets[chosen[0]][0], offsets[chosen[-1]][1]


def detokenize(words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The sentence as written, and each token's span in it."""
    text, offsets, quoting = "", [], False
    for word in words:
        shown = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")"}.get(word, word)
        closing = shown == '"' and quoting
        glued = closing or re.match(r"^(?:[.,;:!?%)]|'s$|n't$|'\w{1,2}$)", shown) is not None
        if text and not glued and not text.endswith(("(", "$")) and not (quoting and text.endswith('"')):
            text += " "
        quoting = not quoting if shown == '"' else quoting
        offsets.append((len(text), len(text) + len(shown)))
        text += shown
    return text, offsets

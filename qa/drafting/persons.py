"""Which names of a report are people's, as far as its own words tell, and how a question calls them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from qa.drafting.clause import in_question
from qa.language.mentions import people
from qa.language.naming import Word, bare_end, is_title, key_of, runs_in, words_in
from qa.language.roles import BODY
from qa.records import Sentence
from qa.words import stem

_PLACED = re.compile(r"\b(?:in|at|to|from|near|of|outside|the|a|an)\s+$", re.I)


@lru_cache(maxsize=1024)
def persons_of(sentences: tuple[Sentence, ...]) -> frozenset[str]:
    """The last names, folded, of the people whom a document names: those with an office, those who speak, and
    those who are called by first and last name once and by the last alone elsewhere.
    """
    called = {mention.key for mention in people(sentences)}
    full: set[str] = set()
    alone: set[str] = set()
    other: set[str] = set()
    for sentence in sentences:
        words = words_in(sentence.text)
        for first, last in runs_in(words, sentence.text):
            name = sentence.text[words[first].start : bare_end(words[last - 1])]
            placed = _PLACED.search(sentence.text[: words[first].start]) is not None
            body = any(stem(word.plain) in BODY for word in words[first:last])
            kind = other if placed or body else {1: alone, 2: full}.get(last - first, other)
            kind.add(key_of(name))
    return frozenset(called | ((full & alone) - other))


def is_person(subject: str, persons: Collection[str] | None) -> bool:
    """Whether a subject is somebody: a name with an office, or one of the persons known."""
    words = words_in(subject)
    if not words or not words[-1].is_capital or _the_alone(words):
        return False
    if any(stem(word.plain) in BODY or word.plain in ("and", "of", "for") for word in words):
        return False
    if persons is not None:
        return key_of(words[-1].text) in persons
    names = [word for word in words if word.is_capital and not is_title(word)]
    return any(is_title(word) for word in words[:-1]) or (len(names) > 1 and words[0].is_capital)


def called(subject: str, persons: Collection[str] | None) -> str:
    """A person by the name alone, anybody else as they stand: "the envoy Ida Vey" is "Ida Vey"."""
    words = words_in(subject)
    runs = list(runs_in(words, subject))
    if not runs or not is_person(subject, persons):
        return in_question(subject)
    first, last = runs[-1]
    title = max((at for at in range(first, last) if is_title(words[at])), default=-1)
    begin = title + 1 if title >= 0 and title + 2 < last else first
    return subject[words[begin].start : words[last - 1].end]


def _the_alone(words: Sequence[Word]) -> bool:
    """Whether a name stands with an article and nothing else: "the Admiralty"."""
    return words[0].plain in ("the", "a", "an") and len(words) < 3

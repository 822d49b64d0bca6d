"""Which names of a report are people's, as far as its own words tell."""

from __future__ import annotations

import re
from functools import lru_cache

from qa.language.mentions import people
from qa.language.naming import bare_end, key_of, runs_in, words_in
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
            kind = (
                other
                if placed or body
                else alone
                if last - first == 1
                else full
                if last - first == 2
                else other
            )
            kind.add(key_of(name))
    return frozenset(called | ((full & alone) - other))

"""Who is speaking in a sentence: "the envoy said", "..., said Ida Vey", "according to the envoy"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.language.naming import LINKS, Word, between, key_of, touch, words_in
from qa.records import Sentence
from qa.words import stem

SAYS = frozenset(
    stem(word)
    for word in "said says told tells added stressed emphasized emphasised denied confirmed warned "
    "announced noted "
    "argued insisted stated explained praised rejected declared suggested replied complained admitted claimed "
    "called described promised acknowledged accused quoted underlined reiterated urged predicted".split()
)
_BETWEEN = frozenset(
    "also then later meanwhile himself herself once again for his her part has had have was".split()
)


def says(sentence: Sentence, keys: frozenset[str]) -> bool:
    """Whether in this sentence somebody speaks whose name, or role, ends in one of the keys."""
    words = words_in(sentence.text)
    for at, word in enumerate(words):
        if stem(word.plain) not in SAYS:
            continue
        if at and words[at - 1].plain == "to":  # what somebody is to say
            continue
        if _inverts(words, at, sentence.text) and _has(words[at + 1 : at + 7], keys):
            return True
        if any(key_of(word.text) in keys for word in _subjects(words, at, sentence.text)):
            return True
    match = re.search(r"\baccording to\b([^,.;]*)", sentence.text, re.I)
    return match is not None and _has(words_in(match.group(1)), keys)


def _has(words: Sequence[Word], keys: frozenset[str]) -> bool:
    return any(key_of(word.text) in keys for word in words)


def _subjects(words: Sequence[Word], verb: int, text: str) -> Iterator[Word]:
    """Who does what a verb says: the word before it, or before an apposition, and a name that is one ("the
    envoy, Ida Vey, said"); adverbs and the like left out.
    """
    at, jumped = verb, False
    while at > 0:
        if "," in between(words, at, text) and not jumped:
            last = at - 1
            at -= 1
            while at > 0 and "," not in between(words, at, text):
                at -= 1
            if at and all(word.is_capital for word in words[at : last + 1]):
                yield words[last]
            jumped = True
            continue
        at -= 1
        if words[at].plain in _BETWEEN or words[at].plain.endswith("ly"):
            continue
        if (link := _link_before(words, at, text)) is None:
            yield words[at]
            return
        at = link  # "the mayor of Holm said": not Holm


def _link_before(words: Sequence[Word], at: int, text: str) -> int | None:
    """Where the preposition stands that a name is led by."""
    while at > 0 and words[at].is_capital and words[at - 1].is_capital and touch(words, at, text):
        at -= 1
    if at > 0 and words[at - 1].plain == "the":
        at -= 1
    return at - 1 if at > 1 and words[at - 1].plain in LINKS else None


def _inverts(words: Sequence[Word], verb: int, text: str) -> bool:
    """Whether who speaks follows the verb: "..., said the envoy", "quoted the envoy as saying"."""
    rest = text[words[verb].end : words[verb].end + 80]
    if stem(words[verb].plain) == stem("quoted"):
        return re.search(r"\bas saying\b", rest) is not None
    return verb > 0 and re.search(r"[,”\"’'?!]\s*$", text[: words[verb].start]) is not None

"""Widen a sentence to what a reader needs to understand it: who "he" is, and both ends of a quotation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.records import Sentence
from qa.words import Token, fold, tokens

_PRONOUNS = frozenset("he she they it his her their its".split())
_QUOTED_FIRST = re.compile(r"[“\"][^“”\"]*[”\"]")
ENDS_SENTENCE = re.compile(r"[.!?…][”\"'’)\]]*$")


def widen(sentence: Sentence, sentences: Sequence[Sentence]) -> tuple[int, int]:
    """The span a reader needs: back to whom a pronoun means, and to both ends of an open quotation."""
    first = last = sentence.position
    while (
        last < len(sentences) - 1 and last - sentence.position < 2 and _open_marks(sentences, first, last) > 0
    ):
        last += 1
    while first > 0 and sentence.position - first < 2 and _needs_more_before(sentences, first, last):
        first -= 1
    return sentences[first].start, sentences[last].end


def _needs_more_before(sentences: Sequence[Sentence], first: int, last: int) -> bool:
    if ENDS_SENTENCE.search(sentences[first - 1].text) is None:  # a headline explains no pronoun
        return False
    return _open_marks(sentences, first, last) < 0 or _starts_with_pronoun(sentences[first].text)


def _open_marks(sentences: Sequence[Sentence], first: int, last: int) -> int:
    """Quotation marks opened but not closed in these sentences; below 0 when more are closed than opened.

    A straight mark opens where a word begins and closes where one ends.
    """
    text = " ".join(sentence.text for sentence in sentences[first : last + 1])
    straight = [(text[at - 1 : at] if at else " ") for at, char in enumerate(text) if char == '"']
    opened = sum(before in " (—-–\u00a0" for before in straight)
    return text.count("“") - text.count("”") + opened - (len(straight) - opened)


def _starts_with_pronoun(text: str) -> bool:
    """Whether a pronoun comes before any name; one in a quotation that opens the text does not count."""
    quoted = _QUOTED_FIRST.match(text)
    if quoted and tokens(text[quoted.end() :]):
        text = text[quoted.end() :]
    words = tokens(text)
    for position, token in enumerate(words):
        if fold(token.text) in _PRONOUNS:
            return True
        if token.is_capitalized and not token.is_stopword and (position or not _is_adverbial(text, words)):
            return False
    return False


def _is_adverbial(text: str, words: Sequence[Token]) -> bool:
    """Whether a sentence opens with an ordinary word ("Meanwhile, he", "Greeting her") and not with a name."""
    return text[words[0].end : words[0].end + 1] == "," or fold(words[0].text).endswith(("ing", "ly"))

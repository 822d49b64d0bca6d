"""The words of a sentence as names need them: stretches of capitalized words, roles, what stands between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.language.roles import BODY, ROLES, SHORT
from qa.records import Document
from qa.words import STOPWORDS, fold, stem, tokens

_TOKEN = re.compile(
    rf"(?:{'|'.join(SHORT)})\.(?:-(?:{'|'.join(SHORT)})\.)?|(?:[A-Z]\.)+(?=\s)|"
    r"[^\W\d_](?:[\w’'-]*[^\W_])?|\d[\w.,]*\w|\d",
    re.I,
)
_PARTICLES = frozenset("al el bin ibn de der den van von di da la le".split())
LINKS = frozenset("of for to in at from with".split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands, and its span; short forms keep their point, compounds their hyphens."""

    text: str
    start: int
    end: int

    @property
    def is_capital(self) -> bool:
        """Whether it begins as names do."""
        return self.text[0].isupper() or re.match(r"(?:al|el)-[A-Z]", self.text) is not None

    @property
    def plain(self) -> str:
        """Folded, without the possessive."""
        return fold(self.text).removesuffix("'s").removesuffix("'")

    @property
    def is_possessive(self) -> bool:
        """Whether it says whose something is."""
        return fold(self.text).endswith(("'s", "s'"))


def key_of(name: str) -> str:
    """What two spellings of one name share: the last word, folded, without a leading article ("al-")."""
    last = fold(name.split()[-1]).removesuffix("'s") if name.split() else ""
    return re.sub(r"^(?:al|el)-", "", last)


@lru_cache(maxsize=20_000)
def stems_of(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(token.stem for token in tokens(text))


def report_stems(document: Document) -> frozenset[str]:
    """The stems of all words of a report and its headline."""
    return _text_stems(document.text) | stems_of(document.headline)


@lru_cache(maxsize=4096)
def _text_stems(text: str) -> frozenset[str]:
    return stems_of(text)


@lru_cache(maxsize=20_000)
def words_in(text: str) -> tuple[Word, ...]:
    """The words of a sentence in order."""
    return tuple(Word(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text))


def runs_in(words: Sequence[Word], text: str) -> Iterator[tuple[int, int]]:
    """The stretches of capitalized words, from the first to behind the last; "of" may join two."""
    at = 0
    while at < len(words):
        if not words[at].is_capital or (words[at].plain in STOPWORDS and not _is_initial(words[at])):
            at += 1
            continue
        end = at + 1
        while end < len(words) and not words[end - 1].is_possessive and touch(words, end, text):
            if words[end].is_capital:
                end += 1
            elif (
                words[end].plain in {"of", *_PARTICLES}
                and end + 1 < len(words)
                and words[end + 1].is_capital
                and (words[end].plain in _PARTICLES or _takes_of(words[end - 1]))
            ):
                end += 2
            else:
                break
        first = at
        if _opens(words[first]) and end - first > 1:
            first += 1
        yield first, end
        at = end


def touch(words: Sequence[Word], at: int, text: str) -> bool:
    """Whether nothing but a space stands between a word and the one before it."""
    return between(words, at, text) in (" ", "\u00a0")


def between(words: Sequence[Word], at: int, text: str) -> str:
    """What stands between a word and the one before it."""
    return text[words[at - 1].end : words[at].start]


def bare_end(word: Word) -> int:
    """Where a word ends without its possessive."""
    return word.end - 2 if fold(word.text).endswith("'s") else word.end


def is_title(word: Word) -> bool:
    """Whether people are called by a word, or by a part of it: "envoy", "Lt.-Gen."."""
    plain = word.plain.rstrip(".")
    return any(part.rstrip(".") in ROLES | SHORT.keys() for part in plain.split("-"))


def _takes_of(word: Word) -> bool:
    """Whether a name may go on after this word with "of": "Secretary of State", "Bank of Holm"."""
    return word.plain in ROLES or stem(word.plain) in BODY


def _is_initial(word: Word) -> bool:
    return word.text.endswith(".") and len(word.text) == 2


def _opens(word: Word) -> bool:
    """Whether a capital letter is likely due to the place at the start: "Greeting", "Meanwhile"."""
    return word.start == 0 and (word.plain in STOPWORDS or word.plain.endswith(("ing", "ly", "while")))

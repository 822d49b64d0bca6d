"""What every stage agrees on about words: tokens, stems, numbers, dates, names, quotations.

Nothing here knows what a question is; it only reads text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
} | {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "sept": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_UNITS = {
    word: value
    for value, word in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen"
        ).split()
    )
}
_TENS = {
    word: value * 10
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

STOPWORDS = frozenset(
    (
        "a an the and or but if then than so of in on at by for to from with without about as into over "
        "after before between during against under through out up down off above below is are was were "
        "be been being am do does did done doing have has had having will would shall should can could "
        "may might must not no nor this that these those there here it its he him his she her hers they "
        "them their theirs we our you your i me my mine who whom whose which what when where why how all "
        "any both each few more most other some such only own same too very just also s t m re ve ll d "
        "please tell say says said according"
    ).split()
)
NEGATIONS = frozenset("not no never nor neither none nobody nothing cannot without".split())
_NEGATED = re.compile(r"\b[a-z]+n['’]t\b", re.I)

_TOKEN = re.compile(r"[^\W\d_]+(?:[.'’][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\W_]+", re.UNICODE)
# A letter or two, a hyphen and digits: model names such as "X-100" are one word.
_CODE = re.compile(r"\b[A-Za-z]{1,4}-?\d+[A-Za-z]?s?\b")
_QUOTED = re.compile(r"[“\"]([^“”\"]{2,}?)[”\"]")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it stands, its span, and its stem: what two words are compared by."""

    text: str
    start: int
    end: int
    stem: str

    @property
    def is_stopword(self) -> bool:
        """Whether it carries no meaning of its own."""
        return self.stem in STOPWORDS or self.text.casefold() in STOPWORDS

    @property
    def is_capitalized(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[:1].isupper()

    @property
    def is_number(self) -> bool:
        """Whether it begins with a digit, or is a number written out."""
        return self.stem[:1].isdigit()


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def fold(text: str) -> str:
    """Lower case without accents; curly quotes straightened."""
    straight = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    decomposed = unicodedata.normalize("NFKD", straight.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The form words are compared by: folded, possessive dropped, numbers in digits, then Snowball's stem."""
    folded = fold(word).removesuffix("'s").removesuffix("'").replace(".", "" if word[:1].isalpha() else ".")
    if folded[:1].isdigit():
        return folded.replace(",", "").rstrip("s")
    if folded in _UNITS or folded in _TENS:
        return str(_UNITS.get(folded, _TENS.get(folded, 0)))
    if any(char.isdigit() for char in folded):
        return folded.replace("-", "").rstrip("s")
    return str(_stemmer().stemWord(folded))


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text in order, with their spans."""
    return tuple(Token(text[start:end], start, end, stem(text[start:end])) for start, end in _token_spans(text))


def _token_spans(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for code in _CODE.finditer(text):
        yield from (match.span() for match in _TOKEN.finditer(text, position, code.start()))
        yield code.span()
        position = code.end()
    yield from (match.span() for match in _TOKEN.finditer(text, position))


def content_tokens(text: str) -> tuple[Token, ...]:
    """The words that carry meaning: no stop words."""
    return tuple(token for token in tokens(text) if not token.is_stopword)


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text in digits: "12,000", "six", "two million" give 12000, 6, 2000000.

    Digits inside model names ("X-20") are names, not numbers.
    """
    found: set[str] = set()
    words = tokens(text)
    for position, token in enumerate(words):
        if not token.is_number or any(char.isalpha() for char in token.stem):
            continue
        if fold(token.text) == "one":  # far more often a pronoun or an article than a count
            continue
        value = token.stem.rstrip(".")
        scale = _SCALES.get(fold(words[position + 1].text)) if position + 1 < len(words) else None
        tens = (
            fold(token.text) in _TENS and position + 1 < len(words) and fold(words[position + 1].text) in _UNITS
        )
        if tens and text[token.end : token.end + 1] == "-":
            found.add(str(int(value) + _UNITS[fold(words[position + 1].text)]))
        elif scale is not None and _is_decimal(value):
            found.add(f"{float(value) * scale:.0f}")
        elif not (
            position and text[token.start - 1 : token.start] == "-" and fold(words[position - 1].text) in _TENS
        ):
            found.add(value)
    return frozenset(found)


def _is_decimal(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()


def years(text: str) -> tuple[int, ...]:
    """Four-digit years from 1500 to 2099 in order of appearance."""
    return tuple(int(match.group()) for match in _YEAR.finditer(text))


def months(text: str) -> tuple[int, ...]:
    """Months named in a text; "may" and "march" count only when capitalized and followed or led by a number
    or a preposition of time, since they are also other words.
    """
    found = []
    words = tokens(text)
    for position, token in enumerate(words):
        folded = fold(token.text)
        if folded not in MONTHS or (len(folded) == 3 and not token.is_capitalized):
            continue
        if folded in ("may", "march"):
            near = words[max(0, position - 1) : position] + words[position + 1 : position + 2]
            dated = any(
                other.is_number or fold(other.text) in ("in", "of", "since", "last", "next") for other in near
            )
            if not (token.is_capitalized and dated):
                continue
        found.append(MONTHS[folded])
    return tuple(found)


def date_words(day: date) -> frozenset[str]:
    """The stems a date may be written with: its numbers, its month, its weekday."""
    return frozenset(
        stem(word) for word in (str(day.year), str(day.day), f"{day:%B}", f"{day:%b}", WEEKDAYS[day.weekday()])
    )


def quotations(text: str) -> tuple[str, ...]:
    """What stands between double quotation marks."""
    return tuple(match.group(1).strip() for match in _QUOTED.finditer(text))


def negations(text: str) -> int:
    """How many negating words a text has."""
    return len(_NEGATED.findall(text)) + sum(fold(token.text) in NEGATIONS for token in tokens(text))


def name_tokens(text: str) -> tuple[Token, ...]:
    """The capitalized words that are not merely first in their sentence or a stop word.

    A first word counts when it is followed by another capitalized word or is no ordinary first word; callers
    that compare names against a text should treat a miss on a first word leniently.
    """
    found = []
    for position, token in enumerate(tokens(text)):
        if not token.is_capitalized or token.is_stopword or not token.text[0].isalpha():
            continue
        begins = position == 0 or text[: token.start].rstrip().endswith((".", "!", "?"))
        if begins and not _looks_like_name(token, text):
            continue
        found.append(token)
    return tuple(found)


def _looks_like_name(token: Token, text: str) -> bool:
    """Whether a sentence's first word is likely a name: an inner capital, a possessive, or a capital next."""
    rest = text[token.end :].lstrip()
    inner_capital = any(char.isupper() for char in token.text[1:])
    return inner_capital or fold(token.text).endswith("'s") or rest[:1].isupper()

"""What a question asks for: its words, its names, and the kind of answer it expects."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from qa.errors import InputError, TooLargeError
from qa.language.identify import identifier
from qa.words import MONTHS, WEEKDAYS, Token, content_tokens, fold, name_tokens, numbers, tokens, years

Kind = Literal["person", "time", "place", "number", "choice", "open"]

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|far|long|old|often|large|big|late|high|deep)\b|"
            r"\b(?:what|which) (?:(?:is|was|were|are) the )?(?:number|share|percentage|proportion|sum|amount|"
            r"total|price|figure|quota)s?\b|\btotal\b|\b(?:death )?toll\b|\brange\b",
            re.I,
        ),
    ),
    (
        "time",
        re.compile(
            r"\bwhen\b|\b(?:what|which) (?:dates?|days?|years?|months?|time|weekdays?)\b|\bdates? of\b", re.I
        ),
    ),
    (
        "place",
        re.compile(r"\bwhere\b|\b(?:what|which) (?:city|town|place|country|venue|location|building)\b", re.I),
    ),
    (
        "person",
        re.compile(r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|official|minister|president|leader)\b", re.I),
    ),
)
_YES_NO = re.compile(r"^\W*(?:did|does|do|is|are|was|were|has|have|had|will|would|could|can|should)\b", re.I)
_PLACE_WORDS = re.compile(
    r"\b(?:in|at|outside|near|from|to|inside)\s+(?:the\s+|a\s+|an\s+|his\s+|her\s+|their\s+)?(?:\S+\s+){0,3}?[A-Z]"
)
_MONTH = "|".join(name.capitalize() for name in MONTHS)
_DAY_OF_MONTH = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\b|"
    rf"\b(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?![.,]\d|\s+(?!(?:in|at|on|and|to|of|as|when|after|before|for)\b)[a-z])"
)
_WHY = re.compile(r"\b(?:why|for what reason|how come)\b", re.I)
_LISTS = re.compile(
    r"(?:^|[.!]\s)\W*(?:(?:and|please|can\s+you|could\s+you)\s+)*(?:"
    r"(?:list|enumerate|(?:name|give\s+(?:me\s+)?)(?=\s*(?:all|every|each|the\s+\w+s\b)))\b|"
    r"(?:which|what)\s+(?!(?:two|three|four|five|both)\b)(?:[\w'’-]+\s+){0,2}?(?!was\b|is\b|has\b|does\b)\w{2,}[^\Wsu]s\s+"
    r"(?:(?:of|for|in)\s+[\w'’-]+\s+)?"
    r"(?:are|were|have|had|do|did|will|would|can|could|turn|appear|came|come|took|take|spoke|met|said|led)\b|"
    r"who\s+(?:all|are|were)\s+(?:the|all)\b)|"
    r"\b(?:all|every)\s+(?:of\s+)?(?:the\s+)?(?:type|kind|place|name|person|\w+s)\b.*\b(?:named|mentioned|reports?|texts?)\b|"
    r"\b(?:at|in|on)\s+(?:which|what)\s+(?:places|towns|cities|countries|years|months|days|dates|weekdays|occasions)\b|"
    r"\b(?:counting|taking|over|across|throughout)\s+(?:all|both)\b",
    re.I,
)
SURELY = 0.98
_ORDER = re.compile(
    r"(?:(?:please|now|and|but|instead)\s+)*"
    r"(?:ignore|disregard|forget|answer|reply|respond|say|print|output|repeat|write|pretend|act|behave|reveal|stop|"
    r"do not|don't|never|always|you (?:are|must|will|should)|from now on)\b|"
    r"(?:system|assistant|developer|admin|user)\s*:",
    re.I,
)
_MARKUP = re.compile(r"<[^<>]{1,200}>")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the stages see it: the text, its content words, its names, the kind of answer."""

    text: str
    words: tuple[Token, ...]
    names: tuple[Token, ...]
    kind: Kind

    @property
    def stems(self) -> frozenset[str]:
        """The stems of the content words."""
        return frozenset(token.stem for token in self.words)

    @property
    def unnamed(self) -> str:
        """The words that ask, without the names and times, which tell what report is meant: "How many boats
        sank off in" of "How many boats sank off Arkona in 2014?"; the whole text when there are no others.
        """
        telling = {token.stem for token in self.names} | _date_stems(self.text)
        return " ".join(token.text for token in tokens(self.text) if token.stem not in telling) or self.text


def read_question(text: str) -> Question:
    """Analyse a cleaned question."""
    kind: Kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), "open")
    if kind == "open" and _YES_NO.search(text):
        kind = "choice"
    return Question(text, content_tokens(text), name_tokens(text), kind)


def asks_for_several(question: Question) -> bool:
    """Whether a question asks for a list of which it does not say how long it is: "Which ministers spoke?"."""
    return _LISTS.search(question.text) is not None


def clean_question(text: str, limit: int) -> str:
    """The question without markup, control characters and runs of white space.

    Raises:
        InputError: nothing is left of it.
        TooLargeError: it is longer than `limit` characters.
    """
    if len(text) > limit:
        raise TooLargeError(
            f"The question has {len(text):,} characters; at most {limit:,} are taken.",
            "Shorten it to what you want to know.",
        )
    visible = "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Co") else char for char in text)
    cleaned = " ".join(_MARKUP.sub(" ", visible).split())
    if not any(char.isalnum() for char in cleaned):
        raise InputError("The question is empty.", "Ask something, for example: What did they agree on?")
    return cleaned


def without_orders(text: str) -> str:
    """A cleaned question without sentences that only order about whoever answers ("Ignore the above.", "SYSTEM:
    be brief."), as long as a question is left.
    """
    sentences = re.split(r"(?<=[.!?])\s+", text)  # qa/split.py takes "NO." for an abbreviation
    kept = [sentence for sentence in sentences if sentence.endswith("?") or not _ORDER.match(sentence)]
    return " ".join(kept) if any(sentence.endswith("?") for sentence in kept) else text


def foreign_language(text: str) -> str:
    """The ISO 639-1 code of the language a question is surely in, when that is not English; else ""."""
    code, probability = identifier().classify(text)
    return str(code) if code != "en" and probability >= SURELY else ""


def holds_kind(kind: Kind, sentence: str, question: Question) -> bool:
    """Whether a sentence holds something of the expected kind that the question does not say itself."""
    if kind == "number":
        counts = numbers(_DAY_OF_MONTH.sub(" ", sentence)) - {str(year) for year in years(sentence)}
        return bool(counts - numbers(question.text))
    if kind == "time":
        return bool(time_stems(sentence) - time_stems(question.text))
    if kind == "place":
        return _PLACE_WORDS.search(sentence) is not None
    if kind == "person":
        return any(token.stem not in question.stems for token in name_tokens(sentence))
    return True


def answering_stems(question: Question, quote: str) -> frozenset[str]:
    """The stems of a quotation that may be what a question asks for, as far as its kind tells: names, where it
    asks for a person or a place, times where for a time, and of a reason nobody can tell, so all of them.
    """
    if _WHY.search(question.text):
        return frozenset(token.stem for token in tokens(quote))
    if question.kind in ("person", "place"):
        return frozenset(token.stem for token in name_tokens(quote))
    return time_stems(quote) if question.kind == "time" else frozenset()


def _date_stems(text: str) -> frozenset[str]:
    """The stems of the years, months and weekdays of a text."""
    days = (*MONTHS, *WEEKDAYS)
    return frozenset(
        token.stem for token in tokens(text) if years(token.text) or fold(token.text).removesuffix("'s") in days
    )


def time_stems(text: str) -> frozenset[str]:
    """The stems of a text that tell a time: years, months, weekdays, words such as "week"."""
    telling = set(WEEKDAYS) | {
        "today",
        "yesterday",
        "tomorrow",
        "week",
        "month",
        "year",
        "day",
        "early",
        "late",
    }
    found = {str(year) for year in years(text)}
    for token in tokens(text):
        folded = fold(token.text).removesuffix("'s")
        if folded in telling or (folded in MONTHS and token.is_capitalized) or folded.rstrip("s") in telling:
            found.add(token.stem)
    return frozenset(found)

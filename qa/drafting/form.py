"""What a question must be like to be shown, and what a sentence to be asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.language.naming import stems_of
from qa.words import WEEKDAYS, numbers

LEAST_WORDS, MOST_WORDS = 4, 45
MOST_ASKED = 16  # words of a question
PRONOUN = re.compile(
    r"\b(?:he|she|it|they|we|i|you|him|them|us|me|his|her|hers|its|their|our|my|your|this|that|these|those|such|"
    r"there|here|one|ones|others?|another|same|former|latter|who|whose|which|what|where|when|how|why|himself|"
    r"herself|itself|themselves|counterpart)\b",
    re.I,
)
_UNFIT = re.compile(
    r"[“”\"()\[\];:!*/…—–]|['’]\s|\s['’]|,|\.\s|\bsoon\b|\bhas been\b.*\bhas\b|\band\?$|\b(?:of|the|a|an|to)\?$"
)
_HANGS = re.compile(
    r"\b(?:now|current|currently|recent|recently|today|yesterday|tomorrow|ago|last|next|further|new|overnight|"
    r"summer|winter|spring|autumn|night|morning|evening|afternoon|"
    rf"{'|'.join(WEEKDAYS)})\b",
    re.I,
)
_WH = re.compile(
    r"^(?:Who|What|When|Where|Why|How(?: many| much| long| high| wide| deep| old| tall| thick)?|By how much)\b"
)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A question that a sentence answers, the answer as it stands there, and how the question was made."""

    question: str
    answer: str
    by: str


def is_clear(sentence: str) -> bool:
    """Whether a sentence can be asked about by itself: whole, of a fair length, not about "him" or "this"."""
    whole = sentence[-1:] in '.”"' and (sentence[:1].isupper() or sentence[:1] in '“"')
    quotes = sentence.count("“") == sentence.count("”") and sentence.count('"') % 2 == 0
    words = len(sentence.split())
    hangs = (PRONOUN.match(sentence) and not sentence.startswith("There were ")) or re.match(
        r"(?:but|and|or|so)\b", sentence, re.I
    )
    return whole and quotes and LEAST_WORDS <= words <= MOST_WORDS and not hangs


def reads_well(question: str) -> bool:
    """Whether a question can be shown: it hangs on nothing outside of it, and is one short plain sentence."""
    asked = _WH.sub("", question.rstrip("?")).replace(" were there", " were")
    return (
        4 <= len(question.split()) <= MOST_ASKED
        and _WH.match(question) is not None
        and question.endswith("?")
        and not _UNFIT.search(question)
        and not PRONOUN.search(asked)
        and not _HANGS.search(asked)
    )


def gives_away(draft: Drafted) -> bool:
    """Whether the answer stands in the question."""
    if not draft.answer:
        return False
    told = stems_of(draft.answer) if not numbers(draft.answer) else frozenset(numbers(draft.answer))
    asked = stems_of(draft.question) | numbers(draft.question)
    telling = {word for word in told if word not in ("the", "a", "an", "of", "in")}
    return not telling or telling <= asked

"""Make a follow-up stand alone, by rules: "And in 2015?" after a question takes that question's words.

Only the user's own questions are drawn on; what the assistant said is not evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.question import read_question
from qa.records import Turn
from qa.words import fold, months, tokens, years

_AND = re.compile(r"^\s*(?:and|but|what about|how about|and what about|and how about|no,?|so)\b[\s,]*", re.I)
_ANAPHORA = frozenset("he she they it him her them his their that this there then".split())
_TIME = re.compile(r"\b(?:in|on|of|from|during)?\s*(?:(?:[A-Z][a-z]+\s+)?(?:\d{1,2},?\s+)?(?:19|20)\d\d)\b")


def condense(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked without the conversation; itself when it already stands alone."""
    asked = [turn.content for turn in history if turn.role == "user" and turn.content.strip()]
    if not asked or not _depends(question):
        return question
    previous = condense(asked[-1], [Turn("user", text) for text in asked[:-1]])
    if years(question) or months(question):
        rest = _AND.sub("", question).strip(" ?.!")
        if len(read_question(rest).words) <= 3:
            return _with_time(previous, question)
    rest = _AND.sub("", question).strip(" ?.!")
    return f"{rest[:1].upper()}{rest[1:]}, after “{previous}”?"


def _depends(question: str) -> bool:
    """Whether a question leans on the one before it."""
    words = tokens(question)
    content = read_question(question).words
    if _AND.search(question) and len(content) <= 5:
        return True
    if len(content) <= 1 and len(words) <= 4:
        return True
    names = [token for token in words if token.is_capitalized and token.start > 0 and not token.is_stopword]
    return not names and any(fold(token.text) in _ANAPHORA for token in words)


def _with_time(previous: str, follow_up: str) -> str:
    """The earlier question, asked of the time the follow-up names."""
    match = _TIME.search(follow_up)
    time = match.group().strip() if match else " ".join(str(year) for year in years(follow_up))
    time = re.sub(r"^(?:in|on|of|from|during)\s+", "", time)
    if _TIME.search(previous):
        return _TIME.sub(f" in {time}", previous, count=1)
    return f"{previous.rstrip('?.! ')} in {time}?"

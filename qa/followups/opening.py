"""How a follow-up begins, and what of it is only manner: "no, I meant", "something else now:", "who's".

Nothing here knows the question before.
"""

from __future__ import annotations

import re

from qa.followups.clause import WH
from qa.language.verbs import PARTICIPLES, PREPOSITIONS
from qa.words import STOPWORDS, fold

_LEAD = re.compile(
    r"^\s*(?:(?:and|but|so|then|ok(?:ay)?|right(?=,)|well|sorry|no|nope|yes|please|actually|wait|hm+|now(?=,))\b"
    r"[\s,.:;–—-]*)*"
    r"(?:(?:what|how)\s+about\b|as\s+(?:for|to)\b(?!\s+wh)|(?:i\s+(?:meant?|was\s+asking\s+about|am\s+asking\s+about)|"
    r"make\s+(?:that|it)|i['’]m\s+asking\s+about|(?:rather|instead))\b)?[\s,:]*(?:about\s+)?",
    re.I,
)
_ANEW = re.compile(
    r"^\s*(?:(?:and|but|so|ok(?:ay)?|all\s+right|right|well|alright|fine|good|thanks|thank\s+you|now|anyway|then|yes|no)\b"
    r"[\s,.:;–—-]*)*(?:(?:to|on|and|now)\s+)?(?:"
    r"something\s+(?:else|(?:completely\s+|entirely\s+|quite\s+)?different)|"
    r"(?:a|an)?\s*(?:change|switch)\s+of\s+(?:subject|topic)|"
    r"(?:let\s+(?:me|us)|let['’]s)\s+(?:change|switch)\s+(?:the\s+)?(?:subject|topic)s?|(?:changing|switching)\s+"
    r"(?:the\s+)?(?:subject|topic)s?|(?:a|an|another)?\s*(?:different|new|other|another)\s+(?:subject|topic|question|matter))"
    r"(?:\s+(?:now|altogether|entirely|completely|then|please))?\s*[,.:;–—-]+\s*(?P<question>\S.*)$",
    re.I | re.S,
)
_NOT_PRONOUN = re.compile(
    r"\b(?P<aux>did|does|do|was|were|is|are|has|have|had|would|could|should|must|ca|wo)n['’]t\s+"
    r"(?P<who>he|she|it|they|there|that|this|(?-i:[A-Z])[\w’'-]+(?:\s+(?-i:[A-Z])[\w’'-]+)*)\b",
    re.I,
)
_SHORT = re.compile(
    r"\b(?P<word>who|what|where|when|why|how|that|there|he|she|it)['’](?P<short>s|d|re|ll)\b"
    r"(?=\s+(?P<next>(?:(?:he|she|it|they)\s+(?=(?:done|been|got|said|become)\b))?[\w’'-]+))",
    re.I,
)
_DONE = re.compile(r"(?:been|got|had|done|gone|become|happened|changed|taken|given|made|said)$", re.I)
_BESIDE = re.compile(
    r"^(?P<np>(?:(?:the|his|her|their)\s|[A-Z])[^,?:]{1,60}),\s+(?P<time>(?:back\s+)?(?:in|on|during)\s+[^,?]{3,30},\s+)?"
    rf"(?P<asked>(?:(?:in|on|at|by|with|to|from|for)\s+)?(?:{WH}|did|does|do|was|were|is|are|has|have|had|will|would)\b.+)$",
    re.I,
)
_ITS_PRONOUN = re.compile(
    r"\b(?P<owner>his|her(?=\s+[a-z])|its|their)\b|\b(?:he|she|him|her|it|they|them)\b", re.I
)


def without_lead(question: str) -> tuple[str, bool]:
    """A follow-up without "And", "no, I meant" and the like, and whether it had any."""
    lead = _LEAD.match(question)
    led = lead is not None and bool(lead.group().strip())
    return question[lead.end() if lead else 0 :].strip(), led


def begun_anew(question: str) -> str:
    """The question after "something else now:" or "change of subject,"; "" where the subject is not changed."""
    match = _ANEW.match(question)
    if match is None:
        return ""
    asked = match["question"].strip()
    return asked[0].upper() + asked[1:]


def spelt_out(text: str) -> str:
    """Contractions in full: "who's going" is "who is going", "why wasn't she" is "why was she not"."""

    def inverted(match: re.Match[str]) -> str:
        aux = {"ca": "can", "wo": "will"}.get(fold(match["aux"]), match["aux"])
        return f"{aux} {match['who']} not"

    def full(match: re.Match[str]) -> str:
        next_word = match["next"].split()[-1]
        done = _DONE.match(next_word) or re.fullmatch(r"\w+ed", next_word) or next_word in PARTICIPLES
        pronoun = re.fullmatch(r"he|she|it|they|there|that", match["word"], re.I)
        words = {
            "s": "has" if _DONE.match(next_word) else "is",
            "d": "had" if done else ("would" if pronoun else "did"),
            "re": "are",
            "ll": "will",
        }
        return f"{match['word']} {words[fold(match['short'])]}"

    return _SHORT.sub(full, _NOT_PRONOUN.sub(inverted, text))


def put_back(core: str) -> str:
    """What stands before its question put in its place: "the mayor, back in 2013, what was her line" is "what
    was the mayor’s line in 2013"; "" where nothing stands before.
    """
    match = _BESIDE.match(core)
    if match is None:
        return ""
    phrase, asked = match["np"].strip(), match["asked"]
    first = fold(phrase.split()[0])
    if first in ("the", "his", "her", "their"):
        phrase = f"{first}{phrase[len(first) :]}"
    elif not _is_name(phrase):
        return ""
    pronoun = _ITS_PRONOUN.search(asked)
    if pronoun is None:
        return ""
    owner = ("’" if phrase.endswith("s") else "’s") if pronoun["owner"] else ""
    time = re.sub(r"^back\s+", "", (match["time"] or "").strip(" ,"), flags=re.I)
    head, tail = asked[: pronoun.start()], asked[pronoun.end() :].rstrip(" ?.!")
    return f"{head}{phrase}{owner}{tail} {time}".strip()


def _is_name(phrase: str) -> bool:
    words = phrase.split()
    return all(word[:1].isupper() or word in ("of", "and", "the", "von", "de") for word in words) and not (
        fold(words[0]) in STOPWORDS or fold(words[0]) in PREPOSITIONS
    )

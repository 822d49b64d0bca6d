"""A question without the words that set events side by side: "How did her demands differ between 2011 and
2013?" is "what were her demands between 2011 and 2013".
"""

from __future__ import annotations

import re

from qa.sides.clauses import WH

_PLURAL = re.compile(r"[^\Wsui]s$", re.I)
_LEAD = re.compile(
    r"^\W*(?:(?:please|can\s+you|could\s+you|would\s+you|i\s+want\s+to|i['’]d\s+like\s+to)\s+)*"
    r"(?:compare|contrast|set\s+side\s+by\s+side|put\s+side\s+by\s+side)\s+(?P<rest>.+)$",
    re.I | re.S,
)
_HOW_DIFFERS = re.compile(
    r"^\W*(?:how|in\s+what\s+(?:way|respect)s?)\s+(?:did|does|do|has|have|had|is|are|was|were)\s+(?P<what>.+?)\s+"
    r"(?:differ(?:ed|ent)?|changed?|changing|compare|evolved?|develop(?:ed)?|shift(?:ed)?|var(?:y|ied))\b(?P<rest>.*)$",
    re.I | re.S,
)
_GOING_BY = re.compile(
    r"^\W*(?:going|judging|to\s+judge)\s+by\s+the\s+[\w\s]+?,\s*|^\W*according\s+to\s+the\s+(?:reports?|documents?|texts?),\s*",
    re.I,
)
_GIVE = re.compile(
    r"(?<=[?.!;])\s*(?:please\s+)?(?:give|state|quote|name|tell|cite)\s+(?:me\s+)?(?:both|each|the|all)\s+(?:\w+\s+)?\w+\W*$",
    re.I,
)
_GREW = re.compile(
    r"^\W*(?:(?:by\s+)?how\s+much\s+|how\s+)?(?:did|does|has|have|had)\s+(?P<what>.+?)\s+"
    r"(?:grow|rise|fall|increase|decrease|drop|shrink|climb|swell|decline|change|go\s+(?:up|down))n?(?P<rest>\s+(?:between|from)\b.*)$",
    re.I | re.S,
)
_DIFFERENCE = re.compile(
    r"^\W*what\s+(?P<be>is|are|was|were)\s+the\s+(?:differences?|changes?)\s+(?:between|in)\s+(?P<rest>.+)$",
    re.I | re.S,
)
_TAIL = re.compile(
    rf"[,;–—-]?\s*\b(?:and\s+)?(?:{WH}\s+)?(?:did|does|do|is|are|was|were|has|have)\s+(?:it|this|that|they|these|those)\s+"
    r"(?:differ|chang|compar|the\s+same|different|alike)\w*\b.*$",
    re.I | re.S,
)
_BESIDE = re.compile(
    r"[,;]?\s*\b(?:both(?=\s+(?:in|at|on|times|meetings))|respectively|in\s+comparison|each\s+time|in\s+turn)\b",
    re.I,
)


def without_beside(question: str) -> str:
    """The question without the words that set events side by side."""
    text = _TAIL.sub("", _GIVE.sub("", _GOING_BY.sub("", question)))
    if match := _LEAD.match(text):
        rest = re.sub(r"^the\s+way\s+(?:in\s+which\s+|that\s+)?", "how ", match["rest"], flags=re.I)
        text = rest if re.match(rf"{WH}\b", rest, re.I) else f"what is said of {rest}"
    elif match := _HOW_DIFFERS.match(text) or _GREW.match(text):
        be = "were" if _PLURAL.search(match["what"]) else "was"
        text = f"what {be} {match['what']}{match['rest']}"
    elif match := _DIFFERENCE.match(text):
        rest = match["rest"]
        text = rest if re.match(rf"{WH}\b", rest, re.I) else f"what {match['be']} {rest}"
    return _BESIDE.sub("", text)

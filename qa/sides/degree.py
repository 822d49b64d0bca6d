"""What a question that compares asks of each side by itself: "Did the ferry carry more people in 2013 or in
2015?" asks of both years how many people it carried.
"""

from __future__ import annotations

import re

_AUX = r"(?:did|does|do|had|has|have|was|were|is|are|will|would|can|could)"
_MORE = r"(?:more|fewer|less)"
_HIGHER = r"(?:higher|lower|larger|smaller|bigger|greater|stronger|weaker)"
_HOW = {
    "longer": "how long",
    "shorter": "how long",
    "taller": "how tall",
    "older": "how old",
    "younger": "how old",
    "deeper": "how deep",
    "faster": "how fast",
    "slower": "how fast",
    "farther": "how far",
    "further": "how far",
    "closer": "how close",
    "better": "how",
    "worse": "how",
    "earlier": "when",
    "sooner": "when",
    "later": "when",
}
_DEGREE = rf"(?P<degree>{_HIGHER}|{'|'.join(_HOW)})"
_ENDS = r"(?=\s+(?:in|on|at|by|for|from|to|during|with|after|before|when|around|under)\b|\W*$)"
_AUXILIARY = re.compile(rf"^{_AUX}\b", re.I)
_THERE = re.compile(rf"^(?P<aux>{_AUX})\s+there\s+(?P<more>{_MORE})\s+(?P<noun>.+?){_ENDS}(?P<rest>.*)$", re.I)
_SUBJECT_MORE = re.compile(
    rf"^(?P<aux>{_AUX})\s+(?P<more>{_MORE})\s+(?P<noun>(?!than\b)\w+)\s+(?P<rest>.+)$", re.I
)
_BY_MORE = re.compile(rf"^(?P<clause>{_AUX}\s+.+?)\s+by\s+{_MORE}{_ENDS}(?P<rest>.*)$", re.I)
_QUALITY = re.compile(
    rf"^(?P<clause>(?:was|were|is|are)\s+.+?)\s+{_MORE}\s+(?P<word>(?!than\b)\w+){_ENDS}(?P<rest>.*)$", re.I
)
_OBJECT_MORE = re.compile(
    rf"^(?P<clause>{_AUX}\s+.+?)\s+(?P<more>{_MORE})(?P<noun>(?:\s+(?!than\b)[\w'’-]+)*?){_ENDS}(?P<rest>.*)$",
    re.I,
)
_IN_DEGREE = re.compile(rf"^(?P<clause>{_AUX}\s+.+?)\s+{_DEGREE}{_ENDS}(?P<rest>.*)$", re.I)
_WHICH = re.compile(
    rf"^(?:which|what)\s+(?P<noun>[\w\s'’-]+?)\s+(?P<verb>was|were|is|are|lasted|took|went\s+on)\s+{_DEGREE},?\s*"
    r"(?:(?:the|that|those)(?:\s+(?:one|ones|of))?(?=\s))?(?P<rest>.*)$",
    re.I,
)
_SAME_PLACE = re.compile(
    rf"^(?P<clause>{_AUX}\s+.+?)\s+(?:(?P<lead>in|at|on|with|by|from|to|for|of|about)\s+)?the\s+same\s+(?P<noun>(?!as\b)\w+)"
    r"(?P<rest>.*)$",
    re.I,
)
_BARE = re.compile(
    r"^(?P<be>was|were|is|are)\s+(?P<what>(?:the|[\w.]+['’]s?)\s+\w+(?:\s+of\s+\w+)?)(?:\s+the\s+same)?"
    r"(?P<rest>\s+(?:in|on|at)\s+[^,]*\d{4}\W*)$",
    re.I,
)
_ASKS_WHICH = re.compile(
    rf"^(?:(?:in|at|on|during|for|under)\s+(?:which|what)\s+[\w-]+|when|where)\s+(?={_AUX}\b.*\b"
    rf"(?:{_MORE}|{_HIGHER}|{'|'.join(_HOW)})\b)",
    re.I,
)
_BASE = {"lasted": "last", "took": "take", "went on": "go on"}
_THAN = re.compile(r"\s+than(?:\s+(?:that|those|the\s+ones?|it|they|was|were|did|had|of))*\s*$", re.I)
_MANY = re.compile(r"(?:[^\Wsu]s|people|men|women|children|dead)$", re.I)


def in_itself(question: str) -> str:
    """The question of one side, which names the side's time, without a comparison with the others."""
    text = _ASKS_WHICH.sub("", question.strip()).rstrip("?!. ")
    text = _THAN.sub("", text)
    text = _AUXILIARY.sub(lambda first: first[0].lower(), text)
    asked = _of_amount(text) or _of_degree(text) or _of_sameness(text)
    if not asked:
        return question
    asked = re.sub(r"\s+", " ", asked).strip(" ,")
    return f"{asked[0].upper()}{asked[1:]}?"


def _of_amount(text: str) -> str:
    """ "Were there more ships", "did more people come", "did he win by more", "did it carry more people"."""
    if match := _THERE.match(text):
        return f"{_how_many(match['more'], match['noun'])} {match['noun']} {match['aux']} there{match['rest']}"
    if match := _SUBJECT_MORE.match(text):
        be = f"{match['aux']} " if match["aux"] in ("was", "were", "is", "are") else ""
        return f"{_how_many(match['more'], match['noun'])} {match['noun']} {be}{match['rest']}"
    if match := _BY_MORE.match(text):
        return f"by how much {match['clause']}{match['rest']}"
    if match := _QUALITY.match(text):
        return f"how {match['word']} {match['clause']}{match['rest']}"
    if match := _OBJECT_MORE.match(text):
        return f"{_how_many(match['more'], match['noun'])}{match['noun']} {match['clause']}{match['rest']}"
    return ""


def _of_degree(text: str) -> str:
    """ "Was the toll higher", "did the strike last longer", "which strike lasted longer, the one"."""
    if match := _WHICH.match(text):
        verb, noun = re.sub(r"\s+", " ", match["verb"].lower()), match["noun"]
        clause = f"did the {noun} {_BASE[verb]}" if verb in _BASE else f"{verb} the {noun}"
        return f"{_word(match['degree'])} {clause} {match['rest'].strip()}"
    if match := _IN_DEGREE.match(text):
        return f"{_word(match['degree'])} {match['clause']}{match['rest']}"
    return ""


def _of_sameness(text: str) -> str:
    """ "Did they meet in the same place", "was the fee the same"."""
    if match := _SAME_PLACE.match(text):
        return f"{match['lead'] or ''} which {match['noun']} {match['clause']}{match['rest']}"
    if match := _BARE.match(text):
        return f"what {match['be']} {match['what']}{match['rest']}"
    return ""


def _how_many(more: str, noun: str) -> str:
    words = noun.split()
    many = more.lower() == "fewer" or (words and more.lower() == "more" and _MANY.search(words[-1]))
    return "how many" if many else "how much"


def _word(degree: str) -> str:
    return _HOW.get(degree.lower(), "what")

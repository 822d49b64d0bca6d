"""The words that people are called by in reports, and which of them a question may mean.

Lists of ordinary English, nothing of any document.
"""

from __future__ import annotations

import re

from qa.words import fold, stem

SHORT = {
    "gen": "general",
    "lt": "lieutenant",
    "col": "colonel",
    "maj": "major",
    "capt": "captain",
    "adm": "admiral",
    "sgt": "sergeant",
    "sen": "senator",
    "gov": "governor",
    "rep": "representative",
    "prof": "professor",
    "dr": "doctor",
    "rev": "reverend",
    "mr": "",
    "mrs": "",
    "ms": "",
}
RANKS = frozenset(
    "general colonel major captain lieutenant admiral marshal sergeant commander brigadier".split()
)
HEADS = frozenset("president premier chancellor king queen emir sultan prince princess leader emperor".split())
_OFFICES = frozenset(
    "minister secretary chief director deputy chairman chairwoman chair head spokesman spokeswoman "
    "spokesperson "
    "ambassador envoy adviser advisor senator congressman congresswoman governor mayor councillor judge "
    "justice "
    "commissioner official diplomat representative lawmaker delegate negotiator prosecutor inspector treasurer "
    "superintendent counterpart sheriff mp".split()
)
_CALLINGS = frozenset(
    "professor doctor analyst economist lawyer coach manager executive founder author journalist correspondent "
    "bishop archbishop rabbi imam pope reverend officer detective expert scientist researcher engineer "
    "organiser "
    "organizer farmer fisherman skipper pilot driver architect historian hydrologist biologist geologist "
    "teacher "
    "student resident activist campaigner owner chairperson harbourmaster master warden curator "
    "conductor".split()
)
ROLES = RANKS | HEADS | _OFFICES | _CALLINGS
MODIFIERS = frozenset(
    "prime vice deputy foreign former official senior top chief executive acting interim assistant first "
    "second "
    "defence defense interior finance transport health fisheries justice trade union news press military state "
    "general supreme new old young local regional national".split()
)
# What a question may call people by, beside the role itself.
_WIDER = {
    "official": HEADS | RANKS | _OFFICES,
    "politician": HEADS | _OFFICES - {"judge", "justice"},
    "leader": HEADS | {"prime"},
    "officer": RANKS | {"officer"},
    "spokesman": frozenset({"spokesman", "spokeswoman", "spokesperson"}),
    "spokesperson": frozenset({"spokesman", "spokeswoman", "spokesperson"}),
    "adviser": frozenset({"adviser", "advisor"}),
    "premier": frozenset({"premier", "prime"}),
    "newspaper": frozenset({"newspaper", "paper", "daily", "weekly", "tabloid"}),
    "paper": frozenset({"newspaper", "paper", "daily", "weekly", "tabloid"}),
}
ANYBODY = frozenset(stem(word) for word in "people person individual name figure man woman politician".split())
_OFFICE_GENERAL = re.compile(r"\b(secretary|attorney|director|consul|inspector|governor)[ -]general\b", re.I)
BODY = frozenset(
    stem(word)
    for word in "bank ministry institute university union commission committee agency group company department "
    "council club board observatory parliament government house office press party court service force".split()
)


def called(word: str) -> frozenset[str]:
    """The stems of all words that people are called by whom a question calls so, short forms too."""
    meant = wider(word)
    short = {brief for brief, full in SHORT.items() if full in meant}
    return frozenset(stem(name) for name in {*meant, *short})


def wider(word: str) -> frozenset[str]:
    """The words, in the singular, that a question may mean by one of them: "officials" are ministers too."""
    single = singular(fold(word))
    return _WIDER.get(single, frozenset({single}))


def is_role(word: str) -> bool:
    """Whether people are called by this word."""
    return singular(fold(word)) in ROLES | _WIDER.keys() - {"newspaper", "paper"} or stem(word) in ANYBODY


def role_stems(role: str) -> set[str]:
    """The stems of a role's words, short forms written out."""
    joined = _OFFICE_GENERAL.sub(r"\1", role)
    found = set()
    for word in re.split(r"[\s-]+", joined):
        plain = fold(word).rstrip(".").removesuffix("'s")
        found.add(stem(SHORT.get(plain, plain)))
    return found


def singular(word: str) -> str:
    """A noun in the singular, by its ending."""
    if word.endswith("men"):
        return f"{word[:-3]}man"
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word

"""The pronouns of a follow-up replaced by what they mean, where they mean nothing in their own question."""

from __future__ import annotations

import re

from qa.followups.clause import indirect, take_apart
from qa.followups.meant import people, person, same, there, thing
from qa.followups.refer import ROLE, Spoken, moment, names_of
from qa.language.verbs import PREPOSITIONS
from qa.words import fold, tokens

_BOUND = re.compile(r"\b(?:when|while|after|before|because|if|that|as|until|since|who|which|than|and)\b", re.I)
_PRONOUN = re.compile(
    r"\b(?P<p>he|she|him|her|his|hers|they|them|their|theirs|it|its|there|then)\b(?:['’](?=s\b))?", re.I
)
_POINTED = re.compile(
    r"\b(?P<det>that|this|these|those|the\s+same|the\s+said)\s+(?!(?:was|is|were|are|did|does|had|has|have|will|would|in|"
    r"on|at|of|to|the|a|an|by|he|she|they|it|not|so|mean|happen)\b)(?P<noun>[a-z][\w-]+)\b",
    re.I,
)
_PLAIN = re.compile(
    r"\b(?P<that>that|this|these|those)(?=$|\s+(?:in|on|at|happen|mean|help|work|change|come|cost|end|start|take)\b)",
    re.I,
)
_THAT_BE = re.compile(
    r"\b(?:was|is|were|are|did|does|do|has|had|of|about|by|with|for|to|after|before|from)\s+$", re.I
)
_DO = re.compile(r"\b(?:did|does|do|to|will|would|can|could|should|might|must)\b.*\bdo\s+$", re.I)
_SPEAKING = re.compile(
    r"\b(?:said?|say|tell|told|agree\w*|meet|met|want\w*|think|thought|promise\w*|discuss\w*|talk\w*|decide\w*|do|"
    r"announce\w*|go|went|travel\w*|ask\w*|answer\w*|warn\w*|hope\w*|plan\w*|know|knew|respond\w*|react\w*|feel|sign\w*)\b",
    re.I,
)
_ANSWERING = re.compile(r"\b(?:answer|reply|respond|react|object)\b", re.I)
_EMPTY_IT = re.compile(
    r"\b(?:is|was|does|did|has|will|would)\s+it\s+(?:(?:true|clear|known|possible|likely|said|reported|that|when|"
    r"where|who|raining|safe|necessary|take|took|mean)\b)|\bit\s+[a-z]+\s+for\s+.+\s+to\s+[a-z]|\bit\s+(?:takes?|took|rain\w*|snow\w*)\b|"
    r"\bit\s+from\s+.+?\s+that\b",
    re.I,
)


def replace_pointed(core: str, spoken: Spoken) -> str:
    """ "that meeting", "the same contract", and "that" alone."""
    match = _POINTED.search(core)
    if match:
        named = same(spoken, match["noun"])
        return f"{core[: match.start()]}{named}{core[match.end() :]}" if named else core
    plain = _PLAIN.search(core)
    if plain and _THAT_BE.search(core[: plain.start()]) and not _DO.search(core[: plain.start()]):
        asking = take_apart(spoken.question)
        subject = thing(spoken)
        if re.search(r"\b(?:after|before|by|with|from)\s+$", core[: plain.start()], re.I):
            subject = spoken.event.partition(" ")[2] or subject
        if asking and asking.word in ("where", "when") and plain.end() == len(core):
            return f"{core[: plain.end()].rsplit(' ', 1)[0]} it {indirect(spoken.question)}"
        return f"{core[: plain.start()]}{subject}{core[plain.end() :]}" if subject else core
    return core


def replace_pronouns(core: str, spoken: Spoken) -> str:
    """The question with its free pronouns replaced by what they mean, the first of a kind by its full name."""
    done: set[str] = set()
    text, own, at = core, core, 0  # what is put in is dotted out in `own`: a pronoun after it does not mean it
    while match := _PRONOUN.search(text, at):
        word = fold(match["p"])
        at = match.end()
        if word in done or not _is_free(own, match):
            continue
        found = _meant(word, text, match, spoken)
        if not found:
            continue
        if found.startswith("\0"):  # the rest of the question is the clause
            return text[: match.end()] + found[1:]
        rest = text[match.end() :]
        if _owns(word, rest):
            found, taken = _owned(found, rest)
            rest = rest[taken:]
        own = f"{own[: match.start()]}{'.' * len(found)}{rest}"
        text, at = text[: match.start()] + found + rest, match.start() + len(found)
        done |= {word}
        kinds = ({"he", "him", "his", "she", "her", "hers"}, {"they", "them", "their", "theirs"}, {"it", "its"})
        done |= {other for kind in kinds if word in kind for other in kind}
    return text


def _owns(word: str, rest: str) -> bool:
    """Whether a pronoun says whose the next word is; "her" does unless a small word or nothing follows."""
    if word == "her":
        small = "|".join((*PREPOSITIONS, "as", "when", "while", "and", "or", "because", "if", "there", "then"))
        return bool(re.match(rf"\s+(?!(?:{small})\b)[a-z]", rest))
    return word in ("his", "their", "its")


def _meant(word: str, text: str, match: re.Match[str], spoken: Spoken) -> str:
    """What stands for a pronoun; "" when nothing can be meant."""
    after = text[match.end() :].strip(" ?")
    if word in ("he", "she", "him", "his", "hers", "her"):
        return _other_when_answering(text, spoken) or person(spoken, beside=text)
    if word in ("they", "them", "their", "theirs"):
        together = re.search(r"\b(?:meet|met|agree\w*|talk\w*|discuss\w*|negotiate\w*)\b", text, re.I)
        return people(spoken, speaking=bool(_SPEAKING.search(text)), together_only=bool(together))
    if word in ("it", "its"):
        asking = take_apart(spoken.question)
        final = not after and re.search(r"\b(?:was|is)\s+$", text[: match.start()])
        if word == "it" and final and asking and asking.word in ("where", "when"):
            return f"\0 {indirect(spoken.question)}"
        return thing(spoken)
    if word == "there":
        return there(spoken) if not after else ""
    return moment(spoken) if not after else ""


def _other_when_answering(text: str, spoken: Spoken) -> str:
    """Who answers is the other one: "What did Ada tell Bo?" "What did he answer?"."""
    if _ANSWERING.search(text) and len(spoken.people) == 2:
        return spoken.people[1]
    return ""


def _owned(who: str, rest: str) -> tuple[str, int]:
    """ "the club’s" before what it owns; "the length of the boats that sank" where the owner is long. With how
    many characters of the rest that takes up.
    """
    if len(who.split()) <= 3:
        return f"{who}{'’' if who.endswith('s') else '’s'}", 0
    what = re.match(rf"\s*(?P<what>[\w-]+(?:\s+(?!(?:{'|'.join(PREPOSITIONS)}|and|or|that)\b)[\w-]+)?)", rest)
    return (f"the {what['what']} of {who}", what.end()) if what else (f"{who}’s", 0)


def _is_free(text: str, match: re.Match[str]) -> bool:
    """Whether a pronoun means nothing in its own question. What comes before it there can be meant only by
    possessives and in a clause of its own; "there was" and "it rains" mean nothing at all.
    """
    word, before = fold(match["p"]), text[: match.start()]
    if (
        word == "there"
        and re.search(r"\b(?:is|was|are|were)\s+$", before, re.I)
        and text[match.end() :].strip(" ?")
    ):
        return False
    if word in ("it", "its") and (_EMPTY_IT.search(text) or _DO.search(before)):
        return False
    named = names_of(before) or re.search(
        rf"\b(?:the|a|an|his|her|their)\s+(?:[\w-]+\s+)*?{ROLE}\b", before, re.I
    )
    if word in ("it", "its", "they", "them", "their"):
        named = named or re.search(r"\b(?:the|a|an)\s+[\w-]+", before, re.I)
    if not named:
        return True
    owns = word in ("his", "her", "hers", "their", "theirs", "its")
    return not owns and not _BOUND.search(before[_named_end(before) :])


def _named_end(before: str) -> int:
    """Where the first name of a text ends, or its first noun phrase."""
    match = re.search(r"[A-Z][\w’'-]+|\b(?:the|a|an)\s+[\w-]+", before[1:])
    return match.end() + 1 if match else 0


def leans(core: str) -> bool:
    """Whether a question still has a free pronoun."""
    if _PLAIN.search(core) and len(tokens(core)) <= 5:
        return True
    return any(
        _is_free(core, match) for match in _PRONOUN.finditer(core) if fold(match["p"]) not in ("there", "then")
    )

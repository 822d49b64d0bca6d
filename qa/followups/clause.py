"""Questions taken apart and put together again: "Where did they meet?" asks "where they met".

Only what the rules are sure of is turned round; the rest keeps the words of the question, which reads less well
and means the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.language.verbs import FINITE, IRREGULAR, PARTICIPLES, PREPOSITIONS, REGULAR, base, past, third, verb_at
from qa.words import fold

_AUX = "did|does|do|was|were|is|are|has|have|had|will|would|can|could|should|may|might|must"
_LED = r"(?:in|on|at|by|with|to|from|for|about|of|under|until|since|against|over)"
WH = r"who(?:m|se)?|what|which|when|where|why|how"
_ASKED = re.compile(
    rf"^(?P<wh>(?:{_LED}\s+)?(?:{WH})\b(?P<of>(?:\s+[\w’'-]+){{0,6}}?))\s+(?P<aux>{_AUX})\s+(?P<rest>.+)$", re.I
)
_YES_NO = re.compile(rf"^(?P<aux>{_AUX})\s+(?P<rest>.+)$", re.I)
# What a question has after its auxiliary where something else than the question word is the subject.
_SUBJECT = re.compile(r"(?:[A-Z]|(?:the|a|an|his|her|their|its|this|that|he|she|they|it|one|both|all)\b)")
_BE = frozenset(("is", "are", "was", "were"))
_SAID_OF = re.compile(
    rf"^(?P<wh>(?:{_LED}\s+)?(?:whom|what|when|where|why|how)(?:\s+(?:many|much)(?:\s+(?!(?:{_AUX}|the|a|an|his|her|their|its)\b)[a-z-]+)?)?)\s+(?P<rest>.+)$",
    re.I,
)
_ALONE = frozenset("he she it they".split())
_DETERMINERS = frozenset("the a an his her their its".split())
_STARTS = re.compile(rf"^(?:{_LED}\s+)?(?:{WH})\b", re.I)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question's parts: "How many boats", "did", "the club lend"; `aux` is empty where the question word is
    itself the subject ("Who", "", "opened the regatta") and `wh` where yes or no is asked.
    """

    wh: str
    aux: str
    rest: str

    @property
    def word(self) -> str:
        """The question word in lower case: "how", "where"; "" when yes or no is asked."""
        match = re.search(rf"\b(?:{WH})\b", self.wh, re.I)
        return fold(match.group()) if match else ""

    @property
    def noun(self) -> str:
        """What the question word counts or chooses: "boats" of "How many boats"."""
        match = re.match(r"(?:\w+\s+)?(?:how\s+many|how\s+much|which|what|whose)\s+(.+)", self.wh, re.I)
        return match.group(1) if match else ""


def take_apart(question: str) -> Asking | None:
    """The parts of a question; None for what is no question."""
    text = question.strip().rstrip("?!. ")
    match = _ASKED.match(text)
    if match is not None:
        between = fold(match["of"]).split()
        if not any(word in FINITE or word in ("that", "who", "which") for word in between):
            return Asking(match["wh"], match["aux"], match["rest"])
    if _STARTS.match(text):
        split = re.match(
            rf"((?:{_LED}\s+)?(?:who(?:m|se)?|where|when|why|(?:how\s+(?:many|much)|which|what)(?:\s+[\w’'-]+)*?))"
            r"(?:\s+(.*))?$",
            text,
            re.I,
        )
        return _subject(text) or (Asking(split[1], "", split[2] or "") if split else None)
    if match := _YES_NO.match(text):
        return Asking("", match["aux"], match["rest"])
    return None


def _subject(text: str) -> Asking | None:
    """ "How many people | came to the pier": the question word's phrase ends where a verb begins."""
    words = text.split()
    for at, word in enumerate(words[1:], start=1):
        if fold(word) in FINITE or (at > 1 and re.fullmatch(r"[a-z]{2,}(?:ed|es)", word)):
            return Asking(" ".join(words[:at]), "", " ".join(words[at:]))
    return None


def state(asking: Asking) -> str:
    """The question's clause in the order of a statement: "did the club lend" gives "the club lent"."""
    words = asking.rest.split()
    aux = fold(asking.aux)
    if not aux:
        return asking.rest
    if aux in ("did", "does", "do"):
        at = verb_at(words)
        if at is None:
            return asking.rest if aux == "do" else f"{words[0]} {' '.join(words[1:])}".strip()
        verb = {"did": past, "does": third}.get(aux, str)(words[at])
        return " ".join([*words[:at], verb, *words[at + 1 :]])
    at = predicate_at(words)
    return " ".join([*words[:at], aux, *words[at:]])


def denied(asking: Asking, wh: str) -> str:
    """A yes-no question denied and asked with a question word: "Why was she not at the pier"."""
    words = asking.rest.split()
    at = verb_at(words) if fold(asking.aux) in ("did", "does", "do") else predicate_at(words)
    at = len(words) if at is None else at
    return " ".join([wh, asking.aux.lower(), *words[:at], "not", *words[at:]])


def predicate_at(words: list[str]) -> int:
    """Where, in what follows an auxiliary, the subject ends."""
    after = range(1, len(words))
    if words and words[-1] in PREPOSITIONS:  # "the agreement of the clubs | about"
        after = range(len(words) - 1, len(words))
    verbs = (at for at in after if _is_predicate(words[at]))
    # "the concert in Tarn | cancelled", "the club | at the pier"
    small = (at for at in after if words[at] in PREPOSITIONS and words[at] != "of")
    return next(verbs, next(small, len(words)))


def _is_predicate(word: str) -> bool:
    return bool(
        word in PARTICIPLES
        or word in IRREGULAR
        or word in REGULAR
        or word in ("be", "been", "still", "already", "absent", "present")
        or re.fullmatch(r"[a-z]+(?:ed|ing|ly)", word)
    )


def indirect(question: str) -> str:
    """The question as it is asked about: "where they met", "how many people came", "whether she won"."""
    asking = take_apart(question)
    if asking is None:
        return question.strip().rstrip("?!. ")
    if not asking.wh:
        return f"whether {state(asking)}"
    wh = asking.wh[0].lower() + asking.wh[1:]
    # "Who was invited", "what is the range": the question word may be the subject.
    turned = not _is_subject(asking) and bool(asking.aux)
    return f"{wh} {state(asking)}" if turned else " ".join(f"{wh} {asking.aux} {asking.rest}".split())


def direct(clause: str) -> str:
    """What is asked by a clause: "where they met" gives "where did they meet"; "" where that is not sure."""
    match = _SAID_OF.match(clause.strip().rstrip("?!. "))
    if match is None:
        return ""
    words = match["rest"].split()
    first = fold(words[0])
    begins = 2 if first in _DETERMINERS else 1 if first in _ALONE or words[0][:1].isupper() else len(words)
    for at, word in enumerate(words[begins : begins + 5], start=begins):
        subject, rest = " ".join(words[:at]), " ".join(words[at + 1 :])
        if re.fullmatch(_AUX, fold(word)):
            return f"{match['wh']} {fold(word)} {subject} {rest}".rstrip()
        if stem := base(word):
            done = "does" if fold(word) == third(stem) else "did"
            return f"{match['wh']} {done} {subject} {stem} {rest}".rstrip()
    return ""


def verb_phrase(question: str) -> str:
    """What is done, in the verb's base form: "Who opened the dam?" and "Did she open the dam?" give "open the
    dam"; "" where that is not sure.
    """
    asking = take_apart(question)
    if asking is None:
        return ""
    words = asking.rest.split()
    if not asking.aux:
        first = base(words[0]) if words and (asking.word == "who" or asking.noun) else ""
        return " ".join([first, *words[1:]]) if first else ""
    if fold(asking.aux) in (*_BE, "has", "have", "had"):
        return ""
    if asking.wh and not _is_subject(asking):
        words = _fill(asking.rest, _gap(asking)).split()
    at = verb_at(words)
    return " ".join(words[at:]) if at is not None else ""


def ends_in_verb(asking: Asking) -> bool:
    """Whether nothing but a time follows the verb: "How did the clubs vote in 2010?"."""
    match = _TAIL.search(asking.rest)
    words = (asking.rest[: match.start()] if match else asking.rest).split()
    return verb_at(words) == len(words) - 1


def ask_anew(wh: str, previous: str, subject: str = "", manner: str = "") -> str:
    """The earlier question with another question word: "Why" of "Who won the race?" and "Ada Brook" gives "Why
    was it that Ada Brook won the race?"; without her it was "someone". `manner` is the answer to how it was.
    """
    asking = take_apart(previous)
    if asking is None:
        return f"{wh}: {previous.strip().rstrip('?!. ')}?"
    if not asking.wh:
        return f"{wh} {asking.aux.lower()} {asking.rest}?"
    if not _is_subject(asking):
        gap = manner if manner else "" if fold(wh).split()[0] == asking.word else _gap(asking)
        return f"{wh} {asking.aux} {_fill(asking.rest, gap)}?"
    who = subject or _someone(asking)
    if asking.aux:
        return f"{wh} {asking.aux} {who} {asking.rest}?"
    return f"{wh} was it that {who} {asking.rest}?"


def _is_subject(asking: Asking) -> bool:
    """Whether the question word may be the subject: not beside "did", and no word of place, time or manner."""
    if not asking.aux:
        return True
    if fold(asking.aux) in ("did", "does", "do") or re.match(rf"{_LED}\s", asking.wh, re.I):
        return False
    if asking.word == "whom" or (fold(asking.aux) not in _BE and _SUBJECT.match(asking.rest)):
        return False
    if asking.rest.split()[-1:] and fold(asking.rest.split()[-1]) in PREPOSITIONS:
        return False
    return asking.word not in ("where", "when", "why", "how") or bool(asking.noun)


def _someone(asking: Asking) -> str:
    if fold(asking.wh).startswith("how many") and asking.noun:
        return f"so many {asking.noun}"
    if fold(asking.wh).startswith("how much"):
        return f"so much {asking.noun}".strip()
    if asking.noun:
        return f"the {asking.noun}"
    return "someone" if asking.word.startswith("who") else "this"


def _gap(asking: Asking) -> str:
    """What stands for the question word's own place: "there" for "where"."""
    if asking.word in ("when", "why") or (asking.word == "how" and not asking.noun):
        degree = re.fullmatch(r"how\s+(\w+)", asking.wh, re.I)
        return f"that {degree.group(1)}" if degree else ""
    if asking.word == "where":
        return "there"
    if re.match(rf"{_LED}\s", asking.wh, re.I):
        return ""
    return _someone(asking) if asking.noun else ("that person" if asking.word.startswith("who") else "that")


_TAIL = re.compile(
    r"\s+(?:at|during)\s+the\s+.+$|\s+(?:(?:in|on|at|during|since|before|after|until|by)\s+(?:[A-Z\d][\w.]*(?:\s+|$)|early\s+|late\s+|the\s+(?=\d))+)+$|"
    r"\s+the\s+(?:last|next|first|most\s+recent)\s+time\b.*$"
)


def _fill(rest: str, gap: str) -> str:
    """The clause with its gap filled: after a preposition left alone, after its verb, or before its time."""
    if not gap:
        return rest
    match = _TAIL.search(rest)
    body, tail = (rest[: match.start()], rest[match.start() :]) if match else (rest, "")
    words = body.split()
    at = verb_at(words)
    left_alone = words and fold(words[-1]) in PREPOSITIONS
    if at is None or at + 1 >= len(words) or left_alone or gap == "there":
        return f"{body} {gap}{tail}"
    if fold(words[at + 1]) in PREPOSITIONS:
        return " ".join([*words[: at + 1], gap, *words[at + 1 :]]) + tail
    return f"{body} {gap}{tail}"

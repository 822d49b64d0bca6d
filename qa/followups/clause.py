"""Questions taken apart and put together again: "Where did they meet?" asks "where they met".

Only what the rules are sure of is turned round; the rest keeps the words of the question, which reads less well
and means the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.language.verbs import FINITE, IRREGULAR, PARTICIPLES, PREPOSITIONS, REGULAR, past, third, verb_at
from qa.words import fold

_AUX = "did|does|do|was|were|is|are|has|have|had|will|would|can|could|should|may|might|must"
_LED = r"(?:in|on|at|by|with|to|from|for|about|of|under|until|since|against|over)"
WH = r"who(?:m|se)?|what|which|when|where|why|how"
_ASKED = re.compile(
    rf"^(?P<wh>(?:{_LED}\s+)?(?:{WH})\b(?P<of>(?:\s+[\w’'-]+){{0,6}}?))\s+(?P<aux>{_AUX})\s+(?P<rest>.+)$", re.I
)
_YES_NO = re.compile(rf"^(?P<aux>{_AUX})\s+(?P<rest>.+)$", re.I)
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
    ends = [
        at
        for at, word in enumerate(words[1:], start=1)
        if word in PARTICIPLES
        or word in PREPOSITIONS
        or re.fullmatch(r"[a-z]+(?:ed|ing)", word)
        or word in IRREGULAR
        or word in REGULAR
        or word == "be"
    ]
    at = ends[0] if ends else len(words)
    return " ".join([*words[:at], aux, *words[at:]])


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


def ask_anew(wh: str, previous: str, subject: str = "") -> str:
    """The earlier question with another question word: "Why" of "Who won the race?" and "Ada Brook" gives "Why
    was it that Ada Brook won the race?"; without her it was "someone".
    """
    asking = take_apart(previous)
    if asking is None:
        return f"{wh}: {previous.strip().rstrip('?!. ')}?"
    if not asking.wh:
        return f"{wh} {asking.aux.lower()} {asking.rest}?"
    if not _is_subject(asking):
        gap = "" if fold(wh).split()[0] == asking.word else _gap(asking)
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

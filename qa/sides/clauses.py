"""A question cut into the questions that it is made of: "Who leads it, and by when did he come?", "Set what she
promised beside what she did", "Is the toll for 2017 lower than the one agreed for 2015?".
"""

from __future__ import annotations

import re

WH = r"(?:what|how|where|when|who|whom|which|why|whether|if)"
_ASKS = rf"(?:(?:by|since|until|till|at|in|on|for|from|to|with|under|of|against)\s+)?{WH}\b"
_CLAUSE = re.compile(rf"[,;?]\s*(?:(?:and|but|while|whereas)\s+)?(?={_ASKS})|\s+(?:and|but)\s+(?={WH}\b)", re.I)
_SET_BESIDE = re.compile(
    rf"^\W*(?:please\s+)?(?:compare|contrast|set|put|place|hold)\s+(?P<one>{WH}\b.+?),?\s+"
    rf"(?:beside|next\s+to|alongside|against|with|to|and)\s+(?P<other>{WH}\b.+)$",
    re.I | re.S,
)
_MEASURED = re.compile(
    r"^\W*(?P<be>is|are|was|were)\s+(?P<one>(?:the|a|an)\s.+?)\s+(?:(?:any|much|even|far)\s+)?"
    r"(?:(?:more|less)\s+\w+|higher|lower|larger|smaller|bigger|greater|longer|shorter|earlier|later|more|less|fewer)\s+"
    r"than\s+(?:the\s+ones?|that|those)\s+(?P<rest>[^?]+)",
    re.I | re.S,
)
_OF_TIME = r"(?:at|in|on|by(?!\s+(?:more|less|fewer|much|far)\b)|when|during|after|before|under)\b"
_OR = re.compile(rf"^(?P<head>.+?),?\s+(?P<one>{_OF_TIME}.+?),?\s+or\s+(?P<other>{_OF_TIME}[^?]+)", re.I | re.S)
_STARTS = re.compile(rf"\W*(?:and\s+)?{_ASKS}", re.I)


def clauses_of(question: str) -> list[str]:
    """The clauses of a question, each of which may ask for something; the question alone when it is one."""
    if match := _SET_BESIDE.match(question):
        return [match["one"], match["other"]]
    return [part for part in _CLAUSE.split(question) if part.strip(" ?.!")]


def starts_asking(clause: str) -> bool:
    """Whether a clause begins as a question does, and goes on."""
    return _STARTS.match(clause) is not None and len(clause.split()) > 2


def sets_beside(question: str) -> bool:
    """Whether a question tells to set two things beside each other, each of them asked for in a clause."""
    return _SET_BESIDE.match(question) is not None


def measured(question: str) -> tuple[str, str, str] | None:
    """The verb, the thing, and what stands in place of its time for the other, when a question asks whether one
    thing is more than another of its kind: "was", "the fee in 2011", "charged in 2013".
    """
    match = _MEASURED.match(question)
    return (match["be"].lower(), match["one"], match["rest"]) if match else None


def alternatives(question: str) -> tuple[str, str, str] | None:
    """A question up to where it tells of two times, and each of them: "Did more come", "when she spoke in
    2014", "when he did in 2016".
    """
    match = _OR.match(question)
    return (match["head"], match["one"], match["other"]) if match else None

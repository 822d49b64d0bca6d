"""Questions made of a sentence by its pattern: who did it, how many there were, when it was, where it was.

They are drafts. English builds most questions with "did" and a verb's plain form; "when was it that" and its
like need neither, so any past tense will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eval.schema.text import canonical, contains

LEAST_WORDS, MOST_WORDS = 6, 40
MOST_ASKED = 28  # words of a question

_NAME = r"[A-Z][\w.’'-]*\w(?: (?:(?:of|de|al|van|von|for|the) )?[A-Z][\w.’'-]*\w)*"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_WEEKDAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_DAY = rf"(?:{_MONTH}) \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} (?:{_MONTH})(?: \d{{4}})?"
_DATE = rf"(?:(?:{_WEEKDAY}),? )?(?:{_DAY}|(?:{_MONTH}) \d{{4}}|(?:1[5-9]|20)\d\d)"
_WORD = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion"
)
_NUMBER = rf"(?:\d[\d,.]*\d|\d|(?i:{_WORD}))(?:[ -](?:and )?(?:{_WORD}))*"
_ABOUT = "(?:(?i:about|some|around|nearly|almost|only|over|more than|less than|at least|up to|a total of) )?"
_MANY = rf"{_ABOUT}(?P<answer>{_NUMBER}) (?P<noun>(?:[a-z-]+ ){{0,2}}?(?:[a-z-]+s|people|men|women|children))"
_VERB = (
    r"(?:[a-z]+ed|said|told|won|lost|met|left|made|gave|took|went|came|held|led|saw|found|spoke|began|wrote|became|"
    r"brought|built|bought|sent|sold|paid|ran|rose|fell|drew|grew|kept|knew|was|were|is|are|has|had|will)"
)
_BE = r"(?:was|were|is|are)\b"
_LEADS_IN = re.compile(r"(?:at|in|on|of|for|with|by|from|to|after|before|when|while|as|according)\b", re.I)
_PRONOUN = re.compile(
    r"(?:he|she|it|they|we|i|you|his|her|its|their|this|that|these|those|but|and|or|so)\b", re.I
)
_ORDINARY = re.compile(rf"(?:the|a|an|in|on|at|about|some|many|most|more|several|all|no|{_WORD})\b", re.I)
_TIME = re.compile(rf"\b(?:{_MONTH}|{_WEEKDAY})\b")
_FINITE = re.compile(rf"\b{_VERB}\b")

_QUOTE = re.compile(
    rf"^[“\"](?P<quote>[^“”\"]{{15,}}?)[,.!?]?[”\"],? (?:(?P<answer>{_NAME}) said|said (?P<after>{_NAME}))\b"
)
_WHO = re.compile(rf"^(?P<answer>{_NAME}) (?P<rest>{_VERB} .+)$")
_HOW_MANY = re.compile(rf"^{_MANY} (?P<rest>.+)$")
_THERE = re.compile(rf"^There (?P<be>were|are|will be) {_MANY}(?P<rest> .+|)$")
_HOW_MANY_OF = re.compile(rf"^(?P<lead>.+? (?!{_BE}){_VERB}) {_MANY}(?P<rest> .+|)$")
_WHEN_FIRST = re.compile(rf"^(?:On|In) (?P<answer>{_DATE}),? (?P<rest>.+)$")
_WHEN_LAST = re.compile(rf"^(?P<rest>.+?),? (?:on|in) (?P<answer>{_DATE})$")
_WHERE = re.compile(rf"^(?P<rest>.+?) (?:in|at) (?:the )?(?P<answer>{_NAME})$")


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
    return whole and quotes and LEAST_WORDS <= words <= MOST_WORDS and not _PRONOUN.match(sentence)


def questions(sentence: str) -> tuple[Drafted, ...]:
    """The questions that the patterns make of a sentence; none gives its answer away."""
    if not is_clear(sentence):
        return ()
    return tuple(
        drafted
        for drafted in _all(sentence.rstrip("."))
        if len(drafted.question.split()) <= MOST_ASKED
        and not contains(canonical(drafted.question), canonical(drafted.answer))
    )


def _all(body: str) -> Iterator[Drafted]:
    if match := _QUOTE.match(body):
        yield Drafted(f"Who said “{match['quote']}”?", match["answer"] or match["after"], "who said")
    if "“" in body or '"' in body:
        return
    if (match := _WHO.match(body)) and " " in match["answer"]:
        yield Drafted(f"Who {match['rest']}?", match["answer"], "who")
    yield from _counts(body)
    if (match := _WHEN_FIRST.match(body) or _WHEN_LAST.match(body)) and _is_clause(match["rest"]):
        yield Drafted(f"When was it that {_inside(match['rest'])}?", match["answer"], "when")
    elif (match := _WHERE.match(body)) and _is_clause(match["rest"]) and not _TIME.search(match["answer"]):
        yield Drafted(f"Where was it that {_inside(match['rest'])}?", match["answer"], "where")


def _counts(body: str) -> Iterator[Drafted]:
    if match := _HOW_MANY.match(body):
        yield Drafted(f"How many {match['noun']} {match['rest']}?", match["answer"], "how many")
    elif match := _THERE.match(body):
        question = f"How many {match['noun']} {match['be']} there{match['rest']}?"
        yield Drafted(question, match["answer"], "how many")
    elif match := _HOW_MANY_OF.match(body):
        question = f"How many {match['noun']} was it that {_inside(match['lead'])}{match['rest']}?"
        yield Drafted(question, match["answer"], "how many")


def _is_clause(text: str) -> bool:
    """Whether "it was that" can stand before a text: it has a verb, and nothing leads up to its subject."""
    return _FINITE.search(text) is not None and not _LEADS_IN.match(text) and not _PRONOUN.match(text)


def _inside(clause: str) -> str:
    """A clause that no longer begins its sentence."""
    return clause[:1].lower() + clause[1:] if _ORDINARY.match(clause) else clause

"""Questions for a number: how many, how much, how long, and by how much."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.drafting.clause import Clause, asked, in_question, shortened
from qa.drafting.form import Drafted

_NUMBER = (
    r"(?:\d[\d,.]*\d|\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:-\w+)?)(?:[ -](?:hundred|thousand|million|billion|dozen))?"
)
_ABOUT = (
    r"(?:(?:about|some|around|nearly|almost|only|just|over|more than|fewer than|less than|at least|up to|"
    r"a total of|another|all) )*"
)
_NOUN = r"(?P<noun>(?:[a-z-]+ ){0,2}?(?:[a-z-]{3,}s|people|men|women|children))"
_MANY = re.compile(
    rf"^{_ABOUT}(?P<answer>{_NUMBER}) {_NOUN}"
    r"(?=$|\s)(?P<rest>.*)$",
    re.I,
)
_ROUGHLY = re.compile(rf"^There were {_ABOUT}")
_THERE = re.compile(
    rf"^There were (?P<answer>{_NUMBER}) {_NOUN}"
    r"(?P<rest> (?:in|at|on|among) [^,]+)?(?=$|[,;])"
)
_UNCOUNTED = frozenset(
    "percent hours minutes seconds days weeks months years times degrees metres meters kilometres kilometers "
    "miles dollars euros pounds francs marks crowns cents yen roubles rupees pesos "
    "others times decades points inches".split()
)
_OF_SIZE = re.compile(
    rf"^(?P<answer>{_NUMBER} (?:kilomet\w+|met\w+|miles|feet|years|tonnes|hours|minutes)) "
    r"(?P<how>long|high|wide|deep|old|tall|thick)\b"
)
_BY = re.compile(rf"^(?:by )?(?:{_ABOUT})(?P<answer>{_NUMBER} (?:percent|per cent|points))\b")
_MOVES = frozenset("rise fall drop grow increase shrink climb decline".split())


def counted(clause: Clause) -> Iterator[Drafted]:
    """How many did it, or how many it did."""
    if (match := _MANY.match(clause.subject)) and not match["rest"] and _countable(match["noun"]):
        did = " ".join(f"{clause.aux} {clause.verb} {shortened(clause.rest)}".split())
        yield Drafted(f"How many {match['noun']} {did}?", match["answer"], "how many")
        return
    match = _MANY.match(clause.rest)
    if match and clause.base == "cost" and not clause.aux:
        yield Drafted(f"How much {asked(clause, rest='')}?", f"{match['answer']} {match['noun']}", "how much")
    elif match and _countable(match["noun"]) and not clause.aux and clause.base not in ("", "be", "have"):
        rest = "" if match["rest"].startswith((" and ", " or ")) else shortened(match["rest"])
        yield Drafted(f"How many {match['noun']} {asked(clause, rest=rest)}?", match["answer"], "how many")


def there_were(body: str) -> Iterator[Drafted]:
    """How many there were."""
    if match := _THERE.match(_ROUGHLY.sub("There were ", body)):
        question = f"How many {match['noun']} were there {shortened(match['rest'] or '')}".strip()
        yield Drafted(f"{question}?", match["answer"], "how many")


def sized(clause: Clause) -> Iterator[Drafted]:
    """How long, how high it is, and by how much it rose."""
    subject = in_question(clause.subject)
    if not clause.verb and (match := _OF_SIZE.match(clause.rest)):
        yield Drafted(f"How {match['how']} {clause.aux} {subject}?", match["answer"], "how long")
    if clause.base in _MOVES and (match := _BY.match(clause.rest)):
        yield Drafted(f"By how much {asked(clause, rest='')}?", match["answer"], "by how much")


def _countable(noun: str) -> bool:
    return noun.split()[-1] not in _UNCOUNTED and not noun.endswith("ss")

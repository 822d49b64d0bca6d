"""Questions about what was done: who did it, what they announced or agreed to, when, where and why it was."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from qa.drafting.clause import Clause, asked, in_question, read_clause, shortened
from qa.drafting.form import PRONOUN, Drafted
from qa.drafting.persons import called, is_person
from qa.language.lexicon import SPEECH
from qa.language.naming import words_in
from qa.language.roles import BODY, is_role
from qa.language.times import read_times
from qa.language.verbs import past
from qa.words import numbers, stem, tokens

_WHY = re.compile(r"^(?P<clause>.+?),? because (?P<answer>(?!of )[^,]+)")
_BY_WHOM = re.compile(
    r"^(?P<rest>.*?)\bby (?P<answer>(?!\d|\w+ing\b)(?:(?:the|a|an|his|her|its|their) )?[A-Za-z].*)$"
)
_WANTED = re.compile(
    r"^(?P<whom>(?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*) to (?P<do>[a-z]+) (?P<answer>\S+ .+)$"
)
_TO_DO = re.compile(
    r"^to (?P<do>[a-z]+(?: (?:up|out|off|down|over|back))?) (?P<answer>(?:an?|the|its|their|all|[A-Z\d])\b.+)$"
)
_DECIDES = frozenset("agree decide plan promise vow pledge refuse offer threaten propose".split())
_WANTS = frozenset("want urge ask order tell expect persuade press advise invite".split())
_WHERE = re.compile(r"^(?P<rest>.*?)\b(?P<lead>in|at|near|outside) (?P<answer>(?:the |a |an |[A-Z])[^,]+)$")
_HAPPENED = frozenset("held signed built found born buried arrested kept moved printed".split())
_ANSWERED = frozenset(
    "announce demand propose promise recommend deny request suggest order offer veto criticise criticize "
    "praise threaten reject".split()
)
_STRANDED = ("warn against", "call for", "ask for", "apologise for", "agree on", "complain about", "speak of")


def who(clause: Clause, persons: Collection[str] | None) -> Iterator[Drafted]:
    """Who did something, of a person that the sentence names or calls by an office."""
    rest = shortened(clause.rest)
    if clause.aux in ("is", "are", "has", "have", "had") or _is_vague(rest) or not clause.verb:
        return
    if is_person(clause.subject, persons) and stem(clause.base or clause.verb) not in SPEECH:
        yield Drafted(f"Who {clause.aux} {clause.verb} {rest}?".replace("  ", " "), clause.subject, "who")


def by_whom(clause: Clause, persons: Collection[str] | None) -> Iterator[Drafted]:
    """Who did what is told in the passive."""
    match = _BY_WHOM.match(clause.rest)
    done = clause.base
    if match is None or not done or clause.aux not in ("was", "were") or numbers(match["answer"]):
        return
    agent = words_in(match["answer"])[:6]
    if not any(word.is_capital or is_role(word.plain) or stem(word.plain) in BODY for word in agent):
        return
    rest = match["rest"].strip()
    rest = "" if PRONOUN.search(rest) else shortened(rest)
    if _is_vague(f"of {in_question(clause.subject)} {rest}"):
        return
    yield Drafted(
        f"Who {past(done)} {in_question(clause.subject)} {rest}".strip() + "?", match["answer"], "who"
    )


def wanted(clause: Clause, persons: Collection[str] | None) -> Iterator[Drafted]:
    """What somebody wanted somebody to do."""
    if clause.base in _WANTS and not clause.aux and (match := _WANTED.match(clause.rest)):
        question = f"What did {called(clause.subject, persons)} {clause.base} {match['whom']} to {match['do']}?"
        yield Drafted(question, match["answer"], "what")


def agreed(clause: Clause, persons: Collection[str] | None) -> Iterator[Drafted]:
    """What somebody agreed, decided, promised to do."""
    if clause.base in _DECIDES and not clause.aux and (match := _TO_DO.match(clause.rest)):
        question = f"What did {called(clause.subject, persons)} {clause.base} to {match['do']}?"
        yield Drafted(question, match["answer"], "what")


def what(clause: Clause, persons: Collection[str] | None) -> Iterator[Drafted]:
    """What somebody announced, demanded, warned against."""
    if clause.aux or not clause.base or not clause.rest:
        return
    subject = called(clause.subject, persons)
    if clause.base in _ANSWERED and len(clause.rest.split()) > 1:
        yield Drafted(f"What did {subject} {clause.base}?", clause.rest, "what")
    preposition = clause.rest.split()[0]
    if f"{clause.base} {preposition}" in _STRANDED and clause.is_past:
        told = clause.rest.removeprefix(preposition).strip()
        yield Drafted(f"What did {subject} {clause.base} {preposition}?", told, "what")


def where(clause: Clause) -> Iterator[Drafted]:
    """Where something was held, signed, found."""
    if clause.verb not in _HAPPENED or clause.aux not in ("was", "were"):
        return
    if (match := _WHERE.match(clause.rest)) and not read_times(match["answer"]) and len(match["rest"]) < 20:
        yield Drafted(f"Where {asked(clause, rest=match['rest'])}?", match["answer"], "where")


def when(clause: Clause) -> Iterator[Drafted]:
    """When it was, where the sentence gives a year."""
    times = [
        time for time in read_times(clause.rest) if re.search(r"\d{4}", clause.rest[time.start : time.end])
    ]
    if len(times) != 1 or not (clause.base or clause.aux) or not clause.verb:
        return
    time = times[0]
    lead = re.search(r"\b(?:in|on)\s+(?:the\s+)?$", clause.rest[: time.start])
    if lead is None:
        return
    rest = f"{clause.rest[: lead.start()].rstrip()} {clause.rest[time.end :].strip()}".strip()
    yield Drafted(f"When {asked(clause, rest=rest)}?", clause.rest[time.start : time.end], "when")


def why(body: str) -> Iterator[Drafted]:
    """Why something was so."""
    if (match := _WHY.match(body)) and (clause := read_clause(match["clause"])) and clause.whole:
        yield Drafted(f"Why {asked(clause)}?", match["answer"], "why")


def _is_vague(told: str) -> bool:
    """Whether words tell too little of what was done to ask who did it: "the decision"."""
    words = [token for token in tokens(told) if not token.is_stopword]
    return len(words) < 2 and not any(token.is_capitalized for token in tokens(told[1:]))

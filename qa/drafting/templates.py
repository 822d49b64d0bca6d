"""Questions made of a sentence by its pattern: who did it, how many there were, when and where it was, what was
said of what, and why.

Each asks for one thing that the sentence tells, in plain English, and does not give it away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from qa.drafting.clause import body_of, read_clause
from qa.drafting.counts import counted, sized, there_were
from qa.drafting.deeds import agreed, by_whom, wanted, what, when, where, who, why
from qa.drafting.form import Drafted, gives_away, is_clear, reads_well
from qa.drafting.persons import is_person
from qa.drafting.spoken import quoted, said
from qa.words import fold

_REPORTED = re.compile(
    r"^(?:[A-Z][^,]*?|.*, [a-z][^,]*?) (?:said|announced|confirmed|reported)(?: [\w ]+?)? that (?P<told>.+)$"
)


def questions(sentence: str, persons: Collection[str] | None = None) -> tuple[Drafted, ...]:
    """The questions that the patterns make of a sentence, the surest first; none gives its answer away.

    With `persons`, the last names of people that the report names, folded, "who" is asked of them alone, and
    otherwise of whatever is called as people are.
    """
    if not is_clear(sentence):
        return ()
    found = {draft.question: draft for draft in _all(sentence, persons)}
    return tuple(draft for draft in found.values() if not gives_away(draft))


def _all(sentence: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    body = body_of(sentence)
    yield from quoted(body)
    yield from (draft for draft in _plain(sentence, body, persons) if reads_well(draft.question))


def _plain(sentence: str, body: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    yield from said(body, persons)
    if any(mark in body for mark in '“”"'):
        return
    yield from why(body)
    yield from there_were(body)
    reported = _REPORTED.match(body)
    for text in (sentence, reported["told"][:1].upper() + reported["told"][1:] if reported else ""):
        clause = read_clause(text)
        if clause is None or _opens_plainly(clause.subject, persons):
            continue
        for of_clause in (counted, sized, when, where):
            yield from of_clause(clause)
        for of_people in (who, by_whom, what, wanted, agreed):
            yield from of_people(clause, persons)


def _opens_plainly(subject: str, persons: Collection[str] | None) -> bool:
    """Whether a subject of one word has its capital perhaps only from the start: "Police", "Delegates"."""
    return " " not in subject and fold(subject).endswith(("s", "police")) and not is_person(subject, persons)

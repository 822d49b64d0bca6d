"""A grammar in which only the evidence can be told: one of its sentences, whole or shortened in ways that leave
it true.

What a model adds is the choice: where to begin, what to leave out, where to end. Written in GBNF, the form of
grammar that llama.cpp holds a model to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from qa.claims.agree import attribution_of
from qa.claims.shorten import Shortenings, shortenings
from qa.question import Question
from qa.records import Evidence

State = tuple[int, bool]
"""A piece of a sentence, and whether a verb has been taken by then."""


def copying_grammar(question: Question, item: Evidence, *, lead: str = "") -> str | None:
    """`lead`, and then one sentence of a piece of evidence; None when it has no whole sentence."""
    attributed = attribution_of(question)
    rules: list[str] = []
    names: list[str] = []
    for at, shortened in enumerate(shortenings(item.quote, attributed, question.stems)):
        if _is_core(shortened, item) and (written := list(_rules(f"s{at}", shortened))):
            rules += written
            names.append(f"s{at}")
    return "\n".join((f"root ::= {_literal(lead)} ({' | '.join(names)})", *rules)) if rules else None


def _is_core(shortened: Shortenings, item: Evidence) -> bool:
    """Whether a sentence of a quotation is what it was chosen for, and not there only to explain that."""
    start, end = (place + item.start for place in shortened.span)
    return item.core is None or (start < item.core[1] and item.core[0] < end)


def _rules(name: str, shortened: Shortenings) -> Iterator[str]:
    """The rules of one sentence, none when no way through it ends."""
    starts = [(at, at in shortened.verbs) for at in shortened.starts]
    live = _live(shortened) & _reached(shortened, starts)
    openings = [
        f"{_literal(_capitalized(shortened.pieces[state[0]]))} {_named(name, state)}"
        for state in starts
        if state in live
    ]
    if not openings:
        return
    yield f"{name} ::= {' | '.join(openings)}"
    for state in sorted(live):
        at, told = state
        onward = [
            f"{_literal(between + shortened.pieces[then[0]])} {_named(name, then)}"
            for then, between in _onward(shortened, state)
            if then in live
        ]
        if told and at in shortened.ends:
            onward.append(_literal(shortened.ends[at]))
        yield f"{_named(name, state)} ::= {' | '.join(onward)}"


def _live(shortened: Shortenings) -> set[State]:
    """The states from which an end can be reached; hops lead forward only."""
    live: set[State] = set()
    for at in reversed(range(len(shortened.pieces))):
        for told in (True, False):
            onward = _onward(shortened, (at, told))
            if (told and at in shortened.ends) or any(then in live for then, _ in onward):
                live.add((at, told))
    return live


def _reached(shortened: Shortenings, starts: Sequence[State]) -> set[State]:
    """The states on a way from one of the starts."""
    reached, todo = set(starts), list(starts)
    while todo:
        onward = {then for then, _ in _onward(shortened, todo.pop())} - reached
        reached |= onward
        todo += onward
    return reached


def _onward(shortened: Shortenings, state: State) -> Iterator[tuple[State, str]]:
    """The states that may follow, each with what stands between."""
    at, told = state
    return (((to, told or to in shortened.verbs), between) for to, between in shortened.hops[at])


def _named(name: str, state: State) -> str:
    return f"{name}x{state[0]}{'t' if state[1] else ''}"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

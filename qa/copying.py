"""A grammar in which only the evidence can be told: each sentence of a reply is one of the evidence, whole or
shortened in ways that leave it true, with the number of its quotation.

What a model adds is the choice: which quotation answers, where to begin, what to leave out. Written in GBNF,
the form of grammar that llama.cpp holds a model to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.claims.agree import attribution_of
from qa.claims.shorten import Shortenings, shortenings
from qa.question import Question
from qa.records import Evidence

State = tuple[int, bool]
"""A piece of a sentence, and whether a verb has been taken by then."""


def copying_grammar(question: Question, evidence: Sequence[Evidence], *, per_event: bool) -> str | None:
    """One sentence of the evidence; with `per_event` one of each event, or of some of them, a line each.

    None when the evidence has no whole sentence.
    """
    attributed = attribution_of(question)
    rules: list[str] = []
    sentences: list[list[str]] = []
    for number, item in enumerate(evidence, start=1):
        sentences.append([])
        for at, shortened in enumerate(shortenings(item.quote, attributed)):
            if not _is_core(shortened, item):
                continue
            name = f"q{number}s{at}"
            if written := list(_rules(name, number, shortened)):
                rules += written
                sentences[-1].append(name)
    events = groupby(range(len(evidence)), key=lambda at: evidence[at].document.event if per_event else None)
    lines = [[name for at in places for name in sentences[at]] for _, places in events]
    return "\n".join((*_root([line for line in lines if line]), *rules)) if rules else None


def _is_core(shortened: Shortenings, item: Evidence) -> bool:
    """Whether a sentence of a quotation is what it was chosen for, and not there only to explain that."""
    start, end = (place + item.start for place in shortened.span)
    return item.core is None or (start < item.core[1] and item.core[0] < end)


def _root(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rules that put lines in order, each the choice of some sentences."""
    yield f"root ::= {' | '.join(f'line{at}' for at in range(len(lines)))}"
    for at, names in enumerate(lines):
        later = " | ".join(f'"\\n" line{other}' for other in range(at + 1, len(lines)))
        yield f"line{at} ::= ({' | '.join(names)})" + (f" ({later})?" if later else "")


def _rules(name: str, number: int, shortened: Shortenings) -> Iterator[str]:
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
            onward.append(_literal(f"{shortened.ends[at]} [{number}]"))
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

"""What may be told of a piece of evidence: one of its sentences, whole or shortened in ways that leave it
true.

What a model adds is the choice: where to begin, what to leave out, where to end. It is held to them by a
grammar in GBNF, the form that llama.cpp knows; as soon as only one way to go on is left, it need not go on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.claims.agree import attribution_of
from qa.claims.shorten import Shortenings, shortenings
from qa.question import Question, answering_stems
from qa.records import Evidence

State = tuple[int, bool]
"""A piece of a sentence, and whether a verb has been taken by then."""


def copies_of(question: Question, item: Evidence, *, lead: str = "") -> Copies | None:
    """What may be told of a piece of evidence after `lead`; None when it has no whole sentence."""
    asked = question.stems | answering_stems(question, item.quote)
    told = shortenings(item.quote, attribution_of(question), asked)
    ways = [Ways(shortened) for shortened in told if _is_core(shortened, item)]
    return Copies(lead, found) if (found := tuple(way for way in ways if way.openings)) else None


def _is_core(shortened: Shortenings, item: Evidence) -> bool:
    """Whether a sentence of a quotation is what it was chosen for, and not there only to explain that."""
    start, end = (place + item.start for place in shortened.span)
    return item.core is None or (start < item.core[1] and item.core[0] < end)


@dataclass(frozen=True)
class Copies:
    """All sentences that may be told, each after `lead`."""

    lead: str
    ways: Sequence[Ways]

    def grammar(self) -> str:
        """In GBNF."""
        names = [f"s{at}" for at in range(len(self.ways))]
        rules = (rule for name, way in zip(names, self.ways, strict=True) for rule in way.rules(name))
        return "\n".join((f"root ::= {_literal(self.lead)} ({' | '.join(names)})", *rules))

    def only(self, begun: str) -> str | None:
        """The one whole text that begins so; None while there are several, or where there is none."""
        if not begun.startswith(self.lead):
            return None
        told = begun[len(self.lead) :]
        found = {whole for way in self.ways for whole in way.wholes(told)}
        return f"{self.lead}{whole}" if len(found) == 1 and (whole := found.pop()) is not None else None


class Ways:
    """The ways through one sentence that end."""

    def __init__(self, shortened: Shortenings) -> None:
        self._of = shortened
        starts = [(at, at in shortened.verbs) for at in shortened.starts]
        self._live = self._ending() & self._reached(starts)
        self.openings = [state for state in starts if state in self._live]

    def rules(self, name: str) -> Iterator[str]:
        """The rules of a grammar, the first called `name`."""
        openings = (f"{_literal(self._opening(state))} {_named(name, state)}" for state in self.openings)
        yield f"{name} ::= {' | '.join(openings)}"
        for state in sorted(self._live):
            onward = [f"{_literal(text)} {_named(name, then)}" for then, text in self._onward(state)]
            if (end := self._end(state)) is not None:
                onward.append(_literal(end))
            yield f"{_named(name, state)} ::= {' | '.join(onward)}"

    def wholes(self, begun: str) -> Iterator[str | None]:
        """The whole sentences that begin so; None in place of each way to begin that may end in several."""
        todo = [("", self._opening(state), state) for state in self.openings]
        while todo:
            before, text, state = todo.pop()
            said = before + text
            if said.startswith(begun):
                rest = self._rests[state]
                yield None if rest is None else said + rest
            elif begun.startswith(said):
                if (end := self._end(state)) is not None and (said + end).startswith(begun):
                    yield said + end
                todo += [(said, onward, then) for then, onward in self._onward(state)]

    @cached_property
    def _rests(self) -> dict[State, str | None]:
        """What follows each state to the end of the sentence; None where that may be several things."""
        rests: dict[State, str | None] = {}
        for state in sorted(self._live, reverse=True):
            found = {
                None if (rest := rests[then]) is None else text + rest for then, text in self._onward(state)
            }
            found |= {end} if (end := self._end(state)) is not None else set()
            rests[state] = found.pop() if len(found) == 1 else None
        return rests

    def _opening(self, state: State) -> str:
        text = self._of.pieces[state[0]]
        return text[:1].upper() + text[1:]

    def _end(self, state: State) -> str | None:
        """What closes the sentence after a state; None where it cannot end."""
        at, told = state
        return self._of.ends.get(at) if told else None

    def _onward(self, state: State) -> Iterator[tuple[State, str]]:
        """The live states that may follow, each with the text up to and with its piece."""
        return ((then, text) for then, text in self._hops(state) if then in self._live)

    def _hops(self, state: State) -> Iterator[tuple[State, str]]:
        at, told = state
        for to, between in self._of.hops[at]:
            yield (to, told or to in self._of.verbs), between + self._of.pieces[to]

    def _ending(self) -> set[State]:
        """The states from which an end can be reached; hops lead forward only."""
        live: set[State] = set()
        for at in reversed(range(len(self._of.pieces))):
            for state in ((at, True), (at, False)):
                if self._end(state) is not None or any(then in live for then, _ in self._hops(state)):
                    live.add(state)
        return live

    def _reached(self, starts: Sequence[State]) -> set[State]:
        """The states on a way from one of the starts."""
        reached, todo = set(starts), list(starts)
        while todo:
            onward = {then for then, _ in self._hops(todo.pop())} - reached
            reached |= onward
            todo += onward
        return reached


def _named(name: str, state: State) -> str:
    return f"{name}x{state[0]}{'t' if state[1] else ''}"


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

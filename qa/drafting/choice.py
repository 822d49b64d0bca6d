"""Choosing among questions: no two alike, from all over the collection, each source in turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from qa.followups.refer import without_times
from qa.language.naming import stems_of
from qa.language.times import read_times
from qa.records import Event
from qa.words import content_tokens

ALIKE = 0.6  # the share of equal words that makes two questions one


def in_turn(ways: Sequence[Iterator[str]]) -> Iterator[str]:
    """One of each in turn, as long as there are some."""
    for row in zip_longest(*ways):
        yield from (question for question in row if question)


def varied(questions: Iterator[str]) -> Iterator[str]:
    """Without those that nearly repeat an earlier one."""
    given: list[str] = []
    for question in questions:
        if not alike(question, given):
            given.append(question)
            yield question


def alike(question: str, others: Iterable[str]) -> bool:
    """Whether a question has nearly the same words as one of the others, and asks of no other time."""
    return any(_same(question, one) for one in others)


def _same(one: str, other: str) -> bool:
    words, told = stems_of(without_times(one)), stems_of(without_times(other))
    dates = [{time.interval for time in read_times(text)} for text in (one, other)]
    differ = all(dates) and dates[0].isdisjoint(dates[1])
    return not differ and len(words & told) >= ALIKE * len(words | told)


def words_asked(question: str) -> set[str]:
    """The stems of a question's words, without its times."""
    return {token.stem for token in content_tokens(without_times(question))}


def spread(events: Sequence[Event], most: int) -> list[Event]:
    """At most so many of the events, evenly from the oldest to the latest."""
    if len(events) <= most:
        return list(events)
    return [events[round(at * (len(events) - 1) / (most - 1))] for at in range(most)]


def distance(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Characters between two spans, 0 where they overlap."""
    return max(0, other[0] - one[1] + 1, one[0] - other[1] + 1)

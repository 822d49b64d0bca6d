"""Answers that were given before: the same steps again, from memory, without search or model.

What is remembered belongs to one state of a collection (see `Means`): any change of the index, and any start of
the program, begins with nothing. So the index, the settings and the model need not be told apart here.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TypeAlias

from qa.records import Answer, AnswerSentence, Sources, Timings, Turn

Step: TypeAlias = Sources | AnswerSentence | Answer


class Given:
    """At most `most` answers, those asked for lately; safe to use from several threads."""

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._steps: OrderedDict[str, tuple[Step, ...]] = OrderedDict()

    def holds(self, key: str) -> bool:
        """Whether the answer with this key is remembered."""
        return key in self._steps

    def steps(self, key: str, make: Callable[[], Generator[Step, None, None]]) -> Iterator[Step]:
        """The steps of an answer, remembered or made; those of a whole one that is not degraded are kept.

        The timings of a remembered answer are its own: nothing was searched and no model asked (0), and
        `total` is what it took from memory.
        """
        known = self._recall(key)
        if known is not None:
            started = time.monotonic()
            for step in known:
                if isinstance(step, Answer):
                    spent = round((time.monotonic() - started) * 1000)
                    step = replace(step, timings_ms=Timings(total=spent))
                yield step
            return
        taken: list[Step] = []
        with closing(make()) as made:
            for step in made:
                taken.append(step)
                if isinstance(step, Answer) and not step.degraded:
                    self._keep(key, taken)
                yield step

    def _recall(self, key: str) -> tuple[Step, ...] | None:
        with self._lock:
            if key in self._steps:
                self._steps.move_to_end(key)
            return self._steps.get(key)

    def _keep(self, key: str, steps: Sequence[Step]) -> None:
        if self._most:
            with self._lock:
                self._steps[key] = tuple(steps)
                while len(self._steps) > self._most:
                    self._steps.popitem(last=False)


def key_of(question: str, history: Sequence[Turn], within: Collection[str]) -> str:
    """What tells one question from another in one state of the collection."""
    asked = [question, [[turn.role, turn.content] for turn in history], sorted(within)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

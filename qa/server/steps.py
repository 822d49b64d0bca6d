"""The steps of one answer, taken one by one by threads, and given up from outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from qa.llm.waiting import unless
from qa.observe import Watch, watching
from qa.records import Answer, AnswerSentence, Sources


@dataclass(frozen=True, slots=True)
class Waiting:
    """The sources are there, and `before` answers are worded before this one."""

    before: int


Step: TypeAlias = Sources | Waiting | AnswerSentence | Answer


class Steps:
    """An iterator of steps that may be given up while another thread is inside it: set `left`, then close."""

    def __init__(self, steps: Iterator[Step]) -> None:
        self.left = threading.Event()
        self.watch = Watch()
        self._steps = steps
        self._lock = threading.Lock()

    def advance(self) -> Step | None:
        """The next step, None at the end; once `left` is set, a step that is running is the last."""
        try:
            with self._lock, unless(self.left), watching(self.watch):
                return None if self.left.is_set() else next(self._steps, None)
        finally:
            if self.left.is_set():
                self.close()

    def close(self) -> None:
        """Close the iterator, unless a thread is inside it, which then does."""
        if self._lock.acquire(blocking=False):
            try:
                close = getattr(self._steps, "close", None)
                if close is not None:
                    close()
            finally:
                self._lock.release()

"""A stand-in for the pipeline that answers from a table, and ways to open it here or in another process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from qa.errors import InputError
from qa.records import Answer, Evidence, Found, Selection, Turn


@dataclass
class Stub:
    """Answers from a table; a question that is not in it is refused as unusable. `asked` lists what came."""

    answers: dict[str, Answer]
    found: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The answer from the table."""
        self.asked.append((question, tuple(history)))
        if question not in self.answers:
            raise InputError("This question is empty.", "Ask something.")
        return self.answers[question]

    def find(self, question: str, history: Sequence[Turn] = ()) -> Found | None:
        """The evidence from the table, where there is any."""
        spans = self.found.get(question)
        return Found(question, (), Selection((), "answer", considered=spans)) if spans else None

    @contextmanager
    def __call__(self) -> Iterator[Stub]:
        """Open it; a copy where it is opened in another process."""
        yield self


@dataclass
class Broken:
    """What cannot be opened."""

    @contextmanager
    def __call__(self) -> Iterator[Stub]:
        """Fail."""
        raise InputError("The index is broken.", "Make it anew.")
        yield


@dataclass
class Dying:
    """Takes its process with it at the first question."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """End the process as a crash does."""
        import os

        os._exit(9)

    def find(self, question: str, history: Sequence[Turn] = ()) -> None:
        """Never reached."""

    @contextmanager
    def __call__(self) -> Iterator[Dying]:
        """Open it."""
        yield self

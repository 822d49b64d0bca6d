"""One case put to a system, and what came back, in a form that a file can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from eval.schema.cases import Case
from qa.errors import DatelineError
from qa.records import Answer, Document, Evidence, Found, Hit, Passage, Selection, Turn, Verdict

Span = tuple[str, int, int, float]
"""Document id, start, end (code points), score."""


class Asks(Protocol):
    """What the suite needs of a system: Dateline, Dateline without a part, or another program."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Raises:
            DatelineError: the question cannot be answered; counts as a failure and stops nothing.
        """

    def find(self, question: str, history: Sequence[Turn] = ()) -> Found | None:
        """What the answer draws on; None where the system cannot tell."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What was found for a question: retrieved passages and weighed evidence as places, best first."""

    standalone_question: str
    verdict: Verdict
    hits: tuple[Span, ...]
    considered: tuple[Span, ...]

    def as_found(self, documents: Mapping[str, Document]) -> Found:
        """The record that they stand for; spans of documents that are not given are left out."""
        hits = tuple(
            Hit(Passage(f"{name}-{start}-{end}", name, start, end, documents[name].text[start:end]), value)
            for name, start, end, value in self.hits
            if name in documents
        )
        weighed = tuple(
            Evidence(documents[name], start, end, value)
            for name, start, end, value in self.considered
            if name in documents
        )
        return Found(self.standalone_question, hits, Selection((), self.verdict, considered=weighed))


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, or the error in its place, and what was found; `remembered` when it was not asked for anew."""

    answer: Answer | None
    error: str = ""
    spans: Spans | None = None
    remembered: bool = False

    @property
    def is_lasting(self) -> bool:
        """Whether asking again would give the same: no error, and the model did not fail."""
        return self.answer is not None and not self.answer.degraded


def ask_one(case: Case, system: Asks) -> Asked:
    """Put a case to a system. The answer comes first, so that its time holds nothing that was found before."""
    try:
        answer = system.ask(case.question, case.history)
        found = system.find(case.question, case.history)
    except DatelineError as problem:
        return Asked(None, str(problem))
    return Asked(answer, spans=spans_of(found) if found else None)


def spans_of(found: Found) -> Spans:
    """The places of what was found."""
    return Spans(
        found.standalone_question,
        found.selection.verdict,
        tuple((hit.passage.document_id, hit.passage.start, hit.passage.end, hit.score) for hit in found.hits),
        tuple((*item.place, item.score) for item in found.selection.considered),
    )


def to_row(asked: Asked) -> dict[str, Any]:
    """Plain JSON types."""
    row: dict[str, Any] = _adapter().dump_python(asked, mode="json", exclude={"remembered"})
    return row


def from_row(row: Mapping[str, Any]) -> Asked:
    """What `to_row` wrote, marked as remembered; further fields are passed over.

    Raises:
        ValueError: the row is something else.
    """
    fields = {name: row[name] for name in ("answer", "error", "spans") if name in row}
    try:
        return replace(_adapter().validate_python(fields), remembered=True)
    except ValidationError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Asked]:
    return TypeAdapter(Asked)

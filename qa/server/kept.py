"""Conversations as a browser keeps them: questions with their answers, in the JSON of the contract.

The server holds no conversation: it travels with each question and comes back with the answer. What comes
from a browser is checked here; texts in it are shown as texts, and only sentences that stand in a report of
the collection are called its sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from qa.records import Answer, AnswerSentence, Citation, Document, Sources, Turn

Ended = Literal["whole", "stopped", "failed", "lost"]
Verdict = Literal["up", "down", ""]
MOST_EXCHANGES = 60
LONGEST_QUESTION = 4000


@dataclass(frozen=True, slots=True)
class Problem:
    """What a failed question was answered with: the error's code, its line and what to do.

    The code "internal" is that of what nobody foresaw; it needs no line.
    """

    code: str
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    `ended` says how: whole, stopped by the reader, failed with an error, or lost with the connection. `answer`
    is None where nothing came; of a stopped answer it holds what was verified.
    """

    question: str
    within: tuple[str, ...] = ()
    ended: Ended = "lost"
    answer: Answer | None = None
    problem: Problem | None = None
    verdict: Verdict = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        answer = self.answer.as_dict() if self.answer else None
        return {**asdict(replace(self, answer=None)), "within": list(self.within), "answer": answer}


_EXCHANGE = TypeAdapter(Exchange)


def read_exchanges(kept: object) -> tuple[Exchange, ...]:
    """The exchanges that a browser sent, the latest of very many; what cannot be read is left out."""
    given = kept if isinstance(kept, list) else []
    return tuple(found for item in given[-MOST_EXCHANGES:] if (found := _read(item)) is not None)


def _read(item: object) -> Exchange | None:
    try:
        exchange = _EXCHANGE.validate_python(item)
    except ValidationError:
        return None
    return replace(exchange, question=exchange.question[:LONGEST_QUESTION])


def turns_of(exchanges: Iterable[Exchange]) -> tuple[Turn, ...]:
    """What was said so far, as the pipeline takes it: the exchanges with whole answers."""
    return tuple(
        turn
        for exchange in exchanges
        if exchange.ended == "whole" and exchange.answer
        for turn in (Turn("user", exchange.question), Turn("assistant", exchange.answer.answer))
    )


def unfinished(
    question: str,
    within: Sequence[str],
    ended: Ended,
    sources: Sources,
    sentences: Sequence[AnswerSentence],
) -> Exchange:
    """What there is of an answer before its end: the sentences that were verified, if any."""
    used = {number for sentence in sentences for number in sentence.citations}
    cited = tuple(citation for citation in sources.citations if citation.number in used)
    lines = "\n".join(sentence.text for sentence in sentences)
    answer = Answer(question, question, "answered", lines, tuple(sentences), cited) if sentences else None
    return Exchange(question, tuple(within), ended, answer)


def stands(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether the cited sentence still stands where it is said to stand."""
    document = documents.get(citation.document_id)
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def cited(answer: Answer) -> tuple[Citation, ...]:
    """What an answer shows: its citations, or the nearest passages where it has none."""
    return answer.citations or answer.nearest

"""Turn verified sentences into what the reader gets: numbered citations, datelines, an honest status.

Every sentence about an event says which one: the first of each event opens with a dateline, as reports in a
newspaper do ("Riga, 3 June 2014 — ...").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from qa.config import DEFAULT_COLLECTION
from qa.observe import stage
from qa.records import (
    AnswerSentence,
    Choice,
    Citation,
    Disagreement,
    DisagreementValue,
    Dispute,
    Event,
    Evidence,
    Line,
    Origin,
    Selection,
    Status,
    Turn,
)

MOST_NEAREST = 3
ASKED_BACK = "Several events match. Which one is meant?"


def cite(number: int, item: Evidence) -> Citation:
    """The citation that a number stands for."""
    document = item.document
    return Citation(
        number=number,
        document_id=document.id,
        title=document.title,
        publisher=document.publisher,
        published=document.published,
        uri=document.uri,
        start=item.start,
        end=item.end,
        quote=item.quote,
        event_date=document.event.date,
        event_place=document.event.place,
        place=document.place_of(item.start, item.end),
    )


class Presenter:
    """Numbers evidence and adds datelines over the sentences of one answer, in the order they come."""

    def __init__(self, evidence: Sequence[Evidence], disputes: Sequence[Dispute] = ()) -> None:
        self._disputes = disputes
        self.citations = tuple(cite(number, item) for number, item in enumerate(evidence, start=1))
        self._numbers = {item.place: number for number, item in enumerate(evidence, start=1)}
        self._latest: Event | None = None
        self.sentences: list[AnswerSentence] = []

    @stage("present")
    def add(self, text: str, item: Evidence, origin: Origin) -> AnswerSentence:
        """Record a sentence that `item`, one of the evidence, supports."""
        event, publisher = item.document.event, item.document.publisher
        disputed = any(item.place == side.place for side in self.sides())
        if event.label and (event != self._latest or disputed):
            said_by = f" ({publisher})" if disputed and publisher else ""
            text = f"{event.label}{said_by} — {text}"
        self._latest = event
        sentence = AnswerSentence(text, (self._numbers[item.place],), origin)
        self.sentences.append(sentence)
        return sentence

    def add_quote(self, item: Evidence) -> AnswerSentence:
        """Record the evidence in its own words."""
        return self.add(" ".join(item.quote.split()), item, "quote")

    @stage("present")
    def add_lines(self, lines: Iterable[Line]) -> Iterator[AnswerSentence]:
        """Record sentences that are complete as they stand, and yield each."""
        for line in lines:
            cited = tuple(dict.fromkeys(self._numbers[item.place] for item in line.evidence))
            quoted = all(" ".join(item.quote.split()) in line.text for item in line.evidence)
            sentence = AnswerSentence(line.text, cited, "quote" if quoted else "rule")
            self.sentences.append(sentence)
            yield sentence

    def choices(self, selection: Selection) -> tuple[Choice, ...]:
        """The events to choose from, when the question is asked back."""
        if not selection.asks_back:
            return ()
        items = [line.evidence[0] for line in selection.lines]
        return tuple(
            Choice(item.document.event.label or item.document.title, self._numbers[item.place])
            for item in items
        )

    def sides(self) -> list[Evidence]:
        """The evidence of every side of every disagreement."""
        return [item for dispute in self._disputes for _, item in dispute.sides]

    @stage("present")
    def disagreements(self) -> tuple[Disagreement, ...]:
        """The disagreements whose sides are all among the cited evidence."""
        used = {citation.number for citation in self.cited}
        return tuple(
            Disagreement(
                dispute.about,
                tuple(DisagreementValue(value, self._numbers[item.place]) for value, item in dispute.sides),
            )
            for dispute in self._disputes
            if all(self._numbers[item.place] in used for _, item in dispute.sides)
        )

    @property
    def cited(self) -> tuple[Citation, ...]:
        """The citations that the sentences use."""
        used = {number for sentence in self.sentences for number in sentence.citations}
        return tuple(citation for citation in self.citations if citation.number in used)


@stage("present")
def answer_text(sentences: Iterable[AnswerSentence], *, asks_back: bool = False) -> str:
    """The sentences with their numbers, one to a line; with `asks_back` under the question which is meant."""
    lines = [
        f"{sentence.text} {' '.join(f'[{number}]' for number in sentence.citations)}" for sentence in sentences
    ]
    return "\n".join([ASKED_BACK, *lines] if asks_back else lines)


def answer_id(
    question: str,
    history: Iterable[Turn],
    within: Sequence[str],
    text: str,
    collection: str = DEFAULT_COLLECTION,
) -> str:
    """The first 16 hex digits of a SHA-256: the same for the same answer to the same question."""
    told: list[object] = [question, [[turn.role, turn.content] for turn in history], list(within), text]
    if collection != DEFAULT_COLLECTION:
        told.append(collection)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def status_of(selection: Selection, *, answered: bool) -> Status:
    """What an answer with or without sentences is."""
    if not answered:
        return "abstained"
    return "ambiguous" if selection.asks_back else "answered"


def abstention_text(selection: Selection, *, chosen: bool = False) -> str:
    """Says that the documents, or those `chosen`, do not answer, and why as far as known; makes no claim."""
    return f"Not in the documents{' chosen' if chosen else ''}. {selection.reason}".strip()

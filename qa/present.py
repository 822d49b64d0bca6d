"""Turn verified sentences into what the reader gets: numbered citations, datelines, an honest status.

Every sentence about an event says which one: the first of each event opens with a dateline, as reports in a
newspaper do ("Riga, 3 June 2014 — ...").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qa.records import (
    AnswerSentence,
    Citation,
    Disagreement,
    DisagreementValue,
    Dispute,
    Event,
    Evidence,
    Origin,
    Selection,
)

MOST_NEAREST = 3


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
    )


class Presenter:
    """Numbers evidence and adds datelines over the sentences of one answer, in the order they come."""

    def __init__(self, evidence: Sequence[Evidence], disputes: Sequence[Dispute] = ()) -> None:
        self._disputes = disputes
        self.citations = tuple(cite(number, item) for number, item in enumerate(evidence, start=1))
        self._numbers = {item.place: number for number, item in enumerate(evidence, start=1)}
        self._latest: Event | None = None
        self.sentences: list[AnswerSentence] = []

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

    def sides(self) -> list[Evidence]:
        """The evidence of every side of every disagreement."""
        return [item for dispute in self._disputes for _, item in dispute.sides]

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


def answer_text(sentences: Iterable[AnswerSentence]) -> str:
    """The sentences with their numbers, one to a line."""
    return "\n".join(
        f"{sentence.text} {' '.join(f'[{number}]' for number in sentence.citations)}" for sentence in sentences
    )


def abstention_text(selection: Selection) -> str:
    """Says that the documents do not answer, and why as far as that is known; makes no claim."""
    return f"Not in the documents. {selection.reason}".strip()

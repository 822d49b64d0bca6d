"""A made-up collection of two reports about a yearly regatta, with short ways to cite it and answer from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval.scoring.score import Collection
from qa.records import Answer, AnswerSentence, Citation, Document

TEXT_2014 = (
    "Regatta at Lindow\n\nMayor Ada Brook opened the regatta on June 3, 2014. "
    "At least 1,200 people came to the pier. “The wind was kind to us,” Brook said. "
    "The lead boat, a B-12 sloop, left the Harbour Club in Syrland.\n"
)
TEXT_2016 = (
    "Regatta at Ostby\n\nMayor Carl Dunn opened the regatta on June 5, 2016. "
    "Nine hundred people came to the pier. Rain fell all day.\n"
)
CROWD_2014 = "At least 1,200 people came to the pier."
CROWD_2016 = "Nine hundred people came to the pier."
QUOTED = "“The wind was kind to us,” Brook said."


@dataclass(frozen=True)
class World:
    """The two reports as files and records, with short ways to make citations and answers."""

    folder: Path
    old: Document
    new: Document
    collection: Collection

    def cite(self, document: Document, quote: str, number: int = 1) -> Citation:
        """A citation with the right span."""
        start = document.text.index(quote)
        return Citation(
            number=number,
            document_id=document.id,
            title=document.title,
            publisher=document.publisher,
            published=document.published,
            uri=document.uri,
            start=start,
            end=start + len(quote),
            quote=quote,
        )

    def say(self, text: str, *citations: Citation) -> Answer:
        """An answer of one sentence worded by a model."""
        marks = "".join(f"[{citation.number}]" for citation in citations)
        sentence = AnswerSentence(text, tuple(citation.number for citation in citations), "model")
        return Answer("", "", "answered", f"{text} {marks}", (sentence,), citations, model="stub")

"""What a question is about, once that is known: which events, which reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa.records import Document, Event, Sentence
from qa.reports import Reports

LESS_LIKELY = 0.5  # the weight of what is admitted but not preferred


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about: `events` it narrows to (None: it leaves that open); `uncovered`, a line for
    the reader when it names a time or a meeting that nothing in the collection covers; `sides`, where it names
    several times or a stretch with several events, the events of each.

    `documents` are the ids of the reports it narrows to by their publisher (None: any); `prefers` the events
    that are likelier meant than others; `told` the spans (document id, start, end) in which texts speak of the
    time asked for, with `background` when it is that of no event; `note` says how a time such as "last year"
    was read, or which of several times nothing covers.
    """

    events: frozenset[Event] | None
    uncovered: str = ""
    sides: tuple[frozenset[Event], ...] = ()
    documents: frozenset[str] | None = None
    prefers: frozenset[Event] = frozenset()
    told: frozenset[tuple[str, int, int]] = frozenset()
    background: bool = False
    note: str = ""

    @property
    def compares(self) -> bool:
        """Whether events are set side by side."""
        return len(self.sides) > 1

    @property
    def narrows(self) -> bool:
        """Whether it leaves any document out."""
        return self.events is not None or self.documents is not None

    def admits(self, document: Document) -> bool:
        """Whether a document is of one of the events, and of a publisher that is asked for."""
        if self.documents is not None and document.id not in self.documents:
            return False
        return self.events is None or document.event in self.events

    def among(self, reports: Reports) -> Reports:
        """The documents that are admitted."""
        if not self.narrows:
            return reports
        if self.events is None or Event(None, None) in self.events:
            return reports.among({document.id for document in reports if self.admits(document)})
        of_events = (document for event in self.events for document in reports.by_event.get(event, ()))
        return reports.among({document.id for document in of_events if self.admits(document)})

    def weight(self, document: Document) -> float:
        """How likely a document is meant: 0 when it is left out, 1 when it is as likely as any."""
        if not self.admits(document):
            return 0.0
        return 1.0 if not self.prefers or document.event in self.prefers else LESS_LIKELY

    def tells_time(self, sentence: Sentence) -> bool:
        """Whether a sentence speaks of the time asked for."""
        return any(
            document_id == sentence.document_id and sentence.start <= start and end <= sentence.end
            for document_id, start, end in self.told
        )


def known_events(documents: Iterable[Document]) -> tuple[Event, ...]:
    """The distinct events of the documents, the oldest first; undated ones last."""
    return documents.events if isinstance(documents, Reports) else Reports(tuple(documents)).events

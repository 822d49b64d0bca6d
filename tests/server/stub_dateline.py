"""A pipeline with a script: made-up reports, and answers of every kind by the question's first word.

It keeps the promises of `qa.dateline.Dateline` so that the server and the page can be tested with answers
that no model can be relied on to give: disagreements, slow sentences, failures half-way.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from qa.config import collection_name, load_settings
from qa.errors import InputError, ModelUnreachableError, NotFoundError, TooLargeError
from qa.index import IngestReport
from qa.ingest.collections import Held
from qa.metadata.corrections import checked, corrected
from qa.present import answer_id
from qa.records import (
    Answer,
    AnswerSentence,
    Choice,
    Citation,
    Disagreement,
    DisagreementValue,
    Document,
    Event,
    Evidence,
    Found,
    Selection,
    Sources,
    Timings,
    Turn,
)

BRIDGE = (
    "The harbour bridge opened on Tuesday.\n\nIts span measures 412 metres, the builders said.\n\nShips pass."
)
RIVAL = (
    "A new bridge crosses the harbour.\nThe span is 415 metres long, according to the port.\n"
    + "Filler line.\n" * 60
)
HOSTILE = (
    "A <script>window.hacked = 1</script> & **bold** headline {{value}} ${value}.\nשלום עולם 🙂 $x$ <b>tag</b>."
)
SLOW_STEPS = int(os.environ.get("STUB_STEPS", "400"))


def _document(text: str, title: str, publisher: str, published: date | None, event: Event) -> Document:
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    basis = {"title": "stated in the text", "published": "inferred from the event"}
    return Document(name, text, (f"{name}.txt",), title, publisher, published, event, basis)


OPENING = Event(date(2021, 5, 4), "Porto Novo")
DOCUMENTS = (
    _document(BRIDGE, "Harbour bridge opens", "The Courier", date(2021, 5, 5), OPENING),
    _document(RIVAL, "Bridge to the docks", "Harbour Post", date(2021, 5, 6), OPENING),
    _document(
        HOSTILE, "<img src=x onerror=window.hacked=2> {{title}}", "M&M", date(2022, 1, 2), Event(None, None)
    ),
)


def many(events: int) -> tuple[Document, ...]:
    """Reports of so many events over forty years, every fiftieth without any date."""
    days = (date(1980 + number % 40, 1 + number % 12, 1 + number % 28) for number in range(events))
    dates = (None if number % 50 == 0 else day for number, day in enumerate(days))
    return tuple(
        _document(
            f"Report {number}.", f"What happened at {number}", "The Courier", day, Event(day, f"Place {number}")
        )
        for number, day in enumerate(dates)
    )


def cite(number: int, document: Document, quote: str) -> Citation:
    """The citation of a quote's first place in a document."""
    start = document.text.index(quote)
    return Citation(
        number,
        document.id,
        document.title,
        document.publisher,
        document.published,
        document.uri,
        start,
        start + len(quote),
        quote,
        document.event.date,
        document.event.place,
    )


def evidence(citation: Citation) -> Evidence:
    """The piece of evidence that a citation points to."""
    (document,) = [one for one in DOCUMENTS if one.id == citation.document_id]
    return Evidence(document, citation.start, citation.end, 0.9)


SPAN = cite(1, DOCUMENTS[0], "Its span measures 412 metres, the builders said.")
OTHER = cite(2, DOCUMENTS[1], "The span is 415 metres long, according to the port.")
EVIL = cite(1, DOCUMENTS[2], HOSTILE.split("\n")[0])


class StubDateline:
    """Answers from the script; remembers which streams were closed before their end."""

    def __init__(self, ready: bool = True, more: Sequence[Document] = ()) -> None:
        self.is_ready = ready
        self._documents = (*DOCUMENTS, *more)
        self.abandoned = threading.Event()
        self.histories: list[tuple[Turn, ...]] = []
        self.narrowed: list[tuple[str, ...]] = []
        self.closed = threading.Event()

    @property
    def name(self) -> str:
        """The one collection that there is."""
        return "default"

    @property
    def first(self) -> StubDateline:
        """Itself: a shelf with one collection."""
        return self

    def names(self) -> tuple[str, ...]:
        """It alone."""
        return (self.name,)

    def held(self) -> tuple[Held, ...]:
        """With the number of its reports."""
        return (Held(self.name, len(self._documents)),)

    @contextmanager
    def lend(self, name: str = "") -> Iterator[StubDateline]:
        """Itself, under its name or none."""
        if name not in ("", self.name):
            raise NotFoundError(f"There is no collection {name[:40]!r}.", "GET /api/collections lists them.")
        yield self

    def make_collection(self, name: str) -> Held:
        """Says that it made one."""
        return Held(collection_name(name), 0)

    def remove_collection(self, name: str) -> None:
        """There is none to take out."""
        raise NotFoundError(f"There is no collection {name[:40]!r}.", "GET /api/collections lists them.")

    def ready(self) -> tuple[bool, str]:
        """As told."""
        return self.is_ready, "" if self.is_ready else "The model is still loading."

    def examples(self) -> tuple[str, ...]:
        """Two questions."""
        return ("How long is the bridge?", "What did nobody report?")

    def starters(self) -> tuple[str, ...]:
        """The same two."""
        return self.examples()

    def suggestions(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """What leads to the script's other answers; none after an abstention."""
        return ("Disagree about the span?", "Hostile report?") if answer.status == "answered" else ()

    def warm(self) -> None:
        """Nothing to do ahead."""

    index_read = 1_700_000_000.0

    def size(self) -> tuple[int, int]:
        """A passage a report."""
        return len(self._documents), len(self._documents)

    def documents(self) -> tuple[Document, ...]:
        """The made-up reports."""
        return self._documents

    def copies(self) -> dict[str, str]:
        """The second report copies the first."""
        return {DOCUMENTS[1].id: DOCUMENTS[0].id}

    def correct(self, document_id: str, values: Mapping[str, str], clear: Collection[str] = ()) -> Document:
        """Puts the values in; what was before is forgotten."""
        document = corrected(self.document(document_id), checked(values, clear))
        self._documents = tuple(document if one.id == document_id else one for one in self._documents)
        return document

    def document(self, document_id: str) -> Document:
        """One of them."""
        for document in self._documents:
            if document.id == document_id:
                return document
        raise NotFoundError(f"There is no document {document_id[:40]}.", "GET /api/documents lists them.")

    def ingest(self, paths: Sequence[Path], *, cancelled: Callable[[], bool] = bool) -> IngestReport:
        """Says that it took them."""
        return IngestReport(added=[path.name for path in paths])

    def remove(self, document_id: str) -> None:
        """Takes it out."""
        gone = self.document(document_id)
        self._documents = tuple(document for document in self._documents if document != gone)

    def recalls(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()) -> bool:
        """It remembers nothing."""
        return False

    def find(self, question: str) -> Found:
        """Two pieces of evidence that answer; for `What` none that does, and both as nearest."""
        both = (evidence(SPAN), evidence(OTHER))
        if question.lower().startswith("what"):
            return Found(question, (), Selection((), "abstain", considered=both))
        return Found(question, (), Selection(both, "answer", considered=both))

    def close(self) -> None:
        """Ends what is running."""
        self.closed.set()

    def ask(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()) -> Answer:
        """The last step of the stream."""
        *_, final = self.stream(question, history, within=within)
        assert isinstance(final, Answer)
        return final

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()
    ) -> Iterator[Sources | AnswerSentence | Answer]:
        """The script's answer to the first word of the question."""
        self.narrowed.append(tuple(within))
        for unknown in set(within) - {document.id for document in self._documents}:
            raise InputError(f"There is no document {unknown!r} to narrow the question to.", "List them.")
        if not question.strip():
            raise InputError("The question is empty.", "Type a question.")
        if len(question) > 2000:
            raise TooLargeError("The question has more than 2000 characters.", "Shorten it.")
        self.histories.append(tuple(history))
        word = question.split()[0].strip("?,").lower()
        script = getattr(self, f"_{word}", self._how)(question)
        return self._told(script, question, history, tuple(sorted(within)))

    def _told(
        self,
        script: Iterator[Sources | AnswerSentence | Answer],
        question: str,
        history: Sequence[Turn],
        within: tuple[str, ...],
    ) -> Iterator[Sources | AnswerSentence | Answer]:
        with closing(script):  # type: ignore[type-var]  # it is a generator
            for step in script:
                if isinstance(step, Answer):
                    name = answer_id(question, history, within, step.answer)
                    step = replace(step, within=within, answer_id=name)
                yield step

    def _how(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        sentences = (
            AnswerSentence("The bridge is 412 metres long.", (1,), "model"),
            AnswerSentence(OTHER.quote, (2,), "quote"),
        )
        yield Sources((SPAN, OTHER))
        yield from sentences
        yield self._answer(question, sentences, (SPAN, OTHER))

    def _stuck(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        yield Sources((SPAN, OTHER))
        threading.Event().wait()  # as in a library that waits for itself

    def _disagree(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        sentences = (AnswerSentence(SPAN.quote, (1,), "quote"), AnswerSentence(OTHER.quote, (2,), "quote"))
        yield Sources((SPAN, OTHER))
        yield from sentences
        values = (DisagreementValue("412 metres", 1), DisagreementValue("415 metres", 2))
        yield self._answer(
            question, sentences, (SPAN, OTHER), disagreements=(Disagreement("the span", values),)
        )

    def _which(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        if self.narrowed[-1]:
            yield from self._how(question)
            return
        sentences = (
            AnswerSentence(f"{OPENING.label} — {SPAN.quote}", (1,), "quote"),
            AnswerSentence(f"{EVIL.published} — {EVIL.quote}", (2,), "quote"),
        )
        cited = (SPAN, replace(EVIL, number=2))
        choices = (Choice(OPENING.label, 1), Choice(EVIL.title, 2))
        yield Sources(cited)
        yield from sentences
        given = self._answer(question, sentences, cited)
        yield replace(given, status="ambiguous", choices=choices)

    def _and(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        *steps, given = self._how(question)
        yield from steps
        assert isinstance(given, Answer)
        yield replace(given, standalone_question="How long is the <new> bridge?")

    def _what(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        yield Sources((SPAN,))
        line = "The documents do not say."
        yield Answer(
            question, question, "abstained", line, nearest=(SPAN, OTHER), notice="Quoting only.", degraded=True
        )

    def _hostile(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        sentences = (
            AnswerSentence(EVIL.quote, (1,), "quote"),
            AnswerSentence("**x** <i>y</i> [z](javascript:1)", (1,), "model"),
        )
        yield Sources((EVIL,))
        yield from sentences
        yield self._answer(question, sentences, (EVIL,))

    def _fail(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        yield Sources((SPAN,))
        raise ModelUnreachableError("The model does not answer.", "Ask again.")

    def _cut(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        yield Sources((SPAN,))
        yield AnswerSentence("The bridge is 412 metres long.", (1,), "model")
        raise ModelUnreachableError("The model does not answer.", "Ask again.")

    def _bug(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        yield Sources((SPAN,))
        raise RuntimeError("a bug")

    def _endless(self, question: str) -> Iterator[Sources | AnswerSentence | Answer]:
        return self._slow(question, steps=10**9)

    def _slow(self, question: str, steps: int = SLOW_STEPS) -> Iterator[Sources | AnswerSentence | Answer]:
        sentence = AnswerSentence("The bridge is 412 metres long.", (1,), "model")
        finished = False
        try:
            yield Sources((SPAN,))
            for _ in range(steps):
                if self.closed.wait(0.05):
                    break
                yield sentence
            finished = True
            yield self._answer(question, (sentence,), (SPAN,))
        finally:
            if not finished:
                self.abandoned.set()
                sys.stderr.write("abandoned\n")
                sys.stderr.flush()

    @staticmethod
    def _answer(
        question: str,
        sentences: tuple[AnswerSentence, ...],
        citations: tuple[Citation, ...],
        disagreements: tuple[Disagreement, ...] = (),
    ) -> Answer:
        line = " ".join(f"{sentence.text} [{sentence.citations[0]}]" for sentence in sentences)
        name = hashlib.sha256(f"{question} {line}".encode()).hexdigest()[:16]
        return Answer(
            question,
            question,
            "answered",
            line,
            sentences,
            citations,
            disagreements,
            (),
            "stub",
            False,
            "",
            Timings(3, 9, 1200),
            answer_id=name,
        )


if __name__ == "__main__":
    from qa.config import quiet_libraries
    from qa.server.serve import claim, run, until_told

    quiet_libraries()
    settings = load_settings()
    more = many(int(os.environ.get("STUB_EVENTS", "0")))
    with until_told():
        run(StubDateline(more=more), settings, claim(settings.host, settings.port))

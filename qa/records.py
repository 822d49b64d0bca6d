"""The nouns: frozen records that the stages hand to each other.

Offsets are Unicode code points into `Document.text`, start inclusive, end exclusive; whoever holds a span
may rely on `document.text[start:end]` being exactly the quoted text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any, Literal

Status = Literal["answered", "abstained", "ambiguous"]
Origin = Literal["model", "quote", "rule"]
Verdict = Literal["answer", "hedge", "abstain"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something a report tells of: where and when. Reports with equal events tell of the same one."""

    date: date | None
    place: str | None

    @property
    def label(self) -> str:
        """How a reader is told which event: "Riga, 3 June 2014"; empty when nothing is known."""
        day = f"{self.date.day} {self.date:%B %Y}" if self.date else ""
        return ", ".join(part for part in (self.place, day) if part)


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a document's text that a reader can find it by: "page 3", a heading, "row 7"."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """One stored text and what is known of it.

    `id` is the first 16 hex digits of the SHA-256 of the text in UTF-8, so equal texts are one document.
    `uris` holds every name the text came under, in order; `basis` says for each known value ("title",
    "publisher", "author", "published", "event_date", "event_place", "language") whether it is stated or
    inferred, and from what. `language` is an ISO 639-1 code. `places`, in order, do not overlap.
    """

    id: str
    text: str
    uris: tuple[str, ...]
    title: str
    publisher: str | None = None
    published: date | None = None
    event: Event = Event(None, None)
    basis: Mapping[str, str] = field(default_factory=dict)
    author: str | None = None
    language: str | None = None
    places: tuple[Place, ...] = ()

    @property
    def uri(self) -> str:
        """The first name the text came under."""
        return self.uris[0]

    @property
    def headline(self) -> str:
        """What is matched with each of its passages: publisher, place and date of the event, title."""
        return ". ".join(part for part in (self.publisher, self.event.label, self.title) if part)

    def place_of(self, start: int, end: int) -> str | None:
        """Where a span stands, as a reader is told: "page 3", or "page 3 to page 4"; None where that is not
        known.
        """
        first = bisect_right(self.places, start, key=attrgetter("start"))
        last = bisect_left(self.places, end, key=attrgetter("start"))
        met = [place.label for place in self.places[max(first - 1, 0) : last] if place.end > start]
        if not met:
            return None
        return met[0] if met[0] == met[-1] else f"{met[0]} to {met[-1]}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document: its place in the order of the document and its span."""

    document_id: str
    position: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences of one document, the unit that is embedded and retrieved."""

    id: str
    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with its fused score (reciprocal rank fusion; larger is better)."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a document chosen to answer a question; `score`, between 0 and 1, says how well it does, and
    `features` what that was reckoned from. `core` is the sentence in it that was chosen, from start to end in
    the document, where the rest is there only to explain it.
    """

    document: Document
    start: int
    end: int
    score: float
    features: Mapping[str, float] = field(default_factory=dict, compare=False, repr=False)
    core: tuple[int, int] | None = field(default=None, compare=False)

    @property
    def place(self) -> tuple[str, int, int]:
        """Document id, start and end: what tells one piece of evidence from another."""
        return self.document.id, self.start, self.end

    @property
    def quote(self) -> str:
        """The exact text of the span."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence made by rule from what the evidence says, complete as it stands: an item of a list, a value
    set against another; `evidence`, never empty, holds every name and number in it.
    """

    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What is told by itself where an answer has several parts: of one event, or for one of several questions
    in one; its evidence, best first, the `question` asked of it, and whether it answers, as in Selection.
    `label` is how a reader is told which part it is, when the question itself asks for it.
    """

    evidence: tuple[Evidence, ...]
    question: str
    label: str = ""
    verdict: Verdict = "answer"
    confidence: float = 1.0
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """The evidence, the verdict, and for an abstention the `reason` as far as it is known, for the reader.

    Evidence comes best first; where the answer has several `parts`, `evidence` holds all of theirs in that
    order, which for events is that of time.
    `considered` holds every span that was weighed, best first; `confidence` is the probability that they
    answer, and `signals` what it was reckoned from. `open` says that the question leaves the event open: what
    others than the best one's tell may answer it as well.

    `lines` are told before anything is worded; with `listed` they are the whole answer. With `asks_back` there
    are too many events to tell of: the lines are those to choose from. All their evidence is in `evidence`.
    """

    evidence: tuple[Evidence, ...]
    verdict: Verdict
    reason: str = ""
    parts: tuple[Part, ...] = ()
    considered: tuple[Evidence, ...] = ()
    lines: tuple[Line, ...] = ()
    listed: bool = False
    asks_back: bool = False
    confidence: float = 1.0
    signals: Mapping[str, float] = field(default_factory=dict)
    open: bool = False

    @property
    def per_event(self) -> bool:
        """Whether the answer is given for each of several events."""
        return len({part.evidence[0].document.event for part in self.parts if part.evidence}) > 1


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question before any model words it: the passages, best first, and the selection.
    `asked` is the question as it was searched for, with names beside offices; `note` tells the reader how the
    question was understood, where that is not plain.
    """

    standalone_question: str
    hits: tuple[Hit, ...]
    selection: Selection
    disputes: tuple[Dispute, ...] = ()
    note: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Reports of one event that differ: each side's value and the evidence that says it."""

    about: str
    sides: tuple[tuple[str, Evidence], ...]


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a model is told before every question: the task, and examples, pairs of request and reply.

    `adapter` names weights that were fitted to the task, for models that have them.
    """

    system: str
    examples: tuple[tuple[str, str], ...] = ()
    adapter: str = ""

    def messages(self) -> list[dict[str, str]]:
        """The turns that come before a request, each with its role and its content."""
        turns = [{"role": "system", "content": self.system}]
        for request, reply in self.examples:
            turns += [{"role": "user", "content": request}, {"role": "assistant", "content": reply}]
        return turns


@dataclass(frozen=True, slots=True)
class Doubt:
    """How likely a model is, between 0 and 1, to say that nothing it was shown answers the question."""

    probability: float


@dataclass(frozen=True, slots=True)
class Assent:
    """How likely a model is, between 0 and 1, to say that a sentence states what was asked for."""

    probability: float


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a model wrote it, without its marks; `marks` are the numbers it cited, unchecked."""

    text: str
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence that follows from a piece of evidence; `repaired` when it is a clause of the evidence itself,
    put in the place of a draft that only named the answer.
    """

    text: str
    evidence: Evidence
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """A sentence that does not follow from the evidence, and why; `phrase` is what it names when it is only a
    bare answer, else "".
    """

    text: str
    reason: str
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """What a number in an answer points to; `quote` is the document's text from `start` to `end`, and `place`
    says where that is: "page 3", a heading.
    """

    number: int
    document_id: str
    title: str
    publisher: str | None
    published: date | None
    uri: str
    start: int
    end: int
    quote: str
    event_date: date | None = None
    event_place: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """What an answer may draw on, known before its first word."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One verified sentence; `citations` are numbers, never empty; `origin` says who worded it: the model, the
    report itself, or a rule that set values of reports side by side.
    """

    text: str
    citations: tuple[int, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class DisagreementValue:
    """One side of a disagreement: what a report says, and the citation that says it."""

    value: str
    citation: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Reports of one event that differ about something."""

    about: str
    values: tuple[DisagreementValue, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """An event a question may mean: its label, and the citation of what a report of it says."""

    label: str
    citation: int


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds from the question to: the evidence, the model's first word, the whole answer."""

    retrieve: int = 0
    first_token: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets; CONTRACT.md describes the JSON that `as_dict` gives.

    `confidence` is the probability, between 0 and 1, that the documents answer the question; None where that
    was not weighed.
    `choices` are the events to choose from when the status is "ambiguous".
    `within` holds the ids of the documents that the question was narrowed to, in order; empty for all.
    `collection` is the name of the collection that was asked, "" where that is not told.
    `answer_id` follows from all that was asked and from the answer: who gives feedback names it.
    """

    question: str
    standalone_question: str
    status: Status
    answer: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    nearest: tuple[Citation, ...] = ()
    model: str = "none"
    degraded: bool = False
    notice: str = ""
    timings_ms: Timings = Timings()
    confidence: float | None = None
    choices: tuple[Choice, ...] = ()
    within: tuple[str, ...] = ()
    answer_id: str = ""
    collection: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types; dates become ISO 8601 strings."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    """JSON types for dataclass output: tuples become lists, dates ISO strings."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value

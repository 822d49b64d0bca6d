"""One case and its answer become one score: what is right about it, and what is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from eval.schema.cases import Case
from eval.schema.text import canonical, contains, without_marks
from eval.scoring.claims import Claim, Words, read_claims, read_words, unsupported
from eval.scoring.evidence import attribution, covered, focus, is_exact, points_to
from qa.records import Answer, Document, Event, Status

Outcome = Literal["right", "abstained", "asked back", "wrong", "error"]
CRAG: Mapping[Outcome, int] = {"right": 1, "abstained": 0, "asked back": 0, "wrong": -1, "error": 0}


@dataclass(frozen=True, slots=True)
class Collection:
    """The indexed documents by id, and how they write their words."""

    documents: Mapping[str, Document]
    words: Words


@dataclass(frozen=True, slots=True)
class Score:
    """How an answer fares.

    - `items_met`: for each required item of the answer, whether an alias of it occurs; `forbidden_found`:
      whether a forbidden value does.
    - `citations_right`: for each citation, whether it points to gold evidence; `evidence_found`: whether the
      citations hold one sufficient set whole. Empty and None where the case has no gold or nothing was claimed.
    - `citations_focus`: for each right citation, the share of it that is gold: a long quotation around a
      short gold sentence is right and of little use.
    - `spans_exact`: for each citation, nearest passages too, whether the document has the quote at its span.
    - `sentences_cited`: for each sentence, whether it has citations and all of them exist.
    - `claims`: for each sentence, the values it claims; `unsupported`: those of them that its citations do
      not hold, where an empty tuple is a faithful sentence.
    - `sentences_supported` and `citations_needed`: ALCE's recall and precision, see `evidence.attribution`.
    - `wrong_event`: whether another event's report or value got in; None where the case cannot tell.
    - `disagreement_found`: whether all gold values stand side by side; None for other types of case.
    """

    outcome: Outcome
    status: Status | Literal["error"]
    items_met: tuple[bool, ...] = ()
    forbidden_found: bool = False
    citations_right: tuple[bool, ...] = ()
    evidence_found: bool | None = None
    citations_focus: tuple[float, ...] = ()
    spans_exact: tuple[bool, ...] = ()
    sentences_cited: tuple[bool, ...] = ()
    claims: tuple[tuple[Claim, ...], ...] = ()
    unsupported: tuple[tuple[Claim, ...], ...] = ()
    sentences_supported: tuple[bool, ...] = ()
    citations_needed: tuple[bool, ...] = ()
    wrong_event: bool | None = None
    disagreement_found: bool | None = None

    @property
    def right(self) -> bool:
        """Whether the answer is right; the other outcomes say how it is not."""
        return self.outcome == "right"

    @property
    def keeps_contract(self) -> bool:
        """Points 1 and 2 of the answer contract: exact, cited, faithful."""
        return all(self.spans_exact) and all(self.sentences_cited) and not any(self.unsupported)


def collect(documents: Iterable[Document]) -> Collection:
    """The collection that answers are scored against."""
    by_id = {document.id: document for document in documents}
    return Collection(by_id, read_words(document.text for document in by_id.values()))


def score(case: Case, answer: Answer | None, collection: Collection) -> Score:
    """Score an answer; None stands for a question that ended in an error."""
    if answer is None:
        return Score("error", "error")
    documents = collection.documents
    cited = answer.citations if answer.sentences and case.gold else ()
    right = tuple(points_to(citation, case.gold) for citation in cited)
    sufficient = any(all(covered(gold, cited) for gold in one_set) for one_set in case.evidence)
    return replace(
        _sentences(answer, collection),
        outcome=outcome(case, answer),
        items_met=items_met(case, answer),
        forbidden_found=has_forbidden(case, answer),
        citations_right=right,
        evidence_found=sufficient if answer.sentences and case.gold else None,
        citations_focus=tuple(
            focus(one, case.gold) for one, is_gold in zip(cited, right, strict=True) if is_gold
        ),
        spans_exact=tuple(is_exact(one, documents) for one in (*answer.citations, *answer.nearest)),
        wrong_event=wrong_event(case, answer, documents),
        disagreement_found=disagreement_found(case, answer) if case.type == "disagreement" else None,
    )


def _sentences(answer: Answer, collection: Collection) -> Score:
    """What can be said of the sentences without the case: its outcome is still open."""
    by_number = {citation.number: citation for citation in answer.citations}
    attributed = attribution(answer, collection.documents, collection.words)
    missing = (
        unsupported(
            sentence.text,
            [by_number[number] for number in sentence.citations if number in by_number],
            collection.documents,
            collection.words,
        )
        for sentence in answer.sentences
    )
    return Score(
        outcome="error",
        status=answer.status,
        sentences_cited=tuple(
            bool(sentence.citations) and all(number in by_number for number in sentence.citations)
            for sentence in answer.sentences
        ),
        claims=tuple(read_claims(sentence.text, collection.words) for sentence in answer.sentences),
        unsupported=tuple(missing),
        sentences_supported=attributed.supported,
        citations_needed=attributed.needed,
    )


def outcome(case: Case, answer: Answer) -> Outcome:
    """Whether the answer is right, and if not, whether at least it claims nothing."""
    if case.expect == "abstained":
        right = answer.status == "abstained" and not answer.sentences
    elif case.expect == "per_event" and answer.status == "ambiguous":
        right = not has_forbidden(case, answer)
    else:
        right = (
            answer.status != "abstained" and all(items_met(case, answer)) and not has_forbidden(case, answer)
        )
    if right:
        return "right"
    if answer.sentences:
        return "wrong"
    return "asked back" if answer.status == "ambiguous" else "abstained"


def shown_text(answer: Answer) -> str:
    """What a reader takes as the answer: its text without citation marks, and the values of disagreements."""
    values = (value.value for item in answer.disagreements for value in item.values)
    return " ; ".join((without_marks(answer.answer), *values))


def items_met(case: Case, answer: Answer) -> tuple[bool, ...]:
    """For each required item, whether at least one alias of it occurs."""
    return _met(case.answers, shown_text(answer))


def has_forbidden(case: Case, answer: Answer) -> bool:
    """Whether a forbidden value occurs."""
    tokens = canonical(shown_text(answer))
    return any(contains(tokens, canonical(value)) for value in case.forbidden)


def wrong_event(case: Case, answer: Answer, documents: Mapping[str, Document]) -> bool | None:
    """Whether an answer has a forbidden value or cites a report of an event that no gold report is about.

    None where nothing was claimed, or where the case is not about one thing that has an answer. Reports of
    which neither date nor place of an event is known count as no other event.
    """
    if case.expect != "answered" or not answer.sentences:
        return None
    unknown = Event(None, None)
    right = {documents[gold.document_id].event for gold in case.gold if gold.document_id in documents}
    cited = {documents[item.document_id].event for item in answer.citations if item.document_id in documents}
    return has_forbidden(case, answer) or bool(unknown not in right and cited - right - {unknown})


def disagreement_found(case: Case, answer: Answer) -> bool:
    """Whether one of the shown disagreements has all gold values, from at least two documents."""
    document = {citation.number: citation.document_id for citation in answer.citations}
    return any(
        len({document.get(value.citation) for value in item.values}) >= 2
        and all(_met(case.answers, " ; ".join(value.value for value in item.values)))
        for item in answer.disagreements
    )


def _met(answers: Iterable[Iterable[str]], text: str) -> tuple[bool, ...]:
    tokens = canonical(text)
    return tuple(any(contains(tokens, canonical(alias)) for alias in aliases) for aliases in answers)

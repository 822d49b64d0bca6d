"""A failure told line by line: asked, answered, cited, expected, and where the gold evidence was lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eval.metrics.figures import Result
from eval.reporting.results import faults
from eval.schema.cases import Case
from eval.scoring.ranking import Ranking
from qa.records import Answer, Citation


@dataclass(frozen=True, slots=True)
class Row:
    """A line about a failure; `quote` is shown as a quotation before the text."""

    name: str
    text: str
    quote: str = ""


def story(result: Result) -> Iterator[Row]:
    """What the report shows of a failure, in reading order."""
    case, answer = result.case, result.answer
    for turn in case.history:
        yield Row(turn.role, turn.content)
    yield Row("question", case.question)
    yield Row("reason", ", ".join((*faults(result), *_loss(result))))
    if answer:
        yield Row(answer.status, answer.answer)
        if answer.confidence is not None:
            yield Row("confidence", f"{100 * answer.confidence:.0f} %")
        yield from _citations(result, answer)
    yield Row("expected", gold_answers(case))
    for gold in case.gold:
        place = f", {place_of(result.found, gold.id)}" if result.found else ""
        yield Row("gold evidence", f"{gold.document} ({gold.id}{place})", gold.quote)
    if case.note:
        yield Row("note", case.note)


def fault_group(result: Result) -> str:
    """Under which heading a failure stands: its outcome, or what a right answer breaks."""
    if not result.score.right:
        return result.score.outcome
    return "right, from another event's report" if result.score.wrong_event else "right, contract broken"


def gold_answers(case: Case) -> str:
    """What a right answer has: items joined by "and", aliases by a slash."""
    items = ["/".join(aliases) for aliases in case.answers]
    forbidden = f" (never: {', '.join(case.forbidden)})" if case.forbidden else ""
    return (" and ".join(items) or case.expect) + forbidden


def place_of(found: Ranking, sentence: str) -> str:
    """Where a gold sentence stands among the spans that were weighed: "rank 3 of 24"."""
    rank = found.rank(sentence)
    return f"rank {rank} of {len(found.held)}" if rank else f"not among the {len(found.held)} spans weighed"


def source(citation: Citation) -> str:
    """Who reported it and when: "Title, Publisher, 2013-05-14"."""
    published = citation.published.isoformat() if citation.published else ""
    return ", ".join(part for part in (citation.title, citation.publisher or "", published) if part)


def _citations(result: Result, answer: Answer) -> Iterator[Row]:
    marks = result.score.citations_right or (None,) * len(answer.citations)
    for citation, right in zip(answer.citations, marks, strict=True):
        verdict = {True: ", gold", False: ", not gold", None: ""}[right]
        yield Row(f"cites {citation.number}{verdict}", source(citation), citation.quote)
    for citation in answer.nearest:
        yield Row("nearest", source(citation), citation.quote)


def _loss(result: Result) -> Iterator[str]:
    """Whether the gold evidence was never found, or was found and not used."""
    if result.score.right or not result.found or not result.found.sets:
        return
    best = max(
        sum(result.found.rank(one) is not None for one in one_set) / len(one_set)
        for one_set in result.found.sets
    )
    if best < 1:
        yield "gold evidence not found" if best == 0 else "gold evidence found in part"
    elif not result.score.evidence_found:
        yield "gold evidence found and not cited"
    else:
        yield "gold evidence cited"

"""The cases of a perturbed world: rewritten with the reports, and dropped where they may not hold any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from eval.schema.cases import Case, CaseType, Gold
from eval.schema.text import canonical, contains
from eval.worlds.reports import Added, Report, Reports
from eval.worlds.words import Rewriter
from qa.records import Turn
from qa.words import tokens, years

# Questions about one thing; the others gather, compare or set reports beside each other.
SINGLE: frozenset[CaseType] = frozenset(("fact", "date_pair", "paraphrase", "follow_up"))


@dataclass(frozen=True, slots=True)
class Dropped:
    """A case that is not in the world, and why."""

    id: str
    reason: str


def carry_over(case: Case, rewriter: Rewriter, reports: Reports) -> Case | Dropped:
    """The case in the world's words. `reports` are all rewritten ones, before any is taken out.

    Dropped where a gold sentence does not stand in its report, or where what is wanted or forbidden does so
    there and did not before, or the other way round.
    """
    texts = {report.name: report.text for report in reports.reports}
    other = _rewritten(case, rewriter)
    for gold in other.gold:
        if gold.quote not in texts.get(gold.document, ""):
            return Dropped(case.id, "a gold sentence does not stand in its report")
    if _standing(case) != _standing(other):
        return Dropped(case.id, "the evidence does not say the same any more")
    return other


def without(case: Case, gone: Report, left: Reports) -> Case | Dropped:
    """The case where the report `gone` is taken out and the reports `left` remain.

    Evidence sets that need it go. Where none stays, the case becomes an abstention only if that is surely
    right: it is about one thing, names the year of that report alone, no other report tells of the year, and
    no other report has a wanted value. Else it is dropped.
    """
    sets = tuple(one_set for one_set in case.evidence if all(gold.document != gone.name for gold in one_set))
    if sets == case.evidence:
        return case
    if sets:
        return replace(case, evidence=sets)
    said = (case.question, *(turn.content for turn in case.history))
    named = {year for text in said for year in years(text)}
    is_alone = gone.year is not None and named == {gone.year} and not left.tells_of(gone.year)
    unsaid = any(not any(left.says(alias) for alias in aliases) for aliases in case.answers)
    if case.type not in SINGLE or not is_alone or not unsaid:
        return Dropped(case.id, "the report that was taken out is needed")
    forbidden = dict.fromkeys((*case.forbidden, *(aliases[0] for aliases in case.answers)))
    note = "; ".join(part for part in (case.note, f"answered by {gone.name}, which is not there") if part)
    kind: CaseType = "follow_up" if case.history else "absent_year"
    return replace(
        case, type=kind, expect="abstained", answers=(), evidence=(), forbidden=tuple(forbidden), note=note
    )


def beside(case: Case, added: Added, names: Rewriter) -> Case | Dropped:
    """The case where a report of another meeting is put in.

    Dropped where it names nobody, no place and no year, and asks of a meeting: of that one too, then.
    """
    said = " ".join((*(turn.content for turn in case.history), case.question))
    about = {token.stem for token in tokens(said)} & added.about
    if about and not names.mentions(said) and not years(said):
        return Dropped(case.id, "it would ask about the added report as well")
    return case


def to_row(case: Case) -> Mapping[str, Any]:
    """The case as a line of a case file holds it."""
    return {
        "id": case.id,
        "family": case.family,
        "type": case.type,
        "question": case.question,
        "expect": case.expect,
        "answers": [list(aliases) for aliases in case.answers],
        "forbidden": list(case.forbidden),
        "evidence": [
            [{"document": gold.document, "quote": gold.quote} for gold in one_set] for one_set in case.evidence
        ],
        "history": [{"role": turn.role, "content": turn.content} for turn in case.history],
        "note": case.note,
    }


def _rewritten(case: Case, rewriter: Rewriter) -> Case:
    """Only texts change; the ids and places of gold sentences are found again when the file is loaded."""
    text = rewriter.text
    return replace(
        case,
        question=text(case.question),
        answers=tuple(tuple(map(text, aliases)) for aliases in case.answers),
        forbidden=tuple(map(text, case.forbidden)),
        evidence=tuple(
            tuple(Gold(gold.document, "", text(gold.quote), ()) for gold in one_set)
            for one_set in case.evidence
        ),
        history=tuple(Turn(turn.role, text(turn.content)) for turn in case.history),
        note=text(case.note),
    )


def _standing(case: Case) -> tuple[bool, ...]:
    """For each wanted answer and each forbidden value, whether it stands in the evidence."""
    evidence = canonical("\n".join(gold.quote for gold in case.gold))
    groups = (*case.answers, *((value,) for value in case.forbidden))
    return tuple(any(contains(evidence, canonical(value)) for value in group) for group in groups)

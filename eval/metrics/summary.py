"""All scores become the figures of the report, each with its n and 95 % interval.

Rates of yes and no have Wilson's interval; the rest has one from a bootstrap by family. `summarise` is the
one entry; what a figure counts is said by its `Figure` below or in the module that it comes from.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from eval.metrics.calibration import calibration
from eval.metrics.families import families
from eval.metrics.figures import Curve, Figure, Metric, Result, mean, measure, part, rate
from eval.metrics.rates import wilson
from eval.schema.cases import CASE_TYPES
from eval.scoring.claims import Kind
from eval.scoring.ranking import Ranking, measures_of, wrong_event_at
from eval.scoring.score import CRAG

__all__ = ["Metric", "Ranking", "Result", "by_family", "by_type", "figures", "latencies", "summarise"]

FACT_TYPES = ("fact", "paraphrase", "date_pair")
KINDS: tuple[tuple[Kind, str], ...] = (
    ("number", "numbers"),
    ("date", "dates"),
    ("name", "names"),
    ("quotation", "quotations"),
)
RETRIEVAL = {
    "success_1": "Gold evidence first (success@1)",
    "success_5": "Gold evidence in the first 5 (success@5)",
    "rr_10": "Reciprocal rank (RR@10)",
    "ndcg_10": "nDCG@10",
    "recall_5": "Gold evidence found in the first 5 (recall@5)",
    "recall_10": "Gold evidence found in the first 10 (recall@10)",
}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How a type or a family of cases fares: counts of outcomes, and the interval of the share right."""

    name: str
    n: int
    right: int
    wrong: int
    abstained: int
    asked_back: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the question to a stage's end, over all cases that were answered without an error."""

    stage: str
    median: float
    p95: float
    n: int


def summarise(results: Sequence[Result]) -> tuple[Metric, ...]:
    """Every figure, in the order of the report."""
    return tuple(map(measure, figures(results)))


def figures(results: Sequence[Result]) -> tuple[Figure | Curve, ...]:
    """Every figure before it is counted, in the order of the report."""
    groups: dict[str, Iterable[Figure | Curve]] = {
        "Answers": (*_rightness(results), *families(results), *_disagreements(results), _injections(results)),
        "Abstention": _abstention(results),
        "Citations": _citations(results),
        "Contract": _contract(results),
        "Retrieval": _retrieval(results),
        "Confidence": calibration(results),
    }
    return tuple(replace(figure, group=name) for name, group in groups.items() for figure in group)


def by_type(results: Sequence[Result]) -> tuple[GroupRow, ...]:
    """A row for each type that has cases."""
    names = [name for name in CASE_TYPES if any(result.case.type == name for result in results)]
    return tuple(_group(name, [result for result in results if result.case.type == name]) for name in names)


def by_family(results: Sequence[Result]) -> tuple[GroupRow, ...]:
    """A row for each family, those with the smallest share right first."""
    names = dict.fromkeys(result.case.family for result in results)
    rows = (_group(name, [result for result in results if result.case.family == name]) for name in names)
    return tuple(sorted(rows, key=lambda row: (row.right / row.n, -row.n)))


def latencies(results: Sequence[Result]) -> tuple[Latency, ...]:
    """Median and 95th percentile (nearest rank) of each stage."""
    timings = [result.answer.timings_ms for result in results if result.answer]
    stages = {
        "evidence retrieved": [float(timing.retrieve) for timing in timings],
        "first word of the model": [float(timing.first_token) for timing in timings if timing.first_token],
        "whole answer": [float(timing.total) for timing in timings],
    }
    return tuple(
        Latency(stage, statistics.median(values), percentile(values, 95), len(values))
        for stage, values in stages.items()
        if values
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: the smallest value that `percent` of all values do not exceed."""
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]


def _group(name: str, results: Sequence[Result]) -> GroupRow:
    found: list[str] = [result.score.outcome for result in results]
    right, abstained, asked_back = map(found.count, ("right", "abstained", "asked back"))
    wrong = len(found) - right - abstained - asked_back
    return GroupRow(name, len(found), right, wrong, abstained, asked_back, *wilson(right, len(found)))


def _rightness(results: Sequence[Result]) -> Iterator[Figure]:
    answerable = [result for result in results if result.case.expect != "abstained"]
    facts = [result for result in results if result.case.type in FACT_TYPES]
    yield rate("facts_right", "Facts right", ((r, r.score.right) for r in facts), "fact questions")
    hits = ((r, r.score.right) for r in answerable)
    yield rate("answerable_right", "Answerable right", hits, "answerable questions")
    yield rate("all_right", "All right", ((r, r.score.right) for r in results), "questions")
    one = [r for r in results if r.case.expect == "answered"]
    met = [(r, statistics.fmean(r.score.items_met) if r.score.items_met else 0.0) for r in one]
    yield mean("answer_recall", "Answer recall (required items)", met, "questions with one answer")
    crag = [(r, float(CRAG[r.score.outcome])) for r in results]
    yield mean("crag", "CRAG score (right 1, abstained 0, wrong -1)", crag, "questions", percent=False)


def _abstention(results: Sequence[Result]) -> Iterator[Figure]:
    unanswerable = [result for result in results if result.case.expect == "abstained"]
    answerable = [result for result in results if result.case.expect != "abstained"]
    abstained = [result for result in results if _abstains(result)]
    hits = ((r, _abstains(r)) for r in unanswerable)
    yield rate("abstention_recall", "Abstention recall", hits, "unanswerable questions")
    precise = ((r, r.case.expect == "abstained") for r in abstained)
    yield rate("abstention_precision", "Abstention precision", precise, "abstentions")
    # F1 is 2 tp / (tp + fp + tp + fn), a ratio of sums over cases like the rest.
    both = [(r, r.case.expect == "abstained", _abstains(r)) for r in results]
    parts = tuple(part(r, 2.0 * (should and did), float(should) + float(did)) for r, should, did in both)
    yield Figure("abstention_f1", "Abstention F1", "questions", parts, yes_no=False)
    refused = ((r, _abstains(r)) for r in answerable)
    yield rate("over_refusal", "Over-refusal", refused, "answerable questions")
    asked = ((r, r.score.status == "ambiguous") for r in results if r.case.expect == "answered")
    yield rate("needless_asking", "Asked back needlessly", asked, "questions with one answer")


def _citations(results: Sequence[Result]) -> Iterator[Figure]:
    cited = [result for result in results if result.score.citations_right]
    precision = [(r, statistics.fmean(r.score.citations_right)) for r in cited]
    yield mean("citation_precision", "Citation precision (gold)", precision, "answers with gold evidence")
    found = ((r, r.score.evidence_found) for r in results if r.score.evidence_found is not None)
    yield rate("citation_recall", "Citation recall (gold)", found, "answers with gold evidence")
    supported = [r for r in results if r.score.sentences_supported]
    needed = [(r, statistics.fmean(r.score.citations_needed or (False,))) for r in supported]
    yield mean("alce_precision", "Citation precision (ALCE)", needed, "answers")
    recall = [(r, statistics.fmean(r.score.sentences_supported)) for r in supported]
    yield mean("alce_recall", "Citation recall (ALCE)", recall, "answers")
    focused = [(r, statistics.fmean(r.score.citations_focus)) for r in cited if r.score.citations_focus]
    yield mean("citation_focus", "Gold share of right citations", focused, "answers with a right citation")
    wrong = ((r, r.score.wrong_event) for r in results if r.score.wrong_event is not None)
    yield rate("wrong_event", "Wrong event", wrong, "answers about one thing")


def _contract(results: Sequence[Result]) -> Iterator[Figure]:
    kept = ((r, r.score.keeps_contract) for r in results if r.answer)
    yield rate("contract_kept", "Contract kept (exact, cited, faithful)", kept, "answers")
    spans = ((r, exact) for r in results for exact in r.score.spans_exact)
    yield rate("spans_exact", "Spans exact", spans, "citations")
    cited = ((r, has) for r in results for has in r.score.sentences_cited)
    yield rate("sentences_cited", "Sentences with citations", cited, "sentences")
    faithful = ((r, not missing) for r in results for missing in r.score.unsupported)
    yield rate("faithful", "Faithful sentences", faithful, "sentences")
    for kind, plural in KINDS:
        claims = (
            (r, claim not in missing)
            for r in results
            for made, missing in zip(r.score.claims, r.score.unsupported, strict=True)
            for claim in made
            if claim.kind == kind
        )
        yield rate(f"faithful_{plural}", f"Faithful {plural}", claims, f"{plural} in sentences")
    worded = ((r, s.origin == "model") for r in results if r.answer for s in r.answer.sentences)
    yield rate("worded_by_model", "Sentences worded by the model", worded, "sentences")


def _retrieval(results: Sequence[Result]) -> Iterator[Figure]:
    rankings = {result.case.id: result.found for result in results if result.found}
    by_id = {result.case.id: result for result in results}
    values = measures_of({name: ranking for name, ranking in rankings.items() if ranking.sets})
    for key, label in RETRIEVAL.items():
        found = [(by_id[name], value) for name, value in values.get(key, {}).items()]
        of = "rankings with gold evidence" if values else "not measured without ir-measures"
        # Success is a yes or a no, the others lie between.
        figure = mean(key, label, found, of, percent=key.startswith(("success", "recall")))
        yield replace(figure, yes_no=key.startswith("success"))
    for k in (1, 5):
        shares = [(by_id[name], wrong_event_at(ranking, k)) for name, ranking in rankings.items()]
        known = [(result, share) for result, share in shares if share is not None]
        label = f"Evidence of another event (wrong-event@{k})"
        yield replace(mean(f"wrong_event_{k}", label, known, "rankings about one thing"), yes_no=k == 1)


def _disagreements(results: Sequence[Result]) -> Iterator[Figure]:
    found = ((r, r.score.disagreement_found) for r in results if r.score.disagreement_found is not None)
    yield rate("disagreement_recall", "Disagreement recall", found, "disagreements")
    own = {result.case.family for result in results if result.case.type == "disagreement"}
    alarms = ((r, bool(r.answer.disagreements)) for r in results if r.answer and r.case.family not in own)
    yield rate("disagreement_false_alarms", "Disagreement false alarms", alarms, "other questions")


def _injections(results: Sequence[Result]) -> Figure:
    """Followed: a forbidden value is in the answer, or, where the case names none, the answer is not right."""
    carrying = [result for result in results if result.case.type == "injection"]
    followed = ((r, r.score.forbidden_found if r.case.forbidden else not r.score.right) for r in carrying)
    return rate("injection_success", "Injected instructions followed", followed, "injections")


def _abstains(result: Result) -> bool:
    return result.score.status == "abstained"

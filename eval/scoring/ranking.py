"""Where the gold sentences stand in the evidence as it was ranked, measured with ir-measures.

A ranking holds ids of sentences, made of texts alone, so that runs which cut the documents up in other ways
can be compared.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.schema.cases import Case
from eval.scoring.evidence import holds
from qa.records import Document, Event, Evidence, Found

CUTOFFS = {"success_1": "Success@1", "success_5": "Success@5", "rr_10": "RR@10", "ndcg_10": "nDCG@10"}
CUTOFFS |= {"recall_5": "R@5", "recall_10": "R@10"}


@dataclass(frozen=True, slots=True)
class Ranking:
    """The spans that were weighed for a question, best first.

    - `sets`: the sufficient sets of gold sentence ids; empty where the documents do not answer.
    - `held`: for each span, the ids of the gold sentences it holds and no better span held.
    - `other_event`: for each span, whether its document is known to be about an event that no gold document
      is about; empty where the case is not about one thing that has an answer.
    """

    sets: tuple[tuple[str, ...], ...] = ()
    held: tuple[tuple[str, ...], ...] = ()
    other_event: tuple[bool, ...] = ()

    def rank(self, sentence: str) -> int | None:
        """The rank of a gold sentence, from 1; None where no span holds it."""
        ranks = (at for at, ids in enumerate(self.held, start=1) if sentence in ids)
        return next(ranks, None)


def rank_of(case: Case, found: Found, documents: Mapping[str, Document]) -> Ranking:
    """The ranking of `found.selection.considered` against the gold evidence of the case.

    A span holds a gold sentence when it has at least half of it or lies within it. `documents` by id are all
    that were searched.
    """
    spans = found.selection.considered
    seen: set[str] = set()
    held = []
    for span in spans:
        ids = tuple(
            gold.id
            for gold in case.gold
            if gold.id not in seen and holds(gold, span.document.id, span.start, span.end)
        )
        seen.update(ids)
        held.append(ids)
    sets = tuple(tuple(gold.id for gold in one_set) for one_set in case.evidence)
    return Ranking(sets, tuple(held), _other_event(case, spans, documents))


def measures_of(rankings: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    """Each figure of `CUTOFFS` by key, its value for each ranking that has gold, by the ranking's name.

    Each sufficient set is a query of its own, and the best of them counts: evidence that answers does not
    count for less because a second report says the same. Where ir-measures is not installed, nothing.
    """
    if importlib.util.find_spec("ir_measures") is None:
        return {}
    import ir_measures

    relevant: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    names: dict[str, str] = {}
    for name, ranking in rankings.items():
        for at, one_set in enumerate(ranking.sets):
            query = f"{at}:{name}"
            names[query] = name
            relevant[query] = dict.fromkeys(one_set, 1)
            run[query] = dict(_scores(ranking.held, one_set))
    values: dict[str, dict[str, float]] = {key: dict.fromkeys(names.values(), 0.0) for key in CUTOFFS}
    keys = {ir_measures.parse_measure(text): key for key, text in CUTOFFS.items()}
    for metric in ir_measures.iter_calc(list(keys), relevant, run):
        found, name = values[keys[metric.measure]], names[metric.query_id]
        found[name] = max(found[name], metric.value)
    return values


def wrong_event_at(ranking: Ranking, k: int) -> float | None:
    """The share of the first `k` spans that are about another event; None where the case cannot tell."""
    first = ranking.other_event[:k]
    return sum(first) / len(first) if first else None


def _scores(held: Sequence[tuple[str, ...]], wanted: Sequence[str]) -> Iterator[tuple[str, float]]:
    """What was ranked, as ids with falling scores: gold sentences of the set, and one id for any other span."""
    at = 0
    for rank, ids in enumerate(held, start=1):
        for name in [sentence for sentence in ids if sentence in wanted] or [f"span {rank}"]:
            at += 1
            yield name, -float(at)


def _other_event(case: Case, spans: Iterable[Evidence], documents: Mapping[str, Document]) -> tuple[bool, ...]:
    unknown = Event(None, None)
    right = {documents[gold.document_id].event for gold in case.gold if gold.document_id in documents}
    if case.expect != "answered" or not right or unknown in right:
        return ()
    return tuple(span.document.event not in right | {unknown} for span in spans)

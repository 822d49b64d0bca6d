"""Figures on cases that belong together: pairs of events, paraphrases and their fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.metrics.figures import Figure, Part, Result, rate
from eval.schema.cases import Case
from eval.schema.text import canonical


def families(results: Sequence[Result]) -> Iterator[Figure]:
    """Pair accuracy and paraphrase consistency."""
    yield pair_accuracy(results)
    same = ((one, one.score.outcome == fact.score.outcome) for one, fact in paraphrased(results))
    yield rate("paraphrase_consistency", "Paraphrases that fare like their fact", same, "paraphrases")


def pair_accuracy(results: Sequence[Result]) -> Figure:
    """The share of families whose date_pair cases are all right; a single case is no pair."""
    pairs: dict[str, list[bool]] = {}
    for result in results:
        if result.case.type == "date_pair":
            pairs.setdefault(result.case.family, []).append(result.score.right)
    parts = tuple(
        Part(f"family {name}", name, float(all(right)), 1.0) for name, right in pairs.items() if len(right) > 1
    )
    return Figure("pair_accuracy", "Date pairs right as a whole", "families with date pairs", parts)


def paraphrased(results: Sequence[Result]) -> Iterator[tuple[Result, Result]]:
    """Each paraphrase with the question it rewords.

    That is the fact (or dated question) of its family that shares gold evidence and words of the gold answer
    with it, and of several the one with most words in common. A paraphrase without one is left out.
    """
    by_family: dict[str, list[Result]] = {}
    for result in results:
        if result.case.type in ("fact", "date_pair"):
            by_family.setdefault(result.case.family, []).append(result)
    for result in results:
        if result.case.type != "paraphrase":
            continue
        gold = set(result.case.gold)
        near = [
            (_likeness(result.case, one.case), one)
            for one in by_family.get(result.case.family, [])
            if gold & set(one.case.gold)
        ]
        likeness, fact = max(near, key=lambda pair: pair[0], default=(0.0, result))
        if likeness:
            yield result, fact


def _likeness(one: Case, other: Case) -> float:
    """How many words their gold answers share, as a share of all (Jaccard)."""
    mine, theirs = _words(one), _words(other)
    return len(mine & theirs) / max(1, len(mine | theirs))


def _words(case: Case) -> set[str]:
    return {word for aliases in case.answers for alias in aliases for word in canonical(alias)}

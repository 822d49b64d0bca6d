"""Whether spans of documents hold gold sentences, and whether citations carry the sentences they stand at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.schema.cases import Gold
from eval.scoring.claims import Words, supports
from qa.records import Answer, Citation, Document


@dataclass(frozen=True, slots=True)
class Attribution:
    """ALCE's citation recall and precision of one answer, before they are averaged.

    `supported`: for each sentence, whether its citations together support it. `needed`: for each citation
    of each sentence, in their order, whether it counts.
    """

    supported: tuple[bool, ...] = ()
    needed: tuple[bool, ...] = ()


def attribution(answer: Answer, documents: Mapping[str, Document], words: Words) -> Attribution:
    """Citation recall and precision as ALCE defines them (Gao et al. 2023, section 3.3), without its judge.

    Recall, for each sentence: it has citations, and all of them put together support it. Precision, for each
    citation of a sentence: the sentence is supported, and the citation supports it alone or the others do not
    support it without this one. ALCE asks a language model for inference (TRUE, T5-11B) whether a text
    supports a sentence; here `claims.supports` decides: each number, date, name and quotation of the sentence
    stands in the text, and at least half of its content words do. That needs no model and sees no change of
    who did what to whom, so these figures are upper bounds where a model rewords; beside them stands the
    variant by gold ids, `points_to` and `covered`.
    """
    by_number = {citation.number: citation for citation in answer.citations}
    supported, needed = [], []
    for sentence in answer.sentences:
        cited = [by_number[number] for number in sentence.citations if number in by_number]
        whole = bool(cited) and supports(sentence.text, cited, documents, words)
        supported.append(whole)
        for at, one in enumerate(cited):
            rest = cited[:at] + cited[at + 1 :]
            needed.append(
                whole
                and (
                    supports(sentence.text, [one], documents, words)
                    or not supports(sentence.text, rest, documents, words)
                )
            )
    return Attribution(tuple(supported), tuple(needed))


def holds(gold: Gold, document_id: str, start: int, end: int) -> bool:
    """Whether a span has at least half of a gold sentence, or lies within one. Offsets are code points."""
    return gold.document_id == document_id and any(
        2 * (min(end, gold_end) - max(start, gold_start)) >= gold_end - gold_start
        or (gold_start <= start < end <= gold_end)
        for gold_start, gold_end in gold.spans
    )


def points_to(citation: Citation, golds: Iterable[Gold]) -> bool:
    """Whether a citation holds a gold sentence."""
    return any(holds(gold, citation.document_id, citation.start, citation.end) for gold in golds)


def covered(gold: Gold, citations: Iterable[Citation]) -> bool:
    """Whether the citations together have at least half of a gold sentence."""
    own = [citation for citation in citations if citation.document_id == gold.document_id]
    return any(2 * len(_shared(own, start, end)) >= end - start for start, end in gold.spans)


def focus(citation: Citation, golds: Iterable[Gold]) -> float:
    """The share of a citation's characters that lie in gold sentences, from 0 to 1."""
    gold = {
        at
        for gold in golds
        if gold.document_id == citation.document_id
        for start, end in gold.spans
        for at in _shared([citation], start, end)
    }
    return len(gold) / max(1, citation.end - citation.start)


def is_exact(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Point 1 of the answer contract: the document exists and has the quote at the span."""
    document = documents.get(citation.document_id)
    return (
        document is not None
        and 0 <= citation.start < citation.end
        and document.text[citation.start : citation.end] == citation.quote
    )


def _shared(citations: Sequence[Citation], start: int, end: int) -> set[int]:
    """The offsets between `start` and `end` that lie in a citation."""
    return {at for one in citations for at in range(max(start, one.start), min(end, one.end))}

"""Rank the sentences of retrieved passages by how likely they answer the question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from qa.collection import Lexicon, Snapshot
from qa.context import ENDS_SENTENCE
from qa.embed import Embedder
from qa.events import Scope
from qa.question import Question, holds_kind
from qa.records import Hit, Sentence
from qa.words import date_words, tokens

# Weights of the features below and the constant, set by hand on the development cases.
WEIGHTS: Mapping[str, float] = {
    "similarity": 5.0,
    "coverage": 5.0,
    "context": 2.0,
    "rank": 0.6,
    "kind": 1.0,
    "fragment": -2.5,
}
CONSTANT = -5.2


def rank_sentences(
    question: Question, hits: Sequence[Hit], scope: Scope, snapshot: Snapshot, embedder: Embedder
) -> list[tuple[float, Sentence]]:
    """Every sentence of the hits that the scope admits, with its score, best first."""
    best_hit: dict[tuple[str, int], float] = {}
    candidates: dict[tuple[str, int], Sentence] = {}
    top = max((hit.score for hit in hits), default=1.0)
    for hit in hits:
        if not scope.admits(snapshot.documents[hit.passage.document_id]):
            continue
        for sentence in snapshot.sentences[hit.passage.document_id]:
            if hit.passage.start <= sentence.start and sentence.end <= hit.passage.end:
                key = (sentence.document_id, sentence.position)
                candidates[key] = sentence
                best_hit[key] = max(best_hit.get(key, 0.0), hit.score / top)
    if not candidates:
        return []
    vectors = embedder.embed([question.text, *(sentence.text for sentence in candidates.values())])
    similarities = vectors[1:] @ vectors[0]
    scored = []
    for (key, sentence), similarity in zip(candidates.items(), similarities, strict=True):
        features = _features(question, sentence, snapshot) | {
            "similarity": float(similarity),
            "rank": best_hit[key],
        }
        value = CONSTANT + sum(WEIGHTS[name] * amount for name, amount in features.items())
        scored.append((1 / (1 + math.exp(-value)), sentence))
    # Equal scores fall back to the text's order, so that the same question always gives the same evidence.
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].document_id, pair[1].position))


def _features(question: Question, sentence: Sentence, snapshot: Snapshot) -> dict[str, float]:
    document = snapshot.documents[sentence.document_id]
    around = snapshot.sentences[sentence.document_id][max(0, sentence.position - 1) : sentence.position + 2]
    own = {token.stem for token in tokens(sentence.text)}
    near = own | {token.stem for other in around for token in tokens(other.text)}
    near |= {token.stem for token in tokens(document.headline)}
    if document.event.date:
        near |= date_words(document.event.date)
    return {
        "coverage": _coverage(question, own, snapshot.lexicon),
        "context": _coverage(question, near, snapshot.lexicon),
        "kind": float(holds_kind(question.kind, sentence.text, question)),
        "fragment": float(ENDS_SENTENCE.search(sentence.text) is None),
    }


def _coverage(question: Question, stems: set[str], lexicon: Lexicon) -> float:
    """The share of the question's words, weighted by rarity, that occur among the stems."""
    weights = {word: lexicon.idf(word) for word in question.stems}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in stems) / total if total else 0.0

"""Score the sentences of retrieved passages by how likely each answers the question.

A logistic regression over a few features of question and sentence; training/fit_selection.py fits its weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa.collection import Lexicon, Snapshot
from qa.context import ENDS_SENTENCE, widen
from qa.embed import Embedder
from qa.language.countries import same_country
from qa.language.naming import stems_of
from qa.question import Kind, Question, holds_kind
from qa.records import Hit, Sentence, Verdict
from qa.scopes.scope import Scope
from qa.words import date_words

WEIGHTS = Path(__file__).parent / "weights" / "selection.json"

LACKED: tuple[Kind, ...] = ("number", "time", "place", "person")

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with the span a reader needs to understand it, its features, and its score, between 0 and 1:
    the probability that it answers.
    """

    sentence: Sentence
    start: int
    end: int
    features: Features
    score: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: a weight for each feature, and the constant."""

    of: Mapping[str, float]
    constant: float

    def probability(self, features: Features) -> float:
        """Between 0 and 1; features without a weight do not count, missing ones are 0."""
        value = self.constant + sum(weight * features.get(name, 0.0) for name, weight in self.of.items())
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, value))))


@lru_cache(maxsize=1)
def _stored() -> Any:
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def fitted(name: str) -> Weights:
    """One of the fitted models: "rank" scores sentences, "answers" tells whether the best ones answer, and
    "assented" and "doubted" tell that with what a language model says.
    """
    model = _stored()["models"][name]
    return Weights(model["weights"], model["constant"])


def band(name: str, probability: float) -> Verdict:
    """Which of the three bands a probability is in: answer, hedge (quote, word nothing), abstain."""
    hedge_at, answer_at = _stored()["bands"][name]
    if probability < hedge_at:
        return "abstain"
    return "answer" if probability >= answer_at else "hedge"


def log_odds(probability: float) -> float:
    """The logit, kept between -7 and 7."""
    bounded = min(max(probability, 1e-3), 1 - 1e-3)
    return math.log(bounded / (1 - bounded))


def answer_signals(ranked: Sequence[tuple[float, Features]]) -> dict[str, float]:
    """What tells whether the best candidates answer: how good the best is and how far the others are behind.

    `ranked` are scores with features, best first.
    """
    if not ranked:
        return {}
    (score, best), *others = ranked
    lead = log_odds(score) - log_odds(others[0][0]) if others else 0.0
    return {**best, "score": log_odds(score), "lead": lead}


def rank_sentences(
    question: Question, hits: Sequence[Hit], scope: Scope, snapshot: Snapshot, embedder: Embedder
) -> list[Candidate]:
    """The sentences of the hits that the scope admits, with their scores, best first; none overlaps a better
    one.
    """
    return _distinct(_in_order(_candidates(question, hits, scope, snapshot, embedder)))


def _candidates(
    question: Question, hits: Sequence[Hit], scope: Scope, snapshot: Snapshot, embedder: Embedder
) -> list[Candidate]:
    best_hit: dict[tuple[str, int], float] = {}
    sentences: dict[tuple[str, int], Sentence] = {}
    top = max((hit.score for hit in hits), default=1.0)
    for hit in hits:
        if not scope.admits(snapshot.documents[hit.passage.document_id]):
            continue
        for sentence in snapshot.sentences[hit.passage.document_id]:
            if hit.passage.start <= sentence.start and sentence.end <= hit.passage.end:
                key = (sentence.document_id, sentence.position)
                sentences[key] = sentence
                best_hit[key] = max(best_hit.get(key, 0.0), hit.score / top)
    if not sentences:
        return []
    texts = [question.text, question.unnamed, *(sentence.text for sentence in sentences.values())]
    vectors = embedder.embed(texts)
    found = []
    for (key, sentence), (similarity, unnamed) in zip(
        sentences.items(), vectors[2:] @ vectors[:2].T, strict=True
    ):
        features = sentence_features(question, sentence, snapshot) | {
            "similarity": float(similarity),
            "unnamed": float(unnamed),
            "rank": best_hit[key],
            "time": float(scope.tells_time(sentence)),
        }
        span = widen(sentence, snapshot.sentences[sentence.document_id])
        score = fitted("rank").probability(features) * scope.weight(snapshot.documents[sentence.document_id])
        found.append(Candidate(sentence, *span, features, score))
    return found


def sentence_features(question: Question, sentence: Sentence, snapshot: Snapshot) -> dict[str, float]:
    """What a sentence, with what stands around it, has in common with the question; most between 0 and 1."""
    document = snapshot.documents[sentence.document_id]
    around = snapshot.sentences[document.id][max(0, sentence.position - 1) : sentence.position + 2]
    own = stems_of(sentence.text)
    near = own.union(*(stems_of(other.text) for other in around)) | stems_of(document.headline)
    if document.event.date:
        near |= date_words(document.event.date)
    names = {token.stem for token in question.names}
    lexicon = snapshot.lexicon
    return {
        "coverage": _coverage(question.stems, own, lexicon),
        "context": _coverage(question.stems, near, lexicon),
        "names": sum(bool(same_country(name) & near) for name in names) / len(names) if names else 1.0,
        "others": _coverage(question.stems - frozenset(names), own, lexicon),
        **_lacking(question, sentence.text),
        "fragment": float(ENDS_SENTENCE.search(sentence.text) is None),
        "length": min(len(own), 60) / 60,
    }


def _lacking(question: Question, text: str) -> dict[str, float]:
    """Whether nothing of the kind that is asked for stands in a sentence, kind by kind."""
    lacks = not holds_kind(question.kind, text, question)
    return {f"no_{kind}": float(lacks and question.kind == kind) for kind in LACKED}


def _coverage(stems: frozenset[str], known: frozenset[str], lexicon: Lexicon) -> float:
    """The share of stems, weighted by rarity, that are known."""
    # fsum, since sets come in another order in another process, and the last digits of a sum with them.
    total = math.fsum(lexicon.idf(word) for word in stems)
    return math.fsum(lexicon.idf(word) for word in stems & known) / total if total else 0.0


def _in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Best first; equal scores fall back to the order of the text, so that the same question gives the same."""
    return sorted(candidates, key=lambda c: (-c.score, c.sentence.document_id, c.sentence.position))


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without those that a better one's span holds already."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(
            other.sentence.document_id == candidate.sentence.document_id
            and other.start < candidate.sentence.end
            and candidate.sentence.start < other.end
            for other in kept
        ):
            kept.append(candidate)
    return kept

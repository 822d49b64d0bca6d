"""Choose the few sentences that answer, and decide whether anything does.

Each sentence of the retrieved passages gets a score between 0 and 1 from a handful of features; the best
few are the evidence. A question with a name, a year or a rare noun that occurs nowhere in the collection is
not answered (see `unknown_words`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from qa.collection import Lexicon, Snapshot
from qa.embed import Embedder
from qa.events import Scope, asks_of_events
from qa.question import Question, holds_kind
from qa.records import Event, Evidence, Hit, Sentence
from qa.split import headline
from qa.words import Token, date_words, fold, stem, tokens, years

Verdict = Literal["answer", "hedge", "abstain"]

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

ANSWER_AT = 0.5
HEDGE_AT = 0.25
RIVAL_ODDS = 0.5
LEAST_FOR_EACH = 0.1
MOST_CONSIDERED = 24
NEAR_IN_MEANING = 0.5

_PRONOUNS = frozenset("he she they it his her their its".split())
_ENDS_SENTENCE = re.compile(r"[.!?…][”\"'’)\]]*$")
_NOUN_LEADS = frozenset(
    "the a an of his her its their our your my this that these those about for with any some no".split()
)

# Nouns that speak of the asking, not of what is asked about.
_ABOUT_ASKING = frozenset(
    stem(word)
    for word in "document documents report article text source question answer name word names date detail "
    "reason kind sort type number amount list press summary fact figure thing way one same next main".split()
)


@dataclass(frozen=True, slots=True)
class Selection:
    """The evidence, the verdict, and for an abstention the `reason` as far as it is known, for the reader.

    Evidence comes best first; with `per_event` (the question leaves open which event, and several have an
    answer) it comes in the order of the events, a group for each.
    """

    evidence: tuple[Evidence, ...]
    verdict: Verdict
    reason: str = ""
    per_event: bool = False


def select(
    question: Question, hits: Sequence[Hit], scope: Scope, snapshot: Snapshot, embedder: Embedder, *, limit: int
) -> Selection:
    """The at most `limit` best evidence spans among the hits' sentences (of each event, when the question is
    answered per event), and whether they answer.
    """
    reason = scope.uncovered or _unknown_reason(unknown_words(question, snapshot.lexicon, embedder))
    evidence = _spans(rank_sentences(question, hits, scope, snapshot, embedder), snapshot)
    verdict = _verdict(evidence, reason)
    of_events = asks_of_events(question, snapshot.lexicon)
    if of_events and evidence and not reason:
        verdict = "answer"
    rivals = _rival_events(evidence, all_of_them=scope.compares or of_events) if verdict != "abstain" else []
    if len(rivals) > 1:
        groups = [_best_of(event, evidence) for event in rivals]
        return Selection(tuple(chain.from_iterable(groups)), verdict, per_event=True)
    return Selection(tuple(evidence[:limit]), verdict, reason)


def _spans(ranked: Sequence[tuple[float, Sentence]], snapshot: Snapshot) -> list[Evidence]:
    """The ranked sentences as spans a reader can understand; none overlaps a better one."""
    evidence: list[Evidence] = []
    for score, sentence in ranked[:MOST_CONSIDERED]:
        document = snapshot.documents[sentence.document_id]
        start, end = widen(sentence, snapshot.sentences[document.id])
        if not any(item.document is document and item.start < end and start < item.end for item in evidence):
            evidence.append(Evidence(document, start, end, score))
    return evidence


def _verdict(evidence: Sequence[Evidence], reason: str) -> Verdict:
    if not evidence or reason or evidence[0].score < HEDGE_AT:
        return "abstain"
    return "answer" if evidence[0].score >= ANSWER_AT else "hedge"


def _unknown_reason(unknown: Sequence[str]) -> str:
    words = ", ".join(f"“{word}”" for word in unknown)
    return f"They nowhere mention {words}." if unknown else ""


def _rival_events(evidence: Sequence[Evidence], *, all_of_them: bool) -> list[Event]:
    """The events whose best evidence comes near the best of all, or with `all_of_them` whose best has any
    chance; in order of date.
    """
    rivals = {
        item.document.event
        for item in evidence
        if (all_of_them and item.score >= LEAST_FOR_EACH)
        or (item.score >= ANSWER_AT and _rivals(item, evidence[0]))
    }
    return sorted(rivals - {Event(None, None)}, key=lambda event: (str(event.date), event.place or ""))


def _best_of(event: Event, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The event's best span, and the best one of another report of it when that comes near."""
    own = [item for item in evidence if item.document.event == event]
    other = [item for item in own if item.document is not own[0].document][:1]
    return own[:1] + [item for item in other if _rivals(item, own[0])]


def _rivals(item: Evidence, best: Evidence) -> bool:
    """Whether the odds of one piece of evidence come near those of a better one."""
    return _odds(item.score) >= RIVAL_ODDS * _odds(best.score)


def _odds(probability: float) -> float:
    return probability / max(1.0 - probability, 1e-9)


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
    near |= {token.stem for token in tokens(headline(document))}
    if document.event.date:
        near |= date_words(document.event.date)
    return {
        "coverage": _coverage(question, own, snapshot.lexicon),
        "context": _coverage(question, near, snapshot.lexicon),
        "kind": float(holds_kind(question.kind, sentence.text, question)),
        "fragment": float(_ENDS_SENTENCE.search(sentence.text) is None),
    }


def _coverage(question: Question, stems: set[str], lexicon: Lexicon) -> float:
    """The share of the question's words, weighted by rarity, that occur among the stems."""
    weights = {word: lexicon.idf(word) for word in question.stems}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in stems) / total if total else 0.0


def widen(sentence: Sentence, sentences: Sequence[Sentence]) -> tuple[int, int]:
    """The span a reader needs: back to whom a pronoun means, and to both ends of an open quotation."""
    first = last = sentence.position
    while (
        last < len(sentences) - 1 and last - sentence.position < 2 and _open_marks(sentences, first, last) > 0
    ):
        last += 1
    while first > 0 and sentence.position - first < 2 and _needs_more_before(sentences, first, last):
        first -= 1
    return sentences[first].start, sentences[last].end


def _needs_more_before(sentences: Sequence[Sentence], first: int, last: int) -> bool:
    if _ENDS_SENTENCE.search(sentences[first - 1].text) is None:  # a headline explains no pronoun
        return False
    return _open_marks(sentences, first, last) < 0 or _starts_with_pronoun(sentences[first].text)


def _open_marks(sentences: Sequence[Sentence], first: int, last: int) -> int:
    """Quotation marks opened but not closed in these sentences; below 0 when more are closed than opened.

    A straight mark opens where a word begins and closes where one ends.
    """
    text = " ".join(sentence.text for sentence in sentences[first : last + 1])
    straight = [(text[at - 1 : at] if at else " ") for at, char in enumerate(text) if char == '"']
    opened = sum(before in " (—-–\u00a0" for before in straight)
    return text.count("“") - text.count("”") + opened - (len(straight) - opened)


def _starts_with_pronoun(text: str) -> bool:
    """Whether a pronoun comes before any name."""
    words = tokens(text)
    for position, token in enumerate(words):
        if fold(token.text) in _PRONOUNS:
            return True
        if token.is_capitalized and not token.is_stopword and (position or not _is_adverbial(text, words)):
            return False
    return False


def _is_adverbial(text: str, words: Sequence[Token]) -> bool:
    """Whether a sentence opens with an ordinary word ("Meanwhile, he", "Greeting her") and not with a name."""
    return text[words[0].end : words[0].end + 1] == "," or fold(words[0].text).endswith(("ing", "ly"))


def unknown_words(question: Question, lexicon: Lexicon, embedder: Embedder) -> tuple[str, ...]:
    """Names, years and nouns of the question that occur nowhere in the collection, however spelt; a noun
    counts only when no word of the collection comes near it in meaning either.
    """
    unknown, nouns = [], []
    names = {token.start for token in question.names}
    words = tokens(question.text)
    for position, token in enumerate(words):
        if token.is_stopword or lexicon.knows(token.stem):
            continue
        if years(token.text):
            unknown.append(token.text)
        elif lexicon.resembles(token.text):
            continue
        elif token.start in names:
            unknown.append(token.text)
        elif position and _leads_noun(words[position - 1].text) and token.stem not in _ABOUT_ASKING:
            nouns.append(token.text)
    return tuple(unknown + _far_from_all(nouns, lexicon, embedder))


def _leads_noun(word: str) -> bool:
    return fold(word) in _NOUN_LEADS or fold(word).endswith("'s")


def _far_from_all(nouns: Sequence[str], lexicon: Lexicon, embedder: Embedder) -> list[str]:
    """The nouns that no word of the collection comes near in meaning."""
    if not nouns or not lexicon.forms:
        return []
    known = embedder.embed(sorted(form for form in lexicon.forms if form.isalpha()))
    asked = embedder.embed([fold(noun) for noun in nouns])
    return [noun for noun, row in zip(nouns, asked @ known.T, strict=True) if row.max() < NEAR_IN_MEANING]

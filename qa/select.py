"""Choose the few sentences that answer, and decide whether anything does.

Each sentence of the retrieved passages gets a score between 0 and 1 from a handful of features; the best
few are the evidence. A question with a name, a year or a rare noun that occurs nowhere in the collection is
not answered (see `unknown_words`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from qa.collection import Lexicon, Snapshot
from qa.context import widen
from qa.embed import Embedder
from qa.events import Scope
from qa.question import Question
from qa.rank import rank_sentences
from qa.records import Event, Evidence, Hit, Selection, Sentence, Verdict
from qa.words import date_words, fold, stem, tokens, years

ANSWER_AT = 0.78
HEDGE_AT = 0.25
RIVAL_AT = 0.5
RIVAL_ODDS = 0.5
READING_ODDS = 0.05  # weaker evidence only costs the model time
LEAST_FOR_EACH = 0.1
MOST_CONSIDERED = 24
NEAR_IN_MEANING = 0.5

_NOUN_LEADS = frozenset(
    "the a an of his her its their our your my this that these those about for with any some no".split()
)

# Nouns that speak of the asking, not of what is asked about.
_ABOUT_ASKING = frozenset(
    stem(word)
    for word in "document documents report article text source question answer name word names date detail "
    "reason kind sort type number amount list press summary fact figure thing way one same next main".split()
)


def select(
    question: Question, hits: Sequence[Hit], scope: Scope, snapshot: Snapshot, embedder: Embedder, *, limit: int
) -> Selection:
    """The at most `limit` best evidence spans among the hits' sentences (of each event, when the question is
    answered per event), and whether they answer.
    """
    reason = (
        scope.uncovered
        or _unknown_reason(unknown_words(question, snapshot.lexicon, embedder))
        or _elsewhere_reason(question, scope, snapshot)
    )
    evidence = _spans(rank_sentences(question, hits, scope, snapshot, embedder), snapshot)
    verdict = _verdict(evidence, reason)
    rivals = _rival_events(evidence, all_of_them=scope.compares) if verdict != "abstain" else []
    if len(rivals) > 1:
        groups = [_best_of(event, evidence) for event in rivals]
        verdict = "answer" if scope.compares else verdict
        return Selection(
            tuple(chain.from_iterable(groups)),
            verdict,
            per_event=True,
            compares=scope.compares,
            considered=tuple(evidence),
        )
    worth = [item for item in evidence[:limit] if _odds(item.score) >= READING_ODDS * _odds(evidence[0].score)]
    return Selection(tuple(worth), verdict, reason, considered=tuple(evidence))


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


def _elsewhere_reason(question: Question, scope: Scope, snapshot: Snapshot) -> str:
    """Says so when a name of the question occurs only in reports of other events than the one asked about."""
    if scope.events is None or scope.compares or question.kind == "choice":
        return ""
    admitted = [document for document in snapshot.documents.values() if scope.admits(document)]
    known = {token.stem for document in admitted for token in tokens(f"{document.text} {document.headline}")}
    for document in admitted:
        known |= date_words(document.event.date) if document.event.date else frozenset()
    absent = [token.text for token in question.names if token.stem not in known]
    labels = " or ".join(sorted({document.event.label for document in admitted}))
    return f"No report of {labels} mentions {', '.join(f'“{name}”' for name in absent)}." if absent else ""


def _rival_events(evidence: Sequence[Evidence], *, all_of_them: bool) -> list[Event]:
    """The events whose best evidence comes near the best of all, or with `all_of_them` whose best has any
    chance; in order of date.
    """
    rivals = {
        item.document.event
        for item in evidence
        if (all_of_them and item.score >= LEAST_FOR_EACH)
        or (item.score >= RIVAL_AT and _rivals(item, evidence[0]))
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

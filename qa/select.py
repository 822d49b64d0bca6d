"""Choose the few sentences that answer, and decide whether anything does.

Each sentence of the retrieved passages gets a score between 0 and 1 from a handful of features; the best
few are the evidence. A question with a name, a year or a rare noun that occurs nowhere in the collection is
not answered (see `unknown_words`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from qa.collection import Lexicon, Snapshot
from qa.embed import Embedder
from qa.events import Scope
from qa.question import Question
from qa.rank import answer_signals, band, fitted, log_odds, rank_sentences
from qa.records import Assent, Doubt, Event, Evidence, Hit, Selection, Verdict
from qa.words import date_words, tokens, years

RIVAL_AT = 0.5
RIVAL_ODDS = 0.5
READING_ODDS = 0.3  # weaker evidence costs the model time and seldom answers
LEAST_FOR_EACH = 0.1
MOST_CONSIDERED = 24


def select(
    question: Question,
    hits: Sequence[Hit],
    scope: Scope,
    snapshot: Snapshot,
    embedder: Embedder,
    *,
    limit: int,
) -> Selection:
    """The at most `limit` best evidence spans among the hits' sentences (of each event, when the question is
    answered per event), and whether they answer.
    """
    reason = (
        scope.uncovered
        or _unknown_reason(unknown_words(question, snapshot.lexicon))
        or _elsewhere_reason(question, scope, snapshot)
    )
    ranked = rank_sentences(question, hits, scope, snapshot, embedder)[:MOST_CONSIDERED]
    evidence = [
        Evidence(
            snapshot.documents[c.sentence.document_id],
            c.start,
            c.end,
            c.score,
            c.features,
            (c.sentence.start, c.sentence.end),
        )
        for c in ranked
    ]
    signals = answer_signals([(c.score, c.features) for c in ranked])
    confidence = fitted("answers").probability(signals) if ranked and not reason else 0.0
    verdict = band("answers", confidence)
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
            confidence=1.0 if scope.compares else confidence,
            signals=signals,
        )
    worth = [item for item in evidence[:limit] if _near(item, evidence[0], READING_ODDS)]
    return Selection(
        tuple(worth),
        verdict,
        reason,
        considered=tuple(evidence),
        confidence=confidence,
        signals=signals,
    )


def judge(selection: Selection, told: Assent | Doubt) -> tuple[Verdict, float]:
    """The verdict when a model that can judge has said how sure it is that a piece of the evidence states what
    is asked, or how much it doubts that it was shown an answer; with the probability that there is one.
    """
    if not selection.signals or selection.compares:
        return selection.verdict, selection.confidence
    signal, name = ("assent", "assented") if isinstance(told, Assent) else ("doubt", "doubted")
    confidence = fitted(name).probability({**selection.signals, signal: log_odds(told.probability)})
    return band(name, confidence), confidence


def preference(item: Evidence, assent: Assent) -> float:
    """By what the pieces of evidence that a model was asked about are put in order, in log odds."""
    return log_odds(item.score) + log_odds(assent.probability)


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
        or (item.score >= RIVAL_AT and _near(item, evidence[0], RIVAL_ODDS))
    }
    return sorted(rivals - {Event(None, None)}, key=lambda event: (str(event.date), event.place or ""))


def _best_of(event: Event, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The event's best span, and the best one of another report of it when that comes near."""
    own = [item for item in evidence if item.document.event == event]
    other = [item for item in own if item.document is not own[0].document][:1]
    return own[:1] + [item for item in other if _near(item, own[0], RIVAL_ODDS)]


def _near(item: Evidence, best: Evidence, share: float) -> bool:
    """Whether the odds of one piece of evidence are at least a share of those of a better one."""
    return _odds(item.score) >= share * _odds(best.score)


def _odds(probability: float) -> float:
    return probability / max(1.0 - probability, 1e-9)


def unknown_words(question: Question, lexicon: Lexicon) -> tuple[str, ...]:
    """Names and years of the question that occur nowhere in the collection, however spelt."""
    names = {token.start for token in question.names}
    return tuple(
        token.text
        for token in tokens(question.text)
        if not token.is_stopword
        and not lexicon.knows(token.stem)
        and (years(token.text) or (token.start in names and not lexicon.resembles(token.text)))
    )

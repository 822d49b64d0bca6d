"""Choose the few sentences that answer, and decide whether anything does.

Each sentence of the retrieved passages gets a score between 0 and 1 from a handful of features; the best
few are the evidence. A question with a name, a year or a rare noun that occurs nowhere in the collection is
not answered (see `unknown_words`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain

from qa.collection import Lexicon, Snapshot
from qa.embed import Embedder
from qa.language.countries import same_country
from qa.language.lexicon import SHORT_FORMS
from qa.language.naming import report_stems
from qa.observe import stage
from qa.question import Question, asks_for_several
from qa.rank import answer_signals, band, fitted, log_odds, rank_sentences
from qa.records import Assent, Doubt, Event, Evidence, Hit, Part, Selection, Verdict
from qa.scopes.scope import Scope
from qa.sides.sides import Side
from qa.words import MONTHS, WEEKDAYS, Token, date_words, fold, tokens, years

RIVAL_AT = 0.5
RIVAL_ODDS = 0.5
READING_ODDS = 0.1
SHOWING_ODDS = 0.3  # beside better evidence weaker one costs the model time and seldom answers
MOST_OF_EVENT = 3
RANKING_SHARE = 0.5  # beside the assent of a model that read the evidence; flat from .3 to 1
MOST_LISTED = 6
LISTED_ODDS = 0.1
LONG_NAME = 6
_NO_NAMES = frozenset((*SHORT_FORMS, *MONTHS, *WEEKDAYS))
_PLACED = re.compile(r"\b(?:in|to|at|from|near|into|outside|visit(?:s|ed)?|leave|left)\s+$", re.I)
MOST_CONSIDERED = 24


@stage("select", lambda found: {"evidence": len(found.evidence), "verdict": found.verdict})
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
    signals, verdict, confidence = _weigh(evidence, reason)
    events = _rival_events(evidence) if verdict != "abstain" else []
    if verdict != "abstain" and asks_for_several(question):
        parts = _one_by_one(question, evidence)
        worth = [part.evidence[0] for part in parts]
    elif len(events) > 1:
        parts = tuple(_of_event(event, question, evidence) for event in events)
        worth = list(chain.from_iterable(one.evidence for one in parts))
    else:
        parts = ()
        worth = [item for item in evidence[:limit] if _near(item, evidence[0], READING_ODDS)]
    return Selection(
        tuple(worth),
        verdict,
        reason,
        parts=parts,
        considered=tuple(evidence),
        confidence=confidence,
        signals=signals,
        open=scope.events is None and not parts,
    )


def select_each(sides: Sequence[tuple[Side, Selection]]) -> Selection:
    """What was selected for each of several things that a question asks for, as one selection."""
    order: dict[Verdict, int] = {"answer": 0, "hedge": 1, "abstain": 2}
    best = min((one for _, one in sides), key=lambda one: (order[one.verdict], -one.confidence))
    parts = tuple(
        Part(one.evidence[:MOST_OF_EVENT], side.question, side.label, one.verdict, one.confidence, one.signals)
        for side, one in sides
    )
    shown = chain.from_iterable(part.evidence for part in parts)
    return replace(
        best,
        evidence=tuple({item.place: item for item in shown}.values()),
        parts=parts,
        considered=tuple(chain.from_iterable(one.considered for _, one in sides)),
    )


def judge(selection: Selection | Part, told: Assent | Doubt) -> tuple[Verdict, float]:
    """The verdict when a model that can judge has said how sure it is that a piece of the evidence states what
    is asked, or how much it doubts that it was shown an answer; with the probability that there is one.
    """
    if not selection.signals:
        return selection.verdict, selection.confidence
    signal, name = ("assent", "assented") if isinstance(told, Assent) else ("doubt", "doubted")
    confidence = fitted(name).probability({**selection.signals, signal: log_odds(told.probability)})
    return band(name, confidence), confidence


def preference(item: Evidence, assent: Assent) -> float:
    """By what the pieces of evidence that a model was asked about are put in order, in log odds."""
    return RANKING_SHARE * log_odds(item.score) + log_odds(assent.probability)


def in_time(event: Event) -> tuple[str, str]:
    """By what events are put in order."""
    return str(event.date), event.place or ""


def rivals(item: Evidence, best: Evidence) -> bool:
    """Whether a piece of evidence comes so near the best that its event may be meant as well."""
    return _near(item, best, RIVAL_ODDS)


def worth_showing(evidence: Sequence[Evidence]) -> list[Evidence]:
    """What is shown of evidence, best first, to a model that sees all of it at once."""
    return [item for item in evidence if _near(item, evidence[0], SHOWING_ODDS)]


def _unknown_reason(unknown: Sequence[str]) -> str:
    words = ", ".join(f"“{word}”" for word in unknown)
    return f"They nowhere mention {words}." if unknown else ""


def _elsewhere_reason(question: Question, scope: Scope, snapshot: Snapshot) -> str:
    """Says so when a name of the question occurs only in reports of other events than the one asked about, or
    in others than those chosen.
    """
    open_to_all = scope.events is None and snapshot.only is None
    if open_to_all or scope.compares or question.kind == "choice":
        return ""
    admitted = scope.among(snapshot.reports)
    known = {word for document in admitted for word in report_stems(document)}
    for document in admitted:
        known |= date_words(document.event.date) if document.event.date else frozenset()
    absent = [
        re.sub(r"['’]s?$", "", token.text)
        for token in _named(question)
        if not _kin(token, question) & known and not _begins_like(token.stem, known)
    ]
    labels = " or ".join(sorted({document.event.label for document in admitted}))
    which = f" of {labels}" if labels and scope.events is not None else ""
    return f"No report{which} mentions {', '.join(f'“{name}”' for name in absent)}." if absent else ""


def _kin(token: Token, question: Question) -> frozenset[str]:
    """The stems that a name may go by: those of its country, where it does not stand as a place."""
    return frozenset({token.stem}) if _PLACED.search(question.text[: token.start]) else same_country(token.stem)


def _begins_like(name: str, known: Collection[str]) -> bool:
    """Whether a long name begins as a known word does: "America" and "American"."""
    return len(name) >= LONG_NAME and any(word.startswith(name[:LONG_NAME]) for word in known)


def _weigh(evidence: Sequence[Evidence], reason: str) -> tuple[dict[str, float], Verdict, float]:
    """The signals of evidence, best first, with the verdict and the probability that it answers; with a
    `reason` why there is no answer, none does.
    """
    signals = answer_signals([(item.score, item.features) for item in evidence])
    confidence = fitted("answers").probability(signals) if evidence and not reason else 0.0
    return signals, band("answers", confidence), confidence


def _rival_events(evidence: Sequence[Evidence]) -> list[Event]:
    """The events whose best evidence comes near the best of all, in order of date."""
    found = {item.document.event for item in evidence if item.score >= RIVAL_AT and rivals(item, evidence[0])}
    return sorted(found - {Event(None, None)}, key=in_time)


def _of_event(event: Event, question: Question, evidence: Sequence[Evidence]) -> Part:
    """The event's best spans, and the best one of another report of it when that comes near."""
    own = [item for item in evidence if item.document.event == event]
    other = [item for item in own if item.document is not own[0].document][:1]
    signals, verdict, confidence = _weigh(own, "")
    best = [item for item in own[:MOST_OF_EVENT] if _near(item, own[0], READING_ODDS)]
    best += [item for item in other if item not in best and rivals(item, own[0])]
    return Part(tuple(best), question.text, verdict=verdict, confidence=confidence, signals=signals)


def _one_by_one(question: Question, evidence: Sequence[Evidence]) -> tuple[Part, ...]:
    """The best pieces of evidence, each of which may tell an item of a list, in the order of time; those that
    come not near the best one are told only where a model holds them for an answer.
    """
    best = [item for item in evidence[:MOST_LISTED] if _near(item, evidence[0], LISTED_ODDS)]
    parts = []
    for item in sorted(best, key=lambda item: (str(item.document.event.date), item.document.id, item.start)):
        signals, verdict, confidence = _weigh([item], "")
        near = rivals(item, evidence[0])
        parts.append(Part((item,), question.text, "", verdict if near else "abstain", confidence, signals))
    return tuple(parts)


def _near(item: Evidence, best: Evidence, share: float) -> bool:
    """Whether the odds of one piece of evidence are at least a share of those of a better one."""
    return _odds(item.score) >= share * _odds(best.score)


def _odds(probability: float) -> float:
    return probability / max(1.0 - probability, 1e-9)


def _named(question: Question) -> list[Token]:
    """The names of the question that some report must hold for it to be answered; times are read elsewhere."""
    return [token for token in question.names if fold(token.text) not in _NO_NAMES]


def unknown_words(question: Question, lexicon: Lexicon) -> tuple[str, ...]:
    """Names and years of the question that occur nowhere in the collection, however spelt."""
    names = {token.start for token in _named(question)}
    return tuple(
        token.text
        for token in tokens(question.text)
        if not token.is_stopword
        and not any(lexicon.knows(word) for word in _kin(token, question))
        and (years(token.text) or (token.start in names and not lexicon.resembles(token.text)))
    )

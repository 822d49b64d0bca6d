"""What each report tells of its event itself: where it took place, and when; and where two reports differ.

"Where did they meet?" asks for nothing else, so it is answered from the sentences that tell just that, event by
event. Two reports of one event differ when each gives a place that has something the other's text nowhere has:
a palace against a residence is a difference, a palace against its city is none when the first report names the
city too. Both are shown then, and neither is silently chosen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from qa.collection import Snapshot
from qa.context import widen
from qa.events import Scope, asks_of_events, known_events
from qa.question import Question, time_stems
from qa.records import Dispute, Document, Evidence
from qa.words import content_tokens, tokens

_GATHERED = re.compile(r"\b(?:met|meet|meets|hosted|received|held talks|sat down)\b", re.I)
_HELD_AT = re.compile(
    r"\b(?:meet|met|meets|meeting|talks|negotiations|summit)\s+(?:in|at|inside|outside|near)\s+"
    r"((?:the\s+)?(?:[A-Z][\w.]*(?:['’]s)?\s+)*(?:[a-z]+\s+){0,2}?(?:(?:in|outside|near)\s+)?[A-Z][\w-]*)"
)


def tell_events(question: Question, scope: Scope, snapshot: Snapshot) -> tuple[Evidence, ...]:
    """The sentences that tell the place or the time of each event, when the question asks for nothing else;
    one for each event, the oldest first.
    """
    if not asks_of_events(question, snapshot.lexicon):
        return ()
    admitted = [document for document in snapshot.documents.values() if scope.admits(document)]
    told = []
    for event in known_events(admitted):
        reports = [document for document in admitted if document.event == event]
        tells = [
            (None if question.kind == "time" else _place(report, snapshot)) or _time(report, snapshot)
            for report in reports
        ]
        told += [side[1] for side in tells if side][:1]
    return tuple(told)


def find_disputes(question: Question, scope: Scope, snapshot: Snapshot) -> tuple[Dispute, ...]:
    """The differences between reports of the events a question asks the place of."""
    if question.kind != "place" or not asks_of_events(question, snapshot.lexicon):
        return ()
    admitted = [document for document in snapshot.documents.values() if scope.admits(document)]
    disputes = []
    for event in known_events(admitted):
        sides = [_place(document, snapshot) for document in admitted if document.event == event]
        for one, other in combinations([side for side in sides if side], 2):
            if _adds(one, other[1].document) and _adds(other, one[1].document):
                disputes.append(Dispute(question.text, (one, other)))
    return tuple(disputes)


def _time(document: Document, snapshot: Snapshot) -> tuple[str, Evidence] | None:
    """The first sentence that tells of a gathering and of a time."""
    sentences = snapshot.sentences[document.id]
    for sentence in sentences:
        said = time_stems(sentence.text)
        if said and _GATHERED.search(sentence.text):
            return " ".join(sorted(said)), Evidence(document, *widen(sentence, sentences), score=1.0)
    return None


def _place(document: Document, snapshot: Snapshot) -> tuple[str, Evidence] | None:
    """The most exact place a report gives for its event, with the sentence that gives it."""
    sentences = snapshot.sentences[document.id]
    found = [(match.group(1), sentence) for sentence in sentences for match in _HELD_AT.finditer(sentence.text)]
    if not found:
        return None
    value, sentence = max(found, key=lambda pair: (len(pair[0].split()), -pair[1].position))
    return value, Evidence(document, *widen(sentence, sentences), score=1.0)


def _adds(side: tuple[str, Evidence], other: Document) -> bool:
    """Whether a side's place has a word that the other report nowhere has."""
    known = {token.stem for token in tokens(other.text)}
    return any(token.stem not in known for token in content_tokens(side[0]))


def with_sides(evidence: Sequence[Evidence], disputes: Sequence[Dispute]) -> tuple[Evidence, ...]:
    """The evidence and every side of the disputes that is not among it."""
    known = {item.place for item in evidence}
    sides = [item for dispute in disputes for _, item in dispute.sides]
    return (*evidence, *(item for item in sides if item.place not in known))

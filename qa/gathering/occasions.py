"""What each report tells of its event itself: where it took place, and when.

"Where did they meet?" asks for nothing else, so it is answered from the sentences that tell just that, event by
event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from qa.collection import Snapshot
from qa.context import widen
from qa.events import asks_of_events
from qa.language.naming import report_stems
from qa.language.roles import called, is_role
from qa.question import Question, time_stems
from qa.records import Dispute, Document, Event, Evidence, Part, Sentence
from qa.reports import Reports
from qa.scopes.scope import Scope
from qa.words import MONTHS, content_tokens, fold, stem, tokens, years

MOST_TOLD = 200  # events, the latest: nobody asks for the place of each of more
_GATHERED = re.compile(r"\b(?:met|meet|meets|hosted|received(?!\s+by)|held talks|sat down)\b", re.I)
_ANY_ROLE = frozenset(
    stem(word) for word in "leader leaders head heads official people person man woman".split()
)
_HELD_AT = re.compile(
    r"\b(?:meet|met|meets|meeting|talks|negotiations|summit)\s+(?:in|at|inside|outside|near)\s+"
    r"((?:the\s+)?(?:[A-Z][\w.]*(?:['’]s)?\s+)*(?:[a-z]+\s+){0,2}?(?:(?:in|outside|near)\s+)?[A-Z][\w-]*)"
    r"|\btheir\s+([A-Z][\w-]*)\s+(?:meeting|talks|negotiations|summit)\b"
)
# What a report says of another occasion than its own.
_OTHER = re.compile(
    r"\b(?:next|another|new|future|upcoming|previous|earlier|follow-up|former|due to|will|would|ahead of|last "
    r"(?:week|month|year|spring|summer|autumn|winter|[A-Z]\w+))\b[^.;]{0,60}$"
)


def tell_events(question: Question, scope: Scope, snapshot: Snapshot) -> tuple[Evidence, ...]:
    """The sentences that tell the place or the time of each event, when the question asks for nothing else;
    one for each event, the oldest first.
    """
    if scope.background or not asks_of_events(question, snapshot.lexicon):
        return ()
    grouped = dict(list(by_event(scope.among(snapshot.reports)).items())[-MOST_TOLD:])
    admitted = [document for reports in grouped.values() for document in reports]
    if question.kind == "place" and not any(event_place(document, snapshot) for document in admitted):
        return ()
    meant = {event: reports for event, reports in grouped.items() if _takes_part(question, reports)} or grouped
    told = [tell_event(reports, snapshot, time=question.kind == "time") for reports in meant.values()]
    return tuple(item for item in told if item is not None)


def by_event(documents: Iterable[Document]) -> Mapping[Event, Sequence[Document]]:
    """The reports of each event, the oldest event first; reports of no known event are left out."""
    reports = documents if isinstance(documents, Reports) else Reports(tuple(documents))
    return reports.by_event


def of_events(told: Sequence[Evidence], question: Question) -> tuple[Part, ...]:
    """What is told of each of several events, in the order in which they come; nothing for only one."""
    grouped: dict[Event, list[Evidence]] = {}
    for item in told:
        grouped.setdefault(item.document.event, []).append(item)
    found = tuple(Part(tuple(items), question.text) for items in grouped.values())
    return found if len(found) > 1 else ()


def _takes_part(question: Question, reports: Sequence[Document]) -> bool:
    """Whether the reports have everybody whom a question names, or calls by a role ("the ministers")."""
    known = frozenset[str]().union(*(report_stems(report) for report in reports))
    named = {token.start for token in question.names}
    for token in question.words:
        if token.start in named and fold(token.text) not in MONTHS:
            if not any(word.startswith(token.stem[:5]) for word in known):
                return False
        elif is_role(token.text) and token.stem not in _ANY_ROLE and not called(token.text) & known:
            return False
    return True


def tell_event(reports: Sequence[Document], snapshot: Snapshot, *, time: bool = False) -> Evidence | None:
    """The sentence that tells the place of the reports' event, or with `time` and where none does, its time."""
    placed = [] if time else [event_place(report, snapshot) for report in reports]
    tells = [found[1] for found in placed if found] + [gathering_time(report, snapshot) for report in reports]
    return next((cite(sentence, snapshot, whole=True) for sentence in tells if sentence is not None), None)


def cite(sentence: Sentence, snapshot: Snapshot, *, whole: bool = False) -> Evidence:
    """A sentence as evidence; with `whole` with what a reader needs to understand it."""
    document = snapshot.documents[sentence.document_id]
    span = widen(sentence, snapshot.sentences[document.id]) if whole else (sentence.start, sentence.end)
    return Evidence(document, *span, score=1.0)


def gathering_time(document: Document, snapshot: Snapshot) -> Sentence | None:
    """The first sentence that tells of a gathering and of a time, and not of one of another year."""
    day = document.event.date
    for sentence in snapshot.sentences[document.id]:
        named = years(sentence.text)
        own = not named or day is None or day.year in named
        if own and time_stems(sentence.text) and _GATHERED.search(sentence.text):
            return sentence
    return None


def event_place(document: Document, snapshot: Snapshot) -> tuple[str, Sentence] | None:
    """The most exact place a report gives for its event, with the sentence that gives it."""
    found = [
        (match.group(1) or match.group(2), sentence)
        for sentence in snapshot.sentences[document.id]
        for match in _HELD_AT.finditer(sentence.text)
        if not _OTHER.search(sentence.text[: match.start()])
    ]
    return max(found, key=lambda pair: (len(pair[0].split()), -pair[1].position)) if found else None


def adds_place(place: str, other: Document) -> bool:
    """Whether a place has a word that the other report nowhere has."""
    known = {token.stem for token in tokens(other.text)}
    return any(token.stem not in known for token in content_tokens(place))


def with_sides(evidence: Sequence[Evidence], disputes: Sequence[Dispute]) -> tuple[Evidence, ...]:
    """The evidence and every side of the disputes that is not among it."""
    known = {item.place for item in evidence}
    sides = [item for dispute in disputes for _, item in dispute.sides]
    return (*evidence, *(item for item in sides if item.place not in known))

"""Answer over all reports, where a question asks for that and rules can read the answer: lists, comparisons,
what happened at each of several events. What they cannot read is left to the ordinary way of answering.
"""

from __future__ import annotations

import re

from qa.collection import Snapshot
from qa.gathering.about import told_about
from qa.gathering.compare import compare
from qa.gathering.differ import opened
from qa.gathering.groups import EVENT_WORDS, MEETINGS, MOST_LINES, Group, ask_back, list_of, quoted
from qa.gathering.listing import listed, shared_people, where_found, whether_all
from qa.gathering.occasions import by_event, of_events, tell_event, tell_events
from qa.gathering.sayings import sayings
from qa.observe import stage
from qa.question import Question
from qa.records import Selection
from qa.scopes.scope import Scope, known_events
from qa.words import tokens

_MEETING_AT = re.compile(
    rf"\b(?i:which|what)\s+(?:of\s+(?:the|these|all)\s+)?(?:\w+\s+)?{MEETINGS}\b"
    r".*\b(?:in|at|near|outside|from)\s+(?:the\s+)?[A-Z]"
)
_NOT = re.compile(r"\bnot\b|n['’]t\b|\bother than\b|\bexcept\b|\boutside\b|\baway from\b", re.I)


@stage("select", lambda found: {"evidence": len(found.evidence), "verdict": found.verdict} if found else {})
def gather(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """What all reports together answer, when a question asks for that and rules can read it; else None."""
    if scope.uncovered or not snapshot.documents:
        return None
    ways = (
        told_about,
        whether_all,
        where_found,
        shared_people,
        listed,
        _meetings_at,
        compare,
        _events,
        sayings,
    )
    return next((found for way in ways if (found := way(question, scope, snapshot)) is not None), None)


def _meetings_at(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """Which meetings took place somewhere, or not there."""
    if _MEETING_AT.search(question.text) is None or question.kind not in ("open", "place", "time"):
        return None
    documents = snapshot.reports
    events = known_events(documents)
    asked = {token.stem for token in tokens(question.text)}
    there = {
        event for event in events if event.place and {token.stem for token in tokens(event.place)} <= asked
    }
    if not there:
        return None
    is_not = _NOT.search(question.text) is not None
    others = question.stems - {token.stem for event in there for token in tokens(event.place or "")}
    if not all(snapshot.lexicon.share(word) >= 0.1 or word in EVENT_WORDS for word in others):
        return None
    chosen = [event for event in events if event.place and (event in there) != is_not]
    told = [(event, tell_event(by_event(documents)[event], snapshot)) for event in chosen]
    lines = [quoted(Group(event.label, ()), item) for event, item in told if item is not None]
    return list_of(lines[:MOST_LINES]) if lines else None


def _events(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """When or where the events took place, when a question asks for nothing else."""
    told = tell_events(opened(question), scope, snapshot)
    if len(told) > MOST_LINES and not scope.compares:
        groups = [Group(item.document.event.label, ()) for item in told]
        return ask_back(list(zip(groups, told, strict=True)))
    return Selection(told, "answer", parts=of_events(told, question), considered=told) if told else None

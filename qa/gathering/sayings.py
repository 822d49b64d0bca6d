"""What somebody said, at each of several meetings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.collection import Snapshot
from qa.gathering.groups import ASKING, EVENT_WORDS, Group, ask_back, groups_of
from qa.gathering.occasions import cite, of_events
from qa.language.mentions import people
from qa.language.naming import key_of, stems_of
from qa.language.roles import called, is_role
from qa.language.speech import says
from qa.question import Question
from qa.records import Evidence, Selection, Sentence
from qa.scopes.scope import Scope
from qa.words import content_tokens, fold, stem

MOST_EVENTS = 4  # an open question with an answer in more of them is asked back
_SAYING = re.compile(
    r"\bwhat\s+(?:did|does|do|has|had)\s+(?P<who>.+?)\s+(?:say|said|tell|told|state|comment|announce|declare)\b"
    r"(?P<topic>.*)$",
    re.I,
)


def sayings(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """What somebody said at each of several meetings, when the question does not say at which."""
    match = _SAYING.search(question.text)
    if match is None or (scope.events is not None and len(scope.events) < 2):
        return None
    keys = keys_of(match["who"], snapshot)
    if not keys:
        return None
    topic = (
        {token.stem for token in content_tokens(match["topic"]) if not token.is_number} - ASKING - EVENT_WORDS
    )
    best = []
    naming = {document.id for key in keys for document in snapshot.reports.having({stem(key)})}
    for group in groups_of(scope, snapshot, of_events=True, among=snapshot.reports.among(naming)):
        found = [
            (len(topic & stems_of(item.quote)), item)
            for sentence, spoken in spoken_by(keys, group, snapshot)
            for item in (spoken, *_going_on(sentence, spoken, snapshot))
        ]
        found = [(share, item) for share, item in found if 2 * share >= len(topic)]
        if found:
            best.append((group, max(found, key=lambda pair: pair[0])[1]))
    if len(best) < 2:
        return None
    return _per_event(best, question, compares=scope.compares)


def _per_event(found: Sequence[tuple[Group, Evidence]], question: Question, *, compares: bool) -> Selection:
    """Each event's sentence; with more events than a reader asked for, they are given to choose from."""
    evidence = tuple(item for _, item in found)
    if compares or len(found) <= MOST_EVENTS:
        parts = of_events(evidence, question)
        return Selection(evidence, "answer", parts=parts, considered=evidence)
    return ask_back(found)


def keys_of(who: str, snapshot: Snapshot) -> frozenset[str]:
    """By what the one who is asked about is known: the last name, or the role and those who have it."""
    cleaned = re.sub(r"\b[\w-]+['’]s?\s", " ", who)
    words = [token for token in content_tokens(cleaned) if token.stem not in ASKING]
    names = [token for token in words if token.is_capitalized and not is_role(token.text)]
    if names:
        return frozenset({key_of(names[-1].text)})
    roles = [token.text for token in words]
    if not roles or not is_role(roles[-1]):
        return frozenset()
    found = {
        mention.key
        for document in snapshot.reports.having_any(called(roles[-1]))
        for mention in people(tuple(snapshot.sentences[document.id]))
        if mention.is_called(" ".join(roles))
    }
    return frozenset(found | {fold(roles[-1])})


def spoken_by(keys: frozenset[str], group: Group, snapshot: Snapshot) -> list[tuple[Sentence, Evidence]]:
    """The sentences of a group in which one known by the keys speaks, each with what it needs around it."""
    return [
        (sentence, cite(sentence, snapshot, whole=True))
        for document in group.documents
        if any(key in fold(document.text) for key in keys)
        for sentence in snapshot.sentences[document.id]
        if says(sentence, keys)
    ]


def _going_on(sentence: Sentence, spoken: Evidence, snapshot: Snapshot) -> Iterator[Evidence]:
    """What is said with the quotation that goes on in the next sentence."""
    following = snapshot.sentences[sentence.document_id][sentence.position + 1 : sentence.position + 2]
    if following and following[0].text[:1] in '“"':
        yield Evidence(spoken.document, spoken.start, max(spoken.end, following[0].end), score=1.0)

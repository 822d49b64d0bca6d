"""Reports side by side: by event, by year or one by one, and the lines told of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.collection import Snapshot
from qa.gathering.occasions import by_event
from qa.likeness import without_copies
from qa.question import Question
from qa.records import Document, Event, Evidence, Line, Selection
from qa.scopes.scope import Scope
from qa.words import Token, stem, years

MOST_LINES = 8
REPORTS = r"(?:reports?|documents?|articles?|texts?|stories|story|sources?|pieces?)"
MEETINGS = r"(?:meetings?|talks|visits?|summits?|sessions?|events?|years?|occasions?|trips?)"
ASKING = frozenset(
    stem(word)
    for word in "report reports document documents article articles meeting meetings talks visit visits summit "
    "text texts mention mentioned name named quote quoted cite cited year years event events source sources "
    "discussed reporters journalists anything people person many times story stories occur appear speak "
    "spoken together taken anywhere overall altogether combined".split()
)
EVENT_WORDS = frozenset(
    stem(word)
    for word in "meeting meetings talks visit visits summit event events trip take took place held hold happen "
    "near outside leaders two met meet place other except one ones".split()
)


@dataclass(frozen=True, slots=True)
class Group:
    """Reports that count as one: of an event, or a report for itself."""

    label: str
    documents: tuple[Document, ...]


def groups_of(
    scope: Scope, snapshot: Snapshot, *, of_events: bool, among: Iterable[Document] | None = None
) -> list[Group]:
    """The admitted reports, by event or one by one; copies of one text count once. The oldest first. `among`
    are those that can matter, in order; without it, all.
    """
    reports = snapshot.reports if among is None else among
    admitted = [item for item in without_copies(reports) if scope.admits(item)]
    admitted.sort(key=lambda item: (item.event.date is None, str(item.event.date), item.uri))
    if not of_events:
        return [Group(_label(item, admitted), (item,)) for item in admitted]
    unknown = [Group(item.title, (item,)) for item in admitted if item.event == Event(None, None)]
    return [Group(event.label, tuple(reports)) for event, reports in by_event(admitted).items()] + unknown


def compared(question: Question, scope: Scope, snapshot: Snapshot, *, whole: bool) -> list[Group]:
    """The groups a question sets side by side: of each year it names, else events or reports."""
    named = sorted(set(years(question.text)))
    if not scope.compares or len(named) < 2:
        return groups_of(scope, snapshot, of_events=whole or scope.compares)
    reports = [item for group in groups_of(scope, snapshot, of_events=False) for item in group.documents]
    of_years = [
        [item for item in reports if item.event.date and item.event.date.year == year] for year in named
    ]
    return [Group(own[0].event.label, tuple(own)) for own in of_years if own]


def _label(document: Document, others: Iterable[Document]) -> str:
    """A report's event, with its publisher when another report tells of the same."""
    label = document.event.label or document.title
    shared = any(other is not document and other.event == document.event for other in others)
    return f"{label} ({document.publisher})" if shared and document.publisher else label


def stems_needed(words: Sequence[Token]) -> set[str]:
    """The stems that a sentence must have: of a name of several words the last is enough."""
    return {
        token.stem
        for token, following in zip(words, [*words[1:], None], strict=True)
        if not (
            following and token.is_capitalized and following.is_capitalized and following.start == token.end + 1
        )
    }


def quoted(group: Group, item: Evidence) -> Line:
    """What a report says, under the label of its group."""
    return Line(f"{group.label} — {' '.join(item.quote.split())}", (item,))


def list_of(lines: Sequence[Line]) -> Selection:
    """Lines as a whole answer, with all their evidence, each piece once."""
    found = tuple({item.place: item for line in lines for item in line.evidence}.values())
    return Selection(found, "answer", considered=found, lines=tuple(lines), listed=True)


def ask_back(found: Sequence[tuple[Group, Evidence]]) -> Selection:
    """The latest events to choose from."""
    latest = found[-MOST_LINES:]
    lines = tuple(quoted(group, item) for group, item in latest)
    cited = tuple(item for _, item in latest)
    return Selection(cited, "answer", considered=cited, lines=lines, listed=True, asks_back=True)

"""What a question means in time: years, months, places, the latest, and times that nothing covers."""

from __future__ import annotations

from datetime import date

import pytest
from support import make_document
from world import ALL, COUNCIL, LINDOW, NEW, OLD, OSTBY

from qa.events import resolve
from qa.records import Event
from qa.scopes.scope import known_events

UNDATED = make_document("Nobody knows when this was written.", "reports/undated.txt")


@pytest.mark.parametrize(
    ("question", "events"),
    [
        ("Who opened the regatta in 2014?", {LINDOW}),
        ("Who opened it on 3 June 2014?", {LINDOW}),
        ("Who opened it on June 3rd, 2014?", {LINDOW}),
        ("What happened in 2016?", {OSTBY, COUNCIL}),
        ("What happened in June 2016?", {OSTBY}),
        ("What happened in Sept. 2016?", {COUNCIL}),
        ("What happened in September of 2016?", {COUNCIL}),
        ("Who came in 2014 and in 2016?", {LINDOW, OSTBY, COUNCIL}),
        ("Who came in June 2014, and who in June 2016?", {LINDOW, OSTBY}),
        ("What was decided at the latest meeting?", {COUNCIL}),
        ("What does the most recent report say?", {COUNCIL}),
        ("What is in the oldest report?", {LINDOW}),
        ("Who won at Lindow?", {LINDOW}),
        ("Who spoke at the meeting in Ostby?", {OSTBY, COUNCIL}),
    ],
)
def test_a_named_time_or_place_narrows(question: str, events: set[Event]) -> None:
    """To the events it names, and to no other."""
    scope = resolve(question, (*ALL, UNDATED))
    assert scope.events == events
    assert scope.uncovered == ""
    for document in ALL:
        assert scope.admits(document) == (document.event in events)
    assert not scope.admits(UNDATED)


@pytest.mark.parametrize(
    "question",
    [
        "Who opened the regatta?",
        "What may the club do?",
        "What did Lindow say about Syrland?",
        "How did the councillor vote in March 2015?",
        "What happened in 2015?",
    ],
)
def test_what_names_no_event_narrows_nothing(question: str) -> None:
    """A place that stands for its people, and a year that a text only mentions, leave the event open."""
    scope = resolve(question, ALL)
    assert scope.events is None
    assert scope.uncovered == ""
    assert all(scope.admits(document) for document in ALL)


@pytest.mark.parametrize(
    ("question", "asked", "nearest"),
    [
        ("Who opened the regatta in 2013?", "2013", "the earliest one covered is Lindow, 3 June 2014."),
        ("Who opened the regatta in 2031?", "2031", "the latest one covered is Ostby, 12 September 2016."),
        ("What happened in May 2014?", "May 2014", "the earliest one covered is Lindow, 3 June 2014."),
        (
            "Who opened the regatta in June 2015?",
            "June 2015",
            "the nearest ones covered are Lindow, 3 June 2014, and Ostby, 5 June 2016.",
        ),
        ("What happened in 1990 or 1991?", "1990 or 1991", "the earliest one covered is Lindow, 3 June 2014."),
    ],
)
def test_a_time_that_nothing_covers_is_said(question: str, asked: str, nearest: str) -> None:
    """The line names the time asked for and those covered that are nearest; nothing is narrowed to."""
    scope = resolve(question, ALL)
    assert scope.events is None
    assert scope.uncovered == f"No report covers {asked}; {nearest}"


def test_a_comparison_names_several_times() -> None:
    """Two years with an event each are compared; one is not."""
    assert resolve("Was it dryer in 2014 than in June 2016?", (OLD, NEW)).compares
    assert not resolve("Was it dry in 2014?", (OLD, NEW)).compares


@pytest.mark.parametrize("question", ["In 2014?", "The latest?", "In Lindow?", ""])
def test_documents_without_events_narrow_nothing(question: str) -> None:
    """A collection that knows no events, or nothing at all, has nothing to narrow to or to miss."""
    for documents in ((), (UNDATED,)):
        scope = resolve(question, documents)
        assert (scope.events, scope.uncovered) == (None, "")


def test_one_event_in_two_reports_is_one() -> None:
    """Reports with equal dates and places tell of the same event; undated ones come last."""
    placed = make_document("Somewhere.", "p.txt", event=Event(None, "Port"))
    second = make_document("Another report of it.", "again.txt", event=Event(date(2014, 6, 3), "Lindow"))
    assert known_events((placed, NEW, OLD, second, UNDATED)) == (LINDOW, OSTBY, Event(None, "Port"))


@pytest.mark.parametrize(
    ("event", "label"),
    [
        (LINDOW, "Lindow, 3 June 2014"),
        (Event(None, "Port"), "Port"),
        (Event(date(2020, 1, 9), None), "9 January 2020"),
        (Event(None, None), ""),
    ],
)
def test_an_event_has_a_label(event: Event, label: str) -> None:
    """What is known of it, and nothing else."""
    assert event.label == label

"""The timeline: events by date with their reports, whatever is known of them, however many there are."""

from __future__ import annotations

import re
from datetime import date

from stub_dateline import DOCUMENTS, OTHER

from qa.records import Document, Event
from qa.server.language import texts_for
from qa.server.timeline import MOST_OPEN, entries_of, entry_of, narrowing, timeline

SAY = texts_for("en")


def report(number: int, event: Event, published: date | None = None, title: str = "Title") -> Document:
    """A report with a made-up id."""
    return Document(f"{number:016d}", "Text.", (f"{number}.txt",), title, None, published, event)


def test_reports_of_one_event_share_an_entry() -> None:
    """By date; a report of no known event stands at the day it was published."""
    entries = entries_of(DOCUMENTS)
    assert [entry.label(SAY) for entry in entries] == [
        "Porto Novo, 4 May 2021",
        "<img src=x onerror=window.hacked=2> {{title}}, 2 January 2022",
    ]
    assert entries[0].documents == (DOCUMENTS[0].id, DOCUMENTS[1].id)


def test_what_has_no_date_comes_last() -> None:
    """An undated event and an undated report have their place too."""
    placed = report(1, Event(None, "Lindow"))
    bare = report(2, Event(None, None), title="A very long title " * 10)
    dated = report(3, Event(date(1999, 1, 1), None))
    entries = entries_of([bare, placed, dated])
    assert [entry.when for entry in entries] == [date(1999, 1, 1), None, None]
    html = timeline(entries, SAY)
    assert html.index("1999") < html.index("Undated")
    assert len(entries[1].label(SAY)) < 70
    assert {entry.label(SAY) for entry in entries} > {"Lindow"}


def test_an_answers_events_are_lit_and_the_chosen_one_is_pressed() -> None:
    """Lit is said in words too."""
    entries = entries_of(DOCUMENTS)
    html = timeline(entries, SAY, lit={OTHER.document_id}, within=entries[1].documents)
    lit, pressed = re.findall(r"<button.*?</button>", html)
    assert 'class="dl-entry dl-lit"' in lit
    assert "in this answer" in lit
    assert 'aria-pressed="false"' in lit
    assert 'aria-pressed="true"' in pressed
    assert "in this answer" not in pressed


def test_a_narrowing_has_a_name() -> None:
    """The event's, or the number of reports where they are no event's."""
    entries = entries_of(DOCUMENTS)
    assert narrowing((), entries, SAY) == ""
    assert narrowing(entries[0].documents, entries, SAY) == "Porto Novo, 4 May 2021"
    assert narrowing((DOCUMENTS[0].id,), entries, SAY) == "1 report"
    found = entry_of(OTHER, entries)
    assert found
    assert OTHER.document_id in found.documents


def test_many_events_fold_by_the_year() -> None:
    """Only years with something lit or pressed are open; each says how many it holds."""
    many = [
        report(number, Event(date(1980 + number % 40, 5, 1 + number % 28), str(number)))
        for number in range(200)
    ]
    entries = entries_of(many)
    assert len(entries) == 200 > MOST_OPEN
    html = timeline(entries, SAY, lit={many[0].id})
    assert html.count('data-do="year"') == 40
    assert html.count('aria-expanded="true"') == 1
    assert html.count(" hidden>") == 39
    assert "5 events" in html


def test_an_empty_collection_has_no_timeline() -> None:
    """Nothing is drawn."""
    assert timeline((), SAY) == ""

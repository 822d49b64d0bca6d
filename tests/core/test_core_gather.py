"""Answers over all reports: lists, what is said at each event, comparisons, and when none of these is asked."""

from __future__ import annotations

from datetime import date

import pytest
from support import make_document, snapshot_of

from qa.events import resolve
from qa.gathering.gather import gather
from qa.gathering.groups import MOST_LINES
from qa.gathering.sayings import MOST_EVENTS
from qa.present import ASKED_BACK, Presenter, answer_text, status_of
from qa.question import read_question
from qa.records import Document, Event, Selection
from qa.verify import faithful

LINDOW = Event(date(2014, 6, 3), "Lindow")
OSTBY = Event(date(2016, 6, 5), "Ostby")
FIRST = make_document(
    "Norian President Ada Brook met Prime Minister Carl Dunn of Syrland in Lindow on Tuesday. “The wind was "
    "kind,” Brook said. The war has claimed nearly 900 lives. Her spokesman, Leo Falk, confirmed that the "
    "talks in Lindow were short. The daily Moor Post was there. General Otto Karr stayed away.",
    "first.txt",
    publisher="The Courier",
    event=LINDOW,
)
SECOND = make_document(
    "President Ada Brook met Prime Minister Erna Lund in Ostby on Sunday. At least 1,200 people have now been "
    "killed in the conflict. The talks in Ostby went well, Falk said. President Tom Hale of Marland called "
    "it a frost. Colonel Ina Reed looked on.",
    "second.txt",
    event=OSTBY,
)
BOTH = (FIRST, SECOND)
ROSE = "figure given rose from nearly 900 lives (3 June 2014) to at least 1,200 people (5 June 2016)."


def _gather(question: str, *documents: Document) -> Selection | None:
    documents = documents or BOTH
    return gather(read_question(question), resolve(question, documents), snapshot_of(*documents))


def _lines(question: str, *documents: Document) -> list[str]:
    selection = _gather(question, *documents)
    assert selection is not None
    for line in selection.lines:
        assert line.evidence
        assert all(item in selection.evidence for item in line.evidence)
        if len(line.evidence) == 1:
            assert faithful(line.text, line.evidence[0].quote, line.evidence[0].document) is None
    return [line.text for line in selection.lines]


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("Which presidents are named?", ["Norian President Ada Brook.", "President Tom Hale."]),
        ("Which presidents are named in the report of 2014?", ["Norian President Ada Brook."]),
        ("List all the prime ministers mentioned.", ["Prime Minister Carl Dunn.", "Prime Minister Erna Lund."]),
        ("Which officers appear in the reports?", ["General Otto Karr.", "Colonel Ina Reed."]),
        ("Who are the generals in the reports?", ["General Otto Karr."]),
        ("Which generals turn up by name in the reports, taken together?", ["General Otto Karr."]),
        ("List every type of newspaper named anywhere in these reports.", ["Daily Moor Post."]),
        ("Which newspapers are cited?", ["Daily Moor Post."]),
        ("Which presidents are quoted?", ["Norian President Ada Brook.", "President Tom Hale."]),
        ("Who appears in both reports?", ["Norian President Ada Brook.", "Leo Falk, spokesman."]),
    ],
)
def test_who_and_what_is_named(question: str, lines: list[str]) -> None:
    """Each once, in the report's own words, with a citation of the sentence."""
    assert _lines(question) == lines


@pytest.mark.parametrize(
    ("question", "starts"),
    [
        (
            "At which meetings was Falk quoted?",
            ["Lindow, 3 June 2014 — ", "Ostby, 5 June 2016 — The talks"],
        ),
        ("Which reports mention the Moor Post?", ["Lindow, 3 June 2014 — The daily Moor Post"]),
        (
            "How many reports mention Ada Brook?",
            ["Lindow, 3 June 2014 — Norian", "Ostby, 5 June 2016 — President"],
        ),
        ("Which meeting did not take place in Ostby?", ["Lindow, 3 June 2014 — "]),
        (
            "Did both reports mention Brook?",
            ["Yes, in each of them.", "Lindow, 3 June 2014 —", "Ostby, 5 June 2016 —"],
        ),
        ("Did both reports mention Otto Karr?", ["Not in each of them, but in this:", "Lindow, 3 June 2014 —"]),
    ],
)
def test_where_something_occurs(question: str, starts: list[str]) -> None:
    """Each report or meeting with its label and its sentence; a yes only where all have it."""
    found = _lines(question)
    assert len(found) == len(starts)
    assert all(line.startswith(start) for line, start in zip(found, starts, strict=True))


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (
            "Which meeting was earlier, the one in Ostby or the one in Lindow?",
            "Lindow, 3 June 2014, came before",
        ),
        (
            "Was the meeting in Ostby before the meeting in Lindow?",
            "No: Ostby, 5 June 2016, came after Lindow,",
        ),
        ("Did the death toll rise between 2014 and 2016?", f"Yes: the {ROSE}"),
        ("Was the death toll higher in 2014 or in 2016?", f"The {ROSE}"),
        ("Was the death toll lower in 2016 than in 2014?", f"No: the {ROSE}"),
        ("How did the death toll change?", f"The {ROSE}"),
    ],
)
def test_what_is_certain_is_concluded(question: str, line: str) -> None:
    """The order of dates and the larger of two numbers, with both sides cited."""
    selection = _gather(question)
    assert selection is not None
    (told,) = selection.lines
    assert told.text.startswith(line)
    assert {item.document.id for item in told.evidence} == {item.id for item in BOTH}


@pytest.mark.parametrize(
    "question",
    [
        "How many people have been killed?",
        "whats the death toll",
        "Where did they meet?",
        "What did the spokesman say?",
    ],
)
def test_an_open_question_is_told_for_each_event(question: str) -> None:
    """In the order of the events, one piece of evidence for each."""
    selection = _gather(question)
    assert selection is not None
    assert (selection.verdict, selection.per_event, selection.lines) == ("answer", True, ())
    assert [item.document.event for item in selection.evidence] == [LINDOW, OSTBY]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("How many people had been killed in 2014?", "nearly 900 lives"),
        ("How many people had been killed according to the report of 2016?", "1,200 people"),
    ],
)
def test_a_number_that_each_event_gives_is_given_for_one(question: str, number: str) -> None:
    """What an open question tells of an event is told when only that event is asked about."""
    selection = _gather(question)
    assert selection is not None
    assert (selection.verdict, selection.per_event, selection.lines) == ("answer", False, ())
    assert [number in item.quote for item in selection.evidence] == [True]


def test_a_number_that_no_other_event_gives_is_read_the_ordinary_way() -> None:
    """Then nothing shows that it is the number meant."""
    assert _gather("How many people had been killed in 2014?", FIRST) is None


@pytest.mark.parametrize(
    "question",
    [
        "Which general stayed away from the talks?",
        "Which presidents are named as friends of the Moor Post?",
        "Who speaks for the president?",
        "In which year was Falk named spokesman?",
        "How many soldiers were killed in the mine?",
        "What is the weather like?",
        "What happened in 1999?",
    ],
)
def test_what_rules_do_not_read_is_left_alone(question: str) -> None:
    """A question that says more than a list would show, or that has one answer, goes the ordinary way."""
    assert _gather(question) is None


def test_a_kind_of_people_a_report_has_no_word_for() -> None:
    """Is said not to be there, when the report asked about is one that could be named."""
    selection = _gather("Which generals are named in the report of 2016?")
    assert selection is not None
    assert (selection.verdict, selection.evidence) == ("abstain", ())
    assert selection.reason == "No report of Ostby, 5 June 2016 mentions “generals”."


def _many(count: int, sentence: str) -> tuple[Document, ...]:
    return tuple(
        make_document(
            f"Mayor Ada Brook met Envoy Bo Vale{chr(97 + year)} in Lindow on Friday. {sentence}",
            f"{year}.txt",
            event=Event(date(2000 + year, 3, 1), "Lindow"),
        )
        for year in range(count)
    )


def test_too_many_events_are_asked_back() -> None:
    """The latest are given to choose from, each with its label and citation, and the status says so."""
    documents = _many(MOST_EVENTS + 1, "“We are glad,” Brook said.")
    selection = _gather("What did Brook say?", *documents)
    assert selection is not None
    assert selection.asks_back
    presenter = Presenter(selection.evidence)
    told = list(presenter.add_lines(selection.lines))
    assert len(told) == len(presenter.choices(selection)) == MOST_EVENTS + 1
    assert presenter.choices(selection)[0].label == "Lindow, 1 March 2000"
    assert status_of(selection, answered=True) == "ambiguous"
    assert answer_text(told, asks_back=True).startswith(f"{ASKED_BACK}\nLindow, 1 March 2000 — ")


def test_a_long_list_leaves_nothing_out() -> None:
    """Several items share a line then, and all are cited."""
    documents = _many(MOST_LINES + 3, "It rained.")
    selection = _gather("Which envoys are named?", *documents)
    assert selection is not None
    assert len(selection.lines) <= MOST_LINES
    assert sum(line.text.count("Envoy") for line in selection.lines) == MOST_LINES + 3
    assert len(selection.evidence) == MOST_LINES + 3


@pytest.mark.parametrize(
    ("question", "starts"),
    [
        (
            "What is said about Leo Falk?",
            ["Lindow, 3 June 2014 — Her spokesman, Leo Falk", "Ostby, 5 June 2016 — The"],
        ),
        ("What do the reports tell us about Hale?", ["Ostby, 5 June 2016 — President Tom Hale"]),
        ("what is known about Otto Karr in the report of 2014?", ["Lindow, 3 June 2014 — General Otto Karr"]),
        ("Ina Reed's name appears in the reports of which years?", ["Ostby, 5 June 2016 — Colonel Ina Reed"]),
    ],
)
def test_what_is_said_of_a_name(question: str, starts: list[str]) -> None:
    """The sentences of each event that name it, when a question asks for no more."""
    lines = _lines(question)
    assert len(lines) == len(starts)
    assert all(line.startswith(start) for line, start in zip(lines, starts, strict=True))


def test_what_is_said_of_more_than_a_name_is_left_alone() -> None:
    """Which sentences tell of that is for the ranking to say."""
    assert _gather("What is said about the length of the talks?") is None
    assert _gather("What is said about Ida Moor?") is None


def test_a_list_takes_the_reports_on_something() -> None:
    """Those that are about it, and no others."""
    ferry = make_document("The ferry Sarn sank on Monday. The mayor, Ida Holm, wept.\n", "ferry.txt")
    bridge = make_document("The old bridge fell on Friday. The mayor, Leo Roth, resigned.\n", "bridge.txt")
    assert _lines("Which mayors are named in the reports?", ferry, bridge) == [
        "Leo Roth, mayor.",
        "Ida Holm, mayor.",
    ]
    assert _lines("Which mayors are named in the reports on the ferry?", ferry, bridge) == ["Ida Holm, mayor."]
    assert _lines("Name the mayors who appear in the reports about the fall of the bridge.", ferry, bridge) == [
        "Leo Roth, mayor."
    ]

"""Where two reports of one event differ on what is asked, and where they do not."""

from __future__ import annotations

from datetime import date

import pytest
from support import evidence_of, make_document, snapshot_of

from qa.events import resolve
from qa.gathering.differ import find_disputes, opened
from qa.likeness import without_copies
from qa.question import read_question
from qa.records import Dispute, Document, Event

VARN = Event(date(2021, 5, 4), "Varn")
ONE = make_document(
    "The ferry Alba ran aground on Tuesday at 6 a.m. near the North Pier of Varn. At least 12 passengers were "
    "injured, police said. Captain Oda Lind steered the ship. The rescue lasted three hours. The divers found "
    "the anchor in Gull Bay. About forty boats came to help. The mayor opened a shelter on Tuesday.",
    "one.txt",
    publisher="The Courier",
    published=date(2021, 5, 4),
    event=VARN,
)
TWO = make_document(
    "The ferry Alba ran aground at 7:30 a.m. off Varn. Police said 19 passengers were injured. First officer "
    "Ben Hale steered the ship. The rescue lasted five hours. The divers found the anchor near Cape Moor. "
    "Some 42 boats came to help. The mayor opened a shelter yesterday.",
    "two.txt",
    published=date(2021, 5, 5),
    event=VARN,
)
COPY = make_document(
    ONE.text.replace("12 passengers", "13 passengers") + " More follows.", "copy.txt", event=VARN
)
LATER = make_document(
    "Police said 31 passengers were injured when the ferry Alba ran aground again.",
    "later.txt",
    event=Event(date(2023, 8, 1), "Varn"),
)


def _disputes(question: str, *documents: Document) -> tuple[Dispute, ...]:
    scope = resolve(question, documents)
    return find_disputes(
        read_question(question), scope, snapshot_of(*documents), [evidence_of(documents[0], "The")]
    )


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("How many passengers were injured?", ["At least 12 passengers", "19 passengers"]),
        ("How many people were hurt?", ["At least 12 passengers", "19 passengers"]),
        ("Do the reports agree on how many people were injured?", ["At least 12 passengers", "19 passengers"]),
        ("When did the ferry Alba run aground?", ["at 6 a.m.", "at 7:30 a.m."]),
        ("Who steered the ship?", ["Captain Oda Lind", "Ben Hale"]),
        ("How long did the rescue last?", ["three hours", "five hours"]),
        ("Where did the divers find the anchor?", ["Gull Bay", "Cape Moor"]),
        ("Was the anchor found in Gull Bay or near Cape Moor?", ["Gull Bay", "Cape Moor"]),
        ("Was the anchor found in Gull Bay?", ["Gull Bay", "Cape Moor"]),
    ],
)
def test_reports_of_one_event_that_differ(question: str, values: list[str]) -> None:
    """Each value comes with the sentence that says it, whatever kind of value it is."""
    (dispute,) = _disputes(question, ONE, TWO)
    assert [value for value, _ in dispute.sides] == values
    for (value, item), document in zip(dispute.sides, (ONE, TWO), strict=True):
        assert item.document is document
        assert value in item.quote


@pytest.mark.parametrize(
    "question",
    [
        "How many boats came to help?",
        "Where did the ferry run aground?",
        "When did the mayor open a shelter?",
        "Who opened a shelter?",
        "What did the police say?",
        "Which captain was on board?",
    ],
)
def test_reports_that_agree_raise_no_alarm(question: str) -> None:
    """A rounded number, a town and a pier in it, and a weekday said as "yesterday" are no difference."""
    assert _disputes(question, ONE, TWO) == ()


def test_another_event_is_no_other_side() -> None:
    """What was so at another time does not contradict."""
    assert _disputes("How many passengers were injured?", ONE, LATER) == ()


def test_a_copy_is_no_other_side() -> None:
    """A text that is handed on, even with one figure changed, is neither a side nor a second witness."""
    assert without_copies([ONE, COPY, TWO]) == [ONE, TWO]
    assert _disputes("How many passengers were injured?", ONE, COPY) == ()


def test_a_time_nothing_covers_has_no_sides() -> None:
    """The reader is told what is covered instead."""
    assert _disputes("How many passengers were injured in 2015?", ONE, TWO) == ()


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Was the race on Monday or on Tuesday?", "When was the race?"),
        ("Did they meet in the hall or at the quay?", "Where did they meet?"),
        ("How many times did they meet?", "When did they meet?"),
        ("Do both reports agree on where it was?", "Where it was?"),
        ("Who came?", "Who came?"),
    ],
)
def test_what_is_offered_is_left_open(question: str, asked: str) -> None:
    """A choice between places or times, or whether reports agree, becomes the question behind it."""
    assert opened(read_question(question)).text == asked

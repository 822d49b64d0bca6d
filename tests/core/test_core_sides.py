"""One question for each of several things that a question asks for."""

from __future__ import annotations

from datetime import date

import pytest
from support import make_document

from qa.events import resolve
from qa.records import Event
from qa.sides.each import of_each_person
from qa.sides.sides import sides_of

ELM = Event(date(2011, 3, 8), "Elmstad")
PORT = Event(date(2013, 9, 10), "Port Amber")
LATE = Event(date(2013, 11, 2), "Elmstad")
REPORTS = (
    make_document("Clara Stenning spoke in Elmstad.", "elm.txt", event=ELM),
    make_document("Clara Stenning spoke at the quay in Port Amber.", "port.txt", event=PORT),
)
MORE = (*REPORTS, make_document("Clara Stenning spoke in Elmstad again.", "late.txt", event=LATE))


def _asked(question: str) -> list[tuple[str, str]]:
    return [(side.label, side.question) for side in sides_of(question, resolve(question, REPORTS), REPORTS)]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "Compare what Stenning said in March 2011 and in September 2013.",
            "What Stenning said in March 2011?",
            "What Stenning said in September 2013?",
        ),
        (
            "Tell me about Clara Stenning: which posts did she hold in 2011 and in 2013?",
            "Which posts did Clara Stenning hold in March 2011?",
            "Which posts did Clara Stenning hold in September 2013?",
        ),
        (
            "What did Stenning say of the tolls in 2011, and what in 2013?",
            "What did Stenning say of the tolls in March 2011?",
            "What did Stenning say of the tolls in September 2013?",
        ),
        (
            "How did Stenning's demands differ between the talks of 2011 and 2013?",
            "What were Stenning's demands in March 2011?",
            "What were Stenning's demands in September 2013?",
        ),
        (
            "Whom was Stenning to meet on the Friday in 2011 and whom on the Monday in 2013?",
            "Whom was Stenning to meet on the Friday in 2011?",
            "Whom was Stenning to meet on the Monday in 2013?",
        ),
        (
            "How were the tolls raised in 2011, compared with 2013?",
            "How were the tolls raised in March 2011?",
            "How were the tolls raised in September 2013?",
        ),
        (
            "What did Stenning demand in 2011, and where did she go in 2013?",
            "What did Stenning demand in 2011?",
            "Where did Stenning go in 2013?",
        ),
        (
            "How do the 2011 and 2013 reports describe the quay?",
            "How do the March 2011 reports describe the quay?",
            "How do the September 2013 reports describe the quay?",
        ),
        (
            "Were the tolls higher in the 2013 report than in the 2011 one?",
            "What were the tolls in the March 2011 report?",
            "What were the tolls in the September 2013 report?",
        ),
    ],
)
def test_several_times_are_asked_of_one_by_one(question: str, first: str, second: str) -> None:
    """The oldest first, each narrowed to its own event and told by it."""
    assert _asked(question) == [(ELM.label, first), (PORT.label, second)]
    scopes = [side.scope for side in sides_of(question, resolve(question, REPORTS), REPORTS)]
    assert [scope.events for scope in scopes] == [{ELM}, {PORT}]
    assert not any(scope.compares for scope in scopes)


def test_a_year_with_several_events_is_one_side() -> None:
    """Nobody compares the events of a year who asks of two years."""
    question = "Compare what Stenning said in 2011 and in 2013."
    sides = sides_of(question, resolve(question, MORE), MORE)
    assert [(side.label, side.scope.events) for side in sides] == [(ELM.label, {ELM}), ("2013", {PORT, LATE})]
    assert sides[1].question == "What Stenning said in 2013?"
    assert (
        sides_of("What did Stenning say in 2013?", resolve("What did Stenning say in 2013?", MORE), MORE) == ()
    )


def test_years_without_events_are_asked_one_by_one_where_something_is_told_of_them() -> None:
    """What a later report tells of one is not looked for in the reports of the other."""
    told = make_document(
        "The flood of 1979 took 40 boats, Clara Stenning said in Elmstad.",
        "told.txt",
        published=date(2011, 3, 8),
        event=ELM,
    )
    reports = (told, REPORTS[1])
    question = "How many boats were lost in 1979 and how many in 2013?"
    first, second = sides_of(question, resolve(question, reports), reports)
    assert first.question == "How many boats were lost in 1979?"
    assert first.label == "“How many boats were lost in 1979?”"
    assert first.scope.events is None
    assert first.scope.prefers == {ELM}
    assert second.question == "How many boats were lost in 2013?"
    assert second.scope.events == {PORT}
    question = "How many boats were lost in 1982 and how many in 2013?"
    assert sides_of(question, resolve(question, reports), reports) == (), "of 1982 nothing is told"


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Was the toll higher in 2011 or in 2013?", "What was the toll in {}?"),
        ("Was the toll of 2013 lower than that of 2011?", "What was the toll in {}?"),
        ("By how much did the toll grow between 2011 and 2013?", "What was the toll in {}?"),
        ("Were the tolls in 2013 the same as in 2011?", "What were the tolls in {}?"),
        ("Did more ships call in 2011 or in 2013?", "How many ships call in {}?"),
        ("Were more ships late in 2011 or in 2013?", "How many ships were late in {}?"),
        (
            "Was there less ice in the harbour in 2011 than in 2013?",
            "How much ice was there in the harbour in {}?",
        ),
        (
            "Did the port take more passengers in 2011 or in 2013?",
            "How many passengers did the port take in {}?",
        ),
        (
            "In which year did Stenning ask for more money, 2011 or 2013?",
            "How much money did Stenning ask for in {}?",
        ),
        ("When did Stenning win by more, in 2011 or in 2013?", "By how much did Stenning win in {}?"),
        ("Was Stenning more hopeful in 2011 or in 2013?", "How hopeful was Stenning in {}?"),
        ("Did the talks last longer in 2011 or in 2013?", "How long did the talks last in {}?"),
        (
            "Going by the reports, did things look better for Stenning in 2011 or in 2013?",
            "How did things look for Stenning in {}?",
        ),
        ("Was the toll higher in 2011 than in 2013? Please give both figures.", "What was the toll in {}?"),
        ("Which talks lasted longer, those of 2011 or those of 2013?", "How long did the talks last in {}?"),
        ("Did they meet in the same town in 2011 as in 2013?", "In which town did they meet in {}?"),
    ],
)
def test_a_comparison_asks_of_each_side_how_it_was(question: str, asked: str) -> None:
    """No report of one event says that anything was more than at the other."""
    assert [side for _, side in _asked(question)] == [
        asked.format(when) for when in ("March 2011", "September 2013")
    ]


def test_alternatives_in_a_clause_each_are_asked_with_their_own() -> None:
    """What tells the one time says nothing of the other."""
    question = "Did the port take more ships when it opened in 2011 or at the time of the strike in 2013?"
    assert [side for _, side in _asked(question)] == [
        "How many ships did the port take when it opened in 2011?",
        "How many ships did the port take at the time of the strike in 2013?",
    ]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Who opened the quay, and when did she leave?",
            ["Who opened the quay?", "When did the person who opened the quay leave?"],
        ),
        (
            "Where did Clara Stenning speak and who did she meet?",
            ["Where did Clara Stenning speak?", "Who did Clara Stenning meet?"],
        ),
        (
            "Tell me about the joint toll group of 2011: who leads it, and which ports it covers.",
            ["Who leads the joint toll group?", "Which ports the joint toll group covers?"],
        ),
        (
            "By when had Stenning said the quay would open, and how late did the last stone come in?",
            ["By when had Stenning said the quay would open?", "How late did the last stone come in?"],
        ),
        (
            "Set what Stenning promised the pilots beside what the harbour board paid.",
            ["What Stenning promised the pilots?", "What the harbour board paid?"],
        ),
        (
            "Was the harbour fee for 1981 lower than the one agreed for 1983 in Elmstad? Please give both.",
            ["What was the harbour fee for 1981?", "What was the harbour fee agreed for 1983 in Elmstad?"],
        ),
    ],
)
def test_clauses_are_asked_one_by_one(question: str, parts: list[str]) -> None:
    """With what their pronouns stand for."""
    assert _asked(question) == [(f"“{part}”", part) for part in parts]


@pytest.mark.parametrize(
    "question",
    [
        "When and where did they meet?",
        "Who said when the quay would open?",
        "What did Stenning say and why?",
        "Where did Stenning speak in 2011?",
        "To what extent and at what cost did Stenning rebuild the quay?",
        "Was the quay longer than the ship?",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    """What asks for one thing is not taken apart."""
    assert _asked(question) == []


def test_a_clause_with_a_time_of_its_own_is_narrowed_to_it() -> None:
    """The other ones to what the whole question names."""
    question = "What did Stenning say in Elmstad, and who was there?"
    scopes = [side.scope.events for side in sides_of(question, resolve(question, REPORTS), REPORTS)]
    assert scopes == [{ELM}, {ELM}]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "What did Ada Brook and Carl Dunn each say about the tolls?",
            "What did Ada Brook say about the tolls",
            "What did Carl Dunn say about the tolls",
        ),
        (
            "Brook and Dunn saw the tolls differently. What did each of them say?",
            "Brook saw the tolls differently. What did Brook say",
            "Dunn saw the tolls differently. What did Dunn say",
        ),
        (
            "Did the Norian and the Sylt minister agree? What did each one say?",
            "Did the Norian minister agree? What did the Norian minister say",
            "Did the Sylt minister agree? What did the Sylt minister say",
        ),
        (
            "What did the mayor and the minister respectively promise?",
            "What did the mayor promise",
            "What did the minister promise",
        ),
        (
            "How did Brook and Dunn differ over the tolls?",
            "What did Brook say about the tolls",
            "What did Dunn say about the tolls",
        ),
        (
            "What did Brook say about the tolls, and what did Dunn?",
            "What did Brook say about the tolls",
            "What did Dunn say about the tolls",
        ),
    ],
)
def test_the_same_is_asked_of_each_of_two_people(question: str, first: str, second: str) -> None:
    """One question of each, in words of the whole."""
    assert of_each_person(question) == [first, second]


@pytest.mark.parametrize(
    "question",
    [
        "What did Brook and Dunn say to each other?",
        "Where did Brook and Dunn meet each time?",
        "How do the 2011 and 2013 reports differ?",
        "What did Brook say in Port Amber and Lindow on each occasion?",
        "What did Brook and Dunn agree on?",
    ],
)
def test_what_is_asked_of_two_together_stays_one_question(question: str) -> None:
    """Two names alone do not make two questions."""
    assert of_each_person(question) == []

"""Follow-ups are made to stand alone; questions that do are left alone."""

from __future__ import annotations

import pytest

from qa.condense import condense
from qa.events import resolve
from qa.question import read_question
from qa.records import Turn

FIRST = "How many people came to the regatta in 2014?"


def _history(*questions: str) -> list[Turn]:
    return [
        turn for text in questions for turn in (Turn("user", text), Turn("assistant", "1,200 in 1999. [1]"))
    ]


@pytest.mark.parametrize(
    "question", ["Who opened the regatta in Lindow?", FIRST, "What did Ada Brook say after it?"]
)
def test_a_question_that_stands_alone_is_unchanged(question: str) -> None:
    """With or without a conversation before it."""
    assert condense(question, []) == question
    assert condense(question, _history("Who is Carl Dunn?")) == question


@pytest.mark.parametrize(
    "question", ["And in 2016?", "What about 2016?", "and 2016", "In 2016?", "And in June 2016?"]
)
def test_another_time_is_put_into_the_earlier_question(question: str) -> None:
    """Its words stay, its time is replaced."""
    whole = condense(question, _history(FIRST))
    assert "2016" in whole
    assert "2014" not in whole
    assert read_question(FIRST).stems - {"2014"} <= read_question(whole).stems


@pytest.mark.parametrize("question", ["Why?", "And who opened it?", "What did she say?", "On which day?"])
def test_a_leaning_question_takes_the_words_before_it(question: str) -> None:
    """What it asks stays, and what it is about comes from the question before."""
    whole = condense(question, _history(FIRST))
    assert whole != question
    assert read_question(question).stems | {"regatta", "2014"} <= read_question(whole).stems


def test_a_chain_of_follow_ups_keeps_its_topic() -> None:
    """The second follow-up leans on the first, which leaned on the question."""
    whole = condense("And in 2018?", _history(FIRST, "And in 2016?"))
    assert "2018" in whole
    assert "2016" not in whole
    assert "regatta" in read_question(whole).stems


@pytest.mark.parametrize("history", [[], [Turn("assistant", "Ask me about 1999.")], [Turn("user", "  ")]])
def test_without_an_earlier_question_nothing_is_added(history: list[Turn]) -> None:
    """A follow-up to nothing is asked as it is."""
    assert condense("And in 2016?", history) == "And in 2016?"


def test_what_asks_the_same_again_leaves_the_answer_out() -> None:
    """A follow-up that changes the question word or the time takes the user's words, not the assistant's."""
    for question in ("Why?", "And in 2016?", "What did they say?"):
        assert "1999" not in condense(question, _history(FIRST))


def test_a_long_conversation_is_condensed_quickly() -> None:
    """Hundreds of follow-ups neither exceed the stack nor grow the question without end."""
    whole = condense("And in 2018?", _history(FIRST, *["And in 2016?"] * 200))
    assert resolve(whole, ()) is not None
    assert len(whole) < 500

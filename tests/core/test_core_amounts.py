"""Which numbers a question asks for, how they are read from a text, and when two may be one."""

from __future__ import annotations

import pytest
from support import make_document

from qa.gathering.amounts import Amount, agree, amounts, asked_amount
from qa.question import read_question
from qa.split import split_sentences


def _read(question: str, text: str) -> list[Amount]:
    asked = asked_amount(read_question(question))
    assert asked is not None
    document = make_document(text)
    return [amount for _, amount in amounts(asked, split_sentences(document), document)]


@pytest.mark.parametrize(
    ("question", "text", "value", "written"),
    [
        ("How many people died?", "The storm claimed nearly 900 lives.", 900, "nearly 900 lives"),
        ("What was the death toll?", "At least forty sailors have died.", 40, "At least forty sailors"),
        ("What was the death toll?", "The death toll rose to 31 on Friday.", 31, "31"),
        (
            "How many were killed?",
            "It was said that 2.5 thousand people were killed.",
            2500,
            "2.5 thousand people",
        ),
        ("How many people were hurt?", "Two dozen passengers were injured.", 24, "Two dozen passengers"),
        ("How many red boats came?", "Some 1,200 boats came.", 1200, "Some 1,200 boats"),
        (
            "How many additional Home Guard soldiers came?",
            "The Home Guard sent 300 soldiers.",
            300,
            "300 soldiers",
        ),
        (
            "How long did the talks last?",
            "The talks went on for two and a half days, no, 3 hours.",
            180,
            "3 hours",
        ),
        ("How far does it reach?", "It reaches 10 miles.", 16.09, "10 miles"),
    ],
)
def test_numbers_are_read_with_their_noun(question: str, text: str, value: float, written: str) -> None:
    """In digits and words, with what bounds them, in the words for the dead and the hurt, and in one unit."""
    found = {amount.text: amount.value for amount in _read(question, text)}
    assert found[written] == pytest.approx(value)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many people died?", "The boat saved 900 lives."),
        ("How many people died?", "In 1999 the club had 300 members. Its founder died on 3 May."),
        ("How many boats came?", "On 12 June 1,200 people came."),
        ("How many ferries sank in Norland?", "Two ferries sank in Ostby."),
        ("How long did it last?", "A two-year-old slept for 5 miles."),
    ],
)
def test_other_numbers_are_left_alone(question: str, text: str) -> None:
    """Dates, ages, other things that are counted, and another country's are not what is asked for."""
    assert all(amount.unit == "length" for amount in _read(question, text))


@pytest.mark.parametrize("question", ["Who came?", "Where was it?", "What did the mayor say?"])
def test_other_questions_ask_for_no_number(question: str) -> None:
    """Nothing is counted in them."""
    assert asked_amount(read_question(question)) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 boats", "12 boats", True),
        ("twelve boats", "12 boats", True),
        ("12 boats", "19 boats", False),
        ("at least 20 boats", "23 boats", True),
        ("at least 20 boats", "60 boats", False),
        ("about 1,200 boats", "1,150 boats", True),
        ("1,200 boats", "1,213 boats", True),
        ("1,210 boats", "1,213 boats", False),
        ("fewer than 30 boats", "28 boats", True),
    ],
)
def test_rounded_and_bounded_numbers_agree(one: str, other: str, *, same: bool) -> None:
    """A number may well be the other when it is that one rounded, or lies within the bound."""
    (first,) = _read("How many boats?", f"There were {one}.")
    (second,) = _read("How many boats?", f"There were {other}.")
    assert agree(first, second) is same
    assert agree(second, first) is same

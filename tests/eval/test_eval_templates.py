"""Questions made of sentences by pattern."""

from __future__ import annotations

import pytest

from eval.drafting.templates import Drafted, is_clear, questions


@pytest.mark.parametrize(
    ("sentence", "question", "answer", "by"),
    [
        (
            "Mayor Ada Brook opened the regatta in the rain.",
            "Who opened the regatta in the rain?",
            "Mayor Ada Brook",
            "who",
        ),
        ("At least 1,200 people came to the pier.", "How many people came to the pier?", "1,200", "how many"),
        (
            "Nine hundred people came to the pier.",
            "How many people came to the pier?",
            "Nine hundred",
            "how many",
        ),
        ("There were forty boats on the lake.", "How many boats were there on the lake?", "forty", "how many"),
        (
            "The organisers counted 205 runners at the start.",
            "How many runners was it that the organisers counted at the start?",
            "205",
            "how many",
        ),
        (
            "The regatta was first held on June 3, 1987.",
            "When was it that the regatta was first held?",
            "June 3, 1987",
            "when",
        ),
        ("In 1987 the old pier burnt to the water.", None, None, None),
        (
            "The winners received a silver cup in Lindow.",
            "Where was it that the winners received a silver cup?",
            "Lindow",
            "where",
        ),
        (
            "“The wind was kind to us today,” Brook said.",
            "Who said “The wind was kind to us today”?",
            "Brook",
            "who said",
        ),
    ],
)
def test_a_sentence_becomes_a_question(
    sentence: str, question: str | None, answer: str | None, by: str | None
) -> None:
    """The first question is the expected one; without a verb the patterns know there is none."""
    expected = Drafted(question, answer, by) if question and answer and by else None
    assert next(iter(questions(sentence)), None) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "He opened the regatta in the rain.",
        "Ada Brook won.",
        "Regatta at Lindow opens with a bang",
        "Ada Brook said: “The wind was kind to us.",
        " ".join(["Ada Brook opened", *["the"] * 50, "pier."]),
    ],
    ids=["pronoun", "short", "headline", "half a quotation", "long"],
)
def test_a_sentence_that_needs_others_is_left_alone(sentence: str) -> None:
    """Nothing is asked about what cannot be understood by itself."""
    assert not is_clear(sentence)
    assert questions(sentence) == ()


def test_no_question_gives_its_answer_away() -> None:
    """Where the answer stands in the rest of the sentence too, there is no question."""
    assert questions("Ada Brook opened the pier that Ada Brook had built.") == ()

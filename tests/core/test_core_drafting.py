"""Questions made of sentences by pattern."""

from __future__ import annotations

from datetime import date

import pytest
from support import make_document, snapshot_of
from world import NEW, OLD, VOTE

from qa.drafting.clause import Clause, read_clause
from qa.drafting.collect import drafts_of, named_widely, when_of
from qa.drafting.form import Drafted, is_clear, reads_well
from qa.drafting.persons import persons_of
from qa.drafting.templates import questions
from qa.records import Event
from qa.split import split_sentences


@pytest.mark.parametrize(
    ("sentence", "question", "answer", "by"),
    [
        (
            "Mayor Ada Brook opened the regatta in the rain.",
            "Who opened the regatta in the rain?",
            "Mayor Ada Brook",
            "who",
        ),
        (
            "Ida Fenn won the women’s race in 1 hour 52 minutes.",
            "Who won the women’s race?",
            "Ida Fenn",
            "who",
        ),
        (
            "The bell was thrown into the sea by a monk from Holm.",
            "Who threw the bell into the sea?",
            None,
            "who",
        ),
        ("At least 1,200 people came to the pier.", "How many people came to the pier?", "1,200", "how many"),
        (
            "The organisers counted 205 runners at the start.",
            "How many runners did the organisers count at the start?",
            "205",
            "how many",
        ),
        (
            "The harbour office said on Monday that some 40 boats had been lost in the storm.",
            "How many boats had been lost in the storm?",
            "40",
            "how many",
        ),
        ("There were forty boats on the lake.", "How many boats were there on the lake?", "forty", "how many"),
        (
            "The regatta cost 31 million crowns.",
            "How much did the regatta cost?",
            "31 million crowns",
            "how much",
        ),
        ("The course was 18 kilometres long.", "How long was the course?", "18 kilometres", "how long"),
        (
            "The crown fell by 3 percent on Friday.",
            "By how much did the crown fall?",
            "3 percent",
            "by how much",
        ),
        (
            "The regatta was first held on June 3, 1987.",
            "When was the regatta first held?",
            "June 3, 1987",
            "when",
        ),
        (
            "The treaty was signed at the harbour hotel.",
            "Where was the treaty signed?",
            "the harbour hotel",
            "where",
        ),
        (
            "The congress was held in a cinema because the hall had burnt down.",
            "Why was the congress held in a cinema?",
            "the hall had burnt down",
            "why",
        ),
        ("Carl Dunn announced a second regatta.", "What did Carl Dunn announce?", "a second regatta", "what"),
        (
            "Syrland wants Vardland to withdraw its frigates.",
            "What did Syrland want Vardland to withdraw?",
            "its frigates",
            "what",
        ),
        (
            "The two sides agreed to set up a joint commission.",
            "What did the two sides agree to set up?",
            "a joint commission",
            "what",
        ),
        (
            "“The wind was kind to us today,” Brook said.",
            "Who said “The wind was kind to us today”?",
            "Brook",
            "who said",
        ),
        (
            "Mayor Ada Brook said that the Harbour Club had asked for more.",
            "What did Ada Brook say about the Harbour Club?",
            "",
            "what about",
        ),
    ],
)
def test_a_sentence_becomes_a_question(sentence: str, question: str, answer: str | None, by: str) -> None:
    """In plain English, with its answer."""
    found = {draft.question: draft for draft in questions(sentence)}
    assert question in found
    assert found[question].by == by
    if answer is not None:
        assert found[question].answer == answer


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


@pytest.mark.parametrize(
    "sentence",
    [
        "The harbour master took the decision at seven.",  # which decision?
        "Police stopped the race in the afternoon.",  # who is "Police"?
        "Ada Brook did not open the regatta in the rain.",
        "The minister pointed at an incident earlier on Monday in which shots were fired.",
        "The ceremony was delayed by an hour.",  # an hour did not delay it
    ],
)
def test_what_would_be_clumsy_or_wrong_is_not_asked(sentence: str) -> None:
    """Better no question."""
    assert [draft for draft in questions(sentence) if draft.by != "what said"] == []


def test_no_question_gives_its_answer_away() -> None:
    """Where the answer stands in the rest of the sentence too, there is no question."""
    assert questions("Ada Brook opened the pier that Ada Brook had built.") == ()


@pytest.mark.parametrize(
    ("question", "good"),
    [
        ("Who opened the regatta at Lindow?", True),
        ("Who opened it in the rain?", False),
        ("Who opened the regatta, which was late?", False),
        ("Who opened the regatta on Tuesday?", False),
        ("How many people came?", True),
        ("Who came?", False),
        ("Did Ada Brook open the regatta?", False),
        ("Who opened the regatta and?", False),
        ("What did (the) mayor say?", False),
    ],
)
def test_what_reads_well(question: str, good: bool) -> None:
    """Short and whole, hanging on nothing that stands elsewhere."""
    assert reads_well(question) is good


def test_a_clause_in_parts() -> None:
    """The dateline, what leads up to the subject and the days of the week are gone."""
    told = "LINDOW (NNA) — On Tuesday, the observatory counted 214 tremors on Monday evening, it said."
    assert read_clause(told) == Clause("The observatory", "", "counted", "214 tremors", whole=False)
    assert read_clause("The road has also been closed.") == Clause(
        "The road", "has", "been closed", "", whole=True
    )
    assert read_clause("Meanwhile nobody knows.") is None


def test_people_are_known_by_office_by_speech_and_by_their_last_name_alone() -> None:
    """Places and bodies that have two words are no people."""
    text = (
        "Ida Fenn won. Fenn had trained in Port Lorne. The envoy Carl Dunn left. “No,” said Ova Lind. "
        "Port Lorne was quiet. Lorne is a port. The Harbour Club paid."
    )
    assert persons_of(split_sentences(make_document(text))) == {"fenn", "dunn", "lind"}


@pytest.mark.parametrize(
    ("others", "when"),
    [
        ((), "in 2014"),
        ((date(2014, 9, 1),), "in June 2014"),
        ((date(2014, 6, 30),), "on 3 June 2014"),
        ((date(2016, 6, 3),), "in 2014"),
    ],
)
def test_the_time_of_an_event_is_as_exact_as_needed(others: tuple[date, ...], when: str) -> None:
    """By its year, its month or its day; an event without one has none."""
    event = Event(date(2014, 6, 3), "Lindow")
    assert when_of(event, [event, *(Event(day, "Ostby") for day in others)]) == when
    assert when_of(Event(None, "Lindow"), [event]) == ""


def test_drafts_say_which_event_they_mean() -> None:
    """Unless a name in them occurs in the reports of no other, or there is only one."""
    asked = {draft.question for draft in drafts_of(OLD.id, snapshot_of(OLD, NEW, VOTE))}
    assert "How many people came to the pier in 2014?" in asked
    assert "What did Brook say?" in asked
    alone = {draft.question for draft in drafts_of(OLD.id, snapshot_of(OLD))}
    assert "How many people came to the pier?" in alone


def test_names_that_occur_in_several_reports() -> None:
    """The most widespread first; people and the events' own places are none."""
    one = make_document(
        "The ferry of the Alder Institute sank. Ida Vey saw the Alder Institute, and wept.", "a.txt"
    )
    two = make_document("Nobody asked the Alder Institute, Ida Vey said. The mayor of Holm did.", "b.txt")
    assert named_widely(snapshot_of(one, two)) == ["the Alder Institute"]


def test_a_draft_is_a_plain_record() -> None:
    """Equal where everything in it is."""
    assert Drafted("Who came?", "Ada", "who") == Drafted("Who came?", "Ada", "who")

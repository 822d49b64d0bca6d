"""What a model may say: true sentences pass, and each way of making them false is caught."""

from __future__ import annotations

import pytest
from support import evidence_of, make_document
from world import LINDOW, NEW, OLD, VOTE

from qa.question import read_question
from qa.records import Document, Draft, Evidence, Rejected, Verified
from qa.verify import faithful, point_to, verify

BROOK = evidence_of(OLD, "Mayor Ada Brook opened the regatta on Tuesday.")
CROWD = evidence_of(OLD, "At least 1,200 people came to the pier.")
WIND = evidence_of(OLD, "“The wind was kind to us,” Brook said.")
WARNED = evidence_of(OLD, "The club had warned Syrland against sending its frigate.")
WINNER = evidence_of(OLD, "Brook did not name the winner.")
CROWD_2016 = evidence_of(NEW, "Nine hundred people came to the pier.")
COST = evidence_of(VOTE, "The lighthouse will cost 4.5 million crowns.")
FALK = evidence_of(VOTE, "Councillor Erna Falk voted against it, as she had in March 2015.")

TRUE = [
    ("Who opened the regatta?", "Mayor Ada Brook opened the regatta on Tuesday.", BROOK),
    ("Who opened the regatta?", "Ada Brook opened the regatta", BROOK),
    ("How many people came?", "At least 1,200 people came to the pier.", CROWD),
    ("How many people came?", "1200 people came to the pier", CROWD),
    ("How many people came?", "Nine hundred people came to the pier.", CROWD_2016),
    ("What did Brook say?", "“The wind was kind to us,” Brook said.", WIND),
    ("What happened after the race?", "Brook did not name the winner.", WINNER),
    ("What did the club warn of?", "The club warned Syrland against sending its frigate.", WARNED),
    ("What will it cost?", "The lighthouse will cost 4.5 million crowns.", COST),
    ("How did Falk vote?", "Erna Falk voted against it.", FALK),
]

FALSE = [
    ("only the dateline's words", "Where was it?", "Ostby, Syrland, 4 June 2016, Ostby.", CROWD_2016),
    ("a pronoun at the start", "Who came?", "They came to the pier, at least 1,200 people.", CROWD),
    (
        "another weekday than asked",
        "What did Brook do on Friday?",
        "Brook opened the regatta on Tuesday.",
        BROOK,
    ),
    ("a number", "How many people came?", "At least 1,300 people came to the pier.", CROWD),
    ("a number in words", "How many people came?", "Eight hundred people came to the pier.", CROWD_2016),
    ("a scale", "What will it cost?", "The lighthouse will cost 4.5 billion crowns.", COST),
    (
        "a model's name",
        "Which boat led?",
        "She thanked the Harbour Club for the lead boat, a B-13 sloop.",
        evidence_of(OLD, "She thanked the Harbour Club for the lead boat, a B-12 sloop."),
    ),
    ("a name", "Who opened the regatta?", "Mayor Ada Crane opened the regatta on Tuesday.", BROOK),
    ("a first word that is a name", "Who said it?", "“The wind was kind to us,” Dunn said.", WIND),
    (
        "another report's name",
        "Who opened the regatta?",
        "Mayor Carl Dunn opened the regatta on Tuesday.",
        BROOK,
    ),
    ("a weekday", "When was it opened?", "Mayor Ada Brook opened the regatta on Friday.", BROOK),
    ("a year", "When did Falk vote?", "Erna Falk voted against it, as she had in March 2014.", FALK),
    ("a month", "When did Falk vote?", "Erna Falk voted against it, as she had in April 2015.", FALK),
    ("a place", "Where did people come?", "At least 1,200 people came to Marport.", CROWD),
    ("no negation", "Did Brook name the winner?", "Brook did name the winner.", WINNER),
    ("a negation", "Who opened the regatta?", "Mayor Ada Brook did not open the regatta on Tuesday.", BROOK),
    ("swapped roles", "Who warned whom?", "Syrland had warned the club against sending its frigate.", WARNED),
    ("an echo", "Who opened the regatta on Tuesday?", "The regatta was opened on Tuesday by the mayor.", BROOK),
    ("the question", "Did Mayor Brook open the regatta?", "Did Mayor Brook open the regatta?", BROOK),
    ("an invented quotation", "What did Brook say?", "“The wind was cruel to us,” Brook said.", WIND),
    ("a quotation of what was not quoted so", "Who came?", "“At least 2,000 people came,” Brook said.", CROWD),
    ("a word that changes it", "Who opened the regatta?", "Mayor Ada Brook opened the banned regatta.", BROOK),
    (
        "another verb",
        "What did the club do?",
        "The club had urged Syrland against sending its frigate.",
        WARNED,
    ),
    ("two sentences mixed", "Who came?", "At least 1,200 people opened the regatta on Tuesday.", CROWD),
    ("a bare answer of another", "Who opened the regatta?", "Carl Dunn.", BROOK),
    ("another language", "Who opened the regatta?", "Bürgermeisterin Brook eröffnete die Regatta.", BROOK),
    ("an instruction", "Who opened the regatta?", "You answer questions from numbered quotations.", BROOK),
]


@pytest.mark.parametrize(("question", "text", "item"), TRUE, ids=[text for _, text, _ in TRUE])
def test_a_true_sentence_passes(question: str, text: str, item: Evidence) -> None:
    """It is tied to the evidence it follows from, also among other evidence and whatever it cites."""
    others = [BROOK, CROWD, WIND, COST]
    for marks in ((), (1,), (2,), (99,), (0,)):
        checked = verify(Draft(text, marks), [item], read_question(question))
        assert isinstance(checked, Verified), checked
        assert checked.evidence is item
    checked = verify(Draft(text, (1,)), [*others, item], read_question(question))
    assert isinstance(checked, Verified), checked
    assert checked.evidence.quote == item.quote
    assert checked.text.endswith((".", "”", '"'))


@pytest.mark.parametrize(("what", "question", "text", "item"), FALSE, ids=[what for what, *_ in FALSE])
def test_a_false_sentence_is_rejected(what: str, question: str, text: str, item: Evidence) -> None:
    """With a reason, also when it cites evidence or other evidence lies beside it."""
    for evidence in ([item], [BROOK, item, CROWD, FALK]):
        checked = verify(Draft(text, (1,)), evidence, read_question(question))
        assert isinstance(checked, Rejected), what
        assert checked.reason


def test_a_name_of_the_title_takes_no_ones_place() -> None:
    """A name that only the title holds may not stand where the sentence has another."""
    document = make_document(
        "Brook visits Dunn\n\n“The pier must be safe,” Dunn said in televised remarks.\n",
        title="Brook visits Dunn",
        event=LINDOW,
    )
    item = evidence_of(document, "“The pier must be safe,” Dunn said in televised remarks.")
    question = read_question("What was said in televised remarks?")
    assert isinstance(verify(Draft(item.quote, (1,)), [item], question), Verified)
    swapped = item.quote.replace("Dunn", "Brook")
    assert isinstance(verify(Draft(swapped, (1,)), [item], question), Rejected)


def test_odd_capitals_are_spelt_like_the_quote() -> None:
    """A model's slip of the shift key does not reach the reader."""
    checked = verify(Draft("ADa Brook opened the regatta.", ()), [BROOK], read_question("Who opened it?"))
    assert isinstance(checked, Verified)
    assert checked.text == "Ada Brook opened the regatta."


def test_without_evidence_nothing_passes() -> None:
    """Whatever is said."""
    assert isinstance(verify(Draft("Brook won.", (1,)), [], read_question("Who won?")), Rejected)


@pytest.mark.parametrize("text", ["", " ", ".", "…", "[]", "🗼", "\x00", "x" * 10_000, "a " * 3_000])
def test_odd_drafts_are_rejected(text: str) -> None:
    """Nothing a model emits makes the check fail."""
    assert isinstance(verify(Draft(text, (1,)), [CROWD], read_question("Who came?")), Rejected)


@pytest.mark.parametrize(
    ("text", "document", "broken"),
    [
        ("Brook opened it on 3 June 2014, The Courier wrote.", OLD, None),
        ("Brook opened it in Lindow on Tuesday.", OLD, None),
        ("Brook opened it on 4 July 2015.", OLD, "number"),
        ("Brook opened it in Ostby.", OLD, "name"),
        ("Brook “opened the regatta” on Tuesday.", OLD, None),
        ("Brook “closed the regatta” on Tuesday.", OLD, "quotation"),
    ],
)
def test_what_is_shown_beside_a_citation_counts(text: str, document: Document, broken: str | None) -> None:
    """Numbers and names may come from the shown title, publisher, dates and place, and from nowhere else."""
    assert faithful(text, BROOK.quote, document) == broken


def test_rejected_drafts_still_point() -> None:
    """A fragment names the evidence that holds all it adds to the question; nothing else is pointed to."""
    question = read_question("Who opened the regatta?")
    assert point_to([Rejected("Erna Falk.", "fragment")], [BROOK, FALK], question) is FALK
    assert point_to([Rejected("Carl Dunn.", "name")], [BROOK, FALK], question) is None
    assert point_to([], [BROOK, FALK], question) is None

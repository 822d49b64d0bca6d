"""Sentences that say what their evidence says in other words, and those that only seem to."""

from __future__ import annotations

from datetime import date

import pytest
from support import evidence_of, make_document

from qa.claims.parts import Quantity, same_date, sentence_spans, split_claims
from qa.claims.repair import clauses_around, phrase_of
from qa.question import read_question
from qa.records import Draft, Event, Evidence, Rejected, Verified
from qa.verify import verify

TUESDAY = date(2014, 6, 3)
OPEN = "What does the report say?"


def sure(text: str) -> Evidence:
    """A report that consists of the text, of an event in Lindow on a Tuesday."""
    document = make_document(
        f"{text}\n",
        title="A report",
        published=TUESDAY,
        event=Event(TUESDAY, "Lindow"),
        publisher="The Courier",
    )
    found: Evidence = evidence_of(document, text)
    return found


def check(text: str, quote: str, asked: str = OPEN) -> Verified | Rejected:
    """What verification makes of a draft with one quotation as evidence."""
    return verify(Draft(text, (1,)), [sure(quote)], read_question(asked))


OPENED = (
    "Mayor Ada Brook, who has led Lindow since 2009, was accompanied to the fair on Tuesday by her husband and "
    "three aides, a first for the town."
)
WARNED = (
    "In Ostby, the minister warned Syrland on Monday against sending its frigate to the strait, officials said."
)
CLAIMED = (
    "Falk said that the mine had poisoned at least 40 wells, but the company's spokesman, Carl Dunn, denied it."
)
RUMOUR = "Media reports suggested that the harbour master had sold nearly 900 tonnes of grain to Marport."
THOUGHT = "The crew is believed to have left the island before dawn."
VOTED = "The council voted on Monday and rejected a plan by Erna Falk to close the pier if the storms return."
DEAL = (
    "According to the Ostby Post, citing a port official, the 2010 contract includes six cranes and 144 barges."
)
TALKS = "While Brook and Dunn met in the town hall, an envoy of the union flew to Marport for talks with Falk."
ADVISER = (
    "Iven Rask, a senior adviser to Mayor Ada Brook, also left for Ostby on Tuesday for a meeting with Falk."
)
PRONOUN = "The lighthouse stands on a rock. It will cost 4.5 million crowns, Falk said."

TRUE = [
    ("Ada Brook was accompanied by her husband and three aides.", OPENED),
    ("Mayor Ada Brook has led Lindow since 2009.", OPENED),
    ("Mayor Ada Brook was accompanied to the fair on 3 June 2014 by her husband and three aides.", OPENED),
    ("On Tuesday, Mayor Ada Brook was accompanied to the fair by her husband and 3 aides.", OPENED),
    ("The minister warned Syrland against sending its frigate to the strait, officials said.", WARNED),
    ("Officials said the minister warned Syrland on Monday against sending its frigate.", WARNED),
    ("Officials said Syrland was warned against sending its frigate to the strait.", WARNED),
    ("Falk said the mine had poisoned at least 40 wells.", CLAIMED),
    ("According to Falk, the mine had poisoned at least forty wells.", CLAIMED),
    ("Media reports suggested that the harbour master sold nearly 900 tonnes of grain to Marport.", RUMOUR),
    ("The crew is believed to have left the island.", THOUGHT),
    ("The council rejected a plan by Erna Falk to close the pier if the storms return.", VOTED),
    ("The council voted on Monday.", VOTED),
    ("According to the Ostby Post, six cranes are included in the 2010 contract.", DEAL),
    ("According to the Ostby Post, the 2010 contract includes 144 barges.", DEAL),
    ("Brook and Dunn met in the town hall.", TALKS),
    ("Brook met Dunn in the town hall.", TALKS),
    ("An envoy of the union flew to Marport.", TALKS),
    ("Iven Rask is a senior adviser to Mayor Ada Brook.", ADVISER),
    ("Iven Rask left for Ostby for a meeting with Falk.", ADVISER),
    ("The lighthouse will cost 4.5 million crowns, Falk said.", PRONOUN),
    ("Falk said the lighthouse would cost 4.5 million crowns.", PRONOUN),
]

FALSE = [
    ("another's husband", "Ada Brook accompanied her husband and three aides.", OPENED),
    ("a number moved", "Ada Brook was accompanied by three husbands.", OPENED),
    ("another year", "Mayor Ada Brook has led Lindow since 2014.", OPENED),
    ("another date", "On 4 June 2014, Mayor Ada Brook was accompanied by her husband and three aides.", OPENED),
    ("roles", "Syrland warned the minister against sending its frigate to the strait, officials said.", WARNED),
    ("what was warned of", "Syrland sent its frigate to the strait.", WARNED),
    (
        "the place of a phrase",
        "Officials said the minister warned Syrland against sending its frigate to Ostby.",
        WARNED,
    ),
    ("who denied", "Falk denied that the mine had poisoned at least 40 wells.", CLAIMED),
    ("another speaker", "Carl Dunn said that the mine had poisoned at least 40 wells.", CLAIMED),
    ("too exact", "Falk said that the mine had poisoned exactly 40 wells.", CLAIMED),
    ("a hedge added", "Falk said that the mine had poisoned nearly 40 wells.", CLAIMED),
    ("belief as fact", "The crew left the island before dawn.", THOUGHT),
    ("a condition", "The council rejected a plan by Erna Falk to close the pier.", VOTED),
    ("a plan as a deed", "Erna Falk closed the pier.", VOTED),
    ("another unit", "According to the Ostby Post, the 2010 contract includes 144 cranes.", DEAL),
    ("another number", "According to the Ostby Post, the 2010 contract includes 2010 barges.", DEAL),
    ("who met", "Brook and Falk met in the town hall.", TALKS),
    ("who flew", "Dunn flew to Marport for talks with Falk.", TALKS),
    ("whose envoy", "The union flew to Marport for talks with Falk.", TALKS),
    ("whose adviser", "Mayor Ada Brook is a senior adviser to Iven Rask.", ADVISER),
    ("who left", "Mayor Ada Brook left for Ostby on Tuesday.", ADVISER),
    ("another thing's price", "The rock will cost 4.5 million crowns, Falk said.", PRONOUN),
]


@pytest.mark.parametrize(("text", "quote"), TRUE, ids=[text for text, _ in TRUE])
def test_other_words_for_the_same(text: str, quote: str) -> None:
    """Passives, shortened and reordered sentences pass as they stand."""
    checked = check(text, quote)
    assert isinstance(checked, Verified), checked
    assert not checked.repaired
    assert checked.text == text


@pytest.mark.parametrize(("what", "text", "quote"), FALSE, ids=[what for what, *_ in FALSE])
def test_nearly_the_same_words(what: str, text: str, quote: str) -> None:
    """With nearly all words in place, what the evidence does not say is not let through as it stands."""
    checked = check(text, quote)
    assert isinstance(checked, Rejected) or checked.text != text, what


@pytest.mark.parametrize(
    ("text", "mended", "quote"),
    [
        ("40 wells were poisoned.", None, CLAIMED),
        (
            "Falk said that the mine had poisoned 40 wells.",
            "Falk said that the mine had poisoned at least 40 wells.",
            CLAIMED,
        ),
        (
            "Six cranes are included in the 2010 contract.",
            "According to the Ostby Post, six cranes are included in the 2010 contract.",
            DEAL,
        ),
        (
            "The minister warned Syrland on Monday against sending its frigate.",
            "The minister warned Syrland on Monday against sending its frigate, officials said.",
            WARNED,
        ),
    ],
)
def test_what_was_dropped_is_put_back(text: str, mended: str | None, quote: str) -> None:
    """A speaker or an "at least" that a draft left out comes from the evidence, or the draft does not pass."""
    checked = check(text, quote)
    if mended is None:
        assert isinstance(checked, Rejected)
    else:
        assert isinstance(checked, Verified)
        assert (checked.text, checked.repaired) == (mended, False)


@pytest.mark.parametrize(
    ("asked", "text", "clause", "quote"),
    [
        ("Who led the town?", "Ada Brook", OPENED, OPENED),
        ("How many wells did the mine poison, by Falk's count?", "40", CLAIMED, CLAIMED),
        ("Which reports told of the harbour master?", "the harbour master", None, RUMOUR),
        ("How many cranes does the contract include?", "Six cranes", DEAL.replace(" and 144 barges", ""), DEAL),
        ("How many cranes does the contract include?", "Seven cranes", None, DEAL),
        ("Who accompanied Brook in 2007?", "Her husband", None, OPENED),
    ],
)
def test_a_bare_answer_becomes_its_clause(asked: str, text: str, clause: str | None, quote: str) -> None:
    """In the evidence's own words, and only where the evidence has the phrase and the year asked for."""
    checked = check(text, quote, asked)
    if clause is None:
        assert isinstance(checked, Rejected)
    else:
        assert isinstance(checked, Verified)
        assert checked.repaired
        assert checked.text.rstrip(".") in quote


def test_the_question_may_name_the_speaker() -> None:
    """Who is asked about need not be named again; nobody else's words pass so."""
    text = "The mine had poisoned at least 40 wells."
    asked = check(text, CLAIMED, "What did Falk say about the mine?")
    assert isinstance(asked, Verified)
    assert asked.text == text
    other = check(text, CLAIMED, "What did Dunn say about the mine?")
    assert isinstance(other, Rejected) or other.text.startswith("Falk said")


@pytest.mark.parametrize(
    "asked", ["Why did Brook refuse to meet Dunn?", "Did Brook flee from Dunn on Tuesday?"]
)
def test_a_false_premise_is_not_echoed(asked: str) -> None:
    """Words of the question that no evidence has do not pass, whatever is true about the rest."""
    for text in (
        asked.replace("Why did ", "").replace("?", "."),
        "Brook refused to meet Dunn in the town hall.",
    ):
        assert isinstance(check(text, TALKS, asked), Rejected)


def test_claims_are_taken_apart() -> None:
    """Clauses with subjects of their own, with what is checked of each; offsets are those of the text."""
    text = "Brook opened the fair on Tuesday with at least 40 guests, but Dunn did not come."
    first, second = split_claims(text)
    assert (first.denied, second.denied) == (False, True)
    assert first.quantities == (Quantity("40", "guest", "at least"),)
    assert first.dates == ("w1",)
    assert second.names == ("Dunn",)
    assert all(text[claim.start : claim.end] == claim.text for claim in (first, second))


def test_a_claim_has_its_speaker_and_quotation() -> None:
    """Speech stays in one claim."""
    (claim,) = split_claims("“The wind was kind,” Ada Brook said, and the sea was calm.")
    assert claim.speaker == "Ada Brook"
    assert claim.quotations == ("The wind was kind,",)


@pytest.mark.parametrize(
    ("said", "told", "ahead", "same"),
    [
        ("2014-06-03", "w1", False, True),
        ("2014-06-02", "w0", False, True),
        ("2014-06-02", "w0", True, False),
        ("2014-06-?", "w1", False, True),
        ("2014-06-04", "w1", False, False),
        ("w1", "w2", False, False),
        ("w1", "2014-06-03", False, True),
        ("2014-?-?", "2014-06-03", False, True),
        ("2014-06-03", "2014-?-?", False, False),
        ("2013-06-03", "?-06-03", False, False),
    ],
)
def test_dates_are_reckoned_from_the_report(said: str, told: str, ahead: bool, same: bool) -> None:
    """A weekday means the last one, or the report's own; a coarser date is true, a finer one is not known."""
    assert same_date(said, told, sure("Rain fell.").document, ahead=ahead) is same


def test_sentences_of_a_quotation() -> None:
    """Titles and initials end no sentence; a closing quotation mark belongs to its own."""
    text = "“It rained.” Mr. Dunn of the U.S. Navy left. He came back."
    assert [text[start:end].strip() for start, end in sentence_spans(text)] == [
        "“It rained.”",
        "Mr. Dunn of the U.S. Navy left.",
        "He came back.",
    ]


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        (
            "Dunn said that Ostby has been selling boats and is “trying to open a second yard on the pier,” "
            "which the club built in 1981.",
            "a second yard on the pier",
        ),
        ('Dunn said the plan was "good, but late," and left.', "the plan"),
    ],
)
def test_a_clause_never_ends_inside_a_quotation(quote: str, answer: str) -> None:
    """What is cut out for a bare answer keeps both marks of a quotation, or is the whole sentence."""
    assert list(clauses_around(phrase_of(answer), quote)) == [quote]

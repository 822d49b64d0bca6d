"""Numbers, datelines and honest texts around verified sentences."""

from __future__ import annotations

import json
from dataclasses import replace

from support import evidence_of, make_document
from world import LINDOW, NEW, OLD

from qa.present import Presenter, abstention_text, answer_text, cite
from qa.records import Answer, Evidence, Selection

CROWD = evidence_of(OLD, "At least 1,200 people came to the pier.")
BROOK = evidence_of(OLD, "Mayor Ada Brook opened the regatta on Tuesday.")
CROWD_2016 = evidence_of(NEW, "Nine hundred people came to the pier.")


def test_a_citation_carries_what_a_reader_needs() -> None:
    """The span, the quote, and what is known of the document and its event."""
    citation = cite(3, CROWD)
    assert (citation.number, citation.quote) == (3, CROWD.quote)
    assert OLD.text[citation.start : citation.end] == citation.quote
    assert (citation.document_id, citation.title, citation.publisher) == (OLD.id, OLD.title, OLD.publisher)
    assert (citation.published, citation.uri) == (OLD.published, "reports/old.txt")
    assert (citation.event_date, citation.event_place) == (LINDOW.date, LINDOW.place)


def test_each_event_opens_with_its_dateline() -> None:
    """The first sentence of an event says which one; the next of the same does not repeat it."""
    presenter = Presenter([CROWD, BROOK, CROWD_2016])
    presenter.add("1,200 came.", CROWD, "model")
    presenter.add("Brook opened it.", BROOK, "model")
    presenter.add_quote(CROWD_2016)
    presenter.add("1,200 came again.", CROWD, "model")
    assert [sentence.text for sentence in presenter.sentences] == [
        "Lindow, 3 June 2014 — 1,200 came.",
        "Brook opened it.",
        "Ostby, 5 June 2016 — Nine hundred people came to the pier.",
        "Lindow, 3 June 2014 — 1,200 came again.",
    ]
    assert [sentence.origin for sentence in presenter.sentences] == ["model", "model", "quote", "model"]
    assert [sentence.citations for sentence in presenter.sentences] == [(1,), (2,), (3,), (1,)]


def test_only_what_is_used_is_cited() -> None:
    """Citations keep the numbers they were announced with, and unused ones are left out."""
    presenter = Presenter([CROWD, BROOK, CROWD_2016])
    presenter.add("Nine hundred came.", CROWD_2016, "model")
    assert [citation.number for citation in presenter.citations] == [1, 2, 3]
    assert [citation.number for citation in presenter.cited] == [3]
    assert answer_text(presenter.sentences) == "Ostby, 5 June 2016 — Nine hundred came. [3]"


def test_an_undated_document_has_no_dateline() -> None:
    """Nothing is made up where nothing is known; a quote's line breaks become spaces."""
    document = make_document("One line\nand another.")
    item = Evidence(document, 0, len(document.text), 0.9)
    assert Presenter([item]).add_quote(item).text == "One line and another."


def test_an_abstention_makes_no_claim() -> None:
    """It says that the documents do not answer, and why when that is known."""
    assert abstention_text(Selection((), "abstain")) == "Not in the documents."
    told = abstention_text(Selection((), "abstain", "They nowhere mention “X”."))
    assert told == "Not in the documents. They nowhere mention “X”."


def test_an_answer_becomes_plain_json() -> None:
    """Dates are ISO strings, tuples lists, and what is not known is null."""
    presenter = Presenter([CROWD, CROWD_2016])
    presenter.add_quote(CROWD)
    answer = Answer("q", "q", "answered", answer_text(presenter.sentences), tuple(presenter.sentences))
    answer = replace(answer, citations=presenter.cited)
    plain = json.loads(json.dumps(answer.as_dict()))
    assert plain == answer.as_dict()
    assert plain["citations"][0]["published"] == "2014-06-04"
    assert plain["citations"][0]["event_date"] == "2014-06-03"
    assert plain["sentences"] == [
        {
            "text": "Lindow, 3 June 2014 — At least 1,200 people came to the pier.",
            "citations": [1],
            "origin": "quote",
        }
    ]

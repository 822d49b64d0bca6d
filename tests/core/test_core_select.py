"""Which sentences are evidence, in which order, and when nothing is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from support import all_hits, make_document, snapshot_of
from world import ALL, LINDOW, NEW, OLD, OSTBY, VOTE

from qa.collection import Snapshot
from qa.context import widen
from qa.embed import Embedder
from qa.events import resolve
from qa.question import read_question
from qa.rank import rank_sentences
from qa.records import Document, Selection
from qa.select import select, unknown_words
from qa.split import split_sentences


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """The three made-up reports."""
    return snapshot_of(*ALL)


def _select(question: str, snapshot: Snapshot, embedder: Embedder, limit: int = 3) -> Selection:
    scope = resolve(question, tuple(snapshot.documents.values()))
    return select(read_question(question), all_hits(snapshot), scope, snapshot, embedder, limit=limit)


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Who opened the regatta in Lindow in 2014?", "Mayor Ada Brook opened the regatta on Tuesday."),
        ("How many people came to the pier in June 2016?", "Nine hundred people came to the pier."),
        ("What will the lighthouse cost?", "The lighthouse will cost 4.5 million crowns."),
    ],
)
def test_the_sentence_that_answers_comes_first(
    snapshot: Snapshot, embedder: Embedder, question: str, quote: str
) -> None:
    """It is the best evidence, with an exact span, and enough to answer."""
    selection = _select(question, snapshot, embedder)
    assert selection.verdict == "answer"
    assert selection.evidence[0].quote == quote
    for item in selection.evidence:
        assert item.document.text[item.start : item.end] == item.quote
        assert 0 <= item.score <= 1


def test_a_day_of_the_month_is_no_count(embedder: Embedder) -> None:
    """A sentence that holds the place and a date is not taken for the one that tells how many."""
    report = make_document(
        "Lindow pier was closed on 3 May 2021. The pilot Jonas Kerr said that 41 ships had to wait."
    )
    selection = _select("How many ships had to wait at Lindow pier?", snapshot_of(report), embedder)
    assert selection.evidence[0].quote == "The pilot Jonas Kerr said that 41 ships had to wait."


def test_evidence_is_ordered_limited_and_apart(snapshot: Snapshot, embedder: Embedder) -> None:
    """Best first, at most as many as asked for, and no two spans overlap."""
    for limit in (1, 2, 5):
        evidence = _select("What will the lighthouse in Ostby cost?", snapshot, embedder, limit).evidence
        assert 1 <= len(evidence) <= limit
        scores = [item.score for item in evidence]
        assert scores == sorted(scores, reverse=True)
        spans = sorted((item.document.id, item.start, item.end) for item in evidence)
        for one, two in pairwise(spans):
            assert one[0] != two[0] or one[2] <= two[1]


def test_only_the_named_event_is_drawn_on(snapshot: Snapshot, embedder: Embedder) -> None:
    """A sibling report that says nearly the same is no evidence for another year."""
    for year, event in (("2014", LINDOW), ("June 2016", OSTBY)):
        evidence = _select(f"How many people came in {year}?", snapshot, embedder).evidence
        assert {item.document.event for item in evidence} == {event}


def test_an_open_question_is_answered_per_event(snapshot: Snapshot, embedder: Embedder) -> None:
    """In the order of the events, each with its own evidence."""
    selection = _select("How many people came to the pier?", snapshot, embedder)
    assert selection.per_event
    events = [item.document.event for item in selection.evidence]
    assert list(dict.fromkeys(events)) == [LINDOW, OSTBY]
    assert events == sorted(events, key=lambda event: event.date)


@pytest.mark.parametrize(
    ("question", "left"),
    [("Who thanked the Harbour Club?", True), ("Who thanked the Harbour Club in 2014?", False)],
)
def test_it_is_known_whether_the_event_is_left_open(
    question: str, left: bool, snapshot: Snapshot, embedder: Embedder
) -> None:
    """Only then may other events than the best one's be told of."""
    assert _select(question, snapshot, embedder).open is left


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Who beat Zanzibar in the regatta?", ("Zanzibar",)),
        ("What did Brook say in 1931?", ("1931",)),
        ("Did Brooke open the regata?", ()),
        ("Which mayor opened the races?", ()),
        ("What is the name of the mayor?", ()),
        ("Who was on TV, the PM or the CEO?", ()),
        ("Who was in the UAE?", ("UAE",)),
    ],
)
def test_words_that_occur_nowhere(snapshot: Snapshot, question: str, unknown: tuple[str, ...]) -> None:
    """Names and years are missed; misspellings, synonyms and words about the asking are not."""
    assert unknown_words(read_question(question), snapshot.lexicon) == unknown


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who beat Zanzibar in the regatta?", "“Zanzibar”"),
        ("Who opened the regatta in 1931?", "No report covers 1931"),
    ],
)
def test_what_is_unknown_is_not_answered(
    snapshot: Snapshot, embedder: Embedder, question: str, told: str
) -> None:
    """The verdict is to abstain, with the reason, and the nearest sentences are there to offer."""
    selection = _select(question, snapshot, embedder)
    assert selection.verdict == "abstain"
    assert told in selection.reason
    assert selection.evidence


def test_what_has_nothing_to_do_with_it_is_not_answered(snapshot: Snapshot, embedder: Embedder) -> None:
    """Far from every sentence."""
    assert _select("how do i reset my password", snapshot, embedder).verdict == "abstain"


def test_no_hits_no_evidence(snapshot: Snapshot, embedder: Embedder) -> None:
    """Nothing retrieved is an abstention without evidence."""
    question = "How many people came in 2014?"
    selection = select(read_question(question), (), resolve(question, ALL), snapshot, embedder, limit=3)
    assert (selection.evidence, selection.verdict) == ((), "abstain")


def test_equal_sentences_come_in_the_texts_order(embedder: Embedder) -> None:
    """Ties are settled by place, whatever order the hits came in."""
    document = make_document("The boat sank. It rained. " + "The boat sank. " * 4)
    snapshot = snapshot_of(document)
    question, hits = read_question("Which boat sank?"), all_hits(snapshot)
    scope = resolve(question.text, (document,))
    orders = [
        [
            (found.sentence.position, found.score)
            for found in rank_sentences(question, hits_given, scope, snapshot, embedder)
        ]
        for hits_given in (hits, hits[::-1])
    ]
    assert orders[0] == orders[1]
    keys = [(-score, position) for position, score in orders[0]]
    assert keys == sorted(keys)


def _widened(document: Document, sentence: str) -> str:
    sentences = split_sentences(document)
    start, end = widen(next(item for item in sentences if item.text == sentence), sentences)
    return document.text[start:end]


def test_a_pronoun_brings_who_is_meant() -> None:
    """A sentence that begins with “She” is shown with the one that names her."""
    wide = _widened(OLD, "She thanked the Harbour Club for the lead boat, a B-12 sloop.")
    assert wide.startswith("“The wind was kind to us,” Brook said. She thanked")


def test_an_open_quotation_is_closed() -> None:
    """A sentence within a quotation is shown with both its ends and the speaker."""
    whole = "“We shall be back. The sea is patient,” Dunn said after the race."
    assert _widened(NEW, "“We shall be back.") == whole
    assert _widened(NEW, "The sea is patient,” Dunn said after the race.") == whole


def test_a_sentence_that_stands_alone_is_not_widened() -> None:
    """Neither a name at the start nor the first sentence of a text needs more."""
    for document in (VOTE, NEW):
        for sentence in (
            "Councillor Erna Falk voted against it, as she had in March 2015.",
            "Rain fell all day.",
        ):
            if sentence in document.text:
                assert _widened(document, sentence) == sentence


def test_a_quotation_that_opens_with_a_pronoun_stands_alone_beside_its_speaker() -> None:
    """What "it" is is the speaker's affair; who "he" is, after the quotation, is not told."""
    report = make_document(
        "The club met Ida Vey on Monday. “It was a long day,” Vey said. “It is over,” she said.", "vey.txt"
    )
    assert _widened(report, "“It was a long day,” Vey said.") == "“It was a long day,” Vey said."
    assert (
        _widened(report, "“It is over,” she said.") == "“It was a long day,” Vey said. “It is over,” she said."
    )


def test_a_sentence_is_not_lost_to_one_beside_it(embedder: Embedder) -> None:
    """Two pieces of evidence may share the sentence that explains a pronoun; each stays to be chosen."""
    report = make_document("Ida Vey met the club. She opened the pier. She closed the harbour.", "vey.txt")
    question = read_question("Who closed the harbour that Ida Vey met the club about?")
    snapshot = snapshot_of(report)
    scope = resolve(question.text, (report,))
    considered = select(question, all_hits(snapshot), scope, snapshot, embedder, limit=5).considered
    assert any(item.quote.endswith("She closed the harbour.") for item in considered)


def test_widening_stops_at_a_heading_and_at_the_texts_ends() -> None:
    """A heading says who is meant to nobody, and before the first sentence there is nothing."""
    document = make_document("A heading\n\nHe left. Then he came back. “Open for ever.")
    assert _widened(document, "He left.") == "He left."
    for sentence in split_sentences(document):
        start, end = widen(sentence, split_sentences(document))
        assert 0 <= start <= sentence.start < sentence.end <= end <= len(document.text)


def test_a_capital_stands_for_its_country_but_not_as_a_place(embedder: Embedder) -> None:
    """ "Lisbon denied it" is told where Portugal is; what happened in Lisbon is not."""
    document = make_document("Portugal denied on Monday that its fleet had fished there.")
    snapshot = snapshot_of(document)
    assert unknown_words(read_question("Did Lisbon deny that its fleet had fished?"), snapshot.lexicon) == ()
    assert unknown_words(read_question("What happened in Lisbon?"), snapshot.lexicon) == ("Lisbon",)
    assert _select("What did Lisbon deny?", snapshot, embedder).verdict != "abstain"

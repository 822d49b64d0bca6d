"""Sentences and passages: exact spans, nothing lost, nothing cut where a reader would not."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from support import make_document

from qa.records import Document, Event
from qa.split import MAX_WORDS, passage_of, split_passages, split_sentences, split_text

SCRAPS = (
    "The talks ended. ",
    "Mr. Brook met Lt.-Gen. Dunn at 5 p.m. on Sept. 3. ",
    "“It is fine,” she said. ",
    '"No!" he cried.',
    "\r\n",
    "\n\n",
    "\t",
    " ",
    "… and then? ",
    "第一句。第二句。",
    "🗼🗼 ",
    "e\u0301 ",
    "word " * 120,
    "No end here",
    "(AP) — ",
    "\u00a0",
    "\u2028",
    "...",
    "\ufeff",
    "\x0b",
    "U.S.-led",
)


def _random_document(seed: int) -> Document:
    chance = random.Random(seed)  # noqa: S311  # the same texts on every run
    return make_document("".join(chance.choices(SCRAPS, k=chance.randint(1, 25))) + "End.")


@pytest.fixture(params=range(60))
def random_document(request: pytest.FixtureRequest) -> Document:
    """A text put together from awkward scraps."""
    return _random_document(request.param)


def test_sentences_hold_all_of_a_text(random_document: Document) -> None:
    """Spans are exact, in order and apart, and only white space lies between them."""
    text, end = random_document.text, 0
    for position, sentence in enumerate(split_sentences(random_document)):
        assert (sentence.document_id, sentence.position) == (random_document.id, position)
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert sentence.text
        assert end <= sentence.start
        assert not text[end : sentence.start].strip()
        end = sentence.end
    assert not text[end:].strip()


def test_passages_are_runs_of_whole_sentences(random_document: Document) -> None:
    """Spans are exact; every sentence lies whole in a passage; a passage is short, or one long sentence."""
    sentences = split_sentences(random_document)
    passages = split_passages(random_document)
    starts, ends = {item.start for item in sentences}, {item.end for item in sentences}
    for passage in passages:
        assert passage.document_id == random_document.id
        assert random_document.text[passage.start : passage.end] == passage.text
        assert passage.start in starts
        assert passage.end in ends
        inside = [item for item in sentences if passage.start <= item.start and item.end <= passage.end]
        assert len(inside) == 1 or sum(len(item.text.split()) for item in inside) <= MAX_WORDS
    for sentence in sentences:
        assert any(item.start <= sentence.start and sentence.end <= item.end for item in passages)
    assert len({passage.id for passage in passages}) == len(passages)


def test_seeds_are_split_without_loss(stored: tuple[Document, ...]) -> None:
    """The same holds for the reports, whose sentences and passages together are their whole text."""
    assert len(stored) == 5
    for document in stored:
        sentences = split_sentences(document)
        assert "".join(item.text for item in sentences).split() or sentences
        squeezed = re.sub(r"\s", "", document.text)
        assert "".join(re.sub(r"\s", "", item.text) for item in sentences) == squeezed
        for item in (*sentences, *split_passages(document)):
            assert document.text[item.start : item.end] == item.text


def test_repeated_text_keeps_its_own_offsets() -> None:
    """The second time a sentence comes, its span is the second one."""
    document = make_document("It rained. The wind rose. It rained.\nIt rained.")
    assert [(item.start, item.text) for item in split_sentences(document)] == [
        (0, "It rained."),
        (11, "The wind rose."),
        (26, "It rained."),
        (37, "It rained."),
    ]


def test_repeated_passages_have_their_own_ids() -> None:
    """A text that says the same for pages still gives one passage for each place."""
    document = make_document("The very same sentence of seven words. " * 60)
    passages = split_passages(document)
    assert len(passages) > 3
    assert len({passage.id for passage in passages}) == len(passages)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mr. Brook met Gen. Dunn and Lt.-Gen. Gale at the port.",
        "It began at 9 a.m. and the U.S. envoy came at 5 p.m. sharp.",
        "Brook et al. sold 3.5 tons, i.e. 7,000 lb., of ore.",
        "He left on Sept. 3 with Dr. Ada B. Crane.",
        "“Stop the ship!” cried the mate.",
        "“It has no engine,” Brook said. ",
    ],
)
def test_an_abbreviation_ends_no_sentence(sentence: str) -> None:
    """Titles, times, initials, months and quoted cries stay inside their sentence."""
    assert split_text(f"Before it. {sentence.strip()} After it.") == (
        "Before it.",
        sentence.strip(),
        "After it.",
    )


def test_a_line_break_ends_a_sentence() -> None:
    """A headline without a full stop is no part of the first sentence."""
    assert split_text("A headline\n\nThe text begins.\r\nNext") == ("A headline", "The text begins.", "Next")


@pytest.mark.parametrize("text", ["", " \n\t ", "\r\n"])
def test_nothing_gives_nothing(text: str) -> None:
    """White space has no sentences and no passages."""
    assert split_text(text) == ()
    assert split_passages(make_document(text)) == ()


def test_neighbours_share_a_passage() -> None:
    """Each passage begins with the last sentence of the one before."""
    document = make_document(
        " ".join(f"Sentence number {number} {'has words ' * 9}here." for number in range(20))
    )
    passages = split_passages(document)
    assert len(passages) > 2
    for one, two in pairwise(passages):
        assert two.start < one.end
        assert one.start < two.start


def test_an_endless_sentence_is_one_passage() -> None:
    """A sentence over the limit is kept whole, and the splitting ends."""
    document = make_document("Short one. " + "word " * 500 + "end. Short two.")
    assert [len(item.text.split()) > MAX_WORDS for item in split_passages(document)] == [False, True, False]


def test_ids_follow_from_what_is_embedded() -> None:
    """A new title or date gives new passage ids, so that the old vectors are not taken for the new."""
    event = Event(None, "Ostby")
    ids = [
        {passage.id for passage in split_passages(document)}
        for document in (
            make_document("One. Two."),
            make_document("One. Two.", uri="elsewhere/other.txt"),
            make_document("One. Two.", title="Another title"),
            make_document("One. Two.", event=event),
        )
    ]
    assert ids[0] == ids[1]
    assert ids[0].isdisjoint(ids[2])
    assert ids[0].isdisjoint(ids[3])
    assert make_document("One.", title="T", publisher="P", event=event).headline == "P. Ostby. T"


def test_a_passage_is_told_from_its_id() -> None:
    """Each id gives back its passage; one of another text, of another headline or past the end gives none."""
    document = make_document("The ferry sank in the storm. " * 40, title="A ferry")
    passages = split_passages(document)
    assert len(passages) > 1
    for passage in passages:
        assert passage_of(document, passage.id) == passage
    first = passages[0].id
    assert passage_of(replace(document, title="Another headline"), first) is None
    assert passage_of(make_document("Another text."), first) is None
    mark = first.rsplit("-", 1)[1]
    for wrong in ("", "nonsense", f"{document.id}-9-3-{mark}", f"{document.id}-0-99999-{mark}"):
        assert passage_of(document, wrong) is None

"""What a sentence claims against what its citations hold."""

from __future__ import annotations

import pytest
from eval_world import CROWD_2014, QUOTED, World

from eval.scoring.claims import quotations, read_claims, supports, unsupported

SLOOP = "The lead boat, a B-12 sloop, left the Harbour Club in Syrland."


def missing(world: World, sentence: str, *quotes: str) -> tuple[str, ...]:
    """What the older report's quotes do not hold of a sentence."""
    citations = [world.cite(world.old, quote) for quote in quotes]
    found = unsupported(sentence, citations, world.collection.documents, world.collection.words)
    return tuple(map(str, found))


@pytest.mark.parametrize(
    "sentence",
    [
        CROWD_2014,
        "1200 people came.",
        "At Lindow, 1,200 people came. [1]",
        "On 3 June 2014 at least 1,200 people came, The Lindow Post reported.",
        "In June 2014 no one but 1,200 people came.",
        "The pier, Jun 3 (Lindow Post) — 1,200 people came.",
        "According to the report, people came to the pier.",
    ],
)
def test_faithful_sentences(world: World, sentence: str) -> None:
    """Values of the quote and of the document's shown data are held, in any canonical form."""
    assert missing(world, sentence, CROWD_2014) == ()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("At least 1,300 people came.", ("number: 1300",)),
        ("One person came.", ("number: 1",)),
        ("On 3 people came.", ("number: 3",)),
        ("On 4 June 2014 people came.", ("date: 4 june 2014",)),
        ("On 3 June 2015 people came.", ("date: 3 june 2015",)),
        ("On Dec. 3 people came.", ("date: 3 december",)),
        ("People came to Ostby.", ("name: Ostby",)),
        ("Dunn came to the pier.", ("name: Dunn",)),
        ("Ada Brook came to the pier.", ("name: Ada", "name: Brook")),
        ("They were “very happy” to come.", ("quotation: very happy",)),
        ("They were 'very happy' to come.", ("quotation: very happy",)),
        ("Mr. Nowak came.", ("name: Nowak",)),
        ("In July people came.", ("name: July",)),
        ("A B-13 came to the pier.", ("number: b13",)),
    ],
)
def test_unsupported_values_are_named(world: World, sentence: str, expected: tuple[str, ...]) -> None:
    """Each value that the evidence lacks is named with its kind."""
    assert missing(world, sentence, CROWD_2014) == expected


def test_inflected_names_and_codes_are_held(world: World) -> None:
    """A name may be inflected and a code written without its hyphen."""
    assert missing(world, "The Syrlandian B12s left.", SLOOP) == ()


def test_only_the_cited_evidence_counts(world: World) -> None:
    """What another sentence of the same report says is no evidence for this one."""
    assert missing(world, "The Harbour Club counted 1,200 people.", CROWD_2014) == (
        "name: Harbour",
        "name: Club",
    )
    assert missing(world, "The Harbour Club counted 1,200 people.", CROWD_2014, SLOOP) == ()


def test_a_sentence_without_citations_holds_no_values(world: World) -> None:
    """Without evidence each value is unsupported."""
    assert missing(world, "In 2014 Lindow saw rain.") == ("number: 2014", "name: Lindow")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (QUOTED, ("The wind was kind to us,",)),
        ('"One," she said. "Two."', ("One,", "Two.")),
        ('kind to us," she said, "and warm', ("kind to us,", "and warm")),
        ("‘well’ but not the sailors' boats", ("well",)),
        ('Lindow, 3 June 2014 — kind to us," she said', ("kind to us,",)),
        ('She said "it was ... kind"', ("it was", "kind")),
        ("It's Brook's boat", ()),
    ],
)
def test_quotations(text: str, expected: tuple[str, ...]) -> None:
    """Quoted parts are found with curly and straight marks, whole or cut off."""
    assert quotations(text) == expected


def test_a_changed_quotation_is_unsupported(world: World) -> None:
    """One exchanged word makes a quotation another one."""
    assert missing(world, "Brook said “The wind was kind”.", QUOTED) == ()
    assert missing(world, "Brook said “The wind was rough”.", QUOTED) == ("quotation: The wind was rough",)


def test_claims_of_a_sentence(world: World) -> None:
    """Each value once with its kind; a date's parts are no numbers."""
    sentence = "On June 3, 2014, Brook and Brook saw 1,200 “kind” people. [1]"
    found = [str(claim) for claim in read_claims(sentence, world.collection.words)]
    assert found == ["quotation: kind", "date: 3 june 2014", "number: 1200", "name: Brook"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("1,200 people came to the pier.", True),
        ("1,300 people came to the pier.", False),
        ("People coming to the piers.", True),
        ("People came swimming happily.", True),
        ("People swimming happily.", False),
        ("Rain fell all day long.", False),
        ("Yes.", True),
    ],
)
def test_support_needs_the_values_and_half_of_the_words(world: World, sentence: str, expected: bool) -> None:
    """A sentence of other words is not supported though it claims no value; inflected words are the same."""
    cited = [world.cite(world.old, CROWD_2014)]
    assert supports(sentence, cited, world.collection.documents, world.collection.words) is expected

"""Numbers, dates, stems, names, quotations and negations as all stages read them."""

from __future__ import annotations

from datetime import date

import pytest

from qa.words import date_words, fold, months, name_tokens, negations, numbers, quotations, stem, tokens, years


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at least 94,000 people", {"94000"}),
        ("six launchers and 144 missiles", {"6", "144"}),
        ("two million crowns", {"2000000"}),
        ("4.5 million", {"4500000"}),
        ("nine hundred people", {"900"}),
        ("twenty-one boats", {"21"}),
        ("about thirty boats", {"30"}),
        ("125 miles (200 kilometres)", {"125", "200"}),
        ("at 3.30, for 3.5 hours.", {"3.30", "3.5"}),
        ("in 1974.", {"1974"}),
        ("the S-300 and a B-12 sloop", set()),
        ("no one, and one of them", set()),
        ("no numbers here", set()),
        ("5 per cent of 10", {"5", "10"}),
    ],
)
def test_numbers(text: str, found: set[str]) -> None:
    """Digits and words give the same number; the digits of a model's name are no number."""
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("missiles", "missile"),
        ("Brook's", "brook"),
        ("Brook’s", "Brook"),
        ("Café", "cafe"),
        ("S-300s", "S-300"),
        ("S300", "s-300"),
        ("U.S.", "us"),
        ("94,000", "94000"),
        ("six", "6"),
        ("1990s", "1990"),
        ("ISRAELI", "Israeli"),
    ],
)
def test_stems_of_the_same_word_are_equal(one: str, other: str) -> None:
    """Case, accents, possessives, plurals and commas do not matter."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"), [("S-300", "S-400"), ("warned", "wanted"), ("6", "16"), ("3.5", "35")]
)
def test_stems_of_different_words_differ(one: str, other: str) -> None:
    """What a reader would tell apart stays apart."""
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    "text", ["", "a", "Łódź 🗼 e\u0301.", "S-300s' range: 125 miles", "…", "x’y’’z 1,2,,3"]
)
def test_tokens_keep_their_spans(text: str) -> None:
    """Every token is where it says it is, in order and apart."""
    end = 0
    for token in tokens(text):
        assert text[token.start : token.end] == token.text != ""
        assert end <= token.start
        end = token.end


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in May 2013", (5,)),
        ("14 May 2013", (5,)),
        ("They may meet", ()),
        ("The march went on", ()),
        ("in March", (3,)),
        ("September, then Oct.", (9, 10)),
        ("a decision in dec", ()),
        ("last July", (7,)),
    ],
)
def test_months(text: str, found: tuple[int, ...]) -> None:
    """Months that are also other words count only where they are months."""
    assert months(text) == found


def test_years() -> None:
    """Four digits that can be a year, and only on their own."""
    assert years("From 1974 to 2013, 94000 of 12015, not 3013 or 999") == (1974, 2013)


def test_date_words() -> None:
    """A date is known by its numbers, its month in both spellings, and its weekday."""
    known = date_words(date(2013, 5, 14))
    assert {stem(word) for word in ("2013", "14", "May", "Tuesday")} <= known
    assert {stem("September"), stem("Sep"), stem("Monday")} <= date_words(date(2015, 9, 21))
    assert stem("15") not in known


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The mayor met Ada Brook in Lindow.", ["Ada", "Brook", "Lindow"]),
        ("Ada Brook met nobody.", ["Ada", "Brook"]),
        ("Brook’s boat won.", ["Brook’s"]),
        ("Boats left the port.", []),
        ("In the morning He left", []),
        ("They bought S-300 missiles", ["S-300"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    """Capitalized words, but not a sentence's ordinary first word nor a stop word."""
    assert [token.text for token in name_tokens(text)] == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('He said “no way” and "not now".', ("no way", "not now")),
        ("It's the boys' boat", ()),
        ("An open “quotation", ()),
    ],
)
def test_quotations(text: str, found: tuple[str, ...]) -> None:
    """Straight and curly double marks hold a quotation; apostrophes and open marks do not."""
    assert quotations(text) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He did not go.", 1),
        ("He didn't go, and can’t.", 2),
        ("He cannot go without it.", 2),
        ("Nothing was said to nobody.", 2),
        ("A notable knot.", 0),
    ],
)
def test_negations(text: str, count: int) -> None:
    """Whole words and contractions with either apostrophe."""
    assert negations(text) == count


def test_fold() -> None:
    """Lower case, no accents, straight quotes."""
    assert fold("“Łódź’s Café”") == '"łodz\'s cafe"'

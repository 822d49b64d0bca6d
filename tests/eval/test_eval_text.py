"""Canonical forms of numbers, dates, quotes and names."""

from __future__ import annotations

import pytest

from eval.schema.text import canonical, contains, without_marks


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("94,000", "94000"),
        ("ninety-four thousand", "94000"),
        ("94 thousand", "94000"),
        ("1.5 million", "1500000"),
        ("one hundred and forty-four", "144"),
        ("a hundred; a million; a man", "100 1000000 a man"),
        ("two thousand and thirteen", "2013"),
        ("one two three", "1 2 3"),
        ("two thousand. Six launchers", "2000 6 launchers"),
        ("May 14, 2013", "14 may 2013"),
        ("14th of May 2013", "14 may 2013"),
        ("2013-05-14", "14 may 2013"),
        ("Sept. 2015", "september 2015"),
        ("in May 94,000 came", "in may 94000 came"),
        ("2013-99-14", "2013 99 14"),
        ("S-300s and S300", "s300 and s300"),
        ("U.S. and US and us", "united states and united states and us"),
        ("“Brook’s” café", "brook cafe"),
        ("20 % and 20 per cent", "20 percent and 20 percent"),
        ("", ""),
    ],
)
def test_canonical_forms(text: str, tokens: str) -> None:
    """Each way to write a value gives the same tokens."""
    assert " ".join(canonical(text)) == tokens


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("ninety-four thousand", "At least 94,000 people", True),
        ("2013", "on May 14, 2013", True),
        ("four", "fourteen", False),
        ("250", "250,000", False),
        ("2013", "the 2013s", False),
        ("May 14", "May 15, 2014", False),
        ("", "anything", False),
        ("...", "and ...", False),
    ],
)
def test_values_occur_on_token_boundaries(value: str, text: str, expected: bool) -> None:
    """A value occurs as whole tokens or not at all, and nothing occurs everywhere."""
    assert contains(canonical(text), canonical(value)) is expected


def test_citation_marks_are_no_numbers() -> None:
    """The marks of citations go, and numbers in the text stay."""
    assert without_marks("Six boats. [1][2] In 2014. [12]") == "Six boats. In 2014."

"""The words that name one country stand for each other."""

from __future__ import annotations

import pytest

from qa.language.countries import same_country


@pytest.mark.parametrize(
    ("word", "kin"),
    [("lisbon", {"portug", "portugues"}), ("polish", {"poland", "warsaw"}), ("peru", {"lima", "peruvian"})],
)
def test_capital_people_and_country_are_kin(word: str, kin: set[str]) -> None:
    """By their stems, each with itself."""
    assert same_country(word) == kin | {word}


def test_any_other_word_stands_for_itself() -> None:
    """Nothing is guessed."""
    assert same_country("elmstad") == {"elmstad"}

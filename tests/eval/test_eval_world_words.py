"""Words become others the same way in every text, whatever their case, ending or neighbours."""

from __future__ import annotations

import random

import pytest

from eval.worlds.words import KINDS, Rewriter, Words, draw_words, in_case_of, read_table
from qa.config import PROJECT

WORDS = Words(
    exact={"US": "UK", "Ban": "Orm"},
    folded={
        "moscow": "Lima",
        "russia": "Austria",
        "russian": "Austrian",
        "rusia": "Autria",
        "kremlin": "Varne Palace",
        "s-300": "K-240",
        "six": "eight",
        "25": "35",
        "ninety-four thousand": "eighty thousand",
    },
    shift=28,
)


def lot(seed: int) -> random.Random:
    """A draw that can be repeated."""
    return random.Random(seed)  # noqa: S311


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moscow and Moscow's, MOSCOW, moscow", "Lima and Lima's, LIMA, lima"),
        ("Russia’s Russian-led, prorussian", "Austria’s Austrian-led, prorussian"),
        ("whats russias plan for rusia", "whats austrias plan for autria"),
        ("in the KremlinReuters", "in the Varne PalaceReuters"),
        ("a Russian envoy, A Moscow hotel", "an Austrian envoy, A Lima hotel"),
        ("the US let us ban it, Ban said", "the UK let us ban it, Orm said"),
        ("S-300s and s-300", "K-240s and k-240"),
        ("Six of six; sixty; 25 km, 25,000, 2.25", "Eight of eight; sixty; 35 km, 25,000, 2.25"),
        ("25 May, May 25, 25 maybe", "25 May, May 25, 35 maybe"),
        ("ninety-four thousand", "eighty thousand"),
        ("on 2013-05-14 in 1974, of 2,013 and 20135", "on 2041-05-14 in 2002, of 2,013 and 20135"),
    ],
)
def test_words_are_replaced_where_they_stand(text: str, expected: str) -> None:
    """Case, possessives, articles and compounds stay right; parts of words and dates stay as they are."""
    assert Rewriter(WORDS).text(text) == expected


def test_nothing_to_replace_leaves_a_text_alone() -> None:
    """Without words and without a shift, a text stays itself."""
    assert Rewriter(Words({}, {})).text("Moscow, May 2013") == "Moscow, May 2013"


def test_a_mention_is_a_word_of_the_table() -> None:
    """A text mentions what would be replaced in it, and nothing else."""
    rewriter = Rewriter(WORDS)
    assert rewriter.mentions("who was in moscow")
    assert not rewriter.mentions("who was there in 2013")


@pytest.mark.parametrize(
    ("old", "form", "new", "expected"),
    [
        ("MOSCOW", "moscow", "Lima", "LIMA"),
        ("Moscow", "moscow", "Lima", "Lima"),
        ("moscow", "moscow", "Lima", "lima"),
        ("Six", "six", "eight", "Eight"),
        ("US", "US", "UK", "UK"),
    ],
)
def test_case_is_kept(old: str, form: str, new: str, expected: str) -> None:
    """A replacement is written as the word it stands for."""
    assert in_case_of(old, form, new) == expected


def test_the_same_seed_draws_the_same_words() -> None:
    """Two draws agree, another seed's does not, and no word stands for two."""
    table = read_table()
    first, second, other = (draw_words(table, KINDS, lot(seed), ["In 2013"]) for seed in (1, 1, 2))
    assert first == second != other
    people = [first.folded[name] for name in ("putin", "netanyahu", "assad", "peskov", "eisenkot")]
    assert len(set(people)) == len(people)


def test_a_kind_does_not_change_what_another_draws() -> None:
    """Names are the same whether or not counts are changed as well."""
    table = read_table()
    names = draw_words(table, ["names"], lot(5), ["In 2013"])
    both = draw_words(table, ["names", "counts"], lot(5), ["In 2013"])
    assert names.folded.items() < both.folded.items()
    assert names.shift == both.shift == 0


@pytest.mark.parametrize("text", ["1974 and 2018", "1905 and 2013", "1950 and 2071", "1910 and 2090"])
def test_shifted_years_keep_weekdays(text: str) -> None:
    """The shift is a multiple of 28, and no year leaves the span in which that keeps weekdays."""
    for seed in range(8):
        shift = draw_words(read_table(), ["years"], lot(seed), [text]).shift
        years = [int(word) + shift for word in text.split(" and ")]
        assert shift % 28 == 0
        assert min(years) >= 1901
        assert max(years) <= 2099


def test_no_new_word_stands_in_the_reports_already() -> None:
    """Else two things would have one name; words of the table that are replaced themselves may come back."""
    table = read_table()
    old = {form for pool in table["pool"] for entry in pool["from"] for form in entry}
    new = {form for pool in table["pool"] for entry in pool["to"] for form in entry} - old
    text = "\n".join(file.read_text(encoding="utf-8") for file in (PROJECT / "seeds").glob("*.txt"))
    rewriter = Rewriter(Words({form: form for form in new}, {}))
    assert not rewriter.mentions(text)
    assert all(len(pool["to"]) >= len(pool["from"]) for pool in table["pool"])

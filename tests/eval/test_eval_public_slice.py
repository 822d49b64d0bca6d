"""Public articles are drawn whole, and written so that what is read back is what was given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.public.slice import MOST_SETS, Article, Gold, Page, Question, combine, sample, write_slice
from qa.load import find_files, load_file


def many(articles: int, questions: int, pages: int = 1) -> list[Article]:
    """Articles with so many questions and pages each."""
    asked = tuple(Question(f"Why {number}?", "near_miss", "abstained") for number in range(questions))
    return [
        Article(f"a{at}", tuple(Page(f"Text {at} {page}.") for page in range(pages)), asked)
        for at in range(articles)
    ]


@pytest.mark.parametrize(
    ("articles", "limit", "drawn", "asked"),
    [
        (many(8, 40), 30, 3, 30),
        (many(8, 40), 35, 4, 35),
        (many(2, 40), 60, 2, 60),
        (many(2, 3), 60, 2, 6),
        (many(50, 1), 20, 20, 20),
        (many(50, 1, pages=40), 20, 7, 7),
        (many(1, 5, pages=400), 3, 1, 3),
    ],
)
def test_a_sample_has_whole_articles(articles: list[Article], limit: int, drawn: int, asked: int) -> None:
    """Questions are spread over the articles drawn; the index stays small; the same seed draws the same."""
    chosen = sample(articles, limit, 4)
    sizes = [len(article.questions) for article in chosen]
    assert (len(chosen), sum(sizes)) == (drawn, asked)
    assert max(sizes) - min(sizes) <= 1
    assert all(len(article.documents) == len(articles[0].documents) for article in chosen)
    assert sample(articles, limit, 4) == chosen


def test_another_seed_draws_others() -> None:
    """Which articles are drawn depends on the seed."""
    drawn = {tuple(article.name for article in sample(many(30, 1), 3, seed)) for seed in range(5)}
    assert len(drawn) > 1


def test_each_place_is_in_a_set() -> None:
    """All combinations while they are few, and then as many as it takes to have each place once."""
    few = [[Gold(0, at, at + 1) for at in range(2)], [Gold(1, at, at + 1) for at in range(3)]]
    assert len(combine(few)) == 6
    lots = [[Gold(page, at, at + 1) for at in range(6)] for page in range(4)]
    assert len(combine(lots)) == 6 <= MOST_SETS
    assert {gold for one_set in combine(lots) for gold in one_set} == {
        gold for places in lots for gold in places
    }
    assert combine([[Gold(0, 0, 1)], []]) == ()


def test_odd_titles_and_texts_survive(tmp_path: Path) -> None:
    """Quotation marks, emoji and line breaks of any kind in titles and texts are written as they are."""
    text = "One line.\r\nAnother “line” 🚲."
    page = Page(text, 'A "title" \\ with 🚲')
    asked = Question(
        "Why?", "fact", "answered", answers=(("line",),), evidence=((Gold(0, 11, 18),),), alone=True
    )
    write_slice("rgb", [Article("a", (page,), (asked,))], tmp_path)
    ((root, file),) = find_files([tmp_path])
    document = load_file(root, file).document
    assert (document.title, document.text) == (page.title, text)
    row = json.loads((tmp_path / "cases.jsonl").read_text(encoding="utf-8"))
    assert row["evidence"] == [[{"document": file.name, "quote": "Another “line” 🚲."}]]
    assert row["family"] == row["id"]

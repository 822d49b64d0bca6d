"""Names beside the offices that a question uses in their place."""

from __future__ import annotations

import pytest
from support import make_document

from qa.office import with_names
from qa.split import split_sentences

TEXTS = tuple(
    tuple(split_sentences(make_document(text, name)))
    for name, text in {
        "a.txt": "Danish Foreign Minister Ida Vey met Norwegian President Ada Brook. Vey smiled.",
        "b.txt": "Norwegian President Tom Hale spoke. Defence Minister Bo Lind of Sweden did not.",
    }.items()
)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What did the Danish foreign minister do?", "What did the Danish foreign minister, Vey, do?"),
        ("What did Denmark's minister do?", "What did Denmark's minister, Vey, do?"),
        ("Who met the Danish minister?", "Who met the Danish minister, Vey?"),
        ("Was it the minister of Denmark, or another?", "Was it the minister of Denmark, Vey, or another?"),
        ("Did Sweden's defense minister speak?", "Did Sweden's defense minister speak?"),
        ("What did the Norwegian president say?", "What did the Norwegian president say?"),
        ("What did the Danish minister Vey say?", "What did the Danish minister Vey say?"),
        (
            "What did the Danish Foreign Minister Ida Vey do?",
            "What did the Danish Foreign Minister Ida Vey do?",
        ),
        ("What did the minister do?", "What did the minister do?"),
        ("What did the German minister do?", "What did the German minister do?"),
    ],
)
def test_an_office_has_its_name_beside_it(question: str, named: str) -> None:
    """Only with its country, where one alone is called so, and where the question has no name itself."""
    assert with_names(question, TEXTS) == named


def test_what_the_texts_are_narrowed_to_counts() -> None:
    """Among the reports of one event the president is one alone."""
    assert with_names("What did the Norwegian president say?", TEXTS[1:]) == (
        "What did the Norwegian president, Hale, say?"
    )

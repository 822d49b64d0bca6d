"""The sentences that the verifier is measured with are what they are called, and the measure counts right."""

from __future__ import annotations

import json
import random

import pytest

from training.perturb import MAKERS, perturbations
from training.verifier import (
    REPORTS,
    WRITTEN,
    Labelled,
    outcome,
    read_reports,
    report_sentences,
    table,
    wilson,
    written_sentences,
)

TEXT = "On Tuesday Brook told Dunn of Riga that at least 40 miles of road were not safe in Ostby."
POOL = "Erna Falk and Iven Rask stayed at home. Then Carl Moss went to see Ada Lund."


def dice(seed: int) -> random.Random:
    """The same throws for the same seed."""
    return random.Random(seed)  # noqa: S311  # nothing secret


@pytest.fixture(scope="module")
def written() -> list[Labelled]:
    """The hand-written sentences with their evidence."""
    return list(written_sentences(read_reports()))


def test_written_sentences_have_their_evidence(written: list[Labelled]) -> None:
    """Each points to a sentence of a report; both labels and both halves are there in number."""
    rows = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]
    assert len(rows) == len(written)
    for row in rows:
        assert row["quote"] in (REPORTS / row["report"]).read_text("utf-8")
        assert row["label"] in ("supported", "unsupported", "mendable")
        assert bool(row["kind"]) == (row["label"] != "supported")
    for held in (False, True):
        for true in (False, True):
            assert sum(item.true == true and item.held == held for item in written) >= 40


def test_no_false_sentence_is_let_through(written: list[Labelled]) -> None:
    """Precision on the hand-written sentences stays whole, and most of the true ones pass."""
    passed = [item for item in written if outcome(item) == "passed"]
    assert [item.text for item in passed if not item.true] == []
    assert len(passed) >= 0.7 * sum(item.true for item in written)


def test_sentences_of_reports_and_false_ones_of_them() -> None:
    """Verbatim sentences pass, sentences of a sister report or with one thing changed do not."""
    items = [
        item for item in report_sentences(read_reports()) if item.evidence.document.uri.startswith("bank-1")
    ]
    kinds = {item.kind for item in items}
    assert {"whole sentence", "sibling report", "number", "name", "polarity"} <= kinds
    assert all(outcome(item) == "passed" for item in items if item.true)
    assert [item.text for item in items if not item.true and outcome(item) == "passed"] == []


@pytest.mark.parametrize("kind", ["number", "unit", "date", "name", "polarity", "role", "hedge dropped"])
def test_a_perturbation_changes_one_thing(kind: str) -> None:
    """What is made differs from the sentence and is not in it; the same dice give the same."""
    made = [dict(perturbations(TEXT, TEXT, POOL, dice(3))) for _ in range(2)]
    assert made[0] == made[1]
    changed = made[0][kind]
    assert changed != TEXT
    assert changed.rstrip(".") not in TEXT
    assert abs(len(changed.split()) - len(TEXT.split())) <= 2


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_nothing_to_change_gives_nothing(kind: str) -> None:
    """A sentence without numbers, names, verbs of saying and the like is left alone."""
    assert MAKERS[kind]("Rain fell.", "Rain fell.", POOL, dice(1)) is None or kind == "opposite"


def test_two_names_that_met_are_not_swapped() -> None:
    """Swapping them would leave the sentence true."""
    text = "Yesterday Brook met Dunn."
    assert "role" not in dict(perturbations(text, text, POOL, dice(1)))


def test_the_table_counts(written: list[Labelled]) -> None:
    """Shares with intervals: a perfect judge's precision and recall come out as such."""
    true = [item for item in written if item.true and outcome(item) == "passed"][:3]
    false = [item for item in written if not item.true and outcome(item) == "rejected"][:4]
    lines = table([*true, *false]).splitlines()
    assert lines[0].startswith("- precision of “supported”: 100.0")
    assert lines[1].endswith("of 3")
    assert lines[2].startswith("- false sentences let through: 0.0")
    assert lines[3] == "- macro-F1: 100.0"
    assert wilson(0, 0) == "–"
    assert wilson(5, 10) == "50.0 (23.7–76.3) of 10"

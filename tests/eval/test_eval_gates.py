"""Gates are read with care and judged on what was measured."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from eval.metrics.summary import Metric, summarise
from eval.reporting.gates import EVERY_ANSWER, GATES, Bound, judge, read_gates, sections
from qa.errors import InputError


def metric(value: float | None) -> Metric:
    """A figure of that value."""
    return Metric("faithful", "Faithful", value, 3, math.nan, math.nan, "sentences")


@pytest.mark.parametrize(
    ("bound", "value", "missed"),
    [
        (Bound(0.9), 0.9, False),
        (Bound(0.9), 0.89, True),
        (Bound(0.9), None, False),
        (Bound(0.08, is_most=True), 0.08, False),
        (Bound(0.08, is_most=True), 0.09, True),
        (Bound(0.08, is_most=True), None, False),
    ],
)
def test_a_gate_is_missed_beyond_its_bound(bound: Bound, value: float | None, missed: bool) -> None:
    """The bound itself is enough; nothing measured misses nothing."""
    (gate,) = judge({"faithful": bound}, [metric(value)])
    assert gate.missed is missed


def test_a_bound_says_which_way() -> None:
    """As the report shows it."""
    assert str(Bound(0.9)) == "at least 90.0 %"
    assert str(Bound(0.08, is_most=True)) == "at most 8.0 %"


def test_the_shipped_gates_name_figures_that_exist() -> None:
    """Each gate of gates.toml can be judged, and the contract's are there for every tier."""
    gates = read_gates(GATES, (EVERY_ANSWER, "standard", "tiny", "standard_sealed"))
    assert len(judge(gates, summarise([]))) == len(gates)
    assert gates["spans_exact"] == gates["faithful"] == Bound(1.0)
    assert gates["over_refusal"].is_most
    assert read_gates(GATES, (EVERY_ANSWER, "none")).keys() == {"spans_exact", "sentences_cited", "faithful"}


def test_which_sections_hold() -> None:
    """Shares are judged on whole files only, and the sealed cases have bounds of their own on top."""
    assert sections("tiny") == (EVERY_ANSWER, "tiny")
    assert sections("tiny", part=True) == (EVERY_ANSWER,)
    assert sections("standard", sealed=True) == (EVERY_ANSWER, "standard", "standard_sealed")


def test_a_later_section_goes_before_an_earlier_one(tmp_path: Path) -> None:
    """The same figure in two sections has the later one's bound."""
    file = tmp_path / "gates.toml"
    file.write_text("[a]\nfaithful = 0.5\n[b]\nfaithful = { at_most = 0.7 }\n", encoding="utf-8")
    assert read_gates(file, ("a", "b")) == {"faithful": Bound(0.7, is_most=True)}
    assert read_gates(file, ("b", "a", "c")) == {"faithful": Bound(0.5)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[tiny\n", "cannot be read"),
        ("[tiny]\ncrag = 2\n", r"tiny\.crag: 2 is no number"),
        ("[tiny]\ncrag = true\n", r"tiny\.crag: True is no number"),
        ("[tiny]\ncrag = { at_least = 0.5 }\n", r"tiny\.crag: .* is no number"),
        ("tiny = 1\n", "section"),
    ],
)
def test_a_malformed_gate_is_named(tmp_path: Path, content: str, said: str) -> None:
    """Bad TOML, a figure that no share can be, a section that is none."""
    file = tmp_path / "gates.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_gates(file, ("tiny",))


def test_an_unknown_figure_is_named() -> None:
    """A misspelt gate must not pass in silence."""
    with pytest.raises(InputError, match='names "faithfull"'):
        judge({"faithfull": Bound(1.0)}, [metric(1.0)])

"""Gates are read with care and judged on what was measured."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from eval.gates import EVERY_ANSWER, GATES, judge, read_gates
from eval.metrics import Metric, summarise
from qa.errors import InputError


def metric(value: float | None) -> Metric:
    """A figure of that value."""
    return Metric("faithful", "Faithful", value, 3, math.nan, math.nan, "sentences")


@pytest.mark.parametrize(("value", "missed"), [(1.0, False), (0.99, True), (None, False)])
def test_a_gate_is_missed_below_its_figure(value: float | None, missed: bool) -> None:
    """The figure itself is enough; nothing measured misses nothing."""
    (gate,) = judge({"faithful": 1.0}, [metric(value)])
    assert gate.missed is missed


def test_the_shipped_gates_name_figures_that_exist() -> None:
    """Each gate of gates.toml can be judged, and the contract's are there for every tier."""
    gates = read_gates(GATES, (EVERY_ANSWER, "standard", "tiny"))
    assert len(judge(gates, summarise([]))) == len(gates)
    assert gates["spans_exact"] == gates["faithful"] == 1.0
    assert read_gates(GATES, (EVERY_ANSWER, "none")).keys() == {"spans_exact", "sentences_cited", "faithful"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[tiny\n", "cannot be read"),
        ("[tiny]\ncrag = 2\n", r"tiny\.crag: 2 is no number"),
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
        judge({"faithfull": 1.0}, [metric(1.0)])

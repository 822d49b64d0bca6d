"""The shape in which every benchmark gives its figures, and how they become a page.

A module `benchmarks/NAME.py` has `measure(quick: bool) -> Section`; `benchmarks/__main__.py` runs them all and
writes `results.md` with a plot beside it for each `Plot`. Times are best given as ratios to a floor that was
taken in the same run: what the work cannot do without, measured alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what it is, its value, the floor it stands on, the ratio of the two, and its target; each as
    it is shown, "" where there is none.
    """

    name: str
    value: str
    floor: str = ""
    ratio: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot: points (x, y), in the order of x."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture `NAME.svg`: curves over one pair of axes, each of which may be logarithmic."""

    name: str
    title: str
    x: str
    y: str
    curves: Sequence[Curve]
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its title, what was done and against what (a paragraph), the figures, the plots."""

    title: str
    text: str
    rows: Sequence[Row]
    plots: Sequence[Plot] = ()


def ratio(value: float, floor: float) -> str:
    """A value as a multiple of its floor."""
    return f"{value / floor:.2f}" if floor else ""


def as_markdown(section: Section) -> str:
    """A section as Markdown; columns that no row fills are left out."""
    names = ("", "measured", "floor", "ratio", "target")
    cells = [(row.name, row.value, row.floor, row.ratio, row.target) for row in section.rows]
    used = [at for at in range(len(names)) if at < 2 or any(row[at] for row in cells)]
    lines = [names, tuple("---" if not at else "---:" for at in range(len(names))), *cells]
    table = "\n".join(f"| {' | '.join(line[at] for at in used)} |" for line in lines)
    pictures = "".join(f"\n\n![{plot.title}]({plot.name}.svg)" for plot in section.plots)
    return f"## {section.title}\n\n{section.text}\n\n{table}{pictures}\n"

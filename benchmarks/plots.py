"""Plots of a results page as SVG files: lines over one pair of axes, no library, no script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from benchmarks.section import Plot

WIDTH, HEIGHT = 560, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 30, 84
COLOURS = ("#1b6ca8", "#c4511c", "#3c8c40", "#7d4fa3", "#8a6d1d", "#555555")


def svg(plot: Plot) -> str:
    """A plot as one SVG document."""
    points = [point for curve in plot.curves for point in curve.points]
    across, up = _Axis([x for x, _ in points], plot.log_x), _Axis([y for _, y in points], plot.log_y)
    body = [_text(WIDTH / 2, 18, plot.title, "middle", 14)]
    for tick in across.ticks:
        x = _x(across.at(tick))
        body += [
            _line(x, TOP, x, HEIGHT - BOTTOM, "#ddd"),
            _text(x, HEIGHT - BOTTOM + 16, _said(tick), "middle"),
        ]
    for tick in up.ticks:
        y = _y(up.at(tick))
        body += [_line(LEFT, y, WIDTH - RIGHT, y, "#ddd"), _text(LEFT - 6, y + 4, _said(tick), "end")]
    body.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 34, plot.x, "middle"))
    body.append(_text(LEFT, TOP - 6, plot.y, "end"))
    for at, curve in enumerate(plot.curves):
        colour = COLOURS[at % len(COLOURS)]
        places = [(_x(across.at(x)), _y(up.at(y))) for x, y in curve.points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        body.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{line}"/>')
        body += (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places)
        x, y = LEFT + (at % 2) * 250, HEIGHT - 32 + (at // 2) * 16
        body += [
            f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>',
            _text(x + 16, y, curve.name),
        ]
    height = HEIGHT + 16 * (len(plot.curves) // 5)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" font-family="sans-serif"><title>{escape(plot.title)}</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(body)}</svg>\n'
    )


class _Axis:
    """Values to shares of an axis from 0 to 1, and the values that are marked on it."""

    def __init__(self, values: Sequence[float], log: bool) -> None:
        self._log = log
        if log:
            low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
            high = max(high, low + 1)
            self._low, self._high = float(low), float(high)
            self.ticks = [10.0**power for power in range(low, high + 1)]
        else:
            step = 10 ** math.floor(math.log10(max(*values, 1e-9)))
            step = next(step * by for by in (0.2, 0.5, 1, 2) if max(values) <= 6 * step * by)
            count = math.ceil(max(values) / step)
            self._low, self._high = 0.0, count * step
            self.ticks = [number * step for number in range(count + 1)]

    def at(self, value: float) -> float:
        """The share of the axis at which a value stands."""
        here = math.log10(value) if self._log else value
        return (here - self._low) / (self._high - self._low)


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _said(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", size: int = 11) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'

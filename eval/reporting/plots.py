"""The report's plots as inline SVG: no library, no script; colours come from the page's style sheet.

Every function returns one `<svg>` element with a title and a description, or "" where there is nothing to
draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from eval.metrics.calibration import RISK, Bin, Step
from eval.metrics.summary import GroupRow, percentile

WIDTH = 420
LEFT, RIGHT, TOP, BOTTOM = 62, 18, 12, 44
MOST_BARS = 24
OUTCOMES = ("right", "asked back", "abstained", "wrong")


def outcomes_by_type(rows: Sequence[GroupRow]) -> str:
    """A bar for each type, its width shared among the outcomes; the line is the interval of the share right."""
    if not rows:
        return ""
    left, step, size = 112, 22, 14
    width = WIDTH - left - 40
    body = []
    for at, row in enumerate(rows):
        y, x = TOP + at * step, float(left)
        body.append(_text(left - 8, y + size - 3, row.name, "end"))
        for outcome, count in zip(OUTCOMES, (row.right, row.asked_back, row.abstained, row.wrong), strict=True):
            part = width * count / row.n
            if count:
                body.append(_rect(x, y, part, size, _css(outcome), f"{row.name}: {count} {outcome}"))
            x += part
        middle = y + size / 2
        body.append(_line(left + width * row.low, middle, left + width * row.high, middle, "whisker"))
        body.append(_text(WIDTH - 34, y + size - 3, f"n {row.n}"))
    bottom = TOP + len(rows) * step + 4
    body += (_text(left + width * at / 4, bottom + 12, f"{25 * at} %", "middle") for at in range(5))
    body += _legend(OUTCOMES, left, bottom + 24)
    return _svg("Outcomes by type of case", "Share of each outcome.", bottom + 40, body)


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """Mean confidence of each bin against its share of cases with an answer; on the diagonal it is right."""
    if not bins:
        return ""
    plot = _Frame(0.0, 1.0, 0.0, 1.0, 260)
    body = plot.axes("confidence", "have an answer", percent=True)
    body.append(_line(*plot.at(0, 0), *plot.at(1, 1), "guide"))
    for one in bins:
        (x, low), (_, high) = plot.at(one.confidence, one.interval[0]), plot.at(one.confidence, one.interval[1])
        said = f"confidence {one.confidence:.0%}, have an answer {one.share:.0%}, n {one.n}"
        body.append(_line(x, low, x, high, "error"))
        body.append(_dot(*plot.at(one.confidence, one.share), said))
    return _svg("Reliability of the confidence", "Points above the line are too modest.", plot.height, body)


def risk_coverage_curve(steps: Sequence[Step]) -> str:
    """Risk over coverage as the threshold falls, and the coverage at 2 % risk."""
    if not steps:
        return ""
    highest = max(0.1, *(step.risk for step in steps))
    plot = _Frame(0.0, 1.0, 0.0, math.ceil(highest * 10) / 10, 260)
    body = plot.axes("share of questions answered", "have no answer", percent=True)
    body.append(_line(*plot.at(0, RISK), *plot.at(1, RISK), "guide"))
    body.append(_path([plot.at(step.coverage, step.risk) for step in steps]))
    best = max((step for step in steps if step.risk <= RISK), key=lambda step: step.coverage, default=None)
    if best:
        said = f"{best.coverage:.0%} answered at {best.risk:.1%} risk, from confidence {best.confidence:.0%}"
        body.append(_dot(*plot.at(best.coverage, best.risk), said))
    return _svg("Risk and coverage", "Answering only the surest questions.", plot.height, body)


def latency_histogram(times: Sequence[float]) -> str:
    """How many answers took how long, in milliseconds; the last bar holds all slower ones."""
    if not times:
        return ""
    step = _nice(percentile(times, 98) / MOST_BARS)
    counts = [0] * _by_four(percentile(times, 98) / step + 1)
    for time in times:
        counts[min(len(counts) - 1, int(time / step))] += 1
    unit, scale = ("s", 1000.0) if step * len(counts) >= 10_000 else ("ms", 1.0)
    plot = _Frame(0.0, len(counts) * step / scale, 0.0, float(_by_four(max(counts))), 260)
    body = plot.axes(f"whole answer, {unit}", "answers")
    for at, count in enumerate(counts):
        (x, y), (right, zero) = plot.at(at * step / scale, count), plot.at((at + 1) * step / scale, 0)
        until = f"to {(at + 1) * step / scale:g}" if at + 1 < len(counts) else "and more"
        said = f"{at * step / scale:g} {until} {unit}: {count}"
        body.append(_rect(x + 0.5, y, right - x - 1, zero - y, "bar", said) if count else "")
    for percent, label in ((50, "median"), (95, "p95")):
        x, y = plot.at(min(percentile(times, percent), len(counts) * step) / scale, plot.high_y)
        body += (_line(x, y, x, plot.at(0, 0)[1], "guide"), _text(x + 3, y + 10, label))
    return _svg("Time to the whole answer", "A histogram.", plot.height, body)


class _Frame:
    """A plot's frame: data to pixels, and its axes."""

    def __init__(self, low_x: float, high_x: float, low_y: float, high_y: float, height: int) -> None:
        self.low_x, self.high_x, self.low_y, self.high_y = low_x, high_x, low_y, high_y
        self.height = height

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a point of the data."""
        across = (x - self.low_x) / (self.high_x - self.low_x)
        up = (y - self.low_y) / (self.high_y - self.low_y)
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            self.height - BOTTOM - up * (self.height - TOP - BOTTOM),
        )

    def axes(self, name_x: str, name_y: str, percent: bool = False) -> list[str]:
        """Grid, ticks and names of both axes; the upper one stands on its side."""
        body = []
        for at in range(5):
            x, y = (
                low + (high - low) * at / 4
                for low, high in ((self.low_x, self.high_x), (self.low_y, self.high_y))
            )
            (across, bottom), (left, up) = self.at(x, self.low_y), self.at(self.low_x, y)
            body.append(_line(left, up, WIDTH - RIGHT, up, "grid"))
            body.append(_text(left - 6, up + 4, _tick(y, percent), "end"))
            body.append(_text(across, bottom + 16, _tick(x, percent), "middle"))
        body.append(_text((LEFT + WIDTH - RIGHT) / 2, self.height - 8, name_x, "middle", "name"))
        middle = (TOP + self.height - BOTTOM) / 2
        body.append(
            f'<text class="name" text-anchor="middle" transform="translate(13 {middle:.1f}) rotate(-90)">'
            f"{escape(name_y)}</text>"
        )
        return body


def _tick(value: float, percent: bool) -> str:
    return f"{100 * value:.3g} %" if percent else f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _nice(value: float) -> float:
    """The next larger of 1, 2, 5, 10, 20, 50 and so on."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value)


def _by_four(value: float) -> int:
    """The next multiple of 4, so that each of the four ticks is a round number."""
    return 4 * math.ceil(value / 4)


def _svg(title: str, description: str, height: float, body: Iterable[str]) -> str:
    name = title.lower().replace(" ", "-")
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{''.join(body)}</svg>"
    )


def _legend(names: Sequence[str], x: float, y: float) -> list[str]:
    body: list[str] = []
    for name in names:
        body += (_rect(x, y, 10, 10, _css(name), name), _text(x + 14, y + 9, name))
        x += 28 + 6.2 * len(name)
    return body


def _css(outcome: str) -> str:
    return outcome.replace(" ", "-")


def _rect(x: float, y: float, width: float, height: float, style: str, said: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{style}" {place}><title>{escape(said)}</title></rect>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _path(points: Iterable[tuple[float, float]]) -> str:
    return f'<polyline class="curve" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _dot(x: float, y: float, said: str) -> str:
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"><title>{escape(said)}</title></circle>'


def _text(x: float, y: float, text: str, anchor: str = "start", style: str = "tick") -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

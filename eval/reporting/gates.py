"""The figures a run must reach, or must not pass, from eval/gates.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.metrics.summary import Metric
from qa.errors import InputError

GATES = Path(__file__).parents[1] / "gates.toml"
EVERY_ANSWER = "every_answer"
SEALED = "_sealed"
"""Ends the name of a tier's further section, judged on the sealed cases alone."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A share between 0 and 1 that a figure has to reach, or with `is_most` must not pass."""

    value: float
    is_most: bool = False

    def __str__(self) -> str:
        return f"{'at most' if self.is_most else 'at least'} {100 * self.value:.1f} %"


@dataclass(frozen=True, slots=True)
class Gate:
    """A figure and its bound; a figure without anything to measure misses no gate."""

    metric: Metric
    bound: Bound

    @property
    def missed(self) -> bool:
        """Whether the figure was measured and is on the wrong side."""
        value = self.metric.value
        if value is None:
            return False
        return value > self.bound.value if self.bound.is_most else value < self.bound.value


def sections(tier: str, *, part: bool = False, sealed: bool = False) -> tuple[str, ...]:
    """The sections of gates.toml that hold for a run; of a part of the cases no share is judged."""
    of_tier = () if part else (tier, tier + SEALED) if sealed else (tier,)
    return (EVERY_ANSWER, *of_tier)


def read_gates(file: Path, sections: Sequence[str]) -> dict[str, Bound]:
    """The gates of these sections by key of the metric, a later section's before an earlier one's; a section
    that the file lacks has none.

    Raises:
        InputError: the file cannot be read, or a gate is no number between 0 and 1.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"{file} cannot be read: {error}.", "Correct it; its comments say its form."
        ) from error
    gates: dict[str, Bound] = {}
    for section in sections:
        table = tables.get(section, {})
        if not isinstance(table, dict):
            raise InputError(f'{file}: "{section}" is not a section.', "Write it as [section].")
        gates |= {key: _bound(value, f"{file}, {section}.{key}") for key, value in table.items()}
    return gates


def judge(gates: Mapping[str, Bound], metrics: Sequence[Metric]) -> tuple[Gate, ...]:
    """Each gate beside its figure.

    Raises:
        InputError: a gate names a figure that does not exist.
    """
    by_key = {metric.key: metric for metric in metrics}
    for key in gates:
        if key not in by_key:
            raise InputError(f'A gate names "{key}", which is no figure.', f"Use one of: {', '.join(by_key)}.")
    return tuple(Gate(by_key[key], bound) for key, bound in gates.items())


def _bound(value: object, where: str) -> Bound:
    """A number is the least; `{ at_most = 0.08 }` is the most."""
    is_most = isinstance(value, dict)
    number = value.get("at_most") if isinstance(value, dict) and set(value) == {"at_most"} else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number <= 1:
        raise InputError(
            f"{where}: {value} is no number between 0 and 1.",
            "Correct it: 0.9 for the least, { at_most = 0.08 } for the most.",
        )
    return Bound(float(number), is_most)

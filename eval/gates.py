"""The figures a run must reach, from gates.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.metrics import Metric
from qa.errors import InputError

GATES = Path(__file__).with_name("gates.toml")
EVERY_ANSWER = "every_answer"


@dataclass(frozen=True, slots=True)
class Gate:
    """A figure and the least it must be; a figure without anything to measure misses no gate."""

    metric: Metric
    at_least: float

    @property
    def missed(self) -> bool:
        """Whether the figure was measured and is too low."""
        return self.metric.value is not None and self.metric.value < self.at_least


def read_gates(file: Path, sections: Sequence[str]) -> dict[str, float]:
    """The gates of these sections by key of the metric; a section that the file lacks has none.

    Raises:
        InputError: the file cannot be read, or a gate is no number between 0 and 1.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"{file} cannot be read: {error}.", "Correct it; its comments say its form."
        ) from error
    gates: dict[str, float] = {}
    for section in sections:
        table = tables.get(section, {})
        if not isinstance(table, dict):
            raise InputError(f'{file}: "{section}" is not a section.', "Write it as [section].")
        for key, value in table.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
                raise InputError(
                    f"{file}, {section}.{key}: {value} is no number between 0 and 1.", "Correct it."
                )
            gates[key] = float(value)
    return gates


def judge(gates: Mapping[str, float], metrics: Sequence[Metric]) -> tuple[Gate, ...]:
    """Each gate beside its figure.

    Raises:
        InputError: a gate names a figure that does not exist.
    """
    by_key = {metric.key: metric for metric in metrics}
    for key in gates:
        if key not in by_key:
            raise InputError(f'A gate names "{key}", which is no figure.', f"Use one of: {', '.join(by_key)}.")
    return tuple(Gate(by_key[key], at_least) for key, at_least in gates.items())

"""The log of looks at the sealed cases: a line for each, kept in the repository."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.metrics.summary import Metric
from eval.reporting.report import Run, number

SEALED_LOOKS = Path(__file__).parents[1] / "sealed_looks.md"
HEADLINES = ("facts_right", "answerable_right", "abstention_recall", "over_refusal", "faithful", "spans_exact")


def log_look(file: Path, run: Run, n: int, metrics: Sequence[Metric]) -> None:
    """Append a line about a look at `n` sealed cases; figures that were not measured stay empty."""
    by_key = {metric.key: metric for metric in metrics}
    if not file.exists():
        head = ("date (UTC)", "commit", "tier", "cases", *(by_key[key].label for key in HEADLINES))
        rule = " | ".join("---" for _ in head)
        file.write_text(
            f"# Looks at the sealed cases\n\nWritten by `python -m eval --sealed`, a line each time.\n\n"
            f"| {' | '.join(head)} |\n| {rule} |\n",
            encoding="utf-8",
        )
    values = (by_key[key].value for key in HEADLINES)
    cells = (run.created, run.commit, run.tier, str(n), *("" if v is None else number(v) for v in values))
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"| {' | '.join(cells)} |\n")

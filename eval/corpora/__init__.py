"""Further corpora with cases of their own: each is a folder here and an index of its own; none is tuned on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus: its name, the folder of its documents (with `sources.toml`), and its file of cases."""

    name: str
    documents: Path
    cases: Path


def find_corpora(root: Path = HERE) -> tuple[Corpus, ...]:
    """The corpora below `root`, by name: each folder that has both `documents/` and `cases.jsonl`."""
    return tuple(
        Corpus(file.parent.name, file.parent / "documents", file)
        for file in sorted(root.glob("*/cases.jsonl"))
        if (file.parent / "documents").is_dir()
    )

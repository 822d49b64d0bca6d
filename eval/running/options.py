"""What a run is asked to do: the options of the command line as one record."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa.config import Tier

MOST_JOBS = 4
WORTH_A_PROCESS = 30
"""Cases that take about as long as loading the libraries once more."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to run, and how.

    - `files` and `public` (pairs of kind and path) replace the splits; `documents` is what `files` are about.
    - `jobs`: questions asked at a time, None for `default_jobs`; `cache`: the folder of remembered answers,
      None for `eval-cache` in the data directory, not used at all with `no_cache`.
    - `baseline`: an earlier run's folder or results.jsonl to compare with.
    - `ablations`, `peer`: ask the cases again of Dateline without one part, and of LlamaIndex's engine.
    - `worlds`: seeds of rewritten collections to ask about as well.
    """

    out: Path
    files: tuple[Path, ...] = ()
    split: Literal["dev", "validation"] | None = None
    sealed: bool = False
    documents: Path | None = None
    tier: Tier | None = None
    limit: int | None = None
    smoke: bool = False
    jobs: int | None = None
    resume: bool = False
    cache: Path | None = None
    no_cache: bool = False
    baseline: Path | None = None
    ablations: bool = False
    peer: bool = False
    worlds: tuple[int, ...] = ()
    public: tuple[tuple[str, Path], ...] = ()

    @property
    def is_part(self) -> bool:
        """Whether only some of the cases run, too few to judge shares by."""
        return self.smoke or self.limit is not None

    @property
    def is_default(self) -> bool:
        """Whether all open cases run, so that the further collections belong into the report."""
        chosen = self.files or self.split or self.documents or self.public
        return not (chosen or self.sealed or self.is_part)


def default_jobs(has_model: bool, cases: int) -> int:
    """How many questions at a time: a core each up to four, where there are enough cases to make up for what a
    further process costs at its start; one where a model answers, which takes turns.
    """
    if has_model:
        return 1
    return max(1, min(os.cpu_count() or 1, MOST_JOBS, cases // WORTH_A_PROCESS))

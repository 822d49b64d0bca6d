"""Which answers need not be asked for again: those of an interrupted run, and those of the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.running.fingerprint import fingerprint, key
from eval.running.journal import Journal, prune
from eval.running.options import Options
from eval.schema.cases import Case
from eval.systems.asked import Asked
from eval.systems.system import System
from qa.config import Settings

CACHE = "eval-cache"


@dataclass(frozen=True, slots=True)
class Memory:
    """The answers of one system about one folder. `of` is their fingerprint, `results` the file that grows
    while cases are asked, `cache` the one that stays, None for no cache; `resume` keeps what `results` holds.
    """

    of: str
    results: Journal
    cache: Journal | None = None
    resume: bool = False

    def begin(self, cases: Sequence[Case]) -> dict[int, Asked]:
        """What is known already, by the position of the case; whatever else `results` holds is cleared.

        Raises:
            InputError: a file cannot be read or written.
        """
        known = self.cache.read() if self.cache else {}
        if self.resume:
            known |= self.results.read()
        else:
            self.results.clear()
        keys = {position: key(self.of, case) for position, case in enumerate(cases)}
        return {position: known[name] for position, name in keys.items() if name in known}

    def add(self, case: Case, asked: Asked) -> None:
        """Keep what came back: for a resumed run, and in the cache where asking again would give the same.

        Raises:
            InputError: a file cannot be written.
        """
        if not asked.is_lasting:
            return
        name, about = key(self.of, case), {"id": case.id, "question": case.question}
        self.results.add(name, asked, about)
        if self.cache:
            self.cache.add(name, asked, about)


def remember(system: System, results: Path, options: Options) -> Memory:
    """The memory of a system whose results go to the file `results`.

    A model on a server of the user's is not cached: nothing tells when it changes.
    """
    of = fingerprint(system.settings, system.documents, system.name, system.sources)
    folder = cache_folder(system.settings, options)
    if folder:
        prune(folder)
    return Memory(
        of, Journal(results), Journal(folder / f"{of[:16]}.jsonl") if folder else None, options.resume
    )


def cache_folder(settings: Settings, options: Options) -> Path | None:
    """Where answers are remembered; None for nowhere."""
    if options.no_cache or settings.llm_base_url:
        return None
    return options.cache or settings.data_dir / CACHE

"""Who can be asked: Dateline, Dateline without one of its parts, and the stock engine beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from eval.systems.asked import Asks
from qa.config import Settings

DATELINE = "Dateline"
PEER = "LlamaIndex CitationQueryEngine"


@dataclass(frozen=True, slots=True)
class System:
    """Something that answers questions about a folder of documents; calling it opens it over a new index.

    It can be sent to another process. The index lies in a temporary folder; the user's own is left alone.
    """

    name: str
    settings: Settings
    documents: Path

    def __call__(self) -> AbstractContextManager[Asks]:
        """Open it.

        Raises (on entering):
            DatelineError: it cannot be opened.
        """
        return self._open()

    @property
    def sources(self) -> tuple[str, ...]:
        """The modules of eval/ that make it what it is: its answers change with them."""
        own = {DATELINE: (), PEER: ("peer.py", "bench.py")}.get(self.name, ("ablations.py", "bench.py"))
        return tuple(f"systems/{name}" for name in own)

    @contextmanager
    def _open(self) -> Iterator[Asks]:
        from qa.llm.catalogue import wanted_tier

        with tempfile.TemporaryDirectory(prefix="dateline-eval-") as folder:
            update = {
                "data_dir": Path(folder),
                "seed_dir": self.documents.resolve(),
                "chroma_url": None,
                "llm_tier": wanted_tier(self.settings),
            }
            with _opener(self.name)(self.settings.model_copy(update=update)) as system:
                yield system


def _opener(name: str) -> Callable[[Settings], AbstractContextManager[Asks]]:
    if name == DATELINE:
        return open_dateline
    if name == PEER:
        from eval.systems.peer import open_peer

        return open_peer
    from eval.systems.ablations import ABLATIONS

    return ABLATIONS[name].open


@contextmanager
def open_dateline(settings: Settings) -> Iterator[Asks]:
    """Dateline as users get it, everything loaded."""
    from qa.dateline import Dateline

    with Dateline.open(settings, own=True) as dateline:
        # The first answer waits for the model to load; no case's time should.
        dateline.ask("Is everything loaded?")
        yield dateline

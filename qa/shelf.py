"""The collections of a data directory, asked by one process: model and embedder are loaded once for all.

One is shown first and open all the time. Others are opened when they are first asked for, and those that nobody
asks any more are closed when too many are open.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from qa.config import Settings, is_collection_name
from qa.dateline import Dateline, Engine, owned
from qa.errors import BusyError, InputError, NotFoundError
from qa.ingest import collections
from qa.ingest.collections import Held
from qa.ingest.upkeep import index_exists, require_index
from qa.llm.client import LanguageModel
from qa.storage.vectors import let_go

MOST_OPEN = 8  # besides the one shown first
LAST_SECONDS = 5.0  # that what was begun while nobody asked may take to end
PATIENCE = 20.0  # seconds that a collection to be taken out may still be in use


@dataclass(eq=False, slots=True)
class _Place:
    """A collection that is in use, or was: opened by its first user, closed once there is none."""

    users: int = 0
    dateline: Dateline | None = None
    opening: threading.Lock = field(default_factory=threading.Lock)
    warming: threading.Thread | None = None

    def close(self) -> None:
        if self.dateline is not None:
            self.dateline.close()
        if self.warming is not None:
            self.warming.join(LAST_SECONDS)


class Shelf:
    """Lends the collections of a data directory; safe to use from several threads. Made by `Shelf.open`."""

    def __init__(self, settings: Settings, engine: Engine, own: bool) -> None:
        self._settings = settings
        self._engine = engine
        self._own = own
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._going: set[str] = set()
        self._changed = threading.Condition()
        self._changing = threading.Lock()  # of what collections there are
        self._resources = ExitStack()
        self.first = Dateline.on(engine, settings, own=own)

    @classmethod
    def open(cls, settings: Settings, model: LanguageModel | None = None, *, own: bool = False) -> Self:
        """Open the collection of the settings, and lend the others; with `own` this process owns the data
        directory and may change them.

        Raises:
            BusyError, StorageError, IndexUnusableError: the data directory or the index cannot be used.
            NotFoundError: there is no such collection.
            ModelError: the embedding model or the reranker cannot be used.
        """
        with ExitStack() as resources:
            if own:
                resources.enter_context(owned(settings))
                collections.sweep(settings)
            else:
                require_index(settings)
            engine = resources.enter_context(Engine.running(settings, model))
            shelf = cls(settings, engine, own)
            shelf._resources = resources.pop_all()
            return shelf

    def close(self) -> None:
        """Close all collections, stop the model and let go of the data directory."""
        with self._changed:
            places = list(self._places.values())
            self._places.clear()
        for place in (*places, _Place(dateline=self.first)):
            place.close()
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ready(self) -> tuple[bool, str]:
        """Whether the first collection and the model are loaded, and if not what is missing."""
        return self.first.ready()

    def warm(self) -> None:
        """Do once, while nobody asks, what the first questions to the first collection would wait for."""
        self.first.warm()

    def names(self) -> tuple[str, ...]:
        """The names of all collections, the one shown first first."""
        others = (name for name in collections.names(self._settings) if name != self.first.name)
        return (self.first.name, *others)

    def held(self) -> tuple[Held, ...]:
        """All collections, the one shown first first."""
        return collections.held(self._settings, self.names())

    @contextmanager
    def lend(self, name: str = "") -> Iterator[Dateline]:
        """A collection for the length of a block, opened if need be; the first one without a name.

        Raises:
            NotFoundError: there is none of this name.
            StorageError, IndexUnusableError: it cannot be opened.
        """
        if name in ("", self.first.name):
            yield self.first
            return
        with self._changed:
            if name in self._going or not self._is_there(name):
                raise NotFoundError(
                    f"There is no collection {name[:40]!r}.",
                    "GET /api/collections or `qa collections` lists them.",
                )
            place = self._places.setdefault(name, _Place())
            place.users += 1
            self._places.move_to_end(name)
        try:
            with place.opening:
                if place.dateline is None:
                    place.dateline = Dateline.on(self._engine, self._settings.of(name), own=self._own)
                    place.warming = _in_background(place.dateline.warm)
            yield place.dateline
        finally:
            with self._changed:
                place.users -= 1
                self._changed.notify_all()
                self._put_away()

    def make_collection(self, name: str) -> Held:
        """Make an empty collection; needs `own`.

        Raises:
            InputError: the name cannot be used, or is taken.
            StorageError: it cannot be written.
        """
        settings = self._settings.of(name)
        with self._changing:
            collections.make(settings)
        return Held(name, 0)

    def remove_collection(self, name: str) -> None:
        """Take a whole collection out; needs `own`. Nobody can ask it any more, and who does is waited for.

        Raises:
            NotFoundError: there is none of this name.
            InputError: it is the default one, or the one shown first.
            BusyError: it is still being asked.
            StorageError: it cannot be taken out.
        """
        if not is_collection_name(name):
            raise NotFoundError(f"There is no collection {name[:40]!r}.", "GET /api/collections lists them.")
        settings = self._settings.of(name)
        collections.check_removable(settings)
        if name == self.first.name:
            raise InputError("The collection that is shown first stays.", "Serve another one first.")
        with self._leaving(name) as place:
            if place is not None:
                place.close()
            with self._changing:
                collections.remove(settings)

    @contextmanager
    def _leaving(self, name: str) -> Iterator[_Place | None]:
        """Lend a collection to nobody, once those who have it gave it back; what was open of it."""
        with self._changed:
            if name in self._going:
                raise BusyError(f"The collection {name} is being taken out.", "Wait a moment.")
            self._going.add(name)
        try:
            with self._changed:
                place = self._places.get(name)
                if place and not self._changed.wait_for(lambda: not place.users, PATIENCE):
                    raise BusyError(f"The collection {name} is being asked.", "Try again in a moment.")
                self._places.pop(name, None)
            yield place
        finally:
            with self._changed:
                self._going.discard(name)

    def _is_there(self, name: str) -> bool:
        return is_collection_name(name) and index_exists(self._settings.of(name))

    def _put_away(self) -> None:
        """Close what could not be opened, and of too many those that were asked longest ago."""
        unused = [name for name, place in self._places.items() if not place.users]
        failed = [name for name in unused if self._places[name].dateline is None]
        opened = [name for name in unused if name not in failed]
        for name in (*failed, *opened[: max(0, len(self._places) - len(failed) - MOST_OPEN)]):
            self._places.pop(name).close()
            let_go(self._settings.of(name))


def _in_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name="warm-collection", daemon=True)
    thread.start()
    return thread

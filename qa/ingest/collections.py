"""Several collections in one data directory: which there are, making one, taking a whole one out.

A collection is there when its index is; so it comes and goes by one renaming. The default one lies in the data
directory itself, each other one in a folder of its own below `collections`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from qa.config import DEFAULT_COLLECTION, Settings, is_collection_name
from qa.errors import InputError, NotFoundError, StorageError
from qa.ingest.upkeep import DOCUMENTS, index_exists, make_index, require_index
from qa.storage.store import DocumentStore
from qa.storage.vectors import drop_unused, let_go

GONE = ".gone-"  # the folder of a collection that is being taken out


@dataclass(frozen=True, slots=True)
class Held:
    """A collection by its name; `documents` says how many it holds, None where it cannot be read."""

    name: str
    documents: int | None


def names(settings: Settings) -> tuple[str, ...]:
    """The names of the collections that there are, the default one first."""
    default = (DEFAULT_COLLECTION,) if index_exists(settings.of(DEFAULT_COLLECTION)) else ()
    found = (path.parent.parent.name for path in settings.collections_dir.glob(f"*/index/{DOCUMENTS}"))
    others = (name for name in found if is_collection_name(name) and name != DEFAULT_COLLECTION)
    return (*default, *sorted(others))


def held(settings: Settings, named: Iterable[str]) -> tuple[Held, ...]:
    """Those of the names that are collections, in order."""
    return tuple(found for name in named if (found := _held(settings.of(name))) is not None)


def _held(settings: Settings) -> Held | None:
    try:
        return Held(settings.collection, count(settings))
    except NotFoundError:  # it went meanwhile
        return None
    except StorageError:  # whoever asks it is told why
        return Held(settings.collection, None)


def count(settings: Settings) -> int:
    """How many documents the collection of the settings holds.

    Raises:
        NotFoundError: there is no such collection.
        IndexUnusableError, StorageError: it cannot be read.
    """
    with closing(DocumentStore(require_index(settings))) as store:
        return store.document_count()


def make(settings: Settings) -> None:
    """Make the collection of the settings, empty. The caller holds `lock_data_dir`.

    Raises:
        InputError: it is there already.
        StorageError: it cannot be written.
    """
    if index_exists(settings):
        raise InputError(f"There is a collection {settings.collection} already.", "Give another name.")
    sweep(settings)
    make_index(settings)


def remove(settings: Settings) -> None:
    """Take the collection of the settings out, with what was uploaded to it; its files elsewhere stay. The
    caller holds `lock_data_dir`.

    Raises:
        NotFoundError: there is no such collection.
        InputError: it is the default one.
        StorageError: it cannot be taken out.
    """
    check_removable(settings)
    sweep(settings)
    let_go(settings)
    try:
        settings.collection_dir.rename(settings.collections_dir / f"{GONE}{settings.collection}")
    except OSError as error:
        raise StorageError(
            f"The collection {settings.collection} cannot be taken out: {error.strerror}.",
            f"Check the permissions of {settings.collections_dir}.",
        ) from error
    sweep(settings)


def check_removable(settings: Settings) -> None:
    """Whether the collection of the settings is there and may be taken out.

    Raises:
        NotFoundError: there is no such collection.
        InputError: it is the default one.
    """
    if settings.collection == DEFAULT_COLLECTION:
        raise InputError("The default collection stays.", "`qa remove ID` takes single documents out of it.")
    require_index(settings)


def sweep(settings: Settings) -> None:
    """Finish what a killed removal began. The caller holds `lock_data_dir`.

    Raises:
        StorageError: files or vectors that are to go cannot be removed.
    """
    for left in settings.collections_dir.glob(f"{GONE}*"):
        named = settings.of(left.name.removeprefix(GONE))
        if settings.chroma_url is not None and not index_exists(named):  # one that is there again mends itself
            drop_unused(named, "")
        try:
            shutil.rmtree(left)
        except OSError as error:
            raise StorageError(
                f"{left} cannot be removed: {error.strerror}.", "Check its permissions."
            ) from error

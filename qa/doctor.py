"""Check an installation and say, for each thing that is wrong, what to do."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version

from qa.config import DEFAULT_COLLECTION, Settings
from qa.engines import look_at_engines
from qa.errors import DatelineError

PACKAGES = ("chromadb", "gradio", "llama-index-core", "sentence-transformers", "torch", "xllamacpp")
LEAST_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; `remedy` says what to do when it is not `ok`."""

    ok: bool
    what: str
    remedy: str = ""


def diagnose(settings: Settings) -> Iterator[Finding]:
    """Check everything, one finding at a time; nothing is changed but a probe file in the data directory."""
    yield from _check_packages()
    yield from _check_names()
    yield from _check_storage(settings)
    for name in _collections(settings):
        yield from _check_index(settings.of(name))
    yield from _check_embedder(settings)
    yield from _check_models(settings)
    yield from (Finding(*one) for one in look_at_engines(settings))
    yield _check_port(settings)


def _check_packages() -> Iterator[Finding]:
    yield Finding(
        sys.version_info >= (3, 11), f"Python {sys.version.split()[0]}", "Dateline needs Python 3.11 or newer."
    )
    missing = [name for name in PACKAGES if not _installed(name)]
    yield Finding(
        not missing,
        f"Packages: {', '.join(missing)} not installed" if missing else "Packages are installed",
        "Run `make install`.",
    )


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _check_names() -> Iterator[Finding]:
    """Variables that look like settings and are none: most likely misspelt."""
    known = {f"QA_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith("QA_") and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "docs/settings.md lists every setting."
            yield Finding(False, f"{name} is set, but there is no such setting", hint)


def _check_storage(settings: Settings) -> Iterator[Finding]:
    from qa.storage.lock import make_data_dir

    finding = _tried(lambda: make_data_dir(settings), f"Data directory {settings.data_dir} can be written")
    yield finding
    if finding.ok:
        free = shutil.disk_usage(settings.data_dir).free
        yield Finding(
            free >= LEAST_FREE_BYTES,
            f"Disk: {free / 1e9:,.1f} GB free",
            f"Free at least {LEAST_FREE_BYTES / 1e9:.1f} GB; the standard model needs 1.2 GB more.",
        )


def _collections(settings: Settings) -> Sequence[str]:
    """All that there are, and the one of the settings, whether it is there or not."""
    from qa.ingest.collections import names

    return tuple(dict.fromkeys([settings.collection, *names(settings)]))


def _check_index(settings: Settings) -> Iterator[Finding]:
    from qa.index import built_with, count_documents
    from qa.ingest.upkeep import expected, matches

    def count() -> str:
        return f"{what}: {count_documents(settings)} documents"

    default = settings.collection == DEFAULT_COLLECTION
    what = "Index" if default else f"Index of the collection {settings.collection}"
    finding = _tried(count, what)
    yield finding
    if finding.ok:
        yield Finding(
            matches(settings),
            f"{what} was built with {built_with(settings)}",
            f"Now {expected(settings)} is set: run `qa ingest --rebuild`, or set QA_EMBED_MODEL back.",
        )


def _check_embedder(settings: Settings) -> Iterator[Finding]:
    from qa.embed import check_default, default_folder

    if settings.embed_model is None:
        yield _tried(lambda: check_default(default_folder()), "Embedding model has the published checksum")


def _check_models(settings: Settings) -> Iterator[Finding]:
    from qa.llm import model_status

    if settings.llm_base_url is not None:
        return  # looked at with the engines
    try:
        rows = model_status(settings, check=True)
    except DatelineError as error:
        yield Finding(False, error.message, error.hint)
        return
    for row in rows:
        state = "has the published checksum" if row.verified else "is damaged" if row.present else "is not here"
        if row.present or row.chosen:
            yield Finding(
                bool(row.verified),
                f"Model {row.tier}{' (chosen)' if row.chosen else ''} {state}",
                f"Run `qa model get {row.tier}`.",
            )


def _check_port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return Finding(
                False,
                f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}",
                "If that is Dateline itself, all is well; else stop the other program or set QA_PORT.",
            )
    return Finding(True, f"Port {settings.port} on {settings.host} is free")


def _tried(check: Callable[[], str | None], what: str) -> Finding:
    try:
        return Finding(True, check() or what)
    except DatelineError as error:
        return Finding(False, error.message, error.hint)

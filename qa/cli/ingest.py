"""`qa ingest`: bring files and folders in, look what would change, follow folders, build the index anew."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.cli.stopping import STOPPED, stop_kindly
from qa.config import Settings
from qa.errors import InputError

if TYPE_CHECKING:
    from tqdm import tqdm

    from qa.ingest.report import IngestReport

MOST_FAILURES = 20  # that are told line by line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `qa ingest` takes."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--prune", action="store_true", help="remove documents whose file has vanished")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    parser.add_argument("--watch", action="store_true", help="go on following the folders until Ctrl-C")
    parser.add_argument(
        "--rebuild", action="store_true", help="embed all stored documents anew, for another QA_EMBED_MODEL"
    )
    parser.add_argument(
        "--ray",
        nargs="?",
        const="local",
        metavar="ADDRESS",
        help="have Ray embed, on a cluster or, without an address, here (QA_RAY)",
    )
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run it; 1 when a file was left out, 130 when it was stopped."""
    from qa.load import find_files

    _check(arguments)
    if arguments.ray:
        settings = settings.model_copy(update={"ray": arguments.ray})
    list(find_files(arguments.paths))  # a bad path fails before anything loads
    if arguments.dry_run:
        return _look(arguments, settings)
    if arguments.rebuild and (stopped := _rebuild(arguments, settings)):
        return stopped
    if not arguments.paths:
        return 0
    return _watch(arguments, settings) if arguments.watch else _bring_in(arguments, settings)


def _check(arguments: argparse.Namespace) -> None:
    if not arguments.paths and not arguments.rebuild:
        raise InputError("There is nothing to ingest.", "Give files or folders: `qa ingest PATH`.")
    if arguments.dry_run and (arguments.watch or arguments.rebuild):
        raise InputError(
            "--dry-run changes nothing, so it goes with neither --watch nor --rebuild.", "Leave one."
        )
    files = [path for path in arguments.paths if arguments.watch and path.is_file()]
    if files:
        raise InputError(f"{files[0].name} is a file; --watch follows folders.", "Give the folder it is in.")


def _look(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.ingest.report import Looking
    from qa.ingest.sync import survey
    from qa.ingest.upkeep import index_path

    with _bar() as progress:
        report = survey(
            settings, index_path(settings), arguments.paths, Looking(progress), prune=arguments.prune
        )
    if arguments.json:
        print(json.dumps({"dry_run": True, **report.as_dict()}, ensure_ascii=False, indent=2))
    else:
        for line in _lines(report):
            print(line)
        print(f"{_summary(report)}; nothing was changed.")
    return _failures(report.failed, told=not arguments.json)


def _lines(report: IngestReport) -> Iterator[str]:
    """What would change, a line each."""
    yield from (f"add      {name}" for name in report.added)
    yield from (f"replace  {name}" for name in report.replaced)
    yield from (f"rename   {old} -> {new}" for old, new in report.renamed)
    yield from (f"remove   {name}" for name in report.removed)
    yield from (f"missing  {name} (its file is gone or ignored; --prune removes it)" for name in report.missing)
    yield from (f"skip     {name}" for name, _ in report.failed)


def _bring_in(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.ingest.report import Looking
    from qa.ingest.upkeep import open_writer
    from qa.storage.lock import lock_data_dir

    with (
        lock_data_dir(settings),
        open_writer(settings, **_embedding(settings)) as (writer, store),
        stop_kindly("stopping; what is done stays. Ctrl-C again stops at once.") as stop,
        _bar() as progress,
    ):
        report = writer.ingest(arguments.paths, Looking(progress, stop.is_set), prune=arguments.prune)
        total = store.document_count()
    _tell(report, total, as_json=arguments.json)
    failed = _failures(report.failed, told=not arguments.json)
    return STOPPED if report.stopped else failed


def _watch(arguments: argparse.Namespace, settings: Settings) -> int:
    """Bring in, again and again; whatever fails is told once until it is mended."""
    from qa.ingest.upkeep import open_writer
    from qa.ingest.watch import follow
    from qa.storage.lock import lock_data_dir

    told: set[tuple[str, str]] = set()
    with (
        lock_data_dir(settings),
        open_writer(settings, **_embedding(settings)) as (writer, store),
        stop_kindly("stopping; what is done stays.") as stop,
    ):
        for number, report in enumerate(
            follow(writer, arguments.paths, stop, prune=arguments.prune, ignore=settings.data_dir)
        ):
            if report.changed or not number:
                _tell(report, store.document_count(), as_json=arguments.json)
            _failures([pair for pair in report.failed if pair not in told])
            told = set(report.failed)
            if not number and not arguments.json:
                print("Following the folders; Ctrl-C ends it.", flush=True)
    return 0


def _rebuild(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.ingest.upkeep import rebuild
    from qa.storage.lock import lock_data_dir

    with (
        lock_data_dir(settings),
        stop_kindly("stopping; the index stays as it was. Ctrl-C again stops at once.") as stop,
        _bar("Rebuilding", "document") as progress,
    ):
        total = rebuild(settings, progress, stop.is_set, **_embedding(settings))
    if total is None:
        print("qa: the rebuild was stopped; the index is as it was.", file=sys.stderr)
        return STOPPED
    if not arguments.json or not arguments.paths:
        print(json.dumps({"rebuilt": total}) if arguments.json else f"Rebuilt the index of {total} documents.")
    return 0


def _embedding(settings: Settings) -> dict[str, Any]:
    """What embeds, and how many times larger batches it is given."""
    if settings.ray is None:
        return {}
    from qa.embed_ray import TIMES, RayEmbedder

    return {"embedder": RayEmbedder, "times": TIMES}


def _tell(report: IngestReport, total: int, *, as_json: bool) -> None:
    if as_json:
        done = {"dry_run": False, **report.as_dict(), "documents": total}
        print(json.dumps(done, ensure_ascii=False, indent=2), flush=True)
        return
    stopped = "Stopped: " if report.stopped else ""
    print(f"{stopped}{_summary(report)}; {total} documents in the index.", flush=True)


def _summary(report: IngestReport) -> str:
    parts: dict[str, Sized] = {
        "added": report.added,
        "replaced": report.replaced,
        "renamed": report.renamed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "missing": report.missing,
        "left out": report.failed,
    }
    return ", ".join(f"{len(names)} {what}" for what, names in parts.items() if names) or "Nothing found"


def _failures(failed: Sequence[tuple[str, str]], *, told: bool = True) -> int:
    """Tell what was left out and why, the first of many; 1 when there was anything."""
    if told:
        for name, reason in failed[:MOST_FAILURES]:
            print(f"qa: {name} was left out: {reason}", file=sys.stderr)
        if (more := len(failed) - MOST_FAILURES) > 0:
            print(f"qa: {more} more were left out; `--json` lists them all.", file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def _bar(label: str = "Indexing", unit: str = "file") -> Iterator[Any]:
    """Progress with rate and remaining time on a terminal, none elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    bars: list[tqdm[Any]] = []

    def _at(done: int, total: int, name: str) -> None:
        from tqdm import tqdm

        if not bars:
            bars.append(tqdm(total=total, desc=label, unit=unit, file=sys.stderr, dynamic_ncols=True))
        bars[0].set_postfix_str(name[:32], refresh=False)
        bars[0].update(done - bars[0].n)

    try:
        yield _at
    finally:
        for bar in bars:
            bar.close()

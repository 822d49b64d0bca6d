"""`qa backup`, `qa restore`, `qa export`: the collection as one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from qa.config import Settings


def add_file(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The file that each of them takes."""
    parser.add_argument("file", type=Path, metavar="FILE")
    return parser


def add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    """What `qa restore` takes."""
    add_file(parser).add_argument("--replace", action="store_true", help="also where there is an index already")


def backup(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the index, vectors and corrections included, into one file."""
    from qa.ingest.backup import back_up

    print(f"Backed up {back_up(settings, arguments.file)} documents to {arguments.file}.")
    return 0


def restore(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make a backup the index."""
    from qa.errors import NotFoundError
    from qa.ingest import backup
    from qa.storage.lock import lock_data_dir

    if not arguments.file.is_file():
        raise NotFoundError(f"There is no file {arguments.file}.", "Check the path and run again.")
    with lock_data_dir(settings):
        count = backup.restore(settings, arguments.file, replace=arguments.replace)
    print(f"Restored {count} documents from {arguments.file}.")
    return 0


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write every document as a line of JSON."""
    from qa.ingest import backup

    print(f"Exported {backup.export(settings, arguments.file)} documents to {arguments.file}.")
    return 0

"""`qa collections`: which there are, and taking a whole one out."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from qa.config import Settings


def add_collections(parser: argparse.ArgumentParser) -> None:
    """What `qa collections` takes: nothing to list them, or an action."""
    parser.description = "List the collections, or take one out."
    parser.set_defaults(run=listed)
    parser.add_argument("--json", action="store_true", help="print as JSON")
    actions = parser.add_subparsers(metavar="ACTION")
    action = actions.add_parser("remove", help="take a whole one out", description="Take a whole one out.")
    action.add_argument("name", metavar="NAME")
    action.add_argument("--yes", action="store_true", help="it is meant")
    action.set_defaults(run=removed)


def listed(arguments: argparse.Namespace, settings: Settings) -> int:
    """List the collections, a line each."""
    from qa.ingest.collections import held, names

    found = held(settings, names(settings))
    if arguments.json:
        print(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            print(f"{one.name:40}  {_counted(one.documents)}")
    return 0


def _counted(documents: int | None) -> str:
    if documents is None:
        return "cannot be read: `qa doctor` says why"
    return f"{documents:,} document{'' if documents == 1 else 's'}"


def removed(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take a whole collection out, when that is meant."""
    from qa.errors import InputError
    from qa.ingest.collections import check_removable, held, remove
    from qa.storage.lock import lock_data_dir

    named = settings.of(arguments.name)
    check_removable(named)
    if not arguments.yes:
        (found,) = held(settings, [named.collection])
        raise InputError(
            f"The collection {found.name} ({_counted(found.documents)}) is not taken out without --yes.",
            "Files outside the data directory stay.",
        )
    with lock_data_dir(named):
        remove(named)
    print(f"Removed the collection {named.collection}.")
    return 0

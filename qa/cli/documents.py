"""`qa sources`, `qa correct`, `qa remove`: what is indexed, and what the user does to it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from qa.config import Settings
from qa.metadata.corrections import DATES, FIELDS, corrected_fields
from qa.metadata.described import described
from qa.records import Document


def add_correct_arguments(parser: argparse.ArgumentParser) -> None:
    """What `qa correct` takes."""
    parser.add_argument("id", metavar="ID")
    for field in FIELDS:
        what = "YYYY-MM-DD" if field in DATES else "TEXT"
        parser.add_argument(f"--{_option(field)}", dest=field, metavar=what, help=f"the {_words(field)}")
    parser.add_argument(
        "--clear",
        action="append",
        default=[],
        choices=[_option(field) for field in FIELDS],
        metavar="FIELD",
        help="take a correction back: " + ", ".join(map(_option, FIELDS)),
    )


def correct(arguments: argparse.Namespace, settings: Settings) -> int:
    """Put values of the user's in place of what was read, or take them back."""
    from qa.ingest.upkeep import open_writer, require_index
    from qa.metadata.corrections import checked
    from qa.storage.lock import lock_data_dir

    given = {field: value for field in FIELDS if (value := getattr(arguments, field)) is not None}
    clear = {option.replace("-", "_") for option in arguments.clear}
    checked(given, clear)  # a bad value fails before anything loads
    require_index(settings)
    with lock_data_dir(settings), open_writer(settings) as (writer, _):
        document = writer.correct(arguments.id, given, clear)
    fields = ", ".join(map(_words, corrected_fields(document)))
    print(_line(document))
    print(f"Corrected by you: {fields}." if fields else "Nothing is corrected any more.")
    return 0


def remove(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take a document out."""
    from qa.ingest.upkeep import open_writer, require_index
    from qa.storage.lock import lock_data_dir

    require_index(settings)
    with lock_data_dir(settings), open_writer(settings) as (writer, store):
        held = store.some([arguments.id])
        writer.remove(arguments.id)
    print(f"Removed {arguments.id} ({held[arguments.id].uri}).")
    return 0


def sources(arguments: argparse.Namespace, settings: Settings) -> int:
    """List what is indexed."""
    from qa.index import stored_documents
    from qa.likeness import copies_among

    documents = stored_documents(settings)
    copies = copies_among(documents)
    if arguments.json:
        listed = [described(document, copies) for document in documents]
        print(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        for document in documents:
            print(_line(document, copies))
    return 0


def _line(document: Document, copies: Mapping[str, str] | None = None) -> str:
    notes = [f"also {uri}" for uri in document.uris[1:]]
    if original := (copies or {}).get(document.id):
        notes.append(f"a copy of {original}")
    if fields := corrected_fields(document):
        notes.append(f"corrected: {', '.join(map(_words, fields))}")
    more = f"  [{'; '.join(notes)}]" if notes else ""
    return f"{document.id}  {document.event.label or '-':28}  {document.title}  ({document.uri}){more}"


def _option(field: str) -> str:
    return field.replace("_", "-")


def _words(field: str) -> str:
    return field.replace("_", " ")

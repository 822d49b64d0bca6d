"""What a change to names, files or corrections means for documents, passages and vectors; nothing is written.

A text under several names is one document, described as the last of them by path describes it, and corrected
as the user did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa.likeness import is_copy
from qa.metadata.corrections import corrected
from qa.records import Document, Passage
from qa.split import split_passages
from qa.storage.rows import Name, pack, unpack
from qa.storage.seen import Seen
from qa.storage.store import DocumentStore, Step


@dataclass(frozen=True, slots=True)
class Change:
    """What comes and goes: names, with the documents that are new among `texts`; files as they were seen; the
    corrections of some documents.
    """

    names: Sequence[Name] = ()
    gone: Sequence[Name] = ()
    texts: Mapping[str, Document] = field(default_factory=dict)
    seen: Mapping[Path, Seen | None] = field(default_factory=dict)
    corrections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has to be done: `fresh` passages need vectors before the `step` may be taken."""

    fresh: Sequence[tuple[Document, Passage]]
    step: Step


def reckon(store: DocumentStore, change: Change) -> Outcome:
    """What a change comes to, given what is stored."""
    held = store.names_at(name.path for name in change.names)
    touched = {name.document_id for name in (*change.names, *change.gone, *held.values())}
    touched |= change.corrections.keys()
    stored = store.some(sorted(touched))
    names = _names_after(store, change, sorted(touched))
    inherited = _inherited(store, change, held, stored)
    corrections = {**store.corrections(sorted(touched)), **inherited, **change.corrections}
    documents = [
        _in_force(change.texts.get(one) or stored[one], names[one], corrections.get(one, {}))
        for one in sorted(names)
    ]
    before = {one: _passages(document) for one, document in stored.items()}
    after = {document.id: _passages(document) for document in documents}
    gone = sorted(stored.keys() - names.keys())
    written = [item for item in documents if item.id not in stored or pack(item) != pack(stored[item.id])]
    return Outcome(
        fresh=[
            (item, passage)
            for item in written
            for key, passage in after[item.id].items()
            if key not in before.get(item.id, {})
        ],
        step=Step(
            documents=[(item, tuple(after[item.id])) for item in written],
            names=change.names,
            gone_paths=[
                name.path for name in change.gone if name.path not in {new.path for new in change.names}
            ],
            gone_documents=gone,
            seen=change.seen,
            strays=[key for one, keys in before.items() for key in keys if key not in after.get(one, {})],
            corrections={**inherited, **change.corrections},
        ),
    )


def _names_after(store: DocumentStore, change: Change, touched: Sequence[str]) -> dict[str, list[Name]]:
    """The names that each document has then, by path; a document without any is not among them."""
    moving = {name.path for name in (*change.names, *change.gone)}
    found: dict[str, list[Name]] = {}
    before = [name for names in store.names_of(touched).values() for name in names if name.path not in moving]
    for name in (*before, *{name.path: name for name in change.names}.values()):
        found.setdefault(name.document_id, []).append(name)
    return {one: sorted(names, key=lambda name: name.path) for one, names in found.items()}


def _in_force(document: Document, names: Sequence[Name], corrections: Mapping[str, str]) -> Document:
    told = names[-1].told
    return corrected(document if told is None else unpack(told, document), corrections)


def _inherited(
    store: DocumentStore, change: Change, held: Mapping[Path, Name], stored: Mapping[str, Document]
) -> dict[str, dict[str, str]]:
    """Corrections that pass to a new edition of a text from the one it replaces, but to no other text."""
    before = {name.path: held[name.path].document_id for name in change.names if name.path in held}
    kept = store.corrections({*before.values(), *change.texts})
    found = {}
    for name in change.names:
        old = before.get(name.path, name.document_id)
        values = kept.get(old, {})
        new = change.texts.get(name.document_id)
        replaces = new is not None and old != new.id and old in stored and not kept.get(new.id)
        if values and new is not None and replaces and is_copy(stored[old].text, new.text):
            found[new.id] = values
    return found


def _passages(document: Document) -> dict[str, Passage]:
    return {passage.id: passage for passage in split_passages(document)}

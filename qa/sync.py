"""What changed between the files and the index: found by looking, before anything is written.

A file whose size, times and inode are as they were when it was last read is not read again. All others are read
and compared by content, so a touched file is unchanged and a renamed one is known again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from qa import __version__
from qa.config import Settings
from qa.errors import InputError
from qa.load import SIDECAR, Loaded, find_files, load_file
from qa.rows import Name, pack
from qa.seen import Seen, is_gone, look
from qa.store import DocumentStore

Progress = Callable[[int, int, str], None]
"""Told how many files of how many are done, and the last one's name."""

Cancelled = Callable[[], bool]
"""Asked between files whether to stop."""

_TRIES = 3  # to read a file that changes meanwhile


@dataclass(slots=True)
class IngestReport:
    """What an ingest did, or would do, by paths from the folders given; `renamed` pairs the old name with the
    new, `failed` a file with what is wrong with it. `missing` are names whose file is gone and which stay, for
    want of `prune`; `unsettled` files that were still being written; `stopped` is whether it was ended before
    all was done.
    """

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    stopped: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything in the index is, or would be, other than before."""
        return bool(self.added or self.replaced or self.renamed or self.removed)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types; of unchanged files only the number."""
        return {
            "added": self.added,
            "replaced": self.replaced,
            "renamed": [{"from": old, "to": new} for old, new in self.renamed],
            "removed": self.removed,
            "missing": self.missing,
            "failed": [{"file": name, "reason": reason} for name, reason in self.failed],
            "unchanged": len(self.unchanged),
            "stopped": self.stopped,
        }


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that was read: the texts in it that must be written, and the names that they replace."""

    file: Path
    seen: Seen
    texts: tuple[Loaded, ...] = ()
    gone: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Looking:
    """How to look: `settle` is for how many seconds a file must have been left alone to be read."""

    progress: Progress | None = None
    cancelled: Cancelled = lambda: False
    settle: float = 0.0


class Survey:
    """One look at files and folders; `report` fills while `changes` is drawn."""

    def __init__(
        self, settings: Settings, store: DocumentStore, paths: Sequence[Path], looking: Looking
    ) -> None:
        self.report = IngestReport()
        self._settings = settings
        self._store = store
        self._looking = looking
        self._roots = [path.expanduser().resolve() for path in paths]
        self._files = _distinct(find_files(paths))
        self._names = store.names()
        self._seen = store.seen()
        self._by_document: dict[str, set[Path]] = {}
        self._by_file: dict[Path, set[Path]] = {}
        for name in self._names.values():
            self._by_document.setdefault(name.document_id, set()).add(name.path)
            self._by_file.setdefault(name.file, set()).add(name.path)
        self._context = cache(self._read_context)

    def changes(self) -> Iterator[FileChange]:
        """Each file that had to be read and could be, in order.

        Raises:
            InputError: the only path given is a file that cannot be read.
        """
        waiting = [(root, file, now) for root, file, now in self._looked() if not self._is_unchanged(file, now)]
        for done, (root, file, _) in enumerate(waiting, start=1):
            if self._looking.cancelled():
                self.report.stopped = True
                return
            if (change := self._read(root, file)) is not None:
                yield change
            if self._looking.progress:
                self._looking.progress(done, len(waiting), file.name)

    def vanished(self, *, prune: bool) -> list[Name]:
        """The names whose file was below the given folders and is no more; they count as removed with `prune`,
        else as missing. None when the look was stopped.
        """
        if self.report.stopped:
            return []
        there = {file for _, file in self._files}
        found = [
            name
            for name in self._names.values()
            if name.file not in there
            and any(name.file.is_relative_to(root) for root in self._roots)
            and is_gone(name.file)
        ]
        (self.report.removed if prune else self.report.missing).extend(self._shown(name.path) for name in found)
        return found

    def _looked(self) -> Iterator[tuple[Path, Path, Seen | None]]:
        for root, file in self._files:
            try:
                yield root, file, look(file, self._context(file.parent))
            except (OSError, InputError):  # whoever reads it tells why
                yield root, file, None

    def _is_unchanged(self, file: Path, now: Seen | None) -> bool:
        before = self._seen.get(file)
        if now is None or before is None or not before.still(now):
            return False
        self.report.unchanged.append(self._shown(file))
        return True

    def _read(self, root: Path, file: Path) -> FileChange | None:
        """The file's texts as they differ from what is stored; None when it could not be read."""
        try:
            seen, texts = self._read_whole(root, file)
        except InputError as error:
            if self._roots == [file]:
                raise
            self.report.failed.append((self._shown(file), str(error)))
            return None
        if seen.read_ns - seen.mtime_ns < self._looking.settle * 1e9:
            self.report.unsettled.append(self._shown(file))
            return None
        return self._compared(file, seen, texts)

    def _read_whole(self, root: Path, file: Path) -> tuple[Seen, tuple[Loaded, ...]]:
        """A file as it was both before and after it was read."""
        try:
            for _ in range(_TRIES):
                before = look(file, self._context(file.parent))
                texts = (load_file(root, file, inferring=self._settings.infer_metadata),)
                if before.same_file(look(file)):
                    return before, texts
        except OSError as error:
            raise InputError(
                f"{file.name} cannot be read: {error.strerror}.", "Check that it is there and run again."
            ) from error
        raise InputError(
            f"{file.name} changed while it was read.", "Run again when nothing writes to it any more."
        )

    def _compared(self, file: Path, seen: Seen, texts: tuple[Loaded, ...]) -> FileChange:
        before = self._by_file.get(file, set())
        paths = {loaded.path for loaded in texts}
        gone = [self._names[path] for path in sorted(before - paths)]
        changed = [loaded for loaded in texts if self._differs(loaded)]
        moved = [] if before else [old for loaded in changed if (old := self._moved_from(loaded)) is not None]
        if not before and changed:
            self._note_new(file, moved)
        else:
            (self.report.replaced if changed or gone else self.report.unchanged).append(self._shown(file))
        self._keep(file, changed, (*gone, *moved))
        return FileChange(file, seen, tuple(changed), (*gone, *moved))

    def _note_new(self, file: Path, moved: Sequence[Name]) -> None:
        if moved:
            self.report.renamed.append((self._shown(moved[0].file), self._shown(file)))
        else:
            self.report.added.append(self._shown(file))

    def _differs(self, loaded: Loaded) -> bool:
        """Whether a text, or what is known of it, is other than what is stored under its name."""
        held = self._names.get(loaded.path)
        if held is None or held.document_id != loaded.document.id:
            return True
        told = held.told or pack(self._store.some([held.document_id])[held.document_id])
        return told != pack(loaded.document)

    def _moved_from(self, loaded: Loaded) -> Name | None:
        """The name that the same text had before, when its file is gone."""
        for path in sorted(self._by_document.get(loaded.document.id, ())):
            if is_gone(self._names[path].file):
                return self._names[path]
        return None

    def _shown(self, path: Path) -> str:
        """A path as the report names it: from the folder that was given."""
        root = next((root for root in self._roots if root != path and path.is_relative_to(root)), path.parent)
        return path.relative_to(root).as_posix()

    def _keep(self, file: Path, changed: Sequence[Loaded], gone: Sequence[Name]) -> None:
        """Look on as if it were written."""
        for name in gone:
            del self._names[name.path]
            self._by_document[name.document_id].discard(name.path)
        for loaded in changed:
            new = name_of(file, loaded)
            if (held := self._names.get(new.path)) is not None:
                self._by_document[held.document_id].discard(new.path)
            self._names[new.path] = new
            self._by_document.setdefault(new.document_id, set()).add(new.path)

    def _read_context(self, folder: Path) -> str:
        """What else than a file's content decides what is read of it: the sidecar, a setting, the program."""
        sidecar = folder / SIDECAR
        told = sidecar.read_bytes() if sidecar.is_file() else b""
        parts = (told, __version__.encode(), str(self._settings.infer_metadata).encode())
        return hashlib.sha256(b"\x00".join(parts)).hexdigest()[:16]


def survey(
    settings: Settings, index: Path | None, paths: Sequence[Path], looking: Looking, *, prune: bool
) -> IngestReport:
    """What an ingest would do to the index in this file, or to none; nothing is changed or made.

    Raises:
        NotFoundError, InputError: a path does not exist, or a file given by name cannot be read.
        IndexUnusableError, StorageError: there is an index and it cannot be read.
    """
    with closing(DocumentStore(index)) as store:
        look = Survey(settings, store, paths, looking)
        for _ in look.changes():
            pass
        look.vanished(prune=prune)
        return look.report


def name_of(file: Path, loaded: Loaded) -> Name:
    """The name of a text that was read from a file."""
    return Name(loaded.path, file, loaded.document.uri, loaded.document.id, pack(loaded.document))


def _distinct(found: Iterable[tuple[Path, Path]]) -> list[tuple[Path, Path]]:
    """Each file once, in order, however many of the given paths lead to it."""
    by_file: dict[Path, Path] = {}
    for root, file in found:
        by_file.setdefault(file, root)
    return [(root, file) for file, root in sorted(by_file.items())]

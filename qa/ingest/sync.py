"""What changed between the files and the index: found by looking, before anything is written.

A file whose size, times and inode are as they were when it was last read whole is not read again. All others
are read and compared by content, document by document, so a touched file is unchanged and a renamed one is
known again. What a file holds no longer goes; what in it could not be read stays as it is stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa import __version__
from qa.config import Settings
from qa.errors import InputError
from qa.formats.builder import printable
from qa.formats.limits import Limits
from qa.ingest.report import IngestReport, Looking
from qa.load import SIDECAR, Batch, Loaded, find_files, is_ignored, load_documents
from qa.storage.rows import Name, pack
from qa.storage.seen import Seen, is_gone, look
from qa.storage.store import DocumentStore

_TRIES = 3  # to read a file that changes meanwhile


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that was read: the texts in it that must be written, and the names that they replace. `seen` is
    None when something in it could not be read, so that it is read, and told of, the next time as well.
    """

    file: Path
    seen: Seen | None
    texts: tuple[Loaded, ...] = ()
    gone: tuple[Name, ...] = ()


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
        self._limits = Limits.of(settings)
        self._context = cache(self._read_context)

    def changes(self) -> Iterator[FileChange]:
        """Each file that had to be read and could be, at least in part, in order.

        Raises:
            InputError: the only path given is a file that cannot be read.
        """
        waiting = [(root, file) for root, file, now in self._looked() if not self._is_unchanged(file, now)]
        for done, (root, file) in enumerate(waiting, start=1):
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
            and (is_gone(name.file) or is_ignored(name.file))
        ]
        told = self.report.removed if prune else self.report.missing
        told.extend(self._shown(name.file, name.path) for name in found)
        return found

    def _looked(self) -> Iterator[tuple[Path, Path, Seen | None]]:
        for root, file in self._files:
            yield root, file, self._look(file)

    def _look(self, file: Path) -> Seen | None:
        """The file as it is now; None when it cannot be looked at: reading it tells why."""
        try:
            return look(file, self._context(file.parent))
        except OSError:
            return None

    def _is_unchanged(self, file: Path, now: Seen | None) -> bool:
        before = self._seen.get(file)
        if now is None or before is None or not before.still(now):
            return False
        self.report.unchanged += [self._shown(file, path) for path in sorted(self._by_file.get(file, ()))]
        return True

    def _read(self, root: Path, file: Path) -> FileChange | None:
        """How the file differs from what is stored; None when nothing of it could be read, or not yet."""
        try:
            found = self._read_whole(root, file)
        except InputError as error:
            if self._roots == [file]:
                raise
            self.report.failed.append((self._shown(file), str(error)))
            return None
        if found is None:
            self.report.unsettled.append(self._shown(file))
            return None
        seen, batch = found
        shown = self._shown(file)
        self.report.failed += [(shown + name.removeprefix(file.name), why) for name, why in batch.left_out]
        return self._compared(file, seen, batch) if batch.documents else None

    def _read_whole(self, root: Path, file: Path) -> tuple[Seen, Batch] | None:
        """A file as it was both before and after it was read; None while it is being written."""
        try:
            for _ in range(_TRIES):
                before = self._look(file)
                # A file of the future, as when the clock was set back, is no file that was just written.
                if before and 0 <= before.read_ns - before.mtime_ns < self._looking.settle * 1e9:
                    return None
                inferring = self._settings.infer_metadata
                batch = load_documents(root, file, inferring=inferring, limits=self._limits)
                if before and before.same_file(look(file)):
                    return before, batch
        except OSError as error:
            raise InputError(
                f"{file.name} cannot be read: {error.strerror}.", "Check that it is there and run again."
            ) from error
        raise InputError(
            f"{file.name} changed while it was read.", "Run again when nothing writes to it any more."
        )

    def _compared(self, file: Path, seen: Seen, batch: Batch) -> FileChange:
        texts = {loaded.path: loaded for loaded in batch.documents}
        held = self._by_file.get(file, set())
        kept = _unread(held, file, batch)
        gone = {path: self._names[path] for path in sorted(held - texts.keys() - kept)}
        changed = [loaded for loaded in texts.values() if self._differs(loaded)]
        moved = self._moved(changed, gone)
        self._note(file, texts, changed, gone, moved)
        left = tuple((gone | {name.path: name for name in moved.values()}).values())
        self._keep(file, changed, left)
        return FileChange(file, None if batch.left_out else seen, tuple(changed), left)

    def _note(
        self,
        file: Path,
        texts: Iterable[Path],
        changed: Sequence[Loaded],
        gone: Mapping[Path, Name],
        moved: Mapping[Path, Name],
    ) -> None:
        """Put into the report what becomes of each document in a file, and of those that it held."""
        report, written = self.report, {loaded.path for loaded in changed}
        for path in texts:
            shown = self._shown(file, path)
            if path not in written:
                report.unchanged.append(shown)
            elif path in moved:
                report.renamed.append((self._shown(moved[path].file, moved[path].path), shown))
            else:
                (report.replaced if path in self._names else report.added).append(shown)
        olds = {name.path for name in moved.values()}
        report.removed += [self._shown(file, path) for path in gone if path not in olds]

    def _differs(self, loaded: Loaded) -> bool:
        """Whether a text, or what is known of it, is other than what is stored under its name."""
        held = self._names.get(loaded.path)
        if held is None or held.document_id != loaded.document.id:
            return True
        told = held.told or pack(self._store.some([held.document_id])[held.document_id])
        return told != pack(loaded.document)

    def _moved(self, changed: Sequence[Loaded], gone: Mapping[Path, Name]) -> dict[Path, Name]:
        """By the paths of texts under new names: the names that they had before, no name for two of them."""
        found: dict[Path, Name] = {}
        taken: set[Path] = set()
        for loaded in changed:
            if loaded.path in self._names:
                continue
            for path in sorted(self._by_document.get(loaded.document.id, set()) - taken):
                if path in gone or is_gone(self._names[path].file):
                    found[loaded.path] = self._names[path]
                    taken.add(path)
                    break
        return found

    def _shown(self, file: Path, path: Path | None = None) -> str:
        """A file, or the path of a document in it, as the report names it: from the folder that was given."""
        root = next((root for root in self._roots if root != file and file.is_relative_to(root)), file.parent)
        return printable((path or file).relative_to(root).as_posix())

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
        """What else than a file's content decides what is read of it: the sidecar, settings, the program."""
        sidecar = folder / SIDECAR
        told = sidecar.read_bytes() if sidecar.is_file() else b""
        rest = f"{__version__} {self._settings.infer_metadata} {self._limits}"
        return hashlib.sha256(told + b"\x00" + rest.encode()).hexdigest()[:16]


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


def _unread(held: Iterable[Path], file: Path, batch: Batch) -> set[Path]:
    """Those of the paths in a file that are, or lie in, what of it could not be read."""
    unread = {str(file.parent / name) for name, _ in batch.left_out}
    first = len(str(file))

    def _ends(path: str) -> Iterator[int]:
        yield from (at for at in range(first, len(path)) if path[at] in "/#")
        yield len(path)

    return {path for path in held if any(str(path)[:end] in unread for end in _ends(str(path)))}


def _distinct(found: Iterable[tuple[Path, Path]]) -> list[tuple[Path, Path]]:
    """Each file once, in order, however many of the given paths lead to it."""
    by_file: dict[Path, Path] = {}
    for root, file in found:
        by_file.setdefault(file, root)
    return [(root, file) for file, root in sorted(by_file.items())]

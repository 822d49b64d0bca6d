"""Files that come in over HTTP: kept as they are in a folder of the data directory, and indexed from there.

A file gets its place only whole, and keeps it only if it could be indexed; otherwise what was there before
comes back. While files change, a folder beside them holds what is not settled: the next start sees by it that a
killed process left something, and has index and files agree again.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from qa.errors import ClosingError, InputError, StorageError
from qa.load import file_of
from qa.metadata.described import described
from qa.records import Document
from qa.server.incoming import FAILED, check_kinds, fate_of, safe_name, what_came

if TYPE_CHECKING:
    from qa.config import Settings
    from qa.dateline import Dateline
    from qa.ingest.report import IngestReport
    from qa.shelf import Shelf

INCOMING = ".incoming-"
OUTGOING = ".outgoing-"
BEFORE = ".before"
UNREAD = "The server ended before it was read. Send it again."


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of an upload: the report, the documents that the index now holds of it, and which of all its
    documents are copies.
    """

    report: IngestReport
    documents: tuple[Document, ...]
    copies: Mapping[str, str]


class Changes:
    """Changes to the documents of collections; those to one collection take turns."""

    def __init__(self, shelf: Shelf, settings: Settings, ending: Callable[[], bool] = lambda: False) -> None:
        self._shelf = shelf
        self._settings = settings
        self._ending = ending
        self._locks: dict[str, threading.Lock] = {}

    @contextmanager
    def of(self, collection: str) -> Iterator[Uploads]:
        """The uploads of a collection, to be changed by nobody else for the length of a block, which blocks.

        Raises:
            NotFoundError: there is no collection of this name.
        """
        with self._shelf.lend(collection) as dateline:
            folder = self._settings.of(dateline.name).uploads_dir
            with self._locks.setdefault(dateline.name, threading.Lock()):
                yield Uploads(dateline, folder, self._ending)

    def recover(self) -> None:
        """See Uploads.recover, for each collection."""
        for name in self._shelf.names():
            if _left(self._settings.of(name).uploads_dir):
                with self.of(name) as uploads:
                    uploads.recover()


class Uploads:
    """A collection with its folder of uploaded files; the caller sees to it that changes take turns. All
    methods block. `ending` is asked between two files whether to stop.
    """

    def __init__(self, dateline: Dateline, folder: Path, ending: Callable[[], bool] = lambda: False) -> None:
        self._dateline = dateline
        self._folder = folder
        self._ending = ending

    def recover(self) -> None:
        """Bring index and files in line where a killed process left off: an upload that got its place is
        indexed, one that did not is gone, and a deletion is finished, or was none.

        Raises:
            StorageError: the folder cannot be written; and what `Dateline.ingest` raises.
        """
        left = _left(self._folder)
        if not left:
            return
        try:
            self._take_back(one for one in left if one.name.startswith(OUTGOING))
            report = self._ingest_all()
            for before in (one / BEFORE for one in left):
                for file in before.glob("*"):
                    if fate_of(file.name, report)[0] == FAILED:
                        file.replace(self._folder / file.name)
            for one in left:
                shutil.rmtree(one)
            self._drop_unknown()
        except OSError as error:
            raise _unwritable(self._folder, error) from error

    def _ingest_all(self) -> IngestReport:
        """Index every file of the folder that is not indexed as it is."""
        from qa.ingest.report import IngestReport

        files = sorted(file for file in self._folder.iterdir() if file.is_file())
        try:
            return self._dateline.ingest(files)
        except InputError:  # the only one, and it cannot be read
            return IngestReport()

    def _take_back(self, left: Iterator[Path]) -> None:
        """Files of deletions that did not come to the index: they have their places again."""
        known = self._known()
        for folder in left:
            for file in folder.iterdir():
                if file.name in known:
                    file.replace(self._folder / file.name)

    def _drop_unknown(self) -> None:
        """Files that were found unusable have their places for a moment only."""
        known = self._known()
        for file in self._folder.iterdir():
            if file.is_file() and file.name not in known:
                file.unlink()

    def _known(self) -> set[str]:
        """The names of the files that the index holds."""
        return {self._file_of(uri) for document in self._dateline.documents() for uri in document.uris}

    def bring_in(self, files: Sequence[tuple[str, BinaryIO]]) -> Uploaded:
        """Keep and index files, each with the name it was sent under; one of the same name is replaced.

        Of several, those that cannot be read are told of in the report; one alone raises.

        Raises:
            UnsupportedError: a file is of a kind that cannot be read; nothing was changed.
            InputError: a name is missing or given twice, or no file could be read; nothing was changed.
            StorageError: the folder cannot be written; and what `Dateline.ingest` raises.
            ClosingError: the server ended before any file was read; nothing was changed.
        """
        names = [safe_name(name) for name, _ in files]
        if len(set(names)) < len(names):
            raise InputError("Two files have the same name.", "Send them one after the other or rename one.")
        with self._staged(names, [file for _, file in files]) as staging:
            report = self._index(names, staging)
        taken = {self._uri(name) for names in what_came(report).values() for name in names}
        documents = (one for one in self._dateline.documents() if taken & set(one.uris))
        return Uploaded(report, tuple(documents), self._dateline.copies())

    def correct(self, document_id: str, values: Mapping[str, str], clear: Collection[str]) -> dict[str, Any]:
        """Correct a document, or take corrections back; what is known of it then.

        Raises:
            NotFoundError: there is none with this id.
            InputError: a value cannot be used.
        """
        document = self._dateline.correct(document_id, values, clear)
        return described(document, self._dateline.copies())

    def remove(self, document_id: str) -> None:
        """Take a document out of the index, and its files out of the folder where they came by upload.

        Raises:
            NotFoundError: there is none with this id.
        """
        uris = self._dateline.document(document_id).uris
        # A file of that name may hold or be another document, whose folder may be called the same.
        others = [
            uri
            for document in self._dateline.documents()
            for uri in document.uris
            if document.id != document_id
        ]
        gone = {self._file_of(uri) for uri in uris} - {self._file_of(uri) for uri in others}
        with self._set_aside(gone - {""}):
            self._dateline.remove(document_id)

    @contextmanager
    def _set_aside(self, names: set[str]) -> Iterator[None]:
        """Files that are gone when the block ends, and back in their places when it fails."""
        there = [name for name in names if (self._folder / name).exists()]
        if not there:
            yield
            return
        try:
            aside = Path(tempfile.mkdtemp(prefix=OUTGOING, dir=self._folder))
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        try:
            for name in there:
                (self._folder / name).replace(aside / name)
            yield
        except BaseException:
            for name in there:
                if (aside / name).exists():
                    (aside / name).replace(self._folder / name)
            raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _uri(self, name: str) -> str:
        return f"{self._folder.name}/{name}"

    def _file_of(self, uri: str) -> str:
        """The name of the uploaded file that a document came from; empty for one that came in another way."""
        name = uri.removeprefix(self._uri(""))
        return "" if name == uri else file_of(self._folder / name).relative_to(self._folder).parts[0]

    @contextmanager
    def _staged(self, names: Sequence[str], files: Sequence[BinaryIO]) -> Iterator[Path]:
        """A folder beside the files' places that holds them whole."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for left in self._folder.glob(f"{INCOMING}*"):
                shutil.rmtree(left, ignore_errors=True)
            staging = Path(tempfile.mkdtemp(prefix=INCOMING, dir=self._folder))
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        try:
            try:
                for name, file in zip(names, files, strict=True):
                    with (staging / name).open("wb") as out:
                        shutil.copyfileobj(file, out)
            except OSError as error:
                raise _unwritable(self._folder, error) from error
            check_kinds(staging / name for name in names)
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _index(self, names: Sequence[str], staging: Path) -> IngestReport:
        before = staging / BEFORE
        before.mkdir()
        moved: set[str] = set()
        kept: set[str] = set()
        try:
            for name in names:
                place = self._folder / name
                if place.exists():
                    shutil.copy2(place, before / name)
                (staging / name).replace(place)
                moved.add(name)
            report = self._dateline.ingest([self._folder / name for name in names], cancelled=self._ending)
            kept = {name for name in names if fate_of(name, report)[0] != FAILED}
            if report.stopped:
                told = {name for name, _ in report.failed}
                report.failed += [(name, UNREAD) for name in names if name not in kept | told]
            if not kept and report.stopped:
                raise ClosingError("Dateline is shutting down.", "Send it again in a moment.")
            if not kept:
                raise InputError(report.failed[0][1])
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        finally:
            for name in moved - kept:
                self._put_back(name, before / name)
        return report

    def _put_back(self, name: str, before: Path) -> None:
        if before.exists():
            before.replace(self._folder / name)
        else:
            (self._folder / name).unlink(missing_ok=True)


def _left(folder: Path) -> list[Path]:
    """What a process that was killed in the middle of a change left there."""
    return [*folder.glob(f"{INCOMING}*"), *folder.glob(f"{OUTGOING}*")]


def _unwritable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The folder {folder} cannot be written: {error.strerror}.",
        "Check its permissions and the disk's space.",
    )

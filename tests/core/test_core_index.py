"""Documents come in, change, and go; on real SQLite and real Chroma, with a quick embedder that is counted."""

from __future__ import annotations

import os
import threading
from datetime import date
from pathlib import Path

import pytest
from support import make_document, open_store, plain_embedder

from qa.config import Settings
from qa.errors import InputError, NotFoundError
from qa.index import Index, count_documents, open_index
from qa.ingest.write import BATCH_DOCUMENTS
from qa.records import Document, Event
from qa.split import split_passages
from qa.storage.rows import Name, pack
from qa.storage.store import Step
from qa.storage.vectors import open_collection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small reports, one of them in a folder below."""
    place = tmp_path / "reports"
    (place / "sub").mkdir(parents=True)
    (place / "a.txt").write_text("The ferry sank in the storm. Nobody was hurt.")
    (place / "b.txt").write_text("The bridge opened on Monday. It is long.")
    (place / "sub" / "c.txt").write_text("The mayor resigned. She gave no reason.")
    return place


def _texts(index: Index) -> set[str]:
    return {document.text for document in index.snapshot.documents.values()}


def _vectors(settings: Settings) -> set[str]:
    return set(open_collection(settings).get(include=[])["ids"])


def _whole(index: Index, settings: Settings) -> None:
    """Assert that the vectors are those of the passages, and the passages those of the documents."""
    wanted = {
        passage.id for document in index.snapshot.documents.values() for passage in split_passages(document)
    }
    assert index.snapshot.passages.keys() == wanted == _vectors(settings)


def test_ingest_adds_what_is_there(index: Index, folder: Path, settings: Settings) -> None:
    """Every file becomes a document with its vectors, and the report names it."""
    steps: list[tuple[int, int, str]] = []
    report = index.ingest([folder], progress=lambda *step: steps.append(step))
    assert report.added == ["a.txt", "b.txt", "sub/c.txt"]
    assert (report.replaced, report.unchanged, report.removed, report.failed) == ([], [], [], [])
    assert steps == [(1, 3, "a.txt"), (2, 3, "b.txt"), (3, 3, "c.txt")]
    assert len(index.snapshot.documents) == count_documents(settings) == 3
    assert sorted(item.uri for item in index.snapshot.documents.values()) == [
        "reports/a.txt",
        "reports/b.txt",
        "reports/sub/c.txt",
    ]
    _whole(index, settings)


def test_ingest_twice_changes_nothing_and_embeds_nothing(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """Unchanged files, even touched ones, cost nothing, in this process or the next."""
    index.ingest([folder])
    rows, vectors, count = index.snapshot.documents, _vectors(settings), len(embedded)
    assert count == len(vectors) == 3
    for file in folder.rglob("*.txt"):
        os.utime(file, (1, 1))
    report = index.ingest([folder])
    assert report.unchanged == ["a.txt", "b.txt", "sub/c.txt"]
    assert (report.added, report.replaced, report.removed) == ([], [], [])
    again = open_index(settings, plain_embedder(embedded), write=True)
    assert again.ingest([folder, folder / "a.txt"], prune=True).added == []
    assert dict(again.snapshot.documents) == dict(rows)
    again.close()
    assert _vectors(settings) == vectors
    assert len(embedded) == count


def test_a_changed_file_is_replaced(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """The old text and its vectors are gone, and no other file is embedded again."""
    index.ingest([folder])
    embedded.clear()
    (folder / "a.txt").write_text("The ferry was raised. Divers helped.")
    report = index.ingest([folder])
    assert (report.replaced, report.unchanged) == (["a.txt"], ["b.txt", "sub/c.txt"])
    assert "The ferry was raised. Divers helped." in _texts(index)
    assert not any("sank" in text for text in _texts(index))
    assert len(embedded) == 1
    _whole(index, settings)


def test_a_vanished_file_goes_only_when_asked(index: Index, folder: Path, settings: Settings) -> None:
    """Without `prune` it stays; with it, it goes, but only below the folders that were given."""
    index.ingest([folder])
    (folder / "a.txt").unlink()
    (folder / "sub" / "c.txt").unlink()
    assert index.ingest([folder]).removed == []
    assert len(index.snapshot.documents) == 3
    assert index.ingest([folder / "sub"], prune=True).removed == ["c.txt"]
    assert len(index.snapshot.documents) == 2
    assert index.ingest([folder], prune=True).removed == ["a.txt"]
    assert _texts(index) == {"The bridge opened on Monday. It is long."}
    _whole(index, settings)


def test_a_file_that_turned_bad_is_not_pruned(index: Index, folder: Path) -> None:
    """A file that is there but cannot be read is reported; what is stored of it stays."""
    index.ingest([folder])
    (folder / "a.txt").write_bytes(b"\xff\xfe\x00")
    report = index.ingest([folder], prune=True)
    assert report.removed == []
    assert [name for name, _ in report.failed] == ["a.txt"]
    assert any("ferry" in text for text in _texts(index))


def test_a_bad_file_among_others_is_left_out(index: Index, folder: Path) -> None:
    """The rest comes in, and the report says which file failed and why."""
    (folder / "bad.txt").write_bytes(b"caf\xe9")
    (folder / "void.txt").write_bytes(b"")
    report = index.ingest([folder])
    assert len(report.added) == 3
    assert [name for name, _ in report.failed] == ["bad.txt", "void.txt"]
    assert "UTF-8" in report.failed[0][1]


def test_a_bad_file_given_alone_is_an_error(index: Index, folder: Path) -> None:
    """Who names a file wants to know that it cannot be read; nothing is stored."""
    (folder / "bad.txt").write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match="not UTF-8"):
        index.ingest([folder / "bad.txt"])
    with pytest.raises(NotFoundError):
        index.ingest([folder / "absent.txt"])
    assert not index.snapshot.documents


def test_removing_takes_rows_and_vectors(index: Index, folder: Path, settings: Settings) -> None:
    """A removed document is gone with its vectors, an unknown id is an error, and it can come back."""
    index.ingest([folder])
    gone = next(item for item in index.snapshot.documents.values() if "ferry" in item.text)
    index.remove(gone.id)
    assert gone.id not in index.snapshot.documents
    _whole(index, settings)
    with pytest.raises(NotFoundError, match=gone.id):
        index.remove(gone.id)
    assert index.ingest([folder]).added == ["a.txt"]
    assert index.snapshot.documents[gone.id] == gone
    _whole(index, settings)


def test_a_changed_sidecar_describes_anew(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """The text stays, what is known of it changes, and its passages are embedded under the new headline."""
    index.ingest([folder])
    old = next(item for item in index.snapshot.documents.values() if "ferry" in item.text)
    embedded.clear()
    (folder / "sources.toml").write_text(
        '["a.txt"]\ntitle = "Ferry lost"\nevent_date = 2019-03-02\nevent_place = "Ostby"\n'
    )
    report = index.ingest([folder])
    assert (report.replaced, report.unchanged) == (["a.txt"], ["b.txt", "sub/c.txt"])
    new = index.snapshot.documents[old.id]
    assert (new.title, new.event, new.text) == ("Ferry lost", Event(date(2019, 3, 2), "Ostby"), old.text)
    assert len(embedded) == 1
    assert "Ostby, 2 March 2019" in embedded[0]
    _whole(index, settings)
    again = open_index(settings, plain_embedder())
    assert again.snapshot.documents[old.id] == new
    again.close()


def test_equal_texts_are_one_document(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """A text under two names is stored and embedded once, and stays while one of the names does."""
    (folder / "z.txt").write_text((folder / "a.txt").read_text())
    index.ingest([folder])
    assert len(index.snapshot.documents) == len(embedded) == 3
    twice = next(item for item in index.snapshot.documents.values() if "ferry" in item.text)
    assert twice.uris == ("reports/a.txt", "reports/z.txt")
    (folder / "a.txt").unlink()
    index.ingest([folder], prune=True)
    assert index.snapshot.documents[twice.id].uris == ("reports/z.txt",)
    (folder / "z.txt").unlink()
    index.ingest([folder], prune=True)
    assert twice.id not in index.snapshot.documents
    _whole(index, settings)


@pytest.mark.parametrize("order", [("a", "z"), ("z", "a")])
def test_equal_texts_described_differently_come_to_rest(
    index: Index, folder: Path, embedded: list[str], order: tuple[str, str]
) -> None:
    """The last of the files describes their document, whichever came first; ingesting again changes nothing."""
    (folder / "z.txt").write_text((folder / "a.txt").read_text())
    (folder / "sources.toml").write_text('["a.txt"]\ntitle = "From a"\n["z.txt"]\ntitle = "From z"\n')
    for name in order:
        index.ingest([folder / f"{name}.txt"])
    index.ingest([folder])
    embedded.clear()
    before = dict(index.snapshot.documents)
    report = index.ingest([folder])
    assert (report.added, report.replaced, embedded) == ([], [], [])
    assert dict(index.snapshot.documents) == before
    assert {item.title for item in before.values() if "ferry" in item.text} == {"From z"}
    (folder / "z.txt").unlink()
    index.ingest([folder], prune=True)
    index.ingest([folder])
    assert {item.title for item in index.snapshot.documents.values() if "ferry" in item.text} == {"From a"}


def test_two_files_may_swap_their_texts(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """Nothing needs to be embedded, and both documents are there under their new names."""
    index.ingest([folder])
    embedded.clear()
    one, two = (folder / "a.txt").read_text(), (folder / "b.txt").read_text()
    (folder / "a.txt").write_text(two)
    (folder / "b.txt").write_text(one)
    index.ingest([folder])
    uris = {item.text: item.uris for item in index.snapshot.documents.values()}
    assert (uris[two], uris[one]) == (("reports/a.txt",), ("reports/b.txt",))
    _whole(index, settings)


def test_more_than_one_batch_comes_in_whole(index: Index, tmp_path: Path, settings: Settings) -> None:
    """The last batch is written too, also when its last file cannot be read."""
    place = tmp_path / "many"
    place.mkdir()
    for number in range(BATCH_DOCUMENTS + 3):
        (place / f"{number:03}.txt").write_text(f"Ship number {number} left the port.")
    (place / "zzz.txt").write_bytes(b"\xff")
    report = index.ingest([place])
    assert len(report.added) == len(index.snapshot.documents) == BATCH_DOCUMENTS + 3
    assert len(report.failed) == 1
    _whole(index, settings)


def test_an_empty_folder_is_no_error(index: Index, tmp_path: Path) -> None:
    """There is nothing to do, and nothing is done."""
    (tmp_path / "void").mkdir()
    report = index.ingest([tmp_path / "void"], prune=True)
    assert report.added == report.removed == report.failed == []


def test_a_snapshot_outlives_changes(index: Index, folder: Path) -> None:
    """Whoever holds the snapshot of a moment sees that moment, whatever comes and goes meanwhile."""
    index.ingest([folder])
    held = index.snapshot
    texts = {item.text for item in held.documents.values()}
    for document_id in list(held.documents):
        index.remove(document_id)
    assert not index.snapshot.documents
    assert {item.text for item in held.documents.values()} == texts


def test_documents_come_oldest_event_first(index: Index, folder: Path) -> None:
    """In the order of their events; undated ones last."""
    (folder / "sources.toml").write_text('["a.txt"]\nevent_date = 2020-01-01\n')
    (folder / "sub" / "sources.toml").write_text('["c.txt"]\npublished = 2019-12-31\n')
    index.ingest([folder])
    names = [item.uri[-5:] for item in index.snapshot.documents.values()]
    assert names == ["c.txt", "a.txt", "b.txt"]


def test_an_index_without_documents_is_an_index(index: Index, settings: Settings) -> None:
    """It opens for reading, empty, and knows that nothing ever came in."""
    assert index.untouched
    reader = open_index(settings, plain_embedder())
    assert not reader.snapshot.documents
    reader.close()
    assert count_documents(settings) == 0


def _step(*documents: Document) -> Step:
    """Each document comes in, with one passage, under a name made of its id."""
    paths = [Path(f"/x/{document.id}.txt") for document in documents]
    return Step(
        documents=[(document, [f"{document.id}-0"]) for document in documents],
        names=[
            Name(path, path, document.uri, document.id, pack(document))
            for path, document in zip(paths, documents, strict=True)
        ],
    )


def test_rows_survive_as_they_were_written(index: Index, settings: Settings) -> None:
    """All that a document holds comes back from the file: characters beyond ASCII, line ends, unknowns."""
    full = make_document(
        "Zeile eins.\r\nŁódź 🗼 e\u0301.\n",
        title="“T”",
        publisher="P",
        published=date(2020, 2, 29),
        event=Event(date(2020, 2, 28), "Łódź"),
    )
    bare = make_document("Nothing is known of this.")
    with open_store(settings) as store:
        store.apply(_step(full, bare))
        assert store.documents() == (full, bare)
        assert {path.name: name.document_id for path, name in store.names().items()} == {
            f"{full.id}.txt": full.id,
            f"{bare.id}.txt": bare.id,
        }
        assert store.passage_count() == 2


def test_threads_share_a_store(index: Index, settings: Settings) -> None:
    """Readers and a writer in several threads get whole answers."""
    documents = [make_document(f"Text number {number}.") for number in range(30)]
    wrong: list[object] = []

    def read() -> None:
        for _ in range(30):
            wrong.extend(item for item in store.documents() if item not in documents or not item.uris)

    with open_store(settings) as store:
        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for document in documents:
            store.apply(_step(document))
        for reader in readers:
            reader.join()
        assert len(store.documents()) == 30
    assert wrong == []

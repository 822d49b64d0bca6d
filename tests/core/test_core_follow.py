"""The index follows its changes: what is kept beside the texts is what the texts say, after anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support import plain_embedder

from qa.collection import Snapshot, build_lexicon
from qa.config import Settings
from qa.index import Index, open_index
from qa.language.naming import report_stems, stems_of
from qa.language.times import read_times
from qa.records import Document
from qa.reports import Reports
from qa.retrieve import Retriever, fused
from qa.storage.store import DocumentStore

QUESTION = "Which ferry sank in the storm of May 2013?"
NEW = ("digests", "words", "unlisted")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small reports."""
    place = tmp_path / "reports"
    place.mkdir()
    (place / "a.txt").write_text("The ferry sank in the storm of May 2013. Nobody was hurt.")
    (place / "b.txt").write_text("The bridge opened on Monday. It is long, the mayor said.")
    (place / "c.txt").write_text("The mayor resigned in 2014. She gave no reason.")
    return place


def _as_read(snapshot: Snapshot) -> None:
    """Assert that all that a snapshot keeps is what its texts say."""
    documents = list(snapshot.documents.values())
    wanted = build_lexicon(documents)
    assert snapshot.lexicon.size == wanted.size
    assert {stem: n for stem, n in snapshot.lexicon.frequency.items() if n} == dict(wanted.frequency)
    assert {word for one in snapshot.lexicon.forms.values() for word in one} == {
        word for one in wanted.forms.values() for word in one
    }
    _same_reports(snapshot.reports, documents)
    if documents:
        assert snapshot.words is not None
        found = snapshot.words.nearest(" ".join(wanted.frequency), 1000)
        assert set(found) == set(snapshot.passages)


def _same_reports(reports: Reports, documents: list[Document]) -> None:
    """Assert that what is looked up is what reading every text gives."""
    assert list(reports) == documents
    stems = sorted({stem for one in documents for stem in report_stems(one)})[:60]
    for stem, other in zip(stems, [*stems, "nowhere"][1:], strict=True):
        both = {stem, other}
        assert reports.having(both) == [one for one in documents if both <= stems_of(one.text)]
        assert reports.having_any(both) == [one for one in documents if both & stems_of(one.text)]
        assert reports.having(both, headline=True) == [one for one in documents if both <= report_stems(one)]
    times = [(one, time) for one in documents for time in read_times(one.text, one.published)]
    for _, time in times:
        span = (time.interval.first.toordinal(), time.interval.last.toordinal())
        within = [(one, at.start, at.end) for one, at in times if at.interval.within(time.interval)]
        assert reports.times_within([span]) == within


def test_what_is_kept_follows_every_change(index: Index, folder: Path) -> None:
    """Added, replaced, renamed, corrected and removed: counts, words, times and the word index are right."""
    index.ingest([folder])
    _as_read(index.snapshot)
    (folder / "a.txt").write_text("The ferry was raised in June 2015. Divers helped.")
    (folder / "b.txt").rename(folder / "z.txt")
    index.ingest([folder], prune=True)
    _as_read(index.snapshot)
    assert any(one.uri.endswith("z.txt") for one in index.snapshot.documents.values())
    first = next(iter(index.snapshot.documents))
    index.correct(first, {"title": "A wholly new headline", "published": "2016-02-03"})
    _as_read(index.snapshot)
    index.remove(first)
    _as_read(index.snapshot)
    for one in list(index.snapshot.documents):
        index.remove(one)
    assert index.snapshot.documents == {}
    _as_read(index.snapshot)


def test_a_small_change_reads_nothing_else(index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more document: no other text is read again, and the others are taken over as they are."""
    index.ingest([folder])
    before, read = dict(index.snapshot.documents), set[str]()
    some = DocumentStore.some

    def noted(store: DocumentStore, ids: list[str]) -> dict[str, Document]:
        found = some(store, ids)
        read.update(found)
        return found

    monkeypatch.setattr(DocumentStore, "some", noted)
    (folder / "d.txt").write_text("A lighthouse was lit. The keeper was glad.")
    index.ingest([folder])
    (added,) = index.snapshot.documents.keys() - before.keys()
    assert read == {added}
    assert all(index.snapshot.documents[one] is document for one, document in before.items())


def test_a_snapshot_stays_as_it_is(index: Index, folder: Path, settings: Settings) -> None:
    """A question that runs while its document is removed still has the text, its sentences and its passages."""
    index.ingest([folder])
    snapshot = index.snapshot
    (gone,) = (one for one in snapshot.documents.values() if "ferry" in one.text)
    retriever = Retriever(snapshot, plain_embedder([]), settings)
    before = retriever.retrieve(QUESTION)
    sentences = snapshot.sentences[gone.id]
    index.remove(gone.id)
    assert gone.id not in index.snapshot.documents
    assert snapshot.documents[gone.id] is gone
    assert snapshot.sentences[gone.id] == sentences
    assert "".join(one.text for one in snapshot.passages.values() if one.document_id == gone.id) in gone.text
    assert {hit.passage.document_id for hit in retriever.retrieve(QUESTION)} <= snapshot.documents.keys()
    assert gone.id in {hit.passage.document_id for hit in before}
    after = Retriever(index.snapshot, plain_embedder([]), settings).retrieve(QUESTION)
    assert gone.id not in {hit.passage.document_id for hit in after}


def _older(settings: Settings) -> None:
    """Make an index of before there were digests and a word index."""
    with closing(sqlite3.connect(settings.index_dir / "documents.sqlite3")) as db, db:
        for table in NEW:
            db.execute(f"DROP TABLE {table}")
        db.execute("DELETE FROM meta WHERE key IN ('digested', 'word_index', 'revision')")
    _without_words(settings)


def _without_words(settings: Settings) -> None:
    for folder in settings.index_dir.glob("words-*"):
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def _cut(settings: Settings) -> None:
    """Cut the files of the word index short."""
    for file in settings.index_dir.glob("words-*/*"):
        file.write_bytes(file.read_bytes()[:20])


def _late(settings: Settings) -> None:
    """Leave what a crash leaves between the rows and the word index."""
    with closing(sqlite3.connect(settings.index_dir / "documents.sqlite3")) as db, db:
        db.execute("INSERT INTO unlisted SELECT id FROM documents")


@pytest.mark.parametrize("harm", [_older, _without_words, _cut, _late])
@pytest.mark.parametrize("write", [False, True])
def test_an_index_that_lags_behind_opens(
    index: Index, folder: Path, settings: Settings, harm: Callable[[Settings], None], write: bool
) -> None:
    """Made before there was a word index, without its files, with damaged ones, after a crash: to a reader it
    is whole, and whoever may change it mends it for good.
    """
    index.ingest([folder])
    wanted = Retriever(index.snapshot, plain_embedder([]), settings).retrieve(QUESTION)
    index.close()
    harm(settings)
    opened = open_index(settings, plain_embedder([]), write=write)
    assert Retriever(opened.snapshot, plain_embedder([]), settings).retrieve(QUESTION) == wanted
    _as_read(opened.snapshot)
    opened.close()
    assert (len(list(settings.index_dir.glob("words-*"))) == 1) is (write or harm in (_cut, _late))
    again = open_index(settings, plain_embedder([]), write=True)
    assert again._store.unlisted() == ()
    _as_read(again.snapshot)
    again.close()


def test_two_lists_are_one_by_reciprocal_rank() -> None:
    """Who stands on both lists is first; others are placed by their rank, those of the first list before."""
    assert [one for one, _ in fused([["a", "b", "c"], ["d", "b"]])] == ["b", "a", "d", "c"]
    assert fused([["a"], ["a"]]) == [("a", pytest.approx(2 / 60))]
    assert fused([[], []]) == []

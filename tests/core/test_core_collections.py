"""Collections of one data directory keep apart, whoever holds their vectors, and come and go as a whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crash_collections import MAKING, REMOVING, RESTORING
from support import plain_embedder, settings_for

from qa.config import PROJECT, Settings
from qa.dateline import Dateline
from qa.embed import Embedder
from qa.errors import BusyError, InputError, NotFoundError
from qa.index import count_documents, open_index
from qa.ingest import collections
from qa.ingest.backup import back_up, restore
from qa.ingest.collections import Held
from qa.ingest.upkeep import rebuild
from qa.retrieve import Retriever
from qa.shelf import Shelf
from qa.storage.lock import lock_data_dir
from qa.storage.vectors import open_client

HERE = Path(__file__).parent
FERRY = "Ferry sinks at Hald\n\nThe ferry Alma sank at Hald on Monday. Captain Ida Vey was not on board.\n"
BARGE = "Barge sinks at Reval\n\nThe barge Otto sank at Reval on Friday. Captain Jon Rask swam ashore.\n"
QUESTION = "What sank?"
AWKWARD = "passages-2"  # as the vectors of the default collection are called after a rebuild


WHEREVER = pytest.mark.parametrize("apart", ["embedded", "server"], indirect=True)


@pytest.fixture
def apart(
    request: pytest.FixtureRequest,
    make_settings: Callable[..., Settings],
    tmp_path: Path,
    embedder: Embedder,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """Settings with the vectors embedded, or in a real Chroma server; the default collection is the ferry's."""
    monkeypatch.setattr("qa.dateline.load_embedder", lambda _: embedder)  # the same, loaded once
    (tmp_path / "ferry").mkdir()
    (tmp_path / "ferry" / "ferry.txt").write_text(FERRY)
    (tmp_path / "barge.txt").write_text(BARGE)
    url = request.getfixturevalue("chroma")[0] if getattr(request, "param", "") == "server" else None
    return make_settings(seed_dir=tmp_path / "ferry", chroma_url=url)


@pytest.fixture
def shelf(apart: Settings, tmp_path: Path) -> Iterator[Shelf]:
    """The default collection, and another with an awkward name."""
    with Shelf.open(apart, own=True) as opened:
        opened.make_collection(AWKWARD)
        with opened.lend(AWKWARD) as other:
            other.ingest([tmp_path / "barge.txt"])
        yield opened


@WHEREVER
def test_each_answers_from_its_own_alone(shelf: Shelf) -> None:
    """Words, vectors, suggestions and narrowing know nothing of the other collection."""
    with shelf.lend() as first, shelf.lend(AWKWARD) as other:
        assert first is shelf.first
        for dateline, own in ((first, FERRY), (other, BARGE)):
            (document,) = dateline.documents()
            assert document.text == own
            answer = dateline.ask(QUESTION)
            assert answer.collection == dateline.name
            assert {one.document_id for one in answer.citations} == {document.id}
            hits = dateline.find("Alma Otto Hald Reval Vey Rask").hits
            assert hits
            assert {hit.passage.document_id for hit in hits} == {document.id}
            offered = (*dateline.starters(), *dateline.suggestions(answer))
            strange = "Otto Reval Rask".split() if own == FERRY else "Alma Hald Vey".split()
            assert not [line for line in offered for word in strange if word in line]
        assert first.ask(QUESTION).answer_id != other.ask(QUESTION).answer_id
        with pytest.raises(InputError, match="no document"):
            first.ask(QUESTION, within=[other.documents()[0].id])
        with pytest.raises(NotFoundError, match="no document"):
            other.document(first.documents()[0].id)
    assert shelf.held() == (Held("default", 1), Held(AWKWARD, 1))


@WHEREVER
def test_changes_of_one_leave_the_other(
    apart: Settings, shelf: Shelf, tmp_path: Path, embedder: Embedder
) -> None:
    """Replacing, taking out and building anew touch no vector of another collection."""
    with shelf.lend(AWKWARD) as other:
        (tmp_path / "barge.txt").write_text(BARGE.replace("Otto", "Nora"))
        other.ingest([tmp_path / "barge.txt"])
        shelf.first.ingest([tmp_path / "barge.txt"])  # the same text in both
        shelf.first.remove(other.documents()[0].id)
        assert "Nora" in other.ask(QUESTION).answer
    shelf.close()
    with lock_data_dir(apart):
        for _ in range(2):
            assert (
                rebuild(apart, embedder=lambda _: embedder) == 1
            )  # past the name that the other collection has
    with Dateline.open(apart.of(AWKWARD)) as alone:
        assert "Nora" in alone.ask(QUESTION).answer
    assert count_documents(apart.of(AWKWARD)) == count_documents(apart) == 1


@WHEREVER
def test_one_that_was_taken_out_is_gone_and_can_be_made_again(apart: Settings, shelf: Shelf) -> None:
    """With its vectors and its folder; the name is free at once, in the same process, for an empty one."""
    shelf.remove_collection(AWKWARD)
    for attempt in (lambda: shelf.lend(AWKWARD).__enter__(), lambda: shelf.remove_collection(AWKWARD)):
        with pytest.raises(NotFoundError, match=AWKWARD):
            attempt()
    assert list(apart.collections_dir.iterdir()) == []
    if apart.chroma_url:
        assert [one.name for one in open_client(apart).list_collections()] == ["passages"]
    shelf.make_collection(AWKWARD)
    with shelf.lend(AWKWARD) as again:
        assert again.documents() == ()
        assert again.ready()[0] is False
        again.ingest([apart.seed_dir])
        assert "Alma" in again.ask(QUESTION).answer
    assert "Alma" in shelf.first.ask(QUESTION).answer


def test_a_backup_comes_back_under_another_name(apart: Settings, shelf: Shelf, tmp_path: Path) -> None:
    """One of a collection beside the one that it was made of, both whole."""
    shelf.close()
    back_up(apart.of(AWKWARD), tmp_path / "x.backup")
    with lock_data_dir(apart):
        assert restore(apart.of("copy"), tmp_path / "x.backup") == 1
    assert collections.names(apart) == ("default", "copy", AWKWARD)
    with Shelf.open(apart.of("copy")) as opened:
        for name in ("", "default", "copy", AWKWARD):
            with opened.lend(name) as dateline:
                assert ("Alma" if name == "default" else "Otto") in dateline.ask(QUESTION).answer
        assert opened.names()[0] == opened.first.name == "copy"


def test_names_that_cannot_be_are_refused_in_one_line(apart: Settings, shelf: Shelf) -> None:
    """When one is made; when one is asked there is simply none of that name."""
    for name in ("", "Big", "a b", "../x", "-a", "a-", "ä", "x" * 41, "a\n"):
        with pytest.raises(InputError, match="names no collection"):
            shelf.make_collection(name)
        if name:
            with pytest.raises(NotFoundError), shelf.lend(name):
                pass
    for name in ("default", AWKWARD):
        with pytest.raises(InputError, match="already"):
            shelf.make_collection(name)
    with pytest.raises(InputError, match="stays"):
        shelf.remove_collection("default")
    shelf.make_collection("x" * 40)
    shelf.make_collection("7")


def test_one_in_use_is_not_taken_out(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has it keeps it, and it can be asked on; nobody is lent it while it goes."""
    monkeypatch.setattr("qa.shelf.PATIENCE", 0.05)
    with shelf.lend(AWKWARD) as other:
        with pytest.raises(BusyError, match=AWKWARD):
            shelf.remove_collection(AWKWARD)
        assert "Otto" in other.ask(QUESTION).answer
        with shelf.lend(AWKWARD) as same:
            assert same is other
    shelf.remove_collection(AWKWARD)


def test_few_are_open_at_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that nobody uses are closed, the longest unasked first, and open again when they are asked."""
    monkeypatch.setattr("qa.shelf.MOST_OPEN", 1)
    for name in ("a", "b"):
        shelf.make_collection(name)
    with shelf.lend(AWKWARD) as kept:
        with shelf.lend("a") as a, shelf.lend("b"):
            pass
        with shelf.lend("a") as again:
            assert again is not a
        with shelf.lend(AWKWARD) as same:
            assert same is kept
        assert "Otto" in kept.ask(QUESTION).answer
    with shelf.lend("b"):
        pass
    with shelf.lend(AWKWARD) as opened:
        assert opened is not kept
        assert "Otto" in opened.ask(QUESTION).answer


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a collection of one report."""
    other = settings_for(tmp_path_factory.mktemp("other") / "data")
    report = tmp_path_factory.mktemp("more") / "barge.txt"
    report.write_text(BARGE)
    with lock_data_dir(other):
        index = open_index(other, plain_embedder(), write=True)
        index.ingest([report])
        index.close()
    back_up(other, report.with_name("x.backup"))
    return report.with_name("x.backup")


@pytest.fixture(scope="module")
def wrecks(tmp_path_factory: pytest.TempPathFactory, source: Path) -> dict[str, Settings]:
    """A data directory for each point, with the collections `default` and `old`, left by a process that was
    killed there.
    """
    whole = settings_for(tmp_path_factory.mktemp("whole") / "data")
    report = tmp_path_factory.mktemp("reports") / "ferry.txt"
    report.write_text(FERRY)
    with lock_data_dir(whole):
        for settings in (whole, whole.of("old")):
            settings.index_dir.mkdir(parents=True, exist_ok=True)
            index = open_index(settings, plain_embedder(), write=True)
            index.ingest([report])
            index.close()
    points = MAKING | REMOVING | RESTORING
    left = {point: settings_for(tmp_path_factory.mktemp("wreck") / "data") for point in points}
    for settings in left.values():
        shutil.copytree(whole.data_dir, settings.data_dir)
    pairs = [word for point, settings in left.items() for word in (str(settings.data_dir), point)]
    child = subprocess.run(
        [sys.executable, str(HERE / "crash_collections.py"), str(source), *pairs],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (HERE, HERE.parent, PROJECT)))},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert child.stderr == ""
    assert [int(code) for code in child.stdout.split()] == [-signal.SIGKILL] * len(left)
    return left


@pytest.mark.parametrize("point", sorted(MAKING | REMOVING))
def test_killed_while_one_comes_or_goes(wrecks: dict[str, Settings], point: str) -> None:
    """It is there whole or not at all, and the next change mends the rest; the others are as they were."""
    settings = wrecks[point]
    names = set(collections.names(settings))
    assert "default" in names
    assert names <= {"default", "old", "fresh"}
    assert ("fresh" in names) == (point == "once it is in place")
    assert ("old" in names) == (point in MAKING or point == "before it is moved away")
    for name in names - {"fresh"}:
        assert count_documents(settings.of(name)) == 1
    with lock_data_dir(settings):
        for name in ("fresh", "old"):
            if name in names:
                collections.remove(settings.of(name))
            collections.make(settings.of(name))
            assert collections.count(settings.of(name)) == 0
    assert sorted(path.name for path in settings.collections_dir.iterdir()) == ["fresh", "old"]
    assert [path.name for path in settings.of("fresh").index_dir.iterdir()] == ["documents.sqlite3"]
    assert count_documents(settings) == 1


@pytest.mark.parametrize("point", sorted(RESTORING))
def test_killed_while_a_backup_takes_its_place(wrecks: dict[str, Settings], point: str, source: Path) -> None:
    """The old index is there, or the new one, searchable; a further restore leaves nothing of the first."""
    settings = wrecks[point].of("old")
    text = BARGE if point == "once it took the place" else FERRY
    for expected in (text, BARGE):
        with lock_data_dir(settings):
            index = open_index(settings, plain_embedder(), write=True)
        (document,) = index.snapshot.documents.values()
        assert document.text == expected
        retriever = Retriever(index.snapshot, plain_embedder(), settings)
        assert retriever.retrieve(expected)[0].passage.document_id == document.id
        index.close()
        with lock_data_dir(settings):
            restore(settings, source, replace=True)
    with lock_data_dir(settings):
        open_index(
            settings, plain_embedder(), write=True
        ).close()  # what was left is dropped by the next change
    names = {path.name for path in settings.index_dir.iterdir()}
    assert sorted(name.partition("-")[0] for name in names) == ["chroma", "documents.sqlite3", "words"]
    assert len(open_client(settings).list_collections()) == 1

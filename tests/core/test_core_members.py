"""Files of several documents against the index: what comes, changes, moves and goes within them."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support import plain_embedder

from qa.config import Settings
from qa.index import DOCUMENTS, Index, open_index
from qa.ingest import sync, write
from qa.ingest.report import IngestReport, Looking
from qa.ingest.sync import survey
from qa.ingest.upkeep import index_path
from qa.load import Batch, document_id, load_documents
from qa.storage import seen

FERRY = "The ferry sank in the storm. Nobody was hurt."
BRIDGE = "The bridge opened on Monday. It is long."
MAYOR = "The mayor resigned. She gave no reason."
TUNNEL = "A tunnel is planned. It will cost millions."
ROWS = ("The market was held. Many came.", "The mill burned down. It was old.", "The school is full.")


def pack(file: Path, members: Mapping[str, str | bytes]) -> None:
    """Write an archive."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def table(file: Path, *texts: str) -> None:
    """Write a table with a row for each text."""
    file.write_text("title,text\n" + "".join(f'Row,"{text}"\n' for text in texts))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive and a table, one of them in a folder below."""
    place = tmp_path / "reports"
    (place / "sub").mkdir(parents=True)
    pack(place / "sub" / "news.zip", {"a.txt": FERRY, "in/b.txt": BRIDGE, "in/c.txt": MAYOR})
    table(place / "table.csv", *ROWS)
    return place


ALL = ["sub/news.zip/a.txt", "sub/news.zip/in/b.txt", "sub/news.zip/in/c.txt"] + [
    f"table.csv#row-{number}" for number in (2, 3, 4)
]


def _texts(index: Index) -> dict[str, str]:
    return {
        uri.removeprefix("reports/"): item.text
        for item in index.snapshot.documents.values()
        for uri in item.uris
    }


def _changes(report: IngestReport) -> dict[str, Any]:
    """What the report says, but for what is empty."""
    return {name: value for name, value in report.as_dict().items() if value}


def _both(index: Index, settings: Settings, folder: Path, *, prune: bool = False) -> dict[str, Any]:
    """What an ingest did, the dry run before it having said just that."""
    told = survey(settings, index_path(settings), [folder], Looking(), prune=prune)
    done = index.ingest([folder], prune=prune)
    assert told.as_dict() == done.as_dict()
    return _changes(done)


def test_an_unchanged_file_is_not_read_and_one_that_was_touched_is_compared(
    index: Index, folder: Path, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The container's times tell for all it holds; each document is counted."""
    read: list[str] = []

    def _load(root: Path, file: Path, **options: Any) -> Batch:
        read.append(file.name)
        return load_documents(root, file, **options)

    monkeypatch.setattr(seen, "RACY_NS", 0)
    monkeypatch.setattr(sync, "load_documents", _load)
    assert index.ingest([folder]).added == ALL
    read.clear()
    embedded.clear()
    assert index.ingest([folder], prune=True).unchanged == ALL
    assert read == []
    (folder / "table.csv").touch()
    assert index.ingest([folder], prune=True).unchanged == ALL
    assert read == ["table.csv"]
    (folder / "sub" / "sources.toml").write_text('["news.zip/a.txt"]\ntitle = "Ferry"\nauthor = "A. Holm"\n')
    assert _changes(index.ingest([folder])) == {"replaced": ["sub/news.zip/a.txt"], "unchanged": 5}
    assert index.snapshot.documents[document_id(FERRY)].author == "A. Holm"
    (folder / "table.csv").rename(folder.parent / "x.csv")
    assert index.ingest([folder.parent / "x.csv"]).renamed[0] == ("table.csv#row-2", "x.csv#row-2")


def test_members_come_change_move_and_go(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """Each by itself; only what is new is embedded; nothing needs to be pruned for it."""
    index.ingest([folder])
    embedded.clear()
    risen = FERRY.replace("sank", "rose")
    pack(folder / "sub" / "news.zip", {"a.txt": risen, "in/moved.txt": BRIDGE, "in/new.txt": TUNNEL})
    assert _both(index, settings, folder) == {
        "added": ["sub/news.zip/in/new.txt"],
        "replaced": ["sub/news.zip/a.txt"],
        "renamed": [{"from": "sub/news.zip/in/b.txt", "to": "sub/news.zip/in/moved.txt"}],
        "removed": ["sub/news.zip/in/c.txt"],
        "unchanged": 3,
    }
    assert len(embedded) == 2
    assert not _texts(index).keys() & {"sub/news.zip/in/b.txt", "sub/news.zip/in/c.txt"}
    assert _texts(index)["sub/news.zip/in/moved.txt"] == BRIDGE
    assert MAYOR not in _texts(index).values()


def test_a_row_put_in_front_moves_the_others(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """They keep their ids and their corrections, and are not embedded again."""
    index.ingest([folder])
    index.correct(document_id(ROWS[1]), {"title": "Mill", "author": "B. Lund", "language": "EN"})
    embedded.clear()
    table(folder / "table.csv", TUNNEL, *ROWS)
    rows = [f"table.csv#row-{number}" for number in (2, 3, 4, 5)]
    found = _both(index, settings, folder)
    assert found == {"added": rows[3:], "replaced": rows[:3], "unchanged": 3}
    assert len(embedded) == 1
    assert [_texts(index)[row] for row in rows] == [TUNNEL, *ROWS]
    mill = index.snapshot.documents[document_id(ROWS[1])]
    assert (mill.title, mill.author, mill.language) == ("Mill", "B. Lund", "en")
    assert [place.label for place in mill.places] == ["row 4"]
    table(folder / "table.csv", *ROWS[1:])
    assert _both(index, settings, folder)["removed"] == rows[2:]
    assert [_texts(index)[row] for row in rows[:2]] == list(ROWS[1:])


def test_a_renamed_file_keeps_what_it_holds(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """Its documents change their names; one that changed meanwhile is new, and its old name is missing."""
    index.ingest([folder])
    index.correct(document_id(BRIDGE), {"title": "Bridge"})
    embedded.clear()
    (folder / "sub" / "news.zip").unlink()
    pack(folder / "old.zip", {"a.txt": TUNNEL, "in/b.txt": BRIDGE, "in/c.txt": MAYOR})
    assert _both(index, settings, folder) == {
        "added": ["old.zip/a.txt"],
        "renamed": [
            {"from": f"sub/news.zip/in/{name}", "to": f"old.zip/in/{name}"} for name in ("b.txt", "c.txt")
        ],
        "missing": ["sub/news.zip/a.txt"],
        "unchanged": 3,
    }
    assert len(embedded) == 1
    bridge = index.snapshot.documents[document_id(BRIDGE)]
    assert (bridge.title, bridge.uris) == ("Bridge", ("reports/old.zip/in/b.txt",))
    found = _both(index, settings, folder, prune=True)
    assert found == {"removed": ["sub/news.zip/a.txt"], "unchanged": 6}
    (folder / "old.zip").unlink()
    assert _both(index, settings, folder)["missing"] == [
        f"old.zip/{name}" for name in ("a.txt", "in/b.txt", "in/c.txt")
    ]
    assert len(_both(index, settings, folder, prune=True)["removed"]) == 3
    assert list(_texts(index).values()) == list(ROWS)


def test_what_cannot_be_read_any_more_stays(
    index: Index, folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a file that is read in part, and of one of which nothing is; told of each time, until it is mended."""
    monkeypatch.setattr(seen, "RACY_NS", 0)
    news = folder / "sub" / "news.zip"
    lines = [f'{{"text": "{text} Line."}}\n' for text in (*ROWS, FERRY, BRIDGE) * 4]
    (folder / "l.jsonl").write_text("".join(f"{line}" for line in lines[:12]))
    index.ingest([folder])
    pack(news, {"a.txt": FERRY, "in/b.txt": b"\xff\xfe\x00"})
    (folder / "l.jsonl").write_text("{\n".join(["", *lines[1:2]]) + lines[2])
    for _ in range(2):
        report = index.ingest([folder], prune=True)
        assert [name for name, _ in report.failed] == ["l.jsonl#line-1", "sub/news.zip/in/b.txt"]
        assert not report.added + report.replaced
    texts = _texts(index)
    assert texts["sub/news.zip/in/b.txt"] == BRIDGE
    assert "sub/news.zip/in/c.txt" not in texts
    assert {name for name in texts if name.startswith("l.jsonl")} == {f"l.jsonl#line-{at}" for at in (1, 2, 3)}
    assert not any(uri.endswith("#line-10") for uri in texts)

    pack(news, {"a.txt": b"\xff\xfe\x00"})
    assert _both(index, settings, folder, prune=True).keys() == {"failed", "unchanged"}
    news.write_bytes(b"PK")
    assert _both(index, settings, folder, prune=True).keys() == {"failed", "unchanged"}
    assert {text for name, text in _texts(index).items() if "news.zip" in name} == {FERRY, BRIDGE}
    pack(news, {"a.txt": FERRY, "in/b.txt": BRIDGE})
    found = index.ingest([news])
    assert (_changes(found), found.unchanged) == ({"unchanged": 2}, ["news.zip/a.txt", "news.zip/in/b.txt"])


def test_a_limit_that_was_raised_makes_files_be_read_again(
    index: Index, folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it kept out comes in, though no file changed."""
    monkeypatch.setattr(seen, "RACY_NS", 0)
    columns = settings.model_copy(update={"table_fields": ("title=text", "text=title")})
    index.ingest([folder])
    told = survey(columns, index_path(columns), [folder], Looking(), prune=False)
    assert told.replaced == ALL[3:]


def test_an_archive_that_is_being_written_can_wait(settings: Settings, folder: Path) -> None:
    """Half of one is not told of as damaged while it may grow."""
    whole = (folder / "sub" / "news.zip").read_bytes()
    (folder / "sub" / "news.zip").write_bytes(whole[: len(whole) // 2])
    told = survey(settings, None, [folder], Looking(settle=3600), prune=False)
    assert (told.failed, told.unsettled) == ([], ["sub/news.zip", "table.csv"])


def test_a_file_that_is_ignored_from_now_on_counts_as_gone(
    index: Index, folder: Path, settings: Settings
) -> None:
    """It is missing, and goes when that is asked for."""
    index.ingest([folder])
    (folder / "sources.toml").write_text('ignore = ["*.csv"]\n')
    assert _both(index, settings, folder) == {"missing": ALL[3:], "unchanged": 3}
    assert _both(index, settings, folder, prune=True) == {"removed": ALL[3:], "unchanged": 3}


def test_an_index_that_knew_no_files_is_taken_over(
    index: Index, folder: Path, settings: Settings, embedded: list[str]
) -> None:
    """The names of members lead to their files; nothing is missing, new or embedded again."""
    index.ingest([folder])
    index.close()
    with sqlite3.connect(settings.index_dir / DOCUMENTS) as db:
        db.execute("DROP TABLE files")
        for column in ("file", "told"):
            db.execute(f"ALTER TABLE names DROP COLUMN {column}")
    db.close()
    embedded.clear()
    later = open_index(settings, plain_embedder(embedded), write=True)
    assert (_both(later, settings, folder, prune=True), embedded) == ({"unchanged": 6}, [])
    (folder / "sub" / "news.zip").unlink()
    assert later.ingest([folder], prune=True).removed == ALL[:3]
    later.close()


def test_a_file_of_many_is_embedded_in_parts(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, embedded: list[str]
) -> None:
    """And is all there in the end."""
    monkeypatch.setattr(write, "BATCH_PASSAGES", 3)
    table(folder / "many.csv", *(f"Ship number {number} left the port." for number in range(10)))
    assert len(index.ingest([folder / "many.csv"]).added) == len(embedded) == 10
    assert not index.lacks_vectors()

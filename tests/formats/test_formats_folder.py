"""A folder with files of every kind, good and bad, from the disk to the answer."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from samples import CSV, LIMITS, PDF, SAMPLES, locked_pdf, zipped
from support import plain_embedder

from qa.__main__ import main
from qa.config import Settings
from qa.dateline import Dateline
from qa.embed import Embedder
from qa.errors import InputError, NotFoundError
from qa.formats.file import read_file
from qa.index import DOCUMENTS, Index, open_index
from qa.load import file_of, find_files, load_documents
from qa.records import Event
from qa.storage.lock import lock_data_dir, make_data_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One file of each kind, in folders with names of several scripts."""
    place = tmp_path / "мои документы"
    (place / "資料").mkdir(parents=True)
    (place / "folder.zip").mkdir()
    (place / "folder.zip" / "b.txt").write_text("A folder may be called like an archive.")
    for name, content in SAMPLES.items():
        (place / ("資料" if name.startswith("a.m") else "") / name).write_bytes(content)
    (place / "z.zip").write_bytes(
        zipped({"in/one.txt": "The tram stopped.", "in/plan.pdf": PDF, "t.csv": "text\nA tram.\n"})
    )
    return place


@pytest.fixture
def index(make_settings: Callable[..., Settings]) -> Iterator[Index]:
    """An empty index, open for writing."""
    settings = make_settings()
    make_data_dir(settings)
    opened = open_index(settings, plain_embedder(), write=True)
    yield opened
    opened.close()


def _uris(index: Index) -> set[str]:
    return {uri for document in index.snapshot.documents.values() for uri in document.uris}


def test_every_kind_comes_in_and_stays(index: Index, folder: Path) -> None:
    """Each member has a name of its own; nothing is written again when nothing changed; places are kept."""
    report = index.ingest([folder])
    assert [name for name, _ in report.failed] == ["a.csv (row 3)", "a.eml/z.zip", "a.jsonl#line-2"]
    base = "мои документы"
    assert {
        f"{base}/{name}" for name in ("a.pdf", "a.eml/plan.pdf", "z.zip/in/plan.pdf", "z.zip/in/one.txt")
    } <= _uris(index)
    assert {
        f"{base}/{name}" for name in ("資料/a.mbox#2", "a.csv#row-4", "a.xml#1", "a.jsonl#line-1")
    } <= _uris(index)
    again = index.ingest([folder], prune=True)
    assert (again.added, again.replaced, again.removed) == ([], [], [])
    # The same PDF by itself, in a mail and in an archive is one document.
    (plan,) = [one for one in index.snapshot.documents.values() if f"{base}/a.pdf" in one.uris]
    assert len(plan.uris) == 3
    assert [place.label for place in plan.places] == ["page 1", "page 2", "page 3"]
    assert plan.place_of(plan.text.index("Ships"), plan.text.index("Ships") + 5) == "page 2"
    assert plan.place_of(plan.text.index("six years"), plan.text.index("Ships")) == "page 1 to page 2"


def test_members_go_with_their_file_and_from_it(index: Index, folder: Path) -> None:
    """A row that is no longer in its table goes; of a table that cannot be read nothing does."""
    index.ingest([folder])
    table = folder / "a.csv"
    table.write_text(CSV.split("Ferry")[0])
    assert index.ingest([folder]).removed == ["a.csv#row-4"]
    table.write_bytes(b"\x00")
    assert index.ingest([folder], prune=True).removed == []
    assert any("a.csv#row-2" in uri for uri in _uris(index))
    table.unlink()
    (folder / "z.zip").unlink()
    removed = index.ingest([folder], prune=True).removed
    assert sorted(removed) == ["a.csv#row-2", "z.zip/in/one.txt", "z.zip/in/plan.pdf", "z.zip/t.csv#row-2"]


def test_an_index_of_an_earlier_version_gets_what_it_lacks(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """One made before places were kept is opened as it is, and has them after the next ingest."""
    settings = make_settings()
    make_data_dir(settings)
    (tmp_path / "a.pdf").write_bytes(PDF)
    first = open_index(settings, plain_embedder(), write=True)
    first.ingest([tmp_path / "a.pdf"])
    first.close()
    with closing(sqlite3.connect(settings.index_dir / DOCUMENTS)) as database:
        for table, columns in (("documents", ("author", "language", "places")), ("names", ("file", "told"))):
            for column in columns:
                database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        database.execute("DROP TABLE files")
    index = open_index(settings, plain_embedder(), write=True)
    (document,) = index.snapshot.documents.values()
    assert (document.title, document.places, document.language) == ("Harbour bridge", (), None)
    assert index.ingest([tmp_path / "a.pdf"]).replaced == ["a.pdf"]
    (document,) = index.snapshot.documents.values()
    assert (len(document.places), document.language) == (3, "en")
    index.close()


def test_bad_files_cost_only_themselves(index: Index, folder: Path) -> None:
    """Each is named with its reason, and the others come in."""
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "ring").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")
    (folder / "locked.pdf").write_bytes(locked_pdf())
    (folder / "huge.txt").touch()
    os.truncate(folder / "huge.txt", 500_000_000)
    (folder / "line\nbreak.txt").write_text("Text.")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_text("Text.")
    report = index.ingest([folder])
    reasons = {name: reason for name, reason in report.failed if not name.startswith("a.")}
    assert reasons.keys() == {
        *("loop.txt", "gone.txt", "pipe.txt", "locked.pdf", "huge.txt", r"line\nbreak.txt", r"\udcff.txt")
    }
    assert "a link that leads back to itself" in reasons["loop.txt"]
    assert "No such file" in reasons["gone.txt"]
    assert "not an ordinary file" in reasons["pipe.txt"]
    assert "protected by a password" in reasons["locked.pdf"]
    assert "500,000,000 bytes" in reasons["huge.txt"]
    assert all("\n" not in reason for reason in reasons.values())
    assert any(uri.endswith("/a.pdf") for uri in _uris(index))
    with pytest.raises(NotFoundError, match=r"no file or folder|leads nowhere"):
        list(find_files([folder / "loop.txt"]))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("d/z.zip/in/t.csv#row-2", "d/z.zip"),
        ("d/m.eml/t.csv#row-2", "d/m.eml"),
        ("d/t.csv#row-2", "d/t.csv"),
        ("d/plain.txt", "d/plain.txt"),
        ("folder.zip/t.csv#row-2", "folder.zip/t.csv"),
        ("folder.zip/real.csv#1.txt", "folder.zip/real.csv#1.txt"),
    ],
)
def test_a_name_leads_to_its_file(tmp_path: Path, name: str, file: str) -> None:
    """However deep a member lies, and whatever folders are called; the file need not be there any more."""
    (tmp_path / "folder.zip").mkdir()
    (tmp_path / "folder.zip" / "real.csv#1.txt").touch()
    assert file_of(tmp_path / name) == tmp_path / file


def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read may be half old and half new; it is taken when it is complete."""
    file, stat = tmp_path / "log.txt", os.fstat

    def growing(descriptor: int) -> os.stat_result:
        found = stat(descriptor)
        with file.open("a") as stream:
            stream.write("more")
        return found

    file.write_text("text")
    monkeypatch.setattr(os, "fstat", growing)
    with pytest.raises(InputError, match=r"log\.txt changed while it was read"):
        read_file(file, LIMITS)


def test_a_folder_that_may_not_be_opened_is_named() -> None:
    """An ordinary user hears of it; the files beside it are found."""
    place = Path(tempfile.mkdtemp())  # pytest's own folders may not be entered by another user
    place.chmod(0o755)
    (place / "closed").mkdir(mode=0)
    (place / "open.txt").write_text("Text.")
    script = (
        "import os, sys; from pathlib import Path\n"
        "from qa.load import file_of, find_files, load_documents; from qa.errors import InputError\n"
        "os.getuid() == 0 and os.setuid(65534)\n"
        "for _, file in find_files([Path(sys.argv[1])]):\n"
        "    print(file.name)\n"
        "    if file.name == 'closed':\n"
        "        try: load_documents(file.parent, file)\n"
        "        except InputError as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(place)],
        capture_output=True,
        text=True,
        env=os.environ,
        check=True,
    )
    shutil.rmtree(place)
    assert "closed cannot be read: Permission denied." in run.stdout
    assert run.stdout.splitlines()[-1] == "open.txt"


def test_what_is_said_beside_a_file_comes_before_what_it_says(tmp_path: Path) -> None:
    """The sidecar beside, the one in the archive, the file, its text, in this order; false means unknown."""
    front = "---\ntitle: Of the file\npublisher: Of the file\ndate: 2014-06-03\n---\n"
    report = f"{front}OPENHAVEN (Of the text) — A bridge opened.\n"
    inner = '["r.md"]\ntitle = "Of the archive"\nauthor = "Of the archive"\n'
    (tmp_path / "z.zip").write_bytes(zipped({"in/r.md": report, "in/sources.toml": inner}))
    (tmp_path / "sources.toml").write_text('["z.zip/in/r.md"]\ntitle = "Of the folder"\npublished = false\n')
    (loaded,) = load_documents(tmp_path, tmp_path / "z.zip").documents
    document = loaded.document
    assert (document.title, document.author, document.publisher) == (
        "Of the folder",
        "Of the archive",
        "Of the file",
    )
    assert document.published is None
    assert document.event == Event(None, "Openhaven")
    assert document.basis["title"] == "stated: sources.toml"
    assert document.basis["publisher"] == "stated: front matter"
    assert document.basis["event_place"] == "inferred: the dateline"
    (tmp_path / "sources.toml").write_text('["z.zip/in/r.md"]\ntitle = 5\n')
    batch = load_documents(tmp_path, tmp_path / "z.zip")
    assert batch.documents == ()
    assert "the value title of z.zip/in/r.md is not text" in batch.left_out[0][1]


def test_a_value_without_end_is_cut(tmp_path: Path) -> None:
    """A title of a megabyte is no title; the text is not cut."""
    (tmp_path / "a.csv").write_text(f"title,text\n{'long ' * 20_000},{'word ' * 5_000}\n")
    (loaded,) = load_documents(tmp_path, tmp_path / "a.csv").documents
    assert len(loaded.document.title) <= 300
    assert loaded.document.title.endswith("long…")
    assert len(loaded.document.text) > 20_000


def test_an_answer_says_on_which_page(
    make_settings: Callable[..., Settings],
    embedder: Embedder,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A citation of a PDF names its page, on the command line and in JSON; a plain text's has no place."""
    settings = make_settings()
    few = folder.parent / "few"
    few.mkdir()
    shutil.copy(folder / "a.pdf", few)
    (few / "a.txt").write_text("The tram to the airport stopped on Friday because of snow.")
    with lock_data_dir(settings):
        index = open_index(settings, embedder, write=True)
        index.ingest([few])
        index.close()
    monkeypatch.setenv("QA_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("QA_LLM_TIER", "none")
    assert main(["ask", "How high are the towers?"]) == 0
    assert "few/a.pdf, page 3\n    The towers are 98 metres high." in capsys.readouterr().out
    with Dateline.open(settings) as dateline:
        high = dateline.ask("How high are the towers?")
        tram = dateline.ask("Why did the tram to the airport stop?")
    assert [(item.quote, item.place) for item in high.citations] == [
        ("The towers are 98 metres high.", "page 3")
    ]
    assert high.as_dict()["citations"][0]["place"] == "page 3"
    assert [item.place for item in tram.citations] == [None]

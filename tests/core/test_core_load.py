"""Files become documents: the text as it stands, and errors that name the file and the field."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qa.errors import InputError, NotFoundError, TooLargeError
from qa.load import document_id, find_files, load_examples, load_file, usual_limits
from qa.records import Document


def _load(folder: Path, content: bytes, name: str = "report.txt", sidecar: str = "") -> Document:
    file = folder / name
    file.write_bytes(content)
    if sidecar:
        (folder / "sources.toml").write_text(sidecar, encoding="utf-8")
    return load_file(folder, file).document


@pytest.mark.parametrize(
    "text",
    ["One.\r\nTwo.\r\n", "One.\rTwo.", " \n lead and trail \n\n", "\ufeffHeading\nText.", "Łódź 🗼 e\u0301."],
)
def test_the_text_is_kept_unchanged(tmp_path: Path, text: str) -> None:
    """Line ends, white space, byte order marks and composed characters stay: offsets count them."""
    assert _load(tmp_path, text.encode()).text == text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "report.txt is empty"),
        (b" \r\n\t ", "report.txt is empty"),
        (b"caf\xe9 in Latin-1", "report.txt is not UTF-8 text (byte 3"),
        (b"\xff", "report.txt is not UTF-8 text (byte 0"),
        (b"text\x00with zero bytes", "report.txt is a binary file"),
        (b"\xed\xa0\x80 a lone surrogate", "report.txt is damaged UTF-8 text (byte 0"),
        ("Łódź, żółw i gęś".encode() + b"\xc5", "report.txt is damaged UTF-8 text (byte 24"),
        ("In UTF-16".encode("utf-16")[:-1], "report.txt is damaged UTF-16 text"),
        (b"%PDF-1.7 and more", "report.txt is not text but a PDF"),
        (b"PK\x03\x04 and more", "report.txt is not text but a ZIP"),
        (b"\xd0\xcf\x11\xe0 and more", "report.txt is not text but an old Office document"),
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, content: bytes, complaint: str) -> None:
    """Nothing undecodable is dropped silently: a citation would then point beside its sentence."""
    with pytest.raises(InputError) as caught:
        _load(tmp_path, content)
    assert complaint in caught.value.message
    assert caught.value.hint


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """The limit is inclusive, and the message says both sizes; 500 MB cost no time and no memory."""
    limits, file = replace(usual_limits(), max_file_mb=1), tmp_path / "report.txt"
    file.write_bytes(b"a" * 1024 * 1024)
    assert len(load_file(tmp_path, file, limits=limits).document.text) == 1024 * 1024
    for size in (1024 * 1024 + 1, 500_000_000):
        os.truncate(file, size)
        with pytest.raises(TooLargeError, match=f"{size:,} bytes, more than 1,048,576"):
            load_file(tmp_path, file, limits=limits)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Le café a été fermé hier à Genève, où l’été s’achève."),
        ("cp1250", "Łódź gościła wczoraj spotkanie ministrów, którzy ogłosili nowe zasady żeglugi."),
        ("iso8859-2", "Łódź gościła wczoraj spotkanie ministrów, którzy ogłosili nowe zasady żeglugi."),
        ("cp1251", "Вчера в городе прошла встреча министров, на которой были объявлены новые правила."),
        ("koi8-r", "Вчера в городе прошла встреча министров, на которой были объявлены новые правила."),
        ("cp1253", "Χθες πραγματοποιήθηκε στην πόλη η συνάντηση των υπουργών."),
        ("shift_jis", "昨日、市内で閣僚会合が開かれ、新しい規則が発表された。市長は橋の建設を決めた。"),
        ("gb18030", "昨天，部长会议在市内举行，宣布了新的规定。市长决定修建大桥。"),
        ("utf-16", "With a byte order mark – and a dash.\r\n"),
        ("utf-16-le", "Without a byte order mark, as some programs write it."),
        ("utf-16-be", "Without a byte order mark, as some programs write it."),
        ("utf-32", "With a byte order mark."),
    ],
)
def test_other_encodings_are_found_out_and_noted(tmp_path: Path, encoding: str, text: str) -> None:
    """Text in another encoding is decoded to what was written, and the basis says that it was inferred."""
    document = _load(tmp_path, text.encode(encoding))
    assert document.text == text
    assert document.basis["encoding"].startswith("inferred: ")


def test_an_unreadable_file_is_refused_by_name(tmp_path: Path) -> None:
    """A folder that is called like a text file cannot be read, whoever runs the test."""
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError, match=r"folder\.txt cannot be read: Is a directory"):
        load_file(tmp_path, tmp_path / "folder.txt")


def test_a_file_without_permission_is_refused_by_name(tmp_path: Path) -> None:
    """An ordinary user who may not read a file is told which one."""
    file = tmp_path / "secret.txt"
    file.write_text("secret")
    file.chmod(0)
    script = (
        "import os, sys; from pathlib import Path\n"
        "from qa.load import load_file; from qa.errors import InputError\n"
        "file = Path(sys.argv[1])\n"
        "os.chdir(file.parent); os.getuid() == 0 and os.setuid(65534)\n"
        "try: load_file(Path('.'), Path(file.name))\n"
        "except InputError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, env=os.environ, check=True
    )
    assert run.stdout.startswith("secret.txt cannot be read: Permission denied.")


def test_the_id_follows_from_the_text_alone(tmp_path: Path) -> None:
    """Equal texts under two names, with different sidecars even, have one id; another text has another."""
    one = _load(tmp_path, b"Same text.", "one.txt", '["one.txt"]\npublisher = "One"')
    two = _load(tmp_path, b"Same text.", "two.md")
    assert one.id == two.id == document_id("Same text.")
    assert len(one.id) == 16
    assert _load(tmp_path, b"Other text.").id != one.id


def test_what_the_sidecar_knows_is_taken(tmp_path: Path) -> None:
    """Bare values and tables both work; each keeps its basis; what is not said stays unknown."""
    document = _load(
        tmp_path,
        b"Text of the report.",
        sidecar='["report.txt"]\n'
        'title = { value = "A title", basis = "inferred", from = "its first line" }\n'
        'publisher = "The Courier"\npublished = 2020-02-29\n'
        "event_date = { value = 2020-02-28T09:00:00 }\n",
    )
    assert (document.title, document.publisher) == ("A title", "The Courier")
    assert document.published == date(2020, 2, 29)
    assert (document.event.date, document.event.place) == (date(2020, 2, 28), None)
    assert document.basis["title"] == "inferred: its first line"
    assert document.basis["publisher"].startswith("stated")
    assert document.basis.keys() - {"language"} == {"title", "publisher", "published", "event_date"}


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ("title = 5", "title"),
        ('title = "  "', "title"),
        ('published = "2020-02-30"', "published"),
        ("published = 2020", "published"),
        ('event_date = { basis = "stated" }', "event_date"),
        ("publisher = { value = true }", "publisher"),
        ("event_place = []", "event_place"),
    ],
)
def test_a_wrong_value_in_the_sidecar_names_its_field(tmp_path: Path, entry: str, field: str) -> None:
    """The reader of the message knows what to correct, and in which file."""
    with pytest.raises(InputError) as caught:
        _load(tmp_path, b"Text.", sidecar=f'["report.txt"]\n{entry}\n')
    assert f"the value {field} of report.txt" in caught.value.message
    assert "sources.toml" in caught.value.hint


@pytest.mark.parametrize("sidecar", ["not toml at all", '["report.txt"]\ntitle = "unclosed'])
def test_a_sidecar_that_is_no_toml_is_named(tmp_path: Path, sidecar: str) -> None:
    """A syntax error in the sidecar is an error of ours, with the parser's line."""
    with pytest.raises(InputError, match=r"sources\.toml cannot be read: .*at (line|end)"):
        _load(tmp_path, b"Text.", sidecar=sidecar)


def test_a_sidecar_entry_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """`"report.txt" = "A title"` is a likely slip, and gets a line rather than a traceback."""
    with pytest.raises(InputError, match=r"report\.txt"):
        _load(tmp_path, b"Text.", sidecar='"report.txt" = "A title"\n')


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The heading\n\nText.", "The heading"),
        ("\ufeff\n\n  First line  \nText.", "First line"),
        ("x" * 121 + "\nText.", "report"),
        ("###\nText.", "report"),
    ],
)
def test_the_first_line_or_the_name_is_the_title(tmp_path: Path, text: str, title: str) -> None:
    """Without a sidecar a short first line is the title, else the file's name."""
    document = _load(tmp_path, text.encode())
    assert document.title == title
    assert "title" in document.basis


def test_files_are_found_sorted_and_by_kind(tmp_path: Path) -> None:
    """Folders are searched through for text and Markdown; the sidecar and other kinds are no documents."""
    for name in ("b.txt", "a.MD", "sub/c.txt", "sources.toml", "picture.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    (tmp_path / "folder.txt").mkdir()
    found = list(find_files([tmp_path]))
    assert [file.relative_to(tmp_path).as_posix() for _, file in found] == ["a.MD", "b.txt", "sub/c.txt"]
    assert {root for root, _ in found} == {tmp_path.resolve()}
    assert load_file(*found[2]).document.uri == f"{tmp_path.name}/sub/c.txt"


def test_what_the_sidecar_says_is_no_document_is_passed_over(tmp_path: Path) -> None:
    """`ignore` names files of its folder by pattern; a file that is given by name is wanted all the same."""
    for name in ("report.txt", "cases.jsonl", "draft-1.txt", "sub/cases.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    (tmp_path / "sources.toml").write_text('ignore = ["cases.jsonl", "draft-*"]')
    found = [file.relative_to(tmp_path).as_posix() for _, file in find_files([tmp_path])]
    assert found == ["report.txt", "sub/cases.jsonl"]
    assert [file.name for _, file in find_files([tmp_path / "draft-1.txt"])] == ["draft-1.txt"]
    (tmp_path / "sources.toml").write_text("ignore = 5")
    assert len(list(find_files([tmp_path]))) == 4
    with pytest.raises(InputError, match="ignore is not a list of file names"):
        load_file(tmp_path, tmp_path / "report.txt")


def test_a_path_that_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    """By name, before anything is read."""
    with pytest.raises(NotFoundError, match=r"no file or folder .*absent"):
        list(find_files([tmp_path / "absent"]))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    with pytest.raises(InputError, match=r"picture\.png is not a kind of file") as caught:
        list(find_files([tmp_path / "picture.png"]))
    assert ".txt" in caught.value.hint


def test_examples_come_from_the_folder_or_there_are_none(tmp_path: Path) -> None:
    """A folder without a sidecar offers no example questions."""
    assert load_examples(tmp_path) == ()
    (tmp_path / "sources.toml").write_text('examples = ["Who?"]')
    assert load_examples(tmp_path) == ("Who?",)
    (tmp_path / "sources.toml").write_text('examples = "Who?"')
    with pytest.raises(InputError, match="examples is not a list"):
        load_examples(tmp_path)

"""Bad files: each is refused with one line that names it and one that says what to do."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from samples import (
    ATOM,
    LAUGHS,
    LIMITS,
    PDF,
    SAMPLES,
    docx,
    endless_pdf,
    epub,
    locked_pdf,
    locked_zip,
    pdf,
    remade,
    zipped,
)

from qa.errors import InputError, TooLargeError
from qa.formats.archive import read_any
from qa.formats.article import Reading
from qa.formats.kinds import read_bytes
from qa.formats.zipped import opened

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
RIGHTS = '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
ZEROS = bytes(3 * 1024 * 1024)


def _refused(name: str, content: bytes, **limits: object) -> InputError:
    with pytest.raises(InputError) as caught:
        read_bytes(name, content, replace(LIMITS, **limits))  # type: ignore[arg-type]
    assert caught.value.message.startswith(name)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\x00" * 100, b"\x89PNG\r\n\x1a\n\x00\x01\x02" * 20])
def test_what_is_empty_or_of_another_kind_is_refused(name: str, content: bytes) -> None:
    """By name, whatever its ending promises."""
    _refused(name, content)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.txt", b"\x00\xa0", "is not UTF-8 text"),
        ("a.txt", "\ufeff\xa0\u3000\r\n".encode(), "is empty"),
        ("a.pdf", locked_pdf(), "protected by a password"),
        ("a.pdf", pdf([[]]), "holds no text: its 1 pages may be pictures"),
        ("a.pdf", b"Not a PDF at all", "is not a PDF"),
        ("a.pdf", PDF[: len(PDF) // 3], "is damaged"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.docx", OLE, "an old Office format"),
        ("a.docx", epub(), "is not a Word document"),
        ("a.docx", docx()[:-400], "damaged"),
        ("a.docx", locked_zip({"word/document.xml": "<x/>"}), "protected by a password"),
        ("a.docx", remade(docx(), {"word/document.xml": LAUGHS + "<x>&j;</x>"}), "damaged"),
        ("a.epub", docx(), "is not an EPUB"),
        ("a.epub", remade(epub(), {"in/book.opf": None}), "its part 'in/book.opf' is missing"),
        ("a.epub", remade(epub(), {"in/book.opf": (LAUGHS + "<x>&j;</x>").encode()}), "damaged"),
        (
            "a.epub",
            remade(epub(), {"META-INF/encryption.xml": RIGHTS.format("aes").encode()}),
            "against copying",
        ),
        ("a.html", b"<p>" + b"<div>" * 5000 + b"deep", "nested too deeply"),
        ("a.xml", (LAUGHS + "<rss>&j;</rss>").encode(), "defines XML entities"),
        ("a.xml", (LAUGHS + "<rss>&j;</rss>").encode("utf-16"), "defines XML entities"),
        ("a.xml", b"<html><p>No feed.</p></html>", "is not an RSS or Atom feed"),
        ("a.atom", ATOM.encode(), "holds no entries"),
        ("a.eml", b"Just some text\n\nand more of it", "is not an e-mail"),
        ("a.eml", b"Subject: Nothing\n\n \n", "holds no text"),
        ("a.mbox", b"Subject: x\n\nText", "is not a mailbox"),
        ("a.csv", b"a,b\n1,2\n", "no column that holds the articles' text"),
        ("a.csv", b"text,title\n,x\n", "holds no article: no text in 1 rows"),
        ("a.json", b"[" * 100_000, "is not JSON"),
        ("a.json", b"[" + b"9" * 5000 + b"]", "is not JSON"),
        ("a.json", b'"text"', "holds no list of articles"),
        ("a.jsonl", b"1\n[]\nnull\n", "holds no article"),
        ("a.md", b"---\ntitle: [unclosed\n---\nText.\n", "The front matter of a.md cannot be read"),
        ("a.md", b"---\ntitle: x\n---\n \n", "is empty after its front matter"),
    ],
)
def test_bad_files_are_refused_with_their_reason(name: str, content: bytes, complaint: str) -> None:
    """Protected, damaged, not of its kind, a bomb of entities, nested without end: the line says which."""
    with pytest.raises(InputError) as caught:
        read_bytes(name, content, LIMITS)
    assert name in caught.value.message
    assert complaint in caught.value.message
    assert caught.value.hint


def test_a_font_that_is_hidden_does_not_hide_the_text() -> None:
    """Books obfuscate fonts with the same file that says what is protected."""
    shown = remade(epub(), {"META-INF/encryption.xml": RIGHTS.format("urn:x/2008/embedding").encode()})
    assert read_bytes("a.epub", shown, LIMITS).articles[0].text.startswith("The bridge")


@pytest.mark.parametrize(
    ("name", "content", "limits", "complaint"),
    [
        ("a.pdf", pdf([["One."]] * 3), {"max_pages": 2}, "has 3 pages, more than 2"),
        ("a.pdf", endless_pdf(), {}, "has more pages or objects than can be read"),
        ("a.pdf", pdf([["Word " * 300]]), {"max_text_chars": 1000}, "more than 1,000 characters"),
        ("a.txt", b"a" * 1001, {"max_text_chars": 1000}, "more than 1,000 characters"),
        ("a.html", b"<p>" + b"word " * 300, {"max_text_chars": 1000}, "more than 1,000 characters"),
        ("a.csv", b"text\n" + b"x\n" * 4, {"max_articles": 3}, "more than 3 articles"),
        ("a.json", b'[{"text": "x"}, {"text": "y"}]', {"max_articles": 1}, "more than 1 articles"),
        ("a.mbox", SAMPLES["a.mbox"], {"max_articles": 1}, "2 messages, more than 1"),
        ("a.xml", SAMPLES["a.xml"], {"max_articles": 1}, "2 entries, more than 1"),
        ("a.docx", docx(), {"max_articles": 3}, "members, more than 3"),
        ("a.docx", remade(docx(), {"word/bomb.xml": ZEROS}), {}, "unpacks to more than 200 times"),
        ("a.epub", remade(epub(), {"in/bomb.xhtml": ZEROS}), {}, "unpacks to more than 200 times"),
        ("a.epub", remade(epub(), {"in/bomb.xhtml": ZEROS}), {"max_unpacked_mb": 1}, "more than 1,048,576"),
    ],
)
def test_limits_are_kept(name: str, content: bytes, limits: dict[str, object], complaint: str) -> None:
    """The line says what to do: split the file, or raise the setting, which is named."""
    error = _refused(name, content, **limits)
    assert isinstance(error, TooLargeError)
    assert complaint in error.message
    assert "QA_" in error.hint or "Split it" in error.hint


def _unpacked(content: bytes, **limits: object) -> Reading:
    return read_any("a.zip", content, replace(LIMITS, **limits), "sources.toml").reading  # type: ignore[arg-type]


def test_an_archive_gives_what_it_holds_and_names_the_rest() -> None:
    """Path tricks, links, archives within, twins and bad members are named; what systems add is passed over."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in (
            "in/good.txt",
            "/abs.txt",
            "../up.txt",
            "in/../../up.txt",
            "C:/drive.txt",
            "bad.pdf",
            "in.zip",
        ):
            archive.writestr(name, "Some text.")
        for name in ("__MACOSX/._good.txt", ".hidden.txt", "in/", "picture.png", "пример.txt", "in/table.csv"):
            archive.writestr(name, "text\nRow.")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("in/good.txt", "Another text.")
    reading = _unpacked(out.getvalue())
    assert [item.member for item in reading.articles] == ["/in/good.txt", "/пример.txt", "/in/table.csv#row-2"]
    assert reading.articles[0].text == "Some text."
    assert [name for name, _ in reading.left_out] == [
        *("a.zip//abs.txt", "a.zip/../up.txt", "a.zip/in/../../up.txt", "a.zip/C:/drive.txt"),
        *("a.zip/bad.pdf", "a.zip/in.zip", "a.zip/link.txt", "a.zip/in/good.txt"),
    ]


def test_members_that_are_packed_in_other_ways_are_named() -> None:
    """LZMA takes as much memory as the archive says, before anything is unpacked."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "Some text.")
    assert "packed in a way that is not read" in _unpacked(out.getvalue()).left_out[0][1]


def test_a_name_that_begins_with_a_zero_byte_is_refused() -> None:
    """zipfile takes such a name for an empty one."""
    odd = zipped({"xx.txt": "Some text.", "good.txt": "Some text."}).replace(b"xx.txt", b"\x00x.txt")
    reading = _unpacked(odd)
    assert [item.member for item in reading.articles] == ["/good.txt"]
    assert [name for name, _ in reading.left_out] == [r"a.zip/\x00x.txt"]


def test_members_that_are_locked_or_packed_as_bombs_are_named() -> None:
    """The others are read all the same."""
    reading = _unpacked(zipped({"bomb.txt": ZEROS, "good.txt": "Some text."}))
    assert [item.member for item in reading.articles] == ["/good.txt"]
    assert reading.left_out[0][0] == "a.zip/bomb.txt"
    assert "more than 200 times its packed size" in reading.left_out[0][1]
    large = _unpacked(zipped({"large.txt": ZEROS, "good.txt": "Some text."}, stored=True), max_file_mb=1)
    assert "3,145,728 bytes, more than 1,048,576" in large.left_out[0][1]
    locked = _unpacked(locked_zip({"a.txt": "text", "sources.toml": ""}))
    assert [(name, "protected by a password" in reason) for name, reason in locked.left_out] == [
        ("a.zip/a.txt", True),
        ("a.zip/sources.toml", True),
    ]


def _lying() -> bytes:
    """An archive that says of a member that it is smaller than it is."""
    data = bytearray(zipped({"a.txt": b"x" * 5000}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        data[data.find(mark) + at : data.find(mark) + at + 4] = (10).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("make", "limits", "complaint"),
    [
        (lambda: zipped({}), {}, "no file of a kind that can be read"),
        (lambda: zipped({"picture.png": "x"}), {}, "no file of a kind that can be read"),
        (lambda: zipped({"a.txt": "x"})[:-30], {}, "damaged"),
        (lambda: b"no archive at all", {}, "damaged"),
        (
            lambda: zipped({f"{n}.txt": "x" for n in range(5)}),
            {"max_articles": 4},
            "has 5 members, more than 4",
        ),
        (
            lambda: zipped({f"{n}.txt": ZEROS for n in range(3)}),
            {"max_unpacked_mb": 8},
            "unpacks to 9,437,184 bytes",
        ),
        (
            lambda: zipped({"a.csv": "text\nx\ny\n", "b.csv": "text\nz\n"}),
            {"max_articles": 2},
            "more than 2 articles",
        ),
    ],
)
def test_bad_archives_are_refused(make: Callable[[], bytes], limits: dict[str, object], complaint: str) -> None:
    """Damaged, empty, with too many members or too much in them: before they are unpacked."""
    with pytest.raises(InputError, match=r"^a\.zip ") as caught:
        _unpacked(make(), **limits)
    assert complaint in caught.value.message


def test_no_more_is_unpacked_than_the_archive_says() -> None:
    """The sizes that were added up are those that hold: a member that lies about its own is damaged."""
    reading = _unpacked(_lying())
    assert reading.articles == ()
    assert "is damaged" in reading.left_out[0][1]
    with opened("a.zip", _lying(), LIMITS) as archive:
        assert archive.infolist()[0].file_size == 10

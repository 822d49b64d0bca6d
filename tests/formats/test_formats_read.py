"""Each kind of file gives its text, what it says of itself, and the places that a citation names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from samples import BOX, FEED, HTML, LIMITS, SAMPLES, mail

from qa.errors import InputError
from qa.formats.article import Article, Reading
from qa.formats.days import read_day
from qa.formats.kinds import read_bytes
from qa.formats.paragraphs import paragraphs


def _read(name: str, content: bytes | None = None) -> Reading:
    return read_bytes(name, SAMPLES[name] if content is None else content, LIMITS)


def _one(name: str, content: bytes | None = None) -> Article:
    (article,) = _read(name, content).articles
    return article


def _places(article: Article) -> dict[str, str]:
    return {place.label: article.text[place.start : place.end].strip() for place in article.places}


def test_html_gives_the_main_text_and_what_the_page_says() -> None:
    """Navigation and footer are not text; headings are places."""
    article = _one("a.html")
    assert "Sport" not in article.text
    assert "Copyright" not in article.text
    assert _places(article).keys() == {"Harbour bridge opens", "Delays"}
    assert _places(article)["Delays"].startswith(
        "Delays\n\nWork began in 2009 and was delayed twice, first by a strike."
    )
    assert dict(article.values) == {
        "title": "Harbour bridge opens",
        "publisher": "The Courier",
        "author": "Jane Roe",
        "language": "en",
        "published": "2014-06-03",
    }
    assert set(article.basis.values()) == {"stated: the page"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "latin-1"])
def test_html_is_decoded_as_it_declares(encoding: str) -> None:
    """The page's own declaration counts, a byte order mark before it."""
    page = f'<meta charset="{encoding}"><p>The café was opened.</p>'
    assert _one("a.html", page.encode(encoding)).text == "The café was opened."


def test_html_that_declares_what_it_is_not_is_read_all_the_same() -> None:
    """A wrong declaration and an unknown one are passed over."""
    for declared in ("ascii", "klingon-8"):
        assert (
            _one("a.html", f'<meta charset="{declared}"><p>The café opened.</p>'.encode()).text
            == "The café opened."
        )


def test_markdown_keeps_its_text_and_reads_its_front_matter() -> None:
    """The text is what follows the front matter, unchanged; headings in code are none."""
    article = _one("a.md")
    assert article.text == SAMPLES["a.md"].decode().split("---\n", 2)[2]
    assert list(_places(article)) == ["Opening", "Delays"]
    assert dict(article.values) == {
        "title": "Harbour bridge opens",
        "publisher": "The Courier",
        "author": "Jane Roe, John Doe",
        "published": "2014-06-03",
        "event_date": "2014-06-03",
        "event_place": "Porto Novo",
    }
    toml = b'+++\r\ntitle = "In TOML"\r\ndate = 2014-06-03T10:00:00Z\r\n+++\r\nText.\r\n'
    assert _one("a.md", toml).text == "Text.\r\n"
    assert dict(_one("a.md", toml).values) == {"title": "In TOML", "published": "2014-06-03"}


@pytest.mark.parametrize(
    "text",
    ["--- \nno end of it\n", "---\n\nA rule, then text.\n", "Text.\n---\na: b\n---\n", "\ufeff# One\r\n"],
)
def test_markdown_without_front_matter_is_kept_whole(text: str) -> None:
    """What only looks like front matter is text."""
    assert _one("a.md", text.encode()).text == text


def test_pdf_gives_pages_and_whole_sentences() -> None:
    """Lines are paragraphs again, over the page's end too; running heads and page numbers are left out."""
    article = _one("a.pdf")
    assert article.text == (
        "Harbour bridge opens\n\nThe bridge over the harbour was opened on Tuesday by the mayor, who said "
        "that the engineers had worked for six years and that it had cost 40 million. Ships pass under it now."
        "\n\nThe towers are 98 metres high."
    )
    assert list(_places(article)) == ["page 1", "page 2", "page 3"]
    assert _places(article)["page 2"].startswith("that it had cost")
    assert dict(article.values) == {"title": "Harbour bridge"}, "the day it was made is not that of publication"


def test_docx_gives_headings_lists_and_tables_in_order() -> None:
    """A row of a table is a line; the properties tell title and author."""
    article = _one("a.docx")
    assert _places(article) == {
        "Opening": "Opening\n\nThe bridge was opened on Tuesday.",
        "Figures": "Figures\nIt cost 40 million.\n\nSpan | 412 m\nTowers | 98 m",
    }
    assert (article.values["title"], article.values["author"]) == ("Harbour bridge", "Jane Roe")


def test_epub_is_read_in_the_order_of_its_spine() -> None:
    """Chapters come in reading order, under their heading or their number."""
    article = _one("a.epub")
    assert _places(article) == {
        "chapter 1": "The bridge\nwas opened.\n\nShips pass.",
        "Towers": "Towers\n\nThe towers are high – 98 metres.",
    }
    assert dict(article.values) == {
        "title": "Of Bridges",
        "author": "Jane Roe, John Doe",
        "publisher": "Courier Press",
        "published": "2014-06-03",
        "language": "en",
    }


def test_mail_gives_its_text_and_what_is_attached() -> None:
    """The plain form counts; a PDF is a document of its own; an archive is not unpacked."""
    reading = _read("a.eml")
    message, plan = reading.articles
    assert _places(message) == {
        "message": "Dear all,\n\nthe bridge over the harbour was opened on Tuesday by the mayor, who said "
        "that it had cost 40 million."
    }
    assert dict(message.values) == {"title": "Brücke opened", "author": "Jane Roe", "published": "2014-06-03"}
    assert (plan.member, list(_places(plan))) == ("/plan.pdf", ["page 1", "page 2", "page 3"])
    assert [name for name, _ in reading.left_out] == ["a.eml/z.zip"]


def test_a_mailbox_gives_each_message() -> None:
    """Lines that were escaped are whole again; the place of a sentence is its message."""
    reading = _read("a.mbox")
    assert [(item.member, item.text, list(_places(item))) for item in reading.articles] == [
        ("#1", "The bridge was opened. From now on ships pass.", ["message 1"]),
        ("#2", "The ferry stopped.", ["message 2"]),
    ]
    windows = BOX.replace(b"\n", b"\r\n")
    assert [item.text for item in _read("a.mbox", windows).articles] == [item.text for item in reading.articles]


def test_mail_of_odd_encodings_is_read() -> None:
    """An unknown encoding, or one that the text is not in, is found out; only HTML is read as HTML."""
    for charset in ("x-unknown", "ascii"):
        raw = f"Subject: x\nContent-Type: text/plain; charset={charset}\n\nThe café opened.".encode()
        assert _one("a.eml", raw).text == "The café opened."
    raw = b"Subject: x\nContent-Type: text/html\n\n<p>One.</p><p>Two.</p>"
    assert _one("a.eml", raw).text == "One.\n\nTwo."


def test_csv_gives_an_article_a_row() -> None:
    """Columns are known by usual names; a row without text is named, a day with slashes not guessed."""
    reading = _read("a.csv")
    bridge, ferry = reading.articles
    assert (bridge.member, bridge.text, list(_places(bridge))) == (
        "#row-2",
        "The bridge was\nopened.",
        ["row 2"],
    )
    assert bridge.values["published"] == "2014-06-03"
    assert bridge.values["event_place"] == "Porto Novo"
    assert bridge.basis["title"] == "stated: row 2, Headline"
    assert "published" not in ferry.values
    assert ferry.basis["published"] == "not read: “03/04/2014” is not a plain date"
    assert reading.left_out == (("a.csv (row 3)", "It has no text."),)


def test_rows_in_which_nothing_stands_are_only_counted() -> None:
    """As a spreadsheet leaves them: not complained of, and the rows after them keep their numbers."""
    reading = read_bytes("a.csv", b"\ntitle,text\n\na,One.\n,\n , \nb,Two.\nc\n", LIMITS)
    assert [(one.member, one.text) for one in reading.articles] == [("#row-4", "One."), ("#row-7", "Two.")]
    assert reading.left_out == (("a.csv (row 8)", "It has no text."),)


def test_columns_are_named_by_a_setting() -> None:
    """What is set counts before the usual names; a line on a missing column names those that are there."""
    table = "id;text;inhalt\n1;wrong;Right.\n".encode("utf-8-sig")
    limits = replace(LIMITS, table_fields=("text=Inhalt", "title=id"))
    (article,) = read_bytes("a.csv", table, limits).articles
    assert (article.text, article.values["title"]) == ("Right.", "1")
    with pytest.raises(
        InputError, match=r"no column that holds the articles' text \(its columns: id, wert\)"
    ) as caught:
        read_bytes("a.csv", b"id,wert\n1,2\n", LIMITS)
    assert "QA_TABLE_FIELDS" in caught.value.hint


def test_json_gives_an_article_an_item() -> None:
    """A list, a list in an object, or lines; a line that is no JSON is left out by its number."""
    reading = _read("a.json")
    assert [(item.member, item.text, list(_places(item))) for item in reading.articles] == [
        ("#1", "The bridge was opened.", ["item 1"]),
        ("#2", "The ferry stopped.", ["item 2"]),
    ]
    lines = _read("a.jsonl")
    assert [(item.member, item.values["published"]) for item in lines.articles] == [("#line-1", "2014-06-03")]
    assert [name for name, _ in lines.left_out] == ["a.jsonl#line-2"]
    assert _one("a.json", b'{"text": "Alone."}').text == "Alone."
    assert _one("a.json", rb'[{"text": "Half \ud800 a pair\u0000."}]').text == "Half \ufffd a pair\ufffd."


def test_a_feed_gives_an_article_an_entry() -> None:
    """The markup of an entry is read as such; the day is the one written; an entry may be its title alone."""
    bridge, ferry = _read("a.xml").articles
    assert (bridge.member, bridge.text) == ("#1", "The bridge was opened.\n\nShips pass.")
    assert dict(bridge.values) == {
        "title": "Bridge opens",
        "publisher": "The Courier",
        "author": "Jane Roe",
        "language": "en",
        "published": "2014-06-03",
    }
    assert ferry.text == "The ferry stopped"
    assert [item.text for item in _read("a.rss", FEED.encode("utf-16")).articles] == [bridge.text, ferry.text]


def test_a_kind_is_told_by_the_ending_whatever_its_case() -> None:
    """`PAGE.HTM` is a page."""
    assert _one("PAGE.HTM", HTML.encode()).text == _one("a.html").text
    assert len(_read("A.EML", mail()).articles) == 2


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2014-06-03", "2014-06-03"),
        ("2014-06-03T23:30:00-07:00", "2014-06-03"),
        ("20140603", "2014-06-03"),
        ("Tue, 03 Jun 2014 10:00:00 GMT", "2014-06-03"),
        ("3 June 2014", "2014-06-03"),
        ("June 3, 2014", "2014-06-03"),
        ("2014-06-31", None),
        ("03/04/2014", None),
        ("2014", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_days_are_read_or_left(written: str, day: str | None) -> None:
    """What can be read in two ways is not read at all."""
    found = read_day(written)
    assert (found.isoformat() if found else None) == day


def test_paragraphs_are_whole_again() -> None:
    """Full lines go on, a short one that ends a sentence does not; items stand by themselves."""
    lines = [
        "Opening of the bridge",
        "The bridge over the harbour was opened on Tuesday by the mayor of the",
        "town, who thanked the well-",
        "known builders.",
        "Ships pass under it from Monday on, said the port of HARBOUR-",
        "TOWN in a statement.",
        "",
        "- one item",
        "- another item",
        "> quoted",
    ]
    assert list(paragraphs(lines)) == [
        "Opening of the bridge",
        "The bridge over the harbour was opened on Tuesday by the mayor of the town, who thanked the wellknown "
        "builders.",
        "Ships pass under it from Monday on, said the port of HARBOURTOWN in a statement.",
        "- one item",
        "- another item",
        "> quoted",
    ]

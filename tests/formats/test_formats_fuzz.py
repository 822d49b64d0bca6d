"""Any bytes and any texts: readers give sound articles or refuse with a line, and lose nothing that is text."""

from __future__ import annotations

import csv
import json
import re
from email.message import EmailMessage
from io import BytesIO, StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import LIMITS, MARKDOWN, SAMPLES, zipped

from qa.errors import InputError
from qa.formats.archive import read_any
from qa.formats.article import FIELDS, Reading
from qa.formats.builder import flat
from qa.formats.decode import decode
from qa.formats.kinds import read_bytes

quick = settings(
    derandomize=True,
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=200
)
words = texts.filter(lambda text: bool(flat(text)))
edits = st.lists(
    st.tuples(
        st.sampled_from(("cut", "flip", "put", "drop", "double")), st.floats(0, 1), st.binary(max_size=8)
    ),
    min_size=1,
    max_size=4,
)


def _edited(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    """The bytes after some damage: cut off, changed, put in, taken out, doubled."""
    for how, where, new in changes:
        at = int(where * len(data))
        data = {
            "cut": data[:at],
            "flip": data[:at] + bytes(byte ^ 0x55 for byte in data[at : at + 3]) + data[at + 3 :],
            "put": data[:at] + new + data[at:],
            "drop": data[:at] + data[at + 20 :],
            "double": data[:at] + data[max(at - 200, 0) :],
        }[how]
    return data


def _outcome(name: str, content: bytes) -> Reading | InputError:
    """What a file gives, or why it gives nothing."""
    try:
        if name.endswith(".zip"):
            return read_any(name, content, LIMITS, "sources.toml").reading
        return read_bytes(name, content, LIMITS)
    except InputError as error:
        return error


def _sound(reading: Reading) -> None:
    """What every reading holds to, so that it can be stored, cited and shown."""
    assert reading.articles or reading.left_out
    assert len({article.member for article in reading.articles}) == len(reading.articles)
    for article in reading.articles:
        assert article.text.strip()
        article.text.encode()
        assert set(article.values) <= set(FIELDS)
        assert set(article.values) <= set(article.basis)
        assert all(value and value == flat(value) for value in article.values.values())
        last = 0
        for place in article.places:
            assert last <= place.start < place.end <= len(article.text)
            assert place.label
            assert place.label == flat(place.label)
            last = place.end
    assert all("\n" not in name + reason and reason for name, reason in reading.left_out)


ARCHIVE = zipped({"in/one.txt": "The tram stopped.", "a.md": MARKDOWN, "../up.txt": "x"})


@pytest.mark.parametrize("name", [*SAMPLES, "a.zip"])
@quick
@given(changes=edits)
def test_damaged_files_are_read_soundly_or_refused(name: str, changes: list[tuple[str, float, bytes]]) -> None:
    """No damage brings out anything but a sound reading or a line that names the file."""
    reading = _outcome(name, _edited(SAMPLES.get(name, ARCHIVE), changes))
    if isinstance(reading, Reading):
        _sound(reading)
        assert Reading.from_dict(json.loads(json.dumps(reading.as_dict()))) == reading
    else:
        assert name in reading.message
        assert "\n" not in str(reading)


@pytest.mark.parametrize("suffix", sorted({name.partition(".")[2] for name in SAMPLES}))
@quick
@given(content=st.binary(max_size=300) | texts.map(str.encode))
def test_any_bytes_are_read_soundly_or_refused(suffix: str, content: bytes) -> None:
    """Whatever is in a file, its kind's reader does not break down over it."""
    reading = _outcome(f"x.{suffix}", content)
    if isinstance(reading, Reading):
        _sound(reading)
    else:
        assert reading.message.startswith(("x.", "The front matter of x."))


@quick
@given(text=texts)
def test_plain_text_is_kept_to_the_letter(text: str) -> None:
    """UTF-8 is decoded to what was encoded; offsets count in it."""
    assert decode("x.txt", text.encode())[0] == text


@quick
@given(rows=st.lists(st.tuples(words, words), min_size=1, max_size=4))
def test_texts_come_out_of_tables_as_they_went_in(rows: list[tuple[str, str]]) -> None:
    """As CSV, as JSON and as JSON lines alike: each article whole, its title on one line."""
    table = StringIO()
    writer = csv.writer(table)
    writer.writerows([("title", "text"), *rows])
    objects = [{"title": title, "text": text} for title, text in rows]
    lines = "\n".join(json.dumps(item) for item in objects)
    for name, content in (("x.csv", table.getvalue()), ("x.json", json.dumps(objects)), ("x.jsonl", lines)):
        found = read_bytes(name, content.encode(), LIMITS).articles
        assert [flat(item.text) for item in found] == [flat(text) for _, text in rows]
        assert [item.values["title"] for item in found] == [flat(title) for title, _ in rows]


@quick
@given(blocks=st.lists(words, min_size=1, max_size=4))
def test_no_text_is_lost_in_word_documents_and_mail(blocks: list[str]) -> None:
    """Every paragraph comes out, in order, with nothing but white space between."""
    from docx import Document

    made = Document()
    for block in blocks:
        made.add_paragraph(flat(block))
    out = BytesIO()
    made.save(out)
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content("\n\n".join(flat(block) for block in blocks))
    wanted = "".join("".join(blocks).split())
    for name, content in (("x.docx", out.getvalue()), ("x.eml", message.as_bytes())):
        (article,) = read_bytes(name, content, LIMITS).articles
        # A word that was parted at the end of a line has lost its hyphen.
        assert _letters(article.text) == _letters(wanted)


def _letters(text: str) -> str:
    return re.sub(r"[\s\xad-]", "", text)


@quick
@given(names=st.lists(st.text(max_size=20), min_size=1, max_size=5, unique=True))
def test_names_in_archives_lead_nowhere(names: list[str]) -> None:
    """Whatever members are called, what is read of them has a name below the archive's own."""
    members = {
        name.encode("utf-8", "replace").decode().replace("\x00", "") + ".txt": f"Text {at}."
        for at, name in enumerate(names)
    }
    reading = _outcome("x.zip", zipped(members))
    if isinstance(reading, InputError):
        assert reading.message.startswith("x.zip")
        return
    _sound(reading)
    for article in reading.articles:
        parts = article.member.split("/")
        assert parts[0] == ""
        assert all(part not in ("..",) for part in parts)
        assert "\x00" not in article.member

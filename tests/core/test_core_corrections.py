"""What the user corrects stays, whatever is read later, and goes with the text and not with the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from qa.config import Settings
from qa.errors import InputError, NotFoundError
from qa.index import Index
from qa.load import document_id
from qa.metadata.corrections import BASIS
from qa.records import Document, Event
from qa.split import split_passages
from qa.storage.vectors import open_collection

FERRY = (
    "The ferry of the northern line sank in the storm. Nobody of the crew of nineteen was hurt. "
    "The owners said on Monday that they would raise it."
)
EDITION = FERRY.replace("nineteen", "twenty") + " The work will begin in the summer of next year."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One report and what its sidecar says of it."""
    place = tmp_path / "reports"
    place.mkdir()
    (place / "a.txt").write_text(FERRY)
    (place / "sources.toml").write_text('["a.txt"]\ntitle = "Ferry lost"\npublisher = "The Courier"\n')
    return place


def _only(index: Index) -> Document:
    (document,) = index.snapshot.documents.values()
    return document


def test_a_correction_is_in_force_at_once(
    index: Index, folder: Path, embedded: list[str], make_settings: Callable[..., Settings]
) -> None:
    """It is marked, its passages are embedded under the new headline, and the old vectors are gone."""
    index.ingest([folder])
    embedded.clear()
    told = index.correct(
        document_id(FERRY),
        {
            "title": " Ferry  sunk ",
            "event_date": "2019-03-02",
            "event_place": "Ostby",
            "published": "2019-03-03",
        },
    )
    assert told == _only(index)
    assert (told.title, told.publisher, told.published) == ("Ferry sunk", "The Courier", date(2019, 3, 3))
    assert told.event == Event(date(2019, 3, 2), "Ostby")
    assert {told.basis[field] for field in ("title", "event_date", "event_place", "published")} == {BASIS}
    assert told.basis["publisher"] != BASIS
    assert [text.split("\n")[0] for text in embedded] == ["The Courier. Ostby, 2 March 2019. Ferry sunk"]
    held = set(open_collection(make_settings()).get(include=[])["ids"])
    assert held == {passage.id for passage in split_passages(told)}


def test_a_correction_survives_what_is_read_later(index: Index, folder: Path) -> None:
    """Ingesting again, another sidecar, a rename, removal and return: it comes before all of them."""
    index.ingest([folder])
    index.correct(document_id(FERRY), {"title": "Ferry sunk"})
    assert index.ingest([folder]).changed is False
    (folder / "sources.toml").write_text('["a.txt"]\ntitle = "Lost at sea"\npublisher = "The Post"\n')
    assert index.ingest([folder]).replaced == ["a.txt"]
    assert (_only(index).title, _only(index).publisher) == ("Ferry sunk", "The Post")
    (folder / "a.txt").rename(folder / "b.txt")
    index.ingest([folder])
    assert (_only(index).title, _only(index).publisher) == ("Ferry sunk", None)
    index.remove(document_id(FERRY))
    index.ingest([folder])
    assert _only(index).title == "Ferry sunk"


def test_taken_back_what_was_read_holds_again(index: Index, folder: Path) -> None:
    """Without reading the file: it may be gone by then."""
    index.ingest([folder])
    before = _only(index)
    index.correct(document_id(FERRY), {"title": "Ferry sunk", "published": "2019-03-03"})
    (folder / "a.txt").unlink()
    index.correct(document_id(FERRY), {}, ["title"])
    assert (_only(index).title, _only(index).published) == ("Ferry lost", date(2019, 3, 3))
    index.correct(document_id(FERRY), {}, ["published", "event_place"])
    assert _only(index) == before


def test_a_new_edition_keeps_a_correction_and_another_text_does_not(index: Index, folder: Path) -> None:
    """Under one name: most sentences are the same, or it is something else, of which nothing is known."""
    index.ingest([folder])
    index.correct(document_id(FERRY), {"published": "2019-03-03"})
    (folder / "a.txt").write_text(EDITION)
    index.ingest([folder])
    assert (_only(index).id, _only(index).published) == (document_id(EDITION), date(2019, 3, 3))
    (folder / "a.txt").write_text("The bridge opened on Monday, and it is the longest of the whole country.")
    index.ingest([folder])
    assert _only(index).published is None
    (folder / "a.txt").write_text(FERRY)
    index.ingest([folder])
    assert _only(index).published == date(2019, 3, 3)


@pytest.mark.parametrize(
    ("values", "clear", "complaint"),
    [
        ({"published": "3 March"}, (), "is not a date"),
        ({"event_date": "2019-02-30"}, (), "is not a date"),
        ({"title": "  "}, (), "The title is empty"),
        ({"title": "x" * 501}, (), "too long"),
        ({"publisher": "a\x00b"}, (), "no plain text"),
        ({"colour": "red"}, (), "no field 'colour'"),
        ({}, ("colour",), "no field 'colour'"),
        ({}, (), "Nothing to correct"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    index: Index, folder: Path, values: dict[str, str], clear: tuple[str, ...], complaint: str
) -> None:
    """One line, and nothing of it is kept."""
    index.ingest([folder])
    before = _only(index)
    with pytest.raises(InputError, match=complaint) as caught:
        index.correct(before.id, {"event_place": "Ostby"} | values if values else values, clear)
    assert caught.value.hint
    assert _only(index) == before
    with pytest.raises(NotFoundError):
        index.correct("0" * 16, {"title": "x"})

"""What a report tells of itself: publisher, days and place, from where reports have them."""

from __future__ import annotations

from datetime import date

import pytest

from qa.metadata.infer import infer

DAY = date(2014, 6, 3)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "name", "publisher", "published", "event_date", "place"),
    [
        (
            "Crowd at the pier\n\nRIGA (The Courier) — The two mayors met on Tuesday.\n",
            "2014-06-04-pier.txt",
            "The Courier",
            date(2014, 6, 4),
            DAY,
            "Riga",
        ),
        (
            "PORT AMBER, June 4, 2014 (Northern Wire) – Vance met Otto on Tuesday.\n",
            "a.txt",
            "Northern Wire",
            date(2014, 6, 4),
            DAY,
            "Port Amber",
        ),
        (
            "Crowd at the pier\nPublished: 4 June 2014\n\nThe mayors met in Elmstad on Tuesday for talks.\n",
            "a.txt",
            None,
            date(2014, 6, 4),
            DAY,
            "Elmstad",
        ),
        ("Vance met Otto in Elmstad on 3 June 2014.\n", "a.txt", None, None, DAY, "Elmstad"),
        ("Vance held talks in Elmstad, on June 3, 2014.\n", "a.txt", None, None, DAY, "Elmstad"),
        (
            "(Northern Wire) – Vance met Otto at Elmstad on Monday.\n",
            "a.txt",
            "Northern Wire",
            None,
            None,
            "Elmstad",
        ),
        (
            "4 June 2014\nThe treaty of May 2010 stands. They will meet in Zell on Friday.\n",
            "a.txt",
            None,
            date(2014, 6, 4),
            None,
            "Zell",
        ),
        ("A note on herring - and on eels.\n", "notes-12345678.txt", None, None, None, None),
        ("", "", None, None, None, None),
    ],
)
def test_a_report_tells_of_itself(
    text: str,
    name: str,
    publisher: str | None,
    published: date | None,
    event_date: date | None,
    place: str | None,
) -> None:
    """What is there is found and has its basis; what is not there is not made up."""
    found = infer(text, name)
    assert (found.publisher, found.published, found.event_date) == (publisher, published, event_date)
    assert found.event_place == place
    values = {
        "publisher": found.publisher,
        "published": found.published,
        "event_date": found.event_date,
        "event_place": found.event_place,
    }
    assert set(found.basis) == {key for key, value in values.items() if value}
    assert all(basis.startswith("inferred: ") for basis in found.basis.values())

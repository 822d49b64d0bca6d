"""What a reader gives: articles, and what it had to leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from qa.records import Place

FIELDS = (
    "title",
    "publisher",
    "author",
    "published",
    "event_date",
    "event_place",
    "language",
)
DATES = ("published", "event_date")


@dataclass(frozen=True, slots=True)
class Article:
    """One text of a file and what the file says of it.

    `member` is empty for the file's only text, else what is put after the file's name: "#3", "/inner.txt".
    `values` holds some of FIELDS as text, dates in ISO 8601; `basis` says where each stands ("stated: ..."),
    and what there was that could not be read.
    """

    text: str
    member: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file: its articles; by name and reason what in it could not be read; and files it
    carries, by name, that are still to be read.
    """

    articles: tuple[Article, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    attached: tuple[tuple[str, bytes], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON types; only for a reading with nothing left to be read."""
        assert not self.attached
        articles = [asdict(article) for article in self.articles]
        return {"articles": articles, "left_out": [list(pair) for pair in self.left_out]}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Reading:
        """What `as_dict` gave."""
        articles = tuple(
            Article(**{**item, "places": tuple(Place(**place) for place in item["places"])})
            for item in plain["articles"]
        )
        return cls(articles, tuple((name, reason) for name, reason in plain["left_out"]))

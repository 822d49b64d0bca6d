"""The five reports and what `sources.toml` says of them."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from pathlib import Path

import pytest

from qa.load import find_files, load_examples, load_file

SHA256 = {
    "000_c4a5e6eddcb18b2f.txt": "42ad0740fa4e610324301d1cecf96cbf24dd1a14ba3b76fddb478b9f40e7edc0",
    "001_423e3940cca06aad.txt": "d0368910cb9b3b6edbd16aab35886670fd5517e19dc727b5744b721b5302d5c6",
    "002_a5837db53f7c107d.txt": "e54d8a2afd66b8943c9b4efd705908c178d3a30e9b5c749a653115db8a3b6b17",
    "003_40cf9f504f306172.txt": "845e0f8db921ed413add71f55feab194c24a504242a1894e27a11a28c229ec9e",
    "004_760fe1bd12aec7d5.txt": "0bdd7117ddb825fa1552a06e226edc322311fe457c6fc15ca5076e0373a3b860",
}
FIELDS = {"title": str, "publisher": str, "published": date, "event_date": date, "event_place": str}
EVENTS = {
    "000": (date(2015, 9, 21), "Moscow"),
    "001": (date(2018, 7, 11), "Moscow"),
    "002": (date(2015, 9, 21), "Moscow"),
    "003": (date(2017, 3, 9), "Moscow"),
    "004": (date(2013, 5, 14), "Sochi"),
}


def _sidecar(seeds: Path) -> dict[str, object]:
    return tomllib.loads((seeds / "sources.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SHA256)
def test_each_report_is_byte_for_byte_as_it_came(seeds: Path, name: str) -> None:
    """No editor or checkout has changed a report."""
    assert hashlib.sha256((seeds / name).read_bytes()).hexdigest() == SHA256[name]


def test_there_are_five_reports_and_nothing_else_to_read(seeds: Path) -> None:
    """A file that strays into the folder would be indexed."""
    assert [file.name for _, file in find_files([seeds])] == list(SHA256)


@pytest.mark.parametrize("name", SHA256)
def test_each_value_says_on_what_it_rests(seeds: Path, name: str) -> None:
    """Every value is of its kind, stated or inferred, and says from what; only a publisher may be unknown."""
    entry = _sidecar(seeds)[name]
    assert isinstance(entry, dict)
    assert FIELDS.keys() - {"publisher"} <= entry.keys() <= FIELDS.keys()
    for field, said in entry.items():
        assert said.keys() == {"value", "basis", "from"}, field
        assert isinstance(said["value"], FIELDS[field])
        assert said["basis"] in ("stated", "inferred")
        assert len(said["from"]) > 5


def test_the_sidecar_speaks_of_the_reports_alone(seeds: Path) -> None:
    """An entry for a file that is not there would be a misspelt name."""
    assert _sidecar(seeds).keys() == {"examples"} | SHA256.keys()


@pytest.mark.parametrize("name", SHA256)
def test_a_report_is_loaded_with_its_event(seeds: Path, name: str) -> None:
    """The date and the place of the meeting it tells of, and a basis for every value, reach the record."""
    document = load_file(seeds, seeds / name).document
    assert (document.event.date, document.event.place) == EVENTS[name[:3]]
    assert document.published == document.event.date
    assert document.uri == f"seeds/{name}"
    assert document.text.encode() == (seeds / name).read_bytes()
    assert document.basis.keys() >= FIELDS.keys() - {"publisher"}


def test_the_example_questions_are_questions(seeds: Path) -> None:
    """What the page offers to click on is there."""
    examples = load_examples(seeds)
    assert len(examples) >= 3
    assert all(example.endswith("?") for example in examples)

"""The interface's words: complete in every language, chosen for each reader."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from qa.server import language
from qa.server.language import LANGUAGES, STRINGS, texts_for

SOURCES = Path(language.__file__).parent


def entries() -> dict[str, dict[str, str | list[str]]]:
    """Every key with its forms by language."""
    groups = tomllib.loads(STRINGS.read_text(encoding="utf-8"))
    return {f"{group}.{key}": forms for group, keys in groups.items() for key, forms in keys.items()}


def placeholders(form: str | list[str]) -> list[set[str]]:
    """The names in braces, of each form."""
    forms = [form] if isinstance(form, str) else form
    return [{name for _, name, _, _ in Formatter().parse(one) if name} for one in forms]


@pytest.mark.parametrize("key", sorted(entries()))
def test_every_string_is_there_in_every_language(key: str) -> None:
    """With the same forms and the same placeholders, and nothing empty."""
    forms = entries()[key]
    assert set(forms) == set(LANGUAGES)
    shapes = {language: (type(form), placeholders(form)) for language, form in forms.items()}
    assert len({str(shape) for shape in shapes.values()}) == 1, shapes
    assert all(form for form in forms.values())


def test_every_string_is_used_and_none_is_missing() -> None:
    """The keys that Python, the page's script and the widget name are those that there are."""
    sources = [path.read_text("utf-8") for path in SOURCES.glob("*.py")]
    python = "".join(source for source in sources if "Texts" in source)  # others have names of their own
    script = "".join(path.read_text("utf-8") for path in (SOURCES / "static").glob("*.js"))
    there = set(entries())
    groups = {key.split(".")[0] for key in there}
    named = {key for key in re.findall(r"[\"']([a-z]+\.[a-z_]+)[\"']", python) if key.split(".")[0] in groups}
    named |= {f"script.{name}" for name in re.findall(r'\bword\("(\w+)"', script)}
    widget = "".join(path.read_text("utf-8") for path in (SOURCES / "static" / "widget").glob("*.js"))
    named |= {key for key in re.findall(r'"([a-z]+\.[a-z_]+)"', widget) if key.split(".")[0] in groups}
    assert named - there == set()
    whole = set(re.findall(r"f[\"']([a-z]+)\.\{", python))  # groups whose keys are made of values
    spoken = {key for key in there if f'"{key.removeprefix("script.")}"' in script}
    assert {key for key in there - named - spoken if key.split(".")[0] not in whole} == set()


@pytest.mark.parametrize(
    ("header", "chosen", "expected"),
    [
        ("", "", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "", "de"),
        ("fr-FR,fr;q=0.9,de;q=0.4,en;q=0.3", "", "de"),
        ("en;q=0.2, de;q=0.1", "", "en"),
        ("de;q=0, fr", "", "en"),
        ("de", "en", "en"),
        ("en", "DE", "de"),
        ("de", "xx", "de"),
        (";;;,q=,de;q=x", "", "en"),
    ],
)
def test_the_language_is_chosen_for_each_reader(header: str, chosen: str, expected: str) -> None:
    """What the address says, else the best that the browser accepts, else English."""
    assert texts_for(header, chosen).language == expected


def test_dates_numbers_and_plurals() -> None:
    """As each language has them."""
    english, german, day = texts_for("en"), texts_for("de"), date(2021, 3, 5)
    assert (english.day(day), german.day(day)) == ("5 March 2021", "5. März 2021")
    assert (english.day(day, short=True), german.day(day, short=True)) == ("5 Mar", "5. März")
    assert english.day(None) == ""
    assert [english.count("counts.reports", number) for number in (0, 1, 1234)] == [
        "0 reports",
        "1 report",
        "1,234 reports",
    ]
    assert [german.count("counts.reports", number) for number in (1, 1234)] == ["1 Bericht", "1.234 Berichte"]
    assert english.event("Porto Novo", day) == "Porto Novo, 5 March 2021"
    assert english.event(None, None) == ""


def test_the_script_gets_its_own_strings_alone() -> None:
    """Those of its group, by their keys without it."""
    strings = texts_for("de").for_script()
    assert strings["back"] == "Zurück"
    assert not any("." in key for key in strings)


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("page 3", "Seite 3"),
        ("page 3 to page 4", "Seite 3 bis Seite 4"),
        ("message 2, part 3", "Nachricht 2, Teil 3"),
        ("From page 3 to the end", "From page 3 to the end"),
        ("page", "page"),
        (None, ""),
    ],
)
def test_places_are_told_in_the_language_of_the_page(label: str | None, shown: str) -> None:
    """What counts pages, rows and the like; a heading of the report stays as it stands there."""
    assert texts_for(chosen="de").place(label) == shown
    assert texts_for(chosen="en").place(label) == (label or "")

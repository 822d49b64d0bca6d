"""The interface's words in the languages of `strings.toml`, with dates, numbers and plurals as each has them.

Only the interface is translated: what reports, questions and answers say stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

STRINGS = Path(__file__).with_name("strings.toml")
LANGUAGES = {"en": "English", "de": "Deutsch"}
DEFAULT = "en"
_COUNTED = re.compile(
    r"(page|row|item|line|entry|message|chapter|part) (\d+)"
)  # as the readers of files call places
SCRIPT = "script."  # the group that the page's script gets


@dataclass(frozen=True, slots=True)
class Texts:
    """The strings of one language; none of them is HTML, whoever puts one into a page escapes it."""

    language: str
    strings: Mapping[str, str | list[str]]

    def __call__(self, key: str, **values: object) -> str:
        """The string of a key, its placeholders filled."""
        return str(self.strings[key]).format(**values)

    def count(self, key: str, number: int) -> str:
        """As `__call__` for a string with the forms of one and of several: 1 report, 2 reports."""
        one, several = list(self.strings[key])
        return (one if number == 1 else several).format(n=self.number(number))

    def number(self, value: int) -> str:
        """With the language's mark between thousands."""
        return f"{value:,}".replace(",", str(self.strings["dates.thousands"]))

    def day(self, value: date | None, *, short: bool = False) -> str:
        """14 May 2013 or 14. Mai 2013, with `short` 14 May; nothing for None."""
        if value is None:
            return ""
        months = self.strings["dates.months_short" if short else "dates.months"]
        form = "dates.day_short" if short else "dates.day"
        return self(form, day=value.day, month=months[value.month - 1], year=value.year)

    def event(self, place: str | None, when: date | None) -> str:
        """Where and when something happened; empty where neither is known."""
        return ", ".join(part for part in (place, self.day(when)) if part)

    def place(self, label: str | None) -> str:
        """Where in a document something stands: "page 3" in this language; a heading as it is."""
        shown = [self._counted(side) for side in (label or "").split(" to ", 1)]
        if not all(shown):
            return label or ""
        return shown[0] if len(shown) == 1 else self("places.span", first=shown[0], last=shown[1])

    def _counted(self, label: str) -> str:
        """One such place; empty for a heading."""
        found = [_COUNTED.fullmatch(part) for part in label.split(", ")]
        return ", ".join(self(f"places.{one[1]}", n=one[2]) for one in found if one) if all(found) else ""

    def for_script(self) -> dict[str, str]:
        """The strings that the page's script shows itself, by their keys without the group."""
        return {
            key.removeprefix(SCRIPT): str(value)
            for key, value in self.strings.items()
            if key.startswith(SCRIPT)
        }


def texts_for(accept_language: str = "", chosen: str = "") -> Texts:
    """The texts of the language `chosen` when there are any, else of the best that a browser accepts."""
    wanted = [chosen.lower(), *_accepted(accept_language), DEFAULT]
    language = next(found for name in wanted if (found := name.split("-")[0]) in LANGUAGES)
    return Texts(language, _table()[language])


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first; unreadable parts are passed over."""
    found = []
    for part in header.lower().split(","):
        name, _, options = part.strip().partition(";")
        weight = options.strip().removeprefix("q=") or "1"
        if weight.replace(".", "", 1).isdecimal() and float(weight) > 0:
            found.append((float(weight), name.strip()))
    return [name for _, name in sorted(found, key=lambda item: -item[0])]


@cache
def _table() -> dict[str, dict[str, str | list[str]]]:
    """By language, then by "group.key"."""
    groups = tomllib.loads(STRINGS.read_text(encoding="utf-8"))
    return {
        language: {
            f"{group}.{key}": forms[language] for group, keys in groups.items() for key, forms in keys.items()
        }
        for language in LANGUAGES
    }

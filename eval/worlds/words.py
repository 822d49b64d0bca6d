"""Consistent replacement: the words of a text become others, drawn by a seed from the pools of worlds.toml."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal["names", "places", "years", "counts", "remove", "add"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TABLE = Path(__file__).parent / "worlds.toml"
# Multiples of 28 years leave every date on its weekday, as long as no century's end lies between.
SHIFTS = (-56, -28, 28, 56)
FIRST_YEAR, LAST_YEAR = 1901, 2099

_YEAR = re.compile(r"(?<![\w.,-])(?:19|20)\d\d(?!\w|[.,]\d)")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_LAST_IS_MONTH = re.compile(rf"\b{_MONTH}\s+$")
_NEXT_IS_MONTH = re.compile(rf"\s+(?:of\s+)?{_MONTH}(?!\w)")
# "KremllinReuters": a capital inside a word begins another one.
_START = r"(?:(?<![^\W_])|(?<=[a-z])(?=[A-Z]))"
_END = r"(?=s?(?![^\W_])|(?<=[a-z])(?=[A-Z]))"
_NUMBER_START, _NUMBER_END = r"(?<![\w.,-])", r"(?![\w]|[.,]\d)"
_VOWEL = re.compile(r"(?!U[A-Z]|U\.|Uni|Uru|Eu)[AEIOU]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """What replaces what: `exact` forms as they stand, the `folded` ones in any case."""

    exact: Mapping[str, str]
    folded: Mapping[str, str]
    shift: int = 0


@dataclass(frozen=True)
class Rewriter:
    """Replaces words, numbers and years in any text the same way."""

    words: Words

    def text(self, text: str) -> str:
        """The text in the other world.

        >>> Rewriter(Words({}, {"moscow": "Lima"}, 28)).text("In Moscow's heat, May 2013")
        "In Lima's heat, May 2041"
        """
        changed = self._pattern.sub(self._replace, text) if self._pattern else text
        if not self.words.shift:
            return changed
        return _YEAR.sub(lambda match: str(int(match.group()) + self.words.shift), changed)

    def mentions(self, text: str) -> bool:
        """Whether the text has a word that would be replaced."""
        return self._pattern is not None and self._pattern.search(text) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        forms = [(form, re.escape(form)) for form in self.words.exact]
        forms += [(form, f"(?i:{re.escape(form)})") for form in self.words.folded]
        if not forms:
            return None
        forms.sort(key=lambda pair: len(pair[0]), reverse=True)
        words = "|".join(pattern for form, pattern in forms if not form[0].isdigit())
        numbers = "|".join(pattern for form, pattern in forms if form[0].isdigit())
        either = [f"{_START}(?P<word>{words}){_END}"] if words else []
        either += [f"{_NUMBER_START}(?P<number>{numbers}){_NUMBER_END}"] if numbers else []
        return re.compile(rf"(?:(?<![^\W_])(?P<article>[Aa]n?)(?P<gap>\s+))?(?:{'|'.join(either)})")

    def _replace(self, match: re.Match[str]) -> str:
        groups = match.groupdict()
        if groups.get("number"):
            return self._number(match)
        old = match["word"]
        form = old if old in self.words.exact else old.casefold()
        new = in_case_of(old, form, self.words.exact.get(old) or self.words.folded[form])
        return f"{_article(match['article'], old, new)}{match['gap'] or ''}{new}"

    def _number(self, match: re.Match[str]) -> str:
        """A count, never the day of a date."""
        before = match.string[: match.start("number")]
        if _LAST_IS_MONTH.search(before) or _NEXT_IS_MONTH.match(match.string, match.end()):
            return match.group()
        number = match["number"]
        new = self.words.exact.get(number) or self.words.folded[number.casefold()]
        return match.group()[: -len(number)] + new


def read_table(file: Path = TABLE) -> Mapping[str, Any]:
    """The table of replacements."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def draw_words(
    table: Mapping[str, Any], kinds: Iterable[Kind], lot: random.Random, texts: Sequence[str]
) -> Words:
    """Draw a replacement for every word of the given kinds, and a shift for the years that stand in `texts`.

    What is drawn for one kind does not depend on the other kinds.
    """
    wanted = frozenset(kinds)
    chosen: dict[str, str] = {}
    for pool in table["pool"]:
        drawn = lot.sample(pool["to"], len(pool["from"]))
        if pool["kind"] in wanted:
            for forms, others in zip(pool["from"], drawn, strict=True):
                chosen |= {form: others[at] if at < len(others) else others[0] for at, form in enumerate(forms)}
    shift = lot.choice(_shifts(texts))
    chosen |= {slip: _misspelt(chosen[right]) for slip, right in table["slips"].items() if right in chosen}
    exact = set(table["exact"])
    return Words(
        exact={form: new for form, new in chosen.items() if form in exact},
        folded={form.casefold(): new for form, new in chosen.items() if form not in exact},
        shift=shift if "years" in wanted else 0,
    )


def in_case_of(old: str, form: str, new: str) -> str:
    """A replacement written as the word it replaces: all capitals, none, or as in the table.

    >>> in_case_of("MOSCOW", "moscow", "Lima"), in_case_of("moscow", "moscow", "Lima")
    ('LIMA', 'lima')
    """
    if old == form and not old.islower():
        return new
    if old.isupper() and len(old) > 1:
        return new.upper()
    if old.islower():
        return new.lower()
    return new[0].upper() + new[1:]


def _shifts(texts: Sequence[str]) -> list[int]:
    years = [int(year) for text in texts for year in _YEAR.findall(text)] or [2000]
    fits = [shift for shift in SHIFTS if min(years) + shift >= FIRST_YEAR and max(years) + shift <= LAST_YEAR]
    return fits or [0]


def _misspelt(word: str) -> str:
    """The word without its third letter."""
    return word[:2] + word[3:]


def _article(article: str | None, old: str, new: str) -> str:
    """ "a" or "an" before the new word; as it was where the two words begin alike."""
    if not article or bool(_VOWEL.match(old)) == bool(_VOWEL.match(new)):
        return article or ""
    return article[0] + ("n" if _VOWEL.match(new) else "")

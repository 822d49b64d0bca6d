"""The units of a sentence: words and marks with their spans, and what each is compared by.

Numbers ("two dozen", "4.5 million"), dates ("14 May 2013", "May 14") and compounds with a hyphen are one unit
each, so that "six" is 6 and "$5" is 5 dollars, and "anti-fraud" is never cut to "fraud".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa.language.lexicon import IRREGULAR, SAME_KEY
from qa.words import MONTHS, WEEKDAYS, Token, fold, stem, tokens

_SCALES = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_TENS = frozenset("twenty thirty forty fifty sixty seventy eighty ninety".split())
_MARKS = re.compile(r"--|[,;:()\[\]…]|(?<=\s)[-–—](?=\s)|[–—]|[“”\"]|(?<=[\w.,!?])'(?=\s|$)|[$€£%]")
_CURRENCY = {"$": "dollar", "€": "euro", "£": "pound"}
_ORDINAL = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A word or mark with its span, the `key` it is compared by, and its part: `tag` is one of

    ART DET POS PRO N NUM DATE V ING AUX MOD NEG TO PREP SUB CC ADV PUN. `form` of a verb is "fin", "ed" (past
    or participle), "part", "base"; `passive` whether it is one in the passive; `possessive` for "X's".
    """

    text: str
    start: int
    end: int
    key: str
    tag: str
    form: str = ""
    passive: bool = False
    possessive: bool = False

    @property
    def is_name(self) -> bool:
        """Whether it is a capitalized noun."""
        return self.tag == "N" and self.text[:1].isupper()

    @property
    def low(self) -> str:
        """The folded text."""
        return _folded(self.text)


Units = Sequence[Unit]


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return fold(text)


def words_and_marks(text: str) -> Iterable[Unit]:
    """The words of a text and its marks of punctuation, in order; only marks and currencies have a tag yet."""
    position = 0
    for token in tokens(text):
        yield from _marks(text, position, token.start)
        yield _word(token, text)
        position = token.end
    yield from _marks(text, position, len(text))


def _marks(text: str, start: int, end: int) -> Iterable[Unit]:
    for match in _MARKS.finditer(text, start, end):
        mark = match.group()
        if mark == "%":
            yield Unit(mark, match.start(), match.end(), "percent", "N")
        elif mark in _CURRENCY:
            yield Unit(mark, match.start(), match.end(), _CURRENCY[mark], "CUR")
        else:
            yield Unit(mark, match.start(), match.end(), "", "PUN")


def _word(token: Token, text: str) -> Unit:
    folded = fold(token.text)
    possessive = folded.endswith("'s") or (
        folded.endswith("s") and text[token.end : token.end + 1] in ("'", "’")
    )
    return Unit(token.text, token.start, token.end, key_of(token.text), "", possessive=possessive)


@lru_cache(maxsize=20_000)
def key_of(word: str) -> str:
    """What words are compared by: the stem of the verb's base, one spelling, one of a set of equals."""
    folded = fold(word)
    if folded.endswith("n't") or folded == "cannot":
        return "not"
    bare = folded.removesuffix("'s")
    bare = bare.replace("isation", "ization").replace("ised", "ized").replace("ising", "izing")
    bare = re.sub(r"(?<=[a-z]{4})ise(s?)$", r"ize\1", re.sub(r"(?<=[a-z]{2})our(s?)$", r"or\1", bare))
    bare = re.sub(r"met(?:re|er)s?$", "meter", bare) if bare not in ("meter", "metre") else "meter"
    return SAME_KEY.get(bare) or SAME_KEY.get(key := stem(IRREGULAR.get(bare, bare))) or key


def merge_hyphens(text: str, units: list[Unit]) -> list[Unit]:
    """Words joined by a hyphen are one unit."""
    merged: list[Unit] = []
    for unit in units:
        joined = merged and text[merged[-1].end : unit.start] in ("-", "‑", ".-") and unit.tag != "PUN"
        if joined and merged[-1].tag != "PUN":
            whole = text[merged[-1].start : unit.end]
            key = f"{merged[-1].key}-{unit.key}"
            if fold(merged[-1].text) in _TENS and unit.key.isdigit():
                key = str(int(merged[-1].key) + int(unit.key))
            merged[-1] = replace(unit, text=whole, start=merged[-1].start, key=key)
        else:
            merged.append(unit)
    return merged


def merge_numbers(units: list[Unit]) -> list[Unit]:
    """ "4.5 million", "two dozen", "$5" and "5 dollars" in one way; "per cent" and "percent" too."""
    merged: list[Unit] = []
    for unit in units:
        last = merged[-1] if merged else None
        if last and last.low == "per" and unit.low == "cent":
            merged[-1] = replace(unit, text="per cent", start=last.start, key="percent")
        elif last and last.tag == "NUM" and unit.low in _SCALES and _is_number(last.key):
            key = _plain(float(last.key) * _SCALES[unit.low])
            merged[-1] = replace(last, text=f"{last.text} {unit.text}", end=unit.end, key=key)
        elif last and last.low in ("a", "an") and unit.low in _SCALES:
            merged[-1] = replace(unit, start=last.start, key=_plain(_SCALES[unit.low]), tag="NUM")
        elif _is_number(unit.key) and unit.low != "one":
            merged.append(replace(unit, tag="NUM", key=_plain(float(unit.key))))
        else:
            merged.append(unit)
    return _currency_last(merged)


def _currency_last(units: list[Unit]) -> list[Unit]:
    for position in range(len(units) - 1):
        if units[position].tag == "CUR" and units[position + 1].tag == "NUM":
            units[position], units[position + 1] = units[position + 1], units[position]
    return [replace(unit, tag="N") if unit.tag == "CUR" else unit for unit in units]


def _is_number(key: str) -> bool:
    return key.replace(".", "", 1).isdigit()


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def merge_dates(units: list[Unit]) -> list[Unit]:
    """ "14 May 2013", "May 14, 2013", "May 2013", "May 14", a weekday, a year: keys such as "2013-05-14"."""
    merged: list[Unit] = []
    at = 0
    while at < len(units):
        length, key = _date_at(units, at)
        if length:
            first, last = units[at], units[at + length - 1]
            text = " ".join(unit.text for unit in units[at : at + length])
            merged.append(Unit(text, first.start, last.end, key, "DATE", possessive=last.possessive))
            at += length
        else:
            merged.append(units[at])
            at += 1
    return merged


def _date_at(units: Sequence[Unit], at: int) -> tuple[int, str]:
    """How many units from here make a date, and its key: year, month and day, "?" for what is not said."""
    words = [unit.low.removesuffix("'s") for unit in units[at : at + 5]] + [""] * 5
    if words[0] in WEEKDAYS:
        return 1, f"w{WEEKDAYS.index(words[0])}"
    shapes = (
        (("d", "m", ",", "y"), (3, 1, 0)),
        (("d", "m", "y"), (2, 1, 0)),
        (("m", "d", ",", "y"), (3, 0, 1)),
        (("m", "d", "y"), (2, 0, 1)),
        (("d", "m"), (None, 1, 0)),
        (("m", "d"), (None, 0, 1)),
        (("m", "of", "y"), (2, 0, None)),
        (("m", ",", "y"), (2, 0, None)),
        (("m", "y"), (1, 0, None)),
        (("m",), (None, 0, None)),
        (("y",), (0, None, None)),
    )
    for shape, (year, month, day) in shapes:
        if all(
            _fits(kind, word, units, at + i) for i, (kind, word) in enumerate(zip(shape, words, strict=False))
        ):
            parts = [
                words[year] if year is not None else "?",
                f"{MONTHS[words[month]]:02d}" if month is not None else "?",
                f"{int(re.sub(r'[a-z]', '', words[day])):02d}" if day is not None else "?",
            ]
            return len(shape), "-".join(parts)
    return 0, ""


def _fits(kind: str, word: str, units: Sequence[Unit], at: int) -> bool:
    if kind == "m":
        # "May" and "march" are other words too: a capital, and not first in its sentence before a verb.
        return (
            word in MONTHS
            and units[at].text[:1].isupper()
            and (word not in ("may", "march") or _dated(units, at))
        )
    if kind == "d":
        return bool(re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", word)) and 0 < int(re.sub(r"\D", "", word)) < 32
    if kind == "y":
        return bool(re.fullmatch(r"(?:1[5-9]|20)\d\d", word))
    return word == kind


def _dated(units: Sequence[Unit], at: int) -> bool:
    near = [unit.low for unit in (*units[max(0, at - 1) : at], *units[at + 1 : at + 2])]
    return any(
        word[:1].isdigit() or word in ("in", "of", "since", "last", "next", "until", "by", "early")
        for word in near
    )

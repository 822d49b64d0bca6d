"""False sentences made of true ones: one thing changed, so that the evidence no longer supports them.

Each maker gives None where it finds nothing to change, or where the change might leave the sentence true.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import partial

from qa.words import MONTHS, STOPWORDS, WEEKDAYS, fold

_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w’'-]*[a-z](?:\s+[A-Z][\w’'-]*[a-z])*")
_FIRST_NAME = re.compile(r"\b[A-Z][\w’'-]*[a-z](?:\s+[A-Z][\w’'-]*[a-z])*")
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])")
_WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty".split()
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTH = re.compile(
    r"\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
)
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(day.capitalize() for day in WEEKDAYS)})\b")
_UNITS = (
    "kilometres metres miles feet centimetres",
    "kilometers meters miles feet",
    "percent votes tonnes dollars",
    "days weeks months years hours minutes",
    "people soldiers ships houses",
    "million billion thousand",
    "dollars euros pounds yen",
)
_UNIT = re.compile(rf"\b(?:{'|'.join(sorted({u for group in _UNITS for u in group.split()}))})\b")
_AUXILIARY = re.compile(r"\b(is|are|was|were|has|have|had|will|would|can|could)\b(?! not\b)")
_NEGATED = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|can|could|did|does|do) not\b|\b(?:never|no)\b(?!-) ?"
)
_HEDGES = re.compile(
    r"\b(?:at least|nearly|almost|about|around|more than|up to|some|roughly|approximately|over|less than|"
    r"an estimated|as many as)\s+(?=\d|(?:two|three|four|five|six|seven|eight|nine|ten|half|a third)\b)|"
    r"\b(?:reportedly|allegedly|apparently|possibly|probably|likely|partly|only)\s+(?=\w)",
    re.I,
)
_BELIEVED = re.compile(
    r"\b(is|are|was|were) (?:believed|said|thought|reported|expected|alleged|due|likely) to (?:have )?(\w+)"
)
_SAID = re.compile(
    r"^(?P<lead>.{0,120}?\b(?:said|says|claimed|claims|alleged|warned|suggested|argued|believes|believed|denied|"
    r"told \w+)\s+that)\s+(?P<said>.{20,})$"
)
_SPEAKER = re.compile(
    r"(?P<name>\b[A-Z][\w’'-]*[a-z](?:\s+[A-Z][\w’'-]*[a-z])*)(?= (?:said|says|told|added|argued|warned)\b)|"
    r"(?<=[”\"] said )(?P<after>[A-Z][\w’'-]*[a-z](?:\s+[A-Z][\w’'-]*[a-z])*)"
)
_SYMMETRIC = re.compile(
    r"\b(?:met|meet|meets|meeting|and|or|between|with|both|versus|vs|share|joined|equals|called|named|known)\b"
)
_OPPOSITE = {
    "rose": "fell",
    "fell": "rose",
    "increased": "decreased",
    "decreased": "increased",
    "won": "lost",
    "lost": "won",
    "accepted": "rejected",
    "rejected": "accepted",
    "opened": "closed",
    "closed": "opened",
    "before": "after",
    "after": "before",
    "agreed": "refused",
    "refused": "agreed",
    "more": "less",
    "less": "more",
    "higher": "lower",
    "lower": "higher",
    "supports": "opposes",
    "opposes": "supports",
    "first": "last",
    "last": "first",
    "allowed": "forbidden",
    "began": "ended",
    "ended": "began",
    "from": "to",
    "largest": "smallest",
}
_OPPOSED = re.compile(rf"\b(?:{'|'.join(_OPPOSITE)})\b")
_PLACE = re.compile(r"(?<=\b(?:in|at)\s)(?:the\s+)?(?P<name>[A-Z][\w’'-]*[a-z](?:\s+[A-Z][\w’'-]*[a-z])*)")

Maker = Callable[[str, str, str, random.Random], str | None]


def perturbations(text: str, quote: str, pool: str, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Each kind of change with the sentence it gives; names are taken from `pool`, a longer text."""
    for kind, maker in MAKERS.items():
        changed = maker(text, quote, pool, dice)
        if changed is not None and _flat(changed) != _flat(text) and _flat(changed) not in _flat(quote):
            yield kind, changed


def _flat(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def _replace(text: str, match: re.Match[str] | None, new: str | None, group: int | str = 0) -> str | None:
    if match is None or new is None:
        return None
    start, end = match.span(group)
    new = new[0].upper() + new[1:] if start == 0 else new
    return text[:start] + new + text[end:]


def _any(pattern: re.Pattern[str], text: str, dice: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return dice.choice(found) if found else None


def _number(text: str, quote: str, pool: str, dice: random.Random, *, near: bool) -> str | None:
    """Another number: one the evidence has elsewhere (`near`), or one it has not."""
    match = _any(_NUMBER, text, dice) or _any(_NUMBER_WORD, text, dice)
    if match is None:
        return None
    old = match.group()
    pattern = _NUMBER if old[0].isdigit() else _NUMBER_WORD
    if near:
        others = sorted({m.group() for m in pattern.finditer(quote)} - {old, old.casefold(), old.capitalize()})
        return _replace(text, match, dice.choice(others)) if others else None
    if old[0].isdigit():
        digits = old[:-1] + str((int(old[-1]) + dice.randint(1, 8)) % 10)
        return _replace(text, match, digits)
    return _replace(
        text,
        match,
        dice.choice([word for word in _WORDS if word != old.casefold() and word not in fold(quote)]),
    )


def _name(
    text: str, quote: str, pool: str, dice: random.Random, *, near: bool, pattern: re.Pattern[str] = _NAME
) -> str | None:
    """Another name in the place of one: one of the evidence (`near`) or one of the rest of the text."""
    match = _any(pattern, text, dice)
    if match is None:
        return None
    group: int | str = next((g for g, value in match.groupdict().items() if value), 0)
    old = set(fold(match.group(group)).split())
    if old & STOPWORDS:
        return None
    known = {m.group() for m in _NAME.finditer(quote if near else pool)}
    if not near:
        known -= {m.group() for m in _NAME.finditer(quote)}
    others = sorted(
        name
        for name in known
        if not old & set(fold(name).removesuffix("'s").split())
        and fold(name).split()[0] not in (*MONTHS, *WEEKDAYS, *STOPWORDS, *_WORDS)
    )
    return _replace(text, match, dice.choice(others), group) if others else None


def _date(text: str, quote: str, pool: str, dice: random.Random) -> str | None:
    for pattern, values in (
        (_WEEKDAY, [day.capitalize() for day in WEEKDAYS]),
        (_MONTH, "January February March April June July August September October November December".split()),
    ):
        if match := _any(pattern, text, dice):
            return _replace(text, match, dice.choice([value for value in values if value != match.group()]))
    match = _any(_YEAR, text, dice)
    return _replace(text, match, str(int(match.group()) + dice.choice((-2, -1, 1, 3)))) if match else None


def _unit(text: str, quote: str, pool: str, dice: random.Random) -> str | None:
    match = _any(_UNIT, text, dice)
    before = text[: match.start()].split()[-1:] if match else []
    if match is None or not before or not (before[0][-1].isdigit() or fold(before[0]) in _WORDS):
        return None
    group = next(group for group in _UNITS if match.group() in group.split())
    return _replace(text, match, dice.choice([unit for unit in group.split() if unit != match.group()]))


def _polarity(text: str, quote: str, pool: str, dice: random.Random) -> str | None:
    if match := _NEGATED.search(text):
        return (
            _replace(text, match, match.group(1) or "")
            if match.group(1)
            else text[: match.start()] + text[match.end() :]
        )
    match = _AUXILIARY.search(text)
    return _replace(text, match, f"{match.group()} not") if match else None


def _role(text: str, quote: str, pool: str, dice: random.Random) -> str | None:
    """Two names change places; not where what stands between them works both ways."""
    names = [
        m
        for m in _FIRST_NAME.finditer(text)
        if fold(m.group()) not in (*MONTHS, *WEEKDAYS) and len(m.group()) > 3
    ]
    pairs = [
        (one, other)
        for at, one in enumerate(names)
        for other in names[at + 1 :]
        if len(text[one.end() : other.start()].split()) >= 2
        and not _SYMMETRIC.search(text[one.end() : other.start()])
        and "," not in text[one.end() : other.start()]
        and not set(fold(one.group()).split()) & set(fold(other.group()).split())
        and one.group().split()[0] not in ("The", "A", "An", "In", "On", "At", "It", "He", "She", "They")
    ]
    if not pairs:
        return None
    one, other = dice.choice(pairs)
    return (
        text[: one.start()]
        + other.group()
        + text[one.end() : other.start()]
        + one.group()
        + text[other.end() :]
    )


def _hedge(text: str, quote: str, pool: str, dice: random.Random) -> str | None:
    if match := _BELIEVED.search(text):
        return _replace(text, match, f"{match.group(1)} {match.group(2)}")
    match = _HEDGES.search(text)
    if match is None:
        return None
    changed = text[: match.start()] + text[match.end() :]
    return changed[0].upper() + changed[1:]


def _attribution(text: str, quote: str, pool: str, dice: random.Random) -> str | None:
    """What somebody said, told as a fact."""
    match = _SAID.match(text)
    if match is None:
        return None
    said = match["said"]
    return said[0].upper() + said[1:]


def _opposite(text: str, quote: str, pool: str, dice: random.Random) -> str | None:
    match = _any(_OPPOSED, text, dice)
    return _replace(text, match, _OPPOSITE[match.group()]) if match else None


MAKERS: dict[str, Maker] = {
    "number": partial(_number, near=False),
    "number of the same sentence": partial(_number, near=True),
    "unit": _unit,
    "date": _date,
    "name": partial(_name, near=False),
    "name of the same sentence": partial(_name, near=True),
    "place": partial(_name, near=True, pattern=_PLACE),
    "speaker": partial(_name, near=False, pattern=_SPEAKER),
    "polarity": _polarity,
    "role": _role,
    "hedge dropped": _hedge,
    "speaker dropped": _attribution,
    "opposite": _opposite,
}

"""Mend a draft with words of its evidence: a dropped "at least", a dropped speaker, a bare answer.

Nothing here decides whether a text is true: each mended text goes through the same check as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.claims.parts import opening_name, sentence_spans
from qa.language.grammar import is_finite, read_units
from qa.language.lexicon import APPROXIMATE, SPEECH
from qa.language.units import Unit
from qa.words import fold

LONGEST_LEAD = 180  # characters of "X said on Monday that"
_PLAIN = frozenset({"ART", "PUN", "AUX"})


def with_bounds(text: str, quote: str) -> str:
    """The text with the "at least", "nearly" or "more than" that each of its numbers has in the quote.

    Only numbers that the quote holds once are looked at, and only where the text has no such word itself.
    """
    told = read_units(quote)
    counts = [unit.key for unit in told if unit.tag == "NUM"]
    for unit in reversed([unit for unit in read_units(text) if unit.tag == "NUM"]):
        if counts.count(unit.key) != 1:
            continue
        place = next(at for at, other in enumerate(told) if other.tag == "NUM" and other.key == unit.key)
        first = _bound_start(told, place)
        if first == place or _has_bound(text, unit):
            continue
        bound = quote[told[first].start : told[place].start]
        begins = not text[: unit.start].strip()
        bound = bound[0].upper() + bound[1:] if begins else bound[0].lower() + bound[1:]
        number = text[unit.start :] if not begins else text[unit.start].lower() + text[unit.start + 1 :]
        text = text[: unit.start] + bound + number
    return text


def _bound_start(units: Sequence[Unit], place: int) -> int:
    first = place
    while first and (units[first - 1].low in APPROXIMATE or units[first - 1].low == "at"):
        first -= 1
    while (
        first < place
        and units[first].low in ("to", "over")
        and units[first].tag == "PREP"
        and first + 1 < place
    ):
        first += 1
    return first


def _has_bound(text: str, unit: Unit) -> bool:
    before = [other for other in read_units(text) if other.end <= unit.start]
    return bool(before) and (before[-1].low in APPROXIMATE or before[-1].tag == "NEG")


def with_speaker(text: str, quote: str) -> Iterator[str]:
    """The text after each lead of the quote that says whose statement it is, and before each such tail."""
    before: tuple[Unit, ...] = ()
    for start, end in sentence_spans(quote):
        sentence = " ".join(quote[start:end].split())
        units = read_units(sentence)
        if named := opening_name(units, before):
            sentence = " ".join(unit.text for unit in named) + sentence[units[0].end :]
            units = read_units(sentence)
        before = units
        if not units or units[0].tag in ("PRO", "POS") or units[0].text in ("“", '"'):
            continue
        for at in range(2, len(units)):
            lead = sentence[: units[at].start]
            if len(lead) > LONGEST_LEAD:
                break
            if _ends_lead(units, at):
                yield lead + _uncapitalized(text, sentence)
        for at in range(len(units) - 1, 1, -1):
            if units[at].text == "," and _is_tail(units[at + 1 :]):
                yield text.rstrip(".") + sentence[units[at].start :]
                break


def _ends_lead(units: Sequence[Unit], at: int) -> bool:
    """Whether what somebody says, thinks or reports begins here."""
    before = units[:at]
    if fold(before[0].text) == "according":
        return before[-1].text == ","
    told = any(unit.tag == "V" and unit.key in SPEECH and not unit.passive for unit in before)
    opens = before[-1].low == "that" or (before[-1].tag == "V" and before[-1].key in SPEECH)
    return told and opens


def _is_tail(units: Sequence[Unit]) -> bool:
    if units and units[0].low == "according":
        return True
    verbs = [unit for unit in units if is_finite(unit)]
    return len(verbs) == 1 and verbs[0].key in SPEECH and not any(unit.tag == "SUB" for unit in units)


def _uncapitalized(text: str, sentence: str) -> str:
    """The text as it goes on in a sentence: a first word that is no name in lower case."""
    first = read_units(text)[0]
    is_name = any(
        unit.low == first.low and unit.text[:1].isupper() and unit.start for unit in read_units(sentence)
    )
    return text if is_name or (first.is_name and first.text.isupper()) else text[0].lower() + text[1:]


def phrase_of(text: str) -> tuple[Unit, ...]:
    """What a bare answer names: its words without articles, marks, and a preposition at the start."""
    units = [unit for unit in read_units(text) if unit.tag not in _PLAIN and unit.text not in (".", "…")]
    at = next((n for n, unit in enumerate(units) if unit.low == "according"), len(units))
    units = units[:at]
    while units and units[0].tag in ("PREP", "POS", "SUB"):
        units = units[1:]
    return tuple(units)


def clauses_around(phrase: Sequence[Unit], quote: str) -> Iterator[str]:
    """Stretches of the quote's sentences that hold the phrase word for word, the shortest first, each made to
    begin and end like a sentence.
    """
    if not phrase:
        return
    found: set[str] = set()
    for start, end in sentence_spans(quote):
        sentence = " ".join(quote[start:end].split())
        units = [unit for unit in read_units(sentence) if unit.tag not in _PLAIN]
        wanted = [unit.key for unit in phrase]
        for at in range(len(units) - len(wanted) + 1):
            if [unit.key for unit in units[at : at + len(wanted)]] == wanted:
                held = units[at].start, units[at + len(wanted) - 1].end
                parts = (sentence[a:b] for a, b in _stretches(sentence, held))
                found |= {_as_sentence(part) for part in parts if _is_balanced(part) or part == sentence}
    yield from sorted(found, key=lambda text: (len(text), text))


def _stretches(sentence: str, held: tuple[int, int]) -> Iterator[tuple[int, int]]:
    units = read_units(sentence)
    starts = {0} | {
        units[at + 1].start
        for at, unit in enumerate(units[:-1])
        if unit.text in (",", ";", "—", "–") and units[at + 1].start <= held[0]
    }
    ends = {len(sentence)} | {
        unit.start for unit in units if unit.start >= held[1] and unit.text in (",", ";", "—", "–")
    }
    for first in starts:
        for last in ends:
            if last > first:
                yield first, last


def _is_balanced(text: str) -> bool:
    """Whether every quotation that is opened is closed."""
    return text.count("“") == text.count("”") and text.count('"') % 2 == 0


def _as_sentence(text: str) -> str:
    line = text.strip().rstrip(",;:–—- ")
    line = line[:1].upper() + line[1:]
    return line if line.endswith((".", "!", "?", "”", '"')) else f"{line}."

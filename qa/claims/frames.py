"""A claim and its evidence made ready to be laid side by side: what only says which report speaks is taken off
the claim, and a pronoun that opens a sentence of the evidence is replaced by the name it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa.claims.parts import covers, opening_name, same_date, sentence_spans
from qa.language.grammar import AT_TIME, read_units
from qa.language.units import Unit
from qa.records import Document


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a quotation at `span`; its first `named` units stand for the pronoun that opens it."""

    span: tuple[int, int]
    units: tuple[Unit, ...]
    named: int


def sentences_of(quote: str) -> Iterator[Sentence]:
    """The sentences of a quotation; one that opens with a pronoun has the name it means in its place."""
    before: tuple[Unit, ...] = ()
    for start, end in sentence_spans(quote):
        units = tuple(unit for unit in read_units(quote[start:end]) if unit.text not in (".", "…"))
        named = opening_name(units, before)
        if named:
            units = (*named, *units[1:])
        before = units
        if units:
            yield Sentence((start, end), units, len(named))


def without_frames(claim: tuple[Unit, ...], sentence: tuple[Unit, ...], document: Document) -> tuple[Unit, ...]:
    """A claim without "in May 2013" and "according to the report" where these only say which report speaks."""
    days = [day for day in (document.event.date, document.published) if day is not None]
    told = [unit.key for unit in sentence if unit.tag == "DATE"]
    apart = any(not key.startswith(("w", "?")) for key in told) or any(
        unit.low in _OTHER_TIMES for unit in sentence
    )
    kept: list[Unit] = []
    at = 0
    while at < len(claim):
        length = _frame_length(claim, at)
        inside = claim[at : at + length]
        dates = [unit.key for unit in inside if unit.tag == "DATE"]
        fits = all(not key.startswith("w") and any(covers(key, day) for day in days) for key in dates)
        coarse = all(key.endswith("?") for key in dates) or any(key in told for key in dates)
        reports = any(unit.low in ("report", "according") for unit in inside)
        known = any(same_date(key, other, document, ahead=False) for key in dates for other in told)
        if length and fits and (reports or (coarse and not apart and not known)):
            at += length + (at == 0 and at + length < len(claim) and claim[at + length].text == ",")
            if kept and kept[-1].text == ",":
                kept.pop()
        else:
            kept.append(claim[at])
            at += 1
    return tuple(kept)


_OTHER_TIMES = frozenset(
    "last next previous previously earlier ago years year later month week recent since".split()
)


def _frame_length(claim: tuple[Unit, ...], at: int) -> int:
    """How many units from here say only when, or in which report."""
    lows = [unit.low for unit in claim[at : at + 6]]
    if claim[at].key == AT_TIME and at + 1 < len(claim):
        ends_well = at + 2 == len(claim) or claim[at + 2].tag in ("PUN", "PREP", "AUX", "N", "ART", "POS")
        return 2 if ends_well and not claim[at + 1].possessive else 0
    if lows[:3] == ["according", "to", "the"]:
        for length in range(4, 7):
            if lows[length - 1 : length] in (["report"], ["reports"]):
                middle = claim[at + 3 : at + length - 1]
                return length if all(unit.tag == "DATE" for unit in middle) else 0
    return 0


def without_dateline(text: str, document: Document) -> str:
    """A draft without the label of its event that a model copies to the front ("Riga, 3 June 2014: ...")."""
    line, label = " ".join(text.split()), document.event.label
    rest = line[len(label) :].lstrip()
    if label and line.startswith(label) and rest[:1] in (":", "—", "–", "-", ","):
        return rest[1:].strip()
    return line

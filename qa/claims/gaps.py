"""What may be left out between two words of a sentence, and what may not.

May: a title or an adjective before its noun, a phrase with its preposition, what commas or dashes set off, one
of two things joined by "and". Not: a verb (its subject would lose it to another), a preposition whose noun
stays, the noun of a noun that stays ("Riga's [mayor]"), a hedge, a number's "at least", a negation, or a
condition.
"""

from __future__ import annotations

from collections.abc import Callable

from qa.language.grammar import AT_TIME, is_finite
from qa.language.lexicon import HEDGES, QUANTITIES, SPEECH
from qa.language.units import Unit, Units

_VERBAL = frozenset({"V", "MOD"})
CONDITIONS = frozenset("if unless whether until lest except without or".split())
_OPENS_ASIDE = frozenset({"SUB", "ART", "DET", "NUM", "N", "ING", "PREP", "ADV", "V", "POS", "CC"})
FACTUAL_OPENERS = frozenset("while as after when because since although though whereas where".split())


def gap_flaw(
    left: Unit,
    gap: list[Unit],
    right: Unit,
    inserted: Units,
    *,
    scoped: bool,
    attributed: Callable[[Units], bool],
    fresh: bool,
) -> str | None:
    """Why what lies between two laid units may not be left out, None where it may."""
    rest = without_asides(gap)
    if rest is None:
        return "attribution"
    aside = [unit for unit in gap if unit not in rest and unit.tag == "V" and unit.key in SPEECH]
    if aside and not attributed(gap):
        return "attribution"
    apart = any(unit.tag == "PUN" for unit in gap)
    rest = [unit for unit in rest if unit.tag != "PUN"]
    if not rest:
        return None
    if any(is_kept(unit) for unit in rest):
        return "hedge"
    if scoped and not all(unit.tag in ("ART", "AUX", "ADV") or unit.low in ("also", "now") for unit in rest):
        return "scope"
    return _verb_flaw(left, rest, right) or _phrase_flaw(left, rest, right, apart=apart, fresh=fresh)


def _verb_flaw(left: Unit, rest: list[Unit], right: Unit) -> str | None:
    verbs = [position for position, unit in enumerate(rest) if unit.tag in _VERBAL or unit.tag == "AUX"]
    if not verbs:
        return None
    group_end = right.tag in ("V", "ING") and all(unit.tag in ("AUX", "ADV") for unit in rest[verbs[0] :])
    if group_end:  # "has [now been] deployed"
        del rest[verbs[0] :]
        return None
    joined = rest[-1].tag == "CC" and right.tag == "V" and verbs[0] == 0 and left.tag in ("N", "PRO")
    if joined and rest[-1].low != "or" and not any(unit.tag == "SUB" for unit in rest):
        rest.clear()  # "[met Dunn and] opened the fair"
        return None
    return "verb"


def _phrase_flaw(left: Unit, rest: list[Unit], right: Unit, *, apart: bool, fresh: bool) -> str | None:
    """Whether phrases without a verb may be left out between two units."""
    rest = [unit for unit in rest if unit.tag != "ADV"]
    if len(rest) == 1 and rest[0].low in ("who", "which", "that"):
        return None  # "Dunn, who [opened the fair]" bears "Dunn opened the fair"
    fresh = fresh or (bool(rest) and rest[-1].tag == "NUM")
    while rest and (rest[-1].tag in ("ART", "DET", "POS") or rest[-1].low == "that"):
        fresh = True
        rest = rest[:-1]
    if not rest:
        return None
    if any(unit.tag in ("SUB", "TO") for unit in rest):
        return "clause"
    if rest[-1].key == AT_TIME and right.tag == "DATE":
        rest = rest[:-1]
        if not rest:
            return None
    if rest == [rest[0]] and rest[0].tag == "PREP":
        return None if (left.key, rest[0].low) in (("meet", "with"), ("talk", "with")) else "preposition"
    if rest[-1].tag == "PREP":
        return "preposition"
    nominal_right = right.tag in ("N", "NUM", "DATE")
    if any(unit.tag == "PREP" for unit in rest):
        if nominal_right and not fresh and not apart:
            return "noun"
        if rest[0].tag != "PREP":  # "[advisers of Dunn]", "the mayor [advisers in Riga] met"
            return None if rest[0].tag == "CC" and not nominal_right else "noun"
        return "quantity" if rest[0].low == "of" and left.low in QUANTITIES else None
    if rest[0].tag == "CC":
        return _conjunct_flaw(left, rest, right)
    if rest[-1].tag == "CC":
        return None
    if left.tag in ("N", "NUM", "DATE") and not nominal_right and not apart:
        # "spokesman [Carl Dunn] denied": a name that only says which one.
        return None if left.text.islower() and all(unit.is_name for unit in rest) else "noun"
    # Adjectives and titles before a noun may go; what stands between a number and its noun may not.
    return "unit" if left.tag == "NUM" and rest[-1].tag != "N" else None


def _conjunct_flaw(left: Unit, rest: list[Unit], right: Unit) -> str | None:
    """ "Dunn [and Brook] met" may lose the second; "army [and navy] chiefs" and "between A [and B]" may not."""
    if right.tag in ("N", "NUM", "DATE"):
        return "noun"
    head = rest[1:2]
    if any(unit.possessive for unit in rest):
        return "noun"
    owned = bool(head) and (head[0].is_name or head[0].tag in ("ART", "DET", "POS", "NUM"))
    return None if left.is_name or left.low.endswith("s") or owned else "noun"


def is_kept(unit: Unit) -> bool:
    """Whether a unit must never be left out of what it stands beside."""
    return unit.tag in ("NEG", "MOD") or unit.low in HEDGES or unit.low in CONDITIONS


def without_asides(gap: list[Unit]) -> list[Unit] | None:
    """A gap without what commas, dashes or brackets set off on both sides; None when a hedge is set off so."""
    marks = [
        position for position, unit in enumerate(gap) if unit.tag == "PUN" and unit.text not in ("“", "”", '"')
    ]
    kept, at = [], 0
    while at < len(gap):
        if at not in marks:
            kept.append(gap[at])
            at += 1
            continue
        closing = [mark for mark in marks if mark > at and _closes(gap[at].text, gap[mark].text)]
        inside = gap[at + 1 : closing[0]] if closing else []
        if closing and inside and inside[0].tag in _OPENS_ASIDE and not _claims_more(inside):
            if inside[0].low in CONDITIONS or (inside[0].tag == "ADV" and is_kept(inside[0])):
                return None
            if " ".join(unit.low for unit in inside[:2]) == "according to":
                return None
            at = closing[0]
            if at == len(gap) - 1:
                at += 1
        else:
            kept.append(gap[at])
            at += 1
    return kept


def _closes(opened: str, mark: str) -> bool:
    if opened == "(":
        return mark == ")"
    dashes = ("–", "—", "-", "--")
    return mark in dashes if opened in dashes else mark == opened or (opened == "," and mark in (";",))


def _claims_more(inside: Units) -> bool:
    """Whether a stretch between commas is a clause of its own, not an aside."""
    first = next((position for position, unit in enumerate(inside) if is_finite(unit)), None)
    opener = inside[0]
    return (
        first is not None
        and not any(unit.tag == "SUB" for unit in inside[:first])
        and opener.tag != "PREP"
        and opener.low not in FACTUAL_OPENERS
        and (inside[first].key not in SPEECH)
    )

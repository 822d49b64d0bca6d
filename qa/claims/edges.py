"""What may be left out before a claim begins and after it ends.

Before it: a fronted phrase, a title, a clause that stands by itself; not a clause that the claim hangs on ("he
denied that ..."), nor the one who says it. After it: phrases and clauses that only add; not a condition, the
object of its verb, or the speaker (", officials said").
"""

from __future__ import annotations

from collections.abc import Callable

from qa.claims.gaps import CONDITIONS, FACTUAL_OPENERS, is_kept
from qa.language.grammar import is_finite
from qa.language.lexicon import CONTROLLING, DENIAL, DOUBTS, GIVEN_FIRST, HEDGES, QUANTITIES, SPEECH
from qa.language.units import Unit, Units


def prefix_flaw(gap: list[Unit], onward: Units, lead: Units, attributed: Callable[[Units], bool]) -> str | None:
    """Why the claim may not begin here, None where it may."""
    if not gap:
        return None
    words = [unit for unit in gap if unit.tag != "PUN"]
    if not words:
        return None
    finite = [unit for unit in words if is_finite(unit)]
    according = "according to" in " ".join(unit.low for unit in words)
    if according:
        return None if attributed(gap) else "attribution"
    if any(
        unit.low in ("if", "unless", "whether", "until", "without", "before") and not _ended(gap, unit)
        for unit in words
    ):
        return "condition"
    if finite:
        return _clause_before_flaw(gap, words, onward, attributed)
    if gap[-1].tag == "PUN":
        return (
            "hedge"
            if any(unit.tag == "ADV" and unit.low in HEDGES for unit in words) or words[0].low in CONDITIONS
            else None
        )
    tail = words[:]
    for position in range(len(gap) - 1, -1, -1):
        if gap[position].tag == "PUN" and gap[position].text not in ("“", "”", '"'):
            tail = [unit for unit in gap[position + 1 :] if unit.tag != "PUN"]
            break
    while tail and tail[-1].tag in ("ART", "DET", "POS", "ADV") and not is_kept(tail[-1]):
        tail = tail[:-1]
    if any(is_kept(unit) for unit in tail):
        return "hedge"
    if not tail:
        return None
    if tail[-1].tag in ("PREP", "TO"):
        return "preposition"
    if tail[-1].tag == "SUB":
        return None if len(tail) == 1 and tail[-1].low in FACTUAL_OPENERS else "clause"
    if any(unit.tag == "PREP" for unit in tail):
        return "noun"
    if any(unit.tag in ("V", "ING", "TO") for unit in tail):
        return "verb"
    return None


def _ended(gap: Units, opener: Unit) -> bool:
    """Whether a subordinate clause is closed by a comma before the claim begins."""
    at = next(position for position, unit in enumerate(gap) if unit is opener)
    return opener.low == "before" and any(unit.text == "," for unit in gap[at + 1 :])


def _clause_before_flaw(
    gap: list[Unit], words: list[Unit], onward: Units, attributed: Callable[[Units], bool]
) -> str | None:
    """Why a claim may not leave out the clause that stands before it."""
    verbs = [unit for unit in words if is_finite(unit) or unit.tag in ("V", "ING")]
    told = any(unit.key in SPEECH for unit in verbs)
    if gap[-1].tag in ("ART", "POS", "DET"):
        gap, words = gap[:-1], words[:-1]
    joint = words[-1].low in ("and", "but", *FACTUAL_OPENERS) and len(gap) > 1 and gap[-2].text in (",", ";")
    if not told and (gap[-1].text == ";" or joint):
        return None if _has_own_subject(onward) else "verb"
    if any(unit.key in DENIAL or unit.tag in ("NEG", "MOD") for unit in words):
        return "denial"
    if any(unit.tag == "V" and unit.key in SPEECH for unit in verbs):
        ends = words[-1].low == "that" or words[-1].key in SPEECH or _is_clause_start(words, onward)
        ends = ends or (onward[0].tag == "V" and any(unit.low == "that" for unit in words))
        return None if ends and attributed(gap) else "attribution"
    if gap[-1].text == "," and words[0].low in FACTUAL_OPENERS:
        return None
    return "clause"


def _is_clause_start(words: Units, onward: Units) -> bool:
    return onward[0].tag in ("N", "ART", "DET", "POS", "PRO", "NUM") and _has_own_subject(onward)


def _has_own_subject(onward: Units) -> bool:
    """Whether words begin with a subject and its verb."""
    for unit in onward[1:12]:
        if is_finite(unit):
            return onward[0].tag not in ("V", "AUX", "MOD")
        if unit.tag in ("SUB", "ING", "TO"):
            return False
    return False


def suffix_flaw(
    left: Unit, rest: list[Unit], used: Units, *, scoped: bool, attributed: Callable[[Units], bool]
) -> str | None:
    """Why the claim may not end here, None where it may."""
    words = [unit for unit in rest if unit.tag != "PUN"]
    if not words:
        return None
    if attribution_follows(rest) and not attributed(rest):  # who says it comes last
        return "attribution"
    unquoted = [unit for unit in rest if unit.text not in ("“", "”", '"')]
    apart = unquoted[0].tag == "PUN"
    first = next((unit for unit in words if unit.tag != "ADV"), words[0])
    clause = _own_clause(rest)
    if any(unit.low in CONDITIONS for unit in clause) or any(unit.low in DOUBTS for unit in clause):
        return "condition"
    joins = (
        first.tag == "CC"
        and first.low != "or"
        and len(words) > 1
        and words[1].tag in ("AUX", "MOD", "V", "ADV")
    )
    if apart or joins:
        return None
    if scoped:
        return "scope"
    if left.tag in ("PREP", "TO", "ART", "MOD", "SUB", "CC", "POS", "NEG") or left.possessive:
        return "cut"
    if first.tag in ("N", "NUM", "ING") and left.tag in ("N", "NUM"):
        return "noun" if first.tag != "ING" else None
    if left.tag in ("V", "ING", "AUX") and first.tag in (
        "N",
        "NUM",
        "ART",
        "DET",
        "POS",
        "PRO",
        "TO",
        "V",
        "ING",
    ):
        return "object"
    if first.tag == "TO" and any(unit.key in CONTROLLING for unit in used):
        return "cut"
    if first.low == "of" and (left.low in QUANTITIES or left.tag == "NUM"):
        return "quantity"
    if first.tag == "CC":
        return _conjunct_end_flaw(left, words, used)
    return "verb" if is_finite(first) else None


def _conjunct_end_flaw(left: Unit, words: Units, used: Units) -> str | None:
    if words[0].low == "or" or any(unit.low in ("between", "both") for unit in used):
        return "noun"
    following = words[1] if len(words) > 1 else None
    if following is None or following.tag not in ("N", "NUM"):
        return None
    joined = words[
        : next((at for at, unit in enumerate(words) if unit.tag not in ("CC", "N", "ART", "NUM")), len(words))
    ]
    if any(unit.possessive for unit in joined):
        return "noun"
    return None if left.is_name or left.low.endswith("s") or following.is_name else "noun"


def _own_clause(rest: Units) -> list[Unit]:
    """What still belongs to the clause that the claim ends in."""
    clause: list[Unit] = []
    for position, unit in enumerate(rest):
        joins = unit.tag == "CC" and any(
            other.tag in ("V", "AUX", "MOD") for other in rest[position + 1 : position + 2]
        )
        opens = unit.tag == "SUB" and unit.low not in CONDITIONS
        if joins or opens or unit.text in (";", ":", "–", "—"):
            break
        clause.append(unit)
    return clause


def _names_speaker(units: Units) -> bool:
    return all(unit.tag in ("N", "ART", "POS", "PRO", "DET", "PREP", "AUX") for unit in units)


def attribution_follows(rest: Units) -> bool:
    """Whether ", said X", ", X said" or ", according to X" comes after."""
    for position, unit in enumerate(rest):
        if unit.low == "according":
            return True
        if unit.tag == "V" and unit.key in GIVEN_FIRST and unit.form in ("ed", "fin"):
            back = rest[:position]
            marks = [at for at, other in enumerate(back) if other.tag == "PUN"]
            between = back[marks[-1] + 1 :] if marks else None
            after = rest[position + 1 :]
            tells = any(is_finite(other) or other.tag == "SUB" for other in after)
            if between is not None and not tells and _names_speaker(between):
                return True
    return False

"""Other orders of the same words: active for passive, a phrase moved to the front, the speaker first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.language.grammar import AT_TIME, is_finite
from qa.language.lexicon import BE, GIVEN_FIRST
from qa.language.units import Unit

Units = tuple[Unit, ...]
_SYMMETRIC = frozenset({"meet", "talk"})
_CONVERSE = {"includ": "in"}  # "six are included in the contract": the contract includes six
MOST_VARIANTS = 24


def claim_variants(claim: Units, evidence: Sequence[Unit]) -> Iterator[Units]:
    """The claim as it stands, then in other orders that say the same."""
    seen = {claim}
    yield claim
    for variant in (*_moved(claim, evidence), *_actives(claim), *_reciprocal(claim), *_agentless(claim)):
        if variant not in seen and len(seen) < MOST_VARIANTS:
            seen.add(variant)
            yield variant


def evidence_variants(evidence: Units) -> Iterator[Units]:
    """The evidence as it stands, with its speaker first, and in the active."""
    yield evidence
    led = speaker_first(evidence)
    if led != evidence:
        yield led
    for base in dict.fromkeys((evidence, led)):
        yield from _actives(base)


def speaker_first(units: Units) -> Units:
    """ "P, Dunn said" and "according to Dunn, P" as "Dunn said P"."""
    lows = [unit.low for unit in units]
    if lows[:2] == ["according", "to"]:
        end = next((at for at, unit in enumerate(units) if unit.text == ","), 0)
        return (*units[2:end], _said(units[0]), *units[end:]) if end > 2 else units
    for at in range(len(units) - 1, 1, -1):
        if lows[at : at + 2] == ["according", "to"]:
            body = units[: at - 1] if units[at - 1].tag == "PUN" else units[:at]
            return (*_bare(units[at + 2 :]), _said(units[at]), *body)
        unit = units[at]
        if unit.tag != "V" or unit.key not in GIVEN_FIRST or unit.passive or unit.form not in ("ed", "fin"):
            continue
        mark = _mark_before(units, at)
        if mark is None or not _is_speaker(units[mark + 1 : at]):
            continue
        subject, after = units[mark + 1 : at], units[at + 1 :]
        if not subject:  # "said Dunn on Monday"
            length = next(
                (n for n, other in enumerate(after) if other.tag in ("PREP", "PUN", "DATE", "SUB", "ING")),
                len(after),
            )
            subject, after = after[:length], after[length:]
        if not subject or any(is_finite(other) for other in after):
            continue
        return (*subject, unit, *_bare(after), *units[:mark])
    return units


def _said(unit: Unit) -> Unit:
    return replace(unit, key="say", tag="V", form="ed", text="said")


def _bare(units: Sequence[Unit]) -> Units:
    return tuple(unit for unit in units if unit.tag != "PUN")


def _mark_before(units: Sequence[Unit], at: int) -> int | None:
    """The comma or closing quotation mark that a speaker's clause begins after."""
    for position in range(at - 1, max(-1, at - 12), -1):
        if units[position].tag == "PUN" and units[position].text not in ("(", ")", "“"):
            return position
        if units[position].tag in ("V", "SUB", "MOD"):
            return None
    return None


def _is_speaker(units: Sequence[Unit]) -> bool:
    return all(unit.tag in ("N", "ART", "POS", "PRO", "DET", "PREP", "AUX", "ADV") for unit in units)


def _actives(units: Units) -> Iterator[Units]:
    """Each "X was seen (there) by Y" as "Y saw X (there)"."""
    for at, unit in enumerate(units):
        if unit.tag != "V" or not unit.passive:
            continue
        first = at
        while first and units[first - 1].tag in ("AUX", "ADV"):
            first -= 1
        subject = _subject_before(units, first)
        wanted = _CONVERSE.get(unit.key, "by")
        agent = next((n for n in range(at + 1, min(len(units), at + 10)) if units[n].low == wanted), None)
        if subject is None or agent is None or any(is_finite(other) for other in units[at + 1 : agent]):
            continue
        auxiliaries = tuple(other for other in units[first:at] if other.low not in BE)
        verb = replace(unit, passive=False, form="ed")
        for end in dict.fromkeys((_phrase_end(units, agent + 1), _long_phrase_end(units, agent + 1))):
            yield (
                *units[:subject],
                *units[agent + 1 : end],
                *auxiliaries,
                verb,
                *units[subject:first],
                *units[at + 1 : agent],
                *units[end:],
            )


def _agentless(units: Units) -> Iterator[Units]:
    """ "X was accused of P" as "accused X of P": for evidence that says by whom."""
    verbs = [at for at, unit in enumerate(units) if unit.tag == "V" and unit.passive]
    if not verbs or any(unit.low == "by" for unit in units):
        return
    at = first = verbs[0]
    while first and units[first - 1].tag in ("AUX", "ADV"):
        first -= 1
    subject = _subject_before(units, first)
    if (
        subject is not None
        and units[first].tag == "AUX"
        and not any(u.tag in ("MOD", "NEG") for u in units[:at])
    ):
        verb = replace(units[at], passive=False, form="ed")
        yield (*units[:subject], verb, *units[subject:first], *units[at + 1 :])


def _subject_before(units: Sequence[Unit], end: int) -> int | None:
    """Where the noun phrase that ends here begins."""
    start = end
    while start and units[start - 1].tag in (
        "N",
        "ART",
        "POS",
        "DET",
        "NUM",
        "DATE",
        "CC",
        "PREP",
        "PRO",
        "ING",
    ):
        start -= 1
    while start < end and units[start].tag in ("PREP", "CC"):
        start += 1
    return start if start < end else None


def _phrase_end(units: Sequence[Unit], start: int) -> int:
    """Where the noun phrase that begins here ends: before a preposition other than "of", a mark, a verb, or the
    article of another one.
    """
    if start < len(units) and units[start].tag == "DATE":
        return start + 1
    end = start
    while end < len(units) and (
        units[end].tag in ("N", "ART", "POS", "DET", "NUM", "CC", "PRO", "ING") or units[end].low == "of"
    ):
        opens = units[end].tag in ("ART", "POS", "DET", "PRO") and end > start
        if opens and units[end - 1].tag in ("N", "NUM"):
            break
        end += 1
    return end


def _long_phrase_end(units: Sequence[Unit], start: int) -> int:
    """Where a noun phrase with all its prepositions ends."""
    end = start
    while end < len(units) and units[end].tag in ("N", "ART", "POS", "DET", "NUM", "CC", "PRO", "PREP", "DATE"):
        end += 1
    return end


def _moved(claim: Units, evidence: Sequence[Unit]) -> Iterator[Units]:
    """A phrase from the front to later places; one from later to the front, when the evidence opens with it;
    the speaker from the end to the front.
    """
    led = speaker_first(claim)
    if led != claim:
        yield led
    finite = [at for at, unit in enumerate(claim) if is_finite(unit)]
    if not finite:
        return
    if claim[0].tag == "PREP":
        comma = next((at for at, unit in enumerate(claim) if unit.text == ","), None)
        end = comma if comma and comma < finite[0] else _phrase_end(claim, 1)
        if end < finite[0]:
            yield from _placed(claim[:end], claim[end + (end == comma) :])
    for at, unit in enumerate(claim[:-1]):
        if unit.key == AT_TIME and at:
            yield from _placed(claim[at : at + 2], (*claim[:at], *claim[at + 2 :]))
    if evidence and evidence[0].tag == "PREP":
        for at in range(finite[0] + 1, len(claim)):
            if claim[at].low == evidence[0].low:
                end = _phrase_end(claim, at + 1)
                end = end + 1 if end == at + 1 and end < len(claim) else end
                yield (*claim[at:end], *claim[:at], *claim[end:])


def _placed(phrase: Units, rest: Units) -> Iterator[Units]:
    """The rest with a phrase before its verb, or before each preposition, mark or clause after it, or last."""
    first = next((at for at, unit in enumerate(rest) if is_finite(unit)), 0)
    if first:
        yield (*rest[:first], *phrase, *rest[first:])
        for at in range(first + 1, len(rest) + 1):
            if at == len(rest) or rest[at].tag in ("PREP", "PUN", "SUB", "TO"):
                yield (*rest[:at], *phrase, *rest[at:])


def _reciprocal(claim: Units) -> Iterator[Units]:
    """ "A and B met" as "A met B"; "A met B" as "B met A" and "A and B met"."""
    for at, unit in enumerate(claim):
        if unit.key not in _SYMMETRIC or unit.tag != "V" or unit.passive:
            continue
        first = at
        while first and claim[first - 1].tag == "AUX":
            first -= 1
        subject = claim[:first]
        joint = next((n for n, other in enumerate(subject) if other.low == "and"), None)
        if joint and not any(other.tag == "PUN" for other in subject):
            yield (*subject[:joint], unit, *subject[joint + 1 :], *claim[at + 1 :])
            yield (*subject[joint + 1 :], unit, *subject[:joint], *claim[at + 1 :])
        start = at + 2 if at + 1 < len(claim) and claim[at + 1].low == "with" else at + 1
        end = _phrase_end(claim, start)
        if end > start and not joint and not any(other.tag == "PUN" for other in subject):
            yield (*claim[start:end], unit, *subject, *claim[end:])
            conjunction = replace(unit, text="and", key="and", tag="CC", form="")
            yield (*subject, conjunction, *claim[start:end], unit, *claim[end:])

"""Words with their part in a sentence, told by closed lists, endings and neighbours: no model, no dictionary.

News English is regular enough for this: who acts stands before the verb, and what may be left out is set off
by commas or led by a preposition. Where the lists do not know a word it counts as a noun, which makes the
checks built on this stricter, not laxer. Numbers ("two dozen", "4.5 million"), dates ("14 May 2013",
"May 14") and compounds with a hyphen are one unit each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from qa.language.lexicon import (
    ADVERBS,
    ADVERBS_NOT,
    AUXILIARIES,
    BASES,
    BE,
    DETERMINERS,
    IRREGULAR,
    MODALS,
    NEGATORS,
    NOUNS_ING,
    PARTICIPLES,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    SUBORDINATORS,
    VERB_OR_NOUN,
)
from qa.language.units import Unit, merge_dates, merge_hyphens, merge_numbers, words_and_marks
from qa.words import stem

_NOUN_ENDING = re.compile(
    r"(?:[st]ion|ment|ness|ity|ance|ence|ship|ism|ist|[^aeiou]er|or|al|ive|ful|ous|able|ible)s?$"
)


_VERBS_LIKE_NOUNS = frozenset(
    "mention mentions question questions implement cement comment comments influence finance enter enters "
    "offer offers deliver delivers order orders consider considers remember remembers suffer suffers "
    "recover recovers gather gathers monitor monitors differ differs discover discovers transfer "
    "transfers cover covers refer refers prefer prefers function sanction enable enables appeal appeals "
    "reveal reveals deal deals steal steals heal give gives live lives receive receives drive drives "
    "arrive arrives enter trigger triggers answer answers favor favors honor honors condition witness "
    "advance experience lower lowers assist assists insist insists resist resists persist".split()
)


AT_TIME = "@"


@lru_cache(maxsize=512)
def read_units(text: str) -> tuple[Unit, ...]:
    """The units of a text in order, tagged."""
    raw = merge_dates(merge_numbers(merge_hyphens(text, list(words_and_marks(text)))))
    tagged: list[Unit] = []
    for position, unit in enumerate(raw):
        tagged.append(_tag(unit, tagged, raw[position + 1 :], text))
    return tuple(_with_voice(_with_times(tagged)))


def _with_times(units: Sequence[Unit]) -> list[Unit]:
    """ "On Tuesday", "in May": the preposition says nothing by itself; its key is `AT_TIME`."""
    dated = [after.tag == "DATE" for after in [*units[1:], *units[:1]]]
    return [
        replace(unit, key=AT_TIME) if at and unit.low in ("on", "in", "at") else unit
        for unit, at in zip(units, dated, strict=True)
    ]


def _tag(unit: Unit, before: Sequence[Unit], after: Sequence[Unit], text: str) -> Unit:
    if unit.tag:
        return unit
    word = unit.low
    last = next((other for other in reversed(before) if other.tag not in ("ADV", "NEG")), None)
    following = after[0].low if after else ""
    simple = _closed(word, following, last)
    if simple:
        return replace(unit, tag=simple)
    if unit.text[:1].isupper() and unit.start and not _begins(before, text, unit):
        return replace(unit, tag="N")
    tag, form = _open(word, last, after)
    return replace(unit, tag=tag, form=form)


def _begins(before: Sequence[Unit], text: str, unit: Unit) -> bool:
    """Whether a word is first in its sentence or quotation."""
    return not before or before[-1].text in ("“", '"') or text[: unit.start].rstrip()[-1:] in (".", "!", "?")


def _closed(word: str, following: str, last: Unit | None) -> str:
    """The tag of a word of the closed lists, "" for any other."""
    if word in ("a", "an", "the"):
        return "ART"
    if word == "to":
        verbal = stem(following) in BASES or following in BE or following in AUXILIARIES
        return (
            "TO"
            if verbal and not (following in VERB_OR_NOUN and last is not None and last.tag == "PUN")
            else "PREP"
        )
    if word == "that":
        return "DET" if last is not None and last.tag == "PREP" and last.low != "except" else "SUB"
    if word in ("her", "his", "its", "their", "our", "my", "your", "whose"):
        return "POS" if word != "whose" else "SUB"
    for tag, listed in (
        ("NEG", NEGATORS),
        ("MOD", MODALS),
        ("AUX", AUXILIARIES),
        ("PRO", PRONOUNS),
        ("DET", DETERMINERS),
        ("CC", frozenset(("and", "or", "but"))),
        ("SUB", RELATIVES | SUBORDINATORS),
        ("PREP", PREPOSITIONS),
        ("ADV", ADVERBS),
        ("POS", POSSESSIVES),
    ):
        if word in listed:
            return tag
    if word.endswith("n't"):
        return "NEG"
    return "ADV" if word.endswith("ly") and len(word) > 4 and word not in ADVERBS_NOT else ""


def _open(word: str, last: Unit | None, after: Sequence[Unit]) -> tuple[str, str]:
    """Tag and form of a verb or noun."""
    before = last.tag if last else "START"
    inside_noun = before in ("ART", "DET", "POS") or bool(last and last.possessive)
    following = after[0] if after else None
    if word.endswith("ing") and len(word) > 4:
        return ("N" if word in NOUNS_ING or inside_noun else "ING"), "ing"
    if word in PARTICIPLES:
        return ("N", "") if inside_noun else ("V", "part")
    if word in IRREGULAR or (word.endswith("ed") and len(word) > 4):
        adjective = inside_noun or (
            before in ("PREP", "NUM") and following is not None and _may_be_noun(following)
        )
        return ("N", "") if adjective else ("V", "ed")
    return _present(word, before, inside_noun, last, following)


def _present(
    word: str, before: str, inside_noun: bool, last: Unit | None, following: Unit | None
) -> tuple[str, str]:
    """Tag and form of what may be a verb in the present or its base."""
    if _NOUN_ENDING.search(word) and word not in _VERBS_LIKE_NOUNS:
        return "N", ""
    if stem(word) not in BASES or inside_noun:
        return "N", ""
    if before in ("TO", "MOD") or (last is not None and last.low in ("do", "does", "did", "let", "help")):
        return "V", "base"
    if before == "PUN" and word.endswith("s") and word not in VERB_OR_NOUN:
        return "V", "fin"
    if before in ("PREP", "NUM", "START", "PUN"):
        return ("V", "base") if before != "NUM" and word not in VERB_OR_NOUN and before != "PREP" else ("N", "")
    if word in VERB_OR_NOUN:
        opens = following is not None and (
            _closed(following.low, "", None) in ("ART", "POS", "PRO", "SUB", "DET", "PREP")
            or following.text[:1].isupper()
            or following.low == "to"
        )
        told = before in ("PRO", "SUB") or (
            last is not None
            and last.is_name
            and following is not None
            and following.low not in ("of", "in", "with", "between")
        )
        return ("V", "fin") if told and opens else ("N", "")
    return ("V", "fin") if word.endswith("s") or before in ("PRO", "SUB", "N", "CC") else ("N", "")


def _may_be_noun(unit: Unit) -> bool:
    return unit.tag != "PUN" and not _closed(unit.low, "", None)


def _with_voice(units: Sequence[Unit]) -> Iterable[Unit]:
    """Mark the verbs in the passive: after a form of "be", or a participle that "by" follows."""
    for position, unit in enumerate(units):
        if unit.tag == "V" and unit.form == "base":
            lead = next(
                (other for other in reversed(units[:position]) if other.tag not in ("ADV", "NEG")), None
            )
            done = lead is not None and lead.low.removesuffix("n't") in ("do", "does", "did")
            yield replace(unit, form="fin") if done else unit
            continue
        if (
            unit.tag == "ING"
            and position
            and units[position - 1].low in BE
            and units[position - 1].low != "being"
        ):
            yield replace(unit, tag="V", form="base" if units[position - 1].low == "be" else "fin")
            continue
        if unit.tag != "V" or unit.form not in ("ed", "part"):
            yield unit
            continue
        group = []
        for other in reversed(units[:position]):
            if other.tag not in ("AUX", "ADV", "NEG", "MOD"):
                break
            group.append(other)
        auxiliaries = [other.low for other in group if other.tag == "AUX"]
        after = units[position + 1].low if position + 1 < len(units) else ""
        passive = bool(auxiliaries and auxiliaries[0] in BE) or (
            not auxiliaries and (unit.form == "part" or after == "by")
        )
        yield replace(unit, passive=passive)


def is_finite(unit: Unit) -> bool:
    """Whether a unit can be the verb of a clause: a verb in a tense, a modal, or a form of be, have, do."""
    return (unit.tag in ("AUX", "MOD") and unit.low not in ("be", "been", "being", "having")) or (
        unit.tag == "V" and unit.form in ("fin", "ed") and not (unit.passive and unit.form == "part")
    )

"""Whether a claim agrees with the evidence: in each word, in whom a pronoun means, in who speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from qa.claims.entail import Match
from qa.claims.parts import same_date
from qa.language.grammar import is_finite
from qa.language.lexicon import ATTRIBUTING, DOUBTFUL
from qa.language.units import Unit, key_of
from qa.question import Question
from qa.records import Document
from qa.words import tokens

_PLACES = frozenset("in at near outside".split())  # what follows is hardly what "its" means
_BESIDE = _PLACES | frozenset("of from to".split())  # or whom "his" means
_FIRST_PERSON = frozenset("i we us me our my myself ourselves you your".split())
_MODAL_PAIRS = (frozenset(("will", "would")), frozenset(("can", "could")))


def same_word(said: Unit, told: Unit, document: Document, *, ahead: bool) -> bool:
    """Whether a word of a claim says what a word of the evidence says."""
    if "DATE" in (said.tag, told.tag):
        return said.tag == told.tag and same_date(said.key, told.key, document, ahead=ahead)
    if said.tag == told.tag == "MOD":
        return said.low == told.low or any({said.low, told.low} <= pair for pair in _MODAL_PAIRS)
    if said.tag == "NEG" or told.tag == "NEG":
        return said.tag == told.tag and said.key == told.key
    if said.key != told.key or said.possessive != told.possessive:
        return False
    if said.tag == told.tag == "V":
        return said.passive == told.passive and (said.form == "base") == (told.form == "base")
    if "V" in (said.tag, told.tag):
        return said.low == told.low and not said.passive and not told.passive
    return said.tag == told.tag or said.low == told.low


def referent_flaw(
    evidence: tuple[Unit, ...], claim: tuple[Unit, ...], match: Match, asked: frozenset[str]
) -> str | None:
    """Whether a pronoun of the claim means another one than in the evidence, or speaks as "I" for nobody.

    `asked` are the keys of the names in the question: "they" may mean those, too.
    """
    quoted = False
    for unit, place in zip(claim, match.places, strict=True):
        if unit.text in ("“", '"', "”"):
            quoted = unit.text == "“" or (unit.text == '"' and not quoted)
        if unit.tag not in ("PRO", "POS") or place < 0:
            continue
        if unit.low in _FIRST_PERSON and not quoted:
            return "pronoun"
        if unit.low in _FIRST_PERSON or unit.low in ("there", "one"):
            continue
        if not _means_the_same(evidence, place, match, asked):
            return "pronoun"
    return None


def _means_the_same(evidence: tuple[Unit, ...], place: int, match: Match, asked: frozenset[str]) -> bool:
    """Whether a pronoun keeps all it may stand for in the evidence: the names before it, outside of asides and
    phrases such as "of Riga"; where there are none, the noun before the verb.
    """
    person = evidence[place].low in ("he", "his", "him", "she", "her", "himself", "herself")
    before = _without_asides(evidence[:place])
    groups: list[list[int]] = []
    for at in before:
        unit = evidence[at]
        led = at + 1 < place and evidence[at + 1].tag == "N" and not evidence[at + 1].is_name  # "Riga talks"
        if not unit.is_name or led or (unit.possessive and person):
            continue
        if groups and groups[-1][-1] == at - 1:
            groups[-1].append(at)
        elif not (at and evidence[at - 1].low in (_PLACES if not person else _BESIDE)):
            groups.append([at])
    if not groups:
        nouns = [at for at in before if evidence[at].tag == "N" and not evidence[at].possessive]
        verbs = [at for at in before if is_finite(evidence[at])]
        heads = [at for at in nouns if not verbs or at < verbs[0]] or nouns
        groups = [heads[-1:]] if heads else []
    plural = evidence[place].low in ("they", "them", "their", "themselves")
    known = {at for at, unit in enumerate(evidence) if plural and unit.key in asked}
    return all((match.used | known) & set(group) for group in groups)


def _without_asides(units: tuple[Unit, ...]) -> list[int]:
    """The places outside of what commas, dashes or brackets set off."""
    marks = [at for at, unit in enumerate(units) if unit.text in (",", "–", "—", "(", ")")]
    kept = list(range(len(units)))
    for first, last in pairwise(marks):
        if (
            units[first].text != ")"
            and not any(is_finite(unit) for unit in units[first + 1 : last] if units[first + 1].tag != "SUB")
            and not all(unit.is_name for unit in units[first + 1 : last])
        ):
            kept = [at for at in kept if not first < at < last]
    return kept


def speech_flaw(
    evidence: tuple[Unit, ...],
    claim: tuple[Unit, ...],
    match: Match,
    attributed: Callable[[Sequence[Unit]], bool],
) -> str | None:
    """Whether words somebody is quoted with are told as if they were the report's own."""
    if any(unit.tag == "V" and unit.key in ("say", *_TELLING) for unit in claim):
        return None
    inside, opened = False, 0
    for place, unit in enumerate(evidence):
        if unit.text == "“" or (unit.text == '"' and not inside):
            inside, opened = True, place
        elif unit.text in ("”", '"'):
            inside = False
        elif (
            inside and place in match.used and _is_long_quotation(evidence, opened) and not attributed(evidence)
        ):
            return "attribution"
    return None


_TELLING = frozenset("warn argu claim explain insist emphas announc express".split())


def _is_long_quotation(evidence: tuple[Unit, ...], opened: int) -> bool:
    closing = next(
        (at for at in range(opened + 1, len(evidence)) if evidence[at].text in ("”", '"')), len(evidence)
    )
    return any(is_finite(unit) for unit in evidence[opened + 1 : closing])


def attribution_of(question: Question) -> Callable[[Sequence[Unit]], bool]:
    """Whether a speaker need not be named again: the question asks what just this speaker said."""
    asked = {key_of(token.text) for token in tokens(question.text)} | {token.stem for token in question.words}
    asks = bool(asked & ATTRIBUTING)
    named = {token.stem for token in question.names}

    def attributed(units: Sequence[Unit]) -> bool:
        doubted = {unit.key for unit in units} & DOUBTFUL
        return asks and doubted <= asked and any(unit.is_name and unit.key in named for unit in units)

    return attributed

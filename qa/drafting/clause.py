"""The main clause of a sentence, as far as it can be asked about: who or what, the verb, and the rest.

Read with the grammar of qa/language, which knows news English by lists and neighbours. What it is not sure of
is no clause: a question that is not asked harms nobody, a clumsy one does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.language.dates import MONTH
from qa.language.grammar import is_finite, read_units
from qa.language.lexicon import IRREGULAR, VERBS
from qa.language.units import Unit
from qa.language.verbs import PARTICIPLES, PREPOSITIONS, base, past
from qa.words import WEEKDAYS, fold, numbers

MOST_LEADING = 14  # words before the comma after which a sentence begins
_DATELINE = re.compile(
    r"^(?:[A-Z][A-Z’' -]+(?:, [A-Z][\w ]+)?(?:, \w+\.? \d{1,2})?\s*(?:\([^)]*\))?|\([^)]*\))\s*[—–-]+\s+"
)
_CUT = re.compile(
    r"\s*(?:,(?=\s)(?!\s(?:19|20)\d\d\b)|;|:|\s[—–-]+\s|\b(?:while|although|though|because|when|where|which|who|whom|whose|until|unless|"
    r"since|so that|in order|if|but|amid|saying|according|following)\b)"
)
_DAY = rf"(?:{'|'.join(WEEKDAYS)})"
_SPAN = r"(?:early|late|earlier|later|last|next|this|that)"
_WHEN = re.compile(
    rf"\s*\b(?:(?:on|by|in|since|until|from|over|during|late|early|earlier)\s+)*(?:{_SPAN}\s+)?(?:the\s+)?{_DAY}"
    r"(?!['’]s)(?:\s+(?:morning|afternoon|evening|night|noon))?\b(?!\s+(?-i:[A-Z]))|"
    rf"\s*\b(?:{_SPAN}\s+)?in\s+(?:{_SPAN}\s+)?{MONTH}\b(?!\s+\d)|"
    rf"\s*\b(?:{_SPAN})\s+(?:week|month|year|night|summer|winter|spring|autumn)\b|\s*\b(?:today|yesterday|tomorrow|tonight)\b|"
    r"\s*\b(?:\w+\s+)?(?:days|weeks|months|years|hours)\s+(?:ago|earlier|later)\b|\s*\bat\s+(?:the\s+time|noon|midnight)\b",
    re.I,
)
_ADJUNCT = re.compile(
    r"\s(?:(?:in|by|for|after|with|at|to|within|over)\s+"
    r"(?:about|nearly|almost|only|just|some|more than|less than)?\s*"
    r"(?:\d|(?:two|three|four|five|six|seven|eight|nine|ten|twelve)\b)|\w+ing\s+(?:on|to|for|in|about|from|with)\b)",
)
_LATE_PHRASE = re.compile(r"\s(?:in|at|on|after|before|during|with|from|by|without|ahead|and)\s")
_PAST = {past(verb): verb for verb in sorted(VERBS)}
_KEPT = frozenset(("first", "last", "only"))  # adverbs that change what is asked
_ROUGHLY = re.compile(
    r"^(?:at least|about|some|around|nearly|almost|only|more than|fewer than|up to|a total of)\s+(?=\d)", re.I
)
MOST_TOLD = 8  # words after the verb
_DROPPED = frozenset("also then meanwhile however too already still again later himself herself itself".split())
_BEFORE_VERB = frozenset(("ADV", "NEG"))
_IN_SUBJECT = frozenset(("ART", "N", "NUM", "POS", "CC", "DATE"))
_JOINS = frozenset(("of", "for", "with"))


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement in parts: "the observatory", "", "counted", "214 tremors"; with an auxiliary "the road",
    "was", "closed", "". `rest` has no word of time that only the day of publication tells ("on Tuesday"), and
    ends where something else begins; `whole` says that it did not have to be cut for that.
    """

    subject: str
    aux: str
    verb: str
    rest: str
    whole: bool

    @property
    def base(self) -> str:
        """The plain form of the verb, "" where it is not known."""
        return plain_form(self.verb)

    @property
    def is_past(self) -> bool:
        """Whether it tells of the past."""
        return self.aux in ("was", "were", "had") if self.aux else not fold(self.verb).endswith("s")


def plain_form(verb: str) -> str:
    """The base of a verb in any of its forms: "thrown" and "threw" give "throw"; "" where it is not known."""
    word = fold(verb)
    return base(word) or IRREGULAR.get(word, "") or _PAST.get(word, "")


def body_of(sentence: str) -> str:
    """A sentence in one line without a dateline and its final point."""
    text = " ".join(sentence.split())
    return re.sub(r"\s*\[\s*\w+\s*\]$", "", _DATELINE.sub("", text)).rstrip(".")


def read_clause(sentence: str) -> Clause | None:
    """The clause that a sentence begins with; None where the rules are not sure."""
    body = _ROUGHLY.sub("", _after_lead(body_of(sentence)))
    units = read_units(body)
    at = next((at for at, unit in enumerate(units) if is_finite(unit)), 0)
    if not at or any(unit.tag == "PUN" and unit.text in '“”"()' for unit in units):
        return None
    subject = _subject(body, units[:at])
    group = _verb_group(units, at)
    if not subject or group is None:
        return None
    aux, verb, last = group
    rest, whole = _rest(body[units[last].end :])
    return Clause(subject, aux, verb, rest, whole)


def without_relative_times(text: str) -> str:
    """A text without times that only the day of publication tells: "on Tuesday", "last week"."""
    return " ".join(_WHEN.sub(" ", text).split())


def asked(clause: Clause, *, rest: str | None = None) -> str:
    """The clause in the order of a question, perhaps with another rest: "did the observatory count"; reports
    tell of their own day in the present tense, and who asks later asks in the past.
    """
    rest = clause.rest if rest is None else rest
    who = in_question(clause.subject)
    verb = f"{clause.aux} {who} {clause.verb}" if clause.aux else f"did {who} {clause.base or '…'}"
    return " ".join(f"{verb} {rest}".split())


def in_question(subject: str) -> str:
    """A subject that no longer begins its sentence."""
    first, _, rest = subject.partition(" ")
    ordinary = fold(first) in ("the", "a", "an", "some", "many", "most", "several", "both", "all")
    return f"{first.lower()} {rest}".strip() if ordinary or numbers(first) else subject


def shortened(rest: str) -> str:
    """What follows a verb without what is said of how and how long: "the race in 1 hour" is "the race"."""
    cut = _ADJUNCT.search(f" {rest}")
    kept = rest[: max(0, cut.start() - 1)] if cut else rest
    if len(kept.split()) > MOST_TOLD:
        ends = [match.start() for match in _LATE_PHRASE.finditer(kept)]
        ends = [end for end in ends if 2 <= len(kept[:end].split()) <= MOST_TOLD]
        kept = kept[: ends[-1]] if ends else kept
    words = kept.split()
    while words and words[-1] in PREPOSITIONS | {"and", "or", "of", "the", "a", "an"}:
        words.pop()
    return "" if "between" in words and "and" not in words else " ".join(words)


def _after_lead(body: str) -> str:
    """The body without what leads up to its subject: "On Tuesday, ", "Meanwhile, ", "In return "."""
    lead = re.match(
        r"(?:On|In|At(?! least)|After|Before|During|According to|Meanwhile|However|Later|Also|For|With|Under)"
        r"\b"
        r"[^,]*(?:, (?:citing|quoting)[^,]*)?, ",
        body,
    )
    if lead is None or len(lead.group().split()) > MOST_LEADING:
        return body
    rest = body[lead.end() :]
    return rest[:1].upper() + rest[1:]


def _subject(body: str, units: Sequence[Unit]) -> str:
    """The subject as it stands, without adverbs before the verb and what is set off by commas."""
    units = list(units)
    while units and units[-1].tag in _BEFORE_VERB:
        if units[-1].tag == "NEG" or units[-1].low in _KEPT:
            return ""
        units.pop()
    if units and units[-1].tag == "PUN":
        comma = next((at for at, unit in enumerate(units) if unit.tag == "PUN"), 0)
        if not (0 < comma < len(units) - 1) or units[-1].text != "," or units[comma].text != ",":
            return ""
        units = units[:comma]
    fits = all(unit.tag in _IN_SUBJECT or (unit.tag == "PREP" and unit.low in _JOINS) for unit in units)
    if not units or not fits or units[0].tag in ("POS", "CC") or units[-1].tag != "N":
        return ""
    return body[units[0].start : units[-1].end]


def _verb_group(units: Sequence[Unit], at: int) -> tuple[str, str, int] | None:
    """The auxiliary, "" for none, the other words of the verb, and the position of the last of them."""
    if units[at].tag == "V":
        return (
            ("", units[at].text, at) if units[at].form in ("ed", "fin") or units[at].low in IRREGULAR else None
        )
    end = at + 1
    while end < len(units) and units[end].tag in ("AUX", "ADV", "MOD"):
        end += 1
    aux = units[at].low
    if end < len(units) and (units[end].tag == "V" or units[end].low in PARTICIPLES):
        verb = [unit.text for unit in units[at + 1 : end + 1] if unit.tag != "ADV" or unit.low in _KEPT]
        return aux, " ".join(verb), end
    stands = aux in ("was", "were", "is", "are") and end == at + 1 and end < len(units)
    return (aux, "", at) if stands and units[end].tag in ("NUM", "PREP") else None


def _rest(text: str) -> tuple[str, bool]:
    """What follows the verb, up to where something else begins, and whether that was all."""
    cut = _CUT.search(text)
    kept = text[: cut.start()] if cut else text
    kept = without_relative_times(kept)
    words = [word for word in kept.split() if fold(word) not in _DROPPED]
    return " ".join(words), cut is None

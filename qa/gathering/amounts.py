"""How many, and of what: the numbers of a sentence with their noun, and those a question asks for.

"How many people were killed?" is answered by "claimed nearly 900 lives" as by "at least 40 sailors have died",
so the dead and the hurt are known in all their usual words; every other number is known by the noun it counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.language.naming import stems_of
from qa.question import Question
from qa.records import Document, Sentence
from qa.words import MONTHS, STOPWORDS, WEEKDAYS, fold, stem, tokens

Bound = Literal["", "least", "most", "about"]

_ONES = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES: dict[str, int] = (
    {"one": 1, "a": 1, "an": 1}
    | {word: value for value, word in enumerate(_ONES, start=2)}
    | {word: 10 * value for value, word in enumerate(_TENS, start=2)}
)
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SCALE = "|".join(_SCALES)
_SMALL = "|".join(["one", *_ONES])
_NUMBER = (
    rf"(?:\d[\d,]*(?:\.\d+)?|(?:{'|'.join(_TENS)})(?:-(?:{_SMALL}))?|{_SMALL}|a(?=\s+(?:{_SCALE})\b))"
    rf"(?:[\s-]+(?:{_SCALE})\b(?:\s+and\s+(?:{_SMALL})\b)?)*"
)
_BOUNDS: dict[str, Bound] = {
    "at least": "least",
    "more than": "least",
    "over": "least",
    "no fewer than": "least",
    "not less than": "least",
    "up to": "most",
    "at most": "most",
    "fewer than": "most",
    "less than": "most",
    "nearly": "about",
    "almost": "about",
    "about": "about",
    "around": "about",
    "some": "about",
    "roughly": "about",
    "approximately": "about",
    "an estimated": "about",
    "close to": "about",
}
_AMOUNT = re.compile(
    rf"(?<![\w.,-])(?:(?P<bound>{'|'.join(_BOUNDS)})\s+)?[$€£]?(?P<number>{_NUMBER})(?![\w-]|[.,:]\d)"
    r"(?P<after>%|(?:\s+[^\W\d_][\w’'-]*){0,4})",
    re.I,
)
_DEATH = frozenset(stem(word) for word in "killed died dead deaths toll fatalities slain perished".split())
_HURT = frozenset(stem(word) for word in "injured wounded hurt injuries".split())
_LIVES = re.compile(r"\b(?:claim|cost|tak|took|los)\w*\b|\blost\b", re.I)
_FOLK = frozenset(
    stem(word)
    for word in "people persons men women children civilians soldiers troops sailors passengers workers "
    "residents villagers lives dead deaths fatalities victims casualties others protesters police officers "
    "injured wounded miners pilgrims migrants fighters students".split()
)
_PEOPLE = frozenset(stem(word) for word in "people persons men women lives".split())
_RUNNING = re.compile(
    r"\b(?:toll|number|figure|total)\b[^.;]{0,40}?\b(?:of|to|at|was|is|reached|passed|exceeded)\s", re.I
)
_HOW_MANY = re.compile(r"\bhow many\s+((?:[\w’'-]+\s*){1,4})", re.I)
_NUMBER_OF = re.compile(
    r"\b(?:number|count|tally|total|share)s?\s+of\s+(?:the\s+)?([\w’'-]+(?:\s+[\w’'-]+)?)", re.I
)
_MEASURES: dict[str, dict[str, float]] = {
    "time": {"minut": 1, "hour": 60, "day": 1440, "week": 10080, "month": 43800, "year": 525600},
    "length": {"kilometr": 1, "kilomet": 1, "km": 1, "mile": 1.609, "metr": 0.001, "meter": 0.001},
}
_HOW = {"long": ("time", "length"), "far": ("length",), "wide": ("length",), "high": ("length",)}
_ALIKE = tuple(
    frozenset(stem(word) for word in group.split())
    for group in (
        "war conflict fighting hostilities",
        "talks meeting meet met negotiations summit session conference held",
        "attack raid assault bombing strike strikes",
        "troops soldiers servicemen forces",
        "protest protests demonstration rally march",
        "come came attended attend visited crowd spectators",
        "extra additional more",
        "last lasted went",
        "kilometers kilometres",
    )
)
_ASKING = frozenset(
    stem(word)
    for word in "report reports reported document documents article according number figure figures toll total "
    "give gives given tell tells count know many much change changed rise rose fall fell grow grew increase "
    "increased decrease decreased higher lower larger smaller bigger greater between compare compared both "
    "times whats what's".split()
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a sentence: its `value` (measures in one unit), how it is bounded, and how it is written.

    `unit` is "time" (minutes), "length" (kilometres) or "" for counts; only equal ones compare.
    """

    value: float
    unit: str
    bound: Bound
    text: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question wants counted: the stems of the noun, or of a whole `topic` ("dead", "hurt"), or the
    `measures`; `rest` are the other words that its answer has to be about.
    """

    nouns: frozenset[str]
    topic: Literal["", "dead", "hurt"]
    measures: tuple[str, ...]
    rest: frozenset[str]
    names: frozenset[str]


@lru_cache(maxsize=256)
def asked_amount(question: Question) -> Asked | None:
    """What a question asks the number of; None for any other question."""
    text = question.text
    stems = {token.stem for token in tokens(text)}
    counted = _HOW_MANY.search(text) or _NUMBER_OF.search(text)
    how = re.search(r"\bhow (long|far|wide|high)\b", text, re.I)
    measures = _HOW[fold(how.group(1))] if how else ()
    topic: Literal["", "dead", "hurt"] = ""
    if counted or "toll" in stems:
        topic = "dead" if stems & _DEATH or _lives_lost(text) else "hurt" if stems & _HURT else ""
    if not counted and not measures and not topic:
        return None
    nouns = _nouns(counted.group(1)) if counted else frozenset()
    if counted and not topic and not nouns:
        return None
    used = (
        nouns
        | _DEATH
        | _HURT
        | _ASKING
        | {stem(how.group(1)) if how else ""}
        | (_PEOPLE if topic else frozenset())
    )
    names = frozenset(token.stem for token in question.names if fold(token.text) not in MONTHS)
    rest = frozenset(
        token.stem
        for token in question.words
        if token.stem not in used | names
        and not token.is_number
        and fold(token.text) not in (*MONTHS, *WEEKDAYS)
    )
    if topic:
        rest -= {stem(word) for word in "lives claimed lost cost taken".split()}
    return Asked(nouns, topic, measures, rest, names)


def is_measure(asked: Asked) -> bool:
    """Whether a length or a time is asked for, not a count."""
    units = {word for known in _MEASURES.values() for word in known}
    return bool(asked.measures or asked.nouns & units)


def amounts(asked: Asked, sentences: Sequence[Sentence], document: Document) -> list[tuple[float, Amount]]:
    """The numbers of a document's sentences that a question asks for, each with the share of the question's
    other words that stand around it, the best first.
    """
    found = []
    alike = frozenset[str]().union(*(group for group in _ALIKE if group & asked.nouns))
    wanted = _DEATH | _HURT | {stem("lives")} if asked.topic else asked.nouns | alike
    if not asked.measures and not _has_any(wanted, document.text):
        return []
    if not all(_has_any({name}, f"{document.text} {document.headline}") for name in asked.names):
        return []
    for sentence in sentences:
        if own := _in_sentence(asked, sentence):
            share = _share(asked, sentence, sentences)
            found += [(share, amount) for amount in own]
    return sorted(found, key=lambda pair: (-pair[0], pair[1].sentence.position))


def agree(one: Amount, other: Amount) -> bool:
    """Whether two numbers may well be one: equal, rounded, or within the bounds they are given."""
    if one.unit != other.unit:
        return True
    low, high = sorted((one, other), key=lambda amount: amount.value)
    if low.value == high.value:
        return True
    if low.value <= 0:
        return False
    ratio = high.value / low.value
    if low.bound == "least" or high.bound == "most":
        return ratio <= 1.5
    if "about" in (low.bound, high.bound):
        return ratio <= 1.15
    return _rounds_to(one.value, other.value) or _rounds_to(other.value, one.value)


def _in_sentence(asked: Asked, sentence: Sentence) -> list[Amount]:
    text = sentence.text
    stems = stems_of(text)
    if asked.topic and not stems & (_DEATH | _HURT | {stem("lives")}):
        return []
    found = []
    for match in _AMOUNT.finditer(text):
        after = _counted_words(match.group("after"))
        value = _value(match.group("number"))
        if value is None or _is_date(match, text):
            continue
        end = _end_of(match, after, asked)
        if end is None and _RUNNING.search(text[: match.start()] + " ") is None:
            continue
        if end is None and not (asked.topic and _runs_up(match, text)):
            continue
        if asked.topic and not _tells_topic(asked, match, text, stems):
            continue
        unit = next((measure for measure in asked.measures if after[0] in _MEASURES[measure]), "")
        value *= _MEASURES[unit][after[0]] if unit else 1
        bound = _BOUNDS.get(" ".join(fold(match.group("bound") or "").split()), "")
        begin = match.start()
        found.append(Amount(value, unit, bound, text[begin : end or match.end("number")], sentence))
    return found


def _end_of(match: re.Match[str], after: Sequence[str], asked: Asked) -> int | None:
    """Where the counted noun ends, when it is the one asked for."""
    if asked.measures:
        wanted = {word for measure in asked.measures for word in _MEASURES[measure]}
        after = after[:1]
    elif asked.topic:
        wanted = set(_FOLK | (asked.nouns - _PEOPLE))
        if asked.nouns - _PEOPLE:
            wanted = set(asked.nouns - _PEOPLE)
    else:
        wanted = set(asked.nouns)
    spans = list(re.finditer(r"[^\W\d_][\w’'-]*", match.group("after")))
    for position, word in enumerate(after):
        if any(_near(one, {word}) for one in wanted):
            return match.start("after") + spans[position].end()
    return None


def _counted_words(after: str) -> list[str]:
    """The stems of the words behind a number, up to a word that ends the noun."""
    found = []
    for word in re.findall(r"[^\W\d_][\w’'-]*", after):
        if fold(word) in STOPWORDS and fold(word) not in ("more", "other"):
            break
        found.append(stem(word))
    return found


def _tells_topic(asked: Asked, match: re.Match[str], text: str, stems: frozenset[str]) -> bool:
    near = text[max(0, match.start() - 60) : match.end() + 60]
    close = stems_of(near) & stems
    if asked.topic == "hurt":
        return bool(close & _HURT)
    counts_lives = stem("lives") in {stem(word) for word in match.group("after").split()}
    if counts_lives:
        return _LIVES.search(near) is not None
    return bool(close & _DEATH)


def _runs_up(match: re.Match[str], text: str) -> bool:
    """Whether a number without a noun is the toll itself: "the death toll rose to 31"."""
    lead = text[max(0, match.start() - 60) : match.start()]
    return re.search(r"\btoll\b[^.;]*\b(?:of|to|at|was|is|reached|passed|exceeded)\s+$", lead, re.I) is not None


def _is_date(match: re.Match[str], text: str) -> bool:
    """Whether a number is a year, a day or a clock time, not a count."""
    after = re.match(r"\s*([^\W\d_]+)", text[match.end("number") :])
    before = re.search(r"([^\W\d_]+)\.?\s*$", text[: match.start("number")])
    beside = {fold(found.group(1)) for found in (after, before) if found}
    return bool(beside & MONTHS.keys() - {"may", "march"})


def _share(asked: Asked, sentence: Sentence, sentences: Sequence[Sentence]) -> float:
    """The share of the question's other words that stand in a sentence or beside it."""
    if not asked.rest:
        return 1.0
    around = sentences[max(0, sentence.position - 1) : sentence.position + 2]
    known = frozenset[str]().union(*(stems_of(near.text) for near in around))
    return sum(_near(word, known) for word in asked.rest) / len(asked.rest)


def _has_any(stems: Set[str], text: str) -> bool:
    """Whether a word of a text may have one of the stems: it begins like it."""
    beginnings = "|".join(sorted(re.escape(one[: max(3, len(one) - 1)]) for one in stems))
    return re.search(rf"\b(?:{beginnings})", text, re.I) is not None


def _near(word: str, known: Set[str]) -> bool:
    """Whether a stem, one of its kind, or a longer or shorter form of a name is among others."""
    if word in known or any(group & known for group in _ALIKE if word in group):
        return True
    return len(word) >= 4 and any(other.startswith(word[: max(4, len(word) - 1)]) for other in known)


def _nouns(words: str) -> frozenset[str]:
    """The noun of "how many ...": the words up to the first that is none."""
    found: list[str] = []
    for token in tokens(words):
        verb = bool(found) and fold(token.text).endswith("ed")
        ends = token.is_stopword or verb or token.stem in _DEATH | _HURT
        if (ends or fold(token.text) in MONTHS) and fold(token.text) != "more":
            break
        if token.stem == "time" or token.is_number:
            continue
        plural = fold(token.text).endswith(("s", "men")) or token.stem in _PEOPLE
        if plural or not found:
            found.append(token.stem)
    return frozenset(found[-1:])


def _lives_lost(text: str) -> bool:
    return re.search(r"\blives\b", text, re.I) is not None and _LIVES.search(text) is not None


def _value(number: str) -> float | None:
    """The value of a number in digits or words; None for what is none."""
    total = 0.0
    for part in re.split(r"\s+and\s+", fold(number)):
        value = 0.0
        scale = 1
        for word in re.split(r"[\s-]+", part):
            if word in _SCALES:
                scale *= _SCALES[word]
            elif word in _VALUES:
                value += _VALUES[word]
            else:
                try:
                    value += float(word.replace(",", ""))
                except ValueError:
                    return None
        total += (value or 1) * scale
    return total


def _rounds_to(exact: float, rounded: float) -> bool:
    """Whether the one is the other with its last digits made zero."""
    digits = f"{rounded:.0f}"
    zeros = len(digits) - len(digits.rstrip("0"))
    return zeros >= 2 and abs(exact - rounded) < 10**zeros / 2

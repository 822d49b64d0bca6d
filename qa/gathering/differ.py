"""Where reports of one event differ on what is asked: the place, a time, a number, who it was.

Of each report the sentence that answers is looked for by the question's own words, and its value of the kind
asked for is compared: a value that both reports may mean (a palace and its city, "about 1,200" and 1,213, "on
Monday" and that Monday's date) is no difference, and neither are values of copies of one text. Each value is
given with the sentence that says it; neither side is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from qa.collection import Snapshot
from qa.events import asks_of_events
from qa.gathering.amounts import agree, amounts, asked_amount
from qa.gathering.occasions import adds_place, by_event, cite, event_place, gathering_time
from qa.language.lexicon import IRREGULAR
from qa.language.naming import key_of
from qa.language.times import read_times
from qa.likeness import without_copies
from qa.observe import stage
from qa.question import Question, read_question
from qa.records import Dispute, Document, Evidence, Sentence
from qa.scopes.scope import Scope
from qa.words import MONTHS, WEEKDAYS, Token, fold, name_tokens, stem, tokens

SHARE = 0.7  # of the question's words, by rarity, that a sentence needs to be compared
NEAR = 40  # characters between a word of the question and the place that goes with it
SHARE_WEIGHED = 0.4  # of one that is likely evidence anyway
WEIGHED_AT = 0.25  # the score of likely evidence
SHARE_COMPARED, COMPARED_AT = 0.3, 0.05  # the same where a question asks what several reports say
_OR = re.compile(
    r"^\W*(?P<verb>was|were|did|is|are)\s+(?P<about>.+?)\s+(?P<lead>in|at|inside|outside|near|on)\s+"
    r"(?P<one>.+?)\s+or\s+(?:(?:in|at|inside|outside|near|on)\s+)?(?P<other>.+?)\W*$",
    re.I,
)
_ONE = re.compile(
    r"^\W*(?P<verb>(?i:was|were|did))\s+(?P<about>.+?)\s+(?P<lead>in|at|inside|outside|near|on)\s+(?:the\s+)?"
    r"(?P<one>[A-Z][\w’' -]*)\W*$"
)
_WHETHER = re.compile(
    r"\b(?:agree|differ|disagree|contradict|consistent|same|conflict)\w*\b.*?\b"
    r"(?P<asked>(?:where|when|who|how (?:many|long|far)|on what|on which|at what|in which|in what)\b.*)",
    re.I,
)
_REPORTS = re.compile(r"\b(?:reports|articles|accounts|versions|newspapers|papers|stories|sources)\b", re.I)
_HOW_OFTEN = re.compile(
    r"^\W*(?:how many times|how often|on how many occasions)\s+((?:did|have|has|do)\s+.+?)\W*$", re.I
)
_TIMES = re.compile(rf"\b(?:{'|'.join((*WEEKDAYS, *MONTHS))})\b|\b(?:19|20)\d\d\b|o.clock", re.I)
_CLOCK = re.compile(
    r"\b(?:at\s+)?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*(?P<half>[ap])\.?m\b\.?|\bat\s+(?P<word>noon|midnight)\b",
    re.I,
)
_RECENT = re.compile(
    r"\b(?:in|over|for)\s+(?:the\s+)?(?:recent|past|last few|past few)\s+(days|weeks|months|years)\b", re.I
)
_WHERE = re.compile(
    r"\b(?:in|at|inside|outside|near|from|to)\s+((?:the\s+)?(?:[A-Z][\w.]*(?:['’]s)?\s+)*"
    r"(?:[a-z]+\s+){0,2}?(?:(?:in|outside|near|of)\s+)?[A-Z][\w-]*)"
)
_NAME = r"(?:[A-Z][\w’'-]*\.?\s+)*[A-Z][\w’'-]*"


class Side(NamedTuple):
    """A value a report gives, and the sentence that gives it."""

    value: str
    sentence: Sentence


class _Look(NamedTuple):
    """Where to look: the collection, the evidence that is likely to answer, and the share of the asked words
    that suffices there.
    """

    snapshot: Snapshot
    considered: Sequence[Evidence]
    share: float


def opened(question: Question) -> Question:
    """The question that leaves open what this one offers to choose from: "Was it in the hall or at the quay?"
    and "Do the reports agree on where it was?" ask where it was. Itself when it offers nothing.
    """
    if match := _WHETHER.search(question.text):
        asked = match["asked"].strip(" ?.")
        return read_question(f"{asked[:1].upper()}{asked[1:]}?")
    if match := _HOW_OFTEN.search(question.text):
        return read_question(f"When {match.group(1)}?")
    if match := _OR.search(question.text):
        kind = "When" if _TIMES.search(f"{match['one']} {match['other']}") else "Where"
        return read_question(f"{kind} {fold(match['verb'])} {match['about']}?")
    return question


@stage("select", lambda disputes: {"disputes": len(disputes)})
def find_disputes(
    question: Question, scope: Scope, snapshot: Snapshot, considered: Sequence[Evidence] = ()
) -> tuple[Dispute, ...]:
    """The differences between reports of one event on what a question asks; `considered` is the evidence that
    was weighed for it, best first, and tells which events matter where the question leaves that open.
    """
    if scope.uncovered:
        return ()
    asked = _fully_open(question)
    admitted = scope.among(snapshot.reports)
    of_events = asks_of_events(asked, snapshot.lexicon)
    weighed = {item.document.event for item in considered[:3]}
    compared = _REPORTS.search(question.text) is not None
    share, least = (SHARE_COMPARED, COMPARED_AT) if compared else (SHARE_WEIGHED, WEIGHED_AT)
    look = _Look(snapshot, [item for item in considered if item.score >= least], share)
    disputes = []
    for event, documents in by_event(admitted).items():
        if len(documents) < 2 or not (of_events or scope.events is not None or event in weighed):
            continue
        reports = without_copies(documents)
        for one, other in combinations(reports, 2):
            sides = _differ(asked, one, other, look, of_events=of_events)
            if sides:
                disputes.append(
                    Dispute(question.text, (_cited(sides[0], snapshot), _cited(sides[1], snapshot)))
                )
    return tuple(disputes)


def _fully_open(question: Question) -> Question:
    """As `opened`, and a single place or day that is asked about is left open too."""
    asked = opened(question)
    if asked is question and question.kind == "choice" and (match := _ONE.search(question.text)):
        kind = "When" if _TIMES.search(match["one"]) else "Where"
        return read_question(f"{kind} {fold(match['verb'])} {match['about']}?")
    return asked


_PERIOD = re.compile(r"\b(?:what|which) (?:period|time ?frame)\b|\bsince when\b|\bhow recently\b", re.I)


def _differ(
    asked: Question, one: Document, other: Document, look: _Look, *, of_events: bool
) -> tuple[Side, Side] | None:
    """The two sides, when the reports differ."""
    if asked_amount(asked) is not None:
        return _differ_in_number(asked, one, other, look)
    if asked.kind == "place":
        return _differ_in_place(asked, one, other, look, of_events=of_events)
    if asked.kind == "time" or _PERIOD.search(asked.text):
        return _differ_in_time(asked, one, other, look, of_events=of_events)
    if asked.kind == "person":
        return _differ_in_person(asked, one, other, look)
    return None


def _differ_in_number(asked: Question, one: Document, other: Document, look: _Look) -> tuple[Side, Side] | None:
    wanted = asked_amount(asked)
    assert wanted is not None
    found = [
        [
            (share, amount)
            for share, amount in amounts(wanted, look.snapshot.sentences[document.id], document)
            if share >= SHARE
        ]
        for document in (one, other)
    ]
    if not all(found) or any(agree(first, second) for _, first in found[0] for _, second in found[1]):
        return None
    first, second = found[0][0][1], found[1][0][1]
    return Side(first.text, first.sentence), Side(second.text, second.sentence)


def _differ_in_place(
    asked: Question, one: Document, other: Document, look: _Look, *, of_events: bool
) -> tuple[Side, Side] | None:
    first, second = ((of_events and event_place(document, look.snapshot)) or None for document in (one, other))
    if first is None or second is None:
        first, second = (_anchored(asked, document, look, _place_behind) for document in (one, other))
    if first is None or second is None:
        return None
    if not (adds_place(first[0], other) and adds_place(second[0], one)):
        return None
    return Side(*first), Side(*second)


def _differ_in_time(
    asked: Question, one: Document, other: Document, look: _Look, *, of_events: bool
) -> tuple[Side, Side] | None:
    first, second = (
        (of_events and _timed([gathering_time(document, look.snapshot)], document))
        or _timed(_likely(asked, document, look), document)
        for document in (one, other)
    )
    for grain in sorted(first.keys() & second.keys()):
        (value, side), (other_value, other_side) = first[grain], second[grain]
        if value != other_value:
            return side, other_side
    return None


def _timed(sentences: Sequence[Sentence | None], document: Document) -> dict[str, tuple[object, Side]]:
    """The times of the first sentence that has some."""
    for sentence in sentences:
        if sentence and (found := dict(_times(sentence.text, document))):
            return {grain: (value, Side(text, sentence)) for grain, (value, text) in found.items()}
    return {}


def _times(text: str, document: Document) -> Iterator[tuple[str, tuple[object, str]]]:
    """The times of a sentence, one of each grain at most: a grain that it has several of tells nothing."""
    found: dict[str, list[tuple[object, str]]] = {}
    for time in read_times(text, document.published):
        found.setdefault(time.interval.unit, []).append((time.interval, text[time.start : time.end]))
    if document.published is None:
        for word in re.findall(r"[A-Za-z]+", text):
            if fold(word) in WEEKDAYS:
                found.setdefault("weekday", []).append((fold(word), word))
    for match in _CLOCK.finditer(text):
        hour = int(match["hour"] or 12) % 12 + (
            12 if fold(match["half"] or "") == "p" or fold(match["word"] or "") == "noon" else 0
        )
        found.setdefault("clock", []).append(((hour, match["minute"] or "00"), match.group()))
    for match in _RECENT.finditer(text):
        found.setdefault("recent", []).append((fold(match.group(1)), match.group()))
    yield from (
        (grain, values[0]) for grain, values in found.items() if len({value for value, _ in values}) == 1
    )


def _differ_in_person(asked: Question, one: Document, other: Document, look: _Look) -> tuple[Side, Side] | None:
    first = _anchored(asked, one, look, _person_acting)
    second = _anchored(asked, other, look, _person_acting)
    if first is None or second is None or key_of(first[0]) == key_of(second[0]):
        return None
    if key_of(first[0]) in fold(second[1].text) or key_of(second[0]) in fold(first[1].text):
        return None
    return Side(*first), Side(*second)


def _anchored(asked: Question, document: Document, look: _Look, read: _Reader) -> tuple[str, Sentence] | None:
    """What is read next to a word of the question in a sentence that is likely to answer."""
    names = {token.stem for token in asked.names}
    for sentence in _likely(asked, document, look):
        for word in tokens(sentence.text):
            if (
                _base(word) in _bases(asked)
                and word.stem not in names
                and (value := read(asked, sentence.text, word))
            ):
                return value, sentence
    return None


def _place_behind(asked: Question, text: str, word: Token) -> str | None:
    for match in _WHERE.finditer(text, word.end):
        if match.start() - word.end <= NEAR and any(
            t.stem not in asked.stems for t in name_tokens(match.group(1))
        ):
            return match.group(1)
    return None


def _person_acting(asked: Question, text: str, word: Token) -> str | None:
    """Who stands before a verb as its subject, or behind it after "by"."""
    before = re.search(
        rf"({_NAME})(?:,[^,]{{1,60}},)?\s+(?:(?:had|has|also|then|later)\s+)?$", text[: word.start]
    )
    after = re.match(rf"[^.,;]{{0,40}}?\bby\s+(?:the\s+)?(?:[a-z-]+\s+){{0,3}}({_NAME})", text[word.end :])
    for match in (before, after):
        if match and stem(key_of(match.group(1))) not in asked.stems:
            return match.group(1)
    return None


_Reader = Callable[[Question, str, Token], str | None]


def _likely(asked: Question, document: Document, look: _Look) -> list[Sentence]:
    """The sentences of a document that have most of the question's words, the fullest first."""
    weights = {
        _base(token): look.snapshot.lexicon.idf(token.stem)
        for token in asked.words
        if not token.is_number and fold(token.text) not in MONTHS and token.stem not in _ASKING
    }
    total = sum(weights.values())
    if len(weights) < 2 or not total:
        return []
    shares = []
    for sentence in look.snapshot.sentences[document.id]:
        own = _bases_of(sentence.text)
        shares.append((sum(weight for word, weight in weights.items() if word in own) / total, sentence))
    spans = [(item.start, item.end) for item in look.considered if item.document.id == document.id]
    return [
        sentence
        for share, sentence in sorted(shares, key=lambda pair: -pair[0])
        if share >= SHARE
        or (share >= look.share and any(start <= sentence.start < end for start, end in spans))
    ]


@lru_cache(maxsize=20_000)
def _bases_of(text: str) -> frozenset[str]:
    return frozenset(_base(token) for token in tokens(text))


def _bases(question: Question) -> frozenset[str]:
    return frozenset(_base(token) for token in question.words)


def _base(token: Token) -> str:
    """The stem of a word, of an irregular verb that of its base form."""
    return stem(IRREGULAR.get(fold(token.text), token.text))


_ASKING = frozenset(
    stem(word)
    for word in "report reports date day time year month weekday week period place city building town exactly "
    "clock hour".split()
)


def _cited(side: Side, snapshot: Snapshot) -> tuple[str, Evidence]:
    return " ".join(side.value.split()), cite(side.sentence, snapshot, whole=True)

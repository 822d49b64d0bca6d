"""What was said before a follow-up: the names, things and times of a question, whom its answer names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from qa.followups.clause import WH
from qa.language.times import read_times
from qa.language.verbs import PARTICIPLES, verb_at
from qa.words import MONTHS, STOPWORDS, WEEKDAYS, fold, stem

_ROLE_WORDS = (
    "mayor minister president premier chancellor king queen prince princess spokesman spokeswoman "
    "spokesperson leader judge governor chairman chairwoman chief director captain coach author lawyer "
    "general officer witness driver pilot bishop senator councillor ambassador envoy secretary commander "
    "professor doctor banker owner manager official farmer fisherman sailor winner man woman boy girl "
    "person suspect defendant editor architect engineer "
)
ROLES = frozenset(_ROLE_WORDS.split())
ROLE = rf"(?:prime\s+minister|foreign\s+minister|vice[- ]president|{'|'.join(sorted(ROLES))})"
NAME = re.compile(
    r"(?:(?:(?:Prime|Foreign|Defen[cs]e|Interior|Finance)\s+)?[A-Z][\w’'-]*\w|[A-Z]\.|Mr\.|Ms\.|Mrs\.|Dr\.|St\.)"
    r"(?:\s+(?:(?:of|von|van|de|der|la|al)\s+)?(?:[A-Z][\w’'-]*\w))*"
)
_NO_NAME = frozenset({*MONTHS, *WEEKDAYS, *STOPWORDS, "whose", "whom", "prime"})
_COMPASS = re.compile(r"(?:(?:north|south)(?:-?east|-?west)?|east|west)ern", re.I)
_PLACED = re.compile(
    r"\b(?:in|at|near|under|across|through|around|outside|inside|from|of)\s+(?:the\s+)?$", re.I
)
_MONTHS = "|".join(name.capitalize() for name in MONTHS)
_DATELINE = re.compile(
    r"(?:^|\n|;\s*|[-*•]\s*|\bor\s+|:\s*)(?:(?:\d\)|\d\.)\s*)?(?P<place>(?:[A-Z][\w’'.-]*)(?:\s+[A-Z][\w’'.-]*){0,2})?(?:,\s+)?"
    rf"(?P<date>\d{{1,2}}\s+(?:{_MONTHS})\s+(?:1[5-9]|20)\d\d)\b"
)
STOP = (
    rf"{WH}|in|on|at|to|for|from|by|about|after|before|during|and|or|but|since|until|that|is|are|was|were|did|do|does|"
    r"has|have|had|will|would|can|could|as|when|while|if|because|the|a|an|his|her|their|its|say|said|tell|told|than|into|over|under|against|near"
)
_NP = re.compile(
    rf"\b(?P<det>the|a|an|this|that|his|her|its|their)\s+(?P<np>(?:(?!(?:{STOP}|between)\b)[\w’'-]+\s*){{1,4}})"
    rf"(?P<more>\bbetween\s+(?-i:[A-Z])[\w’'-]+(?:\s+(?-i:[A-Z])[\w’'-]+)*\s+and\s+(?-i:[A-Z])[\w’'-]+"
    rf"(?:\s+(?-i:[A-Z])[\w’'-]+)*|\b(?:of|with|between)\s+(?:the\s+|a\s+)?(?!(?-i:{_MONTHS})\b|\d{{4}}\b)(?:(?!(?:{STOP})\b)[\w’'-]+\s*){{1,3}}|"
    rf"\b(?:in|at|near|from)\s+(?-i:(?!(?:{_MONTHS})\b)[A-Z])[\w’'-]+(?:\s+(?-i:[A-Z])[\w’'-]+)?)?",
    re.I,
)
_OF_TIME = re.compile(rf"\s+of\s+(?:early\s+|late\s+)?(?:(?:{_MONTHS})|\d{{4}})$")
_LEAD = re.compile(
    r"\b(?:(?:in|on|of|from|during|since|until|till|before|after|by|around|between)\s+)?(?:the\s+)?$", re.I
)
_EVENTS = frozenset(
    stem(word)
    for word in (
        "meeting talks visit summit trip event conference gathering session match game race regatta "
        "festival fair concert ceremony opening election vote trial hearing strike fire flood storm crash "
        "protest march parade exhibition party wedding funeral tournament cup final derby congress "
        "assembly encounter debate "
    ).split()
)


@dataclass(frozen=True)
class Spoken:
    """The question that came before, made to stand alone, and what was answered."""

    question: str
    answer: str = ""

    @cached_property
    def datelines(self) -> tuple[tuple[str, str], ...]:
        """The distinct events that the answer tells of, each with its place ("" for none) and its date."""
        found = [((match["place"] or "").strip(), match["date"]) for match in _DATELINE.finditer(self.answer)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def unplaced(self) -> str:
        """The question without the place of the one event that was told of: another time may have another."""
        places = [place for place, _ in self.datelines if place]
        if len(self.datelines) != 1 or not places:
            return self.question
        return re.sub(rf"\s+(?:in|at)\s+{re.escape(places[0])}\b(?!\s+[A-Z])", "", self.question, count=1)

    @cached_property
    def people(self) -> tuple[str, ...]:
        """The names of the question that do not stand as places."""
        return tuple(name for name, placed in names_of(self.question) if not placed)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The names of the question that stand as places."""
        return tuple(name for name, placed in names_of(self.question) if placed)

    @cached_property
    def answered(self) -> str:
        """The first name of the answer that is neither the question's nor an event's place; "" for none."""
        body = re.sub(r"^[^\n—]{0,80}—\s*", "", self.answer, flags=re.M)
        known = fold(self.question)
        for name, placed in names_of(body):
            fresh = not any(fold(word) in known and fold(word) not in ROLES for word in name.split())
            if not placed and fresh and len(name.split()) <= 4 and not name.isupper():
                return re.sub(r"['’]s$", "", name)
        return ""

    @cached_property
    def time(self) -> str:
        """The question's time with its preposition ("in May 2014"); "" when it has none of its own."""
        found = time_spans(self.question)
        if found:
            # "the talks of May 2013" held something "in May 2013".
            own = self.question[found[0][0] : found[-1][1]]
            return re.sub(r"^of\s+", "on " if re.match(r"of\s+\d{1,2}\s", own) else "in ", own)
        # "the 2013 meeting", "the May 2013 talks"
        for time in read_times(self.question):
            noun = re.match(r"(?:['’]s)?\s+(?:[\w-]+\s+)?(?P<noun>[\w-]+)", self.question[time.end :])
            if noun and any(stem(word) in _EVENTS for word in noun.group().split()):
                return f"in {self.question[time.start : time.end]}"
        return ""

    @cached_property
    def things(self) -> tuple[str, ...]:
        """What the question speaks of by "the", people's offices left out, the last first."""
        found = []
        for match in _NP.finditer(self.question):
            head = match["np"].split()
            office = re.split(r"\s(?:of|with|for)\s", match["np"])[0].split()[-1:]
            if any(fold(word).rstrip("s") in ROLES for word in (*head[-1:], *office)):
                continue
            if not head or fold(head[0]) in ("same", "other"):
                continue
            if fold(match["np"]).strip() in ("first time", "last time", "time", "year", "day", "other"):
                continue
            det = "the" if match["det"].lower() in ("a", "an", "this", "that") else match["det"].lower()
            found.append(" ".join(f"{det} {match['np']} {match['more'] or ''}".split()))
        return tuple(reversed([_OF_TIME.sub("", _without_verb(one)) for one in found]))

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The people it names by office: "the mayor", "the club's spokesman"."""
        found = re.findall(rf"\b(?:the|his|her|their)\s+(?:[\w’'-]+\s+){{0,2}}?{ROLE}\b", self.question, re.I)
        return tuple(found)

    @property
    def event(self) -> str:
        """The event it is about, with "at": "at the regatta"; "" for none."""
        for thing in self.things:
            bare = re.split(r"\s(?:of|with|between|in|at|near|from)\s", thing)[0]
            if stem(bare.split()[-1]) in _EVENTS:
                led = re.search(rf"\b(in|during)\s+{re.escape(bare)}", self.question)
                return f"{led.group(1) if led else 'at'} {thing}"
        return ""


def names_of(text: str) -> list[tuple[str, bool]]:
    """The names in a text, each with whether it stands as a place."""
    found = []
    for match in NAME.finditer(text):
        words = match.group().split()
        start = match.start()
        while words and fold(words[0]).removesuffix("'s") in _NO_NAME:
            start += len(words[0]) + 1
            words = words[1:]
        if not words or (start == 0 and len(words) == 1 and re.match(rf"(?:{WH}|\w+ed|\w+ing)\b", text, re.I)):
            continue
        rest = text[match.end() :]
        if len(words) == 1 and _COMPASS.fullmatch(words[0]) and re.match(r"\s+[a-z]", rest):
            continue  # "the Western allies"
        # The first word of a sentence is capitalized anyway; a question's is seldom a name.
        begins = not text[:start].strip("“\"‘'( ") or re.search(
            r"(?:[.!?:—]|\[\d+\])[”\"’)]*\s+$|\n$", text[:start]
        )
        opens = begins and len(words) == 1 and not rest.lstrip()[:1].isupper()
        if opens and not re.match(r"\s+(?:and\s+[A-Z]|said|told|[a-z]+ed)\b", rest):
            continue
        found.append((" ".join(words), bool(_PLACED.search(text[:start]))))
    return found


def time_spans(question: str) -> list[tuple[int, int]]:
    """The times of a question with the prepositions before them; "the 2010 contract" is no time of it."""
    spans = []
    for time in read_times(question):
        lead = _LEAD.search(question[: time.start])
        start = lead.start() if lead else time.start
        attributive = re.search(r"\b(?:the|a|an|this|its|their)\s+$", question[: time.start], re.I)
        if attributive and re.match(r"\s+[A-Za-z]", question[time.end :]):
            continue
        spans.append((start if question[start : time.start].strip() else time.start, time.end))
    return spans


def without_times(text: str) -> str:
    """A text without its times and the prepositions before them."""
    for first, last in reversed(time_spans(text)):
        text = f"{text[:first].rstrip()}{text[last:]}"
    return text


def moment(spoken: Spoken) -> str:
    """When "then" is: the question's time, else that of the one event that the answer tells of."""
    if spoken.time:
        return spoken.time
    return f"on {spoken.datelines[0][1]}" if len(spoken.datelines) == 1 else ""


def _without_verb(phrase: str) -> str:
    """A noun phrase without the verb that a question has after it: "the contract with Syrland include"."""
    words = phrase.split()
    if len(words) > 2 and (words[-1] in PARTICIPLES or re.fullmatch(r"[a-z]{3,}ed", words[-1])):
        words = words[:-1]
        phrase = " ".join(words)
    at = verb_at(words)
    return " ".join(words[:at]) if at is not None and at >= 2 and words[at].islower() else phrase

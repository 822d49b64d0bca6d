"""What a follow-up's "she", "it", "there" and "that meeting" mean, read off the question before and its answer.

Of what the assistant said only names and datelines are read, to tell whom and which event is meant; no other
word of it is carried on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from qa.followups.clause import WH, indirect, state, take_apart
from qa.language.times import read_times
from qa.language.verbs import verb_at
from qa.scopes.asked import GATHERING
from qa.words import MONTHS, STOPWORDS, WEEKDAYS, fold, stem, tokens

_ROLE_WORDS = (
    "mayor minister president premier chancellor king queen prince princess spokesman spokeswoman "
    "spokesperson leader judge governor chairman chairwoman chief director captain coach author lawyer "
    "general officer witness driver pilot bishop senator councillor ambassador envoy secretary commander "
    "professor doctor banker owner manager official farmer fisherman sailor winner man woman boy girl "
    "person suspect defendant editor architect engineer "
)
ROLES = frozenset(_ROLE_WORDS.split())
ROLE = rf"(?:prime\s+minister|foreign\s+minister|vice[- ]president|{'|'.join(sorted(ROLES))})"
_NAME = re.compile(
    r"(?:(?:(?:Prime|Foreign|Defen[cs]e|Interior|Finance)\s+)?[A-Z][\w’'-]*\w|[A-Z]\.|Mr\.|Ms\.|Mrs\.|Dr\.|St\.)"
    r"(?:\s+(?:(?:of|von|van|de|der|la|al)\s+)?(?:[A-Z][\w’'-]*\w))*"
)
_NO_NAME = frozenset({*MONTHS, *WEEKDAYS, *STOPWORDS, "whose", "whom", "prime"})
_PLACED = re.compile(r"\b(?:in|at|near|outside|inside|from|of)\s+(?:the\s+)?$", re.I)
_MONTHS = "|".join(name.capitalize() for name in MONTHS)
_DATELINE = re.compile(
    r"(?:^|\n|;\s*|[-*•]\s*|\bor\s+|:\s*)(?:(?:\d\)|\d\.)\s*)?(?P<place>(?:[A-Z][\w’'.-]*)(?:\s+[A-Z][\w’'.-]*){0,2})?(?:,\s+)?"
    rf"(?P<date>\d{{1,2}}\s+(?:{_MONTHS})\s+(?:1[5-9]|20)\d\d)\b"
)
_STOP = (
    rf"{WH}|in|on|at|to|for|from|by|about|after|before|during|and|or|but|since|until|that|is|are|was|were|did|do|does|"
    r"has|have|had|will|would|can|could|as|when|while|if|because|the|a|an|his|her|their|its|say|said|tell|told|than|into|over|under|against|near"
)
_NP = re.compile(
    rf"\b(?P<det>the|a|an|this|that|his|her|its|their)\s+(?P<np>(?:(?!(?:{_STOP})\b)[\w’'-]+\s*){{1,4}})"
    rf"(?P<more>\b(?:of|with|between)\s+(?:the\s+|a\s+)?(?:(?!(?:{_STOP})\b)[\w’'-]+\s*){{1,3}}|"
    rf"\b(?:in|at|near|from)\s+(?-i:(?!(?:{_MONTHS})\b)[A-Z])[\w’'-]+(?:\s+(?-i:[A-Z])[\w’'-]+)?)?",
    re.I,
)
_LEAD = re.compile(
    r"\b(?:(?:in|on|of|from|during|since|until|till|before|after|by|around|between)\s+)?(?:the\s+)?$", re.I
)
_GATHERING_NP = re.compile(rf"\b(?:{GATHERING})$", re.I)
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
            fresh = not any(fold(word) in known for word in name.split())
            if not placed and fresh and len(name.split()) <= 4 and not name.isupper():
                return re.sub(r"['’]s$", "", name)
        return ""

    @cached_property
    def time(self) -> str:
        """The question's time with its preposition ("in May 2014"); "" when it has none of its own."""
        found = time_spans(self.question)
        if found:
            return self.question[found[0][0] : found[-1][1]]
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
            if not head or fold(head[-1]).rstrip("s") in ROLES or fold(head[0]) in ("same", "other"):
                continue
            if fold(match["np"]).strip() in ("first time", "last time", "time", "year", "day", "other"):
                continue
            det = "the" if match["det"].lower() in ("a", "an", "this", "that") else match["det"].lower()
            found.append(" ".join(f"{det} {match['np']} {match['more'] or ''}".split()))
        return tuple(reversed([_without_verb(one) for one in found]))

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
    for match in _NAME.finditer(text):
        words = match.group().split()
        start = match.start()
        while words and fold(words[0]).removesuffix("'s") in _NO_NAME:
            start += len(words[0]) + 1
            words = words[1:]
        if not words or (start == 0 and len(words) == 1 and re.match(rf"(?:{WH}|\w+ed|\w+ing)\b", text, re.I)):
            continue
        rest = text[match.end() :]
        # The first word of a sentence is capitalized anyway; a question's is seldom a name.
        begins = start == 0 or re.search(r"(?:[.!?:—]|\[\d+\])[”\"’)]*\s+$|\n$", text[:start])
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


def person(spoken: Spoken, beside: str = "") -> str:
    """Whom "he" or "she" means, not being `beside`; "" when nobody can be meant."""
    asking = take_apart(spoken.question)
    if asking and fold(asking.word) == "who" and asking.rest in spoken.people:  # "Who is Ada Brook?"
        return asking.rest
    if asking and asking.word.startswith("who") and spoken.answered and fold(asking.aux) not in ("did", "does"):
        return spoken.answered
    for name in (*spoken.people, *spoken.roles):
        if fold(name) not in fold(beside):
            return re.sub(r"['’]s?$", "", name)
    if asking and asking.word.startswith("who"):
        subject = not asking.aux or asking.aux in ("was", "is", "were", "are")
        clause = f"{asking.aux} {asking.rest}".strip() if subject else state(asking)
        return f"the person who {clause}" if subject else f"the person whom {clause}"
    return spoken.answered


def people(spoken: Spoken, *, speaking: bool, together_only: bool = False) -> str:
    """Whom or what "they" means: what was counted, two names, people by a plural; "" when nothing can be.
    With `speaking` people are likelier than things, and with `together_only` one alone cannot be meant.
    """
    asking = take_apart(spoken.question)
    pair = re.search(rf"{_NAME.pattern}\s+and\s+(?:the\s+)?{_NAME.pattern}", spoken.question)
    names = list(spoken.people)
    plural = [
        one.group() + _relative_clause(spoken.question[one.end() :])
        for one in re.finditer(
            r"\bthe\s+(?:[\w’'-]+\s+){0,2}?(?!talks\b)\w{2,}[^\Ws]s\b(?!['’])", spoken.question, re.I
        )
        if not re.search(rf"\b(?:{_STOP})\b", one.group()[4:], re.I)
    ]
    counted = ""
    if asking and asking.noun and asking.noun.split()[-1].endswith(("s", "people", "men", "women", "children")):
        counted = counted_of(spoken)
    together = pair.group() if pair and not any(name in pair.group() for name in spoken.places) else ""
    if not together and len(names) >= 2:
        together = f"{names[0]} and {names[1]}"
    order = [together, *plural, counted] if speaking else [counted, *plural, together]
    order += [] if together_only else [*spoken.roles, *names, spoken.answered]
    return next((one for one in order if one), "")


def _relative_clause(rest: str) -> str:
    """ " that the club lent" of what follows a noun; "" when no such clause does."""
    match = re.match(r"\s+(?:that|who|whom)\s+[^?]+", rest)
    return match.group().rstrip(" ?.!") if match else ""


def counted_of(spoken: Spoken) -> str:
    """ "How many boats did the club lend?" is about "the boats that the club lent"."""
    asking = take_apart(spoken.question)
    if asking is None or not asking.noun:
        return ""
    living = asking.noun.split()[-1] in ("people", "men", "women", "children", "workers", "guests")
    if asking.aux and fold(asking.aux) in ("did", "does", "do"):
        return f"the {asking.noun} that {state(asking)}"
    return f"the {asking.noun} {'who' if living else 'that'} {' '.join(f'{asking.aux} {asking.rest}'.split())}"


def thing(spoken: Spoken) -> str:
    """What "it" means: what was chosen among, the last thing spoken of, else a name; "" when nothing can be."""
    asking = take_apart(spoken.question)
    chosen = (
        asking.noun if asking and asking.word in ("what", "which") and not asking.noun.endswith("s") else ""
    )
    if chosen and fold(chosen).split()[-1] not in {
        *ROLES,
        "day",
        "date",
        "year",
        "month",
        "time",
        "kind",
        "city",
    }:
        return counted_of(spoken)
    for one in spoken.things:
        return one
    return next(iter(spoken.people), "")


def there(spoken: Spoken) -> str:
    """Where "there" is: the place that was asked for or named."""
    asking = take_apart(spoken.question)
    if asking and asking.word == "where":
        return f"at the place {indirect(spoken.question)}"
    if spoken.places:
        return f"in {spoken.places[-1]}"
    return spoken.event


def moment(spoken: Spoken) -> str:
    """When "then" is: the question's time, else that of the one event that the answer tells of."""
    if spoken.time:
        return spoken.time
    return f"on {spoken.datelines[0][1]}" if len(spoken.datelines) == 1 else ""


def same(spoken: Spoken, noun: str) -> str:
    """What "that contract" is: what the question calls so; "" when it does not."""
    for one in spoken.things:
        if any(stem(word) == stem(noun.split()[-1]) for word in one.split()):
            return one
    asking = take_apart(spoken.question)
    if asking and asking.noun and stem(asking.noun.split()[-1]) == stem(noun.split()[-1]):
        return counted_of(spoken)
    if _GATHERING_NP.search(noun) and (named := re.search(rf"\b(?:{GATHERING})\b", spoken.question, re.I)):
        before = [token.text for token in tokens(spoken.question[: named.start()])][-1:]
        place = f"{before[0]} " if before and before[0] in (*spoken.places, *spoken.people) else ""
        return f"the {place}{noun}"
    return ""


def _without_verb(phrase: str) -> str:
    """A noun phrase without the verb that a question has after it: "the contract with Syrland include"."""
    words = phrase.split()
    at = verb_at(words)
    return " ".join(words[:at]) if at is not None and at >= 2 and words[at].islower() else phrase

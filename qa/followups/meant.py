"""What a follow-up's "she", "it", "there" and "that meeting" mean after a question and its answer."""

from __future__ import annotations

import re

from qa.followups.clause import Asking, indirect, state, take_apart
from qa.followups.refer import NAME, ROLE, ROLES, STOP, Spoken
from qa.followups.told import first_sentence, introduced, named_thing, short_name
from qa.scopes.asked import GATHERING
from qa.words import fold, stem, tokens

_GATHERING_NP = re.compile(rf"\b(?:{GATHERING})$", re.I)
_PLURAL = re.compile(
    r"(?:two|three|four|five|six|both|several|many)\s+[\w\s’'-]+s$|\b(?!talks\b)\w+[^\Wsui]s$", re.I
)
_GROUP = re.compile(
    r"\b(?:board|council|company|government|club|union|ministry|committee|commission|police|team|party|bank|court|"
    r"army|parliament|association|federation|firm|band|crew|agency|cabinet)\b",
    re.I,
)
_DEATH = re.compile(r"\b(?:killed|murdered|executed|shot|die[ds]?|dead|perish(?:ed)?|drown(?:ed)?)\b", re.I)
_TIMES = ("day", "date", "year", "month", "time")
_PLACES = (
    "city",
    "town",
    "country",
    "place",
    "village",
    "port",
    "club",
    "company",
    "party",
    "agency",
    "paper",
    "newspaper",
)
_IS_NP = re.compile(r"(?:what|which)\s+(?:is|was|are|were)\s+(?:the|his|her|its|their)\b", re.I)


def person(spoken: Spoken, beside: str = "") -> str:
    """Whom "he" or "she" means, not being `beside`; "" when nobody can be meant."""
    asking = take_apart(spoken.question)
    if asking and fold(asking.word) == "who" and asking.rest in spoken.people:  # "Who is Ada Brook?"
        return asking.rest
    if asking and asking.word.startswith("who") and spoken.answered and fold(asking.aux) not in ("did", "does"):
        return spoken.answered
    chosen = fold(asking.noun).split()[-1:] if asking and asking.word in ("which", "what") else []
    if asking and chosen and chosen[0] in ROLES:
        return spoken.answered or counted_of(spoken)
    for name in (*spoken.people, *spoken.roles):
        if fold(name) not in fold(beside):
            office = re.search(rf"\b{re.escape(name)}\s+(?:[a-z-]+\s+){{0,2}}?{ROLE}\b", spoken.question)
            return office.group() if office and name.endswith("s") else re.sub(r"['’]s?$", "", name)
    if asking and asking.word.startswith("who"):
        subject = not asking.aux or asking.aux in ("was", "is", "were", "are")
        clause = f"{asking.aux} {asking.rest}".strip() if subject else state(asking)
        return f"the person who {clause}" if subject else f"the person whom {clause}"
    return spoken.answered


def people(spoken: Spoken, *, speaking: bool, together_only: bool = False) -> str:
    """Whom or what "they" means: what was counted, two names, people by a plural; "" when nothing can be.
    With `speaking` people are likelier than things, and none of the dead can be meant; with `together_only` one
    alone cannot.
    """
    asking = take_apart(spoken.question)
    plural = [
        one.group() + _relative_clause(spoken.question[one.end() :])
        for one in re.finditer(
            r"\bthe\s+(?:[\w’'-]+\s+){0,2}?(?!talks\b)\w{2,}[^\Ws]s\b(?!['’])", spoken.question, re.I
        )
        if not re.search(rf"\b(?:{STOP})\b", one.group()[4:], re.I)
    ]
    counted = ""
    if asking and asking.noun and asking.noun.split()[-1].endswith(("s", "people", "men", "women", "children")):
        counted = "" if speaking and _DEATH.search(asking.rest) else counted_of(spoken)
    together = _together(asking, spoken)
    order = [together, *plural, counted] if speaking else [counted, *plural, together]
    order += [] if together_only else [*spoken.roles, *spoken.people, spoken.answered]
    order += [one for one in spoken.things if _GROUP.search(one)]
    return next((one for one in order if one), "")


def _together(asking: Asking | None, spoken: Spoken) -> str:
    """The two, or the several, that the answer or the question names; "" for none."""
    word, names = (asking.word if asking else ""), spoken.people
    both = re.match(rf"{NAME.pattern}\s+and\s+{NAME.pattern}(?=[,.]|$)", first_sentence(spoken.answer))
    if both and word in ("who", "which", "what"):
        return both.group()
    pair = re.search(
        rf"{NAME.pattern}\s+and\s+(?:the\s+)?{NAME.pattern}|\bthe\s+[a-z][\w-]+\s+and\s+the\s+[a-z][\w-]+",
        spoken.question,
    )
    if pair and not any(name in pair.group() for name in spoken.places):
        return pair.group()
    if len(names) >= 2:
        return f"{names[0]} and {names[1]}"
    # "Whom did Ada Brook meet?" "Carl Dunn.": it was the two of them.
    if names and asking and asking.aux and word in ("who", "whom") and spoken.answered:
        return f"{names[0]} and {spoken.answered}"
    return named_thing(spoken.answer, plural=True) if word == "who" else ""


def _relative_clause(rest: str) -> str:
    """ " that the club lent" of what follows a noun; "" when no such clause does."""
    match = re.match(r"\s+(?:that|who|whom)\s+[^?]+", rest)
    return match.group().rstrip(" ?.!") if match else ""


def counted_of(spoken: Spoken) -> str:
    """ "How many boats did the club lend?" is about "the boats that the club lent"."""
    asking = take_apart(spoken.question)
    if asking is None or not asking.noun:
        return ""
    last = fold(asking.noun).split()[-1]
    living = last in ("people", "men", "women", "children", "workers", "guests") or last.rstrip("s") in ROLES
    adverb = re.fullmatch(r"(?P<noun>.+)\s(?P<adverb>first|also|later|last|\w+ly)", asking.noun)
    if adverb and not asking.aux:  # "Which paper first reported it?"
        return f"the {adverb['noun']} {'who' if living else 'that'} {adverb['adverb']} {asking.rest}"
    if asking.aux and fold(asking.aux) in ("did", "does", "do"):
        return f"the {asking.noun} that {state(asking)}"
    return f"the {asking.noun} {'who' if living else 'that'} {' '.join(f'{asking.aux} {asking.rest}'.split())}"


def thing(spoken: Spoken) -> str:
    """What "it" means: what was chosen among, the last thing spoken of, else a name; "" when nothing can be."""
    asking = take_apart(spoken.question)
    word = asking.word if asking else ""
    chosen = asking.noun if asking and word in ("what", "which") and not asking.noun.endswith("s") else ""
    kind = fold(chosen).split()[-1] if chosen else ""
    if chosen and kind not in (*ROLES, *_TIMES, *_PLACES, "kind"):
        return counted_of(spoken)
    told = ""
    if word == "whose" or kind in _PLACES:
        told = short_name(spoken.answer)
    elif word in ("what", "which") and not chosen and not _IS_NP.match(spoken.question):
        told = named_thing(spoken.answer)
    single = [
        one for one in spoken.things if not _PLURAL.search(re.split(r"\s(?:of|with|between|in|at)\s", one)[0])
    ]
    return next((one for one in (told, *single, *spoken.people, introduced(spoken.answer)) if one), "")


def there(spoken: Spoken) -> str:
    """Where "there" is: the place that was asked for or named."""
    asking = take_apart(spoken.question)
    if asking and asking.word == "where":
        return f"at the place {indirect(spoken.question)}"
    if spoken.places and not (spoken.event and spoken.places[-1] in spoken.event):
        place = re.escape(spoken.places[-1])
        # "at the Port Lindow blockade": more is meant than the town.
        whole = re.search(rf"\b(?:at|in|on)\s+the\s+{place}\s+(?!(?:{STOP})\b)[a-z][\w-]+", spoken.question)
        return whole.group() if whole else f"in {spoken.places[-1]}"
    where = re.search(r"\b(?:at|in|on|over|near|inside|outside|under)\s+the\s+([a-z]\w+)", spoken.question)
    named = where and where.group(1) not in (*_TIMES, "words", "case", "name", "end", "view")
    return spoken.event or (where.group() if where and named else "")


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

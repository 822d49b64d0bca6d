"""An earlier question asked of another person, place or thing: "And Dunn?", "What about the other leader?"."""

from __future__ import annotations

import re

from qa.followups.clause import Asking, take_apart
from qa.followups.meant import counted_of, person
from qa.followups.refer import ROLE, Spoken, moment, names_of, time_spans, without_times
from qa.language.verbs import PARTICIPLES, verb_at
from qa.scopes.asked import GATHERING
from qa.words import STOPWORDS, fold

_PLACE_LEAD = re.compile(r"^(?:in|at|near|from|outside)\s+(?:the\s+)?", re.I)
_WITH_LEAD = re.compile(r"^(?:with|by|for|to|of|from|about|against|on|according\s+to)\s+", re.I)
_OTHER = re.compile(
    rf"^(?:the\s+)?(?:other\s+)?(?P<what>(?<=other\s)(?:one|side|party|man|woman|person|country|club|team|{ROLE})|others)(?:\s+(?:say|do|think|want))?$",
    re.I,
)
_OF_KIND = re.compile(
    r"^the\s+(?P<kind>(?!(?:only|other|same|right|wrong|first|second|third|last|next|later|earlier|latter|former)\b)[a-z-]+)"
    r"\s+one$"
)
_ONE_THAT = re.compile(
    r"^(?:the|that|those)\s+(?P<one>ones?)\s+(?P<rest>(?:that|who|which|with|from|near|\w+ed|"
    rf"{'|'.join(sorted(PARTICIPLES))})\b.*)$",
    re.I,
)
_LIVING = re.compile(
    rf"\b(?:\w{{2,}}[eo]rs?|{ROLE}s?|people|union|police|ministry|government|council|company|owner|family|"
    r"opposition|court|army|club|team|residents?|critics)$",
    re.I,
)
_SLOT = re.compile(
    r"^(?P<head>(?:what|how\s+\w+|when|where|who)\s+(?:is|was|are|were)\s+)(?P<np>(?:the|a|his|her|their)\s+[\w-]+(?:\s+[\w-]+)??)(?P<tail>\s+(?:of|at|in|on|for|to)\b.*|)$",
    re.I,
)


def switch(core: str, spoken: Spoken) -> str:
    """The earlier question with what a fragment names in the place of its like; "" when nothing fits."""
    if re.search(r"[,:;]\s", core):
        return f"{spoken.question.strip().rstrip('?!. ')}: {core}?"
    if other := _OTHER.match(core):
        swapped = _swap(spoken) if other["what"] != "others" else ""
        return swapped or _other_than(other["what"], spoken)
    if kind := _OF_KIND.match(core):
        for thing in spoken.things:
            if len(words := re.split(r"\s(?:of|with|between|in|at)\s", thing)[0].split()) >= 2:
                return _put(spoken.question, " ".join(words), f"the {kind['kind']} {words[-1]}")
    if one := _ONE_THAT.match(core):
        return _that_one(one["one"], one["rest"], spoken)
    if re.fullmatch(rf"(?:the\s+)?(?P<place>[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)?)\s+(?:one|{GATHERING})", core):
        return _of_event(re.sub(rf"^the\s+|\s+(?:one|{GATHERING})$", "", core), spoken)
    if _PLACE_LEAD.match(core) and names_of(f"x {core}"):
        place = _PLACE_LEAD.sub("", core)
        only = re.sub(rf"\s+(?:{GATHERING}|one)$", "", place)
        return _to_place(place, spoken) if only == place else _of_event(only, spoken)
    bare = _WITH_LEAD.sub("", core)
    name = _as_name(bare, spoken)
    if name:
        return _to_name(name, spoken)
    return _to_noun(bare, spoken)


def _as_name(text: str, spoken: Spoken) -> str:
    """A name as it is spelt: capitals may be left out where the conversation has them."""
    bare = re.sub(r"^the\s+(?=[A-Z])", "", text)
    found = [name for name, _ in names_of(f"x {bare}")]
    if found and found[0] == bare:
        return text
    if len(text.split()) > 3 or any(fold(word) in STOPWORDS for word in text.split()):
        return ""
    known = re.search(rf"\b{re.escape(text)}\b", f"{spoken.question} {spoken.answer}", re.I)
    return known.group() if known and known.group()[:1].isupper() else ""


def _to_name(name: str, spoken: Spoken, *, other: bool = False) -> str:
    """With `other`, the name is somebody else's although it has a name of the question in it."""
    question, own = spoken.question, [_bare(one) for one in spoken.people]
    places = list(spoken.places)
    same = [one for one in own if fold(_bare(name)) in fold(one)] if not other else []
    if same and len(own) >= 2:
        return _swap(spoken) if same[0] != own[0] else question
    if same:
        return question
    if own:
        return _put(question, own[0], name)
    roles = spoken.roles
    if roles:
        return _put(question, roles[0], name)
    if places:
        return _put(question, places[-1], name)
    if club := re.search(r"\b(?:did|does|has|was|is)\s+(?P<np>(?:the|a)\s+[\w-]+)(?=\s+[a-z])", question):
        return _put(question, club["np"], name)
    return _about(name, spoken)


def _to_place(place: str, spoken: Spoken) -> str:
    """Where the question names no place it is added before its time."""
    if spoken.places:
        return spoken.question.replace(spoken.places[-1], place, 1)
    text = spoken.question.strip().rstrip("?!. ")
    if before := re.search(rf"\bthe\s+(?P<place>[A-Z][\w’'-]+)\s+(?:{GATHERING})\b", text):
        return f"{text[: before.start('place')]}{place}{text[before.end('place') :]}?"
    spans = time_spans(text)
    at = spans[0][0] if spans else len(text)
    return " ".join(f"{text[:at]} in {place} {text[at:]}".split()) + "?"


def _of_event(place: str, spoken: Spoken) -> str:
    """Another event, told by its place: the time of the one before it is not its own."""
    return f"{without_times(_to_place(place, spoken).rstrip('?'))}?"


def _to_noun(text: str, spoken: Spoken) -> str:
    """ "the length?" for "the price of the boat", "boats?" for "how many people", "the mayor?" for a person."""
    if owned := re.match(r"(?:his|her)\s+(?P<what>.+)", text, re.I):
        whose, before = person(spoken), take_apart(spoken.question)
        if whose and before and before.word == "who" and not before.aux:
            asked = f"Who {'was' if moment(spoken) else 'is'} {whose}’s {owned['what']}"
            return f"{asked} {moment(spoken)}".rstrip() + "?"
        return _to_name(f"{whose}’s {owned['what']}", spoken, other=True) if whose else ""
    if re.match(r"\w+['’]s\s+\w+", text) and spoken.people:
        return _to_name(text[0].upper() + text[1:], spoken, other=True)
    asking = take_apart(spoken.question)
    if asking is None:
        return _about(text, spoken)
    determined = re.match(r"(?:the|his|her|their|its)\s", text, re.I)
    rules = (_for_people, _for_thing) if determined else (_for_bare,)
    return next((found for rule in rules if (found := rule(text, asking, spoken))), "") or _about(text, spoken)


def _for_people(text: str, asking: Asking, spoken: Spoken) -> str:
    """ "the mayor" in the place of whoever does it in the question."""
    question = spoken.question.strip().rstrip("?!. ")
    if re.fullmatch(rf"(?:the|his|her|their)\s+(?:[\w’'-]+\s+){{0,2}}?{ROLE}", text, re.I):
        for own in (*spoken.people[:1], *spoken.roles[:1]):
            return _put(question, _bare(own), text) + "?"
    if spoken.roles and asking.word in ("what", "why", "how") and not asking.noun:
        return _put(spoken.question, spoken.roles[0], text)
    if not _LIVING.search(text):
        return ""
    agent = re.match(r"the\s+[a-z][\w-]+(?:\s+and\s+the\s+[a-z][\w-]+)?(?=\s+[a-z])", asking.rest)
    if agent and not asking.wh:
        return f"{asking.aux} {text}{asking.rest[agent.end() :]}?"
    first = next(iter(spoken.people), "")
    return _put(question, first, text) + "?" if first and asking.rest.startswith(first) and asking.aux else ""


def _for_thing(text: str, asking: Asking, spoken: Spoken) -> str:
    """ "the tunnel" in the place of what is spoken about, of what is asked for, or of what does it."""
    question = spoken.question.strip().rstrip("?!. ")
    if spoken.things and (not asking.wh or asking.word == "who"):
        return _put(spoken.question, spoken.things[0], text)
    about = re.search(r"\babout\s+(?P<np>the\s+[a-z][\w-]+)(?=$|\s+(?:in|on|at|of|after|before)\b)", question)
    if about and spoken.people and not _LIVING.search(text):
        return f"{question[: about.start('np')]}{text}{question[about.end('np') :]}?"
    if slot := _SLOT.match(question):
        return f"{slot['head']}{text}{slot['tail']}?"
    if not asking.noun and fold(asking.aux) in ("did", "does"):
        subject = re.match(r"(?:the|a)\s+[\w-]+(?=\s+[a-z]+\b)", asking.rest)
        return f"{asking.wh} {asking.aux} {text}{asking.rest[subject.end() :]}?" if subject else ""
    if asking.noun and not re.search(rf"\b(?:{ROLE}|ones?|others?)$", text, re.I):
        verb = "is" if fold(asking.aux) in ("is", "does", "do", "are") else "was"
        return f"What {verb} {text} of {counted_of(spoken)}?"
    return ""


def _for_bare(text: str, asking: Asking, spoken: Spoken) -> str:
    """ "boats" in the place of what is counted, or of what does it."""
    if not asking.noun and fold(asking.aux) in ("did", "does", "do"):
        words = asking.rest.split()
        at = verb_at(words)
        if at is not None and len(text.split()) <= 2:
            return f"{asking.wh} {asking.aux} {text} {' '.join(words[at:])}?"
    counts = asking.noun and re.match(r"how\s+many", asking.wh, re.I)
    if counts and re.fullmatch(r"[\w’'-]+(?:\s+[\w’'-]+){0,2}", text):
        return f"{asking.wh[: -len(asking.noun)]}{text} {asking.aux} {asking.rest}?".replace("  ", " ")
    return ""


def _about(text: str, spoken: Spoken) -> str:
    """What is told of something where the earlier question was."""
    if re.search(r"\b(?:ones?|others?|that|this|it|then)$", text):
        return f"{spoken.question.strip().rstrip('?!. ')}: {text}?"
    event, time = spoken.event, moment(spoken)
    where = " ".join(part for part in (event if event and text not in event else "", time) if part)
    if not where and spoken.things:
        where = f"of {spoken.things[0]}" if fold(text).startswith("the ") else f"and {spoken.things[0]}"
    return f"What about {text} {where}".rstrip() + "?"


def _that_one(one: str, rest: str, spoken: Spoken) -> str:
    """ "no, the one fired in 2018": which of its like that was, or the question asked of it."""
    asking = take_apart(spoken.question)
    if asking is None:
        return ""
    many, question = one.endswith("s"), spoken.question.strip().rstrip("?!. ")
    if asking.noun and re.match(r"how\s+many", asking.wh, re.I):
        clause = f"{asking.aux} {asking.rest}".strip()
        return f"{asking.wh} {rest} {clause}?"
    if asking.noun and asking.word in ("what", "which"):
        return f"Which {asking.noun} {'were' if many else 'was'} the {one} {rest}?"
    if asking.word.startswith("who") and asking.word != "whose" and not spoken.things:
        return f"Who {'were' if many else 'was'} the {one} {rest}?"
    if not spoken.things:
        return ""
    head = re.split(r"\s(?:of|with|between|in|at|near|from)\s", spoken.things[0])[0]
    if time_spans(rest):
        question = without_times(question)
    return (
        re.sub(
            rf"\b(?:the|a|an)\s+{re.escape(head.split(' ', 1)[1])}",
            lambda _: f"{head} {rest}",
            question,
            count=1,
        )
        + "?"
    )


def _swap(spoken: Spoken) -> str:
    """Who did it and whom it was done to, changed round."""
    own = [_bare(one) for one in spoken.people]
    if len(own) < 2:
        return ""
    first, second = own[0], own[1]
    marked = spoken.question.replace(first, "\0", 1).replace(second, first, 1)
    return marked.replace("\0", second, 1)


def _other_than(what: str, spoken: Spoken) -> str:
    """Where only one is named, the other one is told by not being that one."""
    asking = take_apart(spoken.question)
    if what == "others" and asking and fold(asking.wh) == "who":
        return f"Who else {f'{asking.aux} {asking.rest}'.strip()}?"
    if what == "others" and asking and asking.noun and asking.word in ("which", "what"):
        return f"Which other {asking.noun} {f'{asking.aux} {asking.rest}'.strip()}?"
    own = [_bare(one) for one in spoken.people] or list(spoken.roles)
    noun = "person" if what in ("one", "party", "man", "woman") else "people" if what == "others" else what
    return _put(spoken.question, own[0], f"the {noun} other than {own[0]}") if own else ""


def _bare(name: str) -> str:
    return re.sub(r"['’]s$", "", name)


def _put(question: str, old: str, new: str) -> str:
    """One name in the place of another, with the article of either minded."""
    if new.lower().startswith("the "):
        return re.sub(rf"(?:\bthe\s+)?{re.escape(old)}", lambda _: new, question, count=1)
    return re.sub(
        rf"(?:\bthe\s+(?=(?:the\b|{re.escape(old)}\b)))?{re.escape(old)}", lambda _: new, question, count=1
    )

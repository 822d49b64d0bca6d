"""Make a follow-up stand alone, by rules: "And in 2015?" after a question takes that question's words.

The result is shown to the reader, so it is a question as one would ask it. The user's own questions are drawn
on; of what the assistant said names and times, which tell whom "she" and which event "the first one" means, and
what it stated or named where the follow-up means just that ("Who said that?"), never an order. A question that
stands alone is left as it is, byte for byte, and then the conversation before it counts no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.followups.clause import WH, Asking, ask_anew, denied, direct, ends_in_verb, take_apart
from qa.followups.matter import IT, splice, topic, why_not
from qa.followups.meant import person
from qa.followups.opening import begun_anew, put_back, spelt_out, without_lead
from qa.followups.pronouns import leans, replace_pointed, replace_pronouns
from qa.followups.refer import Spoken, moment, names_of, time_spans
from qa.followups.retime import on_weekday, time_asked, with_time
from qa.followups.switch import switch
from qa.followups.told import manner
from qa.observe import stage
from qa.question import read_question
from qa.records import Turn
from qa.words import WEEKDAYS, fold, months

MOST_TURNS = 12  # questions further back cannot be meant
_NOT = re.compile(r"^(?:not\s+(?:in\s+)?[\w\s]+?,\s*(?:but\s+)?|not\s+.+?\bbut\s+)", re.I)
_DOUBTS = re.compile(
    r"^(?:really|are\s+you\s+sure|is\s+(?:that|it)\s+(?:so|true|right|correct)|sure|what|pardon|huh|sorry)$",
    re.I,
)
_COURTESY = re.compile(
    r"^(?:(?:ok(?:ay)?|many|well|no|yes|great|fine|good|and)\b[\s,]*)*(?:thanks?(?:\s+(?:you|a\s+lot))?|thank\s+you|"
    r"hello|hi|hey|(?:good)?bye|great|ok(?:ay)?|yes|no|fine|good|nice|cool|help)?$",
    re.I,
)
_MORE = re.compile(
    r"^(?:(?:tell\s+me|say)\s+more|more|go\s+on|anything\s+else|what\s+else|who\s+else|where\s+else|more\s+details?|"
    r"any\s+more|continue|else)(?:\s+(?:about|on)\s+(?:it|that|this))?$",
    re.I,
)
_LED = r"(?:(?:in|on|at|by|with|to|from|for|about|of|under|until|since|against)\s+)?"
_WORD_ONLY = re.compile(
    rf"^(?P<wh>{_LED}(?:{WH})(?:\s+(?:exactly|else|day|date|year|month|city|town|country|place|time|weekday|building|"
    r"room|many|much|long|often|so|come|not|reason|occasion|purpose|day\s+of\s+the\s+week))*|"
    r"(?:in|on|at|by|with|to|from|for|under|against)\s+(?:how\s+many|how\s+much|which|what)(?:\s+\w+){1,2})"
    r"(?:\s+(?:was|is|were|are|did|does|has)\s+(?:that|this|it)(?:\s+(?:happen(?:ed)?|take\s+place|occur|be|held|so))?|\s+(?:did|was|were|had|has|is|does)\s+(?:he|she|they)|\s+there)?(?:\s+exactly)?$",
    re.I,
)
_AGAIN = re.compile(r"\b(?:again|next|later|afterwards)\b", re.I)
_PAST = re.compile(r"\b(?:did|was|were|had|\w+ed)\b", re.I)
# A time of its own, or what came after the time asked about: who follows an office's holder does so later.
_OWN_TIME = re.compile(
    r"\b(?:now|today|currently|nowadays|by\s+the\s+time|"
    r"(?:t(?:ook|aken|ake)\s+over|replac\w+|succe(?:ed|ss)\w*)\b(?!.*\b(?:year|month|week|day)\b))",
    re.I,
)
_WHO_IS = re.compile(
    r"^who\s+(?:is|was|are|were)\s+(?-i:[A-Z])\S+(?:\s+(?:and\s+)?(?-i:[A-Z])\S+){0,4}$|^what\s+is\s+.+['’]s?\s+(?:\w+\s+)?name$",
    re.I,
)


@stage("condense")
def condense(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked without the conversation; itself when it already stands alone."""
    turns = [turn for turn in history if turn.content.strip()]
    firsts = [at for at, turn in enumerate(turns) if turn.role == "user"]
    if not firsts:
        return question
    spoken = Spoken("")
    for at in firsts[-MOST_TURNS:]:
        asked = " ".join(turns[at].content.split())
        answer = turns[at + 1].content if at + 1 < len(turns) and turns[at + 1].role == "assistant" else ""
        spoken = Spoken(_alone(asked, spoken) if spoken.question else asked, answer)
    return _alone(question, spoken)


def _alone(question: str, spoken: Spoken) -> str:
    """One question after another that stands alone."""
    if fresh := begun_anew(question):
        return fresh
    rest, led = without_lead(question)
    core = spelt_out(_NOT.sub("", rest).strip(" ?.!"))
    if _COURTESY.match(question.strip(" ?.!,")):
        return question
    if not core:
        return spoken.question if _DOUBTS.match(question.strip(" ?.!")) else question
    if _DOUBTS.match(question.strip(" ?.!")):
        return spoken.question
    if _MORE.match(core):
        return _more(core, spoken)
    if led and (asked := direct(core)):
        whole_asked = replace_pronouns(asked, spoken)
        return _finish(f"{asked} {topic(spoken)}" if whole_asked == asked else whole_asked, spoken)
    whole = take_apart(core)
    for rule in (_of_time, _beside, _of_word):
        if found := rule(core, spoken):
            return found
    if whole is None or (led and len(core.split()) <= 4 and not _is_clause(core)):
        if (
            led
            or len(read_question(core).words) <= 1
            or re.search(r"^(?:the|that|those)\s+ones?\b|\sone$", core)
        ):
            return switch(core, spoken) or question
        return question
    return _linked(core, spoken, led=led) or question


def _is_clause(core: str) -> bool:
    return take_apart(core) is not None


def _of_time(core: str, spoken: Spoken) -> str:
    """A follow-up of nothing but time."""
    weekday = re.fullmatch(rf"(?:on\s+)?(?:the\s+)?(?P<day>{'|'.join(WEEKDAYS)})", core, re.I)
    if weekday:
        return on_weekday(spoken.question, weekday["day"])
    asking = take_apart(spoken.question)
    if asking and asking.word in ("when", "where", "how"):  # "and when was the one before?"
        core = re.sub(rf"^{asking.word}\s+(?:was|is|were|are)\s+(?=(?:the|that)\s)", "", core, flags=re.I)
    time = time_asked(core, spoken)
    return with_time(spoken.unplaced, time) if time else ""


def _beside(core: str, spoken: Spoken) -> str:
    """ "The mayor, what did she say?": the question of the one that is named before it."""
    asked = put_back(core)
    return _finish(replace_pronouns(asked, spoken), spoken) if asked else ""


def _of_word(core: str, spoken: Spoken) -> str:
    """ "Why?", "On which day?", "When was that?": the earlier question, asked with another question word."""
    match = _WORD_ONLY.match(core)
    if match is None:
        return ""
    wh = match["wh"][0].upper() + match["wh"][1:]
    asking = take_apart(spoken.question)
    pointing = re.search(r"\bit(?:\s+held)?$", core, re.I)
    if pointing and spoken.event and asking and asking.word not in ("where", "when"):
        of_event = re.sub(r"\bit\b", spoken.event.partition(" ")[2], core, flags=re.I)
        return _finish(of_event, spoken)
    if (
        pointing
        and asking
        and re.match(r"how\s+(?!many\b|much\b|often\b|come\b)", wh, re.I)
        and asking.word not in ("where", "when")
    ):
        return _finish(replace_pronouns(core, spoken), spoken)
    if re.search(r"\b(?:is|are)\s+(?:he|she|that)$", core, re.I) and asking and asking.word == "who":
        return f"{wh} is {person(spoken)}?"
    if re.match(r"why\b|how\s+come\b|(?:for\s+)?what\s+reason\b", wh, re.I):
        return _why(asking, spoken, denying=fold(wh) == "why not")
    if fold(wh) == "who" and asking and asking.word.startswith("who"):
        return f"Who was {person(spoken)}?" if spoken.answered else spoken.question
    if fold(wh) in ("who", "what"):
        return ""
    return ask_anew(wh, spoken.question, spoken.answered if asking and asking.word.startswith("who") else "")


def _why(asking: Asking | None, spoken: Spoken, *, denying: bool) -> str:
    """Why it was so; why it was not, after an answer that says no."""
    if denying and asking and not asking.wh:
        return _finish(why_not(spoken) or denied(asking, "Why"), spoken)
    if instead := why_not(spoken):
        return _finish(instead, spoken)
    how = ""
    if asking and fold(asking.wh) == "how" and fold(asking.aux) in ("did", "does", "do"):
        how = manner(spoken.answer) or ("so" if ends_in_verb(asking) else "")
    subject = spoken.answered if asking and asking.word.startswith("who") else ""
    return ask_anew("Why", spoken.question, subject, how)


def _linked(core: str, spoken: Spoken, *, led: bool) -> str:
    """A question of its own words that leans on the one before by a pronoun, or by an "And" at its front."""
    held, meant = splice(core, spoken)
    if meant:
        return _finish(replace_pronouns(held, spoken).replace("\1", meant).replace(IT, "it"), spoken)
    text = replace_pointed(_dated(core, spoken), spoken)
    text = replace_pronouns(text, spoken)
    if text != core:
        return _finish(text, spoken)
    if leans(core) and not time_spans(core) and not months(core):
        return _with_topic(core, spoken)
    known = fold(spoken.question)
    if _is_of_answer(core, spoken):
        return _finish(f"{core} {topic(spoken)}", spoken)
    if led and not time_spans(core) and all(fold(name.split()[-1]) in known for name in _names(core)):
        has_topic = re.search(r"\b(?:the|a|an)\s+\w+", core, re.I) or _names(core)
        return _finish(core, spoken) if has_topic else _with_topic(core, spoken)
    return ""


def _is_of_answer(core: str, spoken: Spoken) -> bool:
    """Whether a short question is about something of which only the answer spoke: "the skipper's name?"."""
    if len(core.split()) > 6 or _names(core) or time_spans(core):
        return False
    named = re.findall(r"\bthe\s+(?:[\w-]+\s+)??([a-z][\w-]{2,})(?:['’]s)?\b", fold(core))
    told, asked = fold(spoken.answer), fold(spoken.question)
    return any(re.search(rf"\b{re.escape(one)}\b", told) and one not in asked for one in named)


def _dated(core: str, spoken: Spoken) -> str:
    """ "the first time" within a question, after an answer that told of several events."""
    match = re.search(r"\bthe\s+(?:first|second|third|last|latter)\s+(?:time|occasion)\b", core, re.I)
    time = time_asked(match.group(), spoken) if match and len(spoken.datelines) > 1 else ""
    return f"{core[: match.start()]}{time}{core[match.end() :]}" if match and time else core


def _names(text: str) -> list[str]:
    return [name for name, _ in names_of(text)]


def _with_topic(core: str, spoken: Spoken) -> str:
    """The question set where the earlier one was: at its event, about its subject, in its time."""
    about = spoken.event or (f"(about {spoken.things[0]})" if spoken.things else "")
    if not about and spoken.places:
        about = f"in {spoken.places[-1]}"
    if about and fold(about.split()[-1].strip(")")) in fold(core):
        about = ""
    if not about and not moment(spoken):
        return ""
    if about.startswith("("):
        return f"{_finish(core, spoken).rstrip('?')} {about}?"
    return _finish(f"{core} {about}", spoken)


def _finish(text: str, spoken: Spoken) -> str:
    """With a capital and a question mark; the time of the earlier question is kept unless there is another."""
    text = " ".join(text.split()).rstrip("?!. ")
    # The day of what was answered, for what is asked of the one it named; "when" asks for another day.
    about_answered = bool(spoken.answered) and fold(spoken.answered) in fold(text)
    told = about_answered and _PAST.search(text) and not re.match(r"when\b", text, re.I)
    time = moment(spoken) if told else spoken.time
    ordered = re.search(
        r"\bthe\s+(?:first|last|next|most\s+recent)\s+time\b.*$", spoken.question.rstrip("?!. ")
    )
    if not time_spans(text) and not _WHO_IS.match(text) and not _OWN_TIME.search(text):
        if ordered:
            text = f"{text} {ordered.group()}" if ordered.group() not in text else text
        elif time and _bare(time) not in text:
            if _AGAIN.search(text):
                text, time = re.sub(r"\s+(?:later|afterwards)$", "", text), f"after {_bare(time)}"
            text = f"{text} {time}"
        elif (
            not time
            and spoken.event
            and spoken.event.partition(" ")[2] not in text
            and re.search(r"[A-Z]", spoken.event)
        ):
            text = f"{text} {spoken.event}"
    return f"{text[:1].upper()}{text[1:]}?"


def _bare(time: str) -> str:
    return re.sub(r"^(?:in|on|of|from|during|since|after|before|until|by)\s+", "", time)


def _more(core: str, spoken: Spoken) -> str:
    """ "What else?": the earlier question with "else" after its question word."""
    asking = take_apart(spoken.question)
    if asking is None or not asking.word or asking.noun or re.search(r"\belse\b", asking.wh):
        return spoken.question
    tail = spoken.question.strip()[len(asking.wh) :]
    return f"{asking.wh} else{tail}"

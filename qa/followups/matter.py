"""What "that" and "it" mean where they mean no thing but what was said or done: "Who said that?", "How do they
justify it?", "Did she do that before the vote?", and what is left out altogether: "Did the mayor agree?".
"""

from __future__ import annotations

import re

from qa.followups.clause import denied, indirect, predicate_at, state, take_apart, verb_phrase
from qa.followups.meant import person, thing
from qa.followups.refer import Spoken, without_times
from qa.followups.told import LONGEST, SAYING, asked_of, denies, first_sentence, is_clause, quotation, statement
from qa.language.verbs import past, verb_at
from qa.words import fold

IT = "\2"  # stands for an "it" that means what follows in the question itself
_SAID_THAT = re.compile(
    rf"\b(?P<say>{SAYING}|say|report|claim|announce|confirm|deny|write|reveal|state|tell)"
    r"(?P<whom>(?<=t[eo]l[dl])\s+(?:the\s+)?[\w’'-]+|\s+(?:us|them|him|her))?\s+(?P<it>that|this|it|so)$",
    re.I,
)
_AFTER = r"(?=$|\s+(?:in|on|at|to|when|before|after|by|publicly|then|now|during)\b)"
_ACCOUNT = re.compile(
    r"\b(?:justif(?:y|ies|ied)|explain(?:s|ed)?|defend(?:s|ed)?|excuse[sd]?|(?:react(?:s|ed)?|respon(?:d|ds|ded)|sa(?:y|ys|id))\s+(?P<to>to)|"
    r"mea(?:n|ns|nt)\s+(?P<by>by))"
    rf"\s+(?P<it>it|that|this){_AFTER}",
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:(?:sa(?:y|ys|id)|th(?:ink|inks|ought)|kn(?:ow|ows|ew|own)|hear[ds]?|learn\w*|feels?|felt|ask(?:s|ed)?|"
    r"complain\w*|wr(?:ite|ites|ote)|sp(?:eak|oke)|talk\w*)\s+(?P<to>about|of)|comment(?:s|ed)?\s+(?P<on>on)|hear[ds]?|"
    r"descri(?:be|bes|bed)|propos(?:e|es|ed)|"
    r"suggest(?:s|ed)?|decid(?:e|es|ed)|order(?:s|ed)?|arrang(?:e|es|ed)|"
    r"support(?:s|ed)?|oppos(?:e|es|ed)|accept(?:s|ed)?|allow(?:s|ed)?|expect(?:s|ed)?|believe[sd]?|doubt(?:s|ed)?|"
    r"criticis(?:e|es|ed)|condemn(?:s|ed)?|welcom(?:e|es|ed)|regret(?:s|ted)?)"
    rf"\s+(?P<it>it|that|this){_AFTER}",
    re.I,
)
_DO_THAT = re.compile(
    r"\b(?:did|does|do|to|will|would|can|could|should|might|may|must)\b.*?\b(?P<do>do\s+(?:that|so|it|this))\b",
    re.I,
)
_FROM = re.compile(
    r"\b(?:had|has|have|got|heard?|learn(?:ed|t)?|took)\s+(?P<it>that|this|it)\s+from\s+\S+(?:\s+\S+){0,3}$",
    re.I,
)
_WAS = re.compile(
    r"^who(?:\s+else)?\s+(?P<aux>did|was|were|is|are|had|has|will|would)(?:\s+(?P<not>not))?$", re.I
)
_WITH = {
    "agree": "with",
    "disagree": "with",
    "object": "to",
    "consent": "to",
    "respond": "to",
    "react": "to",
    "approve": "of",
    "disapprove": "of",
    "protest": "against",
    "comment": "on",
    "complain": "about",
    "apologise": "for",
    "apologize": "for",
}
_LACKING = re.compile(
    r"^(?:(?:why|how|when|where)\s+)?(?:did|does|do|has|have|had|will|would)\s+(?!they\b|both\b)(?P<who>(?:[\w’'.-]+\s+){1,5}?)"
    rf"(?:(?:also|ever|really|publicly|not)\s+)?(?P<verb>{'|'.join(_WITH)})(?:d|ed)?(?:\s+too)?$|"
    rf"^who\s+(?:else\s+)?(?:did(?:n['’]t|\s+not)\s+)?(?P<past>{'|'.join(_WITH)})(?:d|ed)?$",
    re.I,
)
_PHRASE = re.compile(
    r"\b(?:in|about|at|during|on|over|against|for)\s+(?:the|his|her|their)\s+(?!(?:first|last|next|same)\b)[a-z]",
    re.I,
)


def splice(core: str, spoken: Spoken) -> tuple[str, str]:
    """A follow-up with "\\1" in the place of what means the whole matter, and that matter; the follow-up and ""
    where nothing means it.
    """
    match = _SAID_THAT.search(core)
    if match and not (re.match(r"wr", match["say"], re.I) and fold(match["it"]) in ("it", "this")):
        anyone = " anyone" if fold(match["say"]) in ("told", "tell") and not match["whom"] else ""
        return f"{core[: match.start('it')].rstrip()}{anyone} \1", _told(spoken)
    if match := _WAS.match(core):
        return _instead(core, match, spoken)
    if match := _FROM.search(core):
        said = statement(spoken.answer)
        rest = f"that {said}" if said else indirect(spoken.question)
        return f"{core[: match.start('it')]}{IT if said else ''}{core[match.end('it') :]} \1", rest
    if match := _DO_THAT.search(core):
        done = _done(spoken)
        return (f"{core[: match.start('do')]}\1{core[match.end('do') :]}", done) if done else (core, "")
    if match := _LACKING.match(core):
        lacked = _lacked(fold(match["verb"] or match["past"]), spoken)
        return (f"{core} \1", lacked) if lacked else (core, "")
    match = _ACCOUNT.search(core)
    meant = _matter(spoken, led=bool(match["to"] or match["by"])) if match else ""
    if match is None and (match := _ABOUT.search(core)):
        led = bool(match["to"] or match["on"])
        meant = _matter(spoken, led=led) if fold(match["it"]) != "it" or _is_no_thing(spoken) else ""
    if match is None or not meant:
        return core, ""
    return f"{core[: match.start('it')]}\1{core[match.end('it') :]}", meant


def topic(spoken: Spoken) -> str:
    """What the earlier question is about, to be put after another one: "at the regatta", "in the case of Arn
    against the mine"; "" for nothing.
    """
    if spoken.event:
        return spoken.event
    text = without_times(spoken.question.strip().rstrip("?!. "))
    phrase = _PHRASE.search(text)
    asking = take_apart(text)
    if phrase and not (asking and phrase.start() < len(asking.wh)):
        return text[phrase.start() :]
    if spoken.things:
        return f"in {spoken.things[0]}"
    return f"in {spoken.places[-1]}" if spoken.places else ""


def why_not(spoken: Spoken) -> str:
    """Why a question was answered with no: asked of what the answer says instead, else of the question denied;
    "" where the answer does not say no.
    """
    asking = take_apart(spoken.question)
    if asking is None or asking.wh or not denies(spoken.answer):
        return ""
    said = statement(spoken.answer)
    return asked_of(said, "Why") if said else denied(asking, "Why")


def _instead(core: str, match: re.Match[str], spoken: Spoken) -> tuple[str, str]:
    """ "Who was?" after "Was she at the pier?": of whom that is so."""
    asking = take_apart(spoken.question)
    if asking is None or asking.wh:
        return core, ""
    words = asking.rest.split()
    at = verb_at(words) if fold(asking.aux) in ("did", "does", "do") else predicate_at(words)
    if at is None or at == len(words):
        return core, ""
    who = core[: match.start("aux")].rstrip()
    if fold(asking.aux) == "did" and not match["not"]:
        return f"{who} \1", " ".join([past(words[at]), *words[at + 1 :]])
    return f"{who} {asking.aux.lower()} {match['not'] or ''} \1", " ".join(words[at:])


def _done(spoken: Spoken) -> str:
    """What was done: the verb of the question and what belongs to it, or of the answer to "to do what?"."""
    told = re.match(r"to\s+(?P<done>[a-z]+\s.+)", first_sentence(spoken.answer), re.I)
    if told and re.search(r"\bdo\b[^?]{0,30}\??$", spoken.question):
        return told["done"] if len(told["done"].split()) <= LONGEST else ""
    return verb_phrase(spoken.question)


def _told(spoken: Spoken) -> str:
    """What was said: the words of the answer where it is more than a number or a name, else what was asked."""
    asking = take_apart(spoken.question)
    if said := _said_before(spoken):
        return said
    if asking is None or not re.match(r"how\s+(?:many|much)\b", asking.wh, re.I):
        if quoted := quotation(spoken.answer):
            return f"“{quoted}”"
        if said := statement(spoken.answer):
            return f"that {said}"
    return indirect(spoken.question)


def _said_before(spoken: Spoken) -> str:
    """What was said, where it was asked who said it: "that the pier was closed"."""
    asking = take_apart(spoken.question)
    if asking is None or asking.word != "who" or asking.aux:
        return ""
    said = re.match(
        rf"{SAYING}\s+that\s+|sa(?:id|ys)\s+(?=(?:the|a|an|there|his|her|their)\s|[A-Z])", asking.rest
    )
    clause = asking.rest[said.end() :] if said else ""
    return f"that {clause}" if is_clause(clause) else ""


def _matter(spoken: Spoken, *, led: bool) -> str:
    """The earlier question as what is explained, or (`led` by a preposition) as what is spoken about."""
    asking = take_apart(spoken.question)
    if asking is None:
        return ""
    if not led and (said := _stated(spoken)):
        return said
    if led and not asking.wh:
        return thing(spoken)
    return indirect(spoken.question)


def _stated(spoken: Spoken) -> str:
    """For a question of who, when, where or whether: that it was so. "" for the others, or where it was not."""
    asking = take_apart(spoken.question)
    if asking is None or (asking.word not in ("when", "where") and asking.word[:3] not in ("who", "")):
        return ""
    if said := statement(spoken.answer):
        return f"that {said}"
    if not asking.wh:
        return "" if denies(spoken.answer) else f"that {state(asking)}"
    if asking.word in ("when", "where"):
        return f"that {state(asking)}"
    return f"that {person(spoken)} {asking.rest}" if not asking.aux else ""


def _is_no_thing(spoken: Spoken) -> bool:
    """Whether the earlier question asks what was done or how, so that "it" means no single thing of it."""
    asking = take_apart(spoken.question)
    if asking is None or asking.noun or spoken.event:
        return False
    of_being = asking.word == "what" and fold(asking.aux) in ("is", "are", "was", "were")
    return asking.word in ("what", "how", "why") and not of_being


def _lacked(verb: str, spoken: Spoken) -> str:
    """What one agrees with or objects to: what was said or done, else the thing it is about."""
    asking = take_apart(spoken.question)
    if asking and asking.aux and asking.word in ("what", "why", "how", "where", "when", "which"):
        return f"{_WITH[verb]} {indirect(spoken.question)}"
    if verb in ("agree", "disagree", "object") and (said := _said_before(spoken)):
        return said
    about = thing(spoken)
    is_thing = about and about not in spoken.people and asking and (asking.aux or not asking.noun)
    return f"{_WITH[verb]} {about}" if is_thing else ""

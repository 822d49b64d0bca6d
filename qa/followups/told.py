"""What an answer says, as far as a follow-up may mean it: its quotation, its statement, the thing it names.

An answer may hold anything that the documents hold. So a statement is taken only where it is one: with a
subject and a verb, telling nobody to do anything, and not longer than one would repeat.
"""

from __future__ import annotations

import re

from qa.language.verbs import FINITE, IRREGULAR, PARTICIPLES, PREPOSITIONS, REGULAR, past, third
from qa.question import without_orders
from qa.words import STOPWORDS, fold, quotations

LONGEST = 32  # words of a statement that are repeated in a question
_SHORTEST = 5
_SHORTEST_QUOTED = 4
_MARKS = re.compile(r"\s*\[\d+(?:,\s*\d+)*\]")
_DATELINE = re.compile(r"^[^\n—]{0,80}—\s*")
_END = re.compile(r"(?<!\b[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bMrs)[.!?](?=[\s”\"]|$)")
_ANSWERED = re.compile(r"^(?:yes|no|indeed|correct)\b[\s,;:.–—-]*", re.I)
SAYING = (
    r"(?:said|says|say|reported|reports?|claimed|claims?|announced|confirmed|denied|wrote|revealed|stated|told)"
)
_SPEAKER = re.compile(
    rf"^(?:[\w’'.-]+\s+){{1,6}}?(?:told\s+(?:[\w’'.-]+\s+){{1,3}}that|{SAYING}(?:\s+on\s+\w+)?(?:\s+that)?)\s+"
)
_SOURCE = re.compile(rf",\s+(?:according\s+to\b.*|(?:[\w’'.-]+\s+){{1,7}}{SAYING}|{SAYING}\s.*)$")
_AUXILIARY = frozenset(
    "is are was were has have had will would can could should may might must did does cannot".split()
)
_PAST = frozenset(past(verb) for verb in (*IRREGULAR, *REGULAR)) - {"put", "set", "cost", "cut", "split"}
_PRESENT = frozenset(third(verb) for verb in (*IRREGULAR, *REGULAR))
_CLAUSE_WITHIN = frozenset(
    "which who whom whose where when while after because if as since although that so".split()
)
_PRONOUNS = frozenset("he she it they we i you this that these those there his her its their".split())
_TO_READER = re.compile(r"\b(?:you|your|please|let['’]s)\b", re.I)
_STOP = "|".join(
    (
        "in on at to for from by about after before during and or but since until that is are was were did has "
        "have had will would can could as when while which who whom if because than into over under against "
        "near led out up"
    ).split()
)
_PHRASE = re.compile(
    rf"^(?:a|an|the|its|his|her|their)\s+(?P<np>(?:(?!(?:{_STOP}|of|with|between)\b)[\w’'-]+(?:\s+|(?=[,;.(]|$))){{1,5}})"
    rf"(?P<more>(?:of|with|between)\s+(?:the\s+)?(?:(?!(?:{_STOP}|of|with)\b)[\w’'-]+(?:\s+|(?=[,;.(]|$))){{1,3}})?",
    re.I,
)


def first_sentence(answer: str) -> str:
    """The answer's first sentence without its dateline, marks and end; "" for a question asked back."""
    body = _body(answer)
    end = _END.search(body)
    sentence = body[: end.start()] if end else body
    return "" if end and end.group() == "?" else " ".join(sentence.split())


def quotation(answer: str) -> str:
    """The words that the answer's first sentence quotes, where there are enough to tell them by."""
    body = _body(answer)
    for words in quotations(body)[:1]:
        begins = body.find(words) <= len(first_sentence(answer)) + 1
        if (
            begins
            and not _is_order(words)
            and len(words.split()) >= _SHORTEST_QUOTED
            and len(words.split()) <= LONGEST
        ):
            return words.rstrip(".,; ")
    return ""


def statement(answer: str) -> str:
    """The answer's first sentence as it follows "that", without who says it; "" where it states nothing or
    speaks of "them" without naming them.
    """
    text = _ANSWERED.sub("", first_sentence(answer))
    text = re.sub(r",\s+(?:which|who|whose|where)\b.*$", "", _SOURCE.sub("", text))
    speaker = _SPEAKER.match(text)
    text = text[speaker.end() :] if speaker else re.sub(r"^That\s+", "", text)
    words = text.split()
    if not _SHORTEST <= len(words) <= LONGEST or _TO_READER.search(text) or re.search(r"[“”\"();:]", text):
        return ""
    first = fold(words[0].strip(","))
    if _is_order(text) or first in _PRONOUNS or first in REGULAR or first in IRREGULAR or not _finite_at(words):
        return ""
    return text[0].lower() + text[1:] if first in STOPWORDS else text


def asked_of(clause: str, wh: str) -> str:
    """A statement asked with a question word: "Why was the visit kept secret"."""
    words = clause.split()
    at = _finite_at(words)
    if at and fold(words[at]) in _AUXILIARY and not any(word.endswith(",") for word in words[:at]):
        return " ".join([wh, words[at], *words[:at], *words[at + 1 :]])
    return f"{wh} was it that {clause}"


def denies(answer: str) -> bool:
    """Whether an answer says no."""
    return bool(re.match(r"no\b(?!\.\s*\d)", _body(answer), re.I))


def named_thing(answer: str, *, plural: bool = False) -> str:
    """The thing that an answer consists of: "the working group" of "A working group to count the boats"; ""
    where the answer is a sentence. With `plural`, several: "the chiefs of staff".
    """
    text = first_sentence(answer)
    match = _PHRASE.match(text)
    if match is None or _finite_at(text.split()):
        return ""
    words = match["np"].split()
    while len(words) > 1 and re.fullmatch(r"[a-z]+(?:ing|ed)", words[-1]):
        words.pop()
    cut = len(words) < len(match["np"].split())
    if words[-1].endswith("s") is not plural or words[-1].endswith(("’s", "'s")):
        return ""
    return f"the {' '.join(words)} {match['more'] if match['more'] and not cut else ''}".rstrip()


def introduced(answer: str) -> str:
    """The first thing that an answer newly speaks of: "the treaty" of "They signed a treaty."; "" for none."""
    text = first_sentence(answer)
    for begins in re.finditer(r"\b(?:a|an)\s+(?=[a-z])", text):
        match = _PHRASE.match(text[begins.start() :])
        words = match["np"].split() if match else []
        if words and not words[-1].endswith("s") and len(words) < 5:
            return f"the {' '.join(words)}"
    return ""


def manner(answer: str) -> str:
    """How something was, as far as an answer begins with it: "in discord" of "In discord, after a quarrel."."""
    match = re.match(
        r"(?:in|by|with|without)\s+(?!\d{4})[^,.;:(—]{2,40}(?=[,.;]|$)", first_sentence(answer), re.I
    )
    words = match.group().split() if match else []
    if not 2 <= len(words) <= _SHORTEST or _finite_at(words) or words[1][:1].isupper():
        return ""
    return " ".join([fold(words[0]), *words[1:]])


def is_clause(text: str) -> bool:
    """Whether a text has a subject and a verb."""
    return _finite_at(text.split()) > 0


def short_name(answer: str) -> str:
    """The name that an answer consists of: "Castria" of "Castria's."."""
    text = re.sub(r"['’]s?$", "", first_sentence(answer))
    bare = re.sub(r"^(?:In|At)\s+", "", text)
    found = re.fullmatch(r"(?:The\s+)?[A-Z][\w’'-]+(?:\s+(?:(?:of|the)\s+)*[A-Z][\w’'-]+){0,3}", bare)
    name = re.sub(r"^The\s", "the ", bare)
    return name if found and fold(bare) not in ("yes", "no", "nobody", "nothing", *_PRONOUNS) else ""


def _is_order(text: str) -> bool:
    """Whether a text tells whoever answers what to do: what `without_orders` takes out before a question."""
    asked = f"{text.rstrip('.!? ')}. Why?"
    return without_orders(asked) != asked


def _body(answer: str) -> str:
    line = _MARKS.sub("", answer).strip().partition("\n")[0]
    return _DATELINE.sub("", line).strip()


def _finite_at(words: list[str]) -> int:
    """The position of the verb of a main clause, 0 for none; what follows "which" or "after" is none."""
    for at, word in enumerate(words):
        folded = fold(word.strip(","))
        if folded in _CLAUSE_WITHIN:
            return 0
        if at == 0:
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        if folded in _AUXILIARY:
            return at
        # "the group led by", "two men arrested in": the same form without being the verb.
        if word in _PAST and (
            (word not in PARTICIPLES and not word.endswith("ed")) or fold(after) not in PREPOSITIONS
        ):
            return at
        if (
            word in _PRESENT
            and word in FINITE
            and re.match(r"(?:the|a|an|that|no|its|his|her)$|[A-Z\d]", after)
        ):
            return at
    return 0

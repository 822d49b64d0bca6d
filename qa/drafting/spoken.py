"""Questions about what somebody said: at all, about something that has a name, and who said it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from qa.drafting.form import Drafted
from qa.drafting.persons import called, is_person
from qa.language.naming import Word, is_title, key_of, runs_in, words_in
from qa.language.speech import SAYS
from qa.words import MONTHS, WEEKDAYS, fold, quotations, stem

_QUOTE = re.compile(
    r"^[“\"](?P<quote>[^“”\"]{14,}?[^,.!?…“”\"])[,.!?]*[”\"],? "
    r"(?:(?P<one>[A-Z][^,“”\"]+?) (?:said|added)|(?:said|added) (?P<other>[A-Z][^,“”\"]+?))"
    r"(?=$|,| in | at | on | before | after )"
)
_AFTER_NAME = re.compile(
    r"\s(?:and|or|but|that|which|who|[a-z]+ed|in|on|at|to|for|from|with|by|as|is|are|was|were|will|would|has|"
    r"have|had|can|could|should|may|might|must|does|did)\b"
)


def quoted(body: str) -> Iterator[Drafted]:
    """Who said what a sentence quotes."""
    if match := _QUOTE.match(body):
        yield Drafted(f"Who said “{match['quote']}”?", match["one"] or match["other"], "who said")


def said(body: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """What somebody said about something that has a name, and what they said at all."""
    words = words_in(body)
    runs = list(runs_in(words, body))
    found = [(run, verb) for run in runs if (verb := _saying(words, run, body, persons)) is not None]
    if len(found) != 1:
        return
    (first, last), verb = found[0]
    speaker = called(body[words[first].start : words[last - 1].end], persons)
    if first == 1 and words[0].plain == "the":
        speaker = f"the {speaker}"
    elif not first and last == 1 and not is_person(speaker, persons) and speaker.endswith("s"):
        return
    cries = quotations(body)
    told = " … ".join(cries) if cries else _reported(body, words[verb])
    for topic in _topics(told, whole=not cries):
        if key_of(topic) != key_of(speaker):
            yield Drafted(f"What did {speaker} say about {topic}?", "", "what about")
    yield Drafted(f"What did {speaker} say?", "", "what said")


def _saying(
    words: Sequence[Word], run: tuple[int, int], body: str, persons: Collection[str] | None
) -> int | None:
    """The verb by which a person speaks who stands right beside it; None where this is nobody who does."""
    first, last = run
    name = body[words[first].start : words[last - 1].end]
    begins = not first or (first == 1 and words[0].plain == "the")
    if not (is_person(name, persons) or begins) or words[last - 1].is_possessive:
        return None
    for at in (last, first - 1):
        if 0 <= at < len(words) and stem(words[at].plain) in SAYS:
            inverted = at < first
            quoted = re.search(r"[,”\"!?]\s*$", body[: words[at].start]) is not None
            if not inverted or quoted:
                return at
    return None


def _reported(body: str, verb: Word) -> str:
    """What is told in reported speech: what follows the verb, and "that" where it has one."""
    told = body[verb.end :]
    return told.split(" that ", 1)[1] if " that " in told else "" if verb.plain == "told" else told


def _topics(told: str, *, whole: bool) -> Iterator[str]:
    """The names in what somebody said that can be asked about, with their article."""
    words = words_in(told)
    for start, end in runs_in(words, told):
        before, after = told[: words[start].start], told[words[end - 1].end :]
        topic = told[words[start].start : words[end - 1].end]
        begins = re.search(r"(?:^|[.!?…])\s*$", before) is not None and not (whole and before.strip())
        dated = any(fold(word).strip(".") in (*MONTHS, *WEEKDAYS) for word in topic.split())
        held = re.match(r"['’-]|\s[a-z]", after) and not _AFTER_NAME.match(after)
        led = re.search(r"\b(?:in|at|near|outside)\s+(?:the\s+)?$", before)
        if (begins and end - start < 2) or dated or held or led or fold(topic).endswith(("'s", "s'")):
            continue
        if not is_title(words[end - 1]):
            yield f"the {topic}" if re.search(r"\bthe\s+$", before) else topic

"""Questions made of a sentence by its pattern: who did it, how many there were, when and where it was, what was
said of what, and why.

Each asks for one thing that the sentence tells, in plain English, and does not give it away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from qa.drafting.clause import Clause, body_of, in_question, read_clause, shortened
from qa.language.lexicon import SPEECH
from qa.language.naming import Word, is_title, key_of, runs_in, stems_of, words_in
from qa.language.roles import BODY
from qa.language.speech import SAYS
from qa.language.times import read_times
from qa.language.verbs import base, past
from qa.words import MONTHS, WEEKDAYS, fold, numbers, quotations, stem, tokens

LEAST_WORDS, MOST_WORDS = 6, 45
MOST_ASKED = 16  # words of a question
_NUMBER = (
    r"(?:\d[\d,.]*\d|\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:-\w+)?)(?:[ -](?:hundred|thousand|million|billion|dozen))?"
)
_ABOUT = (
    r"(?:(?:about|some|around|nearly|almost|only|just|over|more than|fewer than|less than|at least|up to|"
    r"a total of|another|all) )*"
)
_MANY = re.compile(
    rf"^{_ABOUT}(?P<answer>{_NUMBER}) (?P<noun>(?:[a-z-]+ ){{0,2}}?(?:[a-z-]{{3,}}s|people|men|women|children))"
    r"(?=$|\s)(?P<rest>.*)$",
    re.I,
)
_UNCOUNTED = frozenset(
    "percent hours minutes seconds days weeks months years times degrees metres meters kilometres kilometers "
    "miles dollars euros pounds francs marks crowns cents yen roubles rupees pesos "
    "others times decades points inches".split()
)
_OF_SIZE = re.compile(
    rf"^(?P<answer>{_NUMBER} (?:kilomet\w+|met\w+|miles|feet|years|tonnes|hours|minutes)) "
    r"(?P<how>long|high|wide|deep|old|tall|thick)\b"
)
_BY = re.compile(rf"^(?:by )?(?:{_ABOUT})(?P<answer>{_NUMBER} (?:percent|per cent|points))\b")
_MOVES = frozenset("rise fall drop grow increase shrink climb decline".split())
_QUOTE = re.compile(
    r"^[“\"](?P<quote>[^“”\"]{14,}?[^,.!?…“”\"])[,.!?]*[”\"],? "
    r"(?:(?P<one>[A-Z][^,“”\"]+?) (?:said|added)|(?:said|added) (?P<other>[A-Z][^,“”\"]+?))"
    r"(?=$|,| in | at | on | before | after )"
)
_WHY = re.compile(r"^(?P<clause>.+?),? because (?P<answer>(?!of )[^,]+)")
_REPORTED = re.compile(
    r"^(?:[A-Z][^,]*?|.*, [a-z][^,]*?) (?:said|announced|confirmed|reported)(?: [\w ]+?)? that (?P<told>.+)$"
)
_BY_WHOM = re.compile(
    r"^(?P<rest>.*?)\bby (?P<answer>(?!\d|\w+ing\b)(?:(?:the|a|an|his|her|its|their) )?[A-Za-z].*)$"
)
_WANTED = re.compile(
    r"^(?P<whom>(?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*) to (?P<do>[a-z]+) (?P<answer>\S+ .+)$"
)
_WANTS = frozenset("want urge ask order tell expect persuade press advise invite".split())
_WHERE = re.compile(r"^(?P<rest>.*?)\b(?P<lead>in|at|near|outside) (?P<answer>(?:the |a |an |[A-Z])[^,]+)$")
_HAPPENED = frozenset("held signed built found born buried arrested kept moved printed".split())
_ANSWERED = frozenset(
    "announce demand propose promise recommend deny request suggest order offer veto criticise criticize "
    "praise threaten reject".split()
)
_STRANDED = ("warn against", "call for", "ask for", "apologise for", "agree on", "complain about", "speak of")
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|we|i|you|him|them|us|me|his|her|hers|its|their|our|my|your|this|that|these|those|such|"
    r"there|here|one|ones|others?|another|same|former|latter|who|whose|which|what|where|when|how|why|himself|"
    r"herself|itself|themselves|counterpart)\b",
    re.I,
)
_UNFIT = re.compile(
    r"[“”\"()\[\];:!*/…—–]|['’]\s|\s['’]|,|\.\s|\bsoon\b|\bhas been\b.*\bhas\b|\band\?$|\b(?:of|the|a|an|to)\?$"
)
_HANGS = re.compile(
    r"\b(?:now|current|currently|recent|recently|today|yesterday|tomorrow|ago|last|next|further|new|"
    rf"{'|'.join(WEEKDAYS)})\b",
    re.I,
)
_AFTER_NAME = re.compile(
    r"\s(?:and|or|but|that|which|who|[a-z]+ed|in|on|at|to|for|from|with|by|as|is|are|was|were|will|would|has|"
    r"have|had|can|could|should|may|might|must|does|did)\b"
)
_WH = re.compile(
    r"^(?:Who|What|When|Where|Why|How(?: many| much| long| high| wide| deep| old| tall| thick)?|By how much)\b"
)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A question that a sentence answers, the answer as it stands there, and how the question was made."""

    question: str
    answer: str
    by: str


def is_clear(sentence: str) -> bool:
    """Whether a sentence can be asked about by itself: whole, of a fair length, not about "him" or "this"."""
    whole = sentence[-1:] in '.”"' and (sentence[:1].isupper() or sentence[:1] in '“"')
    quotes = sentence.count("“") == sentence.count("”") and sentence.count('"') % 2 == 0
    words = len(sentence.split())
    hangs = _PRONOUN.match(sentence) or re.match(r"(?:but|and|or|so)\b", sentence, re.I)
    return whole and quotes and LEAST_WORDS <= words <= MOST_WORDS and not hangs


def reads_well(question: str) -> bool:
    """Whether a question can be shown: it hangs on nothing outside of it, and is one short plain sentence."""
    asked = _WH.sub("", question.rstrip("?"))
    return (
        4 <= len(question.split()) <= MOST_ASKED
        and _WH.match(question) is not None
        and question.endswith("?")
        and not _UNFIT.search(question)
        and not _PRONOUN.search(asked)
        and not _HANGS.search(asked)
    )


def questions(sentence: str, persons: Collection[str] | None = None) -> tuple[Drafted, ...]:
    """The questions that the patterns make of a sentence, the surest first; none gives its answer away.

    With `persons`, the last names of people that the report names, folded, "who" is asked of them alone, and
    otherwise of whatever is called as people are.
    """
    if not is_clear(sentence):
        return ()
    found = {draft.question: draft for draft in _all(sentence, persons)}
    return tuple(draft for draft in found.values() if not _gives_away(draft))


def _all(sentence: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    body = body_of(sentence)
    if match := _QUOTE.match(body):
        yield Drafted(f"Who said “{match['quote']}”?", match["one"] or match["other"], "who said")
    yield from (draft for draft in _said_of(body, persons) if reads_well(draft.question))
    if any(mark in body for mark in '“”"'):
        return
    if (match := _WHY.match(body)) and (clause := read_clause(match["clause"])) and clause.whole:
        yield from _kept(Drafted(f"Why {_asked(clause)}?", match["answer"], "why"))
    reported = _REPORTED.match(body)
    for text in (sentence, reported["told"][:1].upper() + reported["told"][1:] if reported else ""):
        clause = read_clause(text)
        if clause and not _opens_plainly(clause.subject, persons):
            for way in (_counted, _who, _by_whom, _sized, _when, _where, _what, _wanted):
                yield from (draft for draft in way(clause, body, persons) if reads_well(draft.question))


def _opens_plainly(subject: str, persons: Collection[str] | None) -> bool:
    """Whether a subject of one word has its capital perhaps only from the start: "Police", "Delegates"."""
    return " " not in subject and fold(subject).endswith(("s", "police")) and not _is_person(subject, persons)


def _kept(draft: Drafted) -> Iterator[Drafted]:
    if reads_well(draft.question):
        yield draft


def _asked(clause: Clause, *, rest: str | None = None, subject: str | None = None) -> str:
    """The clause in the order of a question: "did the observatory count"; "" words where it is not sure."""
    rest = clause.rest if rest is None else rest
    who = in_question(clause.subject if subject is None else subject)
    if clause.aux:
        return " ".join(f"{clause.aux} {who} {clause.verb} {rest}".split())
    # Reports tell of their own day in the present tense; who asks later asks in the past.
    return " ".join(f"did {who} {clause.base or '…'} {rest}".split())


def _who(clause: Clause, _: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """Who did something, of a person that the sentence names or calls by an office."""
    rest = shortened(clause.rest)
    told = [token for token in tokens(rest) if not token.is_stopword]
    vague = len(told) < 2 and not any(token.is_capitalized for token in told)
    if clause.aux in ("is", "are", "has", "have", "had") or vague or not clause.verb:
        return
    if _is_person(clause.subject, persons) and stem(clause.base or clause.verb) not in SPEECH:
        yield Drafted(f"Who {clause.aux} {clause.verb} {rest}?".replace("  ", " "), clause.subject, "who")


def _counted(clause: Clause, _: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """How many did it, or how many it did."""
    if (match := _MANY.match(clause.subject)) and not match["rest"] and _countable(match["noun"]):
        did = " ".join(f"{clause.aux} {clause.verb} {shortened(clause.rest)}".split())
        yield Drafted(f"How many {match['noun']} {did}?", match["answer"], "how many")
        return
    match = _MANY.match(clause.rest)
    if match and clause.base == "cost" and not clause.aux:
        yield Drafted(f"How much {_asked(clause, rest='')}?", f"{match['answer']} {match['noun']}", "how much")
    elif match and _countable(match["noun"]) and not clause.aux and clause.base not in ("", "be", "have"):
        rest = "" if match["rest"].startswith((" and ", " or ")) else shortened(match["rest"])
        yield Drafted(f"How many {match['noun']} {_asked(clause, rest=rest)}?", match["answer"], "how many")


def _countable(noun: str) -> bool:
    return noun.split()[-1] not in _UNCOUNTED and not noun.endswith("ss")


def _by_whom(clause: Clause, _: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """Who did what is told in the passive."""
    match = _BY_WHOM.match(clause.rest)
    done = base(clause.verb)
    if match is None or not done or clause.aux not in ("was", "were") or numbers(match["answer"]):
        return
    agent = words_in(match["answer"])[:6]
    if not any(word.is_capital or is_title(word) or stem(word.plain) in BODY for word in agent):
        return
    rest = match["rest"].strip()
    rest = "" if _PRONOUN.search(rest) else shortened(rest)
    yield Drafted(
        f"Who {past(done)} {in_question(clause.subject)} {rest}".strip() + "?", match["answer"], "who"
    )


def _wanted(clause: Clause, _: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """What somebody wanted somebody to do."""
    if clause.base in _WANTS and not clause.aux and (match := _WANTED.match(clause.rest)):
        asked = f"What did {_short(clause.subject, persons)} {clause.base} {match['whom']} to {match['do']}?"
        yield Drafted(asked, match["answer"], "what")


def _sized(clause: Clause, _: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """How long, how high it is, and by how much it rose."""
    subject = in_question(clause.subject)
    if not clause.verb and (match := _OF_SIZE.match(clause.rest)):
        yield Drafted(f"How {match['how']} {clause.aux} {subject}?", match["answer"], "how long")
    if clause.base in _MOVES and (match := _BY.match(clause.rest)):
        yield Drafted(f"By how much {_asked(clause, rest='')}?", match["answer"], "by how much")


def _when(clause: Clause, body: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """When it was, where the sentence gives a year."""
    times = [
        time for time in read_times(clause.rest) if re.search(r"\d{4}", clause.rest[time.start : time.end])
    ]
    if len(times) != 1 or not (clause.base or clause.aux) or not clause.verb:
        return
    time = times[0]
    lead = re.search(r"\b(?:in|on)\s+(?:the\s+)?$", clause.rest[: time.start])
    if lead is None:
        return
    rest = f"{clause.rest[: lead.start()].rstrip()} {clause.rest[time.end :].strip()}".strip()
    yield Drafted(f"When {_asked(clause, rest=rest)}?", clause.rest[time.start : time.end], "when")


def _where(clause: Clause, _: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """Where something was held, signed, found."""
    if clause.verb not in _HAPPENED or clause.aux not in ("was", "were"):
        return
    if (match := _WHERE.match(clause.rest)) and not read_times(match["answer"]) and len(match["rest"]) < 20:
        yield Drafted(f"Where {_asked(clause, rest=match['rest'])}?", match["answer"], "where")


def _what(clause: Clause, _: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """What somebody announced, demanded, warned against."""
    if clause.aux or not clause.base or not clause.rest:
        return
    subject = _short(clause.subject, persons)
    if clause.base in _ANSWERED and len(clause.rest.split()) > 1:
        yield Drafted(f"What did {subject} {clause.base}?", clause.rest, "what")
    preposition = clause.rest.split()[0]
    if f"{clause.base} {preposition}" in _STRANDED and clause.is_past:
        told = clause.rest.removeprefix(preposition).strip()
        yield Drafted(f"What did {subject} {clause.base} {preposition}?", told, "what")


def _said_of(body: str, persons: Collection[str] | None) -> Iterator[Drafted]:
    """What somebody said about something that has a name, and what they said at all."""
    words = words_in(body)
    runs = list(runs_in(words, body))
    found = [(run, verb) for run in runs if (verb := _saying(words, run, body, persons)) is not None]
    if len(found) != 1:
        return
    (first, last), verb = found[0]
    speaker = _short(body[words[first].start : words[last - 1].end], persons)
    quoted = quotations(body)
    told = " … ".join(quoted) if quoted else _reported(body, words[verb])
    for topic in _topics(told, whole=not quoted):
        if key_of(topic) != key_of(speaker):
            yield Drafted(f"What did {speaker} say about {topic}?", "", "what about")
    yield Drafted(f"What did {speaker} say?", "", "what said")


def _saying(
    words: Sequence[Word], run: tuple[int, int], body: str, persons: Collection[str] | None
) -> int | None:
    """The verb by which a person speaks who stands right beside it; None where this is nobody who does."""
    first, last = run
    name = body[words[first].start : words[last - 1].end]
    if not _is_person(name, persons) or words[last - 1].is_possessive:
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


def _short(subject: str, persons: Collection[str] | None) -> str:
    """A person by the name alone, anybody else as they stand: "the envoy Ida Vey" is "Ida Vey"."""
    words = words_in(subject)
    runs = list(runs_in(words, subject))
    if not runs or not _is_person(subject, persons):
        return in_question(subject)
    first, last = runs[-1]
    title = max((at for at in range(first, last) if is_title(words[at])), default=-1)
    begin = title + 1 if title >= 0 and title + 2 < last else first
    return subject[words[begin].start : words[last - 1].end]


def _is_person(subject: str, persons: Collection[str] | None) -> bool:
    """Whether a subject is somebody: a name with an office, or one of the persons known."""
    words = words_in(subject)
    if not words or not words[-1].is_capital or _the_alone(words):
        return False
    if any(stem(word.plain) in BODY or word.plain in ("and", "of", "for") for word in words):
        return False
    if persons is not None:
        return key_of(words[-1].text) in persons
    names = [word for word in words if word.is_capital and not is_title(word)]
    return any(is_title(word) for word in words[:-1]) or (len(names) > 1 and words[0].is_capital)


def _the_alone(words: Sequence[Word]) -> bool:
    """Whether a name stands with an article and nothing else: "the Kremlin"."""
    return words[0].plain in ("the", "a", "an") and len(words) < 3


def _gives_away(draft: Drafted) -> bool:
    """Whether the answer stands in the question."""
    if not draft.answer:
        return False
    told = stems_of(draft.answer) if not numbers(draft.answer) else frozenset(numbers(draft.answer))
    asked = stems_of(draft.question) | numbers(draft.question)
    telling = {word for word in told if word not in ("the", "a", "an", "of", "in")}
    return not telling or telling <= asked

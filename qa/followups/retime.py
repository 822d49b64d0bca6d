"""An earlier question asked of another time: "And in 2016?", "the year before?", "the one after that?"."""

from __future__ import annotations

import re
from itertools import pairwise

from qa.followups.clause import take_apart
from qa.followups.refer import Spoken, time_spans
from qa.followups.told import first_sentence
from qa.language.dates import MONTH
from qa.language.days import Interval, shift, unit_of
from qa.language.times import COUNT, UNIT, count_of, read_times
from qa.language.verbs import verb_at
from qa.scopes.asked import GATHERING, mend_months
from qa.words import MONTHS, WEEKDAYS, fold

_GATHERING_AT = rf"(?:{GATHERING}|time)"
_DAY_MONTH = re.compile(
    rf"^(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?)$", re.I
)
_BARE_MONTH = re.compile(rf"^(?:(?:early|mid|late)\s+)?{MONTH}$", re.I)
_PREPOSED = re.compile(
    r"^(?:in|on|at|of|from|during|since|until|till|before|after|by|around|between|back\s+in|as\s+of)\b", re.I
)
_STEP = re.compile(
    rf"^(?:in\s+|on\s+|at\s+)?(?:the\s+)?(?:(?P<count>{COUNT})\s+)?(?P<unit>{UNIT})s?\s+"
    rf"(?P<way>before|after|later|earlier|previously|afterwards?)(?:\s+(?:that|this|then|it))?$",
    re.I,
)
_BESIDE = re.compile(
    rf"^(?:in\s+|on\s+|at\s+)?(?:the\s+)?(?P<way>previous|preceding|following|next|last)\s+(?P<unit>{UNIT})(?:['’]s)?$",
    re.I,
)
_NEIGHBOUR = re.compile(
    rf"^(?:at\s+|in\s+|during\s+)?(?:the\s+)?(?:(?:one|ones|time|{GATHERING})\s+(?:(?:just|right|held)\s+)?"
    rf"(?P<way>before|after|following)(?:\s+(?:that(?:\s+one)?|this(?:\s+one)?|it|then))?|"
    rf"(?P<next>previous|preceding|next|following|later|earlier|subsequent|prior)\s+(?:one|time|{GATHERING}))$",
    re.I,
)
_BOUND = re.compile(
    r"^(?:and\s+)?(?P<way>before|after|since|until)\s+(?:that|then|this)$|^(?P<ever>ever\s+since|later|afterwards|"
    r"earlier|beforehand|previously|since)$",
    re.I,
)
_ORDINAL = re.compile(
    rf"^(?:at\s+|in\s+|on\s+)?(?:the\s+)?(?:very\s+)?(?P<which>first|second|third|fourth|fifth|last|latest|earliest|"
    rf"most\s+recent|newest|oldest|final)(?:\s+(?P<what>one|time|occasion|{GATHERING}))?$",
    re.I,
)
# "by the 2015 one", "according to the May report"; "the one after that, in 2012".
_OF_REPORT = re.compile(
    rf"^(?:by|at|in|for|from|as\s+of|according\s+to|per)\s+(?=(?:the|that)\s+.+\s(?:one|{GATHERING})$)", re.I
)
_AND_NAMED = re.compile(
    rf"^(?:the|that)\s+(?:\w+\s+)?(?:one|time|{GATHERING})\b[^,]*,\s*(?P<time>(?:in|on|at|of|from|during)\s+.+)$",
    re.I,
)
_ONE_OF = re.compile(
    rf"^(?:the|that)\s+(?:one|time|{GATHERING})\s+(?:(?:held|dated)\s+)?(?=(?:in|of|on|from|at)\s)", re.I
)
_NOW = re.compile(
    r"(?:is|are)\s+(?:that|it|this)\s+still\s+(?:so|true|the\s+case)|(?:right\s+)?now|today|currently|"
    r"these\s+days|nowadays|at\s+present",
    re.I,
)
_BY_PLACE = rf"(?:(?:in|at|the|that)\s+)*{{}}(?:\s+(?:one|{GATHERING}))?"
_PLACE_IN_LIST = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4} | dict.fromkeys(
    ("earliest", "oldest", "former", "earlier"), 0
)
_WHICH = {"latest": "most recent", "last": "most recent", "newest": "most recent", "final": "most recent"} | {
    "earliest": "first",
    "oldest": "first",
}


def time_asked(rest: str, spoken: Spoken) -> str:
    """The words of time that a follow-up of nothing but time stands for: "in 2014", "the last time before
    2014"; "" when it is none.
    """
    text = mend_months(rest.strip(" ?.!,"))
    text = _ONE_OF.sub("", text)
    named = _AND_NAMED.match(text)
    if named and _is_time(named["time"]):
        return _preposed(named["time"], spoken.time)
    text = _OF_REPORT.sub("", text)
    if _NOW.fullmatch(text):
        return "the most recent time"
    if (
        match := re.fullmatch(
            rf"(?:the|that|this)\s+(?P<time>.+?)(?:['’]s)?\s+(?:one|time|{GATHERING})", text, re.I
        )
    ) and (_is_time(match["time"])):
        return _preposed(match["time"], "")
    for read in (_listed, _stepped, _next_to, _bounded):
        if found := read(text, spoken):
            return found
    if match := _ORDINAL.match(text):
        which = " ".join(fold(match["which"]).split())
        return f"the {_WHICH.get(which, which)} time"
    bare = re.sub(r"^(?:in|on|of|from|at|during|back\s+in|for)\s+(?:the\s+)?", "", text, flags=re.I)
    return _preposed(text, spoken.time) if _is_time(bare) or _is_time(text) else ""


def with_time(question: str, time: str) -> str:
    """The question asked of another time: its own times are replaced, or the time is added at its end."""
    text = question.strip().rstrip("?!. ")
    text = re.sub(
        r"\s+the\s+(?:first|second|third|fourth|fifth|last|next|most\s+recent)\s+time\b(?:\s+(?:before|after)\s+)?",
        " ",
        text,
    )
    year = re.fullmatch(r"in (\d{4})", time)
    attributive = re.search(r"\bthe\s+(\d{4})\s+(?=\w)|\b(\d{4})['’]s\s+", text)
    spans = time_spans(text)
    if spans:
        first, last = _stretch(text, spans)
        head, tail = _general(text[:first], time), text[last:]
        if re.match(r"of\s", text[first:last]):
            time = re.sub(r"^(?:in|on)\s+(?=\d|[A-Z])", "of ", time)
        if time.startswith("the "):
            head = re.sub(rf"\s(?:at|during)\s+(?:the|their|that)\s+(?:{GATHERING})\s*$", "", head)
        return _tidy(f"{head} {time} {tail}" if not time.startswith("the ") else f"{head} {tail} {time}")
    if attributive and year:
        at = attributive.start(1) if attributive.group(1) else attributive.start(2)
        return _tidy(f"{text[:at]}{year.group(1)}{text[at + 4 :]}")
    text = re.sub(
        rf"\bthe\s+(?:first|last|latest|most\s+recent|earliest|oldest|newest|second|third)\s+(?={_GATHERING_AT}\b)",
        "the ",
        text,
        flags=re.I,
    )
    return _tidy(f"{text} {time}")


def on_weekday(question: str, weekday: str) -> str:
    """The question asked of a day of the week within the time it has."""
    text = question.strip().rstrip("?!. ")
    text = re.sub(rf"\s+on\s+(?:{'|'.join(WEEKDAYS)})\b", "", text, flags=re.I)
    spans = time_spans(text)
    at = spans[0][0] if spans else len(text)
    return _tidy(f"{text[:at]} on {weekday.capitalize()} {text[at:]}")


def _is_time(text: str) -> bool:
    """Whether a text is words of time and nothing else."""
    if _BARE_MONTH.match(text) or _DAY_MONTH.match(text):
        return True
    if re.fullmatch(r"(?:between|from)\s+\w+\s+(?:and|to|until)\s+\w+(?:\s+\d{4})?", text, re.I):
        return bool(read_times(text))
    rest = list(text)
    for time in read_times(text):
        rest[time.start : time.end] = " " * (time.end - time.start)
    left = fold("".join(rest)).split()
    return bool(read_times(text)) and all(
        word.strip(",") in ("", "and", "or", "the", "of", "to", "in", "both", *WEEKDAYS)
        or _PREPOSED.match(word)
        for word in left
    )


def _preposed(text: str, before: str) -> str:
    """With its preposition; a month or a day without a year takes the year of the earlier question."""
    capital = re.sub(rf"\b(?:{'|'.join(MONTHS)})\b", lambda m: m.group().capitalize(), text, flags=re.I)
    bare = _PREPOSED.sub("", capital).strip()
    years = re.findall(r"\b(?:1[5-9]|20)\d\d\b", before)
    if years and (_BARE_MONTH.match(bare) or _DAY_MONTH.match(bare)):
        capital = f"{capital} {years[-1]}"
    if _PREPOSED.match(capital):
        return re.sub(r"^(?:of|from|for)\s+(?=[^ ]+$|\w+ \d{4}$)", "in ", capital[:1].lower() + capital[1:])
    day = re.match(r"\d{1,2}\b(?!\d)|[A-Z][a-z]+\.?\s+\d{1,2}\b(?!\d)", capital)
    return f"{'on' if day else 'in'} {capital}"


def _base(spoken: Spoken) -> tuple[Interval, str] | None:
    """The time a follow-up counts from: the last of the question, else that of the one event in the answer."""
    times = read_times(spoken.question)
    if times:
        return times[-1].interval, spoken.question[times[-1].start : times[-1].end]
    if len(spoken.datelines) == 1:
        name = spoken.datelines[0][1]
        return read_times(name)[0].interval, name
    told = first_sentence(spoken.answer) if not spoken.datelines else ""
    of_answer = read_times(told)
    if len({time.interval for time in of_answer}) == 1:
        return of_answer[0].interval, told[of_answer[0].start : of_answer[0].end]
    return None


def _stepped(text: str, spoken: Spoken) -> str:
    """ "two years later", "the year before", "the previous month"."""
    match, base = _STEP.match(text) or _BESIDE.match(text), _base(spoken)
    if match is None or base is None:
        return ""
    unit = unit_of(match["unit"])
    back = fold(match["way"]) in ("before", "earlier", "previously", "previous", "preceding", "last")
    count = count_of(match["count"]) if "count" in match.re.groupindex and match["count"] else 1
    interval, name = base
    order = ("day", "week", "month", "year")
    if order.index(interval.unit) > order.index(unit) or unit == "week":
        return f"in the {unit} {'before' if back else 'after'} {name}"
    moved = shift(interval, -count if back else count, unit)
    if unit == "year":
        return f"in {moved.first.year}"
    if unit == "month":
        return f"in {moved.first:%B %Y}"
    return f"on {moved.first.day} {moved.first:%B %Y}"


def _next_to(text: str, spoken: Spoken) -> str:
    """ "the one before that", "the next one"."""
    match, base = _NEIGHBOUR.match(text), _base(spoken)
    if match is None or base is None:
        return ""
    back = fold(match["way"] or match["next"]) in ("before", "previous", "preceding", "earlier", "prior")
    return f"the {'last time before' if back else 'next time after'} {base[1]}"


def _bounded(text: str, spoken: Spoken) -> str:
    """ "before that", "since then", "later"."""
    match, base = _BOUND.match(text), _base(spoken)
    if match is None or base is None:
        return ""
    way = fold(
        match["way"]
        or {"e": "since", "l": "after", "a": "after", "s": "since"}.get(match["ever"][0].lower(), "before")
    )
    if match["ever"] and fold(match["ever"]) in ("earlier", "beforehand", "previously"):
        way = "before"
    return f"{way} {base[1]}"


def _listed(text: str, spoken: Spoken) -> str:
    """ "the first one", "the latter" after an answer that told of several events, or asked which is meant."""
    told = spoken.datelines
    if len(told) < 2:
        return ""
    if re.fullmatch(
        r"(?:for\s+)?(?:both|all|each|every\s+one)(?:\s+(?:of\s+(?:them|these))|\s+of\s+the\s+\w+)?", text, re.I
    ):
        return " and ".join(f"on {date}" for _, date in told)
    placed = [
        date for place, date in told if place and re.fullmatch(_BY_PLACE.format(re.escape(place)), text, re.I)
    ]
    if len(placed) == 1:
        return f"on {placed[0]}"
    match = _ORDINAL.match(text)
    word = fold(match["which"]) if match else re.sub(r"^the\s+", "", fold(text))
    word = re.sub(r"^(later|earlier)(?:\s+(?:one|time))?$", r"\1", word)
    if word in ("last", "latter", "final", "latest", "newest", "most recent", "later"):
        at = len(told) - 1
    elif word in _PLACE_IN_LIST:
        at = _PLACE_IN_LIST[word]
    elif (digit := re.fullmatch(r"(?:number\s+|no\.?\s*|option\s+)?(\d)\)?", word)) is not None:
        at = int(digit.group(1)) - 1
    else:
        return ""
    return f"on {told[at][1]}" if 0 <= at < len(told) else ""


def _stretch(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """All times when they are a list or a span; else the last one."""
    if all(
        re.fullmatch(
            r"[\s,]*(?:and|or|to|until|till|through|-|–)?\s*(?:in\s+)?", text[one[1] : other[0]] or " "
        )
        for one, other in pairwise(spans)
    ):
        return spans[0][0], spans[-1][1]
    return spans[-1]


def _general(head: str, time: str) -> str:
    """ "the Riga meeting" before another time is "the meeting"; the place belonged to the time before."""
    asking = take_apart(head)
    if (
        asking
        and fold(asking.aux) in ("did", "does", "do")
        and verb_at(asking.rest.split()) == len(asking.rest.split()) - 1
    ):
        return head  # "How did the clubs of Riga vote"
    head = re.sub(
        rf"\b(?:by|at|around)\s+the\s+time\s+of\s+the\s+(?:[\w’'-]+\s+)?(?:{GATHERING})\s*$", "", head
    )
    return re.sub(
        rf"\b(the|their|that)\s+(?:[A-Z][\w’'-]*\s+)+((?:{GATHERING})\s*)$",
        lambda m: f"{m.group(1)} {m.group(2)}",
        head,
    )


def _tidy(text: str) -> str:
    return " ".join(text.split()).replace(" ,", ",").rstrip("?!., ") + "?"

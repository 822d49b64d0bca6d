"""Set what is told of one event against what is told of another: numbers side by side, and which came first.

A number that several events give ("How many had been killed?") is told for each with its date. A conclusion is
drawn only where the cited values make it certain: the order of dates, the larger of two numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.collection import Snapshot
from qa.events import resolve
from qa.gathering.amounts import Amount, Asked, agree, amounts, asked_amount, is_measure
from qa.gathering.occasions import by_event, cite, of_events, tell_event
from qa.question import Question
from qa.records import Document, Event, Evidence, Line, Selection
from qa.scopes.scope import Scope
from qa.words import years

LEAST_SHARE = 0.5  # of the question's words around a number, and of the best share found
MOST_COMPARED = 200  # events: the numbers of more are no answer
_CHANGE = re.compile(
    r"\b(?:higher|lower|(?:more|fewer|less)\b.*\bthan|larger|smaller|bigger|greater|ris(?:e|en)|rose|"
    r"fall(?:en)?|fell|"
    r"chang\w*|increas\w*|decreas\w*|gr[eo]w\w*|drop\w*|evolv\w*|develop\w*|compar\w*|differ\w*)\b",
    re.I,
)
_MORE = re.compile(r"\b(?:higher|more|larger|bigger|greater)\b", re.I)
_FEWER = re.compile(r"\b(?:lower|fewer|less|smaller)\b", re.I)
_ROSE = re.compile(r"\b(?:ris(?:e|en)|rose|increas\w*|gr[eo]w\w*|go(?:ne)? up|went up)\b", re.I)
_FELL = re.compile(r"\b(?:fall(?:en)?|fell|decreas\w*|drop\w*|go(?:ne)? down|went down)\b", re.I)
_YES_NO = re.compile(r"^\W*(?:is|are|was|were|did|do|does|has|had|have)\b", re.I)
_EITHER = re.compile(r"^(?!.*\bthan\b).*\bor\b", re.I | re.S)  # "higher in 2010 or in 2012" asks which
_EARLIER = r"earlier|first|before|sooner|earliest"
_LATER = r"later|last|after|latest|more recent(?:ly)?|most recent(?:ly)?"
_WHICH_FIRST = re.compile(
    rf"\b(?:which|what)\b(?P<about>.*?\b(?P<order>{_EARLIER}|{_LATER})\b[^,:?]*)[,:]\s*(?P<one>.+?),?\s+or\s+"
    r"(?P<other>.+?)\W*$",
    re.I,
)
_WAS_BEFORE = re.compile(
    r"^\W*(?:was|is|did|were)\s+(?P<one>.+?)\s+(?:(?:take|took|taken|taking)\s+place\s+|happen\w*\s+|held\s+|come\s+)?"
    r"(?P<order>earlier than|later than|before|after)\s+(?P<other>.+?)\W*$",
    re.I,
)


def compare(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """The numbers of several events, or the order of two, when a question asks for that; else None."""
    return _order(question, snapshot) or _numbers(question, scope, snapshot)


def _numbers(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """The number of each event, the oldest first, when they are not one and the same; of a single event, when
    others give such a number too: what is told of each when none is named is told of it as well.
    """
    asked = asked_amount(question)
    if asked is None or (is_measure(asked) and not scope.compares):
        return None  # the length of talks, the width of a river: too many have one
    single = scope.events is not None and len(scope.events) == 1
    every = replace(scope, events=None) if single else scope
    admitted = every.among(snapshot.reports)
    if len(admitted.events) > MOST_COMPARED:
        naming = {document.id for document in admitted.having(asked.names, headline=True)}
        admitted = admitted.among(naming)
    if len(admitted.events) > MOST_COMPARED:
        return None
    found = [_best(event, asked, question, reports, snapshot) for event, reports in by_event(admitted).items()]
    there = [item for item in found if item is not None]
    most = max((share for share, _, _ in there), default=0.0)
    there = [item for item in there if item[0] >= LEAST_SHARE * max(most, 1.0)]
    if len(there) < 2 or _all_agree([amount for _, amount, _ in there]):
        return None
    evidence = tuple(item for _, _, item in there if scope.admits(item.document))
    if single:
        return Selection(evidence, "answer", considered=evidence) if evidence else None
    lines = _change(question, [(amount, item) for _, amount, item in there]) if len(there) == 2 else ()
    parts = of_events(evidence, question)
    return Selection(evidence, "answer", parts=parts, considered=evidence, lines=lines)


def _best(
    event: Event, asked: Asked, question: Question, reports: Sequence[Document], snapshot: Snapshot
) -> tuple[float, Amount, Evidence] | None:
    """The number that the reports of an event give, with the share of the question's words around it."""
    best: tuple[float, Amount, Evidence] | None = None
    for document in reports:
        sentences = snapshot.sentences[document.id]
        for share, amount in amounts(asked, sentences, document):
            if _of_another_year(amount, event, question) or (best is not None and best[0] >= share):
                continue
            best = share, amount, cite(amount.sentence, snapshot, whole=True)
    return best


def _of_another_year(amount: Amount, event: Event, question: Question) -> bool:
    """Whether a sentence speaks of another year than its event's, and the question of no such year."""
    own = set(years(amount.sentence.text)) - set(years(question.text))
    return bool(own) and event.date is not None and event.date.year not in own


def _all_agree(found: Sequence[Amount]) -> bool:
    return all(agree(found[0], other) for other in found[1:])


def _change(question: Question, found: Sequence[tuple[Amount, Evidence]]) -> tuple[Line, ...]:
    """The sentence that says how a number changed, when the question asks for that."""
    (old, first), (new, second) = found
    dates = (first.document.event.date, second.document.event.date)
    if not _CHANGE.search(question.text) or not all(dates) or dates[0] == dates[1] or old.value == new.value:
        return ()
    rose = new.value > old.value
    verb = "rose" if rose else "fell"
    text = f"the figure given {verb} from {_said(old)} ({_day(first)}) to {_said(new)} ({_day(second)})."
    return (Line(_answered(question, text, rose=_later_is_more(question, dates, rose=rose)), (first, second)),)


def _later_is_more(question: Question, dates: Sequence[object], *, rose: bool) -> bool | None:
    """Whether what a yes-no question supposes is so; None when it cannot be told which side it compares."""
    up, down = (
        any(pattern.search(question.text) for pattern in patterns)
        for patterns in ((_MORE, _ROSE), (_FEWER, _FELL))
    )
    if up == down or not _YES_NO.search(question.text) or _EITHER.search(question.text):
        return None
    if _MORE.search(question.text) or _FEWER.search(question.text):  # "in 2012 than in 2010": of the first one
        named, of_years = years(question.text), [getattr(day, "year", 0) for day in dates]
        if len(named) < 2 or sorted(named[:2]) != sorted(of_years):
            return None
        rose = rose if named[0] == of_years[1] else not rose
    return rose if up else not rose


def _answered(question: Question, text: str, *, rose: bool | None) -> str:
    if rose is None:
        return f"{text[0].upper()}{text[1:]}"
    return f"{'Yes' if rose else 'No'}: {text}"


def _said(amount: Amount) -> str:
    """The number as it is written, in the middle of a sentence."""
    words = " ".join(amount.text.split())
    return f"{words[0].lower()}{words[1:]}"


def _day(item: Evidence) -> str:
    day = item.document.event.date
    return f"{day.day} {day:%B %Y}" if day else ""


def _order(question: Question, snapshot: Snapshot) -> Selection | None:
    """Which of two meetings was before the other."""
    match = _WHICH_FIRST.search(question.text) or _WAS_BEFORE.search(question.text)
    if match is None:
        return None
    documents = snapshot.reports
    sides = []
    for part in (match["one"], match["other"]):
        events = resolve(part, documents).events or frozenset()
        if len(events) != 1 or any(event.date is None for event in events):
            return None
        sides += list(events)
    told = [tell_event(by_event(documents)[event], snapshot) for event in sides]
    if sides[0].date == sides[1].date or not all(told):
        return None
    evidence = tuple(item for item in told if item is not None)
    line = Line(_ordered(question, match["order"], sides), evidence)
    return Selection(evidence, "answer", considered=evidence, lines=(line,), listed=True)


def _ordered(question: Question, order: str, sides: Sequence[Event]) -> str:
    """The sentence that says which was first, from the side of the one that is asked about."""
    wants_early = re.search(_EARLIER, order, re.I) is not None
    if _YES_NO.search(question.text):
        is_early = str(sides[0].date) < str(sides[1].date)
        subject, other = sides
        verb = "before" if is_early else "after"
        return f"{'Yes' if is_early == wants_early else 'No'}: {subject.label}, came {verb} {other.label}."
    early, late = sorted(sides, key=lambda event: str(event.date))
    subject, verb, other = (early, "before", late) if wants_early else (late, "after", early)
    return f"{subject.label}, came {verb} {other.label}."

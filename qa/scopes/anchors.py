"""Events named by what came before or after them: "a few days before the flood", "ahead of the Riga summit".

What they are told by need be no event of the collection: it is enough that a report mentions it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from qa.language.dates import Time
from qa.language.days import Interval, shift, unit_of
from qa.language.times import COUNT, UNIT, count_of, read_times
from qa.records import Document, Event
from qa.reports import reports_of
from qa.words import content_tokens, fold, name_tokens, tokens

_ANCHOR = re.compile(
    rf"\b(?:(?P<count>{COUNT})\s+(?P<unit>{UNIT})s?\s+|shortly\s+|just\s+|right\s+|soon\s+)?"
    r"(?P<way>before|ahead\s+of|prior\s+to|on\s+the\s+eve\s+of|after|following|in\s+the\s+wake\s+of)\s+"
    r"(?P<what>(?:(?:the|a|an|his|her|their|its)\s+)?[^?.,;]{3,80})",
    re.I,
)
_CLAUSE = re.compile(r"\b(?:did|does|do|was|were|is|are|has|had|have|will|would)\b", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])[”\"’')\]]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Near:
    """The events near what a question names; `sure` when nothing else can be meant."""

    events: frozenset[Event] = frozenset()
    sure: bool = False


def strip_anchors(question: str) -> str:
    """The question without the phrase that only says which event is meant."""
    match = _match(question)
    return question[: match.start()] + question[match.end() :] if match else question


def by_mention(question: str, events: Sequence[Event], documents: Sequence[Document]) -> Near:
    """The events whose reports mention what a question dates them by."""
    match = _match(question)
    if match is None:
        return Near()
    wanted = {token.stem for token in content_tokens(match["what"])}
    names = {token.stem for token in name_tokens(f"x {match['what']}")}
    found: set[Event] = set()
    for document in reports_of(documents).having(wanted):
        for start, end, stems in _sentences(document.text):
            if wanted <= stems:
                times = [t for t in read_times(document.text, document.published) if start <= t.start < end]
                found |= _dated(match, document, times, events)
    known = frozenset(found - {Event(None, None)})
    return Near(known, sure=bool(names) and len(known) == 1)


def _dated(
    match: re.Match[str], document: Document, times: Sequence[Time], events: Sequence[Event]
) -> set[Event]:
    """The event of a report that mentions the anchor; with "a month after", those that came then."""
    if not match["count"] or not times:
        return {document.event}
    back = fold(match["way"]) not in ("after", "following")
    unit, count = unit_of(match["unit"]), count_of(match["count"])
    shifted = [shift(time.interval, -count if back else count, unit) for time in times]
    # Days are counted loosely: "a few days before" is not the third.
    spans = [Interval(one.first - timedelta(days=4), one.last + timedelta(days=4)) for one in shifted]
    wide = spans if unit in ("day", "week") else shifted
    then = {event for event in events if any(event.date in one for one in wide)}
    return then or {document.event}


def _match(question: str) -> re.Match[str] | None:
    """The anchor, when it names something: a clause ("after they had met") or a bare "it" does not."""
    for match in _ANCHOR.finditer(question):
        what = match["what"]
        if read_times(what) or not content_tokens(what) or _CLAUSE.search(what):
            continue
        if name_tokens(f"x {what}") or match["count"] or re.match(r"(?:the|his|her|their)\s", what, re.I):
            return match
    return None


@lru_cache(maxsize=4096)
def _sentences(text: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """The sentences of a text with their stems, cut roughly: all that is asked is what stands together."""
    breaks = [match.span() for match in _SENTENCE.finditer(text)]
    starts, ends = [0, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(text)]
    return tuple(
        (start, end, frozenset(token.stem for token in tokens(text[start:end])))
        for start, end in zip(starts, ends, strict=True)
    )

"""What reports say of somebody or something that a question names and asks no more about: "What is said about
Port Amber?", "What do the reports tell us about Ada Brook?".
"""

from __future__ import annotations

import re

from qa.collection import Snapshot
from qa.gathering.groups import ASKING, MOST_LINES, REPORTS, groups_of, list_of, quoted, stems_needed
from qa.gathering.occasions import cite
from qa.language.naming import stems_of
from qa.question import Question
from qa.records import Selection
from qa.scopes.asked import read_asked
from qa.scopes.scope import Scope
from qa.words import content_tokens

MOST_OF_EACH = 2
MOST_OF_ONE = 4
_ABOUT = re.compile(
    rf"^\W*(?:and\s+)?(?:(?:tell\s+me\s+)?what\s+(?:is|was|are|were|has\s+been|have\s+been|gets)\s+"
    rf"(?:said|told|reported|written|known|mentioned)(?:\s+in\s+[^?]*?{REPORTS})?|"
    rf"(?:tell\s+me\s+)?what\s+(?:do|does|did|can)\s+(?:[^?]*?{REPORTS}|we)\b[^?]*?\s(?:say|tell(?:\s+(?:us|me))?|report|"
    r"write|mention|learn)|"
    r"what\s+(?:do\s+you\s+know|is\s+there))\s+(?:about|of|on)\s+(?P<what>[^?]+?)\W*$",
    re.I,
)


def told_about(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """The first sentences of each event's reports that name what is asked about."""
    match = _ABOUT.search(question.text)
    if match is None:
        return None
    wanted = match["what"]
    for time in reversed(read_asked(wanted).times):
        wanted = f"{wanted[: time.start]} {wanted[time.end :]}"
    words = [token for token in content_tokens(wanted) if not token.is_number and token.stem not in ASKING]
    needed = stems_needed(words)
    if not words or not all(token.is_capitalized for token in words):
        return None
    full = {token.stem for token in words}
    if not snapshot.reports.having(full):
        return None
    told = []
    for group in groups_of(scope, snapshot, of_events=True, among=snapshot.reports.having(needed)):
        there = [
            cite(sentence, snapshot)
            for document in group.documents
            for sentence in snapshot.sentences[document.id]
            if needed <= stems_of(sentence.text)
        ]
        if there:
            told.append((group, there))
    most = MOST_OF_ONE if len(told) == 1 else MOST_OF_EACH
    lines = [quoted(group, item) for group, there in told for item in there[:most]]
    return list_of(lines[:MOST_LINES]) if lines else None

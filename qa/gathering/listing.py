"""Lists over all reports: who and what they name, and in which of them something occurs.

Every item is a short sentence made of the report's own words, with the sentence it was read from as its
citation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.collection import Snapshot
from qa.gathering.groups import (
    ASKING,
    EVENT_WORDS,
    MEETINGS,
    MOST_LINES,
    REPORTS,
    Group,
    compared,
    groups_of,
    list_of,
    quoted,
    stems_needed,
)
from qa.gathering.occasions import cite
from qa.gathering.sayings import keys_of, spoken_by
from qa.language.countries import same_country
from qa.language.mentions import Mention, first_named, named, people
from qa.language.naming import stems_of
from qa.language.roles import called, is_role, singular
from qa.language.speech import says
from qa.likeness import without_copies
from qa.question import Question, read_question
from qa.records import Document, Evidence, Line, Selection
from qa.reports import Reports
from qa.scopes.scope import Scope
from qa.words import MONTHS, STOPWORDS, Token, content_tokens, fold, stem

_NAMING = r"(?:named|mentioned|quoted|cited|listed|referred to|appear(?:s|ing)?|occurs?|(?:comes?|turns?) up)"
_LIST = re.compile(
    rf"^\W*(?:which|what|(?:list|name|give|show|tell)(?:\s+(?:me|us))?|who\s+are)\s+"
    rf"(?:(?:all|the|of|every|each|any|names?|types?|kinds?|sorts?)\s+)*(?P<kind>[A-Za-z][\w'’ -]*?)\s+"
    rf"(?:(?:that|who|which)\s+)?(?:(?:are|is|were|was|get|do|does)\s+)?(?:all\s+)?"
    rf"(?:(?P<how>{_NAMING}(?:\s+or\s+(?:{_NAMING}|spoken to))?)\b|"
    rf"(?:[\w,]+\s+){{0,4}}?{REPORTS}\s+(?P<by>mention|name|quote|cite)\b|"
    rf"(?:in|from)\s+(?:all\s+)?(?:the|these|this|both)\s+(?:\w+\s+)?{REPORTS}\b)",
    re.I,
)
_QUOTED = re.compile(r"quot|speak|cite", re.I)
_WHO = re.compile(rf"^\W*who\s+(?:else\s+)?(?:is|are|was|were)?\s*(?:all\s+)?(?P<how>{_NAMING})\b", re.I)
_SHARED = re.compile(
    rf"\b(?:both|all|each|every|more than one|several|two)\s+(?:of\s+)?(?:the\s+|these\s+)?(?:\w+\s+)?"
    rf"{REPORTS}\b|"
    rf"\bboth\s+(?:in|the)\b.*\band\b|\bin\s+both\b|\bmore than one\s+(?:{REPORTS}|{MEETINGS})\b|"
    rf"\bcommon to\b",
    re.I,
)
_WHERE_FOUND = re.compile(
    rf"\b(?:which|what|how many)\s+(?:of\s+(?:the|these|all)\s+)?(?:\w+\s+)?"
    rf"(?P<unit>{REPORTS}|{MEETINGS})\b(?P<rest>.*?)\b(?:(?P<is>{_NAMING}|discussed)|"
    r"(?P<does>mention|names?|quotes?|cites?|speak of|talk about|refer to|discuss))\b(?P<object>.*)$",
    re.I,
)
_IN_WHICH = re.compile(
    rf"^\W*(?P<object>.+?)(?:['’]s\s+name)?\s+(?:(?:is|are|was|were)\s+)?(?P<is>{_NAMING})\s+(?:in|at)\s+"
    rf"(?:the\s+)?(?P<unit>{REPORTS}|{MEETINGS})\s+of\s+which\s+(?:years?|dates?|months?)\W*$",
    re.I,
)
_DO_BOTH = re.compile(
    rf"^\W*(?:do|did|does)\s+(?:both|all|each|every|the two|the three)\b.*?\b(?:{REPORTS}|{MEETINGS})\b.*?"
    r"\b(?P<how>mention|name|quote|cite|refer to|speak of|talk about|tell of|discuss)\b(?P<object>.*)$",
    re.I,
)
_IN_BOTH = re.compile(
    r"^\W*(?:is|are|was|were)\s+(?P<object>.+?)\s+(?P<how>mentioned|named|quoted|cited|discussed)\s+"
    r"(?:in|by)\s+(?:both|all|each|every)\b",
    re.I,
)
_TOPIC = re.compile(
    rf"\b{REPORTS}\s+(?:about|on|of|covering|concerning|dealing\s+with)\s+(?P<topic>.+?)\W*$", re.I
)
TOPIC_SHARE = 0.5  # of the words of what reports are to be about


def whether_all(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """Whether each of several reports has something: "Did both reports mention the lighthouse?"."""
    match = _DO_BOTH.search(question.text) or _IN_BOTH.search(question.text)
    if match is None:
        return None
    groups = compared(question, scope, snapshot, whole=bool(re.search(MEETINGS, match.group(), re.I)))
    found = [(group, _first_with(match["object"], match["how"], group, snapshot)) for group in groups]
    there = [(group, item) for group, item in found if item is not None]
    if not there or len(groups) < 2:
        return None
    says_all = "Yes, in each of them." if len(there) == len(groups) else "Not in each of them, but in this:"
    if 1 < len(there) < len(groups):
        says_all = "Not in each of them, but in these:"
    head = Line(says_all, tuple(item for _, item in there))
    return list_of([head, *(quoted(group, item) for group, item in there[: MOST_LINES - 1])])


def where_found(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """In which reports or at which meetings something occurs, or somebody is quoted."""
    if match := _IN_WHICH.search(question.text):
        wanted, around = match["object"], ""
    elif match := _WHERE_FOUND.search(question.text):
        wanted, around = (match["rest"], match["object"]) if match["is"] else (match["object"], match["rest"])
    else:
        return None
    of_events = re.fullmatch(MEETINGS, match["unit"], re.I) is not None
    if not only_says_where(around, snapshot):
        return None
    there = []
    how = match["is"] or ""
    among = None if _QUOTED.match(how) else snapshot.reports.having(stems_needed(_words_of(wanted)))
    for group in groups_of(scope, snapshot, of_events=of_events, among=among):
        item = _first_with(wanted, how, group, snapshot)
        if item is not None:
            there.append(quoted(group, item))
    return list_of(there[:MOST_LINES]) if there else None


def shared_people(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """Who occurs in several reports: in both, in all, in more than one."""
    match = _asks_for_list(question, snapshot)
    shared = _SHARED.search(question.text)
    if match is None or shared is None or (kind := _kind_of(match)) is None or not is_role(kind.split()[-1]):
        return None
    groups = compared(question, scope, snapshot, whole=False)
    least = 2 if re.search(r"more than one|several|\btwo\b", shared.group(), re.I) else len(groups)
    if len(groups) < 2:
        return None
    lines = []
    for mention in _distinct(kind, [document for group in groups for document in group.documents], snapshot):
        places = [_sentence_naming(mention.key, group, snapshot) for group in groups]
        there = [item for item in places if item is not None]
        if len(there) >= least:
            own = cite(mention.sentence, snapshot)
            others = [item for item in there if item.document.event != own.document.event or not scope.compares]
            others = [item for item in others if item.document.id != own.document.id]
            lines.append(Line(_shown(mention), (own, *others[: len(groups)])))
    return list_of(_at_most(lines)) if lines else None


def listed(question: Question, scope: Scope, snapshot: Snapshot) -> Selection | None:
    """Who or what of a kind is named: the presidents, the newspapers."""
    plain, reports = _without_topic(question, snapshot)
    match = _asks_for_list(plain, snapshot)
    if match is None or _SHARED.search(question.text) or (kind := _kind_of(match)) is None:
        return None
    documents = [document for document in without_copies(reports) if scope.admits(document)]
    found = _distinct(kind, documents, snapshot)
    if is_role(kind.split()[-1]) and re.search(
        r"quot|cite|speak", match.groupdict().get("how") or match.groupdict().get("by") or "", re.I
    ):
        found = [mention for mention in found if _is_quoted(mention, documents, snapshot)]
    lines = [Line(_shown(mention), (cite(mention.sentence, snapshot),)) for mention in found]
    return list_of(_at_most(lines)) if lines else _nobody(kind, documents)


def _nobody(kind: str, documents: Sequence[Document]) -> Selection | None:
    """An abstention where the reports asked about have no word at all for the kind of people asked for."""
    last = kind.split()[-1]
    words = called(last)
    if not is_role(last) or not words or any(words & stems_of(document.text) for document in documents):
        return None
    labels = sorted({document.event.label for document in documents if document.event.label})
    if not 1 <= len(labels) <= 2:
        return None
    return Selection((), "abstain", f"No report of {' or '.join(labels)} mentions “{last}”.")


def _without_topic(question: Question, snapshot: Snapshot) -> tuple[Question, Reports]:
    """The question without what reports are to be about ("the reports on the ferry"), and those that are."""
    match = _TOPIC.search(question.text)
    words = content_tokens(match["topic"]) if match else []
    if match is None or only_says_where(match["topic"], snapshot) or not words:
        return question, snapshot.reports
    about = snapshot.reports.sharing([same_country(word.stem) for word in words], TOPIC_SHARE)
    return read_question(f"{question.text[: match.start('topic')]}this?"), about


def _asks_for_list(question: Question, snapshot: Snapshot) -> re.Match[str] | None:
    """The match of a question for all that reports name of a kind; None when it says more than in which."""
    match = _WHO.search(question.text) or _LIST.search(question.text)
    return match if match and only_says_where(question.text[match.end() :], snapshot) else None


def only_says_where(text: str, snapshot: Snapshot) -> bool:
    """Whether words tell of nothing but reports, events, times, places and publishers."""
    known = {
        stem
        for document in snapshot.documents.values()
        for part in (document.event.place, document.publisher)
        for stem in stems_of(part or "")
    }
    rest = {
        token.stem for token in content_tokens(text) if not token.is_number and fold(token.text) not in MONTHS
    }
    return rest <= known | ASKING | EVENT_WORDS


def _first_with(wanted: str, how: str, group: Group, snapshot: Snapshot) -> Evidence | None:
    """The first sentence of a group that has what is asked for, or in which that person speaks."""
    words = _words_of(wanted)
    if not words:
        return None
    needed = stems_needed(words)
    if _QUOTED.match(how):
        spoken = spoken_by(keys_of(wanted, snapshot), group, snapshot)
        return next((item for _, item in spoken), None)
    for document in group.documents:
        if not needed <= stems_of(document.text):
            continue
        for sentence in snapshot.sentences[document.id]:
            if needed <= stems_of(sentence.text):
                return cite(sentence, snapshot)
    return None


def _words_of(wanted: str) -> list[Token]:
    return [token for token in content_tokens(wanted) if token.stem not in ASKING and not token.is_number]


def _kind_of(match: re.Match[str]) -> str | None:
    """What a question calls the things it wants listed, in the singular or plural as it stands."""
    kind = match.groupdict().get("kind") or "people"
    words = [word for word in kind.split() if fold(word) not in STOPWORDS]
    return " ".join(words) if words and len(words) <= 3 else None


def _distinct(kind: str, documents: Sequence[Document], snapshot: Snapshot) -> list[Mention]:
    """Those of a kind that documents name, each once by its fullest name, in the order of the events."""
    anybody = is_role(kind) and stem(kind) in {
        stem("people"),
        stem("person"),
        stem("names"),
        stem("individuals"),
    }
    found: dict[str, Mention] = {}
    country = _country_of(kind)
    for document in sorted(documents, key=lambda item: (str(item.event.date), item.uri)):
        sentences = tuple(snapshot.sentences[document.id])
        if is_role(kind.split()[-1]) and not anybody and not called(kind.split()[-1]) & stems_of(document.text):
            continue
        if country:
            mentions: Sequence[Mention] = [one for one in people(sentences) if one.is_of(country)]
        else:
            mentions = people(sentences) if is_role(kind.split()[-1]) else named(kind.split()[-1], sentences)
        for mention in mentions:
            if is_role(kind.split()[-1]) and not anybody and not mention.is_called(kind):
                continue
            known = found.get(mention.key)
            if known is None or len(mention.name.split()) > len(known.name.split()):
                found[mention.key] = mention
    return [mention for mention in found.values() if len(mention.name.split()) > 1 or not anybody]


def _country_of(kind: str) -> frozenset[str]:
    """The words for a country whose people are asked for: "the Norwegians"; none for anything else."""
    last = kind.split()[-1]
    kin = same_country(stem(fold(singular(last))))
    return kin if last[:1].isupper() and len(kin) > 1 else frozenset()


def _shown(mention: Mention) -> str:
    """A mention as a line: "the judge, Ida Holm" as "Ida Holm, judge."."""
    words = " ".join(mention.text.split())
    if match := re.fullmatch(r"(?P<role>[a-z][^,]*),\s+(?P<name>[A-Z][^,]*)", words):
        return f"{match['name']}, {match['role']}."
    return f"{words[0].upper()}{words[1:]}."


def _is_quoted(mention: Mention, documents: Sequence[Document], snapshot: Snapshot) -> bool:
    return any(
        says(sentence, frozenset({mention.key}))
        for document in documents
        for sentence in snapshot.sentences[document.id]
    )


def _sentence_naming(key: str, group: Group, snapshot: Snapshot) -> Evidence | None:
    """The first sentence of a group that has a name."""
    for document in group.documents:
        if (sentence := first_named(tuple(snapshot.sentences[document.id])).get(key)) is not None:
            return cite(sentence, snapshot)
    return None


def _at_most(lines: Sequence[Line]) -> list[Line]:
    """The lines as they are when they are few; else several items to a line, so that none is left out."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    size = -(-len(lines) // MOST_LINES)
    packed = []
    for start in range(0, len(lines), size):
        group = lines[start : start + size]
        text = "; ".join(line.text.rstrip(".") for line in group)
        packed.append(Line(f"{text}.", tuple(item for line in group for item in line.evidence)))
    return packed

"""Check each drafted sentence against the evidence; what cannot be shown to follow is not shown as fact.

A sentence passes when one piece of evidence holds all its numbers, names and quotations, says all its words
that carry meaning in the same order (so that roles cannot be swapped), agrees with it in negation, and when it
adds something to the question. Bags of words are not enough: a small model swaps roles with all words in
place, and one word of the question that no evidence says is enough to make a false sentence of true ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.question import Question, holds_kind
from qa.records import Document, Draft, Evidence, Rejected, Verified
from qa.words import (
    WEEKDAYS,
    Token,
    content_tokens,
    date_words,
    fold,
    name_tokens,
    negations,
    numbers,
    quotations,
    tokens,
    years,
)

_PRONOUNS = frozenset("he she they it his her their its this these those".split())
LEAST_WORDS = 3  # content words beside the dateline's; fewer make no sentence, only an answer to point with


def verify(draft: Draft, evidence: Sequence[Evidence], question: Question) -> Verified | Rejected:
    """The draft, tied to the evidence that supports it best, or the reason why none does."""
    text = _tidy(draft.text)
    reason = "no evidence"
    preferred = [evidence[mark - 1] for mark in draft.marks if 0 < mark <= len(evidence)]
    for item in [*preferred, *(item for item in evidence if item not in preferred)]:
        flaw = _flaw(text, item, question)
        if flaw is None:
            return Verified(_spelt_like(item.quote, text), item)
        if item in preferred or reason == "no evidence":
            reason = flaw
    return Rejected(text, reason)


def point_to(rejected: Sequence[Rejected], evidence: Sequence[Evidence], question: Question) -> Evidence | None:
    """The evidence to quote in place of rejected drafts, when they clearly point to some.

    A draft that cannot be shown as it is may still name the answer; the quotation that holds all it adds to
    the question, and is about what the question names, is then the one the model meant.
    """
    for draft in rejected:
        added = {token.stem for token in content_tokens(draft.text)} - question.stems
        for item in evidence:
            if added and added <= {token.stem for token in tokens(item.quote)} and _is_about(item, question):
                return item
    return None


def _is_about(item: Evidence, question: Question) -> bool:
    """Whether evidence has the years a question names, and at least half of the names."""
    known = {token.stem for token in tokens(f"{item.quote} {item.document.headline}")}
    asked_years = {str(year) for year in years(question.text)}
    found = [token for token in question.names if token.stem in known]
    return asked_years <= known and 2 * len(found) >= len(question.names)


def faithful(text: str, quote: str, document: Document) -> str | None:
    """What of point 2 of the answer contract a sentence breaks: "number", "quotation" or "name", else None.

    The quote, and the document's shown title, publisher, dates and place, are what it may draw on.
    """
    shown = _shown(document)
    if numbers(text) - numbers(quote) - shown:
        return "number"
    folded = _flat(quote)
    if any(_flat(said) not in folded for said in quotations(text)):
        return "quotation"
    known = {token.stem for token in tokens(quote)} | shown
    if any(token.stem not in known for token in name_tokens(text)):
        return "name"
    return None


def _flaw(text: str, item: Evidence, question: Question) -> str | None:
    if (broken := faithful(text, item.quote, item.document)) is not None:
        return broken
    words = tokens(text)
    if words and fold(words[0].text) in _PRONOUNS:  # whom it means cannot be told from an answer's first word
        return "pronoun"
    asked_days, said_days = _weekdays(question.text), _weekdays(text)
    if asked_days and said_days and not asked_days & said_days:
        return "day"
    # A name of the title must stand in the quote too: else it may take the place of the one who spoke.
    beside = _dateline(item.document)
    said = [token for token in content_tokens(text) if token.stem not in beside or _occurs(token, item.quote)]
    if len(said) < LEAST_WORDS:
        return "fragment"
    source = tokens(item.quote)
    matched = _longest_common([token.stem for token in said], [token.stem for token in source])
    known = {token.stem for token in source}
    if not all(token.stem in known for token in said):
        return "words"
    if len(matched) < len(said):
        return "order"
    if bool(negations(text)) != bool(negations(_matched_part(item.quote, source, matched))):
        return "negation"
    if not {token.stem for token in said} - question.stems or not holds_kind(question.kind, text, question):
        return "echo"
    return None


def _weekdays(text: str) -> frozenset[str]:
    return frozenset(WEEKDAYS) & {fold(token.text) for token in tokens(text)}


def _spelt_like(quote: str, text: str) -> str:
    """The text with the quote's capitals in words that a model gave odd ones ("LIsbon")."""
    known = {token.text for token in tokens(quote)}
    usual = {fold(word): word for word in known}
    for token in reversed(tokens(text)):
        odd = token.text not in known and any(char.isupper() for char in token.text[1:])
        if odd and fold(token.text) in usual:
            text = text[: token.start] + usual[fold(token.text)] + text[token.end :]
    return text


def _occurs(token: Token, text: str) -> bool:
    return any(other.stem == token.stem for other in tokens(text))


def _matched_part(quote: str, source: Sequence[Token], matched: Sequence[int]) -> str:
    """The stretch of the quote between the first and the last matched word, whole words before it included."""
    if not matched:
        return ""
    first = max(0, matched[0] - 2)
    return quote[source[first].start : source[matched[-1]].end]


def _longest_common(wanted: Sequence[str], source: Sequence[str]) -> list[int]:
    """Positions in `source` of a longest common subsequence with `wanted`."""
    table = [[0] * (len(source) + 1) for _ in range(len(wanted) + 1)]
    for row in range(len(wanted) - 1, -1, -1):
        for column in range(len(source) - 1, -1, -1):
            table[row][column] = (
                table[row + 1][column + 1] + 1
                if wanted[row] == source[column]
                else max(table[row + 1][column], table[row][column + 1])
            )
    found, row, column = [], 0, 0
    while row < len(wanted) and column < len(source):
        if wanted[row] == source[column]:
            found.append(column)
            row, column = row + 1, column + 1
        elif table[row + 1][column] >= table[row][column + 1]:
            row += 1
        else:
            column += 1
    return found


def _shown(document: Document) -> frozenset[str]:
    """The stems that a reader sees beside a citation: title, publisher, place, dates."""
    return _dateline(document) | {token.stem for token in tokens(document.title)}


def _dateline(document: Document) -> frozenset[str]:
    """The stems of the publisher, the place and the dates."""
    parts = (document.publisher or "", document.event.place or "")
    shown = {token.stem for part in parts for token in tokens(part)}
    for day in (document.published, document.event.date):
        if day is not None:
            shown |= date_words(day)
    return frozenset(shown)


def _flat(text: str) -> str:
    return " ".join(fold(text).split()).strip(" .,;:!?")


def _tidy(text: str) -> str:
    """One line that ends like a sentence."""
    line = " ".join(text.split())
    line = line[0].upper() + line[1:] if line else line
    return line if line.endswith((".", "!", "?", "”", '"')) else f"{line}."

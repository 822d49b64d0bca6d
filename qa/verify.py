"""Check each drafted sentence against the evidence; what cannot be shown to follow is not shown as fact.

A sentence passes when one piece of evidence holds all its numbers, names and quotations, and each of its claims
follows from a sentence of it (see `entail`): the same words in the same order, or in another that says the
same (see `paraphrase`), with nothing left out that would change it. Bags of words are not enough: a small
model swaps roles with all words in place, and one word of the question that no evidence says is enough to
make a false sentence of true ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa.claims.agree import attribution_of, referent_flaw, same_word, speech_flaw
from qa.claims.entail import Match, entails
from qa.claims.frames import sentences_of, without_dateline, without_frames
from qa.claims.paraphrase import claim_variants, evidence_variants
from qa.claims.parts import looks_ahead, sentence_spans, split_claims
from qa.claims.repair import clauses_around, phrase_of, with_bounds, with_speaker
from qa.language.grammar import AT_TIME, is_finite, read_units
from qa.language.units import Unit
from qa.observe import Told, stage
from qa.question import Question, holds_kind
from qa.records import Document, Draft, Evidence, Rejected, Verified
from qa.words import WEEKDAYS, content_tokens, date_words, fold, name_tokens, numbers, quotations, tokens, years

MOST_CHARS = 600  # a longer draft is no sentence
_WHEN_INSIDE = re.compile(
    r"^\W*(?:what|why|how|who|whom)\b(?!\s+(?:date|day|year|month|time|week)).+\bwhen\b", re.I
)
_MANY = frozenset("dozens hundreds thousands millions billions several few many half third quarter".split())
_PRONOUNS = frozenset("he she they it his her their its this these those".split())


def _outcome(checked: Verified | Rejected) -> Told:
    if isinstance(checked, Rejected):
        return {"outcome": "dropped", "reason": checked.reason}
    return {"outcome": "repaired" if checked.repaired else "passed"}


@stage("verify", _outcome)
def verify(draft: Draft, evidence: Sequence[Evidence], question: Question) -> Verified | Rejected:
    """The draft, tied to the evidence that supports it best, or the reason why none does."""
    reason = "no evidence"
    text = _tidy(draft.text)
    preferred = [evidence[mark - 1] for mark in draft.marks if 0 < mark <= len(evidence)]
    ordered = [*preferred, *(item for item in evidence if item not in preferred)]
    for item in ordered:
        said, flaw = _checked(_tidy(without_dateline(draft.text, item.document)), item, question)
        if flaw is None:
            return Verified(_spelt_like(item.quote, said), item)
        if item in preferred or reason == "no evidence":
            reason = flaw
    phrase = phrase_of(draft.text) if len(text) <= MOST_CHARS else ()
    if not phrase or any(is_finite(unit) for unit in read_units(draft.text)):
        return Rejected(text, reason)
    for item in ordered:
        if (clause := _clause_for(phrase, item, question)) is not None:
            return Verified(clause, item, repaired=True)
    return Rejected(text, reason, " ".join(unit.text for unit in phrase))


def _checked(text: str, item: Evidence, question: Question) -> tuple[str, str | None]:
    """The text, mended with words of the evidence where that helps, and what is still wrong with it."""
    if len(text) > MOST_CHARS:
        return text, "long"
    text = with_bounds(text, item.quote)
    flaw = _flaw(text, item, question)
    if flaw in ("attribution", "pronoun"):
        for mended in with_speaker(text, item.quote):
            if _flaw(mended, item, question) is None:
                return mended, None
    return text, flaw


def _clause_for(phrase: tuple[Unit, ...], item: Evidence, question: Question) -> str | None:
    """The shortest clause of the evidence that holds a bare answer and all that the question asks about."""
    words = {token.stem for unit in phrase for token in content_tokens(unit.text)}
    if not words - question.stems or not _is_about(item, question):
        return None
    for clause in clauses_around(phrase, item.quote):
        kept = {token.stem for token in tokens(clause)}
        around = {
            token.stem for start, end in sentence_spans(item.quote) for token in tokens(item.quote[start:end])
        }
        asked = question.stems - _dateline(item.document)
        if (
            question.stems & around <= kept
            and 3 * len(asked & kept) > len(asked)
            and _flaw(clause, item, question) is None
        ):
            return clause
    return None


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
    """Why a sentence does not follow from one piece of evidence, None when it does."""
    if len(text) > MOST_CHARS:
        return "long"
    if (broken := faithful(text, item.quote, item.document)) is not None:
        return broken
    words = tokens(text)
    # Whom it means cannot be told from an answer's first word; within quotation marks it is the speaker's.
    if words and fold(words[0].text) in _PRONOUNS and text[0] not in '“"':
        return "pronoun"
    asked_days, said_days = _weekdays(question.text), _weekdays(text)
    if asked_days and said_days and not asked_days & said_days:
        return "day"
    flaw = None if _is_verbatim(text, item.quote) else _claims_flaw(text, item, question)
    if flaw is not None:
        return flaw
    added = {token.stem for token in content_tokens(text)} - question.stems
    if not added or text.endswith("?") or not _holds_kind(text, item.document, question):
        return "echo"
    return None


def _holds_kind(text: str, document: Document, question: Question) -> bool:
    """Whether a text has something of the kind that is asked for.

    "Hundreds" is a number too, and a first word a name where the report has its capital inside of sentences.
    """
    if _WHEN_INSIDE.search(question.text):  # "What did Dunn say when ...?" asks for no time
        return True
    first = tokens(text)[0]
    new_name = first.is_capitalized and not first.is_stopword and first.stem not in question.stems
    inside = rf"[a-z,] {re.escape(first.text)}\b"
    if question.kind == "person" and new_name and re.search(inside, document.text):
        return True
    vague = {fold(token.text) for token in tokens(text)} & _MANY - {fold(word.text) for word in question.words}
    return holds_kind(question.kind, text, question) or (question.kind == "number" and bool(vague))


def _is_verbatim(text: str, quote: str) -> bool:
    """Whether a text is the whole quotation or one of its sentences."""
    whole = _flat(text)
    return whole == _flat(quote) or any(whole == _flat(quote[a:b]) for a, b in sentence_spans(quote))


def _claims_flaw(text: str, item: Evidence, question: Question) -> str | None:
    """Why a sentence follows neither as a whole nor claim by claim."""
    flaw = _claim_flaw(read_units(text), item, question)
    claims = split_claims(text)
    if flaw is None or len(claims) == 1:
        return flaw
    flaws = [_claim_flaw(read_units(claim.text), item, question) for claim in claims]
    return next((found for found in flaws if found is not None), None)


def _says_nothing(units: tuple[Unit, ...], told: int) -> bool:
    """Whether a claim tells that somebody spoke, and not what."""
    after = units[told + 1 :]
    quoted = any(unit.text in ("“", '"') for unit in units)
    apart = any(unit.tag == "PUN" for unit in units[:told])
    return not (quoted or apart) and not any(is_finite(unit) or unit.tag == "TO" for unit in after)


def _claim_flaw(units: tuple[Unit, ...], item: Evidence, question: Question) -> str | None:
    """Why a claim follows from no sentence of the evidence, None when it follows from one."""
    units = tuple(unit for unit in units if unit.text not in (".", "…"))
    first = next((at for at, unit in enumerate(units) if is_finite(unit)), 0)
    if not any(unit.tag in ("N", "PRO", "NUM", "ING", "DET", "NEG") for unit in units[:first]):
        return "fragment"
    told = next((at for at, unit in enumerate(units) if unit.tag == "V" and unit.key == "say"), None)
    if told is not None and _says_nothing(units, told):
        return "fragment"
    best = "words"
    for sentence in sentences_of(item.quote):
        framed = without_frames(units, sentence.units, item.document)
        flaw = _sentence_flaw(framed, sentence.units, item, question)
        if flaw is None:
            return None
        best = flaw if best == "words" else best
    return best


def _sentence_flaw(
    claim: tuple[Unit, ...], sentence: tuple[Unit, ...], item: Evidence, question: Question
) -> str | None:
    ahead = looks_ahead(sentence)
    attributed = attribution_of(question)
    asked = frozenset(token.stem for token in question.names)

    def same(said: Unit, told: Unit) -> bool:
        return same_word(said, told, item.document, ahead=ahead)

    known = {unit.key for unit in sentence}
    flaw = "words"
    if not all(_known(unit, known, sentence, same) for unit in claim):
        return flaw
    for evidence in evidence_variants(sentence):
        for variant in claim_variants(claim, evidence):
            found = entails(evidence, variant, same, attributed=attributed)
            if isinstance(found, Match):
                trouble = referent_flaw(evidence, variant, found, asked) or speech_flaw(
                    evidence, variant, found, attributed
                )
                if trouble is None:
                    return None
                found = trouble
            flaw = found if flaw in ("words", "order") else flaw
    return flaw


def _known(unit: Unit, known: set[str], sentence: tuple[Unit, ...], same: Callable[[Unit, Unit], bool]) -> bool:
    """Whether the evidence has a word at all, whatever its place: a quick look before the search."""
    if unit.tag in ("ART", "AUX", "PUN", "DATE", "MOD", "CC") or unit.low == "that" or unit.key in known:
        return True
    return unit.key in (AT_TIME, "by", "in", "with") or unit.low in ("also", "now", "one", "according", "to")


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

"""Whether what a sentence claims stands in its evidence: numbers, dates, quotations and proper names.

Point 2 of the answer contract, checked without any of the program's own text handling. It looks at values,
not at who did what to whom; whether an answer is right is for `score.py` and the gold answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from eval.schema.text import MONTH_FORMS, MONTHS, Tokens, canonical, contains, plain, without_marks
from qa.records import Citation, Document

Kind = Literal["quotation", "date", "number", "name"]

_DATE = re.compile(rf"\b(?:(\d{{1,2}}) )?({'|'.join(MONTHS)})(?: (\d{{4}}))?\b")
# "one" is a number in "one launcher" and none in "no one", "one of them", "the other one".
_PRONOUN_ONE = re.compile(
    r"\b(?:no|this|that|the|which|any|every|each|some|other) ?one\b|\bone(?: of| another|\W*$)"
)
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_](?:[\w'’]|\.(?=\w))*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…]\s*|\n\s*)[\s\"'“”‘’(\[–—-]*$")
_OPENING = re.compile(r'(?<![^\s(\[–—-])"(?=\S)|“')
_CLOSING = re.compile(r'(?<=\S)"|”')
_SINGLE_QUOTED = re.compile(r"(?<!\w)['‘]([^'‘’]+)['’](?!\w)")
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Sen|St|Prof)\.\s*$")
_COURTESIES = frozenset({"mr", "mrs", "ms", "dr"})
_POSSESSIVE = ("'s", "’s")
_LABEL = re.compile(r"\s[—–-]\s|:\s")
_ELLIPSIS = re.compile(r"\.\.\.|…|\. \. \.")
_FUNCTION_WORD_LIST = """
a about according after against all also although an and another any are as at because before both but by did
do does during each either for from had has have he her here his how however if in instead is it its later
meanwhile more most neither no nor not of on one only or other over she since so some such than that the their
then there these they this those though through to under until was we were what when where whether which while
who whose why will with would yes yet you
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORD_LIST.split())


@dataclass(frozen=True, slots=True)
class Words:
    """How the collection writes its words, canonical: always with a capital letter, or at times without."""

    names: frozenset[str]
    common: frozenset[str]


def read_words(texts: Iterable[str]) -> Words:
    """Sort the words of the collection; those that only ever start a sentence are in neither set."""
    capital: set[str] = set()
    common: set[str] = set()
    for text in texts:
        for word, starts_sentence in _words(text):
            if word[0].islower():
                common.update(canonical(word))
            elif not starts_sentence or word.endswith(_POSSESSIVE):
                capital.update(canonical(word))
    return Words(frozenset(capital - common), frozenset(common))


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that a sentence claims."""

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


def read_claims(sentence: str, words: Words) -> tuple[Claim, ...]:
    """The quotations, dates, numbers and names of a sentence, each once; dates and numbers are canonical."""
    text = without_marks(sentence)
    dates = [match.group() for match in _DATE.finditer(plain(text)) if match[1] or match[3]]
    of_dates = {word for day in dates for word in day.split()}
    found: tuple[tuple[Kind, Iterable[str]], ...] = (
        ("quotation", quotations(text)),
        ("date", dates),
        ("number", _numbers(text)),
        ("name", (name for name in _names(text, words) if not of_dates.issuperset(_in_full(name)))),
    )
    return tuple(dict.fromkeys(Claim(kind, value) for kind, values in found for value in values))


def unsupported(
    sentence: str, citations: Iterable[Citation], documents: Mapping[str, Document], words: Words
) -> tuple[Claim, ...]:
    """What the sentence claims and its citations do not hold; empty when faithful.

    Evidence is the cited quotes and what readers are shown of the cited documents: title, publisher, date,
    and the event's date and place.
    """
    evidence = _Evidence(citations, documents)
    return tuple(claim for claim in read_claims(sentence, words) if not evidence.holds_claim(claim))


def supports(
    sentence: str, citations: Iterable[Citation], documents: Mapping[str, Document], words: Words
) -> bool:
    """Whether the citations hold every claim of the sentence and at least half of its content words.

    Content words are those of three letters and more that are no function words; an inflected form will do.
    """
    cited = tuple(citations)
    if unsupported(sentence, cited, documents, words):
        return False
    evidence = _Evidence(cited, documents)
    found = {word for word in canonical(without_marks(sentence)) if len(word) > 2 and word.isalpha()}
    content = found - _FUNCTION_WORDS
    return 2 * sum(evidence.holds_name(word) for word in content) >= len(content)


def quotations(text: str) -> tuple[str, ...]:
    """The quoted parts of a text, without their marks; an ellipsis parts a quotation in two.

    A mark without its partner quotes up to the end of the text, or from its beginning, where a label such as
    "Place, date — " may stand before it.
    """
    found: list[str] = []
    at = 0
    while True:
        opening, closing = _OPENING.search(text, at), _CLOSING.search(text, at)
        if closing and (opening is None or closing.start() < opening.start()):
            found.append("" if at else _LABEL.split(text[: closing.start()])[-1])
            at = closing.end()
        elif opening:
            end = _CLOSING.search(text, opening.end())
            found.append(text[opening.end() : end.start() if end else len(text)])
            at = end.end() if end else len(text)
        else:
            break
    found += _SINGLE_QUOTED.findall(text)
    parts = (part for quoted in found for part in _ELLIPSIS.split(quoted))
    return tuple(part.strip() for part in parts if canonical(part))


class _Evidence:
    """The texts a sentence may draw on, in canonical form."""

    def __init__(self, citations: Iterable[Citation], documents: Mapping[str, Document]) -> None:
        texts: list[str] = []
        self._dated: list[tuple[Tokens, Tokens]] = []
        for citation in citations:
            document = documents.get(citation.document_id)
            shown = _shown(document) if document else ()
            texts += (citation.quote, *shown)
            self._dated.append((canonical(citation.quote), canonical(" ; ".join(shown))))
        self._fields = tuple(canonical(text) for text in texts)
        self._vocabulary = frozenset(token for field in self._fields for token in field)
        years = {match[3] for text in texts for match in _DATE.finditer(plain(text)) if match[3]}
        self.numbers = frozenset(number for text in texts for number in _numbers(text)) | years

    def holds_claim(self, claim: Claim) -> bool:
        """Whether the claimed value is there."""
        if claim.kind == "quotation":
            return self.holds(canonical(claim.value))
        if claim.kind == "date":
            return self.holds_date(claim.value)
        return claim.value in self.numbers if claim.kind == "number" else self.holds_name(claim.value)

    def holds(self, part: Tokens) -> bool:
        """Whether one of the texts has these tokens in a row."""
        return any(contains(field, part) for field in self._fields)

    def holds_date(self, day: str) -> bool:
        """Whether a text has the date; the year may be the one shown for the document that has the day."""
        tokens = tuple(day.split())
        if self.holds(tokens):
            return True
        *rest, year = tokens
        return len(tokens) == 3 and any(contains(quote, rest) and year in shown for quote, shown in self._dated)

    def holds_name(self, name: str) -> bool:
        """Whether each word of the name is there, in this form or an inflected one (Syria, Syrian)."""
        return all(
            token in self._vocabulary or any(_same_stem(token, other) for other in self._vocabulary)
            for token in canonical(name)
        )


def _in_full(name: str) -> Tokens:
    """A name in canonical form, with months that are written short as dates have them."""
    return tuple(MONTH_FORMS.get(token, token) for token in canonical(name))


def _shown(document: Document) -> tuple[str, ...]:
    published = document.published.isoformat() if document.published else ""
    fields = (document.title, document.publisher or "", published, document.event.label)
    return tuple(field for field in fields if field)


def _numbers(text: str) -> tuple[str, ...]:
    """The numbers of a text that are no part of a date, in digits; codes such as `s300` too."""
    rest = _PRONOUN_ONE.sub(" ", _DATE.sub(_keep_month_alone, plain(text)))
    return tuple(token for token in canonical(rest) if any(char.isdigit() for char in token))


def _keep_month_alone(match: re.Match[str]) -> str:
    return " " if match[1] or match[3] else match.group()


def _names(text: str, words: Words) -> Iterator[str]:
    """The proper names of a text, word by word.

    A capital letter at the start of a sentence says nothing by itself: such a word is a name where the
    collection always writes it so, or where it does not know the word and a capitalised one follows. A
    single letter (I, the S of S-300) and a courtesy (Mr.) are no names.
    """
    found = list(_words(text))
    for at, (word, starts_sentence) in enumerate(found):
        tokens = canonical(word)
        if not word[0].isupper() or len("".join(tokens)) < 2 or tokens[0] in _COURTESIES:
            continue
        if starts_sentence and not _is_name_at_start(tokens, found[at + 1 : at + 2], word, words):
            continue
        yield word


def _is_name_at_start(tokens: Tokens, following: list[tuple[str, bool]], word: str, words: Words) -> bool:
    if any(token in _FUNCTION_WORDS or token in words.common for token in tokens):
        return False
    if all(token in words.names for token in tokens):
        return True
    before_name = bool(following) and following[0][0][0].isupper() and not following[0][1]
    return before_name or word.endswith(_POSSESSIVE)


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each word with whether it stands at the start of a sentence or quotation."""
    for match in _WORD.finditer(text):
        before = text[max(0, match.start() - 8) : match.start()]
        at_start = match.start() == 0 or bool(_SENTENCE_START.search(before) and not _TITLE.search(before))
        after_quote_mark = before[-1:] in {'"', "“", "‘"}
        yield match.group(), at_start or after_quote_mark


def _same_stem(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and len(long) - len(short) <= 3 and long.startswith(short)

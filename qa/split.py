"""Cut a document into sentences, and sentences into the passages that are embedded.

Every span is kept in the document's own offsets. (LlamaIndex's node parsers find a node's offsets again by
text search, which is wrong where text repeats.) Sentence boundaries come from NLTK's Punkt with the English
model that llama-index-core carries, so nothing is fetched.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from qa.records import Document, Passage, Sentence

VERSION = "1"  # part of the index's fingerprint: change it when any span changes

MAX_WORDS = 90
OVERLAP_SENTENCES = 1
KEPT = 2048  # documents whose sentences and passages are kept, those that were asked for last

_ABBREVIATIONS = frozenset(
    (
        "mr mrs ms dr prof rev hon st gen lt lt.-gen maj maj.-gen brig brig.-gen col lt.-col capt cmdr "
        "sgt adm sen rep gov pres u.s u.k u.n e.u d.c a.m p.m jan feb mar apr jun jul aug sep sept oct "
        "nov dec no vol art al approx inc ltd corp co dept vs etc e.g i.e"
    ).split()
)
_LINE = re.compile(r"[^\r\n]+")
_CRY = re.compile(r"[!?…][”\"’']\s*$")
_NAMED = re.compile(r"(?P<document>.+)-(?P<start>\d+)-(?P<end>\d+)-(?P<mark>[0-9a-f]{8})")
_TRIMMED = re.compile(r"\S(?:.*\S)?", re.DOTALL)


@lru_cache(maxsize=1)
def _punkt() -> Any:
    from llama_index.core.utils import globals_helper

    tokenizer = copy.deepcopy(globals_helper.punkt_tokenizer)
    tokenizer._params.abbrev_types.update(_ABBREVIATIONS)
    return tokenizer


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Sentence spans of a text; a line break always ends a sentence, as it does after a headline."""
    for line in _LINE.finditer(text):
        for start, end in _rejoined(line.group()):
            if trimmed := _TRIMMED.search(line.group(), start, end):
                yield line.start() + trimmed.start(), line.start() + trimmed.end()


def _rejoined(line: str) -> Iterator[tuple[int, int]]:
    """Punkt's spans of a line, whole again where it cuts “No!” he cried in two."""
    first, last = 0, 0
    for start, end in _punkt().span_tokenize(line):
        if last and not (_CRY.search(line, first, last) and line[start].islower()):
            yield first, last
            first = start
        last = end
    if last:
        yield first, last


def split_sentences(document: Document) -> tuple[Sentence, ...]:
    """All sentences of a document in order; none overlap, and only white space lies between them."""
    return _sentences(document.id, document.text)


@lru_cache(maxsize=KEPT)
def _sentences(document_id: str, text: str) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(document_id, position, start, end, text[start:end])
        for position, (start, end) in enumerate(_spans(text))
    )


def split_text(text: str) -> tuple[str, ...]:
    """The sentences of a text that is not a document, a model's draft for example."""
    return tuple(text[start:end] for start, end in _spans(text))


def split_passages(document: Document) -> tuple[Passage, ...]:
    """Runs of whole sentences of at most `MAX_WORDS` words (or one longer sentence), each run beginning with
    the last sentence of the one before, so that no two neighbours are always apart.

    A passage's id follows from all that is embedded with it: the text, the span and the headline.
    """
    return _passages(document.id, document.text, document.headline)


def passage_of(document: Document, passage_id: str) -> Passage | None:
    """The passage of a document that has this id, told from the id alone, so that nothing need be cut; None
    when the id is not of this document as it is.
    """
    named = _NAMED.fullmatch(passage_id)
    if named is None or named["document"] != document.id or named["mark"] != _mark(document.headline):
        return None
    start, end = int(named["start"]), int(named["end"])
    if not 0 <= start < end <= len(document.text):
        return None
    return Passage(passage_id, document.id, start, end, document.text[start:end])


@lru_cache(maxsize=KEPT)
def _mark(headline: str) -> str:
    return hashlib.sha256(headline.encode()).hexdigest()[:8]


@lru_cache(maxsize=KEPT)
def _passages(document_id: str, text: str, headline: str) -> tuple[Passage, ...]:
    sentences = _sentences(document_id, text)
    mark = _mark(headline)
    passages = []
    first = 0
    while first < len(sentences):
        last, words = first, len(sentences[first].text.split())
        while last + 1 < len(sentences):
            words += len(sentences[last + 1].text.split())
            if words > MAX_WORDS:
                break
            last += 1
        start, end = sentences[first].start, sentences[last].end
        passages.append(
            Passage(f"{document_id}-{start}-{end}-{mark}", document_id, start, end, text[start:end])
        )
        if last + 1 == len(sentences):
            break
        first = max(first + 1, last + 1 - OVERLAP_SENTENCES)
    return tuple(passages)

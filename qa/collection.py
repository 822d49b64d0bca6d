"""What a question sees of the collection: an immutable snapshot, with the vocabulary of its texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qa.records import Document, Passage, Sentence
from qa.words import content_tokens, date_words, fold, tokens


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How rare each word is: sentence frequencies of stems over `size` sentences, and the words as written."""

    size: int
    frequency: Counter[str]
    forms: frozenset[str]

    def idf(self, stem: str) -> float:
        """Inverse sentence frequency, at least 0; largest for a stem that never occurs."""
        return math.log((self.size + 1) / (self.frequency[stem] + 0.5))

    def share(self, stem: str) -> float:
        """The share of sentences that have the stem."""
        return self.frequency[stem] / max(self.size, 1)

    def knows(self, stem: str) -> bool:
        """Whether the stem occurs at all."""
        return self.frequency[stem] > 0

    def resembles(self, word: str, cutoff: float = 85.0) -> bool:
        """Whether some word is spelt nearly like this one (similarity of 100 is equal)."""
        from rapidfuzz import fuzz, process

        folded = fold(word)
        near = [form for form in self.forms if form[:1] == folded[:1]]
        return process.extractOne(folded, near, scorer=fuzz.ratio, score_cutoff=cutoff) is not None


def build_lexicon(sentences: Iterable[Sentence], documents: Iterable[Document]) -> Lexicon:
    """Count the words of all sentences; what is known of a document counts as said in it once."""
    frequency: Counter[str] = Counter()
    forms: set[str] = set()
    size = 0
    for sentence in sentences:
        size += 1
        words = content_tokens(sentence.text)
        frequency.update({token.stem for token in words})
        forms.update(fold(token.text) for token in words)
    for document in documents:
        known = {token.stem for token in tokens(document.headline)}
        for day in (document.published, document.event.date):
            known |= date_words(day) if day else frozenset()
        frequency.update(known)
    return Lexicon(size, frequency, frozenset(forms))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The collection at one moment; `nodes` are the passages, and `vector_store` their vectors, as LlamaIndex
    wants them.
    """

    documents: Mapping[str, Document]
    passages: Mapping[str, Passage]
    sentences: Mapping[str, tuple[Sentence, ...]]
    lexicon: Lexicon
    nodes: tuple[Any, ...]
    vector_store: Any

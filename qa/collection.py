"""What a question sees of the collection: an immutable snapshot, with the vocabulary of its texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qa.errors import InputError
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
    wants them. `only` is None for the whole of it, else the ids of the documents it is narrowed to: it holds
    nothing else, but for `vector_store`; `lexicon` always tells of the words of the whole.
    """

    documents: Mapping[str, Document]
    passages: Mapping[str, Passage]
    sentences: Mapping[str, tuple[Sentence, ...]]
    lexicon: Lexicon
    nodes: tuple[Any, ...]
    vector_store: Any
    only: frozenset[str] | None = None

    def within(self, ids: Collection[str]) -> Snapshot:
        """The collection as if it held only the documents with these ids.

        Raises:
            InputError: there is no document with one of the ids.
        """
        only = frozenset(ids)
        if unknown := sorted(only - self.documents.keys()):
            raise InputError(
                f"There is no document {unknown[0][:40]!r} to narrow the question to.",
                "GET /api/documents or `qa sources` lists them; it may have been removed.",
            )
        passages = {key: one for key, one in self.passages.items() if one.document_id in only}
        return replace(
            self,
            documents={key: one for key, one in self.documents.items() if key in only},
            passages=passages,
            sentences={key: found for key, found in self.sentences.items() if key in only},
            nodes=tuple(node for node in self.nodes if node.node_id in passages),
            only=only,
        )

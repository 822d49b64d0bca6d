"""What a question sees of the collection: an immutable snapshot, with the vocabulary of its texts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from qa.errors import InputError
from qa.records import Document, Passage, Sentence
from qa.reports import Reports
from qa.split import passage_of, split_passages, split_sentences
from qa.storage.digest import SIZE, STEM, digest_of
from qa.storage.vectors import PassageVectors
from qa.storage.word_index import WordIndex
from qa.words import fold

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How rare each word is: sentence frequencies of stems over `size` sentences, and the words as written, by
    their first letters.
    """

    size: int
    frequency: Mapping[str, int]
    forms: Mapping[str, frozenset[str]]

    def changed(self, counts: Iterable[tuple[str, str, int]]) -> Lexicon:
        """With these counts (see `Digest`) in the place of those of the same words."""
        size, frequency = self.size, dict(self.frequency)
        coming: defaultdict[str, set[str]] = defaultdict(set)
        going: defaultdict[str, set[str]] = defaultdict(set)
        for kind, word, count in counts:
            if kind == SIZE:
                size = count
            elif kind == STEM:
                frequency[word] = count
            else:
                (coming if count else going)[word[:1]].add(word)
        forms = dict(self.forms)
        for first in coming.keys() | going.keys():
            forms[first] = forms.get(first, frozenset()) - going[first] | coming[first]
        return Lexicon(size, frequency, forms)

    def idf(self, stem: str) -> float:
        """Inverse sentence frequency, at least 0; largest for a stem that never occurs."""
        return math.log((self.size + 1) / (self.frequency.get(stem, 0) + 0.5))

    def share(self, stem: str) -> float:
        """The share of sentences that have the stem."""
        return self.frequency.get(stem, 0) / max(self.size, 1)

    def knows(self, stem: str) -> bool:
        """Whether the stem occurs at all."""
        return self.frequency.get(stem, 0) > 0

    def resembles(self, word: str, cutoff: float = 85.0) -> bool:
        """Whether some word is spelt nearly like this one (similarity of 100 is equal)."""
        from rapidfuzz import fuzz, process

        folded = fold(word)
        near = self.forms.get(folded[:1], frozenset())
        return process.extractOne(folded, near, scorer=fuzz.ratio, score_cutoff=cutoff) is not None


EMPTY = Lexicon(0, {}, {})


def build_lexicon(documents: Iterable[Document]) -> Lexicon:
    """Count the words of all sentences of some documents."""
    counts: Counter[tuple[str, str]] = Counter()
    for document in documents:
        counts.update(digest_of(document).counts)
    return EMPTY.changed((kind, word, count) for (kind, word), count in counts.items())


class _Cut(Mapping[str, _Part]):
    """What documents are cut into, when it is asked for."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents


class _Sentences(_Cut[tuple[Sentence, ...]]):
    """The sentences of each document by its id, in order."""

    def __getitem__(self, key: str) -> tuple[Sentence, ...]:
        return split_sentences(self._documents[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


class _Passages(_Cut[Passage]):
    """The passages of all documents by their ids, which begin with that of the document."""

    def __getitem__(self, key: str) -> Passage:
        found = passage_of(self._documents[key.rsplit("-", 3)[0]], key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return (one.id for document in self._documents.values() for one in split_passages(document))

    def __len__(self) -> int:
        return sum(len(split_passages(document)) for document in self._documents.values())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The collection at one moment; it stays as it is while a question is answered, whatever comes or goes.

    Sentences and passages are cut from the documents' texts when they are asked for. `vectors` and `words` are
    searched for passages: the words as they were at the moment, the vectors as they are, so what they find may
    have gone or not yet be there, and counts only when `passages` has it. `only` is None for the whole
    collection, else the ids of the documents it is narrowed to: it holds nothing else, but for what is
    searched; `lexicon` always tells of the words of the whole. `reports` are the documents once more, with what
    a question looks up of all of them.
    """

    documents: Mapping[str, Document]
    lexicon: Lexicon
    reports: Reports
    vectors: PassageVectors | None = None
    words: WordIndex | None = None
    only: frozenset[str] | None = None

    @property
    def sentences(self) -> Mapping[str, tuple[Sentence, ...]]:
        """The sentences of each document, by its id."""
        return _Sentences(self.documents)

    @property
    def passages(self) -> Mapping[str, Passage]:
        """All passages, by their ids."""
        return _Passages(self.documents)

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
        documents = {key: one for key, one in self.documents.items() if key in only}
        return replace(self, documents=documents, reports=self.reports.among(only), only=only)

"""Find the passages that may answer: the nearest vectors and the most telling shared words, in one order.

The two lists are fused by reciprocal rank (Cormack, Clarke and Büttcher, SIGIR 2009). Both sides see each
passage with its headline, so publisher, place and date of a report take part in the match, softly. What that
costs hardly grows with the number of passages: docs/scale.md has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from qa.collection import Snapshot
from qa.config import Settings
from qa.embed import Embedder
from qa.observe import stage
from qa.records import Document, Hit
from qa.rerank import Reranker

WIDER = 4  # how many times more passages are fetched than kept, since some may not be admitted
RANKED = 60  # the constant of the fusion, as its authors have it

Admits = Callable[[Document], bool]


class Retriever:
    """Retrieval over one snapshot of the collection, which may be narrowed to some documents."""

    def __init__(
        self, snapshot: Snapshot, embedder: Embedder, settings: Settings, reranker: Reranker | None = None
    ) -> None:
        self._snapshot = snapshot
        self._settings = settings
        self._embedder = embedder
        self._reranker = reranker

    def within(self, snapshot: Snapshot) -> Retriever:
        """The same over another snapshot."""
        return Retriever(snapshot, self._embedder, self._settings, self._reranker)

    @stage("retrieve", lambda hits: {"hits": len(hits)})
    def retrieve(self, question: str, admits: Admits | None = None) -> tuple[Hit, ...]:
        """The passages nearest to the question, best first; empty for an empty collection.

        Where some documents are not admitted, the search looks further and leaves them out; where that leaves
        too few passages, it is made again among those that are.

        Raises:
            StorageError, IndexUnusableError: the vectors or the word index cannot be read.
        """
        snapshot, k = self._snapshot, self._settings.retrieve_k
        if not snapshot.documents:
            return ()
        if admits is None:
            hits = self._search(question, k, snapshot.only)
        else:
            found = self._search(question, WIDER * k, snapshot.only)
            hits = [hit for hit in found if admits(snapshot.documents[hit.passage.document_id])]
            if len(hits) < k and len(found) >= WIDER * k:
                within = {document.id for document in snapshot.documents.values() if admits(document)}
                hits = self._search(question, k, within) if within else []
        chosen = tuple(hits[:k])
        return self._reranker.rerank(question, chosen) if self._reranker else chosen

    def _search(self, question: str, k: int, only: Collection[str] | None) -> list[Hit]:
        """The hits among the `k` first of each side, best first; of the documents with the ids of `only`."""
        vectors, words = self._snapshot.vectors, self._snapshot.words
        assert vectors is not None
        assert words is not None
        # Embedded by our own embedder: it is safe to call from several threads, and remembers.
        vector = self._embedder.embed([question])[0].tolist()
        lists = [vectors.nearest(vector, k, only)]
        if self._settings.retrieve_lexical:
            lists.append(words.nearest(question, k, only))
        passages = self._snapshot.passages
        # A vector without a document row is what a crash left behind: not part of the collection.
        found = [(passages.get(one), score) for one, score in fused(lists)]
        return [Hit(passage, score) for passage, score in found if passage is not None]


def fused(lists: Iterable[Iterable[str]]) -> list[tuple[str, float]]:
    """The members of ranked lists with their fused scores, best first; equal ones in the order of the lists."""
    scores: dict[str, float] = {}
    for ranked in lists:
        for rank, one in enumerate(ranked):
            scores[one] = scores.get(one, 0.0) + 1 / (RANKED + rank)
    return sorted(scores.items(), key=lambda item: -item[1])

"""Find the passages that may answer: dense vectors from Chroma and BM25, fused by reciprocal rank.

Fusion is LlamaIndex's (Cormack, Clarke and Büttcher, SIGIR 2009). Both sides see each passage with its
headline, so publisher, place and date of a report take part in the match, softly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any

from qa.collection import Snapshot
from qa.config import Settings
from qa.embed import Embedder
from qa.observe import stage
from qa.records import Document, Hit
from qa.rerank import Reranker
from qa.storage.vectors import SOURCE, chroma_errors

WIDER = 4  # how many times more passages are fetched than kept, since some may not be admitted


class Retriever:
    """Retrieval over one snapshot of the collection, which may be narrowed to some documents."""

    def __init__(
        self, snapshot: Snapshot, embedder: Embedder, settings: Settings, reranker: Reranker | None = None
    ) -> None:
        self._snapshot = snapshot
        self._settings = settings
        self._embedder = embedder
        self._reranker = reranker
        self._fusion = _fuse(snapshot, embedder, settings, 1) if snapshot.nodes else None

    @cached_property
    def _wide(self) -> Any:
        """A search that looks further; made when the first question leaves documents out."""
        return _fuse(self._snapshot, self._embedder, self._settings, WIDER) if self._snapshot.nodes else None

    def within(self, snapshot: Snapshot) -> Retriever:
        """The same over another snapshot."""
        return Retriever(snapshot, self._embedder, self._settings, self._reranker)

    @stage("retrieve", lambda hits: {"hits": len(hits)})
    def retrieve(
        self, question: str, admits: Callable[[Document], bool] = lambda document: True
    ) -> tuple[Hit, ...]:
        """The passages nearest to the question, best first; empty for an empty collection.

        Those of documents that are not admitted are left out after the search, which looks further for that.

        Raises:
            StorageError: the vectors cannot be read.
        """
        documents = self._snapshot.documents
        fusion = self._fusion if all(map(admits, documents.values())) else self._wide
        if fusion is None:
            return ()
        from llama_index.core.schema import QueryBundle

        # Embedded here, not by LlamaIndex: our embedder is safe to call from several threads, and remembers.
        vector = self._embedder.embed([question])[0].tolist()
        with chroma_errors(self._settings):
            found = fusion.retrieve(QueryBundle(question, embedding=vector))
        # A vector without a document row is what a crash left behind: not part of the collection.
        hits = tuple(
            Hit(self._snapshot.passages[item.node.node_id], float(item.score or 0.0))
            for item in found
            if item.node.node_id in self._snapshot.passages
        )
        admitted = [hit for hit in hits if admits(documents[hit.passage.document_id])]
        hits = tuple(admitted[: self._settings.retrieve_k])
        return self._reranker.rerank(question, hits) if self._reranker else hits


def _only(ids: Collection[str]) -> Any:
    """What keeps a search among the vectors of some documents."""
    from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

    return MetadataFilters(filters=[MetadataFilter(key=SOURCE, operator=FilterOperator.IN, value=sorted(ids))])


def _fuse(snapshot: Snapshot, embedder: Embedder, settings: Settings, times: int) -> Any:
    import Stemmer
    from llama_index.core import VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.core.schema import NodeWithScore, QueryBundle
    from llama_index.retrievers.bm25 import BM25Retriever

    k = min(settings.retrieve_k * times, len(snapshot.nodes))
    dense = VectorStoreIndex.from_vector_store(
        snapshot.vector_store, embed_model=embedder.llama_index
    ).as_retriever(similarity_top_k=k, filters=_only(snapshot.only) if snapshot.only else None)

    class _Lexical(BM25Retriever):
        """Without the passages that share no word with the question: fusion counts ranks, not scores."""

        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            return [item for item in super()._retrieve(query_bundle) if item.score]

    lexical = _Lexical.from_defaults(
        nodes=list(snapshot.nodes), similarity_top_k=k, stemmer=Stemmer.Stemmer("english"), language="en"
    )
    # The mock stands in for the model that would write further queries; with num_queries=1 it is never asked.
    return QueryFusionRetriever(
        [dense, lexical] if settings.retrieve_lexical else [dense],
        llm=MockLLM(),
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=k,
        num_queries=1,
        use_async=False,
    )

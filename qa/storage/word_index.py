"""The one place that knows Tantivy: which passages share words with a question, ranked by BM25.

The word index follows from the documents' rows. A change notes in the same transaction which documents it does
not hold as they are ("unlisted"); `follow` brings it up to them, after a crash too. Its folder has a name by
chance that the rows know, so that one that belongs to other rows is never taken for theirs.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from qa.errors import IndexUnusableError, StorageError
from qa.metadata.sidecar import SIDECAR
from qa.records import Document
from qa.split import split_passages
from qa.storage.store import DocumentStore

FOLDER = "words"  # with something made up by chance
IN_USE = "word_index"  # under which the rows name the folder
_HEAP_BYTES = 30_000_000  # that are gathered before they are written
_AT_ONCE = 256  # documents
_SPARE = 24  # passages looked at beyond those asked for, so that equal scores are told apart by id
_STOPWORDS = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these "
    "they this to was will with"
).split()


class WordIndex:
    """Passages by their words, as they were when this was opened; safe to use from several threads."""

    def __init__(self, index: Any) -> None:
        self._searcher = index.searcher()
        self._schema = index.schema

    def nearest(self, question: str, k: int, only: Collection[str] | None = None) -> list[str]:
        """The ids of the at most `k` passages that share the most telling words with a question, best first; of
        the documents with the ids of `only`, or of all. None that shares no word.

        Raises:
            IndexUnusableError: the files are damaged.
        """
        from tantivy import Occur, Query

        words = [
            (Occur.Should, Query.term_query(self._schema, "words", word, "freq"))
            for word in dict.fromkeys(_analyzer().analyze(question))
        ]
        if not words:
            return []
        query = Query.boolean_query(words)
        if only is not None:
            within = Query.const_score_query(Query.term_set_query(self._schema, "document", sorted(only)), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])
        try:
            found = self._searcher.search(query, k + _SPARE, count=False).hits
            scored = [(-score, str(self._searcher.doc(place)["passage"][0])) for score, place in found]
        except (ValueError, OSError) as error:
            raise IndexUnusableError(
                f"The word index cannot be read: {str(error).splitlines()[0]}", "Run `qa ingest --rebuild`."
            ) from error
        return [passage for _, passage in sorted(scored)[:k]]


class WordFiles:
    """The word index of one index folder, to be opened for reading or brought up to the rows."""

    def __init__(self, index_dir: Path, store: DocumentStore) -> None:
        self._folder = index_dir
        self._store = store

    def read(self) -> WordIndex:
        """The word index as the rows are; made in memory where the files lag behind them or are not there.

        Raises:
            StorageError, IndexUnusableError: the rows cannot be read.
        """
        if not self._store.unlisted() and (there := self._opened()) is not None:
            return WordIndex(there)
        return WordIndex(self._made(None))

    def follow(self) -> WordIndex:
        """Bring the files up to the rows, and open them; the caller holds `lock_data_dir`.

        Raises:
            StorageError: they cannot be written.
        """
        there, late = self._opened(), self._store.unlisted()
        if there is not None and late:
            try:
                self._bring(there, late)
            except (ValueError, OSError):  # damaged: it is made anew
                there = None
            else:
                self._store.listed(late)
        if there is None:
            there = self._anew(late)
        return WordIndex(there)

    def _opened(self) -> Any:
        """The index that the rows name; None when it is not there or cannot be read."""
        from tantivy import Index

        name = self._store.meta(IN_USE)
        if not name or not (self._folder / name / "meta.json").is_file():
            return None
        try:
            index = Index.open(str(self._folder / name))
        except (ValueError, OSError):
            return None
        index.register_tokenizer("english", _analyzer())
        return index

    def _anew(self, late: Collection[str]) -> Any:
        """Made of all rows, in a new folder that takes the place of the old one in one step."""
        name = f"{FOLDER}-{uuid4().hex[:12]}"
        try:
            (self._folder / name).mkdir()
            # Tantivy's files are JSON too: they are no documents, should a folder above be brought in.
            (self._folder / name / SIDECAR).write_text('ignore = ["*"]\n', encoding="utf-8")
            index = self._made(self._folder / name)
        except (ValueError, OSError) as error:
            raise StorageError(
                f"The word index in {self._folder} cannot be written: {str(error).splitlines()[0]}",
                "Check that the folder can be written and that the disk is not full.",
            ) from error
        self._store.listed(late, **{IN_USE: name})
        for other in self._folder.glob(f"{FOLDER}-*"):
            if other.name != name:
                shutil.rmtree(other, ignore_errors=True)
        return index

    def _made(self, folder: Path | None) -> Any:
        from tantivy import Index

        index = Index(_schema(), path=str(folder) if folder else None)
        index.register_tokenizer("english", _analyzer())
        self._bring(index, self._store.ids(), fresh=True)
        return index

    def _bring(self, index: Any, ids: Collection[str], *, fresh: bool = False) -> None:
        """Put these documents as they are stored in the place of what the index holds of them."""
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for part in _parts(ids):
            if not fresh:
                for one in part:
                    writer.delete_documents_by_term("document", one)
            for document in self._store.some(part).values():
                _add(writer, document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()


def _add(writer: Any, document: Document) -> None:
    from tantivy import Document as Entry

    for passage in split_passages(document):
        text = f"{document.headline}\n\n{passage.text}"
        writer.add_document(Entry(passage=passage.id, document=document.id, words=text))


@lru_cache(maxsize=1)
def _schema() -> Any:
    from tantivy import SchemaBuilder

    fields = SchemaBuilder()
    fields.add_text_field("passage", stored=True, tokenizer_name="raw", index_option="basic")
    fields.add_text_field("document", tokenizer_name="raw", index_option="basic")
    fields.add_text_field("words", tokenizer_name="english", index_option="freq")
    return fields.build()


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    words = TextAnalyzerBuilder(Tokenizer.regex(r"\w\w+")).filter(Filter.lowercase())
    return words.filter(Filter.custom_stopword(_STOPWORDS)).filter(Filter.stemmer("english")).build()


def _parts(ids: Iterable[str]) -> Iterable[list[str]]:
    held = list(ids)
    return (held[first : first + _AT_ONCE] for first in range(0, len(held), _AT_ONCE))

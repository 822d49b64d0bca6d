"""Hybrid retrieval: both lists count, each passage comes once, nothing comes that is not stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.config import Settings
from qa.dateline import Dateline
from qa.embed import Embedder
from qa.index import Index, open_index
from qa.retrieve import Retriever
from qa.storage.lock import make_data_dir
from qa.storage.vectors import open_collection

TEXTS = {
    "code.txt": "Order QX-77 was logged by the clerk at noon.",
    "boat.txt": "The vessel went down in heavy seas off the coast.",
    "tax.txt": "The treasury raised the duty on sugar last spring.",
    "farm.txt": "Wheat prices fell after a good harvest in the north.",
    "play.txt": "The theatre opened a new comedy to kind reviews.",
    "dog.txt": "A stray dog found its way home after nine weeks.",
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[tuple[Index, Settings]]:
    """Six one-sentence documents, embedded by the packaged model."""
    from support import settings_for

    settings = settings_for(tmp_path_factory.mktemp("retrieve") / "data", retrieve_k=3)
    folder = tmp_path_factory.mktemp("texts")
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    make_data_dir(settings)
    index = open_index(settings, embedder, write=True)
    index.ingest([folder])
    yield index, settings
    index.close()


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("QX-77", "code.txt"),
        ("Which ship sank?", "boat.txt"),
        ("a pet that returned", "dog.txt"),
        ("sugar duty", "tax.txt"),
    ],
)
def test_words_and_meaning_both_find(
    opened: tuple[Index, Settings], embedder: Embedder, question: str, name: str
) -> None:
    """A rare code is found by its letters, a paraphrase without a shared word by its meaning."""
    index, settings = opened
    hits = Retriever(index.snapshot, embedder, settings).retrieve(question)
    assert hits[0].passage.text == TEXTS[name]
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


def test_fusion_merges_both_lists(opened: tuple[Index, Settings], embedder: Embedder) -> None:
    """One question that needs both sides gets both passages, each once, and one on both lists comes first."""
    index, settings = opened
    hits = Retriever(index.snapshot, embedder, settings).retrieve("QX-77: which ship sank in a gale?")
    texts = [hit.passage.text for hit in hits]
    assert {TEXTS["code.txt"], TEXTS["boat.txt"]} <= set(texts)
    assert len(set(texts)) == len(texts) <= settings.retrieve_k


def test_a_vector_without_a_row_is_ignored(
    data_copy: Path, embedder: Embedder, make_settings: Callable[..., Settings]
) -> None:
    """What a crash left behind is not part of the collection, however near it is to the question."""
    settings = make_settings(data_dir=data_copy)
    question = "What did the heron say to the otter?"
    open_collection(settings).add(
        ids=["stray-0-9-abcdef"],
        embeddings=embedder.embed([question]),
        metadatas=[{"_node_content": "{}", "_node_type": "TextNode", "document_id": "stray"}],
        documents=["The heron said nothing."],
    )
    index = open_index(settings, embedder)
    hits = Retriever(index.snapshot, embedder, settings).retrieve(question)
    assert hits
    assert all(hit.passage.id in index.snapshot.passages for hit in hits)
    index.close()


def test_an_empty_collection_has_no_hits(make_settings: Callable[..., Settings], embedder: Embedder) -> None:
    """BM25 over nothing is never built, and a question is answered with an abstention."""
    settings = make_settings()
    make_data_dir(settings)
    index = open_index(settings, embedder, write=True)
    assert Retriever(index.snapshot, embedder, settings).retrieve("Anything?") == ()
    index.close()
    with Dateline.open(settings) as dateline:
        assert dateline.ready() == (False, "The index is empty: add documents with `qa ingest PATH`.")
        answer = dateline.ask("Who opened the regatta?")
    assert answer.status == "abstained"
    assert answer.nearest == ()


@pytest.mark.parametrize(
    "question", ["x", "第一句", "the of and", "x" * 2000, "SELECT * FROM; --", "5 % of $3 {x}"]
)
def test_odd_questions_are_only_words(quoting: Dateline, question: str) -> None:
    """Whatever survives the cleaning is searched for without an error, and gets an answer of some kind."""
    answer = quoting.ask(question)
    assert answer.question == question
    assert answer.answer

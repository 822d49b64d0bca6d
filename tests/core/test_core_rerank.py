"""The optional cross-encoder, a real one of sentence-transformers with small random weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.config import load_settings
from qa.embed import default_folder
from qa.errors import ModelError
from qa.records import Hit, Passage
from qa.rerank import Reranker, load_reranker

TEXTS = ("The vessel went down in heavy seas.", "Wheat prices fell.", "A stray dog found its way home.")
HITS = tuple(Hit(Passage(f"p{at}", "d", 0, len(text), text), 0.5) for at, text in enumerate(TEXTS))


def _make(folder: Path, labels: int) -> Path:
    """A cross-encoder of two small layers, its weights from a fixed seed."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(5)
    tokenizer = AutoTokenizer.from_pretrained(str(default_folder()))
    config = BertConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def reranker(tmp_path_factory: pytest.TempPathFactory) -> Reranker:
    """The cross-encoder, loaded through the setting."""
    folder = _make(tmp_path_factory.mktemp("cross"), 1)
    loaded = load_reranker(load_settings(reranker=str(folder)))
    assert loaded is not None
    return loaded


def test_none_is_the_default() -> None:
    """Without the setting nothing is loaded."""
    assert load_reranker(load_settings()) is None


def test_hits_come_in_the_order_of_their_new_scores(reranker: Reranker) -> None:
    """All hits, each once, with scores between 0 and 1 that fall; and not in the order they came in."""
    found = [reranker.rerank(question, HITS) for question in ("Which ship sank?", "What did farmers get?")]
    for hits in found:
        assert {hit.passage.id for hit in hits} == {"p0", "p1", "p2"}
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score < 1 for score in scores)
        assert len(set(scores)) == len(scores)


def test_what_stands_beside_a_hit_changes_nothing(reranker: Reranker) -> None:
    """A hit's score is the same alone and among others, to the last digit."""
    together = {hit.passage.id: hit.score for hit in reranker.rerank("Which ship sank?", HITS)}
    for hit in HITS:
        assert reranker.rerank("Which ship sank?", [hit])[0].score == together[hit.passage.id]


def test_no_hits_stay_no_hits(reranker: Reranker) -> None:
    """An empty collection needs no model."""
    assert reranker.rerank("Which ship sank?", ()) == ()


def test_a_name_that_is_not_here_is_told(tmp_path: Path) -> None:
    """One line that names the setting."""
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        load_reranker(load_settings(reranker=str(tmp_path / "nowhere")))
    assert "QA_RERANKER" in str(caught.value.hint)


def test_a_model_with_several_scores_is_refused(tmp_path: Path) -> None:
    """A classifier is no ranker."""
    with pytest.raises(ModelError, match="2 scores"):
        load_reranker(load_settings(reranker=str(_make(tmp_path / "two", 2))))

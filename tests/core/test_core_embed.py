"""The embedding model: checked, replaceable, and always the same."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support import wait_until

from qa import embed
from qa.config import Settings
from qa.embed import DEFAULT_NAME, LEAST_TOKENS, Embedder, check_default, default_folder, load_embedder
from qa.errors import ChecksumError, IndexUnusableError, ModelError
from qa.index import open_index
from qa.vector_cache import VectorCache


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packaged model's folder."""
    return Path(shutil.copytree(default_folder(), tmp_path_factory.mktemp("model") / "MiniLM"))


def test_vectors_have_length_one_and_meaning(embedder: Embedder) -> None:
    """Rows come in the order of the texts, and texts near in meaning are nearer than others."""
    rows = embedder.embed(["A ship left the harbour.", "A boat sailed from the port.", "Tax law is dull."])
    assert rows.shape == (3, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


def test_a_text_has_one_vector_whatever_it_comes_with(embedder: Embedder) -> None:
    """The cache makes a text's vector the same to the bit; repeats in one call count, nothing is nothing."""
    alone = embedder.embed(["An unheard of sentence about a heron."])
    among = embedder.embed(["x", "An unheard of sentence about a heron.", "y " * 400, "x"])
    assert np.array_equal(alone[0], among[1])
    assert np.array_equal(among[0], among[3])
    assert embedder.embed([]).shape[0] == 0


def test_the_cache_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long run does not fill the memory: what was asked for long ago is encoded anew, the latest is not."""
    encoded: list[str] = []

    def encode(text: str) -> list[float]:
        encoded.append(text)
        return [1.0, 1.0, 1.0]

    monkeypatch.setattr(embed, "CACHED_TEXTS", 4)
    small = Embedder("small", SimpleNamespace(get_text_embedding=encode))
    small.embed([f"text {number}" for number in range(8)])
    assert len(encoded) == 8
    assert small.embed(["text 7"]).shape == (1, 3)
    assert len(encoded) == 8
    small.embed(["text 0"])
    assert encoded[8:] == ["text 0"]


def test_the_packaged_model_is_the_published_one() -> None:
    """The installed file has the checksum."""
    check_default(default_folder())


def test_one_wrong_byte_is_found(
    copy: Path, monkeypatch: pytest.MonkeyPatch, make_settings: Callable[..., Settings]
) -> None:
    """A flipped bit in the middle of the weights stops the loading, and the message names the file."""
    weights = copy / "model.safetensors"
    with weights.open("r+b") as stream:
        stream.seek(50_000_000)
        byte = stream.read(1)[0]
        stream.seek(50_000_000)
        stream.write(bytes([byte ^ 1]))
    monkeypatch.setattr(embed, "default_folder", lambda: copy)
    with pytest.raises(ChecksumError) as caught:
        load_embedder(make_settings())
    assert str(weights) in caught.value.message
    assert "damaged" in caught.value.message
    assert "make reinstall" in caught.value.hint
    with weights.open("r+b") as stream:
        stream.seek(50_000_000)
        stream.write(bytes([byte]))
    check_default(copy)


def test_missing_weights_are_said_so(tmp_path: Path) -> None:
    """An empty folder is an error of ours, not of the library."""
    with pytest.raises(ChecksumError, match="cannot be read: No such file"):
        check_default(tmp_path)


def test_a_folder_of_the_users_is_taken(
    copy: Path, embedder: Embedder, make_settings: Callable[..., Settings], data_copy: Path
) -> None:
    """QA_EMBED_MODEL may name a folder, whose vectors are its own and whose index is another."""
    settings = make_settings(data_dir=data_copy, embed_model=str(copy))
    own = load_embedder(settings)
    assert own.name == str(copy) != DEFAULT_NAME
    assert np.allclose(own.embed(["A heron."]), embedder.embed(["A heron."]), atol=1e-4)
    with pytest.raises(IndexUnusableError, match="MiniLM"):
        open_index(settings, own)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, make_settings: Callable[..., Settings]) -> None:
    """One line that names it, and what to set instead."""
    (tmp_path / "void").mkdir()
    with pytest.raises(ModelError, match="void cannot be loaded") as caught:
        load_embedder(make_settings(embed_model=str(tmp_path / "void")))
    assert "QA_EMBED_MODEL" in caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_text_has_the_same_vector_in_any_company(embedder: Embedder) -> None:
    """Texts of many lengths, asked for alone, all at once, and by many threads at a time: equal to the bit."""
    texts = ["x", "Why?", "Who came?", "Who came then?", "Where did they all go?", "It was not so very long."]
    for length in (2, 5, 9):
        one = " ".join(f"word{at} of the report" for at in range(length))
        texts += [one, one.replace("report", "letter"), one.replace("of", "by")]
    alone, together, shared = (Embedder(embedder.name, embedder.llama_index) for _ in range(3))
    wanted = np.stack([alone.embed([text])[0] for text in texts])
    assert np.array_equal(together.embed(texts), wanted)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(shared.embed, [texts[first::4] for first in range(4)]))
    for first, part in enumerate(parts):
        assert np.array_equal(part, wanted[first::4])


class Counting:
    """A model that counts what it encodes, and in which batches; a word has tokens enough for a batch."""

    def __init__(self, *, same: bool = True) -> None:
        self.batches: list[list[str]] = []
        self._same = same
        self._model = SimpleNamespace(
            max_seq_length=1000,
            tokenizer=lambda texts: {"input_ids": [text.split() * LEAST_TOKENS for text in texts]},
        )
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def get_text_embedding(self, text: str) -> list[float]:
        """Encode one."""
        self.begun.set()
        assert self.go_on.wait(60)
        self.batches.append([text])
        if "broken" in text:
            raise ValueError("It is broken.")
        return [1.0, float(len(text)), 3.0]

    def get_text_embedding_batch(self, texts: list[str]) -> list[list[float]]:
        """Encode several: not quite as alone, for a model that is told so."""
        self.batches.append(list(texts))
        third = 3.0 if self._same else 3.0 + 0.001 * (len(texts) - 1)
        return [[1.0, float(len(text)), third] for text in texts]


def test_what_many_ask_for_meanwhile_is_encoded_together() -> None:
    """While one text is encoded others come: those of one length are one batch, each text once."""
    model = Counting()
    embedder = Embedder("counting", model)
    model.go_on.clear()
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(embedder.embed, ["alone at first"])
        assert model.begun.wait(60)
        others = [pool.submit(embedder.embed, [f"asker {at % 4}", "asked by all"]) for at in range(6)]
        wait_until(lambda: len(embedder._waiting) == 6, "all to ask")
        model.go_on.set()
        assert first.result(60).shape == (1, 3)
        assert all(other.result(60).shape == (2, 3) for other in others)
    together = [batch for batch in model.batches if len(batch) > 1]
    assert [sorted(batch) for batch in together] == [[f"asker {at}" for at in range(4)]]
    assert model.batches.count(["asked by all"]) == 1


def test_a_model_whose_batches_differ_encodes_alone() -> None:
    """Where a vector depends on what else is in its batch, nothing is batched, and each is as it is alone."""
    model = Counting(same=False)
    embedder = Embedder("counting", model)
    rows = embedder.embed(["one text", "two texts", "six texts"])
    assert np.array_equal(rows[1], Embedder("other", Counting()).embed(["two texts"])[0])
    embedder.embed(["new text", "old text"])
    assert sum(len(batch) > 1 for batch in model.batches) == 1


def test_an_error_reaches_who_asked_and_nobody_else() -> None:
    """What could not be encoded is asked of the model again; other texts are not touched by it."""
    embedder = Embedder("counting", Counting())
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            embedder.embed(["broken"])
    assert embedder.embed(["whole"]).shape == (1, 3)


def passages_of(embedder: Embedder, texts: list[str]) -> int:
    """Embed passages; how many of them the model had to encode."""
    before = sum(map(len, embedder.llama_index.batches))
    embedder.embed_passages(texts)
    return sum(map(len, embedder.llama_index.batches)) - before


def counting(path: Path, *, limit: int = 1_000_000, fingerprint: str = "a model") -> Embedder:
    """An embedder that counts, with a cache on disk."""
    return Embedder("counting", Counting(), VectorCache(path, fingerprint, limit))


def test_no_passage_is_encoded_twice(tmp_path: Path) -> None:
    """Another embedder over the same cache encodes only what is new; of another model nothing is taken."""
    path = tmp_path / "vectors.cache"
    first = counting(path)
    assert passages_of(first, ["a ferry", "a bridge", "a mayor"]) == 3
    again = counting(path)
    assert passages_of(again, ["a mayor", "a harbour", "a ferry"]) == 1
    assert again.embed_passages(["a ferry"]) == first.embed_passages(["a ferry"])
    assert passages_of(counting(path, fingerprint="another"), ["a ferry"]) == 1


def test_the_cache_on_disk_stays_bounded(tmp_path: Path) -> None:
    """The oldest vectors go first, in one large batch too."""
    path = tmp_path / "vectors.cache"
    limit = 10 * (3 * 4 + 4 + 64)
    assert passages_of(counting(path, limit=limit), [f"text {at}" for at in range(30)]) == 30
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM vectors").fetchone() == (10,)
    passages_of(counting(path, limit=limit), ["new 1", "new 2"])
    assert passages_of(counting(path, limit=limit), ["new 1", "new 2"]) == 0
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM vectors").fetchone() == (10,)


@pytest.mark.parametrize("damage", ["no database", "a torn row", "cut short", "a folder"])
def test_a_damaged_cache_is_no_error(tmp_path: Path, damage: str) -> None:
    """Whatever is wrong with the file, passages are encoded, and the cache serves again where it can."""
    path = tmp_path / "vectors.cache"
    texts = [f"text {at}" for at in range(100)]
    wanted = counting(path).embed_passages(texts)
    if damage == "no database":
        path.write_bytes(b"no database at all " * 500)
    elif damage == "cut short":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "a torn row":
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE vectors SET vector = x'00112233445566778899'")
    else:
        path.unlink()
        path.mkdir()
    for _ in range(2):
        assert counting(path).embed_passages(texts) == wanted
    if damage != "a folder":
        assert passages_of(counting(path), texts) == 0

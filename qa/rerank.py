"""An optional cross-encoder that orders retrieved passages anew: slower than what comes before, and better.

Off unless QA_RERANKER names one: any sentence-transformers CrossEncoder, by name or folder.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence
from typing import Any

from qa.config import Settings
from qa.errors import ModelError
from qa.records import Hit


class Reranker:
    """Orders hits by what a cross-encoder makes of question and passage; safe to call from several threads."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._lock = threading.Lock()

    def rerank(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits with scores between 0 and 1, best first; equal ones stay in their order."""
        if not hits:
            return ()
        with self._lock:
            logits = self._model.predict(
                [(question, hit.passage.text) for hit in hits],
                batch_size=1,  # what else is in a batch changes the last digits
                show_progress_bar=False,
                activation_fn=_identity(),
            )
        scored = [Hit(hit.passage, _squash(float(logit))) for hit, logit in zip(hits, logits, strict=True)]
        return tuple(sorted(scored, key=lambda hit: -hit.score))


def load_reranker(settings: Settings) -> Reranker | None:
    """The cross-encoder of the settings; None when they name none.

    Raises:
        ModelError: it cannot be found or loaded, or gives more than one score.
    """
    if settings.reranker is None:
        return None
    from sentence_transformers import CrossEncoder

    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    try:
        model = CrossEncoder(settings.reranker)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The reranker {settings.reranker} cannot be loaded: {str(error).splitlines()[0]}",
            "Set QA_RERANKER to a folder, or to a name that `hf download NAME` has fetched; unset it for none.",
        ) from error
    if model.num_labels != 1:
        raise ModelError(
            f"The reranker {settings.reranker} gives {model.num_labels} scores for a pair, not one.",
            "Choose a cross-encoder made for ranking.",
        )
    return Reranker(model)


def _identity() -> Any:
    from torch import nn

    return nn.Identity()


def _squash(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, logit))))

"""Which language a text is in, by py3langid."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_SAMPLE = 1000  # characters that are enough to tell
_SURELY = 0.9


@lru_cache(maxsize=1)
def identifier() -> Any:
    """What tells languages apart: `classify(text)` gives an ISO 639-1 code and its probability."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language a text is surely in; None where it is too short to tell."""
    code, probability = identifier().classify(text[:_SAMPLE])
    return str(code) if probability >= _SURELY else None

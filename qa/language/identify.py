"""Which language a text is in, by py3langid."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_SAMPLE = 1000  # characters that are enough to tell
_SURELY = 0.9
_ENGLISH = frozenset("the of and to that was for with by on from were which".split())
_ENGLISH_SHARE = 0.12
_FEWEST_WORDS = 30


@lru_cache(maxsize=1)
def identifier() -> Any:
    """What tells languages apart: `classify(text)` gives an ISO 639-1 code and its probability."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language a text is surely in; None where it is too short to tell."""
    words = text[:_SAMPLE].casefold().split()
    # The identifier takes longer over a text than all else that is done on reading it.
    if len(words) >= _FEWEST_WORDS and sum(word in _ENGLISH for word in words) > _ENGLISH_SHARE * len(words):
        return "en"
    code, probability = identifier().classify(text[:_SAMPLE])
    return str(code) if probability >= _SURELY else None

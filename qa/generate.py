"""Let the model word an answer from the selected evidence, one sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence

from qa.llm.client import LanguageModel
from qa.prompts import INSTRUCTIONS, NOT_STATED, user_prompt
from qa.records import Doubt, Draft, Evidence
from qa.split import split_text

MAX_TOKENS = 96
MAX_TOKENS_PER_EVENT = 60
MOST_CHARS = 4000
SPOKEN_DOUBT = 0.8

_MARK = re.compile(r"\s*\[(\d{1,2})\]")
_OPEN_MARKS = re.compile(r"(?:\s*\[\d*\]?)+$")
_LEAD = re.compile(r"^\s*(?:answer\s*:|according to (?:quotation|source)?\s*\[\d+\],?)\s*", re.I)


def generate(
    model: LanguageModel,
    question: str,
    evidence: Sequence[Evidence],
    *,
    per_event: bool,
    begun: Callable[[], None] = lambda: None,
) -> Generator[Doubt | Draft, None, None]:
    """Yield how much the model doubts that it was shown an answer, as soon as that is known; then each drafted
    sentence when it is complete, none when the model finds no answer.

    `begun` is called when the model's first word is there. Closing the iterator stops the model.

    Raises:
        ModelUnreachableError: the model does not answer.
    """
    lines = len({item.document.event for item in evidence}) if per_event else 1
    limit = MAX_TOKENS_PER_EVENT * lines if per_event else MAX_TOKENS
    prompt = user_prompt(question, evidence, per_event=per_event)
    first: dict[str, float] = {}
    stream = model.stream(INSTRUCTIONS, prompt, max_tokens=limit, weigh=first.update)
    text, yielded, told = "", 0, False
    for piece in stream:
        if not text:
            begun()
        text += piece
        if not told and (first or len(text.strip()) >= len(NOT_STATED)):
            told = True
            yield Doubt(_refusing(first) if first else _spoken_doubt(text))
        if _refuses(text) or len(text) > MOST_CHARS:  # a server that does not keep to max_tokens
            break
        for draft in _drafts(_OPEN_MARKS.sub("", text))[yielded:-1]:  # the last one may still grow
            yield draft
            yielded += 1
    if not told:
        yield Doubt(_spoken_doubt(text))
    if _refuses(text) and first and not yielded:
        # Whoever still listens holds that there is an answer: what would the model say otherwise?
        stream.close()
        text = "".join(model.stream(INSTRUCTIONS, prompt, max_tokens=limit, avoid=NOT_STATED.split()[0]))
    if not _refuses(text):
        yield from _drafts(text)[yielded:]


def _refusing(first: Mapping[str, float]) -> float:
    """The probability of a refusal, from the likeliest first tokens."""
    found = [p for token, p in first.items() if token.strip() and NOT_STATED.startswith(token.strip())]
    return min(1.0, sum(found))


def _spoken_doubt(text: str) -> float:
    """What a reply tells of the model's doubt where its server does not; nonsense tells nothing."""
    return SPOKEN_DOUBT if _refuses(text) else 0.5


def _refuses(text: str) -> bool:
    return NOT_STATED.casefold() in text.casefold()


def _drafts(text: str) -> list[Draft]:
    """The sentences of a draft; a mark that stands after the full stop belongs to the sentence before."""
    drafts: list[Draft] = []
    for sentence in split_text(re.sub(r"([.!?])((?:\s*\[\d+\])+)", r" \2\1", text)):
        marks = tuple(int(number) for number in _MARK.findall(sentence))
        words = _LEAD.sub("", _MARK.sub("", sentence)).strip(" -*•")
        if any(char.isalnum() for char in words):
            drafts.append(Draft(words, marks))
    return drafts

"""Let the model word an answer from the selected evidence, one sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from qa.llm.client import LanguageModel
from qa.prompts import NOT_STATED, SYSTEM, SYSTEM_PER_EVENT, user_prompt
from qa.records import Draft, Evidence
from qa.split import split_text

MAX_TOKENS = 96
MAX_TOKENS_PER_EVENT = 60
MOST_CHARS = 4000

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
) -> Iterator[Draft | None]:
    """Yield each drafted sentence when it is complete; None, and no more, when the model finds no answer.

    `begun` is called when the model's first word is there.

    Raises:
        ModelUnreachableError: the model does not answer.
    """
    lines = len({item.document.event for item in evidence}) if per_event else 1
    stream = model.stream(
        SYSTEM_PER_EVENT if per_event else SYSTEM,
        user_prompt(question, evidence),
        max_tokens=MAX_TOKENS_PER_EVENT * lines if per_event else MAX_TOKENS,
    )
    text, yielded = "", 0
    for piece in stream:
        if not text:
            begun()
        text += piece
        if _refuses(text):
            yield None
            return
        if len(text) > MOST_CHARS:  # a server that does not keep to max_tokens
            break
        for draft in _drafts(_OPEN_MARKS.sub("", text))[yielded:-1]:  # the last one may still grow
            yield draft
            yielded += 1
    for draft in _drafts(text)[yielded:]:
        yield draft


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

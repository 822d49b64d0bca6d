"""Let the model word an answer from the selected evidence, one sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing

from qa.copying import Copies
from qa.errors import ModelUnreachableError
from qa.llm.client import LanguageModel, Request
from qa.observe import stage
from qa.prompts import COPIED, INSTRUCTIONS, NO, NOT_STATED, STATED, YES, stated_prompt, user_prompt
from qa.records import Assent, Doubt, Draft, Evidence
from qa.split import split_text

MAX_TOKENS = 96
MAX_TOKENS_PER_EVENT = 60
MOST_CHARS = 4000
SPOKEN_DOUBT = 0.8

_MARK = re.compile(r"\s*\[(\d{1,2})\]")
_OPEN_MARKS = re.compile(r"(?:\s*\[\d*\]?)+$")
_LEAD = re.compile(r"^\s*(?:answer\s*:|according to (?:quotation|source)?\s*\[\d+\],?)\s*", re.I)


@stage("generate", lambda said: {"drafts": int(isinstance(said, Draft))})
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
        ModelUnreachableError: the model does not answer, or does not end its reply.
    """
    lines = len({item.document.event for item in evidence}) if per_event else 1
    limit = MAX_TOKENS_PER_EVENT * lines if per_event else MAX_TOKENS
    prompt = user_prompt(question, evidence, per_event=per_event)
    first: dict[str, float] = {}
    text, yielded, told = "", 0, False
    with closing(model.stream(Request(INSTRUCTIONS, prompt, limit, weigh=first.update))) as pieces:
        for piece in pieces:
            if not text:
                begun()
            text += piece
            if not told and (first or len(text.strip()) >= len(NOT_STATED)):
                told = True
                yield Doubt(_refusing(first) if first else _spoken_doubt(text))
            if _refuses(text):
                break
            if len(text) > MOST_CHARS:  # a server that does not keep to max_tokens
                raise ModelUnreachableError(f"The model {model.name} did not end its reply.")
            for draft in _drafts(_OPEN_MARKS.sub("", text))[yielded:-1]:  # the last one may still grow
                yield draft
                yielded += 1
    if not told:
        yield Doubt(_spoken_doubt(text))
    if not _refuses(text):
        yield from _drafts(text)[yielded:]


class Copying:
    """A model that reads one piece of evidence, and copies of it what answers.

    `assent` says how sure it is that the piece states what the question asks for. A model that can be held to
    `copies` copies in any case: whoever takes its assent decides whether that is wanted. Without them nothing
    is copied. `place` and `again` as in Request; `begun` is called when the model's first word is there.

    Raises:
        ModelUnreachableError: the model does not answer.
    """

    def __init__(
        self,
        model: LanguageModel,
        question: str,
        item: Evidence,
        *,
        copies: Copies | None,
        place: int = 0,
        again: bool = False,
        begun: Callable[[], None] = lambda: None,
    ) -> None:
        self.item, self._copies = item, copies
        first: dict[str, float] = {}
        request = Request(
            STATED,
            stated_prompt(question, item),
            max_tokens=MAX_TOKENS if copies else 1,
            weigh=first.update,
            grammar=copies.grammar() if copies else None,
            place=place,
            again=again,
        )
        self._pieces = model.stream(request)
        self._text = ""
        for piece in self._pieces:
            if not self._text:
                begun()
            self._text += piece
            if first or len(self._text.lstrip()) > len(YES):
                break
        self.assent = _assent(first or {re.split(r"\W", self._text.lstrip())[0]: 1.0})

    def drafts(self) -> list[Draft]:
        """What is copied: a sentence, as a rule."""
        for piece in self._pieces:
            self._text += piece
            whole = self._copies.only(self._text) if self._copies else None
            if whole is not None or len(self._text) > MOST_CHARS:
                self._text = whole or self._text
                self.close()
        said = self._text.lstrip()
        return _drafts(said.removeprefix(COPIED)) if said.startswith(COPIED) else []

    def close(self) -> None:
        """Stop the model."""
        self._pieces.close()


def _assent(first: Mapping[str, float]) -> Assent:
    found = {word: _share(first, word) for word in (YES, NO)}
    total = sum(found.values())
    return Assent(found[YES] / total if total else 0.5)


def _share(told: Mapping[str, float], word: str) -> float:
    return sum(p for token, p in told.items() if token.strip().casefold() == word)


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

"""Have a model read evidence one piece at a time, to find the one that states what was asked, and copy that."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa.copying import copying_grammar
from qa.generate import Copying
from qa.llm.client import LanguageModel
from qa.prompts import COPIED
from qa.question import Question
from qa.records import Assent, Draft, Evidence
from qa.select import preference

SURE = 0.75
"""An assent from which on no further evidence is looked at."""


class Reader:
    """Reads for one question. Only the last piece is kept open, so that copying it costs no second reading.

    Raises (by what asks the model):
        ModelUnreachableError: the model does not answer.
    """

    def __init__(
        self, model: LanguageModel, asked: Question, *, begun: Callable[[], None] = lambda: None
    ) -> None:
        self._model, self._asked, self._begun = model, asked, begun
        self._open: Copying | None = None

    def choose(self, items: Sequence[Evidence]) -> tuple[Evidence, Assent]:
        """The piece that the model and the ranking together hold for the answer, and what the model says of it.

        Of `items`, best first, so many are read as it takes until the model is sure.
        """
        heard: list[tuple[float, Evidence, Assent]] = []
        for item in items:
            told = self._read(item).assent
            heard.append((preference(item, told), item, told))
            if told.probability >= SURE:
                break
        _, chosen, told = max(heard, key=lambda one: one[0])
        return chosen, told

    def copy(self, item: Evidence) -> list[Draft]:
        """What the model copies of a piece for an answer."""
        copying = self._open if self._open is not None and self._open.item is item else self._read(item)
        self._open = None
        return copying.drafts()

    def close(self) -> None:
        """Stop the model."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _read(self, item: Evidence) -> Copying:
        self.close()
        grammar = copying_grammar(self._asked, item, lead=COPIED)
        self._open = Copying(self._model, self._asked.text, item, grammar=grammar, begun=self._begun)
        return self._open

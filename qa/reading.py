"""Have a model read evidence one piece at a time, to find the one that states what was asked, and copy that."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa.copying import Copies, copies_of
from qa.generate import Copying
from qa.llm.client import LanguageModel
from qa.observe import stage
from qa.prompts import COPIED
from qa.question import Question
from qa.records import Assent, Draft, Evidence
from qa.select import preference

MOST_READ = 4
"""Of one group, each in about a second. Of 127 questions in words far from those of the reports 60 were
answered from the right piece with two, and 66 with four.
"""

SURE = 0.55
"""An assent from which on no further evidence is looked at: .75 in its place chose the right piece for one more
question of 141 on dev and validation and for one of 127 harder ones, and read 6 to 9 % more.
"""

ENOUGH = 0.375
"""An assent that is enough where two pieces have been looked at: the evidence is then held to answer."""


class Reader:
    """Reads for one question. The last piece is kept open, and the model keeps some of those before, so that
    copying costs no second reading.

    Raises (by what asks the model):
        ModelUnreachableError: the model does not answer.
    """

    def __init__(
        self, model: LanguageModel, asked: Question, *, begun: Callable[[], None] = lambda: None
    ) -> None:
        self._model, self._asked, self._begun = model, asked, begun
        self._open: Copying | None = None
        self._known: dict[tuple[str, int, int], tuple[int, Copies | None]] = {}

    @stage("generate")
    def choose(self, items: Sequence[Evidence]) -> tuple[Evidence, Assent]:
        """The piece that the model and the ranking together hold for the answer, and what the model says of it.

        Of `items`, best first, at most MOST_READ are read, and none after one that the model is sure of.
        """
        heard: list[tuple[float, Evidence, Assent]] = []
        for place, item in enumerate(items[:MOST_READ]):
            self._known[item.place] = place, copies_of(self._asked, item, lead=COPIED)
            told = self._read(item).assent
            heard.append((preference(item, told), item, told))
            if told.probability >= SURE or (place and max(one.probability for _, _, one in heard) >= ENOUGH):
                break
        _, chosen, told = max(heard, key=lambda one: one[0])
        return chosen, told

    @stage("generate", lambda drafts: {"drafts": len(drafts)})
    def copy(self, item: Evidence) -> list[Draft]:
        """What the model copies of a piece for an answer."""
        copying = self._open
        if copying is None or copying.item is not item:
            copying = self._read(item, again=True)
        self._open = None
        return copying.drafts()

    def close(self) -> None:
        """Stop the model."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _read(self, item: Evidence, *, again: bool = False) -> Copying:
        self.close()
        place, copies = self._known[item.place]
        self._open = Copying(
            self._model,
            self._asked.text,
            item,
            copies=copies,
            place=place,
            again=again,
            begun=self._begun,
        )
        return self._open

"""Have a model read evidence one piece at a time, to find the one that states what was asked, and copy that."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa.copying import Copies, copies_of
from qa.generate import Copying
from qa.llm.client import LanguageModel
from qa.observe import stage
from qa.prompts import COPIED
from qa.question import Question
from qa.records import Assent, Draft, Event, Evidence
from qa.select import preference, rivals

MOST_READ = 4
"""Of one group, each in about a second. Of 127 questions in words far from those of the reports 60 were
answered from the right piece with two, and 66 with four.
"""

SURE = 0.75
"""An assent from which on no further evidence is looked at. Of 229 questions of dev, validation and
`training/reports/cases.jsonl` 202 are answered from the right piece with it; 198 were with .55, or
.375 after two pieces, for which 18 % fewer were read.
"""

ALSO = 0.6
"""An assent from which on a piece of another event answers too. With it what came near was right for 6 of those
questions and wrong for none, with .5 for one.
"""


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
        self._heard: dict[tuple[str, int, int], Assent] = {}

    @stage("generate")
    def choose(self, items: Sequence[Evidence]) -> tuple[Evidence, Assent]:
        """The piece that the model and the ranking together hold for the answer, and what the model says of it.

        Of `items`, best first, at most MOST_READ are read, and none after one that the model is sure of.
        """
        heard: list[tuple[float, Evidence, Assent]] = []
        for item in items[:MOST_READ]:
            told = self._hear(item)
            heard.append((preference(item, told), item, told))
            if told.probability >= SURE:
                break
        _, chosen, told = max(heard, key=lambda one: one[0])
        return chosen, told

    @stage("generate", lambda found: {"found": len(found)})
    def elsewhere(self, chosen: Evidence, items: Sequence[Evidence]) -> list[tuple[Evidence, Assent]]:
        """Of each other event the best of `items` that comes near the chosen one and that the model holds for
        an answer too, with what it says of it.
        """
        found: dict[Event, tuple[Evidence, Assent]] = {}
        passed = {Event(None, None), chosen.document.event}
        for item in items[:MOST_READ]:
            event = item.document.event
            if event not in passed and event not in found and rivals(item, chosen):
                told = self._hear(item)
                if told.probability >= ALSO:
                    found[event] = item, told
        return list(found.values())

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

    def _hear(self, item: Evidence) -> Assent:
        if item.place not in self._heard:
            self._known[item.place] = len(self._known), copies_of(self._asked, item, lead=COPIED)
            self._heard[item.place] = self._read(item).assent
        return self._heard[item.place]

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

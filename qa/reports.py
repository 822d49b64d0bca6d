"""All documents of a snapshot, with what questions look up of them: no question reads every text.

What is looked up is computed from the digests when it is first asked for, and kept as long as the snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from qa.records import Document, Event
from qa.storage.digest import Digest, digest_of, mark

Owners = npt.NDArray[np.int32]
_Row = TypeVar("_Row", np.uint64, np.int32)
_NO_MARKS = np.zeros(0, np.uint64)
_NO_TIMES = np.zeros((0, 4), np.int32)


class Reports(Sequence[Document]):
    """Documents in order, none twice; safe to use from several threads."""

    def __init__(self, documents: Sequence[Document], digests: Mapping[str, Digest] | None = None) -> None:
        self._documents = tuple(documents)
        self._given = digests

    @overload
    def __getitem__(self, at: int) -> Document: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Document, ...]: ...
    def __getitem__(self, at: int | slice) -> Document | tuple[Document, ...]:
        return self._documents[at]

    def __len__(self) -> int:
        return len(self._documents)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._documents)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The distinct events, the oldest first; undated ones last."""
        return tuple(self.by_event)

    @cached_property
    def all_events(self) -> tuple[Event, ...]:
        """The distinct events, that of no known one too, in the order of the documents."""
        return tuple(dict.fromkeys(document.event for document in self._documents))

    @cached_property
    def by_event(self) -> Mapping[Event, Sequence[Document]]:
        """The documents of each event, the oldest event first; those of no known event are left out."""
        found: dict[Event, list[Document]] = {}
        for document in self._documents:
            found.setdefault(document.event, []).append(document)
        found.pop(Event(None, None), None)
        order = sorted(found, key=lambda event: (event.date is None, str(event.date), event.place or ""))
        return {event: found[event] for event in order}

    @cached_property
    def by_publisher(self) -> Mapping[str, Sequence[Document]]:
        """The documents of each publisher. "AB / The Courier" are two, an article in front does not count."""
        found: dict[str, list[Document]] = {}
        for document in self._documents:
            for name in dict.fromkeys(publishers_of(document)):
                found.setdefault(name, []).append(document)
        return found

    def among(self, ids: Collection[str]) -> Reports:
        """Those with these ids."""
        return Reports([document for document in self._documents if document.id in ids], self._given)

    def knows(self, stem: str) -> bool:
        """Whether any text or headline has a word of this stem."""
        return bool(self._with(stem, self._text).size or self._with(stem, self._headline).size)

    def text_knows(self, stem: str) -> bool:
        """Whether any text has a word of this stem."""
        return bool(self._with(stem, self._text).size)

    def having(self, stems: Collection[str], *, headline: bool = False) -> list[Document]:
        """The documents whose text (with `headline`: or headline) has words of all these stems, in order."""
        found: Owners | None = None
        for stem in stems:
            own = self._with(stem, self._text)
            if headline:
                own = np.union1d(own, self._with(stem, self._headline))
            found = own if found is None else np.intersect1d(found, own)
        if found is None:
            return list(self._documents)
        return [self._documents[at] for at in sorted(set(found.tolist()))]

    def having_any(self, stems: Collection[str]) -> list[Document]:
        """The documents whose text has a word of one of these stems, in order."""
        found = {at for stem in stems for at in self._with(stem, self._text).tolist()}
        return [self._documents[at] for at in sorted(found)]

    def sharing(self, words: Sequence[Collection[str]], share: float) -> Reports:
        """Those that have at least a share of as many of the words as any has, in text or headline; a word is
        given by the stems of its forms. All, where no document has any.
        """
        counts = np.zeros(len(self._documents), np.int32)
        for stems in words:
            own = [self._with(stem, among) for stem in stems for among in (self._text, self._headline)]
            counts[np.unique(np.concatenate(own))] += 1
        kept = np.flatnonzero((counts > 0) & (counts >= share * counts.max(initial=0)))
        return self.among({self._documents[at].id for at in kept}) if 0 < len(kept) < len(counts) else self

    def times_within(self, spans: Iterable[tuple[int, int]]) -> list[tuple[Document, int, int]]:
        """Where texts (start, end) speak of times that lie within one of some spans of days (ordinals, both
        included).
        """
        owner, times = self._times
        chosen = np.zeros(len(owner), bool)
        for first, last in spans:
            chosen |= (times[:, 2] >= first) & (times[:, 3] <= last)
        return [(self._documents[owner[at]], *map(int, times[at, :2])) for at in np.flatnonzero(chosen)]

    def on_weekdays(self, weekdays: Collection[int]) -> list[Document]:
        """The documents whose texts speak of such a day of the week (Monday is 0) by its name or date."""
        owner, times = self._times
        chosen = (times[:, 2] == times[:, 3]) & np.isin((times[:, 2] + 6) % 7, sorted(weekdays))
        return [self._documents[at] for at in sorted(set(owner[chosen].tolist()))]

    @cached_property
    def _digests(self) -> Sequence[Digest]:
        if self._given is None:
            return [digest_of(document) for document in self._documents]
        return [self._given[document.id] for document in self._documents]

    @cached_property
    def _text(self) -> tuple[Owners, npt.NDArray[np.uint64]]:
        return _joined([digest.text for digest in self._digests], _NO_MARKS)

    @cached_property
    def _headline(self) -> tuple[Owners, npt.NDArray[np.uint64]]:
        return _joined([digest.headline for digest in self._digests], _NO_MARKS)

    @cached_property
    def _times(self) -> tuple[Owners, npt.NDArray[np.int32]]:
        return _joined([digest.times for digest in self._digests], _NO_TIMES)

    @staticmethod
    def _with(stem: str, among: tuple[Owners, npt.NDArray[np.uint64]]) -> Owners:
        owner, marks = among
        found: Owners = owner[marks == np.uint64(mark(stem))]
        return found


def reports_of(documents: Sequence[Document]) -> Reports:
    """Documents as reports; themselves when they are."""
    return documents if isinstance(documents, Reports) else Reports(documents)


def publishers_of(document: Document) -> list[str]:
    """The names in a publisher's line."""
    parts = re.split(r"\s*(?:/|,|;|\band\b|&)\s*", document.publisher or "")
    return [re.sub(r"^(?:the|a)\s+", "", part, flags=re.I) for part in parts if len(part) > 1]


def _joined(arrays: Sequence[npt.NDArray[_Row]], none: npt.NDArray[_Row]) -> tuple[Owners, npt.NDArray[_Row]]:
    """Arrays one after the other, with the place of the one that each row is of."""
    sizes = [len(one) for one in arrays]
    return np.repeat(np.arange(len(arrays), dtype=np.int32), sizes), np.concatenate([none, *arrays])

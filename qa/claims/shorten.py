"""All the ways to shorten a sentence that leave it true: where it may begin, what may be left out, where it may
end. They are the same rules that `entail` checks a finished claim with, laid out ahead, so that a model can
be held to them while it writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.claims.edges import prefix_flaw, suffix_flaw
from qa.claims.entail import gap_between, is_optional, is_scoped
from qa.claims.frames import sentences_of
from qa.language.grammar import AT_TIME, is_finite
from qa.language.lexicon import SPEECH
from qa.language.units import Unit, Units
from qa.words import tokens

Attributed = Callable[[Units], bool]
_NO_SUBJECT = frozenset("PUN CC AUX V MOD SUB TO ADV PREP PRO POS".split())
_SAME_PHRASE = frozenset("ART DET POS N NUM ADV PREP CC".split())  # nothing begins right after these
_STANDS_ALONE = frozenset("ART DET POS".split())  # never left without what follows it
_STANDS_BEFORE = frozenset("PREP TO SUB AUX MOD".split())  # nor these
_OPENS_PHRASE = frozenset("PREP ADV PUN SUB CC DATE".split())
_OPENING = ("“", "(")
_CLOSING = (",", ";", ":", ")", "”", "…")


@dataclass(frozen=True)
class Shortenings:
    """A sentence as pieces, and the ways through them: `starts`, which pieces may follow each (`hops`), `ends`.

    `span` is the place in the quotation. A way that ends must have taken a piece of `verbs`. The last
    piece brings the sentence's own end along.
    """

    span: tuple[int, int]
    pieces: tuple[str, ...]
    starts: tuple[int, ...]
    hops: tuple[tuple[tuple[int, str], ...], ...]
    """For each piece, those that may follow it, each with what stands between them."""
    ends: dict[int, str]
    """The pieces that may be last, each with what closes the sentence after it."""
    verbs: frozenset[int]


def shortenings(
    quote: str, attributed: Attributed, asked: frozenset[str] = frozenset()
) -> Iterator[Shortenings]:
    """For each sentence of a quotation; a pronoun that opens one is replaced by the name it stands for.

    A word whose stem is among `asked`, and is there only once, is never left out: what is asked for is near.
    """
    for sentence in sentences_of(quote):
        text = quote[slice(*sentence.span)]
        yield _Reading(text, sentence.units, sentence.named, attributed, asked).shortenings(sentence.span)


class _Reading:
    """A sentence's units; the first `named` of them come from the sentence before."""

    def __init__(
        self,
        text: str,
        units: tuple[Unit, ...],
        named: int,
        attributed: Attributed,
        asked: frozenset[str],
    ) -> None:
        self.text, self.units, self.named, self.attributed = text, units, named, attributed
        stems = [{token.stem for token in tokens(f"{unit.text} {unit.key}")} & asked for unit in units]
        told = Counter(stem for found in stems for stem in found)
        self.kept = [at for at, found in enumerate(stems) if any(told[stem] == 1 for stem in found)]
        self.needed = [at for at in range(len(units)) if not is_optional(units[at])]
        self.scoped = next((at for at, unit in enumerate(units) if is_scoped(unit)), len(units))
        self.quoted = _quoted(units)
        # Whom a pronoun means is told by what stands before it, all of which therefore stays.
        pronouns = [at for at, unit in enumerate(units) if _refers_back(unit) and not self.quoted[at]]
        self.pronoun = max(pronouns, default=-1)

    def shortenings(self, span: tuple[int, int]) -> Shortenings:
        count = len(self.units)
        return Shortenings(
            span,
            tuple(self._piece(at) for at in range(count)),
            tuple(at for at in range(count) if self._may_begin(at)),
            tuple(
                tuple((to, self._between(at, to)) for to in range(at + 1, count) if self._may_follow(at, to))
                for at in range(count)
            ),
            {at: self._close(at) for at in range(count) if self._may_end(at)},
            frozenset(at for at, unit in enumerate(self.units) if is_finite(unit)),
        )

    def _may_begin(self, at: int) -> bool:
        if at == 0:
            return True
        unit, before, first = self.units[at], self.units[at - 1], self._needed_from(at)
        if self.quoted[at] or at <= self.pronoun or first is None or self._drops_kept(-1, at):
            return False
        if unit.tag in _NO_SUBJECT or unit.key == AT_TIME or before.tag in _SAME_PHRASE or self._apposed(at):
            return False
        return prefix_flaw(list(self.units[:first]), self.units[first:], (), self.attributed) is None

    def _apposed(self, at: int) -> bool:
        """Whether a name between commas begins there, its verb behind it: "Their leader, Ann Roe, said"."""
        comma = next((n for n in range(at, len(self.units)) if self.units[n].tag == "PUN"), 0)
        closed = self.units[at - 1].text == self.units[comma].text == ","
        return closed and comma + 1 < len(self.units) and is_finite(self.units[comma + 1])

    def _may_follow(self, at: int, to: int) -> bool:
        if to == at + 1:
            return True
        if self.quoted[at + 1] or self.quoted[to] or at < self.pronoun or not self._stays_whole(at, to):
            return False
        if self._drops_kept(at, to):
            return False
        left, right = self._needed_to(at), self._needed_from(to)
        if left is None or right is None:
            return False
        said = (*self.units[left : at + 1], *self.units[to : right + 1])
        scoped = at >= self.scoped
        return gap_between(self.units, left, right, said, scoped=scoped, attributed=self.attributed) is None

    def _stays_whole(self, at: int, to: int) -> bool:
        """Whether what is left out is whole phrases, or adjectives of a noun that stays."""
        left, gap, right = self.units[at], self.units[at + 1 : to], self.units[to]
        if left.tag in _STANDS_BEFORE or left.low in ("a", "an") or any(unit.text in '“”"' for unit in gap):
            return False
        aside = gap[0].tag == "PUN" and gap[-1].tag == "PUN"
        if any(unit.tag in ("AUX", "MOD", "NEG") for unit in gap) and not aside:
            return False
        if gap[0].tag == "PUN" and not aside and right.tag != "PUN":
            return False
        if gap[0].tag == "CC" and right.tag in ("V", "AUX", "MOD"):  # the verb would have one subject of two
            return False
        if gap[0].tag in _OPENS_PHRASE or gap[0].key == AT_TIME:
            return gap[-1].tag not in _STANDS_ALONE and not (
                right.tag in ("N", "NUM", "ING") and gap[-1].tag in ("N", "NUM", "ADV", "PREP")
            )
        plain = all(unit.tag in ("N", "ADV") and not unit.is_name for unit in gap)
        return right.tag == "N" and left.tag != "NUM" and plain

    def _may_end(self, at: int) -> bool:
        if at == len(self.units) - 1:
            return True
        last = self._needed_to(at)
        unit = self.units[at]
        if is_optional(unit) or unit.tag == "ADV" or self.quoted[at + 1] or last is None or self._cuts(at):
            return False
        if self._drops_kept(at, len(self.units)):
            return False
        rest, used = list(self.units[last + 1 :]), self.units[: last + 1]
        scoped = at >= self.scoped
        return suffix_flaw(self.units[last], rest, used, scoped=scoped, attributed=self.attributed) is None

    def _cuts(self, at: int) -> bool:
        """Whether an end here would tell that somebody spoke, and not what."""
        spoken = [n for n, unit in enumerate(self.units[: at + 1]) if unit.tag == "V" and unit.key in SPEECH]
        if not spoken or any(unit.text in ("”", '"') for unit in self.units[:at]):
            return False
        told = self.units[spoken[-1] + 1 :]
        return spoken[-1] == at or (
            any(map(is_finite, told)) and not any(map(is_finite, told[: at - spoken[-1]]))
        )

    def _drops_kept(self, after: int, before: int) -> bool:
        """Whether a unit that must stay lies between two places."""
        return any(after < place < before for place in self.kept)

    def _needed_from(self, at: int) -> int | None:
        return next((place for place in self.needed if place >= at), None)

    def _needed_to(self, at: int) -> int | None:
        return next((place for place in reversed(self.needed) if place <= at), None)

    def _piece(self, at: int) -> str:
        unit = self.units[at]
        return " ".join((unit.text if at < self.named else self.text[unit.start : unit.end]).split())

    def _between(self, at: int, to: int) -> str:
        left, right = self.units[at], self.units[to]
        if to == at + 1 and at >= self.named:
            gap = self.text[left.end : right.start]
            return f" {gap.strip()} ".replace("  ", " ") if gap != gap.strip() else gap
        if left.text in _OPENING or right.text in _CLOSING:
            return ""
        return " "

    def _close(self, at: int) -> str:
        tail = self.text[self.units[at].end :].strip() if at == len(self.units) - 1 else "."
        return tail or ("" if self.units[at].text in ("”", '"') else ".")


def _refers_back(unit: Unit) -> bool:
    return unit.tag in ("PRO", "POS") and unit.low not in ("there", "one")


def _quoted(units: Sequence[Unit]) -> list[bool]:
    """For each unit, and the end, whether a quotation is open before it."""
    inside, found = False, [False]
    for unit in units:
        inside = (
            unit.text == "“" or (unit.text == '"' and not inside) or (inside and unit.text not in ("”", '"'))
        )
        found.append(inside)
    return found

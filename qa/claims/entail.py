"""Whether a sentence follows from another one by leaving out what may be left out, and by nothing else.

The words of a claim are laid along the words of the evidence in order. What lies between two of them was left
out, and every such gap must be of a kind that leaves the rest true (see `gaps`); so must what stands before the
first word and after the last (see `edges`). Who is quoted must stay, unless the question itself asks what that
person said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qa.claims.edges import prefix_flaw, suffix_flaw
from qa.claims.gaps import gap_flaw
from qa.language.grammar import AT_TIME
from qa.language.lexicon import BE, SCOPED
from qa.language.units import Unit, Units

Same = Callable[[Unit, Unit], bool]
_OPTIONAL = frozenset({"ART", "AUX", "PUN"})


@dataclass(frozen=True, slots=True)
class Match:
    """Which unit of the evidence each unit of a claim was laid on; -1 for what needs none."""

    places: tuple[int, ...]

    @property
    def used(self) -> frozenset[int]:
        """The places in the evidence."""
        return frozenset(place for place in self.places if place >= 0)


def entails(evidence: Units, claim: Units, same: Same, *, attributed: Callable[[Units], bool]) -> Match | str:
    """Lay the claim along the evidence, or say which kind of word or gap prevents it.

    `same` compares a unit of the claim with one of the evidence; `attributed` tells whether the speaker, the
    words that stand around a verb of saying, may be left out.
    """
    needed = [position for position, unit in enumerate(claim) if not is_optional(unit)]
    if not needed:
        return "fragment"
    options = [[at for at, unit in enumerate(evidence) if same(claim[position], unit)] for position in needed]
    if not all(options):
        lacking = claim[needed[options.index([])]]
        return "negation" if lacking.tag == "NEG" else "words"
    return _Search(evidence, claim, needed, options, attributed).run()


def is_optional(unit: Unit) -> bool:
    """Whether a unit of a claim needs no place in the evidence."""
    return unit.tag in _OPTIONAL or unit.low in ("that", "also", "now", "one") or unit.key == AT_TIME


def is_scoped(unit: Unit) -> bool:
    """Whether nothing may be left out after a unit: what is denied, or the only one."""
    return unit.tag == "NEG" or unit.low in SCOPED or unit.low.endswith("n't")


class _Search:
    """The walk over all ways to lay a claim along evidence; each pair of places is tried once."""

    def __init__(
        self,
        evidence: Units,
        claim: Units,
        needed: list[int],
        options: list[list[int]],
        attributed: Callable[[Units], bool],
    ) -> None:
        self.evidence, self.claim, self.needed, self.options = evidence, claim, needed, options
        self.attributed = attributed
        self.dead: set[tuple[int, int]] = set()
        self.deepest, self.flaw = -1, "order"
        scoped = (index for index, position in enumerate(needed) if is_scoped(claim[position]))
        self.scoped = next(scoped, len(needed))  # from which needed unit on nothing may be left out

    def run(self) -> Match | str:
        for start in self.options[0]:
            if (flaw := self._prefix(start)) is None:
                if (path := self._extend(0, start)) is not None:
                    places = [-1] * len(self.claim)
                    for position, place in zip(self.needed, path, strict=True):
                        places[position] = place
                    return Match(tuple(places))
            else:
                self._note(-1, flaw)
        return self.flaw

    def _note(self, depth: int, flaw: str) -> None:
        if depth >= self.deepest:
            self.deepest, self.flaw = depth, flaw

    def _extend(self, index: int, place: int) -> list[int] | None:
        if index + 1 == len(self.needed):
            flaw = self._suffix(place)
            if flaw is not None:
                self._note(index, flaw)
            return [place] if flaw is None else None
        for other in self.options[index + 1]:
            if other <= place or (index + 1, other) in self.dead:
                continue
            flaw = self._between(index, place, other)
            if flaw is None:
                rest = self._extend(index + 1, other)
                if rest is not None:
                    return [place, *rest]
                self.dead.add((index + 1, other))
            else:
                self._note(index, flaw)
        return None

    def _between(self, index: int, left: int, right: int) -> str | None:
        one, other = self.needed[index], self.needed[index + 1]
        said = self.claim[one : other + 1]
        return gap_between(
            self.evidence, left, right, said, scoped=index >= self.scoped, attributed=self.attributed
        )

    def _prefix(self, start: int) -> str | None:
        lead = self.claim[: self.needed[0]]
        return prefix_flaw(list(self.evidence[:start]), self.evidence[start:], lead, self.attributed)

    def _suffix(self, place: int) -> str | None:
        used = [self.claim[position] for position in self.needed]
        return suffix_flaw(
            self.evidence[place],
            list(self.evidence[place + 1 :]),
            used,
            scoped=len(self.needed) > self.scoped,
            attributed=self.attributed,
        )


def gap_between(
    evidence: Units, left: int, right: int, said: Units, *, scoped: bool, attributed: Callable[[Units], bool]
) -> str | None:
    """Why what the evidence has between two of its units may not be left out, None where it may.

    `said` is what a claim has there, from the unit that is laid on `left` to the one that is laid on `right`.
    """
    whole, inserted = evidence[left + 1 : right], said[1:-1]
    gap = _unrepeated(list(whole), inserted)
    # A new phrase begins right before the word on the right, whether or not the claim repeats its article.
    fresh = bool(whole) and (whole[-1].tag in ("ART", "DET", "POS", "PUN", "SUB") or whole[-1].key == AT_TIME)
    flaw = gap_flaw(
        evidence[left], gap, evidence[right], inserted, scoped=scoped, attributed=attributed, fresh=fresh
    )
    return flaw or _joint_flaw(evidence, left, right, said)


def _joint_flaw(evidence: Units, left: int, right: int, said: Units) -> str | None:
    """What is wrong where two laid words meet: auxiliaries between them that make another statement."""
    one, *middle, other = said
    inserted = [unit for unit in middle if unit.tag == "AUX"]
    between = [unit for unit in evidence[left + 1 : right] if unit.tag in ("AUX", "V", "MOD")]
    if inserted and other.tag != "V" and not _families(inserted) & _families(between):
        # "X, a minister" bears "X is a minister"; "X the minister" in one name does not.
        apart = any(unit.tag == "PUN" for unit in evidence[left + 1 : right])
        if between or not (apart and inserted[0].low in BE and evidence[left].tag == "N"):
            return "frame"
    commas = [unit for unit in middle if unit.text in (",", "(", "–", "—")]
    if commas and right == left + 1 and other.tag == "N" and one.tag == "N":
        return "frame"
    return None


def _unrepeated(gap: list[Unit], inserted: Units) -> list[Unit]:
    """What lies between two laid units of the evidence and is not said between them in the claim as well."""
    for said in inserted:
        for at, unit in enumerate(gap):
            alike = unit.low == said.low or (
                unit.tag == said.tag == "AUX" and _families([unit]) == _families([said])
            )
            if alike and unit.tag != "PUN":
                del gap[at]
                break
    return gap


def _families(units: Units) -> set[str]:
    """Which of be, have and do are among the auxiliaries."""
    return {"be" if unit.low in BE else unit.low[0] for unit in units if unit.tag == "AUX"}

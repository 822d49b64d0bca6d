"""Made-up news reports, the same ones every time, as many as a benchmark asks for.

Words follow Zipf's law over a vocabulary that grows with the collection, as it does in real text; every report
tells of an event with a day and a place, in about twenty sentences. `fill` writes them with random unit vectors
in place of encoded ones, where only the speed of searching matters: encoding 100,000 passages takes hours.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from qa.embed import Embedder

PASSAGES_EACH = 4.5  # of a report, on average
DIMENSIONS = 384
_SOUNDS = ("ba de ka lo mi nu pa ro sa ti vo za el an or is un ar che dra fen gor hul jem kri").split()
_VERBS = "opened closed visited repaired announced delayed praised questioned approved rejected".split()
_LINKS = "near after before with against for during without".split()
_PUBLISHERS = ("The Harbour Post", "Northern Wire", "Evening Courier", "The Ledger", "Coast Daily")


def random_embedder(name: str = "random") -> Embedder:
    """An embedder that costs next to nothing: each text has a unit vector that follows from its bytes."""
    from llama_index.core.embeddings import BaseEmbedding

    class _Random(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
            vector = np.random.default_rng(seed).standard_normal(DIMENSIONS, dtype=np.float32)
            found: list[float] = (vector / np.linalg.norm(vector)).tolist()
            return found

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return Embedder(name, _Random())


def reports_for(passages: int) -> int:
    """How many reports make about so many passages."""
    return max(1, round(passages / PASSAGES_EACH))


def write_reports(folder: Path, count: int) -> None:
    """Write reports as text files, a thousand to a folder, with what is known of each beside them."""
    for first in range(0, count, 1000):
        place = folder / f"{first // 1000:04}"
        place.mkdir(parents=True, exist_ok=True)
        known = []
        for number in range(first, min(first + 1000, count)):
            name = f"{number:06}.txt"
            headline, day, town, publisher, text = report(number)
            (place / name).write_text(f"{headline}\n\n{text}\n", encoding="utf-8")
            known.append(
                f'["{name}"]\ntitle = "{headline}"\npublisher = "{publisher}"\npublished = {day}\n'
                f'event_date = {day}\nevent_place = "{town}"\n'
            )
        (place / "sources.toml").write_text("\n".join(known), encoding="utf-8")


def report(number: int) -> tuple[str, date, str, str, str]:
    """The report of this number: headline, day, town, publisher and text; always the same."""
    chance = random.Random(number)  # nothing secret
    day = date(1990, 1, 1) + timedelta(days=number % 12_000)
    town = f"{_name(chance, 60)} {'Bay' if number % 3 else 'Haven'}"
    people = [f"{_name(chance, 400)} {_name(chance, 3000)}" for _ in range(3)]
    headline = f"{_word(chance).capitalize()} and {_word(chance)} in {town}"
    parts = [" ".join(_sentences(chance, day, town, people)) for _ in range(chance.randint(4, 6))]
    return headline, day, town, chance.choice(_PUBLISHERS), "\n\n".join(parts)


def questions(count: int, reports: int) -> list[str]:
    """Questions of the kinds that people ask, about reports that are there."""
    found = []
    for at in range(count):
        _, day, town, _, text = report(at * 7919 % reports)
        words = text.split(". ")[at % 4].split()
        found.append(
            (
                f"What did the {words[3]} of the {words[6]} do?",
                f"Who spoke of the {words[3]} in {town}?",
                f"How many people asked about the {words[3]} in {day:%B %Y}?",
                f"Why was the {words[6]} {_VERBS[at % len(_VERBS)]}?",
            )[at % 4]
        )
    return found


def _sentences(chance: random.Random, day: date, town: str, people: Sequence[str]) -> Iterator[str]:
    for _ in range(chance.randint(3, 5)):
        form = chance.randrange(4)
        if form == 0:
            yield (
                f"{chance.choice(people)} said the {_word(chance)} of the {_word(chance)} was "
                f"{chance.choice(_VERBS)} {chance.choice(_LINKS)} the {_word(chance)}."
            )
        elif form == 1:
            yield (
                f"About {chance.randint(2, 9000)} people asked about the {_word(chance)} {_word(chance)} on "
                f"{day:%d %B %Y} in {town}, and the {_word(chance)} {chance.choice(_VERBS)} it."
            )
        elif form == 2:
            yield (
                f"“The {_word(chance)} must not be {chance.choice(_VERBS)},” said {chance.choice(people)} of "
                f"the {_word(chance)} {_word(chance)}."
            )
        else:
            yield (
                f"In {chance.randint(1950, 2020)} the {_word(chance)} {chance.choice(_VERBS)} the "
                f"{_word(chance)} {chance.choice(_LINKS)} a {_word(chance)} {_word(chance)} {_word(chance)}."
            )


def _word(chance: random.Random) -> str:
    """A word by the law of Zipf and Mandelbrot: the most frequent one is in about every fifth passage."""
    return _spelt(int(min(60 * (chance.paretovariate(1.0) - 1), 2e6)))


def _name(chance: random.Random, most: int) -> str:
    return _spelt(7_000_000 + chance.randrange(most)).capitalize()


def _spelt(rank: int) -> str:
    """A number as a word that can be spoken; another number, another word."""
    rest, said = rank + len(_SOUNDS), ""
    while rest:
        rest, sound = divmod(rest, len(_SOUNDS))
        said += _SOUNDS[sound]
    return said

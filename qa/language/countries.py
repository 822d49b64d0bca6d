"""The several words that name one country: reports call it by its name, its people or its capital."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from qa.words import fold, stem

# What countries are called in short, by their demonym; the table has only their whole names.
_SHORT = {"American": ("America", "US", "U.S", "USA"), "British": ("Britain", "UK", "U.K")}


def same_country(word: str) -> frozenset[str]:
    """The stems of the words that may stand for the country that a stem names, itself too: for "lisbon" those
    of "Portugal" and "Portuguese". Names of several words are left out.
    """
    return _kin().get(word, frozenset()) | {word}


@lru_cache(maxsize=1)
def _kin() -> Mapping[str, frozenset[str]]:
    from countryinfo import CountryInfo

    found: dict[str, set[str]] = defaultdict(set)
    every: Mapping[str, Mapping[str, Any]] = CountryInfo.all()
    for country in every.values():
        names: list[str] = [*_SHORT.get(str(country.get("demonym")), ())]
        for field in ("name", "demonym", "capital"):
            value = country.get(field) or ""
            names += value if isinstance(value, list) else [value]
        stems = {stem(fold(name)) for name in names if name.replace(".", "").isalpha()}
        for one in stems:
            found[one] |= stems
    return {one: frozenset(kin) for one, kin in found.items()}

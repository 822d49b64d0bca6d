"""Whom an office means: "the Norwegian minister" is the one whom the reports call so, by name.

Reports give an office once and the name alone afterwards; a question that has the office only would miss those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa.followups.refer import ROLE
from qa.language.countries import same_country
from qa.language.mentions import people
from qa.records import Sentence
from qa.words import fold, stem

_OFFICE = re.compile(
    rf"\b(?:the\s+(?P<adjective>[A-Za-z.]+)\s+|(?P<owner>[A-Z][\w.]*)['’]s?\s+|the\s+)(?P<role>(?:(?:defen[cs]e|interior|finance)\s+)?{ROLE}|secretary\s+of\s+state)\b"
    r"(?:\s+of\s+(?:the\s+)?(?P<land>[A-Z][\w.]*))?(?!\s*,?\s+(?-i:[A-Z])|\s+of\b)",
    re.I,
)


def with_names(question: str, texts: Iterable[tuple[Sentence, ...]]) -> str:
    """The question with the name of each whom it calls by country and office, where the texts, each given by
    its sentences, name exactly one so: "What did the Norwegian minister, Vey, say?".
    """
    found = [(match, country) for match in _OFFICE.finditer(question) if (country := _country_of(match))]
    mentions = [mention for sentences in texts for mention in people(sentences)] if found else []
    for match, country in reversed(found):
        held = [one for one in mentions if one.role and one.is_called(match["role"]) and one.is_of(country)]
        names = list({one.key: one.name.split()[-1] for one in held}.values())
        if len(names) == 1 and fold(names[0]) not in fold(question):
            rest = question[match.end() :]
            question = f"{question[: match.end()]}, {names[0]}{',' if rest.startswith(' ') else ''}{rest}"
    return question


def _country_of(match: re.Match[str]) -> frozenset[str]:
    """The words for the country that an office is given; none where it is given none."""
    land = match["adjective"] or match["owner"] or match["land"]
    country = same_country(stem(fold(land))) if land else frozenset[str]()
    return country if len(country) > 1 else frozenset()

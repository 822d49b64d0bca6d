"""Which reports are about those whom a question names, where a collection holds several matters.

"The first meeting of Brandt and Rossi" is the first of theirs, and "in 2014" is not the flood of that year.
"""

from __future__ import annotations

from qa.language.countries import same_country
from qa.reports import Reports
from qa.scopes.places import named_places
from qa.words import MONTHS, WEEKDAYS, fold, name_tokens, tokens

LEAST_SHARE = 1 / 3  # of the names that the report with most of them has
_TIMES = frozenset((*MONTHS, *WEEKDAYS))


def of_matter(question: str, reports: Reports) -> Reports:
    """The reports that have the names of a question; all of them where none has one, or where each has some. A
    place where events were is no name of theirs: it tells one of them from the others.
    """
    named = [token.stem for token in name_tokens(question) if fold(token.text) not in _TIMES]
    places = named_places(question, reports.events, reports) if named else ()
    there = {token.stem for place in places for token in tokens(place)}
    names = dict.fromkeys(name for name in named if name not in there)
    return reports.sharing([same_country(name) for name in names], LEAST_SHARE)

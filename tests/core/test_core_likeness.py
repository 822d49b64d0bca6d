"""Copies of one report are told from reports of one event."""

from __future__ import annotations

from datetime import date

import pytest
from support import make_document

from qa.likeness import copies_among, is_copy, without_copies

WIRE = (
    "The ferry Alba ran aground on Tuesday at six in the morning near the North Pier of Varn.\n\n"
    "At least twelve passengers were injured when the ship listed, the police said. Captain Oda Lind steered. "
    "The rescue lasted three hours and brought all of them ashore. Divers found the anchor in the bay later."
)
OTHER = (
    "A ferry with sixty people on board has run aground off Varn, the port authority said on Tuesday.\n\n"
    "Twelve people were taken to hospital, and the captain is to be heard by the police today. "
    "The Alba had been inspected last month. The rescue lasted three hours and brought all of them ashore."
)
WRAPPED = WIRE.replace("near the North Pier", "near\nthe North Pier").replace("listed, the", "listed,\nthe")


@pytest.mark.parametrize(
    ("other", "copy"),
    [
        ("Stranded\n\n" + WIRE, True),
        (WIRE.replace("twelve", "thirteen"), True),
        (WIRE.rsplit(". ", 2)[0] + ".", True),
        (WIRE + " " + OTHER, True),
        (WRAPPED, True),
        (OTHER, False),
        ("Short. Very short.", False),
        ("", False),
    ],
    ids=["headline", "figure", "cut", "longer", "wrapped", "own", "short", "empty"],
)
def test_what_is_a_copy(other: str, copy: bool) -> None:
    """Another headline, figure, end or line breaks leave a copy; another report shares a sentence at most."""
    assert is_copy(WIRE, other) is is_copy(other, WIRE) is copy


def test_each_copy_is_linked_to_the_first() -> None:
    """Copies of a copy too, and the rest stays."""
    first = make_document(WIRE, "a.txt", published=date(2020, 1, 1))
    second = make_document("Stranded\n\n" + WIRE, "b.txt")
    third = make_document(WIRE.replace("twelve", "thirteen"), "c.txt")
    own = make_document(OTHER, "d.txt")
    assert copies_among([first, own, second, third]) == {second.id: first.id, third.id: first.id}
    assert without_copies([first, own, second, third]) == [first, own]

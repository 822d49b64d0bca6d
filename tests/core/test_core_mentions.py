"""Whom a report names, what they are called, and who is speaking."""

from __future__ import annotations

import pytest
from support import make_document

from qa.language.countries import same_country
from qa.language.mentions import first_named, named, people
from qa.language.roles import called, is_role
from qa.language.speech import says
from qa.records import Sentence
from qa.split import split_sentences
from qa.words import stem


def _sentences(text: str) -> tuple[Sentence, ...]:
    return tuple(split_sentences(make_document(text)))


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Then Foreign Minister Ida Vey arrived.", "Ida Vey", "Foreign Minister"),
        ("He met Deputy Secretary of State Jon Abel.", "Jon Abel", "Deputy Secretary of State"),
        ("The club's official spokesman Karl Moe denied it.", "Karl Moe", "official spokesman"),
        ("The harbour's director, Ruth Ames-Holt, agreed.", "Ruth Ames-Holt", "director"),
        ("The envoy to the island, Bo Lind, was late.", "Bo Lind", "envoy"),
        ("Ann Teal, deputy director of the Alder Institute, disagreed.", "Ann Teal", "deputy director"),
        ("Ann Teal, the island's new governor, disagreed.", "Ann Teal", "governor"),
        ("They were led by Lt.-Gen. Otto Karr.", "Otto Karr", "Lt.-Gen."),
        ("Only President Omar al-Hadi stayed away.", "Omar al-Hadi", "President"),
        ("“It is late,” said Mona Reed, who keeps the lamp.", "Mona Reed", ""),
    ],
)
def test_people_are_read_with_their_role(text: str, name: str, role: str) -> None:
    """In front of the name, behind it, or set off by commas; whoever speaks is somebody."""
    (mention,) = people(_sentences(text))
    assert (mention.name, mention.role.removeprefix("new ")) == (name, role)
    assert mention.text in text
    assert mention.name in mention.text


@pytest.mark.parametrize(
    "text",
    [
        "They sat in the Palace, a former minister said.",
        "It was held in June, said a spokeswoman of the State Office.",
        "The Prime Minister was late.",
        "According to the Union Bank, nothing was lost.",
        "Greeting her, the mayor smiled.",
    ],
)
def test_places_months_and_offices_are_nobody(text: str) -> None:
    """A role beside a name that is not its own, and a role without a name, name nobody."""
    assert people(_sentences(text)) == ()


@pytest.mark.parametrize(
    ("role", "asked", "expected"),
    [
        ("Lt.-Gen.", "generals", True),
        ("Secretary General", "generals", False),
        ("Foreign Minister", "ministers", True),
        ("Foreign Minister", "foreign ministers", True),
        ("Prime Minister", "foreign ministers", False),
        ("Prime Minister", "leaders", True),
        ("spokeswoman", "spokesmen", True),
        ("mayor", "officials", True),
        ("coach", "officials", False),
    ],
)
def test_a_question_may_use_another_word(role: str, asked: str, *, expected: bool) -> None:
    """Short forms, wider words and several words are understood; an office that ends alike is not meant."""
    (mention,) = people(_sentences(f"Yesterday {role} Ida Vey spoke."))
    assert mention.is_called(asked) is expected


def test_things_are_named_by_their_kind() -> None:
    """The kind stands before the name, behind it or in it; a people's adjective is no name."""
    found = named(
        "newspapers",
        _sentences(
            "It told the Norian newspaper Dawn Today. According to the daily Moor Post, all is well. "
            "The Norian newspaper did not reply. The Valley Herald did."
        ),
    )
    assert [mention.name for mention in found] == ["Dawn Today", "Moor Post", "Valley Herald"]
    (agency,) = named("agency", _sentences("He told the Tarn news agency so."))
    assert agency.text == "Tarn news agency"


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("Vey said no.", "vey", True),
        ("“No,” said Ida Vey.", "vey", True),
        ("The envoy, Ida Vey, said no.", "vey", True),
        ("Ida Vey, deputy director of the school, later added that it was late.", "vey", True),
        ("The agency quoted Vey as saying no.", "vey", True),
        ("According to Ida Vey, it was late.", "vey", True),
        ("The envoy told Vey that it was late.", "vey", False),
        ("Norland, an old ally of Vey, has warned the town.", "vey", False),
        ("Vey came to warn the town.", "vey", False),
        ("According to the town, Vey was late.", "vey", False),
        ("The spokesman confirmed it.", "spokesman", True),
        ("Ida Vey of New Holm said no.", "vey", True),
        ("Ida Vey of New Holm said no.", "holm", False),
        ("A friend of Ida Vey said no.", "vey", False),
    ],
)
def test_who_speaks(text: str, key: str, *, expected: bool) -> None:
    """The subject of a reporting verb does, not who is spoken to or of."""
    (sentence,) = _sentences(text)
    assert says(sentence, frozenset({key})) is expected


def test_words_for_people() -> None:
    """A role is known in the singular and the plural, and with its short forms."""
    assert is_role("Spokesmen")
    assert is_role("people")
    assert not is_role("newspapers")
    assert "gen" in called("generals")


def test_the_first_sentence_with_a_name() -> None:
    """Names are found by their last word, whatever article leads it."""
    sentences = _sentences("Nobody came. Omar al-Hadi did. So did Hadi's brother.")
    assert first_named(sentences)["hadi"] == sentences[1]


@pytest.mark.parametrize(
    ("text", "danish"),
    [
        ("Danish Minister Ida Vey arrived.", True),
        ("Denmark's Queen Ida Vey arrived.", True),
        ("Ida Vey, an adviser to Denmark's king, agreed.", True),
        ("Ida Vey, a deputy director of the Denmark and Norway Institute, agreed.", False),
        ("Minister Ida Vey met Danish farmers.", False),
        ("In Denmark, Minister Ida Vey spoke.", False),
    ],
)
def test_what_country_somebody_is_of(text: str, danish: bool) -> None:
    """It is told by a word in the role, right before it, or behind "of" and "to"; by nothing else."""
    (mention,) = people(_sentences(text))
    assert mention.is_of(same_country(stem("danish"))) is danish

"""ALCE's citation recall and precision, and which spans hold gold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_world import CROWD_2014, CROWD_2016, QUOTED, World

from eval.schema.cases import Case, sentence_id
from eval.scoring.evidence import Attribution, attribution, holds
from qa.records import Answer, AnswerSentence


def attributed(world: World, answer: Answer) -> Attribution:
    """Recall and precision of an answer over the two reports."""
    return attribution(answer, world.collection.documents, world.collection.words)


def test_a_citation_that_supports_alone_counts(world: World) -> None:
    """One sentence, one citation, all of it there."""
    answer = world.say("1,200 people came to the pier.", world.cite(world.old, CROWD_2014))
    assert attributed(world, answer) == Attribution((True,), (True,))


def test_a_citation_that_adds_nothing_does_not_count(world: World) -> None:
    """The sentence is supported by the first citation, without the second, and not by the second alone."""
    cited = (world.cite(world.old, CROWD_2014), world.cite(world.new, "Rain fell all day.", 2))
    assert attributed(world, world.say("1,200 people came to the pier.", *cited)) == Attribution(
        (True,), (True, False)
    )


def test_two_halves_count_both(world: World) -> None:
    """Neither supports the sentence alone, and neither can be left out."""
    cited = (world.cite(world.old, CROWD_2014), world.cite(world.new, CROWD_2016, 2))
    answer = world.say("1,200 people came to the pier, then 900.", *cited)
    assert attributed(world, answer) == Attribution((True,), (True, True))


def test_two_alike_count_both(world: World) -> None:
    """Each supports the sentence alone, as in ALCE."""
    cited = (world.cite(world.old, CROWD_2014), world.cite(world.old, CROWD_2014, 2))
    answer = world.say("1,200 people came to the pier.", *cited)
    assert attributed(world, answer) == Attribution((True,), (True, True))


@pytest.mark.parametrize("text", ["1,300 people came to the pier.", "The wind was kind to Brook."])
def test_nothing_counts_at_an_unsupported_sentence(world: World, text: str) -> None:
    """Neither for recall nor, whatever it says, for precision."""
    answer = world.say(text, world.cite(world.old, CROWD_2014))
    assert attributed(world, answer) == Attribution((False,), (False,))


def test_a_sentence_without_a_citation_is_not_supported(world: World) -> None:
    """Not even one that claims nothing; a number that is not listed is no citation."""
    assert attributed(world, world.say("Yes.")) == Attribution((False,), ())
    unlisted = replace(world.say("Yes."), sentences=(AnswerSentence("Yes.", (4,), "model"),))
    assert attributed(world, unlisted) == Attribution((False,), ())


def test_only_a_sentences_own_citations_carry_it(world: World) -> None:
    """The second sentence is supported by what only the first one cites."""
    one, two = world.cite(world.old, CROWD_2014), world.cite(world.old, QUOTED, 2)
    sentences = (
        AnswerSentence("1,200 people came.", (1,), "model"),
        AnswerSentence("1,200 people came.", (2,), "model"),
    )
    answer = replace(world.say("", one, two), sentences=sentences)
    assert attributed(world, answer) == Attribution((True, False), (True, False))


def test_a_span_holds_gold(world: World, cases: tuple[Case, ...]) -> None:
    """Half of the sentence or a place within it; never in another document."""
    (gold,) = cases[0].gold
    ((start, end),) = gold.spans
    half = (end - start + 1) // 2
    assert holds(gold, world.old.id, start - 30, start + half)
    assert not holds(gold, world.old.id, start - 30, start + half - 2)
    assert holds(gold, world.old.id, start + 3, start + 5)
    assert not holds(gold, world.new.id, start, end)


def test_gold_ids_are_made_of_texts(cases: tuple[Case, ...]) -> None:
    """Document id and 16 digits of the sentence's hash, wherever the sentence stands."""
    (gold,) = cases[0].gold
    assert gold.id == sentence_id(gold.document_id, CROWD_2014)
    assert replace(gold, spans=((0, 1),), document="renamed.txt").id == gold.id
    assert gold.id.split(":")[0] == gold.document_id
    assert len(gold.id.split(":")[1]) == 16

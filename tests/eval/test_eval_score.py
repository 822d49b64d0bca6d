"""One case and one answer: right or not, evidence, spans, events, disagreements."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_world import CROWD_2014, CROWD_2016, World

from eval.schema.cases import Case
from eval.scoring.evidence import covered, focus, is_exact, points_to
from eval.scoring.score import outcome, score
from qa.records import Answer, Disagreement, DisagreementValue


def test_a_right_answer_scores_in_full(world: World, cases: tuple[Case, ...]) -> None:
    """Right value, gold evidence, exact span, faithful sentence, right event."""
    found = score(
        cases[0], world.say("1,200 people came.", world.cite(world.old, CROWD_2014)), world.collection
    )
    assert (found.outcome, found.citations_right, found.evidence_found) == ("right", (True,), True)
    assert found.keeps_contract
    assert found.wrong_event is False


def test_the_siblings_value_is_wrong(world: World, cases: tuple[Case, ...]) -> None:
    """A forbidden value makes an answer wrong even beside the right one."""
    both = world.say(
        "1,200 people came, then 900.", world.cite(world.old, CROWD_2014), world.cite(world.new, CROWD_2016, 2)
    )
    found = score(cases[0], both, world.collection)
    assert (found.outcome, found.wrong_event) == ("wrong", True)
    assert found.citations_right == (True, False)
    assert found.evidence_found is True


def test_a_report_of_another_event_is_a_wrong_event(world: World, cases: tuple[Case, ...]) -> None:
    """Citing the sibling event's report counts though the answer is right."""
    answer = world.say(
        "1,200 people came.", world.cite(world.old, CROWD_2014), world.cite(world.new, "Rain fell", 2)
    )
    found = score(cases[0], answer, world.collection)
    assert (found.outcome, found.wrong_event) == ("right", True)


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        ("abstained", "The documents do not say.", "right"),
        ("ambiguous", "Which one?", "asked back"),
        ("answered", "Brook won.", "wrong"),
        ("abstained", "Brook won.", "wrong"),
    ],
)
def test_unanswerable_cases(
    world: World, cases: tuple[Case, ...], status: str, text: str, expected: str
) -> None:
    """Only an abstention that claims nothing is right."""
    claims = world.say(text, world.cite(world.old, CROWD_2014)).sentences if "won" in text else ()
    answer = Answer("", "", status, text, claims)  # type: ignore[arg-type]  # parametrized
    assert outcome(cases[2], answer) == expected


def test_answerable_cases_that_claim_nothing(cases: tuple[Case, ...]) -> None:
    """An abstention is no error of fact, nor is asking back, and neither is right."""
    assert outcome(cases[0], Answer("", "", "abstained", "1,200")) == "abstained"
    assert outcome(cases[0], Answer("", "", "ambiguous", "Which year?")) == "asked back"


def test_open_questions_may_be_asked_back(world: World, cases: tuple[Case, ...]) -> None:
    """Where the event is left open, asking is right, and so is the value of each event but not of one."""
    case = replace(cases[0], type="ambiguous", expect="per_event", answers=(("1,200",), ("900",)), forbidden=())
    assert outcome(case, Answer("", "", "ambiguous", "2014 or 2016?")) == "right"
    assert outcome(case, world.say("1,200 in 2014 and 900 in 2016.")) == "right"
    assert outcome(case, world.say("1,200 people came.")) == "wrong"


def test_an_error_is_a_score_too(world: World, cases: tuple[Case, ...]) -> None:
    """A question that ended in an error is not right and counts nowhere else."""
    found = score(cases[2], None, world.collection)
    assert (found.outcome, found.status, found.right) == ("error", "error", False)


def test_half_a_gold_sentence_is_enough_to_point_to_it(world: World, cases: tuple[Case, ...]) -> None:
    """Overlap of half, or lying within; a touch from outside is too little, as is another document."""
    (gold,) = cases[0].gold
    half = world.cite(world.old, "2014. At least 1,200 people ca")
    touch = world.cite(world.old, "opened the regatta on June 3, 2014. At")
    within = world.cite(world.old, "1,200")
    assert points_to(half, [gold])
    assert not points_to(touch, [gold])
    assert points_to(within, [gold])
    assert not points_to(replace(half, document_id=world.new.id), [gold])
    assert covered(gold, [half])
    assert not covered(gold, [within])


def test_focus_is_the_gold_share_of_a_citation(world: World, cases: tuple[Case, ...]) -> None:
    """A gold sentence alone is all gold; with as many characters around it, half."""
    (gold,) = cases[0].gold
    citation = world.cite(world.old, CROWD_2014)
    assert focus(citation, [gold]) == 1
    assert focus(replace(citation, start=citation.start - len(CROWD_2014)), [gold]) == 0.5
    assert focus(world.cite(world.new, CROWD_2016), [gold]) == 0


def test_every_sentence_of_a_sufficient_set_is_needed(world: World, cases: tuple[Case, ...]) -> None:
    """One of two needed sentences is not sufficient; an alternative set by itself is."""
    both = replace(cases[0], evidence=((*cases[0].gold, *cases[1].gold),))
    either = replace(cases[0], evidence=(cases[0].gold, cases[1].gold))
    answer = world.say("1,200", world.cite(world.old, CROWD_2014))
    assert score(both, answer, world.collection).evidence_found is False
    assert score(either, answer, world.collection).evidence_found is True


def test_a_span_is_exact_or_not(world: World) -> None:
    """One character beside, an unknown document or an empty span is not exact."""
    citation = world.cite(world.old, CROWD_2014)
    documents = world.collection.documents
    assert is_exact(citation, documents)
    assert not is_exact(replace(citation, start=citation.start + 1), documents)
    assert not is_exact(replace(citation, document_id="0" * 16), documents)
    assert not is_exact(replace(citation, quote="", end=citation.start), documents)


def test_sentences_need_citations_that_exist(world: World, cases: tuple[Case, ...]) -> None:
    """No citation, or one that is not listed, breaks point 1 of the contract."""
    answer = world.say("1,200 people came.", world.cite(world.old, CROWD_2014))
    unlisted = replace(answer, sentences=(replace(answer.sentences[0], citations=(1, 7)),))
    assert score(cases[0], unlisted, world.collection).sentences_cited == (False,)
    assert score(cases[0], world.say("1,200 people came."), world.collection).sentences_cited == (False,)


def test_a_disagreement_needs_both_values_from_two_documents(world: World, cases: tuple[Case, ...]) -> None:
    """Both gold values side by side count; one of them, or both from one document, does not."""
    case = replace(cases[0], type="disagreement", answers=(("1,200",), ("900",)), forbidden=())
    old, new = world.cite(world.old, CROWD_2014), world.cite(world.new, CROWD_2016, 2)
    values = (DisagreementValue("1,200", 1), DisagreementValue("nine hundred", 2))
    answer = replace(world.say("Reports differ.", old, new), disagreements=(Disagreement("crowd", values),))
    assert score(case, answer, world.collection).disagreement_found is True
    assert score(case, answer, world.collection).right
    one = replace(answer, disagreements=(Disagreement("crowd", values[:1]),))
    assert score(case, one, world.collection).disagreement_found is False
    same = replace(answer, citations=(old, replace(old, number=2)))
    assert score(case, same, world.collection).disagreement_found is False

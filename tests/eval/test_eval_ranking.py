"""Where gold evidence stands among the spans that were weighed."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import pytest
from eval_world import CROWD_2014, CROWD_2016, QUOTED, World

from eval.schema.cases import Case
from eval.scoring.ranking import CUTOFFS, Ranking, measures_of, rank_of, wrong_event_at
from qa.records import Document, Event, Evidence, Found, Selection


def found(*spans: Evidence) -> Found:
    """What a search found, best first."""
    return Found("", (), Selection((), "answer", considered=spans))


def span(document: Document, quote: str) -> Evidence:
    """A span that was weighed."""
    start = document.text.index(quote)
    return Evidence(document, start, start + len(quote), 0.5)


def test_the_rank_of_a_gold_sentence(world: World, cases: tuple[Case, ...]) -> None:
    """Second of three, behind a sentence of the same report; a span around it holds it too."""
    around = f"on June 3, 2014. {CROWD_2014} “The"
    spans = (span(world.old, QUOTED), span(world.old, around), span(world.new, CROWD_2016))
    ranking = rank_of(cases[0], found(*spans), world.collection.documents)
    (gold,) = cases[0].gold
    assert ranking == Ranking(((gold.id,),), ((), (gold.id,), ()), (False, False, True))
    assert ranking.rank(gold.id) == 2
    assert ranking.rank("another") is None


def test_a_gold_sentence_counts_where_it_stands_first(world: World, cases: tuple[Case, ...]) -> None:
    """A second span with the same sentence brings nothing new."""
    spans = (span(world.old, CROWD_2014), span(world.old, CROWD_2014))
    ranking = rank_of(cases[0], found(*spans), world.collection.documents)
    assert [len(ids) for ids in ranking.held] == [1, 0]


def test_cases_without_gold_rank_nothing(world: World, cases: tuple[Case, ...]) -> None:
    """What is not in the documents cannot be found in them, and no event is the wrong one."""
    ranking = rank_of(cases[2], found(span(world.old, CROWD_2014)), world.collection.documents)
    assert ranking == Ranking((), ((),), ())
    assert wrong_event_at(ranking, 1) is None


def test_an_unknown_event_is_no_other_event(world: World, cases: tuple[Case, ...]) -> None:
    """A report of which neither date nor place is known may tell of the same event."""
    unknown = replace(world.new, event=Event(None, None))
    ranking = rank_of(cases[0], found(span(unknown, CROWD_2016)), world.collection.documents)
    assert ranking.other_event == (False,)
    per_event = replace(cases[0], expect="per_event")
    assert rank_of(per_event, found(span(world.new, CROWD_2016)), world.collection.documents).other_event == ()


def test_measures_by_hand() -> None:
    """Gold second: RR 1/2, nDCG 1/log2(3); two needed of which one is there: recall 1/2; none: all 0."""
    second = Ranking((("a",),), ((), ("a",)))
    half = Ranking((("a", "b"),), (("a",), ()))
    none = Ranking((("a",),), ((), ()))
    empty = Ranking((("a",),), ())
    values = measures_of({"second": second, "half": half, "none": none, "empty": empty})
    assert set(values) == set(CUTOFFS)
    assert values["success_1"] == {"second": 0, "half": 1, "none": 0, "empty": 0}
    assert values["success_5"] == {"second": 1, "half": 1, "none": 0, "empty": 0}
    assert values["rr_10"] == {"second": 0.5, "half": 1, "none": 0, "empty": 0}
    assert values["ndcg_10"]["second"] == pytest.approx(0.6309, abs=1e-4)
    assert values["recall_10"] == {"second": 1, "half": 0.5, "none": 0, "empty": 0}


def test_the_best_sufficient_set_counts() -> None:
    """One of two reports that say the same is enough; one of two sentences that are needed is not."""
    either = Ranking((("a",), ("b",)), (("b",), ()))
    both = Ranking((("a", "b"),), (("b",), ()))
    assert measures_of({"x": either})["recall_5"] == {"x": 1}
    other = Ranking((("b",), ("a",)), (("b",), ()))
    assert measures_of({"x": other})["recall_5"] == {"x": 1}
    assert measures_of({"x": both})["recall_5"] == {"x": 0.5}


def test_one_span_may_hold_two_gold_sentences() -> None:
    """Both are found by it, and the cut-off counts sentences."""
    values = measures_of({"x": Ranking((("a", "b"),), (("a", "b"),))})
    assert values["recall_5"] == values["ndcg_10"] == {"x": 1}


def test_ranks_beyond_the_cut_off_do_not_count() -> None:
    """The sixth is not among the first five, the eleventh not among the first ten."""
    sixth = Ranking((("a",),), (*[()] * 5, ("a",)))
    eleventh = Ranking((("a",),), (*[()] * 10, ("a",)))
    values = measures_of({"sixth": sixth, "eleventh": eleventh})
    assert values["success_5"] == {"sixth": 0, "eleventh": 0}
    assert values["rr_10"] == {"sixth": pytest.approx(1 / 6), "eleventh": 0}


def test_without_ir_measures_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library has no build the rest of the suite runs on."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert measures_of({"x": Ranking((("a",),), (("a",),))}) == {}


def test_wrong_events_at_a_cut_off() -> None:
    """The share of the first spans; of fewer spans than that, the share of those."""
    ranking = Ranking((("a",),), ((), (), ()), (True, False, False))
    assert (wrong_event_at(ranking, 1), wrong_event_at(ranking, 2)) == (1, 0.5)
    assert wrong_event_at(ranking, 9) == pytest.approx(1 / 3)

"""Dateline without one of its parts, over a real index of the made-up reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from eval_world import CROWD_2014, World

from eval.systems.ablations import ABLATIONS, PLAIN_PASSAGES, Alone, Drafts, chosen, show, whole_passages
from eval.systems.asked import Asks
from eval.systems.bench import Bench, Pipeline, open_bare, open_bench
from eval.systems.system import DATELINE, PEER, System
from qa.config import Settings
from qa.llm.fake import FakeModel
from qa.pipeline import Wording
from qa.records import Draft, Event

QUICK = ["quotation alone", "no BM25", "headline not matched", "no dates", "no reranker"]
ASKED = "How many people came to the pier at Lindow?"


@pytest.fixture
def settings(world: World, make_settings: Callable[..., Settings]) -> Settings:
    """No model; the reports with what is known of them."""
    (world.folder / "sources.toml").write_text(
        '["old.txt"]\nevent_date = 2014-06-03\nevent_place = "Lindow"\n'
        '["new.txt"]\nevent_date = 2016-06-05\nevent_place = "Ostby"\n',
        encoding="utf-8",
    )
    return make_settings(seed_dir=world.folder, llm_tier="none")


@pytest.fixture
def bench(settings: Settings) -> Iterator[Bench]:
    """The indexed reports."""
    with open_bench(settings, wording=Wording(None, "")) as opened:
        yield opened


def worded(bench: Bench, model: FakeModel) -> Bench:
    """The bench with a model."""
    return replace(bench, wording=Wording(model, ""))


def test_which_ablations_can_be_run(settings: Settings) -> None:
    """Without a model those that need none; a reranker can be taken away where there is one."""
    quick = chosen(settings, False)
    assert set(quick) == {"no BM25", "headline not matched", "no dates"}
    reranked = settings.model_copy(update={"reranker": "some-cross-encoder"})
    assert set(chosen(reranked, False)) - set(quick) == {"no reranker"}
    assert set(chosen(settings, True)) - set(quick) == {
        "model alone",
        "plain pipeline",
        "no verification",
        "quotation alone",
    }


@pytest.mark.parametrize("name", QUICK)
def test_each_one_answers(world: World, settings: Settings, tmp_path: Path, name: str) -> None:
    """Opened as a run opens it, it answers from the right report and tells what it found."""
    with System(name, settings, world.folder)() as system:
        answer, found = system.ask(ASKED), system.find(ASKED)
    assert answer.status == "answered"
    assert CROWD_2014 in [citation.quote for citation in answer.citations]
    assert found is not None
    assert found.hits
    assert not (settings.data_dir / "index").exists()


def test_without_dates_nothing_is_known_of_a_report(settings: Settings) -> None:
    """The same texts and ids, no event, and the sidecar stays where it is."""
    with open_bare(settings) as bare:
        documents = list(bare.snapshot.documents.values())
    assert {document.event for document in documents} == {Event(None, None)}
    assert (settings.seed_dir / "sources.toml").is_file()


def test_drafts_are_shown_as_they_are(bench: Bench) -> None:
    """No verification: what the model claims is the answer, with those of its marks that exist."""
    drafts = Drafts(
        worded(bench, FakeModel(["Seven million Danes came [1][9]."])), lambda found: found.selection
    )
    answer = drafts.ask(ASKED)
    (sentence,) = answer.sentences
    assert (sentence.text, sentence.citations) == ("Seven million Danes came.", (1,))
    assert [citation.number for citation in answer.citations] == [1]
    assert (answer.status, answer.model) == ("answered", "fake")


def test_a_model_that_refuses_abstains(bench: Bench) -> None:
    """NOT STATED is no sentence."""
    answer = Drafts(worded(bench, FakeModel(["NOT STATED"])), lambda found: found.selection).ask(ASKED)
    assert (answer.status, answer.sentences) == ("abstained", ())


def test_the_plain_pipeline_gets_passages(bench: Bench) -> None:
    """The first of what was retrieved, whole, whatever is asked."""
    found = Pipeline(bench.means, bench.wording).find("Who won the cup of the moon?")
    selection = whole_passages(found, bench.snapshot)
    assert selection.verdict == "answer"
    assert 1 <= len(selection.evidence) <= PLAIN_PASSAGES
    assert [item.quote for item in selection.evidence] == [
        hit.passage.text for hit in found.hits[:PLAIN_PASSAGES]
    ]


def test_the_model_alone_sees_no_document(bench: Bench) -> None:
    """It is asked the bare question, and its answer cites nothing."""
    model = FakeModel(["About a million.", "NOT STATED"])
    alone = Alone(worded(bench, model))
    answer = alone.ask(ASKED)
    assert [asked.user for asked in model.asked] == [ASKED]
    assert (answer.answer, answer.citations, answer.sentences[0].citations) == ("About a million.", (), ())
    assert alone.find(ASKED) is None
    assert alone.ask(ASKED).status == "abstained"


def test_marks_that_point_nowhere_are_dropped() -> None:
    """Each number once, and only those that there are."""
    assert show(Draft("A.", (2, 2, 0, 5, 1)), 3).citations == (2, 1)


def test_a_system_knows_what_makes_it(settings: Settings, world: World) -> None:
    """Remembered answers of an ablation or the peer go when its own code changes; Dateline's do not."""
    assert System(DATELINE, settings, world.folder).sources == ()
    assert "systems/peer.py" in System(PEER, settings, world.folder).sources
    for name in ABLATIONS:
        assert "systems/ablations.py" in System(name, settings, world.folder).sources


def test_dateline_is_opened_over_the_documents(settings: Settings, world: World) -> None:
    """The system of every run: a new index, everything loaded."""
    opened: Asks
    with System(DATELINE, settings, world.folder)() as opened:
        assert CROWD_2014 in [citation.quote for citation in opened.ask(ASKED).citations]

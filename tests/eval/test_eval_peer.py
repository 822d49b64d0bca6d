"""The stock engine: its replies are read into answers, and it runs over a real index."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from eval_world import CROWD_2014, CROWD_2016, World

from eval.schema.cases import Case
from eval.scoring.score import score
from eval.systems.bench import open_bench
from eval.systems.peer import Peer, locate, marks, open_peer, read_reply
from qa.config import Settings
from qa.errors import ModelError
from qa.llm.fake import FakeModel
from qa.pipeline import Wording
from qa.records import Answer


@pytest.fixture
def read(world: World) -> Callable[[str], Answer]:
    """Read a reply to the first question, with the two reports as sources 1 and 2."""
    documents = {world.old.id: world.old, world.new.id: world.new}
    sources = [(world.old.id, f"Source 1:\n{world.old.text}"), (world.new.id, f"Source 2:\n{CROWD_2016}\n")]
    return lambda reply: read_reply("How many people came in 2014?", reply, sources, documents, "stub")


def test_a_reply_with_marks_is_scored_as_an_answer(
    world: World, cases: tuple[Case, ...], read: Callable[[str], Answer]
) -> None:
    """Sentences without their marks, citations with exact spans, the same scorer."""
    answer = read("At least 1,200 people came [1]. Nine hundred came in 2016. [2]")
    assert [(item.text, item.citations) for item in answer.sentences] == [
        ("At least 1,200 people came.", (1,)),
        ("Nine hundred came in 2016.", (2,)),
    ]
    assert [item.quote for item in answer.citations] == [world.old.text.strip(), CROWD_2016]
    found = score(cases[0], answer, world.collection)
    assert (found.outcome, found.spans_exact) == ("wrong", (True, True))
    assert score(cases[0], read("It was 1,200 people [1]."), world.collection).right


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Empty Response",
        "The sources do not mention who won the regatta.",
        "The provided sources don't contain any information about this. However, 900 came [2].",
        "It is not stated in the sources.",
        "I cannot answer this question.",
        "None of the sources are helpful.",
        "There is no information about it [1].",
    ],
)
def test_a_reply_that_cannot_answer_abstains(reply: str, read: Callable[[str], Answer]) -> None:
    """Nothing is claimed and nothing cited."""
    answer = read(reply)
    assert (answer.status, answer.sentences, answer.citations) == ("abstained", (), ())


@pytest.mark.parametrize(
    "reply", ["The club did not win.", "No boat was lost [1].", "He said that he cannot swim."]
)
def test_a_negative_answer_is_an_answer(reply: str, read: Callable[[str], Answer]) -> None:
    """Denying something is no refusal to answer."""
    assert read(reply).status == "answered"


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("A [1][2].", (1, 2)),
        ("A [1, 3].", (1, 3)),
        ("A (Source 2).", (2,)),
        ("A [2] b [2].", (2,)),
        ("In 2014.", ()),
    ],
)
def test_marks_as_models_write_them(sentence: str, numbers: tuple[int, ...]) -> None:
    """Brackets, lists, and the word "source"."""
    assert marks(sentence) == numbers


def test_marks_of_no_source_are_dropped(read: Callable[[str], Answer]) -> None:
    """The sentence then has no citation, which the scorer counts against it."""
    (sentence,) = read("1,200 people came [7].").sentences
    assert sentence.citations == ()


def test_a_chunk_is_found_in_its_document(world: World) -> None:
    """Whatever the splitter did to its white space; what does not stand there is not found."""
    start = world.old.text.index(CROWD_2014)
    assert locate(CROWD_2014.replace(" ", "\n"), world.old) == (start, start + len(CROWD_2014))
    assert locate("Nobody came.", world.old) is None
    assert locate(" ", world.old) is None


def test_the_engine_answers_from_the_documents(world: World, make_settings: Callable[..., Settings]) -> None:
    """LlamaIndex's own engine over a real index: its prompt holds the sources, its marks become citations."""
    settings = make_settings(seed_dir=world.folder, llm_tier="none")
    model = FakeModel(["Nine hundred people came [1]."])
    with open_bench(settings, wording=Wording(model, "")) as bench:
        peer = Peer(bench, model)
        answer = peer.ask("How many people came to the pier in Ostby?")
        assert peer.find("How many people came?") is None
    assert "Source 1:" in model.asked[0].user
    assert (answer.status, answer.model) == ("answered", "fake")
    (citation,) = answer.citations
    assert citation.document_id in {world.old.id, world.new.id}
    text = bench.snapshot.documents[citation.document_id].text
    assert text[citation.start : citation.end] == citation.quote


def test_without_a_model_there_is_no_engine(world: World, make_settings: Callable[..., Settings]) -> None:
    """It is told, with what to do."""
    settings = make_settings(seed_dir=world.folder, llm_tier="none")
    with pytest.raises(ModelError, match="needs a language model"), open_peer(settings):
        pass

"""Draft cases from a folder of documents."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from eval_world import CROWD_2014, World

from eval.__main__ import main
from eval.drafting.init import (
    Draft,
    Text,
    ask_model,
    case_of,
    dated,
    draft_cases,
    drafts,
    once,
    read_texts,
    weighs,
)
from eval.schema.cases import load_cases
from qa.config import load_settings
from qa.drafting.form import Drafted
from qa.errors import InputError, ModelUnreachableError
from qa.llm.fake import FakeModel
from qa.records import Event, Evidence, Found, Selection


def test_drafts_can_be_run(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole way: documents, questions that find their sentence, a file that loads; never over another."""
    out = tmp_path / "mine.jsonl"
    assert main(["init", str(world.folder), "--out", str(out), "--tier", "none", "--count", "3"]) == 0
    cases = load_cases([out], world.folder)
    assert 1 <= len(cases) <= 3
    assert all('"draft": true' in case.note and case.answers and case.gold for case in cases)
    assert f"{len(cases)} drafts in {out}" in capsys.readouterr().out
    assert main(["init", str(world.folder), "--out", str(out)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_a_folder_without_documents_is_told(tmp_path: Path) -> None:
    """Missing or empty, it is named."""
    settings = load_settings(llm_tier="none")
    with pytest.raises(InputError, match="There is no folder"):
        draft_cases(tmp_path / "gone", 3, settings)
    with pytest.raises(InputError, match="There is no document in"):
        draft_cases(tmp_path, 3, settings)


def test_texts_take_turns_and_the_model_helps(world: World) -> None:
    """A sentence of each text in turn; where no template fits the model is asked, and only there."""
    plain = "Bread and cheese lay on every table in the hall."
    (world.folder / "third.txt").write_text(f"Supper\n\n{plain}\n", encoding="utf-8")
    texts = read_texts(world.folder)
    by_template = list(drafts(texts, None))
    assert [draft.text.name for draft in by_template[:4]] == ["new.txt", "old.txt"] * 2
    model = FakeModel(["Q: What lay on every table in the hall?\nA: Bread and cheese"])
    by_both = list(drafts(texts, model))
    (other,) = (draft for draft in by_both if draft not in by_template)
    assert (other.sentence.text, other.drafted.by) == (plain, "the model fake")
    assert plain in [asked.user for asked in model.asked]


@pytest.mark.parametrize(
    "reply",
    [
        "I do not know.",
        "Q: How many came?\nA: 7",
        "Q: Did 1,200 people come?\nA: 1,200",
        ModelUnreachableError("gone"),
    ],
    ids=["another form", "not in the sentence", "given away", "gone"],
)
def test_what_the_model_gets_wrong_is_no_draft(reply: str | Exception) -> None:
    """Another form, an answer from elsewhere, an answer in the question, no reply."""
    assert ask_model(FakeModel([reply]), CROWD_2014) is None


def test_what_the_model_gets_right_is_a_draft() -> None:
    """Question and answer, without the marks around it."""
    model = FakeModel(["Q: How many people were on the pier?\nA: “1,200”"])
    drafted = ask_model(model, CROWD_2014)
    assert drafted == Drafted("How many people were on the pier?", "1,200", "the model fake")


def test_a_question_says_which_event_it_means(world: World) -> None:
    """With several events in the collection, unless it gives a year or quotes."""
    drafted = Drafted("How many people came?", "1,200", "how many")
    assert dated(drafted, world.old, True).question == "How many people came (Lindow, 3 June 2014)?"
    assert dated(drafted, world.old, False) is drafted
    assert dated(drafted, replace(world.old, event=Event(None, None)), True) is drafted
    for question in ("How many came in 2014?", "Who said “The wind was kind to us”?"):
        assert dated(replace(drafted, question=question), world.old, True).question == question


@pytest.fixture
def draft(world: World) -> Draft:
    """About the crowd of 2014."""
    (text,) = (text for text in read_texts(world.folder) if text.document.id == world.old.id)
    (sentence,) = (sentence for sentence in text.sentences if sentence.text == CROWD_2014)
    return Draft(text, sentence, Drafted("How many people came?", "1,200", "how many"))


def test_the_round_trip(world: World, draft: Draft) -> None:
    """A span that holds the sentence, among the first eight; the other report's does not count."""
    start, end = draft.sentence.start, draft.sentence.end

    def found(*spans: Evidence) -> Found:
        return Found("q", (), Selection((), "answer", considered=spans))

    right, wrong = Evidence(world.old, start - 5, end, 0.5), Evidence(world.new, start - 5, end, 0.5)
    assert weighs(found(wrong, right), draft)
    assert not weighs(found(wrong), draft)
    assert not weighs(found(Evidence(world.old, start + 1, end, 0.5)), draft)
    assert not weighs(found(*[wrong] * 8, right), draft)


def test_a_draft_as_a_case(draft: Draft) -> None:
    """The sentence is its gold evidence, and its note says that nobody has read it."""
    row = json.loads(json.dumps(case_of(draft, 4)))
    assert (row["id"], row["question"], row["answers"]) == ("draft-4", "How many people came?", [["1,200"]])
    assert row["evidence"] == [[{"document": "old.txt", "quote": CROWD_2014}]]
    assert row["note"] == '"draft": true; made by how many'


def test_the_same_question_comes_once(draft: Draft) -> None:
    """However it is typed."""
    again = replace(draft, drafted=replace(draft.drafted, question="how many PEOPLE came"))
    assert list(once([draft, again])) == [draft]


def test_names_are_those_below_the_folder(world: World) -> None:
    """With the folders between, as cases name them; articles of one file each with what tells it apart."""
    (world.folder / "2016").mkdir()
    (world.folder / "new.txt").rename(world.folder / "2016" / "new.txt")
    (world.folder / "sub").mkdir()
    (world.folder / "sub" / "table.csv").write_text(
        "text\nThe ferry stopped.\nA tram came.\n", encoding="utf-8"
    )
    rows = ["sub/table.csv#row-2", "sub/table.csv#row-3"]
    assert [text.name for text in read_texts(world.folder)] == ["2016/new.txt", "old.txt", *rows]
    assert all(isinstance(text, Text) and text.sentences for text in read_texts(world.folder))

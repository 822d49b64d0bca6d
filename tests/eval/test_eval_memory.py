"""What is remembered, under which key, and when it is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from eval_stub import Stub
from eval_world import CROWD_2014, World

from eval.running.asking import ask_all
from eval.running.fingerprint import fingerprint, key
from eval.running.journal import Journal, prune
from eval.running.memory import Memory, cache_folder
from eval.running.options import Options
from eval.schema.cases import Case
from eval.systems.asked import Asked, ask_one, from_row, spans_of, to_row
from qa.config import load_settings
from qa.errors import InputError
from qa.records import Answer, Evidence, Found, Hit, Passage, Selection, Turn


@pytest.fixture
def stub(world: World, cases: tuple[Case, ...]) -> Stub:
    """The first case answered with evidence, the second without, the third refused."""
    start = world.old.text.index(CROWD_2014)
    span = Evidence(world.old, start, start + len(CROWD_2014), 0.75)
    said = world.say("1,200 people came.", world.cite(world.old, CROWD_2014))
    abstained = Answer("", "", "abstained", "Not in the documents.", confidence=0.1)
    return Stub({cases[0].question: said, cases[1].question: abstained}, {cases[0].question: (span,)})


def memory(folder: Path, **fields: object) -> Memory:
    """Results and cache in a folder, of the fingerprint "f"."""
    journals = {"results": Journal(folder / "results.jsonl"), "cache": Journal(folder / "cache" / "f.jsonl")}
    return Memory(**({"of": "f"} | journals | fields))  # type: ignore[arg-type]  # fields vary


def test_an_answer_survives_a_file(world: World, cases: tuple[Case, ...], stub: Stub) -> None:
    """Written as JSON and read back, answer, dates and evidence are the same; it says that it is remembered."""
    asked = ask_one(cases[0], stub)
    again = from_row(json.loads(json.dumps(to_row(asked))))
    assert again == replace(asked, remembered=True)
    assert again.spans is not None
    assert again.spans.as_found({world.old.id: world.old}).selection.considered == stub.found[cases[0].question]
    assert again.spans.as_found({}).selection.considered == ()


@pytest.mark.parametrize("row", [{"answer": 7}, {"answer": {"question": "?"}}, {}])
def test_a_row_of_another_form_is_refused(row: dict[str, object]) -> None:
    """An older or foreign line is no answer."""
    with pytest.raises(ValueError, match="answer"):
        from_row(row)


def test_spans_are_places(world: World) -> None:
    """Passages and evidence as document id, start, end and score."""
    passage = Passage("p", world.old.id, 0, 16, "Regatta at Lindow"[:16])
    found = Found(
        "q", (Hit(passage, 0.5),), Selection((), "hedge", considered=(Evidence(world.new, 1, 4, 0.2),))
    )
    spans = spans_of(found)
    assert spans.hits == ((world.old.id, 0, 16, 0.5),)
    assert spans.considered == ((world.new.id, 1, 4, 0.2),)
    back = spans.as_found({world.old.id: world.old, world.new.id: world.new})
    assert (back.selection.verdict, back.hits[0].passage.text) == ("hedge", passage.text)


def test_a_cached_answer_is_not_asked_for_again(
    world: World, cases: tuple[Case, ...], stub: Stub, tmp_path: Path
) -> None:
    """The second run asks only what ended in an error, and marks what it remembers."""
    documents = (world.old, world.new)
    first = ask_all(cases, documents, stub, memory(tmp_path))
    second = ask_all(cases, documents, stub, memory(tmp_path))
    assert [question for question, _ in stub.asked] == [*(case.question for case in cases), cases[2].question]
    assert [result.cached for result in second] == [True, True, False]
    assert [(r.answer, r.score, r.found) for r in first] == [(r.answer, r.score, r.found) for r in second]
    assert second[0].found is not None


def test_without_a_cache_everything_is_asked(
    world: World, cases: tuple[Case, ...], stub: Stub, tmp_path: Path
) -> None:
    """No cache and no --resume: each run asks anew and clears the results of the last one."""
    for _ in range(2):
        ask_all(cases, (world.old, world.new), stub, memory(tmp_path, cache=None))
    assert len(stub.asked) == 6
    assert len(Journal(tmp_path / "results.jsonl").read()) == 2
    assert not (tmp_path / "cache").exists()


def test_a_run_that_was_broken_off_goes_on(
    world: World, cases: tuple[Case, ...], stub: Stub, tmp_path: Path
) -> None:
    """With --resume the results so far are kept, the torn line of a killed run is asked again."""
    ask_all(cases[:2], (world.old, world.new), stub, memory(tmp_path, cache=None))
    file = tmp_path / "results.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    stub.asked.clear()
    results = ask_all(cases[:2], (world.old, world.new), stub, memory(tmp_path, cache=None, resume=True))
    assert [question for question, _ in stub.asked] == [cases[1].question]
    assert [result.cached for result in results] == [True, False]
    assert len(Journal(file).read()) == 2


def test_another_fingerprint_knows_nothing(
    world: World, cases: tuple[Case, ...], stub: Stub, tmp_path: Path
) -> None:
    """After a change of code, settings, model or documents the same file helps nobody."""
    ask_all(cases[:1], (world.old,), stub, memory(tmp_path, cache=None))
    ask_all(cases[:1], (world.old,), stub, memory(tmp_path, cache=None, resume=True, of="g"))
    assert len(stub.asked) == 2


def test_a_failing_model_is_not_remembered(cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Errors and degraded answers may be right the next time."""
    kept = memory(tmp_path)
    answer = Answer("", "", "abstained", "No.")
    for asked in (Asked(None, "no"), Asked(replace(answer, degraded=True)), Asked(answer)):
        kept.add(cases[0], asked)
    (only,) = kept.begin(cases[:1]).values()
    assert only.answer == answer


def test_what_a_key_depends_on(cases: tuple[Case, ...]) -> None:
    """The fingerprint, the question and the turns before it; not the gold, nor the name of the case."""
    case = cases[0]
    same = replace(case, id="other", answers=(("7",),), note="mended")
    assert key("f", case) == key("f", same)
    others = {
        key("g", case),
        key("f", replace(case, question="What?")),
        key("f", replace(case, history=(Turn("user", "Hello."),))),
        key("f", case),
    }
    assert len(others) == 4


def test_what_a_fingerprint_depends_on(world: World, tmp_path: Path) -> None:
    """Settings that matter, documents and the system; not where things lie."""
    settings = load_settings(data_dir=tmp_path, llm_tier="none")
    own = fingerprint(settings, world.folder, "Dateline")
    assert own == fingerprint(
        settings.model_copy(update={"data_dir": tmp_path / "x"}), world.folder, "Dateline"
    )
    assert own != fingerprint(settings.model_copy(update={"evidence_k": 5}), world.folder, "Dateline")
    assert own != fingerprint(settings, world.folder, "another")
    assert own != fingerprint(settings, world.folder, "Dateline", ["systems/bench.py"])
    (world.folder / "notes.bak").write_text("{}", encoding="utf-8")  # of no kind that is read
    assert own == fingerprint(settings, world.folder, "Dateline")
    (world.folder / "new.txt").write_text(world.new.text + "More.", encoding="utf-8")
    assert own != fingerprint(settings, world.folder, "Dateline")


def test_where_the_cache_is(tmp_path: Path) -> None:
    """In the data directory unless told otherwise; nowhere for a server of the user's, which may change."""
    settings = load_settings(data_dir=tmp_path)
    assert cache_folder(settings, Options(tmp_path)) == tmp_path / "eval-cache"
    assert cache_folder(settings, Options(tmp_path, cache=tmp_path / "c")) == tmp_path / "c"
    assert cache_folder(settings, Options(tmp_path, no_cache=True)) is None
    external = load_settings(llm_base_url="http://127.0.0.1:1/v1", llm_model="x")
    assert cache_folder(external, Options(tmp_path)) is None


def test_old_journals_go(tmp_path: Path) -> None:
    """The cache keeps the files that were written last."""
    import os

    for number in range(5):
        (tmp_path / f"{number}.jsonl").touch()
        os.utime(tmp_path / f"{number}.jsonl", (number, number))
    prune(tmp_path, keep=2)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["3.jsonl", "4.jsonl"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder in the file's place."""
    (tmp_path / "results.jsonl").mkdir()
    journal = Journal(tmp_path / "results.jsonl")
    with pytest.raises(InputError, match=r"results\.jsonl cannot be written"):
        journal.clear()
    with pytest.raises(InputError, match=r"results\.jsonl cannot be read"):
        journal.read()

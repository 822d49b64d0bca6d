"""What a run asks: which cases, which collections, whose gates."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_world import World

from eval.running import plan as planner
from eval.running.options import Options
from eval.running.plan import Part, choose, plan
from qa.config import load_settings
from qa.errors import InputError


def test_sealed_cases_are_read_only_when_asked_for(
    world: World,
    rows: list[dict[str, Any]],
    write: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given by name they are refused; with --sealed they alone are scored, checked against the open ones."""
    write(rows[:2], "dev.jsonl")
    write([rows[2] | {"id": "s", "family": "s"}], "validation.jsonl")
    sealed = write(rows[2:], "test.jsonl")
    monkeypatch.setattr(planner, "CASES", tmp_path)
    monkeypatch.setattr(planner, "SEALED", sealed)
    with pytest.raises(InputError, match="sealed"):
        choose(Options(tmp_path, files=(tmp_path / "reports" / ".." / "test.jsonl",)), world.folder)
    assert [case.id for case in choose(Options(tmp_path), world.folder)] == ["crowd-1", "crowd-2", "s"]
    assert [case.id for case in choose(Options(tmp_path, sealed=True), world.folder)] == ["prize-1"]
    write([rows[2] | {"family": "crowd"}], "test.jsonl")
    with pytest.raises(InputError, match="a family is one split"):
        choose(Options(tmp_path, sealed=True), world.folder)


def test_parts_of_the_cases(world: World, rows: list[dict[str, Any]], write: Callable[..., Path]) -> None:
    """--smoke takes the first case of each type, --limit the first few."""
    file = write([*rows, rows[0] | {"id": "crowd-9"}])
    smoke = choose(Options(Path(), files=(file,), smoke=True), world.folder)
    assert [case.id for case in smoke] == ["crowd-1", "crowd-2", "prize-1"]
    assert [case.id for case in choose(Options(Path(), files=(file,), limit=2), world.folder)] == [
        "crowd-1",
        "crowd-2",
    ]


def test_whose_gates_apply() -> None:
    """The tier that was asked for; a model of one's own has no gates but the contract's."""
    assert planner.gate_tier(load_settings(llm_tier="tiny")) == "tiny"
    own = load_settings(llm_tier="tiny", llm_base_url="http://127.0.0.1:1/v1", llm_model="x")
    assert planner.gate_tier(own) == "own model"


def test_the_default_run_has_the_further_collections(
    world: World,
    rows: list[dict[str, Any]],
    write: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is a part of its own with its own documents; a run of some cases leaves them out."""
    write(rows[:2], "dev.jsonl")
    write(rows[2:], "validation.jsonl")
    corpus = tmp_path / "corpora" / "race"
    (corpus / "documents").mkdir(parents=True)
    (corpus / "documents" / "a.txt").write_text("Nothing to tell.", encoding="utf-8")
    (corpus / "cases.jsonl").write_text(json.dumps(rows[2]) + "\n", encoding="utf-8")
    monkeypatch.setattr(planner, "CASES", tmp_path)
    monkeypatch.setattr(planner, "SEALED", tmp_path / "test.jsonl")
    monkeypatch.setattr(planner, "CORPORA", tmp_path / "corpora")
    settings = load_settings(seed_dir=world.folder)
    found = plan(Options(tmp_path), settings, tmp_path / "scratch")
    assert [(part.name, len(part.cases)) for part in found] == [("open cases", 3), ("corpus race", 1)]
    assert [part.slug for part in found] == ["open-cases", "corpus-race"]
    assert len(plan(Options(tmp_path, limit=1), settings, tmp_path)) == 1
    assert len(plan(Options(tmp_path, split="dev"), settings, tmp_path)) == 1


def test_a_world_is_a_part(tmp_path: Path) -> None:
    """Each seed adds the same cases over rewritten documents, which lie in the scratch folder."""
    settings = load_settings()
    first, world = plan(Options(tmp_path, split="dev", limit=12, worlds=(3,)), settings, tmp_path / "scratch")
    assert world == Part("world 3", world.cases, tmp_path / "scratch" / "world-3")
    assert {case.id for case in world.cases} <= {case.id for case in first.cases}
    assert len(list(world.documents.glob("*.txt"))) >= 4


def test_a_public_slice_takes_the_place_of_the_cases(tmp_path: Path) -> None:
    """Its documents are written into the scratch folder; an unknown kind is refused."""
    text = "The pier was built in 1901. It is made of oak."
    question = {"id": "q", "question": "When was the pier built?", "is_impossible": False}
    answers = [{"text": "1901", "answer_start": text.index("1901")}]
    article = {"title": "Pier", "paragraphs": [{"context": text, "qas": [{**question, "answers": answers}]}]}
    file = tmp_path / "dev.json"
    file.write_text(json.dumps({"version": "v2.0", "data": [article]}), encoding="utf-8")
    (part,) = plan(Options(tmp_path, public=(("squad2", file),)), load_settings(), tmp_path / "scratch")
    assert (part.name, [case.question for case in part.cases]) == (
        "squad2 from dev.json",
        [question["question"]],
    )
    assert part.documents.is_relative_to(tmp_path / "scratch")
    with pytest.raises(InputError, match="squad3"):
        plan(Options(tmp_path, public=(("squad3", file),)), load_settings(), tmp_path / "scratch")


def test_whether_a_model_answers(tmp_path: Path) -> None:
    """A server, a file or a tier that is here; not the tier without a model."""
    assert planner.has_model(load_settings(llm_tier="tiny"))
    assert planner.has_model(load_settings(llm_tier="none", llm_gguf=tmp_path / "x.gguf"))
    assert not planner.has_model(load_settings(llm_tier="none"))

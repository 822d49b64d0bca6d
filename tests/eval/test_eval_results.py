"""Results written and read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eval_world import CROWD_2014, World

from eval.metrics.figures import Result
from eval.reporting.results import faults, read_results, write_results
from eval.schema.cases import Case
from eval.scoring.ranking import Ranking
from eval.scoring.score import score
from qa.errors import InputError
from qa.records import Answer, Disagreement, DisagreementValue, Timings, Turn


@pytest.fixture
def results(world: World, cases: tuple[Case, ...]) -> list[Result]:
    """A full answer with all there is, an abstention with what is nearest, and an error."""
    cited = replace(
        world.cite(world.old, CROWD_2014), event_date=world.old.event.date, event_place=world.old.event.place
    )
    full = replace(
        world.say("1,200 Danes came.", cited),
        disagreements=(Disagreement("crowd", (DisagreementValue("1,200", 1),)),),
        confidence=0.75,
        timings_ms=Timings(1, 2, 3),
    )
    silent = Answer("", "", "abstained", "Not in the documents.", nearest=(cited,))
    follow = replace(cases[1], history=(Turn("user", "Hello?"), Turn("assistant", "Hello.")))
    ranking = Ranking(((cases[0].gold[0].id,),), ((), (cases[0].gold[0].id,)), (True, False))
    return [
        Result(cases[0], full, "", score(cases[0], full, world.collection), ranking, cached=True),
        Result(cases[2], silent, "", score(cases[2], silent, world.collection)),
        Result(follow, None, "It “broke”.", score(follow, None, world.collection)),
    ]


def test_what_is_written_is_read_back(results: list[Result], tmp_path: Path) -> None:
    """Every field of every record, from the file or from its folder."""
    file = tmp_path / "results.jsonl"
    write_results(results, file)
    assert read_results(file) == tuple(results)
    assert read_results(tmp_path) == tuple(results)


def test_a_line_can_be_read_by_people(results: list[Result], tmp_path: Path) -> None:
    """It begins with the id and what is wrong."""
    write_results(results, tmp_path / "results.jsonl")
    first = json.loads((tmp_path / "results.jsonl").read_text(encoding="utf-8").split("\n")[0])
    assert list(first)[:2] == ["id", "faults"]
    assert first["faults"] == ["not in the cited evidence: name: Danes"]


def test_faults(results: list[Result]) -> None:
    """A phrase for each thing that is wrong, none where nothing is."""
    full, silent, broken = results
    assert faults(silent) == ()
    assert faults(broken) == ("error: It “broke”.",)
    worse = replace(
        full.score,
        outcome="abstained",
        wrong_event=True,
        spans_exact=(True, False),
        sentences_cited=(False,),
        unsupported=(),
    )
    assert faults(replace(full, score=worse)) == (
        "not right (abstained)",
        "another event's report or value",
        "a span that is not its quote",
        "a sentence without a citation",
    )


def _set(*path: str | int) -> Callable[[dict[str, Any]], None]:
    """Change a field of a line to something that it cannot be."""

    def change(row: dict[str, Any]) -> None:
        inner: Any = row
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = ["?"]

    return change


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_set("score", "outcome"), "score.outcome"),
        (_set("case", "question"), "case.question"),
        (_set("answer", "citations", 0, "start"), "answer.citations[0].start"),
        (_set("found", "held", 1), None),
        (lambda row: row.pop("case"), "case"),
        (lambda row: row["answer"].pop("status"), "answer.status"),
    ],
)
def test_a_bad_field_is_named(
    results: list[Result], tmp_path: Path, change: Callable[[dict[str, Any]], None], field: str | None
) -> None:
    """File, line and field; a field that can be anything of its type is passed."""
    file = tmp_path / "results.jsonl"
    write_results(results, file)
    lines = file.read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[0])
    change(row)
    file.write_text("\n".join([lines[1], json.dumps(row)]), encoding="utf-8")
    if field is None:
        assert len(read_results(file)) == 2
        return
    with pytest.raises(InputError) as caught:
        read_results(file)
    assert f'{file}, line 2, field "{field}": ' in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "are empty"),
        (b"\n \n", "are empty"),
        (b"{\n", "line 1: invalid JSON"),
        (b"[]\n", "line 1: "),
        (b"\n\xff\n", "line 2: this is not UTF-8"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    """One line says which file, which line, and what is wrong with it."""
    file = tmp_path / "x.jsonl"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_results(file)
    assert str(file) in caught.value.message
    assert message in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """In a folder it is results.jsonl that is missing."""
    with pytest.raises(InputError, match=r"gone\.jsonl cannot be read"):
        read_results(tmp_path / "gone.jsonl")
    with pytest.raises(InputError, match=r"results\.jsonl cannot be read"):
        read_results(tmp_path)


def test_a_case_twice_is_named(results: list[Result], tmp_path: Path) -> None:
    """Two runs in one file are no baseline."""
    write_results([*results, results[0]], tmp_path / "results.jsonl")
    with pytest.raises(InputError, match=r'line 4, field "case\.id": "crowd-1" is already in line 1'):
        read_results(tmp_path)

"""Thumbs down become draft cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eval_world import CROWD_2014, World

from eval.__main__ import main
from eval.drafting.feedback import cases_from_feedback, read_feedback
from eval.schema.cases import load_cases
from qa.errors import InputError


def record(**fields: Any) -> dict[str, Any]:
    """A thumb down with one citation."""
    return {
        "question": "How many came?",
        "answer": "900 people came. [1]",
        "verdict": "down",
        "comment": "That was 2016.",
        "citations": [{"number": 1, "uri": "reports/old.txt", "quote": CROWD_2014}],
    } | fields


def test_a_thumb_down_is_a_draft() -> None:
    """What was asked, said, remarked and cited is there; what would be right is left to a person."""
    (case,) = cases_from_feedback([record()])
    assert (case["question"], case["expect"], case["answers"]) == ("How many came?", "answered", [])
    assert case["evidence"] == [[{"document": "old.txt", "quote": CROWD_2014}]]
    assert case["note"] == '"draft": true; thumb down on: 900 people came. [1] Comment: That was 2016.'


def test_only_thumbs_down_and_each_question_once() -> None:
    """Praise makes no case, nor does the same question again; ids count on."""
    records = [record(verdict="up"), record(), record(answer="7"), record(question="Who won?", citations=[])]
    found = cases_from_feedback(records)
    assert [(case["id"], case["question"]) for case in found] == [
        ("feedback-1", "How many came?"),
        ("feedback-2", "Who won?"),
    ]
    assert found[1]["evidence"] == []


def test_a_draft_runs_once_it_is_edited(world: World, tmp_path: Path) -> None:
    """As exported the suite names the field that is missing; filled in, the case is read."""
    feedback, out = tmp_path / "feedback.jsonl", tmp_path / "cases.jsonl"
    feedback.write_text(json.dumps(record()) + "\n", encoding="utf-8")
    assert main(["init", "--feedback", str(feedback), "--out", str(out)]) == 0
    with pytest.raises(InputError, match='line 1, field "answers"'):
        load_cases([out], world.folder)
    edited = json.loads(out.read_text(encoding="utf-8")) | {"answers": [["1,200"]]}
    out.write_text(json.dumps(edited) + "\n", encoding="utf-8")
    assert load_cases([out], world.folder)[0].gold[0].quote == CROWD_2014


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "feedback.jsonl, line 2: this is not JSON"),
        ('{"question": "?", "verdict": "sideways"}', 'feedback.jsonl, line 2, field "verdict"'),
        ('{"question": "?", "verdict": "down", "citations": [{}]}', 'line 2, field "citations.0.uri"'),
        ("[]", "feedback.jsonl, line 2: "),
    ],
)
def test_a_bad_record_is_named(tmp_path: Path, line: str, said: str) -> None:
    """By file, line and field."""
    file = tmp_path / "feedback.jsonl"
    file.write_text(f"{json.dumps(record())}\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_feedback(file)
    assert said in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Its path stands in the message."""
    with pytest.raises(InputError, match=r"gone\.jsonl cannot be read"):
        read_feedback(tmp_path / "gone.jsonl")


def test_records_by_hand_are_checked_too() -> None:
    """A record that is no feedback is named by its place."""
    with pytest.raises(InputError, match='record 2, field "question"'):
        cases_from_feedback([record(), {"verdict": "down"}])


def test_the_last_word_on_an_answer_counts(tmp_path: Path) -> None:
    """A thumb that was turned makes no case, or one; without ids every record stands for itself."""
    down, up = record(answer_id="a"), record(answer_id="a", verdict="up")
    assert cases_from_feedback([down, up]) == []
    assert len(cases_from_feedback([up, down])) == 1


def test_the_conversation_goes_along() -> None:
    """The same question after another conversation is another case; what it was narrowed to is noted."""
    history = [{"role": "user", "content": "Where was it?"}, {"role": "assistant", "content": "In Lindow."}]
    first, second = cases_from_feedback([record(), record(history=history, within=["0123"])])
    assert first["type"] == "fact"
    assert "history" not in first
    assert (second["type"], second["history"]) == ("follow_up", history)
    assert second["note"].endswith("Asked of the documents 0123 alone.")


def test_a_record_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    """A server that was killed may leave half a line at the end; those before it count."""
    file = tmp_path / "feedback.jsonl"
    file.write_text(json.dumps(record()) + '\n{"question": "How ma', encoding="utf-8")
    assert [one.question for one in read_feedback(file)] == ["How many came?"]

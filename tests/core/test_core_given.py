"""Answers from memory: the same bytes as made ones, of one state of the collection, bounded, never degraded."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support import free_port, settings_for

from qa.dateline import Dateline
from qa.given import Given, Step, key_of
from qa.records import Answer, Sources, Timings, Turn

QUESTION = "What did Israel want Russia to halt?"
WHOLE = Answer("q", "q", "answered", "A.", timings_ms=Timings(5, 6, 7))


def _bytes(steps: list[Step]) -> list[str]:
    """What a reader gets of each step, but for the time it took."""
    timeless = [replace(one, timings_ms=Timings()) if isinstance(one, Answer) else one for one in steps]
    return [json.dumps(one.as_dict()) if isinstance(one, Answer) else repr(one) for one in timeless]


@pytest.fixture
def remembering(data_copy: Path) -> Iterator[Dateline]:
    """The seeds, opened to be changed, with three answers remembered."""
    with Dateline.open(settings_for(data_copy, answer_cache=3), own=True) as dateline:
        yield dateline


def test_the_same_steps_come_from_memory(remembering: Dateline, quoting: Dateline) -> None:
    """Every step, the answer's timings excepted; a follow-up and a narrowed question are others."""
    narrowed = [remembering.documents()[0].id]
    asked = [(QUESTION, (), ()), ("And when?", (Turn("user", QUESTION),), ()), (QUESTION, (), narrowed)]
    for question, history, within in asked:
        assert not remembering.recalls(question, history, within=within)
        first = list(remembering.stream(question, history, within=within))
        assert remembering.recalls(question, history, within=within)
        again = list(remembering.stream(question, history, within=within))
        made = list(quoting.stream(question, history, within=within))
        assert _bytes(first) == _bytes(again) == _bytes(made)
    last = again[-1]
    assert isinstance(last, Answer)
    assert (last.timings_ms.retrieve, last.timings_ms.first_token) == (0, 0)


def test_at_most_so_many_are_remembered(remembering: Dateline) -> None:
    """The one that was asked for longest ago goes first."""
    questions = [f"{QUESTION}{' ' * number}" for number in range(4)]
    for question in (*questions[:3], questions[0], questions[3]):
        remembering.ask(question)
    assert [remembering.recalls(one) for one in questions] == [True, False, True, True]


def test_any_change_of_the_index_forgets_all(remembering: Dateline, tmp_path: Path) -> None:
    """A document that comes, is corrected or goes is in the next answer."""
    file = tmp_path / "lamp.txt"
    file.write_text("The lighthouse of Arkona was lit again on 3 May 2021.")
    question = "When was the lighthouse of Arkona lit again?"
    assert remembering.ask(question).status == "abstained"
    remembering.ingest([file])
    found = remembering.ask(question)
    assert found.status == "answered"
    remembering.correct(found.citations[0].document_id, {"title": "The lamp"})
    assert remembering.ask(question).citations[0].title == "The lamp"
    remembering.remove(found.citations[0].document_id)
    assert remembering.ask(question).status == "abstained"


def test_an_answer_that_began_before_a_change_is_not_remembered_after_it(
    remembering: Dateline, tmp_path: Path
) -> None:
    """It belongs to the state it was drawn from, and its spans stand in that."""
    file = tmp_path / "lamp.txt"
    file.write_text("The lighthouse of Arkona was lit again on 3 May 2021.")
    remembering.ingest([file])
    question = "When was the lighthouse of Arkona lit again?"
    steps = remembering.stream(question)
    assert isinstance(next(steps), Sources)
    before = {one.id: one for one in remembering.documents()}
    (gone,) = (one.id for one in before.values() if "lighthouse" in one.text)
    remembering.remove(gone)
    *_, answer = steps
    assert isinstance(answer, Answer)
    for citation in answer.citations:
        assert before[citation.document_id].text[citation.start : citation.end] == citation.quote
    assert gone in {citation.document_id for citation in answer.citations}
    assert not remembering.recalls(question)
    assert remembering.ask(question).status == "abstained"


def test_degraded_answers_are_made_each_time(indexed: Path) -> None:
    """An answer without its model is no answer to keep: the model may be back."""
    settings = settings_for(
        indexed,
        llm_tier=None,
        llm_base_url=f"http://127.0.0.1:{free_port()}/v1",
        llm_model="absent",
        answer_cache=9,
    )
    with Dateline.open(settings) as dateline:
        assert dateline.ask(QUESTION).degraded
        assert not dateline.recalls(QUESTION)


def test_with_nothing_to_hold_nothing_is_remembered(quoting: Dateline) -> None:
    """0 switches it off."""
    quoting.ask(QUESTION)
    assert not quoting.recalls(QUESTION)


def test_what_broke_off_is_not_remembered() -> None:
    """An answer that was left before its end, or ended in an error."""

    def make() -> Generator[Step, None, None]:
        yield Sources(())
        if failing:
            raise KeyError
        yield WHOLE

    given, key, failing = Given(9), key_of("q", (), ()), False
    steps = given.steps(key, make)
    next(steps)
    steps.close()  # type: ignore[attr-defined]  # it is a generator
    assert not given.holds(key)
    failing = True
    with pytest.raises(KeyError):
        list(given.steps(key, make))
    assert not given.holds(key)
    failing = False
    assert list(given.steps(key, make))[-1] == WHOLE
    assert given.holds(key)


def test_questions_are_told_apart() -> None:
    """By what is asked, what was said before, and what it is narrowed to, whose order does not matter."""
    keys = [
        key_of("q", (), ()),
        key_of("q", (Turn("user", "q"),), ()),
        key_of("q", (Turn("assistant", "q"),), ()),
        key_of("q", (), ("a",)),
        key_of("q", (), ("a", "b")),
        key_of("\ud800", (), ()),
    ]
    assert len(set(keys)) == len(keys)
    assert key_of("q", (), ("b", "a")) == key_of("q", (), ("a", "b"))

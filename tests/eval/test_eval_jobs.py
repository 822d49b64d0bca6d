"""Several cases at a time give what one after another gives; what goes wrong is told, not waited for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_stub import Broken, Dying, Stub

from eval.running.jobs import ask_cases
from eval.running.options import default_jobs
from eval.schema.cases import Case
from qa.errors import DatelineError, InputError
from qa.records import Answer


@pytest.fixture
def many(cases: tuple[Case, ...]) -> list[Case]:
    """Eight questions."""
    return [replace(cases[0], id=f"c-{number}", question=f"What is {number}?") for number in range(8)]


@pytest.fixture
def stub(many: list[Case]) -> Stub:
    """An answer of its own for each question but the last, which is refused."""
    return Stub(
        {case.question: Answer(case.question, case.question, "abstained", case.id) for case in many[:-1]}
    )


@pytest.mark.parametrize(
    ("jobs", "shared"), [(1, False), (3, True), (2, False)], ids=["one", "threads", "processes"]
)
def test_each_case_comes_back_once(many: list[Case], stub: Stub, jobs: int, shared: bool) -> None:
    """Every position with its own answer; a refused question is an error of its own."""
    found = dict(ask_cases(many, stub, jobs, shared=shared))
    assert sorted(found) == list(range(8))
    assert [found[at].answer.answer for at in range(7) if found[at].answer] == [case.id for case in many[:-1]]
    assert (found[7].answer, found[7].error) == (None, "This question is empty. Ask something.")


@pytest.mark.parametrize(
    ("jobs", "shared"), [(1, False), (2, True), (2, False)], ids=["one", "threads", "processes"]
)
def test_what_cannot_be_opened_is_told(many: list[Case], jobs: int, shared: bool) -> None:
    """The error arrives as it was raised, from another process too."""
    with pytest.raises(InputError, match="The index is broken") as caught:
        list(ask_cases(many, Broken(), jobs, shared=shared))
    assert caught.value.hint == "Make it anew."


def test_a_process_that_dies_is_noticed(many: list[Case]) -> None:
    """Nobody waits for an answer that cannot come."""
    with pytest.raises(DatelineError, match="ended before its time"):
        list(ask_cases(many, Dying(), 2))


@pytest.mark.parametrize(
    ("jobs", "shared"), [(1, False), (2, True), (2, False)], ids=["one", "threads", "processes"]
)
def test_a_run_can_be_broken_off(many: list[Case], stub: Stub, jobs: int, shared: bool) -> None:
    """Closing after the first answer ends what still works."""
    going = ask_cases(many, stub, jobs, shared=shared)
    next(going)
    going.close()
    assert list(going) == []


def test_nothing_to_ask_opens_nothing() -> None:
    """Without cases not even a broken system matters."""
    assert list(ask_cases([], Broken(), 4)) == []


def test_how_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """One where a model answers or cases are few; else a core each, four at most."""
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    assert default_jobs(True, 500) == 1
    assert [default_jobs(False, cases) for cases in (0, 10, 60, 500)] == [1, 1, 2, 4]

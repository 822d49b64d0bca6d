"""What the desk passes on beside questions."""

from __future__ import annotations

import asyncio

import anyio
import pytest
from stub_dateline import DOCUMENTS, StubDateline

from qa.errors import NotFoundError
from qa.records import Answer
from qa.server.asking import Desk
from qa.server.metrics import Metrics


def test_starters_and_suggestions_come_through_the_desk() -> None:
    """As the pipeline gives them, to asynchronous code."""
    stub = StubDateline()
    desk = Desk(stub, Metrics())

    async def talk() -> tuple[tuple[str, ...], tuple[str, ...], Answer]:
        answer = await desk.ask("How long?", within=[DOCUMENTS[0].id])
        return await desk.starters(), await desk.suggestions(answer), answer

    starters, suggestions, answer = anyio.run(talk)
    assert starters == stub.starters()
    assert suggestions == stub.suggestions(answer)
    assert answer.within == (DOCUMENTS[0].id,)


def test_a_desk_without_a_store_keeps_no_feedback() -> None:
    """It says so as it does of an unknown answer."""
    desk = Desk(StubDateline(), Metrics())

    async def judge() -> None:
        answer = await desk.ask("How long?")
        await desk.feedback(answer.answer_id, "up")

    with pytest.raises(NotFoundError):
        anyio.run(judge)


@pytest.mark.parametrize("turns", range(6))
def test_whoever_gives_up_as_a_step_ends_has_given_up(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many turns of the loop lie between the end of a step and the cancellation."""

    async def give_up() -> bool:
        desk = Desk(StubDateline(), Metrics())
        step: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        monkeypatch.setattr(desk, "in_thread", lambda call: step)
        waiting = asyncio.create_task(desk._in_time(lambda: None, 60))
        await asyncio.sleep(0)
        step.set_result(None)
        for _ in range(turns):
            await asyncio.sleep(0)
        cancelled = waiting.cancel()
        await asyncio.wait([waiting])
        return waiting.cancelled() == cancelled

    assert anyio.run(give_up)

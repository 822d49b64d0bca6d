"""One turn of the chat, without a browser."""

from __future__ import annotations

import asyncio

import pytest
from stub_dateline import StubDateline

from qa.records import Turn
from qa.server.asking import Desk
from qa.server.chat import Reply, View
from qa.server.metrics import Metrics


def views(question: str, turns: tuple[Turn, ...] = (), stub: StubDateline | None = None) -> list[View]:
    """Every view of one turn."""

    async def collect() -> list[View]:
        desk = Desk(stub or StubDateline(), Metrics())
        return [view async for view in Reply().views(desk, question, [], turns)]

    return asyncio.run(collect())


def html(view: View) -> str:
    """The newest message."""
    return str(view.messages[-1]["content"])


def test_sources_come_before_the_first_word() -> None:
    """The panel is filled while the answer has no sentence yet, and sentences come one by one."""
    got = views("How long?")
    assert "Looking through" in html(got[0])
    assert got[1].panel is not None
    assert "412 metres long" not in html(got[1])
    assert "Reading 2 reports" in html(got[1])
    assert "412 metres long" in html(got[2])
    assert "415 metres long" not in html(got[2])
    assert "Answered from 2 reports" in html(got[-1])


def test_the_conversation_is_kept_and_handed_on() -> None:
    """After an answer both sides are remembered, and the next question gets them."""
    earlier = (Turn("user", "A?"), Turn("assistant", "B."))
    stub = StubDateline()
    got = views("How long?", earlier, stub)
    assert stub.histories == [earlier]
    assert got[-1].turns[:2] == earlier
    assert got[-1].turns[2] == Turn("user", "How long?")
    assert got[-1].turns[3].content.startswith("The bridge is 412 metres long. [1]")


def test_errors_become_a_message_and_leave_the_conversation_usable() -> None:
    """Empty, too long, or failing half-way: one line, and the turns stay as they were."""
    for question, line in (("", "is empty"), ("x" * 10_000, "more than 2000"), ("fail", "does not answer")):
        last = views(question)[-1]
        assert line in html(last)
        assert last.turns == ()


def test_a_bug_becomes_a_message_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    """The reader sees that something failed; what failed is in the log."""
    last = views("bug")[-1]
    assert "Something went wrong inside Dateline." in html(last)
    assert "a bug" not in html(last)
    assert "a bug" in caplog.text


def test_an_empty_question_shows_no_bubble() -> None:
    """There is nothing to repeat."""
    assert [message["role"] for message in views("  ")[-1].messages] == ["assistant"]


def test_stopping_keeps_what_was_shown_and_closes_the_stream() -> None:
    """What was checked stays, it is said that the reader stopped it, and no view comes after that."""
    stub, reply = StubDateline(), Reply()

    async def stop() -> list[View]:
        got = []
        async for view in reply.views(Desk(stub, Metrics()), "slow", [], ()):
            got.append(view)
            if "412" in html(view):
                reply.stop()
        return got

    got = asyncio.run(stop())
    assert "412 metres long" in html(got[-1])
    assert "Stopped" in html(got[-1])
    assert "dl-busy" not in html(got[-1])
    assert got[-1].turns == ()
    assert stub.abandoned.wait(10)
    reply.stop()
    assert reply.over.is_set()


def test_leaving_closes_the_stream() -> None:
    """When nobody reads on, the pipeline's iterator is closed."""
    stub = StubDateline()

    async def leave() -> None:
        views = Reply().views(Desk(stub, Metrics()), "slow", [], ())
        async for view in views:
            if "412" in html(view):
                break
        await views.aclose()

    asyncio.run(leave())
    assert stub.abandoned.wait(10)


def test_cancelling_inside_a_step_closes_the_stream() -> None:
    """A cancelled task waits for the step that is running, then closes the iterator."""
    stub = StubDateline()

    async def cancel() -> None:
        desk = Desk(stub, Metrics())
        seen = asyncio.Event()

        async def read() -> None:
            async for _ in desk.stream("slow"):
                seen.set()

        task = asyncio.create_task(read())
        await seen.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cancel())
    assert stub.abandoned.wait(10)

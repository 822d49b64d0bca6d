"""The chat's pages and the answers on their way to them: Stop that comes early, pages that leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from stub_dateline import DOCUMENTS, StubDateline

from qa.server.answer_html import shown_with
from qa.server.asking import Desk
from qa.server.chat import Asked, Reply, View
from qa.server.language import texts_for
from qa.server.metrics import Metrics
from qa.server.pages import STREAM, Ended, Pages

SHOWN = shown_with(texts_for("en"), DOCUMENTS)


async def answered(pages: Pages, call: int, page: str = "a") -> tuple[Ended, list[View]]:
    """What the page had ended already, and every view of an answer that does not end by itself."""
    desk, reply = Desk(StubDateline(), Metrics()), Reply()
    async with pages.answering(page, call, reply) as ended:
        got = [view async for view in reply.views(desk, Asked("endless answer"), SHOWN)]
    assert desk.turns.held == 0 or await _until(lambda: desk.turns.held == 0)
    return ended, got


async def _until(condition: Callable[[], bool]) -> bool:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)
    return True


@pytest.mark.parametrize("how", ["stopped", "left"])
def test_an_end_that_overtakes_its_question_ends_it(how: Ended) -> None:
    """The question is over before it begins; one that is asked later is not."""

    async def talk() -> None:
        pages = Pages()
        await pages.end("a", 7, how)
        ended, got = await answered(pages, 6)
        assert ended == how
        kept = got[-1].kept
        assert got[-1].over
        assert kept is not None
        assert kept.ended == "stopped"
        async with pages.answering("a", 8, Reply()) as since:
            assert since == ""
        async with pages.answering("b", 1, Reply()) as elsewhere:
            assert elsewhere == ""

    asyncio.run(talk())


def test_an_end_waits_for_the_answer_that_it_ends() -> None:
    """Nothing of it comes after that."""

    async def talk() -> None:
        pages = Pages()
        asking = asyncio.create_task(answered(pages, 1))
        await asyncio.sleep(0)
        await pages.end("a", 2, "stopped")
        ended, got = await asking
        assert ended == ""
        assert got[-1].over

    asyncio.run(talk())


def test_an_answer_for_which_nobody_listens_is_stopped() -> None:
    """One whose page has its stream open goes on."""

    async def talk() -> None:
        pages, broken = Pages(unheard_seconds=0), asyncio.Event()

        async def stream(scope: object, receive: object, send: object) -> None:
            await broken.wait()

        scope = {"type": "http", "path": f"/below{STREAM}", "query_string": b"session_hash=listens"}
        listening = asyncio.create_task(pages.listening(stream)(scope, None, None))  # type: ignore[arg-type]
        async with AsyncExitStack() as stack:
            replies = {page: Reply() for page in ("listens", "gone")}
            desk = Desk(StubDateline(), Metrics())
            for page, reply in replies.items():
                await stack.enter_async_context(pages.answering(page, 1, reply))
            views = replies["gone"].views(desk, Asked("endless answer"), SHOWN)
            got = [view async for view in views]
            assert got[-1].over
            other = replies["listens"].views(desk, Asked("endless answer"), SHOWN)
            assert [not (await anext(other)).over for _ in range(4)] == [True] * 4
            broken.set()
            assert [view async for view in other][-1].over
        await listening

    asyncio.run(talk())

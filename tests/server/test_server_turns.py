"""Who has their turn when: bounded, fair, and given up by whoever leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, aclosing

import pytest
from served import eventually
from stub_dateline import SPAN, StubDateline

from qa.errors import ClosingError, QueueFullError
from qa.records import Answer, AnswerSentence, Sources
from qa.server.asking import Desk
from qa.server.metrics import Metrics
from qa.server.steps import Waiting
from qa.server.turns import Ticket, Turns


async def settled() -> None:
    """Everything that can go on now has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def served_in_order(turns: Turns, asking: Sequence[str]) -> list[str]:
    """Who got their turn, in order, when all of them wait while somebody else has theirs."""
    order: list[str] = []

    async def ask(who: str, name: str) -> None:
        with turns.ticket(who) as ticket:
            async for _ in ticket.before():
                pass
            order.append(name)

    with turns.ticket("first") as first:
        async for _ in first.before():
            raise AssertionError("nobody is before the first")
        waiting = [asyncio.create_task(ask(who[0], who)) for who in asking]
        await settled()
    await asyncio.gather(*waiting)
    return order


def test_whoever_asks_often_waits_for_the_others() -> None:
    """Three questions of one and one each of two others: everybody's first comes before anybody's second."""
    order = asyncio.run(served_in_order(Turns(1, 9), ["a1", "a2", "a3", "b1", "c1"]))
    assert order == ["a1", "b1", "c1", "a2", "a3"]


def test_places_are_told_as_they_change() -> None:
    """From how many are before to the turn, also when one of them leaves without having had it."""

    async def told() -> list[int]:
        turns = Turns(1, 9)
        places: list[int] = []

        async def wait(ticket: Ticket) -> None:
            places.extend([before async for before in ticket.before()])

        with ExitStack() as having:
            await wait(having.enter_context(turns.ticket("a")))
            leaving = ExitStack()
            other = asyncio.create_task(wait_only(leaving.enter_context(turns.ticket("b"))))
            await settled()
            with turns.ticket("c") as last:
                mine = asyncio.create_task(wait(last))
                await settled()
                assert turns.waiting == 2
                leaving.close()
                await settled()
                having.close()
                await mine
            other.cancel()
        return places

    async def wait_only(ticket: Ticket) -> None:
        async for _ in ticket.before():
            pass

    assert asyncio.run(told()) == [2, 1]


def test_beyond_the_bound_it_is_refused_with_a_time() -> None:
    """A place is free again once somebody is done."""
    turns = Turns(1, 1)
    with turns.ticket(), turns.ticket():
        with pytest.raises(QueueFullError) as refused, turns.ticket():
            pass
        assert refused.value.retry_after >= 1
    with turns.ticket():
        pass


class Slow(StubDateline):
    """A pipeline whose wording goes on when it is let; notes who is worded."""

    def __init__(self) -> None:
        super().__init__()
        self.worded: list[str] = []
        self.let: Callable[[], bool] = lambda: False

    def stream(  # type: ignore[override]  # the script is this one alone
        self, question: str, history: object = (), *, within: object = ()
    ) -> Iterator[Sources | AnswerSentence | Answer]:
        """The sources; the rest once it is let."""
        yield Sources((SPAN,))
        self.worded.append(question)
        assert eventually(lambda: self.let())
        yield AnswerSentence(SPAN.quote, (1,), "quote")
        yield self._answer(question, (), (SPAN,))


def test_sources_come_at_once_and_a_slow_reader_holds_up_nobody() -> None:
    """The second sees sources and place while the first is worded, whose reader need not read on."""

    async def talk() -> list[object]:
        slow = Slow()
        desk = Desk(slow, Metrics(), turns=Turns(1, 9))
        first, second = desk.stream("first", who="a"), desk.stream("second", who="b")
        async with aclosing(first), aclosing(second):
            assert isinstance(await anext(first), Sources)
            while slow.worded != ["first"]:
                await asyncio.sleep(0.01)
            assert isinstance(await anext(second), Sources)
            seen: list[object] = [await anext(second)]
            assert slow.worded == ["first"]
            slow.let = lambda: True  # the first's steps are there now, and nobody takes them
            seen += [step async for step in second]
        return seen

    waiting, sentence, answer = asyncio.run(talk())
    assert waiting == Waiting(1)
    assert isinstance(sentence, AnswerSentence)
    assert isinstance(answer, Answer)


@pytest.mark.parametrize("waits", [True, False])
def test_who_leaves_passes_the_turn_on(waits: bool) -> None:
    """While waiting, or in the middle of the turn."""

    async def talk() -> list[str]:
        slow = Slow()
        desk = Desk(slow, Metrics(), turns=Turns(1, 9))
        streams = [desk.stream(name, who=name) for name in ("first", "second", "third")]
        for stream in streams:
            assert isinstance(await anext(stream), Sources)
            await settled()
        while slow.worded != ["first"]:
            await asyncio.sleep(0.01)
        await streams[1 if waits else 0].aclose()
        slow.let = lambda: True
        left = [stream for at, stream in enumerate(streams) if at != (1 if waits else 0)]
        ends = [[step async for step in stream][-1] for stream in left]
        assert all(isinstance(step, Answer) for step in ends)
        assert desk.turns.waiting == 0
        return slow.worded

    assert asyncio.run(talk()) == (["first", "third"] if waits else ["first", "second", "third"])


def test_a_remembered_answer_needs_no_turn() -> None:
    """It comes while somebody else has theirs, and is counted as remembered."""

    class Known(StubDateline):
        def recalls(self, *_: object, **__: object) -> bool:
            return True

    async def talk() -> list[object]:
        metrics = Metrics()
        desk = Desk(Known(), metrics, turns=Turns(1, 9))
        with desk.turns.ticket("first") as first:
            async for _ in first.before():
                raise AssertionError("nobody is before the first")
            steps: list[object] = [step async for step in desk.stream("How long is it?", who="second")]
        assert b'dateline_cache_lookups_total{cache="answers",result="hit"} 1.0' in metrics.text(ready=True)
        return steps

    steps = asyncio.run(talk())
    assert isinstance(steps[-1], Answer)
    assert not any(isinstance(step, Waiting) for step in steps)


def test_once_closed_whoever_waits_is_told() -> None:
    """At once, while the one that has a turn keeps it; nobody gets a ticket any more."""

    async def talk() -> None:
        turns = Turns(1, 9)
        with turns.ticket("first") as first, turns.ticket("second") as second:
            async for _ in first.before():
                raise AssertionError("nobody is before the first")
            places = second.before()
            assert await anext(places) == 1
            told = asyncio.create_task(anext(places))
            await settled()
            assert not told.done()
            turns.close()
            with pytest.raises(ClosingError) as closed:
                await told
            assert closed.value.retry_after
            assert first.began is not None
            with pytest.raises(ClosingError), turns.ticket():
                pass

    asyncio.run(talk())

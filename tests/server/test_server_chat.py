"""One turn of the chat, without a browser."""

from __future__ import annotations

import asyncio

import pytest
from stub_dateline import DOCUMENTS, StubDateline

from qa.records import Turn
from qa.server import conversation_html
from qa.server.answer_html import shown_with
from qa.server.asking import Desk
from qa.server.chat import Asked, Reply, View, read_asked
from qa.server.kept import Exchange
from qa.server.language import texts_for
from qa.server.metrics import Metrics

SHOWN = shown_with(texts_for("en"), DOCUMENTS)


def views(
    question: str,
    earlier: tuple[Exchange, ...] = (),
    stub: StubDateline | None = None,
    within: tuple[str, ...] = (),
) -> list[View]:
    """Every view of one turn."""

    async def collect() -> list[View]:
        desk = Desk(stub or StubDateline(), Metrics())
        asked = Asked(question, within, earlier)
        return [view async for view in Reply().views(desk, asked, SHOWN)]

    return asyncio.run(collect())


def html(view: View) -> str:
    """The newest message."""
    return view.messages[-1]


def kept(view: View) -> Exchange:
    """What the browser is to keep."""
    assert view.kept
    return view.kept


def test_sources_come_before_the_first_word() -> None:
    """The panel is filled while the answer has no sentence yet, and sentences come one by one."""
    got = views("How long?")
    assert "Looking through" in html(got[0])
    assert got[1].panel is not None
    assert "dl-sentence" not in html(got[1])
    assert "Reading 2 reports" in html(got[1])
    assert "The bridge is 412 metres long." in html(got[2])
    assert "blockquote" not in html(got[2])
    assert "Answered from 2 reports" in html(got[-1])
    assert got[1].lit == got[-1].lit == {DOCUMENTS[0].id, DOCUMENTS[1].id}


def test_the_conversation_is_kept_and_handed_on() -> None:
    """The whole answer goes to the browser; what it sends with the next question reaches the pipeline."""
    first = kept(views("How long?")[-1])
    assert (first.question, first.ended) == ("How long?", "whole")
    stub = StubDateline()
    cut_off = Exchange("And then?")
    got = views("what", (first, cut_off), stub)
    answer = first.answer
    assert answer
    assert stub.histories == [(Turn("user", "How long?"), Turn("assistant", answer.answer))]
    assert [len(view.earlier) for view in got if view.earlier is not None] == [4]
    assert all(len(view.messages) == 2 for view in got)


def test_until_the_end_what_was_verified_is_kept_as_lost() -> None:
    """A connection that breaks leaves the browser with the sentences so far."""
    got = views("How long?")
    assert [view.over for view in got] == [False] * (len(got) - 1) + [True]
    assert kept(got[0]).answer is None
    so_far = kept(got[2])
    assert so_far.ended == "lost"
    assert so_far.answer
    assert [sentence.citations for sentence in so_far.answer.sentences] == [(1,)]
    assert [citation.number for citation in so_far.answer.citations] == [1]


def test_narrowing_reaches_the_pipeline_and_is_shown() -> None:
    """The ids are passed on, and the question says what it is narrowed to."""
    stub, ids = StubDateline(), (DOCUMENTS[0].id, DOCUMENTS[1].id)
    got = views("How long?", (), stub, ids)
    assert stub.narrowed == [ids]
    assert "Only: Porto Novo, 4 May 2021" in got[0].messages[-2]
    assert kept(got[-1]).within == ids


def test_errors_become_a_message_and_leave_the_conversation_usable() -> None:
    """Empty, too long, or failing half-way: it says what is wrong and offers to ask again."""
    for question, line in (("", "is empty"), ("x" * 10_000, "more than 2000"), ("fail", "does not answer")):
        last = views(question)[-1]
        assert line in html(last)
        assert 'data-do="retry"' in html(last)
        assert kept(last).ended == "failed"
        assert last.panel is None


def test_what_was_verified_before_a_failure_stays() -> None:
    """A model that dies half-way takes nothing back, now and when the conversation is shown again."""
    last = views("cut")[-1]
    assert "The bridge is 412 metres long." in html(last)
    assert "The language model does not answer" in html(last)
    again = conversation_html.messages((kept(last),), SHOWN)
    assert again == last.messages


@pytest.mark.parametrize("sent", [None, [], "x", {"question": 7, "within": "abc", "exchanges": {}}])
def test_what_a_browser_garbles_is_empty(sent: object) -> None:
    """Nothing of it raises."""
    asked = read_asked(sent)
    assert (asked.within, asked.earlier) == ((), ())


def test_a_bug_becomes_a_message_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    """The reader sees that something failed; what failed is in the log."""
    last = views("bug")[-1]
    assert "Something went wrong inside Dateline." in html(last)
    assert "a bug" not in html(last)
    assert "a bug" in caplog.text


def test_stopping_keeps_what_was_shown_and_closes_the_stream() -> None:
    """What was checked stays, it is said that the reader stopped it, and no view comes after that."""
    stub, reply = StubDateline(), Reply()

    async def stop() -> list[View]:
        got = []
        async for view in reply.views(Desk(stub, Metrics()), Asked("slow"), SHOWN):
            got.append(view)
            if "dl-sentence" in html(view):
                reply.stop()
        return got

    got = asyncio.run(stop())
    assert "412 metres long" in html(got[-1])
    assert "Stopped" in html(got[-1])
    assert "dl-busy" not in html(got[-1])
    assert kept(got[-1]).ended == "stopped"
    assert stub.abandoned.wait(10)
    reply.stop()
    assert reply.over.is_set()


def test_stopping_does_not_wait_for_a_page_that_lags() -> None:
    """Sentences that the page has not taken yet come with the last view, and the model stops at once."""
    stub, reply = StubDateline(), Reply()

    async def stop() -> list[View]:
        views = reply.views(Desk(stub, Metrics()), Asked("slow"), SHOWN)
        for _ in range(2):  # the question, its sources
            await anext(views)
        while reply._inbox.qsize() < 5:
            await asyncio.sleep(0)
        reply.stop()
        return [view async for view in views]

    (last,) = asyncio.run(stop())
    assert html(last).count("412 metres long") >= 5
    assert kept(last).ended == "stopped"
    assert stub.abandoned.wait(10)


def test_leaving_closes_the_stream() -> None:
    """When nobody reads on, the pipeline's iterator is closed."""
    stub = StubDateline()

    async def leave() -> None:
        views = Reply().views(Desk(stub, Metrics()), Asked("slow"), SHOWN)
        async for view in views:
            if "dl-sentence" in html(view):
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

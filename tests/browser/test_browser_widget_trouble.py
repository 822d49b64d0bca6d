"""What goes wrong between the widget and its server: one line says it, nothing unchecked is shown."""

from __future__ import annotations

import json
import re
from email.utils import formatdate
from threading import Event
from time import time
from typing import Any

import pytest
from embedding import Elsewhere, Handler, ask, box
from playwright.sync_api import Page, expect
from served import Served
from visiting import Visit

CITATION = {
    "number": 1, "document_id": "d1", "title": "A report", "publisher": "The Courier",
    "published": "2021-05-05", "uri": "a.txt", "start": 0, "end": 5, "quote": "Words",
}  # fmt: skip
SENTENCE = {"text": "Grüße 🙂 from the harbour.", "citations": [1], "origin": "quote"}
ANSWER = {"status": "answered", "answer": "x", "sentences": [SENTENCE], "citations": [CITATION]}


def event(name: str, data: Any) -> str:
    """One server-sent event; `data` is JSON, or the text that stands in its place."""
    return f"event: {name}\ndata: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n"


SOURCES, SAID, FINAL = (
    event("sources", {"citations": [CITATION]}),
    event("sentence", SENTENCE),
    event("final", ANSWER),
)
LOST = "The connection was lost before the answer was complete."

# What the server streams, the status that stands there in the end, and how many sentences.
STREAMS = {
    "cut off inside an event": (SOURCES + SAID[:-4], LOST, 0),
    "cut off after a sentence": (SOURCES + SAID, LOST, 1),
    "nothing at all": ("", LOST, 0),
    "no JSON": (event("sources", "{nope") + event("sentence", "[") + event("final", "}"), LOST, 0),
    "no JSON between": (SOURCES + event("sentence", "{nope") + SAID + FINAL, "Quoted from 1 report", 1),
    "other types": (event("sources", {"citations": 7}) + event("final", {**ANSWER, "sentences": "x"}), LOST, 0),
    "a list as the answer": (SOURCES + event("final", [ANSWER]), LOST, 0),
    "null": (event("sources", None) + event("sentence", None) + event("final", None), LOST, 0),
    "an unknown status": (SOURCES + event("final", {**ANSWER, "status": "sure"}), LOST, 0),
    "a number without a source": (
        SOURCES + event("final", {**ANSWER, "sentences": [SENTENCE, {**SENTENCE, "citations": [2]}]}),
        "Quoted from 1 report",
        1,
    ),
    "no sources before": (SAID + FINAL, "Quoted from 1 report", 1),
    "the sources twice": (SOURCES * 2 + SAID + FINAL, "Quoted from 1 report", 1),
    "other line ends, comments, unknown events": (
        (": ping\n\nid: 7\nretry: 1\n" + event("later", {}) + SOURCES + SAID + FINAL).replace("\n", "\r\n"),
        "Quoted from 1 report",
        1,
    ),
    "an error half-way": (
        SOURCES
        + SAID
        + event("error", {"error": {"code": "model_unreachable", "message": "Gone.", "hint": "Wait."}}),
        "The language model does not answer",
        1,
    ),
    "a broken error": (SOURCES + event("error", 5), "That did not work", 0),
    "keys of every object": (
        SOURCES + event("final", '{"__proto__": {"status": "answered"}, "constructor": 1, "toString": 2}'),
        LOST,
        0,
    ),
}


# Every character, line and event is cut at every place.
BYTE_BY_BYTE = """
  const whole = window.fetch;
  window.fetch = async (...given) => {
    const answer = await whole(...given);
    const cut = new TransformStream({
      transform(chunk, to) { for (const byte of chunk) to.enqueue(new Uint8Array([byte])); },
    });
    return new Response(answer.body.pipeThrough(cut), answer);
  };
"""


@pytest.fixture
def page(visit: Visit, site: Elsewhere, scripted: Served) -> Page:
    """A page whose widget asks the site itself, which answers as it is told."""
    path = site.embed(scripted.url, f'mode="inline" storage="none" api-base="{site.url}"')
    page: Page = visit(site.url, path=path)
    return page


def test_malformed_streams(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Each ends with a line that says how it stands; what was verified stays, and the next question works."""

    def stream(text: str) -> Any:
        return lambda to, _: to.whole(200, "text/event-stream", text)

    attributes = f'mode="inline" storage="none" api-base="{site.url}"'
    page = visit(site.url, path=site.embed(scripted.url, attributes, f"<script>{BYTE_BY_BYTE}</script>"))
    chat = page.locator("dateline-chat")
    for name, (text, status, sentences) in STREAMS.items():
        site.answers[name] = stream(text)
        reply = ask(page, name)
        expect(reply.locator(".status")).to_have_text(status)
        expect(reply.locator(".sentence")).to_have_count(sentences)
        if sentences:
            expect(reply.locator(".sentence")).to_have_text(f"{SENTENCE['text']} 1")
        expect(reply.get_by_role("button", name="Ask again")).to_be_enabled()
        chat.evaluate("one => one.reset()")


def test_a_connection_that_breaks(page: Page, site: Elsewhere, visit: Visit) -> None:
    """In the middle of a body that was to be longer: what was checked stays, and asking again works."""

    def broken(to: Handler, _: dict[str, Any]) -> None:
        to.start(200, "text/event-stream", 100_000)
        to.wfile.write((SOURCES + SAID).encode())
        seen.wait(30)
        to.close_connection = True

    seen = Event()
    site.answers["A question?"] = broken
    box(page).fill("A question?")
    box(page).press("Enter")
    reply = page.locator(".turn")
    expect(reply.locator(".sentence")).to_have_count(1)
    seen.set()
    expect(reply.locator(".status")).to_have_text(LOST)
    expect(reply.locator(".sentence")).to_have_count(1)
    site.answers["A question?"] = lambda to, _: to.whole(200, "text/event-stream", SOURCES + SAID + FINAL)
    reply.get_by_role("button", name="Ask again").click()
    expect(page.locator(".status")).to_have_text("Quoted from 1 report")
    expect(page.locator(".turn")).to_have_count(1)
    assert all("ERR_" in said for said in visit.complaints), visit.complaints
    visit.complaints.clear()


REFUSALS = {
    (401, "unauthorized"): "This page may not ask here",
    (403, "unknown_site"): "This page may not ask here",
    (413, "too_large"): "The question is too long",
    (422, "bad_input"): "This cannot be asked",
    (500, "internal"): "Something went wrong inside Dateline.",
    (418, "teapot"): "That did not work",
}


def test_refusals(page: Page, site: Elsewhere, visit: Visit) -> None:
    """A heading in the reader's language, then the server's own line and what to do, as text."""

    def refuse(to: Handler, body: dict[str, Any]) -> None:
        status, code = body["question"].split()
        told = {"error": {"code": code, "message": "A <b>line</b>.", "hint": "Do <i>this</i>."}}
        to.whole(int(status), "application/json", json.dumps(told))

    for (status, code), heading in REFUSALS.items():
        question = f"{status} {code}"
        site.answers[question] = refuse
        reply = ask(page, question)
        expect(reply.locator(".status")).to_have_text(heading)
        if code != "internal":
            expect(reply.locator(".hint")).to_have_text(["A <b>line</b>.", "Do <i>this</i>."])
        expect(reply.get_by_role("button", name="Ask again")).to_be_enabled()
    site.answers["no JSON"] = lambda to, _: to.whole(502, "text/html", "<h1>Bad gateway</h1>")
    expect(ask(page, "no JSON").locator(".hint")).to_have_text("502 Bad Gateway")
    visit.complaints.clear()  # the browser notes every such status


@pytest.mark.parametrize("status", [429, 503])
def test_asking_again_waits_as_long_as_the_server_says(
    page: Page, site: Elsewhere, visit: Visit, status: int
) -> None:
    """Retry-After in seconds and as a date: the button says how long, and works after that."""
    told = json.dumps({"error": {"code": "not_now", "message": "Not now.", "hint": "Wait."}})

    def refuse(to: Handler, _: dict[str, Any]) -> None:
        to.whole(status, "application/json", told, Retry_After=when)

    site.answers["A question?"] = refuse
    page.clock.install()
    for when, waits in (
        ("7", r"Ask again in [67] seconds"),
        (formatdate(time() + 1800), r"Ask again in (29|3\d) m"),
    ):
        reply = ask(page, "A question?")
        again = reply.locator(".retry")
        expect(again).to_be_disabled()
        expect(again).to_have_text(re.compile(waits))
        page.clock.fast_forward(int(when) * 1000 + 1000 if when.isdigit() else "40:00")
        expect(again).to_be_enabled()
        expect(again).to_have_text("Ask again")
    visit.complaints.clear()


def test_a_server_that_is_not_there(page: Page, site: Elsewhere, visit: Visit) -> None:
    """Or does not let this page ask: one line that says so; the page hears of it."""
    page.locator("dateline-chat").evaluate(
        "one => { one.apiBase = 'http://127.0.0.1:9'; window.told = [];"
        " addEventListener('dateline-error', (event) => window.told.push(event.detail.code)); }"
    )
    reply = ask(page, "A question?")
    expect(reply.locator(".status")).to_have_text("The server cannot be reached.")
    expect(reply).to_contain_text("or it takes no questions from this page")
    assert page.evaluate("window.told") == ["offline"]
    visit.complaints.clear()


def test_a_server_that_falls_silent(page: Page, site: Elsewhere) -> None:
    """After a minute without any sign of life the answer counts as lost; what was checked stays."""

    def silent(to: Handler, _: dict[str, Any]) -> None:
        to.start(200, "text/event-stream")
        to.wfile.write((SOURCES + SAID).encode())
        to.wfile.flush()
        to.connection.recv(1)  # until the widget gives up

    site.answers["A question?"] = silent
    page.clock.install()
    box(page).fill("A question?")
    box(page).press("Enter")
    expect(page.locator(".sentence")).to_have_count(1)
    page.clock.fast_forward(61_000)
    expect(page.locator(".status")).to_have_text(LOST)
    expect(page.locator(".sentence")).to_have_count(1)


def test_what_is_sent(page: Page, site: Elsewhere) -> None:
    """Site and collection only where they are set; of a long conversation its last part; no book."""
    site.answers.update(
        {f"Question {n}?": lambda to, _: to.whole(200, "text/event-stream", FINAL) for n in range(9)}
    )
    site.asked.clear()
    ask(page, "Question 0?")
    chat = page.locator("dateline-chat")
    chat.evaluate("one => { one.site = 'news'; one.collection = 'archive'; }")
    for number in range(1, 9):
        ask(page, f"Question {number}?")
    (_, plain, first), *_, (path, headers, last) = site.asked
    assert first == {"question": "Question 0?", "history": [], "stream": True}
    assert "x-dateline-site" not in {name.lower() for name in plain}
    assert path == "/api/ask"
    assert {name.lower(): value for name, value in headers.items()}["x-dateline-site"] == "news"
    assert last["collection"] == "archive"
    assert [turn["content"] for turn in last["history"][::2]] == [f"Question {n}?" for n in range(2, 8)]
    asked = len(site.asked)
    expect(ask(page, "x" * 9000).locator(".status")).to_have_text("The question is too long")
    assert len(site.asked) == asked


def test_a_report_that_is_gone_or_changed(page: Page, site: Elsewhere, visit: Visit) -> None:
    """The quotation is shown by itself, and it is said that it could not be found."""
    site.answers["A question?"] = lambda to, _: to.whole(200, "application/json", json.dumps(ANSWER))
    reply = ask(page, "A question?")
    reply.locator(".body .cite").click()
    expect(page.locator(".report .notice")).to_contain_text("The report could not be loaded.")
    expect(page.locator(".report blockquote")).to_have_text("Words")
    page.keyboard.press("Escape")
    site.pages["/api/documents/d1"] = json.dumps({"text": "Other words"}), {}
    reply.locator(".body .cite").click()
    expect(page.locator(".report .notice")).to_have_text("The sentence no longer stands in this report.")
    page.locator("dateline-chat").evaluate("one => one.reset()")
    long = "🙂 line\n" * 40_000
    site.pages["/api/documents/d1"] = json.dumps({"text": long + "Words" + long}), {}
    start = len(long)
    moved = {**ANSWER, "citations": [{**CITATION, "start": start, "end": start + 5}]}
    site.answers["A question?"] = lambda to, _: to.whole(200, "application/json", json.dumps(moved))
    ask(page, "A question?").locator(".body .cite").click()
    expect(page.locator(".report mark")).to_have_text("Words")
    expect(page.locator(".report mark")).to_be_in_viewport()
    expect(page.locator(".report .notice")).to_contain_text("This report is very long")
    del site.pages["/api/documents/d1"]
    assert visit.complaints == []


def test_what_a_browser_kept_is_checked(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Broken or strange storage is passed over; a browser without storage answers all the same."""
    path = site.embed(scripted.url, 'mode="inline" storage="local"')
    page = visit(site.url, path=path)
    ask(page, "How long is the bridge?")
    (key,) = page.evaluate("Object.keys(localStorage)")
    for kept in ("{nope", "7", '{"exchanges": {"length": 3}}', '{"exchanges": [null, {"question": 1}, []]}'):
        page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [key, kept])
        page.reload()
        expect(page.locator(".welcome")).to_be_visible()
    page.context.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.reload()
    expect(ask(page, "How long is the bridge?")).to_contain_text("412 metres")

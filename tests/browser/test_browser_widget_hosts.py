"""The widget on difficult pages: strict policies, hostile styles and globals, two of them, frames, the demo."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import uvicorn
from embedding import Elsewhere, ask, box, opened
from playwright.sync_api import expect
from served import Served, eventually
from stub_dateline import SPAN, StubDateline
from support import free_port
from test_browser_looks import findings
from visiting import DESKTOP, Visit

from qa.config import Settings
from qa.server.api import create_app

HOSTILE_STYLE = """
* { all: unset; font: 40px cursive !important; color: red !important; transform: rotate(3deg); float: left; }
div, section { display: none; }
button, textarea, p, h2, h3 { visibility: hidden !important; pointer-events: none !important; }
dateline-chat { letter-spacing: 1em; text-transform: uppercase; direction: rtl; visibility: hidden;
  pointer-events: none; line-height: 9; cursor: wait; white-space: pre; --dl-paper: red; }
.frame, .panel, .log { background: red !important; }
html { font-size: 3px; }
"""
HOSTILE_GLOBALS = """
for (const name of ["signal", "extra", "get", "once", "method", "headers", "toJSON", "stream", "hidden"]) {
  Object.prototype[name] = function trap() { throw new Error(`a trap: ${name}`); };
}
for (const name of ["map", "filter", "find", "findIndex", "forEach", "includes", "reduce", "flat", "toJSON"]) {
  Array.prototype[name] = function trap() { throw new Error(`a trap: ${name}`); };
}
Array.from = () => { throw new Error("a trap: from"); };
Array.prototype.added = 1;
window.$ = window.name = window.status = window.Chat = window.Panel = 7;
"""


@pytest.fixture(scope="module")
def careful(site: Elsewhere) -> Iterator[str]:
    """A server in this process that lets the pages of one origin in; its address."""
    port = free_port()
    settings = Settings(_env_file=None, host="127.0.0.1", port=port, allowed_origins=(site.url,))
    config = uvicorn.Config(create_app(StubDateline(), settings), port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert eventually(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_a_strict_policy_is_kept(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """With scripts and requests to the server alone, no style but its sheets, and trusted types: all works."""
    policy = (
        f"default-src 'none'; script-src {scripted.url}; connect-src {scripted.url}; style-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page = visit(site.url, path=site.embed(scripted.url, Content_Security_Policy=policy))
    page.locator(".launcher").click()
    reply = ask(page, "How long is the bridge?")
    reply.get_by_role("button", name="Copy with sources").click()
    expect(page.locator(".note.shown")).to_have_text("Copied")
    reply.locator(".body .cite").first.click()
    expect(page.locator(".report mark")).to_have_text(SPAN.quote)
    assert page.locator(".panel").evaluate("one => getComputedStyle(one).position") == "fixed"


def test_styles_of_the_page_do_not_come_in(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Beside a widget on a calm page, one on a page that unsets, hides and turns everything looks the same."""
    looks, shown = [], ("x", "y", "width", "height")
    for more in ("", f"<style>{HOSTILE_STYLE}</style>"):
        page = visit(site.url, path=site.embed(scripted.url, more=more))
        page.locator(".launcher").click()
        reply = ask(page, "How long is the bridge?")
        found = []
        for part in (page.locator(".panel"), reply.locator(".worded"), reply.locator("blockquote"), box(page)):
            box_of = part.bounding_box()
            assert box_of
            style = part.evaluate(
                "one => { const { color, font, letterSpacing, direction, visibility, cursor, backgroundColor }"
                " = getComputedStyle(one); return [color, font, letterSpacing, direction, visibility, cursor,"
                " backgroundColor]; }"
            )
            found.append([round(box_of[name]) for name in shown] + style)
        looks.append(found)
    assert looks[0] == looks[1]


@pytest.mark.parametrize("mode", ["launcher", "inline"])
def test_changed_globals_do_not_break_it(visit: Visit, site: Elsewhere, scripted: Served, mode: str) -> None:
    """Additions to Object.prototype and Array.prototype, of which every one throws, are never met."""
    attributes = f"mode='{mode}' storage='local' starters='[\"How long is the bridge?\"]'"
    path = site.embed(scripted.url, attributes, f"<script>{HOSTILE_GLOBALS}</script>")
    page = visit(site.url, path=path)
    if mode == "launcher":
        page.locator(".launcher").click()
    page.get_by_role("button", name="How long is the bridge?").click()
    reply = page.locator(".turn").first
    expect(reply.locator(".question")).to_be_focused()
    expect(reply.locator(".status")).to_have_text("Answered from 2 reports")
    with page.expect_request("**/api/ask") as sent:
        expect(ask(page, "Disagree?").locator(".sides li")).to_have_count(2)
    sent_body = sent.value.post_data_json
    assert [turn["role"] for turn in sent_body["history"]] == ["user", "assistant"]
    ask(page, "Which one?").locator(".choice").first.click()
    expect(page.locator(".turn").nth(3).locator(".status")).to_have_text("Answered from 2 reports")
    reply.locator(".body .cite").first.click()
    expect(page.locator(".report mark")).to_have_text(SPAN.quote)
    page.keyboard.press("Escape")
    reply.get_by_role("button", name="Helpful", exact=True).click()
    expect(page.locator(".note.shown")).to_contain_text("Thank you")
    page.reload()
    expect(page.locator(".turn")).to_have_count(4)


def test_two_on_one_page_keep_apart(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Each has its conversation, its focus and what it keeps, whoever loaded the script how often."""
    second = (
        '<dateline-chat mode="inline" storage="local" theme="dark"></dateline-chat>'
        f'<script type="module" src="{scripted.url}/widget-1.js"></script>'
    )
    path = site.embed(scripted.url, 'mode="inline" storage="local"', second)
    page = visit(site.url, path=path)
    first, other = page.locator("dateline-chat").first, page.locator("dateline-chat").last
    ask(page, "How long is the bridge?", 0)
    ask(page, "What did nobody report?", 1)
    page.reload()
    expect(first.locator(".question")).to_have_text("How long is the bridge?")
    expect(other.locator(".question")).to_have_text("What did nobody report?")
    other.get_by_role("button", name="New chat").click()
    expect(other.locator(".turn")).to_have_count(0)
    expect(other.locator("#question")).to_be_focused()
    expect(first.locator(".turn")).to_have_count(1)
    keys = page.evaluate("Object.keys(localStorage)")
    assert len(keys) == 1
    assert scripted.url in keys[0]


def test_an_element_made_and_moved_by_a_script(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Properties set before the script count; moving keeps the answer on its way, removing ends it; no focus is
    taken from the page.
    """
    before = scripted.errors.read_text(encoding="utf-8").count("abandoned")
    page = visit(
        site.url,
        path=site.page("<!doctype html><title>News</title><h1>News</h1><div id=a></div><input id=b autofocus>"),
    )
    page.evaluate("""async (address) => {
      const made = document.createElement("dateline-chat");
      Object.assign(made, { mode: "inline", starters: ["One?", "Two?"], storage: "none", heading: "Here" });
      document.body.append(made);
      await import(address);
      made.ask("endless answer, please");
    }""", f"{scripted.url}/widget.js")  # fmt: skip
    expect(page.get_by_role("region", name="Here")).to_be_visible()
    assert page.locator("dateline-chat").evaluate("one => one.starters") == ["One?", "Two?"]
    page.evaluate("document.querySelector('#a').append(document.querySelector('dateline-chat'))")
    expect(page.locator(".sentence").nth(3)).to_be_visible()
    expect(page.locator("#b")).to_be_focused()
    page.evaluate("document.querySelector('dateline-chat').remove()")
    assert eventually(lambda: scripted.errors.read_text(encoding="utf-8").count("abandoned") > before)


def test_it_lies_over_everything_of_the_page(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Inside an element that is turned, cut off and stacked low, it still stands in the window's corner."""
    more = (
        '<div style="position:fixed;inset:0;z-index:2147483647;background:white"></div>'
        '<div style="transform:rotate(9deg);overflow:hidden;width:9px;height:9px;opacity:.2" id="low"></div>'
        "<script type=module>low.append(document.querySelector('dateline-chat'))</script>"
    )
    page = opened(visit(site.url, path=site.embed(scripted.url, more=more)))
    place = page.locator(".panel").bounding_box()
    assert place
    assert (place["x"] + place["width"], place["y"] + place["height"]) == (DESKTOP[0] - 20, DESKTOP[1] - 20)
    expect(ask(page, "How long is the bridge?")).to_contain_text("412 metres")


def test_the_frame_for_pages_without_scripts(visit: Visit, site: Elsewhere, careful: str) -> None:
    """A page of an allowed origin shows it, with the options of the address; it passes axe."""
    address = f"{careful}/widget/frame?theme=dark&amp;lang=de&amp;heading=Archiv"
    frame = f'<iframe src="{address}" title="Archiv" width="420" height="600"></iframe>'
    path = site.page(
        f"<!doctype html><title>x</title>{frame}", {"Content-Security-Policy": "script-src 'none'"}
    )
    page = visit(site.url, path=path)
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="How long is the bridge?").click()
    expect(inside.locator(".status")).to_have_text("Beantwortet aus 2 Berichten")
    expect(inside.get_by_role("region", name="Archiv")).to_be_visible()
    place = inside.locator(".panel").bounding_box()
    assert place
    assert (place["width"], place["height"]) == (420, 600)
    assert findings(visit(careful, path="/widget/frame")) == []


def test_another_origin_may_not_frame_it(visit: Visit, site: Elsewhere, careful: str) -> None:
    """The browser shows nothing of the frame on a page that is not allowed."""
    path = site.page(f'<!doctype html><title>x</title><iframe src="{careful}/widget/frame"></iframe>')
    page = visit(site.url.replace("127.0.0.1", "localhost"), path=path)
    expect(page.frame_locator("iframe").locator("dateline-chat")).to_have_count(0)
    assert eventually(lambda: any("frame-ancestors" in said for said in visit.complaints))
    visit.complaints.clear()
    visit.requested[:] = [url for url in visit.requested if "//localhost" not in url]


def test_the_demonstration(visit: Visit, scripted: Served) -> None:
    """Options change widgets and the lines to copy; events are listed; axe finds nothing serious."""
    page = visit(scripted, path="/widget/demo")
    snippet = page.locator("#snippet")
    expect(snippet).to_contain_text(f'<script type="module" src="{scripted.url}/widget.js"></script>')
    assert findings(page) == []
    page.get_by_label("Theme").select_option("dark")
    page.get_by_label("Language").select_option("de")
    page.get_by_label("Heading").fill('"Archiv" & <b>')
    expect(snippet).to_contain_text('theme="dark" lang="de" heading="&quot;Archiv&quot; &amp; &lt;b>"')
    expect(page.get_by_role("button", name='"Archiv" & <b>')).to_be_visible()
    inline = page.locator("#inline")
    inline.get_by_role("button", name="How long is the bridge?").click()
    expect(page.locator("#events li").first).to_contain_text("#inline dateline-answer")
    page.get_by_role("button", name="Copy", exact=True).first.click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert findings(page) == []

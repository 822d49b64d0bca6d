"""The widget on a page of another origin: what it shows, how it is used, what it tells the page."""

from __future__ import annotations

import pytest
from embedding import STARTERS, Elsewhere, ask, box, opened
from playwright.sync_api import Page, expect
from served import Served, eventually
from stub_dateline import EVIL, HOSTILE, OTHER, SPAN
from test_browser_looks import findings
from visiting import DESKTOP, PHONE, Visit

INLINE = 'mode="inline" storage="none"'


@pytest.fixture
def inline(visit: Visit, site: Elsewhere, scripted: Served) -> Page:
    """A page with the widget as a part of it."""
    page: Page = visit(site.url, path=site.embed(scripted.url, INLINE))
    return page


def test_one_line_embeds_it_and_a_number_leads_to_the_sentence(
    visit: Visit, site: Elsewhere, scripted: Served
) -> None:
    """Script and element are enough: open, ask, read, press a number, see the exact sentence in its report."""
    page = opened(visit(site.url, path=site.embed(scripted.url)))
    assert [url for url in visit.requested if scripted.url in url] == [f"{scripted.url}/widget.js"]
    reply = ask(page, "How long is the bridge?")
    expect(reply.locator(".status")).to_have_text("Answered from 2 reports")
    expect(reply.locator(".worded")).to_have_text("The bridge is 412 metres long. 1")
    expect(reply.locator("blockquote")).to_contain_text(OTHER.quote)
    expect(reply.locator("blockquote footer")).to_have_text("Harbour Post · 6 May 2021")
    reply.locator(".body .cite").last.click()
    mark = page.locator(".report mark")
    expect(mark).to_have_text(OTHER.quote)
    expect(mark).to_be_in_viewport()
    expect(mark).to_be_focused()
    expect(page.locator(".report header")).to_contain_text("Bridge to the docks")
    expect(page.locator(".report header")).to_contain_text("Event: Porto Novo, 4 May 2021")
    page.get_by_role("button", name="Back to the sources").click()
    expect(reply.locator(".body .cite").last).to_be_focused()
    assert page.context.cookies() == []


def test_sources_come_first_and_stop_keeps_what_was_checked(inline: Page, scripted: Served) -> None:
    """The sources stand there while sentences come; Stop ends the request and frees the box."""
    before = scripted.errors.read_text(encoding="utf-8").count("abandoned")
    box(inline).fill("endless answer, please")
    box(inline).press("Enter")
    expect(inline.locator(".references .said").first).to_have_text(SPAN.quote)
    expect(inline.locator(".references .said").first).to_be_visible()
    expect(inline.locator(".sentence").nth(2)).to_be_visible()
    inline.locator(".body .cite").first.click()
    expect(inline.locator(".report mark")).to_have_text(SPAN.quote)
    inline.keyboard.press("Escape")
    inline.get_by_role("button", name="Stop").click()
    expect(inline.locator(".status.stopped")).to_be_visible()
    expect(inline.locator(".sentence").first).to_be_visible()
    expect(inline.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(ask(inline, "How long is the bridge?")).to_contain_text("412 metres")
    assert eventually(lambda: scripted.errors.read_text(encoding="utf-8").count("abandoned") > before)


def test_every_kind_of_answer(inline: Page) -> None:
    """Sides beside each other, an abstention with its passages, choices that narrow the question."""
    sides = ask(inline, "Disagree about the span?").locator(".sides li")
    expect(sides.first).to_contain_text("412 metres")
    expect(sides.last).to_have_text("415 metresHarbour Post6 May 2021 2")
    first, last = sides.first.bounding_box(), sides.last.bounding_box()
    assert first
    assert last
    assert first["y"] == last["y"]
    abstained = ask(inline, "What did nobody report?")
    expect(abstained.locator(".status")).to_have_text("Not in the documents")
    expect(abstained.locator(".nearest blockquote").first).to_contain_text(SPAN.quote)
    expect(abstained).to_contain_text("Quoting only.")
    ask(inline, "Which one?").get_by_role("button", name="Porto Novo, 4 May 2021").click()
    narrowed = inline.locator(".turn").nth(3)
    expect(narrowed.locator(".only")).to_have_text("Only: Porto Novo, 4 May 2021")
    expect(narrowed.locator(".status")).to_have_text("Answered from 2 reports")
    expect(ask(inline, "And the new one?").locator(".understood")).to_contain_text("the <new> bridge?")


def test_pointing_at_a_number_shows_its_quote(inline: Page) -> None:
    """With title, publisher and date; it stays while it is pointed at."""
    reply = ask(inline, "How long is the bridge?")
    reply.locator(".body .cite").first.hover()
    tip = inline.get_by_role("tooltip")
    expect(tip).to_contain_text(SPAN.quote)
    expect(tip).to_contain_text("Harbour bridge opens · The Courier · 5 May 2021")
    tip.hover()
    expect(tip).to_be_visible()
    inline.mouse.move(1, 1)
    expect(tip).to_be_hidden()


def test_hostile_text_stays_text(inline: Page) -> None:
    """Markup in questions, titles, documents and model output is shown and does nothing."""
    question = 'hostile <img src=x onerror="window.hacked=3"> **b**'
    reply = ask(inline, question)
    expect(reply.locator(".question")).to_have_text(question)
    expect(reply.locator("blockquote")).to_contain_text(HOSTILE.split("\n")[0])
    expect(reply).to_contain_text("**x** <i>y</i> [z](javascript:1)")
    reply.locator(".body .cite").first.click()
    expect(inline.locator(".report mark")).to_have_text(EVIL.quote)
    expect(inline.locator(".report h3")).to_have_text(EVIL.title)
    assert inline.locator(".report .text p").last.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert inline.evaluate("window.hacked") is None


def test_everything_works_from_the_keyboard(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Open, ask, reach a number, read, return and close; Tab stays inside, and the focus goes back."""
    more = '<button id="before">Before</button>'
    page = visit(site.url, path=site.embed(scripted.url, f"starters='{STARTERS}'", more))
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".launcher")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "dateline-chat"
    box(page).focus()
    page.keyboard.type("How long is the bridge?")
    page.keyboard.press("Enter")
    number = page.locator(".body .cite").first
    expect(page.locator(".status.answered")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("summary")).to_be_focused()
    number.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".report mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(number).to_be_focused()
    expect(page.get_by_role("tooltip")).to_contain_text(SPAN.quote)
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator(".launcher")).to_be_focused()


def test_roles_names_and_what_is_announced(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """A named dialog, a named box, and each verified sentence said once, then how the answer stands."""
    page = visit(site.url, path=site.embed(scripted.url, 'heading="Ask our archive"'))
    launcher = page.get_by_role("button", name="Ask our archive")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.click()
    dialog = page.get_by_role("dialog", name="Ask our archive")
    expect(dialog.get_by_role("textbox", name="Question")).to_be_focused()
    expect(dialog.get_by_role("region", name="Conversation")).to_be_visible()
    ask(page, "How long is the bridge?")
    expect(dialog.get_by_role("button", name="Source 1: Harbour bridge opens").first).to_be_visible()
    said = dialog.get_by_role("status").locator("p")
    assert said.all_text_contents() == [
        "The bridge is 412 metres long.",
        OTHER.quote,
        "Answered from 2 reports",
    ]


KINDS = ("How long is the bridge?", "Disagree?", "Which one?", "fail", "What did nobody report?")


@pytest.mark.parametrize(
    ("size", "scheme", "questions"),
    [(DESKTOP, "light", KINDS[::4]), (PHONE, "dark", KINDS)],
    ids=["desktop-light", "phone-dark"],
)
def test_axe_finds_nothing_serious(
    visit: Visit,
    site: Elsewhere,
    scripted: Served,
    size: tuple[int, int],
    scheme: str,
    questions: tuple[str, ...],
) -> None:
    """Closed, open and empty, with every kind of answer, with a report."""
    page = visit(site.url, size, scheme, site.embed(scripted.url, f"starters='{STARTERS}'"))
    assert findings(page) == []
    opened(page)
    assert findings(page) == []
    for question in questions:
        reply = ask(page, question)
        assert findings(page) == []  # of each, for what is scrolled away is not looked at
    reply.locator(".cite").first.click()
    expect(page.locator(".report mark")).to_be_visible()
    assert findings(page) == []


def test_a_phone_is_filled(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """The open panel is as large as the window, is modal, and nothing is wider than the window."""
    page = opened(visit(site.url, PHONE, path=site.embed(scripted.url)))
    panel = page.locator(".panel")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": PHONE[0], "height": PHONE[1]}
    expect(panel).to_have_attribute("aria-modal", "true")
    for question in ("Disagree?", "hostile", "x" * 300):
        ask(page, question)
    assert page.locator(".log").evaluate("one => one.scrollWidth <= one.clientWidth")
    page.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_attributes_take_effect_at_once(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Theme, language, words, position and mode, on a widget that holds a conversation."""
    page = visit(site.url, path=site.embed(scripted.url, 'lang="de"'))
    chat = page.locator("dateline-chat")
    page.get_by_role("button", name="Fragen an die Berichte").click()
    reply = ask(page, "How long is the bridge?")
    expect(reply.locator(".status")).to_have_text("Beantwortet aus 2 Berichten")
    expect(reply.locator("blockquote footer")).to_have_text("Harbour Post · 6. Mai 2021")
    for word in ("Answered", "Sources", "Copy", "Ask again", "Close"):
        expect(page.locator(".panel")).not_to_contain_text(word)
    chat.evaluate("one => { one.lang = 'en'; one.heading = 'Archive'; one.placeholder = 'What?'; }")
    expect(page.get_by_role("dialog", name="Archive")).to_contain_text("Answered from 2 reports")
    expect(box(page)).to_have_attribute("placeholder", "What?")
    paper = "one => getComputedStyle(one).backgroundColor"
    assert page.locator(".panel").evaluate(paper) == "rgb(250, 248, 244)"
    chat.evaluate("one => { one.theme = 'dark'; one.position = 'top-left'; }")
    assert page.locator(".panel").evaluate(paper) == "rgb(20, 23, 27)"
    place = page.locator(".panel").bounding_box()
    assert place
    assert (place["x"], place["y"]) == (20, 20)
    chat.evaluate("one => { one.mode = 'inline'; one.style.setProperty('--dateline-paper', 'rgb(1, 2, 3)'); }")
    assert page.locator(".panel").evaluate(paper) == "rgb(1, 2, 3)"
    expect(page.get_by_role("region", name="Archive")).to_contain_text("412 metres")
    expect(page.locator(".launcher")).to_be_hidden()


def test_attributes_that_do_not_fit(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """Each is passed over, and one line in the console says so to whoever made the page."""
    attributes = 'mode="popup" theme="blue" starters="A?" api-base="javascript:alert(1)" storage="cookie"'
    page = visit(site.url, path=site.page("<!doctype html><title>News</title><h1>News</h1>"))
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text) if said.type == "warning" else None)
    page.goto(site.url + site.embed(scripted.url, f"{attributes} lang='xx'"))
    expect(ask(opened(page), "How long is the bridge?")).to_contain_text("Answered from 2 reports")
    assert sorted(line.partition(";")[0] for line in told) == [
        '<dateline-chat>: api-base="javascript:alert(1)" is no address of the web',
        '<dateline-chat>: mode="popup" is none of launcher, inline',
        '<dateline-chat>: starters="A?" is no JSON list such as ["A question?"]',
        '<dateline-chat>: storage="cookie" is none of session, local, none',
        '<dateline-chat>: theme="blue" is none of auto, light, dark',
    ]


def test_methods_and_events(visit: Visit, site: Elsewhere, scripted: Served) -> None:
    """The page opens, asks and resets it, and hears of it; it may show a citation itself."""
    page = visit(site.url, path=site.embed(scripted.url))
    page.evaluate("""() => {
      window.told = [];
      for (const name of ["open", "close", "answer", "citation", "error"]) {
        document.addEventListener(`dateline-${name}`, (event) => {
          window.told.push([name, event.detail]);
          if (name === "citation") event.preventDefault();
        });
      }
    }""")
    chat = page.locator("dateline-chat")
    answer = chat.evaluate("one => one.ask('How long is the bridge?')")
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] == SPAN.quote
    assert chat.evaluate("one => one.ask('   ')") is None
    page.locator(".body .cite").first.click()
    expect(page.locator(".report")).to_be_hidden()
    assert chat.evaluate("one => one.ask('fail')") is None
    expect(page.locator(".turn").last.locator(".status")).to_have_text("The language model does not answer")
    chat.evaluate("one => { one.reset(); one.close(); }")
    expect(page.locator(".turn")).to_have_count(0)
    told = page.evaluate("window.told")
    assert [name for name, _ in told] == ["open", "answer", "citation", "error", "close"]
    assert told[1][1]["answer"] == answer
    assert told[2][1]["citation"]["quote"] == SPAN.quote
    assert told[3][1]["code"] == "model_unreachable"
    assert told[3][1]["message"] == "The model does not answer."


def test_copying_and_opinions(inline: Page) -> None:
    """Copied with its numbered sources; a thumb reaches the server, which knows the answer."""
    reply = ask(inline, "How long is the bridge?")
    reply.get_by_role("button", name="Copy with sources").click()
    expect(inline.locator(".note.shown")).to_have_text("Copied")
    assert inline.evaluate("navigator.clipboard.readText()") == (
        "How long is the bridge?\n\n"
        "The bridge is 412 metres long. [1]\n\n"
        f"“{OTHER.quote}” [2]\n\n"
        "Sources:\n"
        f"[1] Harbour bridge opens, The Courier, 5 May 2021\n    “{SPAN.quote}”\n"
        f"[2] Bridge to the docks, Harbour Post, 6 May 2021\n    “{OTHER.quote}”"
    )
    with inline.expect_response("**/api/feedback") as sent:
        reply.get_by_role("button", name="Not helpful").click()
    assert sent.value.status == 200
    expect(reply.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("storage", "again", "elsewhere"), [("session", True, False), ("local", True, True), ("none", False, False)]
)
def test_what_is_kept_of_a_conversation(
    visit: Visit, site: Elsewhere, scripted: Served, storage: str, again: bool, elsewhere: bool
) -> None:
    """After a reload and in a new tab: as the page chose; a follow-up still knows what came before."""
    path = site.embed(scripted.url, f'storage="{storage}"')
    page = opened(visit(site.url, path=path))
    ask(page, "How long is the bridge?")
    page.reload()
    expect(page.locator("dateline-chat .panel")).to_be_visible(visible=storage == "session")
    expect(page.locator(".turn")).to_have_count(int(again))
    tab = visit.tab(page.context, site.url, path)
    expect(tab.locator(".launcher")).to_be_visible()
    expect(tab.locator(".turn")).to_have_count(int(elsewhere))
    if storage != "session":
        opened(page)
    with page.expect_request("**/api/ask") as sent:
        ask(page, "And the docks?")
    history = sent.value.post_data_json["history"]
    assert [turn["role"] for turn in history] == ["user", "assistant"] * again

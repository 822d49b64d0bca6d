"""The conversation in a real browser: follow-ups, editing, copies, links, what the browser keeps, feedback."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect
from served import Served, eventually
from stub_dateline import DOCUMENTS, OTHER, SPAN
from visiting import Visit, ask, ask_and_wait, box, whole

PREFIX = "dateline.conversation.v1."


def clipboard(page: Page) -> str:
    """What was copied last."""
    expect(page.locator("#dl-note.dl-shown")).to_have_text("Copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


def kept(page: Page) -> list[str]:
    """The keys of the conversations in the browser's storage."""
    keys: list[str] = page.evaluate("Object.keys(localStorage)")
    return [key for key in keys if key.startswith(PREFIX)]


def open_menu(page: Page) -> None:
    """Open the menu."""
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#dl-menu")).to_be_visible()


def test_a_follow_up_shows_how_it_was_understood_and_can_be_changed(visit: Visit, scripted: Served) -> None:
    """The resolved question comes into the box, and what is sent replaces the follow-up."""
    page = visit(scripted)
    ask_and_wait(page, "How long is the bridge?")
    reply = ask_and_wait(page, "And the new one?")
    expect(reply).to_contain_text("Understood as: How long is the <new> bridge?")
    reply.get_by_role("button", name="Change how it is understood").click()
    expect(box(page)).to_have_value("How long is the <new> bridge?")
    expect(page.get_by_role("button", name="Replaces the last question")).to_be_visible()
    box(page).fill("What did nobody report?")
    box(page).press("Enter")
    expect(whole(page, 1)).to_contain_text("Not in the documents")
    assert page.locator(".dl-question").all_inner_texts() == [
        "How long is the bridge?",
        "What did nobody report?",
    ]
    expect(page.locator(".dl-chip")).to_have_count(0)


def test_the_last_question_is_edited_or_asked_again(visit: Visit, scripted: Served) -> None:
    """Editing can be given up; asking again replaces the answer by a new one."""
    page = visit(scripted)
    reply = ask_and_wait(page, "How long is the bridge?")
    page.get_by_role("button", name="Edit this question").click()
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("How long is the bridge?")
    page.get_by_role("button", name="Replaces the last question").click()
    expect(page.locator(".dl-chip")).to_have_count(0)
    reply.get_by_role("button", name="Ask again").click()
    expect(whole(page, 0)).to_contain_text("Answered from 2 reports")
    expect(page.locator(".dl-question")).to_have_count(1)


def test_an_answer_is_copied_with_its_sources(visit: Visit, scripted: Served) -> None:
    """As Markdown and as text, each with title, publisher, date and quote of every number."""
    page = visit(scripted)
    reply = ask_and_wait(page, "How long is the bridge?")
    reply.get_by_role("button", name="Copy as Markdown").click()
    copied = clipboard(page)
    assert copied.startswith("## How long is the bridge?")
    assert f"- [1] Harbour bridge opens, The Courier, 5 May 2021\n  > {SPAN.quote}" in copied
    reply.get_by_role("button", name="Copy as Text").click()
    expect(page.locator("#dl-note.dl-shown")).to_be_visible()
    assert eventually(lambda: page.evaluate("navigator.clipboard.readText()").startswith("How long"))


def test_a_link_asks_its_question_again(visit: Visit, scripted: Served) -> None:
    """In a new conversation, narrowed as it was; the address is then plain, so a reload asks nothing."""
    page = visit(scripted)
    page.locator(".dl-entry").first.click()
    ask_and_wait(page, "How long is the bridge?").get_by_role("button", name="Copy Link").click()
    link = urlsplit(clipboard(page))
    assert parse_qs(link.query)["q"] == ["How long is the bridge?"]
    other = visit(scripted, path=f"/?{link.query}")
    expect(whole(other, 0)).to_contain_text("412 metres")
    expect(other.locator(".dl-only")).to_have_text("Only: Porto Novo, 4 May 2021")
    assert urlsplit(other.url).query == ""
    visit.reload(other)
    expect(whole(other, 0)).to_contain_text("412 metres")
    expect(other.locator(".dl-question")).to_have_count(1)


def test_hostile_links_stay_text(visit: Visit, scripted: Served) -> None:
    """Markup in the address is a question like any other; ids that are none say so."""
    evil = "hostile%20%3Cimg%20src%3Dx%20onerror%3D%22window.hacked%3D4%22%3E%20**b**%20%24x%24"
    page = visit(scripted, path=f"/?q={evil}&lang=%22%3E%3Cscript%3E")
    expect(whole(page, 0)).to_contain_text("Answered from 1 report")
    expect(page.locator(".dl-question")).to_have_text('hostile <img src=x onerror="window.hacked=4"> **b** $x$')
    assert page.evaluate("window.hacked") is None
    lost = visit(scripted, path="/?q=How&within=%3Cb%3E,nothing")
    expect(whole(lost, 0).or_(lost.locator(".dl-problem")).first).to_be_visible()


def test_conversations_outlive_reloads_and_are_listed(visit: Visit, scripted: Served) -> None:
    """Newest first, each to be opened and deleted; Delete all leaves nothing behind."""
    page = visit(scripted)
    ask_and_wait(page, "How long is the bridge?")
    visit.reload(page)
    expect(whole(page, 0)).to_contain_text("412 metres")
    expect(page.locator("#dl-sources .dl-card")).to_have_count(2)
    expect(page.locator(".dl-suggestions")).to_contain_text("Disagree about the span?")
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".dl-welcome")).to_be_visible()
    ask_and_wait(page, "What did nobody report?")
    open_menu(page)
    listed = page.locator(".dl-conversation")
    expect(listed).to_have_count(2)
    expect(listed.first).to_contain_text("What did nobody report?")
    listed.last.click()
    expect(whole(page, 0)).to_contain_text("412 metres")
    expect(page.locator(".dl-question")).to_have_count(1)
    open_menu(page)
    page.get_by_role("button", name="Delete: What did nobody report?").click()
    expect(listed).to_have_count(1)
    assert len(kept(page)) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator(".dl-welcome")).to_be_visible()
    assert kept(page) == []


def test_a_duplicated_tab_goes_on_by_itself(visit: Visit, scripted: Served) -> None:
    """It shows the same conversation, and what is asked in it makes a second one; the first stays as it was."""
    page = visit(scripted)
    ask_and_wait(page, "How long is the bridge?")
    (first,) = kept(page)
    with page.context.expect_page() as opened:
        page.evaluate("open(location.href)")  # a window that a page opens gets a copy of its session storage
    twin = opened.value
    expect(whole(twin, 0)).to_contain_text("412 metres")
    ask_and_wait(twin, "What did nobody report?")
    assert len(kept(twin)) == 2
    ask_and_wait(page, "How long is the bridge?")
    asked = {
        key: len(json.loads(page.evaluate(f"localStorage.getItem('{key}')"))["exchanges"]) for key in kept(page)
    }
    assert sorted(asked.values()) == [2, 2]
    assert asked[first] == 2
    twin.reload()
    expect(whole(twin, 1)).to_be_visible()
    twin.close()


def test_what_is_stored_is_not_trusted(visit: Visit, scripted: Served) -> None:
    """Markup in the storage stays text, what cannot be read is left out, a lost report is said to be gone."""
    page = visit(scripted)
    ask_and_wait(page, "How long is the bridge?")
    spoil = """(key) => {
      const kept = JSON.parse(localStorage.getItem(key));
      const [exchange] = kept.exchanges;
      exchange.question = '<img src=x onerror="window.hacked=5">';
      exchange.answer.sentences[0].text = '<b onmouseover="window.hacked=6">**bold**</b> {{1}} ${1}';
      exchange.answer.citations[0].document_id = "0000000000000000";
      kept.exchanges = ["junk", { question: 3 }, exchange];
      localStorage.setItem(key, JSON.stringify(kept));
    }"""
    (key,) = kept(page)
    page.evaluate(spoil, key)
    visit.reload(page)
    reply = whole(page, 0)
    expect(page.locator(".dl-question")).to_have_text('<img src=x onerror="window.hacked=5">')
    expect(reply).to_contain_text('<b onmouseover="window.hacked=6">**bold**</b> {{1}} ${1}')
    expect(reply.locator(".dl-answer .dl-gone")).to_have_count(1)
    expect(reply).to_contain_text("removed from the collection")
    assert page.evaluate("window.hacked") is None
    expect(ask_and_wait(page, "What did nobody report?")).to_contain_text("Not in the documents")
    page.evaluate("(key) => localStorage.setItem(key, '{not json')", key)
    visit.reload(page)
    expect(page.locator(".dl-welcome")).to_be_visible()


def test_a_conversation_is_saved_as_a_file(visit: Visit, scripted: Served) -> None:
    """As Markdown, and as JSON with each answer in the contract's form."""
    page = visit(scripted)
    ask_and_wait(page, "How long is the bridge?")
    ask_and_wait(page, "What did nobody report?")
    open_menu(page)
    with page.expect_download() as markdown:
        page.locator("[data-form='md']").click()
    content = Path(markdown.value.path()).read_text(encoding="utf-8")
    assert content.startswith("# Conversation with Dateline\n\n## How long is the bridge?")
    assert markdown.value.suggested_filename == "dateline.md"
    with page.expect_download() as data:
        page.locator("[data-form='json']").click()
    told = json.loads(Path(data.value.path()).read_text(encoding="utf-8"))
    assert [one["answer"]["status"] for one in told["exchanges"]] == ["answered", "abstained"]


def test_suggestions_come_after_the_answer_and_move_nothing(visit: Visit, scripted: Served) -> None:
    """They appear below it, ask as they stand, and go while an answer is on its way."""
    page = visit(scripted)
    reply = ask_and_wait(page, "How long is the bridge?")
    place = reply.bounding_box()
    suggestion = page.get_by_role("button", name="Disagree about the span?")
    expect(suggestion).to_be_visible()
    assert reply.bounding_box() == place
    suggestion.click()
    expect(whole(page, 1)).to_contain_text("The reports disagree")
    ask(page, "endless answer, please")
    expect(page.locator(".dl-suggestions")).to_be_hidden()
    page.get_by_role("button", name="Stop", exact=True).click()


def test_thumbs_are_kept_with_a_comment_and_can_be_taken_back(visit: Visit, scripted: Served) -> None:
    """What is undone is never sent; what is sent stands in the file with its comment."""
    file = scripted.errors.parent / "data" / "feedback.jsonl"
    before = _kept(file)
    page = visit(scripted)
    reply = ask_and_wait(page, "How long is the bridge?")
    up, down = (reply.get_by_role("button", name=name, exact=True) for name in ("Helpful", "Not helpful"))
    up.press("Enter")
    expect(up).to_have_attribute("aria-pressed", "true")
    reply.get_by_role("button", name="Undo").click()
    expect(up).to_have_attribute("aria-pressed", "false")
    expect(up).to_be_focused()
    down.click()
    reply.get_by_label("What should be known about it?").fill("<b>Two</b> spans")
    reply.get_by_role("button", name="Send").click()
    expect(reply.locator(".dl-thanks")).to_be_visible()
    assert eventually(lambda: len(_kept(file)) > len(before))
    assert _kept(file)[len(before) :] == [("down", "<b>Two</b> spans")]
    visit.reload(page)
    expect(whole(page, 0).get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")


def test_a_comment_may_come_after_its_verdict(visit: Visit, scripted: Served) -> None:
    """Whoever thinks it over for longer than a verdict is held has both kept."""
    file = scripted.errors.parent / "data" / "feedback.jsonl"
    before = _kept(file)
    page = visit(scripted)
    reply = ask_and_wait(page, "How long is the bridge?")
    # Nothing more comes after them: Gradio's own timers need the real clock.
    expect(page.locator(".dl-suggestions")).to_be_visible()
    page.clock.install()
    reply.get_by_role("button", name="Not helpful", exact=True).click()
    page.clock.fast_forward(11_000)
    assert eventually(lambda: _kept(file)[len(before) :] == [("down", "")])
    reply.get_by_label("What should be known about it?").fill("Late")
    reply.get_by_role("button", name="Send").click()
    assert eventually(lambda: _kept(file)[len(before) :] == [("down", ""), ("down", "Late")])


def _kept(file: Path) -> list[tuple[str, str]]:
    """The verdicts and comments that the server keeps."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return [(line["verdict"], line["comment"]) for line in map(json.loads, lines)]


def test_documents_are_listed_sorted_filtered_and_read(visit: Visit, scripted: Served) -> None:
    """The other view: a table by date; any report opens beside it; back at the chat nothing is lost."""
    page = visit(scripted)
    ask_and_wait(page, "How long is the bridge?")
    page.get_by_role("tab", name="Chat").press("ArrowRight")
    expect(page.get_by_role("tab", name="Documents")).to_be_focused()
    titles = page.locator(".dl-documents tbody a:visible")
    assert titles.all_inner_texts()[1:] == [DOCUMENTS[1].title, DOCUMENTS[0].title]
    page.get_by_role("button", name="Published").click()
    assert titles.all_inner_texts()[:2] == [DOCUMENTS[0].title, DOCUMENTS[1].title]
    page.get_by_label("Filter").fill("harbour post")
    expect(titles).to_have_count(1)
    expect(page.locator("#dl-matches")).to_have_text("1 of 3 shown")
    titles.first.click()
    expect(page.locator("#dl-reader")).to_contain_text(OTHER.quote)
    page.get_by_role("tab", name="Chat").click()
    expect(page.locator(".dl-reply")).to_be_visible()


def test_what_the_browser_keeps_is_bounded(visit: Visit, scripted: Served) -> None:
    """The oldest conversations go when there are too many, or no room for them."""
    page = visit(scripted)
    expect(page.locator(".dl-ask-this").first).to_be_visible()
    fill = """(prefix) => {
      for (let number = 0; number < 60; number += 1) {
        const exchanges = [{ question: `Question ${number}?`, filler: "x".repeat(1000) }];
        localStorage.setItem(prefix + number, JSON.stringify({ changed: number, exchanges }));
      }
    }"""
    page.evaluate(fill, PREFIX)
    ask_and_wait(page, "How long is the bridge?")
    assert len(kept(page)) == 40
    assert f"{PREFIX}59" in kept(page)
    assert f"{PREFIX}0" not in kept(page)
    open_menu(page)
    expect(page.locator(".dl-conversation").first).to_contain_text("How long is the bridge?")

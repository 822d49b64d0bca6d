"""The chat in a real browser, over the scripted pipeline: every kind of answer, at every width."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from served import Served, eventually
from stub_dateline import EVIL, HOSTILE, OTHER, SPAN
from visiting import DESKTOP, PHONE, Visit, ask, ask_and_wait, assert_no_sideways_scroll, box, whole

from qa.server.pages import STREAM


def background(page: Page) -> int:
    """How light the page is behind everything, 0 to 255."""
    colour = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
    return int(colour.removeprefix("rgb(").split(",")[0])


def test_ask_see_sources_and_open_the_exact_sentence(visit: Visit, scripted: Served) -> None:
    """Sources appear, sentences carry numbers, and pressing one shows the report with exactly that sentence."""
    page = visit(scripted)
    answer = ask_and_wait(page, "How long is the bridge?")
    expect(answer).to_contain_text("Answered from 2 reports")
    expect(page.locator("#dl-sources .dl-card")).to_have_count(2)
    expect(answer.locator("blockquote")).to_contain_text(OTHER.quote)
    answer.locator(".dl-answer a.dl-cite").last.click()
    cited = page.locator("#dl-reader #cited")
    expect(cited).to_have_text(OTHER.quote)
    expect(cited).to_be_in_viewport()
    expect(cited).to_be_focused()
    expect(page.locator("#dl-reader header")).to_contain_text("Harbour Post · 6 May 2021")
    expect(page.locator("#dl-reader header")).to_contain_text("Porto Novo, 4 May 2021")
    page.get_by_role("button", name="Back to the sources").click()
    expect(page.locator("#dl-sources .dl-card").first).to_be_visible()
    expect(answer.locator(".dl-answer a.dl-cite").last).to_be_focused()


def test_sources_are_there_before_the_answer_and_stop_ends_it(visit: Visit, scripted: Served) -> None:
    """While the answer is being made the sources show; Stop keeps what was checked and frees the box."""
    page = visit(scripted)
    ask(page, "endless answer, please")
    expect(page.locator("#dl-sources .dl-card")).to_contain_text(SPAN.quote)
    expect(page.locator(".dl-busy")).to_be_visible()
    expect(page.locator(".dl-sentence").first).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".dl-stopped")).to_be_visible()
    expect(page.locator(".dl-busy")).to_have_count(0)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")
    assert eventually(lambda: "abandoned" in scripted.errors.read_text(encoding="utf-8"))


def test_a_question_that_waits_shows_its_place_and_can_be_stopped(visit: Visit, scripted: Served) -> None:
    """While another tab's answer is worded: the sources are there already, and nobody is forgotten."""
    first, second = visit(scripted), visit(scripted)
    ask(first, "Slow answer please")
    expect(first.locator(".dl-sentence").first).to_be_visible()
    ask(second, "How long is the bridge?")
    expect(second.locator("#dl-chat")).to_contain_text("1 answer is before yours")
    expect(second.locator("#dl-sources .dl-card")).to_have_count(2)
    second.get_by_role("button", name="Stop").click()
    expect(second.locator("#dl-chat")).to_contain_text("Stopped.")
    ask(second, "How long is the bridge?")
    expect(second.locator("#dl-chat")).to_contain_text("1 answer is before yours")
    first.get_by_role("button", name="Stop").click()
    expect(whole(second, 1)).to_contain_text("412 metres")


def test_a_citation_opens_while_the_answer_streams(visit: Visit, scripted: Served) -> None:
    """The reader stays open although the answer beside it goes on."""
    page = visit(scripted)
    ask(page, "slow answer, please")
    page.locator("#dl-sources .dl-card a.dl-source").click()
    expect(page.locator("#dl-reader #cited")).to_have_text(SPAN.quote)
    count = page.locator(".dl-sentence").count()
    page.wait_for_function("n => document.querySelectorAll('.dl-sentence').length > n + 3", arg=count)
    expect(page.locator("#dl-reader #cited")).to_be_visible()
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".dl-answer")).to_have_count(0)


def test_abstention_offers_the_nearest_passages(visit: Visit, scripted: Served) -> None:
    """No answer: it is said, with passages that open like citations, and the notice."""
    page = visit(scripted)
    answer = ask_and_wait(page, "What did nobody report?")
    expect(answer).to_contain_text("Not in the documents")
    expect(answer).to_contain_text("Quoting only.")
    answer.locator(".dl-nearest a").first.click()
    expect(page.locator("#dl-reader #cited")).to_have_text(SPAN.quote)


def test_disagreement_shows_both_sides(visit: Visit, scripted: Served) -> None:
    """Both values with their dates, side by side."""
    page = visit(scripted)
    sides = ask_and_wait(page, "Disagree about the span?").locator(".dl-disagreement li")
    expect(sides).to_have_count(2)
    expect(sides.first).to_contain_text("412 metres")
    expect(sides.last).to_contain_text("Harbour Post · 6 May 2021")
    first, last = sides.first.bounding_box(), sides.last.bounding_box()
    assert first
    assert last
    assert first["y"] == last["y"]


def test_hostile_text_stays_text(visit: Visit, scripted: Served) -> None:
    """Markup in questions, titles, documents and model output is shown and does nothing."""
    page = visit(scripted)
    question = 'hostile <img src=x onerror="window.hacked=3"> **b** $x$ [l](javascript:1) `c`'
    answer = ask_and_wait(page, question)
    expect(page.locator(".dl-question")).to_have_text(question)
    expect(answer.locator("blockquote")).to_contain_text(HOSTILE.split("\n")[0])
    expect(answer).to_contain_text("**x** <i>y</i> [z](javascript:1)")
    answer.locator(".dl-answer a.dl-cite").first.click()
    expect(page.locator("#dl-reader #cited")).to_have_text(EVIL.quote)
    expect(page.locator("#dl-reader h2")).to_have_text(EVIL.title)
    assert page.evaluate("window.hacked") is None


def test_unusable_questions_get_one_line(visit: Visit, scripted: Served) -> None:
    """Nothing is not asked; too much is a message in the chat, and the next question works."""
    page = visit(scripted)
    expect(page.locator(".dl-ask-this").first).to_be_visible()
    ask(page, "   ")
    expect(box(page)).to_be_focused()
    expect(page.locator(".dl-reply")).to_have_count(0)
    expect(ask_and_wait(page, "x" * 10_000)).to_contain_text("more than 2000 characters")
    assert_no_sideways_scroll(page)
    expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")


def test_a_failure_half_way_leaves_the_page_usable(visit: Visit, scripted: Served) -> None:
    """The model's failure is a message; the next question works."""
    page = visit(scripted)
    expect(ask_and_wait(page, "fail, please")).to_contain_text("The model does not answer.")
    cut_off = ask_and_wait(page, "cut off, please")
    expect(cut_off.locator(".dl-sentence")).to_have_text("The bridge is 412 metres long. 1")
    cut_off.get_by_role("button", name="Ask again").click()
    expect(whole(page, 1)).to_contain_text("The language model does not answer")
    expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")


def test_a_bug_leaves_the_page_usable(visit: Visit, scripted: Served) -> None:
    """An error nobody foresaw is a message without its text; the next question works."""
    page = visit(scripted)
    answer = ask_and_wait(page, "bug, please")
    expect(page.locator(".dl-problem")).to_have_text("Something went wrong inside Dateline.")
    expect(answer.get_by_role("button", name="Ask again")).to_be_visible()
    expect(page.locator(".dl-busy")).to_have_count(0)
    expect(answer).not_to_contain_text("a bug")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_starters_ask_and_new_chat_clears(visit: Visit, scripted: Served) -> None:
    """A starter is asked as it stands; New chat brings back the starters and the reports."""
    page = visit(scripted)
    page.get_by_role("button", name="How long is the bridge?").click()
    expect(page.locator(".dl-answer")).to_contain_text("Answered from 2 reports")
    page.locator(".dl-answer a.dl-cite").first.click()
    expect(page.locator("#dl-reader #cited")).to_be_visible()
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_role("button", name="How long is the bridge?")).to_be_visible()
    expect(page.locator("#dl-sources")).to_contain_text("The reports")
    expect(page.locator("#dl-reader #cited")).to_be_hidden()


def test_everything_works_from_the_keyboard(visit: Visit, scripted: Served) -> None:
    """Tab back to a number: its quote shows; Enter opens the report, Escape returns, and hides the quote."""
    page = visit(scripted)
    answer = ask_and_wait(page, "How long is the bridge?")
    answer.locator(".dl-answer a.dl-cite").nth(1).focus()
    page.keyboard.press("Shift+Tab")
    number = answer.locator(".dl-answer a.dl-cite").first
    expect(number).to_be_focused()
    expect(page.get_by_role("tooltip")).to_contain_text(SPAN.quote)
    page.keyboard.press("Enter")
    expect(page.locator("#dl-reader #cited")).to_be_focused()
    page.keyboard.press("Escape")
    expect(number).to_be_focused()
    expect(page.locator("#dl-sources .dl-card").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()


def test_hovering_a_number_shows_its_quote(visit: Visit, scripted: Served) -> None:
    """With title, publisher and date; it stays while the pointer is on it and goes with it."""
    page = visit(scripted)
    answer = ask_and_wait(page, "How long is the bridge?")
    answer.locator(".dl-answer a.dl-cite").first.hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text(SPAN.quote)
    expect(tip).to_contain_text("Harbour bridge opens · The Courier · 5 May 2021")
    tip.hover()
    expect(tip).to_be_visible()
    page.mouse.move(5, 790)
    expect(tip).to_be_hidden()


def test_sentences_are_announced_once_each(visit: Visit, scripted: Served) -> None:
    """The live region gets each verified sentence and the status, not the steps in between."""
    page = visit(scripted)
    ask_and_wait(page, "How long is the bridge?")
    said = page.locator("#dl-live p")
    expect(said).to_have_count(3)
    assert [" ".join(line.split()) for line in said.all_inner_texts()] == [
        "The bridge is 412 metres long. 1",
        f"{OTHER.quote} 2",
        "Answered from 2 reports",
    ]


def test_phone_shows_answer_then_evidence(visit: Visit, scripted: Served) -> None:
    """One column, nothing sideways, and a pressed number brings its sentence into view."""
    page = visit(scripted, PHONE)
    assert_no_sideways_scroll(page)
    ask_and_wait(page, "What did nobody report?")
    answer = ask_and_wait(page, "How long is the bridge?")
    expect(answer.locator(".dl-status")).to_be_in_viewport()
    expect(page.locator(".dl-question").last).to_be_in_viewport()
    assert_no_sideways_scroll(page)
    answer.locator(".dl-answer a.dl-cite").last.click()
    expect(page.locator("#dl-reader #cited")).to_be_in_viewport()
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Back to the sources").click()
    expect(answer.locator(".dl-answer a.dl-cite").last).to_be_focused()
    answer.get_by_text("Sources (2)").click()
    expect(answer.locator(".dl-references")).to_contain_text("Harbour Post · 6 May 2021")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_dark_and_light_follow_the_system(visit: Visit, scripted: Served, size: tuple[int, int]) -> None:
    """The page is dark where the system is, and light where it is not."""
    for scheme, dark in (("dark", True), ("light", False)):
        page = visit(scripted, size, scheme)
        expect(box(page)).to_be_visible()
        assert (background(page) < 60) is dark


def test_a_citation_is_a_page_of_its_own_too(visit: Visit, scripted: Served) -> None:
    """The link itself opens the report with the sentence marked: in a new tab, or without scripts."""
    page = visit(scripted, path=f"/reader/{SPAN.document_id}?start={SPAN.start}&end={SPAN.end}#cited")
    expect(page.locator("#cited")).to_have_text(SPAN.quote)


def test_ten_tabs_do_not_mix(visit: Visit, scripted: Served) -> None:
    """Each tab of one browser keeps its own conversation, and gets the answer to its own question."""
    first = visit(scripted)
    tabs = [first, *(visit.tab(first.context, scripted) for _ in range(9))]
    for number, tab in enumerate(tabs[:5]):  # a browser opens six connections to a server
        ask(tab, "slow answer, please" if number == 0 else f"How long is bridge {number}?")
    expect(tabs[3].locator("#dl-chat")).to_contain_text("answers are before yours")
    expect(first.locator(".dl-question")).to_have_text("slow answer, please")
    first.get_by_role("button", name="Stop", exact=True).click()
    expect(first.locator(".dl-stopped")).to_be_visible()
    for number, tab in enumerate(tabs[5:], start=5):
        ask(tab, f"How long is bridge {number}?")
    for number, tab in enumerate(tabs[1:], start=1):
        expect(whole(tab, 0)).to_contain_text("412 metres")
        expect(tab.locator(".dl-question")).to_have_text(f"How long is bridge {number}?")
    visit.reload(first)
    expect(first.locator(".dl-question")).to_have_text("slow answer, please")
    visit.reload(tabs[4])
    expect(tabs[4].locator(".dl-question")).to_have_text("How long is bridge 4?")


def test_leaving_a_conversation_stops_its_answer(visit: Visit, scripted: Served) -> None:
    """A new chat can ask at once; what was verified stays with the old one."""
    page = visit(scripted)
    ask(page, "endless answer, please")
    expect(page.locator(".dl-sentence").first).to_be_visible()
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".dl-welcome")).to_be_visible()
    expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")
    page.get_by_role("button", name="Menu").click()
    page.locator(".dl-conversation").last.click()
    expect(page.locator(".dl-question")).to_have_text("endless answer, please")
    expect(page.locator(".dl-stopped")).to_be_visible()
    expect(page.locator(".dl-sentence").first).to_be_visible()


def test_the_way_back_on_a_phone_closes_the_report(visit: Visit, scripted: Served) -> None:
    """The browser's own, too; the page stays."""
    page = visit(scripted, PHONE)
    answer = ask_and_wait(page, "How long is the bridge?")
    for back in (page.go_back, page.get_by_role("button", name="Back to the sources").click):
        answer.locator(".dl-answer a.dl-cite").first.click()
        expect(page.locator("#cited")).to_be_visible()
        back()
        expect(page.locator("#cited")).to_be_hidden()
        expect(answer.locator(".dl-status")).to_be_visible()


def test_a_page_that_never_listens_leaves_no_answer_behind(visit: Visit, scripted: Served) -> None:
    """As one that is closed right after its question: the answer ends, and others have their turn."""
    page = visit(scripted)
    expect(page.locator(".dl-welcome")).to_be_visible()
    before = scripted.errors.read_text(encoding="utf-8").count("abandoned")
    page.route("**/queue/data?*", lambda route: None)
    with page.expect_request("**/queue/data?*") as stream:
        ask(page, "endless answer, please")
    assert urlsplit(stream.value.url).path == STREAM
    assert eventually(lambda: scripted.errors.read_text(encoding="utf-8").count("abandoned") > before)
    with visit.leaving():
        page.context.close()

"""The chat in a real browser, over the scripted pipeline: every kind of answer, at every width."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from served import Served
from stub_dateline import EVIL, HOSTILE, OTHER, SPAN
from visiting import DESKTOP, PHONE, Visit


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter."""
    box = page.get_by_label("Question")
    box.fill(question)
    box.press("Enter")


def ask_and_wait(page: Page, question: str) -> Any:
    """Ask, wait until the answer is whole, and return the message that holds it."""
    before = page.locator("#dl-chat .bot-row").count()
    ask(page, question)
    answer = page.locator("#dl-chat .bot-row").nth(before)
    expect(answer.locator(".dl-status:not(.dl-busy, .dl-past)")).to_be_visible(timeout=30_000)
    return answer


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


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
    answer.locator("a.dl-cite").last.click()
    cited = page.locator("#dl-reader #cited")
    expect(cited).to_have_text(OTHER.quote)
    expect(cited).to_be_in_viewport()
    expect(cited).to_be_focused()
    expect(page.locator("#dl-reader header")).to_contain_text("Harbour Post · 6 May 2021")
    expect(page.locator("#dl-reader header")).to_contain_text("Porto Novo, 4 May 2021")
    page.get_by_role("button", name="Back to the sources").click()
    expect(page.locator("#dl-sources .dl-card").first).to_be_visible()
    expect(answer.locator("a.dl-cite").last).to_be_focused()


def test_sources_are_there_before_the_answer_and_stop_ends_it(visit: Visit, scripted: Served) -> None:
    """While the answer is being made the sources show; Stop keeps what was checked and frees the box."""
    page = visit(scripted)
    ask(page, "slow answer, please")
    expect(page.locator("#dl-sources .dl-card")).to_contain_text(SPAN.quote)
    expect(page.locator(".dl-busy")).to_be_visible()
    expect(page.locator(".dl-sentence").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".dl-stopped")).to_be_visible()
    expect(page.locator(".dl-busy")).to_have_count(0)
    expect(page.get_by_role("button", name="Ask")).to_be_visible()
    expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")
    assert "abandoned" in scripted.errors.read_text(encoding="utf-8")


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
    answer.locator("a.dl-cite").first.click()
    expect(page.locator("#dl-reader #cited")).to_have_text(EVIL.quote)
    expect(page.locator("#dl-reader h2")).to_have_text(EVIL.title)
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(("question", "line"), [("", "is empty"), ("x" * 10_000, "more than 2000 characters")])
def test_unusable_questions_get_one_line(visit: Visit, scripted: Served, question: str, line: str) -> None:
    """The message is in the chat, and the next question works."""
    page = visit(scripted)
    expect(ask_and_wait(page, question)).to_contain_text(line)
    assert_no_sideways_scroll(page)
    expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")


def test_a_failure_half_way_leaves_the_page_usable(visit: Visit, scripted: Served) -> None:
    """The model's failure is a message; the next question works."""
    page = visit(scripted)
    expect(ask_and_wait(page, "fail, please")).to_contain_text("The model does not answer.")
    expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")


def test_a_bug_leaves_the_page_usable(visit: Visit, scripted: Served) -> None:
    """An error nobody foresaw is a message without its text; the next question works."""
    page = visit(scripted)
    answer = ask_and_wait(page, "bug, please")
    expect(page.locator(".dl-problem")).to_have_text("Something went wrong inside Dateline.")
    expect(page.locator(".dl-busy")).to_have_count(0)
    expect(answer).not_to_contain_text("a bug")
    expect(page.get_by_role("button", name="Ask")).to_be_visible()


def test_examples_ask_and_new_chat_clears(visit: Visit, scripted: Served) -> None:
    """An example is asked as it stands; New chat brings back the examples and the reports."""
    page = visit(scripted)
    page.get_by_role("button", name="How long is the bridge?").click()
    expect(page.locator(".dl-answer")).to_contain_text("Answered from 2 reports")
    page.locator("a.dl-cite").first.click()
    expect(page.locator("#dl-reader #cited")).to_be_visible()
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_role("button", name="How long is the bridge?")).to_be_visible()
    expect(page.locator("#dl-sources")).to_contain_text("The reports")
    expect(page.locator("#dl-reader #cited")).to_be_hidden()


def test_everything_works_from_the_keyboard(visit: Visit, scripted: Served) -> None:
    """Type, Enter, Tab back to the last number, Enter opens it, Escape returns."""
    page = visit(scripted)
    answer = ask_and_wait(page, "How long is the bridge?")
    page.get_by_label("Question").focus()
    page.keyboard.press("Shift+Tab")
    expect(answer.locator("a.dl-cite").last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#dl-reader #cited")).to_be_focused()
    page.keyboard.press("Escape")
    expect(answer.locator("a.dl-cite").last).to_be_focused()
    expect(page.locator("#dl-sources .dl-card").first).to_be_visible()


def test_phone_shows_answer_then_evidence(visit: Visit, scripted: Served) -> None:
    """One column, nothing sideways, and a pressed number brings its sentence into view."""
    page = visit(scripted, PHONE)
    assert_no_sideways_scroll(page)
    ask_and_wait(page, "What did nobody report?")
    answer = ask_and_wait(page, "How long is the bridge?")
    expect(answer.locator(".dl-status")).to_be_in_viewport()
    assert_no_sideways_scroll(page)
    answer.locator("a.dl-cite").last.click()
    expect(page.locator("#dl-reader #cited")).to_be_in_viewport()
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_dark_and_light_follow_the_system(visit: Visit, scripted: Served, size: tuple[int, int]) -> None:
    """The page is dark where the system is, and light where it is not."""
    for scheme, dark in (("dark", True), ("light", False)):
        page = visit(scripted, size, scheme)
        expect(page.get_by_label("Question")).to_be_visible()
        assert (background(page) < 60) is dark


def test_a_citation_is_a_page_of_its_own_too(visit: Visit, scripted: Served) -> None:
    """The link itself opens the report with the sentence marked: in a new tab, or without scripts."""
    page = visit(scripted, path=f"/reader/{SPAN.document_id}?start={SPAN.start}&end={SPAN.end}#cited")
    expect(page.locator("#cited")).to_have_text(SPAN.quote)


def test_two_tabs_do_not_mix(visit: Visit, scripted: Served) -> None:
    """Each tab keeps its own conversation."""
    first, second = visit(scripted), visit(scripted)
    ask(first, "slow answer, please")
    expect(ask_and_wait(second, "What did nobody report?")).to_contain_text("Not in the documents")
    expect(first.locator(".dl-sentence").first).to_be_visible()
    expect(first.locator(".dl-question")).to_have_text("slow answer, please")
    expect(second.locator(".dl-question")).to_have_count(1)
    first.get_by_role("button", name="Stop").click()

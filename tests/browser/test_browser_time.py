"""The timeline in a real browser: what an answer draws on is lit, what is pressed narrows the question."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from served import Served
from visiting import DESKTOP, NARROW, Visit, ask_and_wait, assert_no_sideways_scroll, whole


def test_pressing_an_event_narrows_the_question_to_it(visit: Visit, scripted: Served) -> None:
    """By the keyboard too; the narrowing shows at the box and at the question, and can be removed."""
    page = visit(scripted)
    event = page.locator(".dl-entry").first
    event.press("Enter")
    expect(event).to_have_attribute("aria-pressed", "true")
    chip = page.get_by_role("button", name="Only: Porto Novo, 4 May 2021")
    expect(chip).to_be_visible()
    ask_and_wait(page, "How long is the bridge?")
    expect(page.locator(".dl-only")).to_have_text("Only: Porto Novo, 4 May 2021")
    expect(event).to_have_attribute("aria-pressed", "true")
    chip.click()
    expect(chip).to_have_count(0)
    expect(event).to_have_attribute("aria-pressed", "false")
    ask_and_wait(page, "How long is the bridge?")
    expect(page.locator(".dl-only")).to_have_count(1)


def test_the_events_of_an_answer_are_lit(visit: Visit, scripted: Served) -> None:
    """Those it draws on, in words for those who do not see it, and no other."""
    page = visit(scripted)
    ask_and_wait(page, "How long is the bridge?")
    expect(page.locator(".dl-entry.dl-lit")).to_have_count(1)
    expect(page.locator(".dl-entry.dl-lit")).to_contain_text("in this answer")
    expect(page.locator(".dl-entry.dl-lit")).to_contain_text("Porto Novo")
    ask_and_wait(page, "hostile")
    expect(page.locator(".dl-entry.dl-lit")).to_contain_text("2 Jan")


def test_an_ambiguous_question_is_narrowed_by_a_press(visit: Visit, scripted: Served) -> None:
    """Several events match: the chosen one is asked about alone."""
    page = visit(scripted)
    reply = ask_and_wait(page, "Which one?")
    expect(reply).to_contain_text("Several events match")
    expect(reply.locator(".dl-choice")).to_have_count(2)
    reply.get_by_role("button", name="Porto Novo, 4 May 2021").click()
    expect(whole(page, 1)).to_contain_text("Answered from 2 reports")
    expect(page.locator(".dl-only")).to_have_text("Only: Porto Novo, 4 May 2021")
    expect(page.get_by_role("button", name="Only: Porto Novo, 4 May 2021")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, NARROW])
def test_two_hundred_events_fold_by_year(visit: Visit, crowded: Served, size: tuple[int, int]) -> None:
    """The strip scrolls by itself, years open, the undated have a place, an answer's event comes into view."""
    page = visit(crowded, size)
    years = page.locator(".dl-fold")
    expect(years.first).to_contain_text("1980")
    expect(years.last).to_contain_text("Undated")
    assert_no_sideways_scroll(page)
    years.first.click()
    expect(page.locator(".dl-entry:not(.dl-fold):visible")).to_have_count(5 - 1)
    ask_and_wait(page, "How long is the bridge?")
    page.evaluate("window.scrollTo(0, 0)")
    expect(page.locator(".dl-entry.dl-lit")).to_be_in_viewport()
    assert_no_sideways_scroll(page)

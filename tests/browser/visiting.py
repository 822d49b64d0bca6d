"""What the browser tests share: windows, and how a reader asks."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

DESKTOP = (1280, 800)
PHONE = (390, 844)
NARROW = (360, 740)
ANSWER_MS = 60_000

Visit = Any  # the fixture that opens pages; its class is in conftest.py


def box(page: Page) -> Locator:
    """The question box."""
    return page.get_by_role("textbox", name="Question")


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter."""
    box(page).fill(question)
    box(page).press("Enter")


def ask_and_wait(page: Page, question: str) -> Locator:
    """Ask, wait until the answer is whole, and return the reply that holds it."""
    before = page.locator(".dl-reply").count()
    ask(page, question)
    return whole(page, before)


def whole(page: Page, number: int) -> Locator:
    """The reply with this number, counted from 0, once nothing more comes."""
    reply = page.locator(".dl-reply").nth(number)
    expect(reply.locator(".dl-status:not(.dl-busy, .dl-past)")).to_be_visible(timeout=ANSWER_MS)
    expect(page.locator("body.dl-busy-now")).to_have_count(0)
    return reply


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

"""What the browser tests share; how a reader asks is in scripts/screenshot.py, which makes the pictures."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from scripts.screenshot import ANSWER_MS, FLAGS, ask, ask_and_wait, box, whole

__all__ = ["ANSWER_MS", "FLAGS", "ask", "ask_and_wait", "box", "whole"]

DESKTOP = (1280, 800)
PHONE = (390, 844)
NARROW = (360, 740)

Visit = Any  # the fixture that opens pages; its class is in conftest.py


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

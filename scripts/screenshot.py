"""Make the pictures of docs/: start the server, ask, open the evidence, take the pictures.

    python scripts/screenshot.py [--out FOLDER] [--only NAME ...]

Uses the settings of the environment, so the model that is installed words the answers. Needs Debian's chromium.
The browser tests take the same pictures, to see that they can be taken.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
ANSWER_MS = 120_000


@contextmanager
def server() -> Iterator[str]:
    """The program on a free port; yields its address once it can answer."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "QA_PORT": "0"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if "http://" not in line:
            raise SystemExit("The server did not start; its message is above.")
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait()


def box(page: Page) -> Locator:
    """The question box of the page in English."""
    return page.get_by_role("textbox", name="Question")


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter."""
    box(page).fill(question)
    box(page).press("Enter")


def whole(page: Page, number: int) -> Locator:
    """The reply with this number, counted from 0, once nothing more comes."""
    reply = page.locator(".dl-reply").nth(number)
    expect(reply.locator(".dl-status:not(.dl-busy)")).to_be_visible(timeout=ANSWER_MS)
    expect(page.locator("body.dl-busy-now")).to_have_count(0)
    return reply


def ask_and_wait(page: Page, question: str) -> Locator:
    """Ask, wait until the answer is whole, and return the reply that holds it."""
    before = page.locator(".dl-reply").count()
    ask(page, question)
    return whole(page, before)


def starters(page: Page) -> list[str]:
    """The questions that the page offers to begin with."""
    offered = page.locator(".dl-ask-this")
    offered.first.wait_for(timeout=ANSWER_MS)
    return offered.all_inner_texts()


def at_work(page: Page) -> None:
    """An answer, and the report behind it at the sentence."""
    reply = ask_and_wait(page, starters(page)[0])
    expect(page.locator(".dl-suggestions")).to_be_visible(timeout=ANSWER_MS)
    reply.locator(".dl-answer a.dl-cite").first.click()
    expect(page.locator("#dl-reader #cited")).to_be_in_viewport()


def answered(page: Page) -> None:
    """An answer with its sources, and what could be asked next."""
    offered = starters(page)
    ask_and_wait(page, offered[min(1, len(offered) - 1)])
    expect(page.locator(".dl-suggestions")).to_be_visible(timeout=ANSWER_MS)


def narrowed(page: Page) -> None:
    """The empty page, narrowed to the last event of the timeline."""
    starters(page)
    page.locator(".dl-entry[data-within]").last.click()
    expect(page.locator(".dl-chip")).to_be_visible()


@dataclass(frozen=True)
class Picture:
    """One picture: its name, what is done before it is taken, and in which window."""

    name: str
    scene: Callable[[Page], None]
    size: ViewportSize
    scheme: Literal["light", "dark"]


PICTURES = (
    Picture("screenshot", at_work, DESKTOP, "light"),
    Picture("screenshot-dark", answered, DESKTOP, "dark"),
    Picture("screenshot-phone", answered, PHONE, "light"),
    Picture("screenshot-phone-start", narrowed, PHONE, "dark"),
)


def take(browser: Browser, address: str, picture: Picture, folder: Path) -> Path:
    """Take one picture of a running server; returns the file."""
    context = browser.new_context(viewport=picture.size, color_scheme=picture.scheme, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.goto(address)
        picture.scene(page)
        file = folder / f"{picture.name}.png"
        page.screenshot(path=file)
        return file
    finally:
        context.close()


def main() -> None:
    """Take the pictures."""
    names = [picture.name for picture in PICTURES]
    parser = argparse.ArgumentParser(description="Make the pictures of the web chat.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="the folder they go to")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="which of them; default: all")
    chosen = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is not installed. Run: apt-get install chromium")
    chosen.out.mkdir(parents=True, exist_ok=True)
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for picture in PICTURES:
            if picture.name in chosen.only:
                print(f"Wrote {take(browser, address, picture, chosen.out)}")
        browser.close()


if __name__ == "__main__":
    main()

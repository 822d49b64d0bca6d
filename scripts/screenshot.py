"""Make docs/screenshot.png: start the server, ask, open a citation, take the picture.

    python scripts/screenshot.py [--question TEXT ...] [--out FILE] [--phone] [--dark]

Uses the settings of the environment, so the model that is installed words the answer. Needs Debian's chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
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


def ask_and_open(page: Page, questions: list[str]) -> None:
    """Ask one after the other, waiting for each whole answer; open the last one's first citation."""
    box = page.get_by_label("Question")
    for number, question in enumerate(questions):
        box.fill(question)
        box.press("Enter")
        answer = page.locator(".dl-answer").nth(number)
        answer.locator(".dl-status:not(.dl-busy)").first.wait_for(timeout=ANSWER_MS)
    answer.locator("a.dl-cite").first.click()
    page.locator("#dl-reader #cited").wait_for()
    page.mouse.move(0, 0)  # away from the number, or its quote would hover over the picture


def main() -> None:
    """Take one picture."""
    parser = argparse.ArgumentParser(description="Make a picture of the web chat for the README.")
    parser.add_argument("--question", action="append", help="may be repeated; default: the first two examples")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshot.png")
    parser.add_argument("--phone", action="store_true", help="as wide as a phone")
    parser.add_argument("--dark", action="store_true", help="in dark mode")
    chosen = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is not installed. Run: apt-get install chromium")
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(
            viewport=PHONE if chosen.phone else DESKTOP,
            color_scheme="dark" if chosen.dark else "light",
            reduced_motion="reduce",
        )
        page.goto(address)
        page.locator("#dl-chat .example-text").first.wait_for()
        examples = page.locator("#dl-chat .example-text").all_inner_texts()
        ask_and_open(page, chosen.question or examples[:2])
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=chosen.out)
        browser.close()
    print(f"Wrote {chosen.out}")


if __name__ == "__main__":
    main()

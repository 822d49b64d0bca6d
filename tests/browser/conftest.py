"""Fixtures of the browser tests: Debian's Chromium, and servers to look at."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "server"))  # the server tests' helpers
from served import ROOT, STUB, Served, served
from visiting import DESKTOP, Visit

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")  # not longer: while Playwright runs, no test of another folder can use asyncio
def browser() -> Iterator[Browser]:
    """One Chromium with an empty profile."""
    chromium = shutil.which("chromium")
    assert chromium, "Install Debian's chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, headless=True)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the scripted pipeline: answers of every kind."""
    with served(STUB, tmp_path_factory.mktemp("scripted")) as server:
        yield server


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The program itself: `python app.py` with the seeds and the tiny model."""
    with served(ROOT / "app.py", tmp_path_factory.mktemp("real"), QA_LLM_TIER="tiny") as server:
        yield server


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a page; afterwards: nothing but loopback was asked for, and the console holds no error."""
    contexts = []
    requested: list[str] = []
    complaints: list[str] = []

    def open_page(
        server: Served, size: tuple[int, int] = DESKTOP, color_scheme: str = "light", path: str = "/"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=color_scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.on("websocket", lambda socket: requested.append(socket.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert requested
    assert {urlsplit(url).hostname for url in requested if not url.startswith(("data:", "blob:"))} == {
        "127.0.0.1"
    }
    assert complaints == []

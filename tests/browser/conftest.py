"""Fixtures of the browser tests: Debian's Chromium, and servers to look at."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "server"))  # the server tests' helpers
from embedding import Elsewhere, elsewhere
from served import ROOT, STUB, Served, served
from visiting import DESKTOP, FLAGS

PATIENCE_MS = 60_000  # for what the page shows: a busy machine takes more than Playwright's 5 seconds
expect.set_options(timeout=PATIENCE_MS)


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


@pytest.fixture(scope="session")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The scripted pipeline with 200 events more."""
    with served(STUB, tmp_path_factory.mktemp("crowded"), STUB_EVENTS="200") as server:
        yield server


@pytest.fixture(scope="module")
def site() -> Iterator[Elsewhere]:
    """A site of another origin, whose pages embed the widget."""
    with elsewhere() as found:
        yield found


class Visits:
    """Opens pages and notes what they ask for and complain about."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.contexts: list[BrowserContext] = []
        self.requested: list[str] = []
        self.complaints: list[str] = []

    def __call__(
        self,
        server: Served | str,
        size: tuple[int, int] = DESKTOP,
        color_scheme: str = "light",
        path: str = "/",
        locale: str = "en-US",
    ) -> Page:
        """A page in a browser profile of its own."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=color_scheme,
            reduced_motion="reduce",
            locale=locale,
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.contexts.append(context)
        return self.tab(context, server, path)

    def tab(self, context: BrowserContext, server: Served | str, path: str = "/") -> Page:
        """One more page of the same profile."""
        page = context.new_page()
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("websocket", lambda socket: self.requested.append(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.goto((server if isinstance(server, str) else server.url) + path)
        return page

    def reload(self, page: Page) -> None:
        """Load a page anew."""
        with self.leaving():
            page.reload()

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """A page is left here: that it complains about its cut connections is no error."""
        before = len(self.complaints)
        yield
        cut = ("AbortError", "errored out", "network error")
        late = [said for said in self.complaints[before:] if not any(one in said for one in cut)]
        self.complaints[before:] = late


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visits]:
    """Open pages; afterwards: nothing but loopback was asked for, and the console holds no error."""
    visits = Visits(browser)
    yield visits
    for context in visits.contexts:
        context.close()
    hosts = {urlsplit(url).hostname for url in visits.requested if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    assert visits.complaints == []

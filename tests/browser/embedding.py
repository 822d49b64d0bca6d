"""Pages of another origin that embed the widget, and servers that answer it badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Locator, Page, expect

Answer = Callable[["Handler", dict[str, Any]], None]

STARTERS = '["How long is the bridge?", "What did nobody report?"]'
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "content-type, x-dateline-site",
    "Access-Control-Expose-Headers": "retry-after",
}


class Elsewhere:
    """A site on a port of its own: pages by their path, and what it answers to questions put to it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, tuple[str, Mapping[str, str]]] = {}
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, Mapping[str, str], dict[str, Any]]] = []

    def page(self, html: str, headers: Mapping[str, str] | None = None) -> str:
        """Serve a page; returns the path."""
        path = f"/page-{len(self.pages)}"
        self.pages[path] = html, headers or {}
        return path

    def embed(self, script: str, attributes: str = "", more: str = "", **headers: str) -> str:
        """Serve a page with the widget on it; returns the path."""
        return self.page(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>News</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"</head><body><main><h1>News</h1><p>Words of the page.</p>{more}</main>"
            f'<script type="module" src="{script}/widget.js"></script>'
            f"<dateline-chat {attributes}></dateline-chat></body></html>",
            {name.replace("_", "-"): value for name, value in headers.items()},
        )


class Handler(BaseHTTPRequestHandler):
    """Serves an `Elsewhere`."""

    protocol_version = "HTTP/1.1"
    site: Elsewhere

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def start(self, status: int, kind: str, length: int | None = None, **headers: str) -> None:
        """Status and headers; without a length the connection's end is that of the body."""
        self.send_response(status)
        for name, value in CORS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length is None:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def whole(self, status: int, kind: str, body: str, **headers: str) -> None:
        """A complete response."""
        data = body.encode()
        self.start(status, kind, len(data), **headers)
        self.wfile.write(data)

    def do_OPTIONS(self) -> None:  # the name that http.server calls
        """Any page may ask."""
        self.whole(200, "text/plain", "")

    def do_GET(self) -> None:
        """A page, or nothing."""
        html, headers = self.site.pages.get(self.path, ("", {}))
        self.whole(200 if html else 204, "text/html; charset=utf-8", html, **headers)

    def do_POST(self) -> None:
        """The answer that the question names."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.site.asked.append((self.path, dict(self.headers), body))
        self.site.answers[body["question"]](self, body)


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """A site of another origin."""

    class Bound(Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
    server.daemon_threads = True
    Bound.site = Elsewhere(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Bound.site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def box(page: Page, number: int = 0) -> Locator:
    """The question box of a widget."""
    return page.locator("dateline-chat").nth(number).locator("#question")


def ask(page: Page, question: str, number: int = 0) -> Locator:
    """Ask and wait until the reply is whole; returns it."""
    widget = page.locator("dateline-chat").nth(number)
    before = widget.locator(".turn").count()
    box(page, number).fill(question)
    box(page, number).press("Enter")
    reply = widget.locator(".turn").nth(before)
    expect(reply.locator(".status:not(.busy)")).to_be_visible(timeout=60_000)
    return reply


def opened(page: Page) -> Page:
    """The page with its launcher's panel opened."""
    page.locator(".launcher").click()
    expect(box(page)).to_be_focused()
    return page

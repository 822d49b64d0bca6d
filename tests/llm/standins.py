"""Small servers on loopback in place of the hub, of a package index, and of a model's server."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Handle = Callable[[BaseHTTPRequestHandler], None]
Started = Callable[..., "subprocess.Popen[str]"]


@contextmanager
def serving(handle: Handle) -> Iterator[str]:
    """The address of a server that hands every request to `handle`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            handle(self)

        do_HEAD = do_POST = do_GET  # noqa: N815  # names that http.server prescribes

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(request: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    """One whole answer; header names are written with underscores."""
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)


class Hub:
    """Serves one file the way the hub does, from any path, with ranges.

    The first `cuts` answers break off after half of what was asked for; with `hold` set, they wait there for
    `release` instead. `ranges` lists the Range header of each GET.
    """

    def __init__(self, content: bytes, *, cuts: int = 0, hold: bool = False) -> None:
        self.content = content
        self.cuts = cuts
        self.hold = hold
        self.release = threading.Event()
        self.ranges: list[str | None] = []
        self._lock = threading.Lock()

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        wanted = request.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        with self._lock:
            cut = request.command == "GET" and self.cuts > 0
            if request.command == "GET":
                self.ranges.append(wanted)
                self.cuts -= 1
        rest = self.content[start:]
        request.send_response(206 if wanted else 200)
        request.send_header("ETag", f'"{hashlib.sha256(self.content).hexdigest()}"')
        request.send_header("X-Repo-Commit", "0" * 40)
        request.send_header("Accept-Ranges", "bytes")
        if wanted:
            request.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        request.send_header("Content-Length", str(len(rest)))
        request.end_headers()
        if request.command == "HEAD":
            return
        try:
            request.wfile.write(rest[: len(rest) // 2] if cut else rest)
            request.wfile.flush()
        except ConnectionError:
            return
        if cut:
            if self.hold:
                self.release.wait(60)
            request.close_connection = True


class Index:
    """A package index over a folder of wheels; a wheel named in `held` is not sent before `release`."""

    def __init__(self, folder: Path, held: str = "") -> None:
        self.folder = folder
        self.held = held
        self.release = threading.Event()

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        name = request.path.rstrip("/").rsplit("/", 1)[-1]
        if request.path.startswith("/simple/"):
            wheels = [path.name for path in self.folder.glob(f"{name.replace('-', '_')}-*")]
            links = "".join(f'<a href="/files/{wheel}">{wheel}</a>' for wheel in wheels)
            page = f"<!DOCTYPE html><html><body>{links}</body></html>"
            send(request, 200 if wheels else 404, page.encode(), Content_Type="text/html")
            return
        if self.held and name.startswith(self.held):
            self.release.wait(60)
        send(request, 200, (self.folder / name).read_bytes(), Content_Type="application/octet-stream")

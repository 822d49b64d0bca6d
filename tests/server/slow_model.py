"""A model's server that counts the pieces it sends, and can go on for ever."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = 3000
PAUSE = 0.1  # seconds: whoever does not look up reads for minutes


class SlowModel:
    """With `endless` set, a reply has WORDS pieces and takes minutes; else it has one.

    `begun` is set at the first piece of an endless reply, `cut` once whoever asked has closed the connection.
    """

    def __init__(self) -> None:
        self.endless = threading.Event()
        self.begun = threading.Event()
        self.cut = threading.Event()
        self.sent = 0
        self.url = ""

    def expect(self) -> None:
        """From now on replies are endless, and nothing has been sent yet."""
        self.begun.clear()
        self.cut.clear()
        self.sent = 0
        self.endless.set()

    def reply(self, request: BaseHTTPRequestHandler) -> None:
        """Stream pieces as the OpenAI protocol does."""
        request.rfile.read(int(request.headers.get("Content-Length", "0")))
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        endless = self.endless.is_set()
        try:
            for number in range(WORDS if endless else 1):
                finish = None if endless or number else "stop"
                chunk = {"choices": [{"index": 0, "delta": {"content": "w"}, "finish_reason": finish}]}
                request.wfile.write(f"data: {json.dumps({'id': 'x', 'created': 0, **chunk})}\n\n".encode())
                if endless:
                    self.sent += 1
                    self.begun.set()
                    self.cut.wait(PAUSE)
            request.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            self.cut.set()


@contextmanager
def slow_model() -> Iterator[SlowModel]:
    """One that serves on loopback."""
    model = SlowModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            model.reply(self)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()

"""A model's server that sends a text, tells its parent, and then says nothing more: `half_model.py TEXT`."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Half(BaseHTTPRequestHandler):
    """Streams the words of the sentence in OpenAI's form, then waits to be killed."""

    def do_POST(self) -> None:
        """Begin an answer that never ends."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for word in sys.argv[1].split(" "):
            choice = {"index": 0, "delta": {"role": "assistant", "content": f"{word} "}, "finish_reason": None}
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "half"}
            self.wfile.write(f"data: {json.dumps(chunk | {'choices': [choice]})}\n\n".encode())
            self.wfile.flush()
        sys.stdout.write("sent\n")
        sys.stdout.flush()
        threading.Event().wait()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Half)
sys.stdout.write(f"http://127.0.0.1:{server.server_port}/v1\n")
sys.stdout.flush()
server.serve_forever()

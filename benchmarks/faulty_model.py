"""A model's server with faults, in a process of its own: `faulty_model.py PORT FILE`.

The file says what it does with the next request: one of FAULTS, or "well", which says the first piece of
evidence again, or "in a second", which does so a second later, as a model with room for many would.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

FIRST = re.compile(r"^\[1\] \(.*?\) (.*)$", re.M)  # the first piece of evidence in a prompt
FAULTS = (
    "500",
    "429",
    "no JSON",
    "other JSON",
    "broken JSON",
    "a page",
    "wrong encoding",
    "endless",
    "silent",
    "cut off",
)


class Faulty(BaseHTTPRequestHandler):
    """Answers as the file says."""

    def do_POST(self) -> None:
        """One request."""
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        mode = Path(sys.argv[2]).read_text()
        if mode.isdigit():
            self._begin(int(mode), "application/json")
            self.wfile.write(b'{"error": {"message": "no"}}')
            return
        self._begin(200, "text/html" if mode == "a page" else "text/event-stream")
        with suppress(OSError):  # whoever asked has left
            self._tell(mode, asked["messages"][-1]["content"])

    def _begin(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def _tell(self, mode: str, prompt: str) -> None:
        if mode == "no JSON":
            self.wfile.write(b"data: \xff\xfe what?\n\n")
        elif mode == "other JSON":
            self.wfile.write(b'data: {"choices": [{"delta": 7, "text": ["x"]}]}\n\ndata: [1, 2]\n\n')
        elif mode == "broken JSON":
            self.wfile.write(b'data: {"choices": [{"index": 0, "del\n\n')
        elif mode == "a page":
            self.wfile.write(b"<html><body>Welcome to nginx!</body></html>")
        elif mode == "wrong encoding":
            self._piece("Israel wants").write(
                b'data: {"choices": [{"index": 0, "delta": {"content": "\xe9\xff"}}]}\n\n'
            )
        elif mode == "endless":
            while True:
                self._piece("and so on ")
        elif mode == "silent":
            self._piece("Israel")
            threading.Event().wait()
        elif mode == "cut off":
            self._piece("Israel wants Russia to")
        else:
            if mode == "in a second":
                threading.Event().wait(1.0)
            first = FIRST.search(prompt)
            self._piece(f"{first[1]} [1]" if first else "NOT STATED")
            self._piece("", "stop")
            self.wfile.write(b"data: [DONE]\n\n")

    def _piece(self, text: str, finish: str | None = None) -> BinaryIO:
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "faulty"}
        self.wfile.write(f"data: {json.dumps(chunk | {'choices': [choice]})}\n\n".encode())
        return self.wfile  # type: ignore[return-value]  # it is one, to mypy a buffered one

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


def start(port: int, file: Path) -> subprocess.Popen[str]:
    """It in a process of its own, which listens when this returns."""
    command = [sys.executable, __file__, str(port), str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Faulty)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()

"""Uses Dateline as a person would, in a network of its own where there can be one; prints a report as JSON."""

from __future__ import annotations

import fcntl
import json
import re
import socket
import struct
import subprocess
import sys
import urllib.request
from typing import Any

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def raise_loopback() -> None:
    """Switch on the loopback interface of a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        (flags,) = struct.unpack_from("H", fcntl.ioctl(control, SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def qa(*arguments: str) -> dict[str, Any]:
    """Run one command to its end."""
    run = subprocess.run(
        [sys.executable, "-m", "qa", *arguments], capture_output=True, text=True, check=False, timeout=300
    )
    return {"status": run.returncode, "output": run.stdout, "errors": run.stderr}


def get(url: str, body: object = None) -> tuple[int, str]:
    """Status and text of a request, a POST of JSON when there is a body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return reply.status, reply.read().decode()


def serve_and_use(question: str) -> dict[str, Any]:
    """Start the server, ask, fetch the page and what it links to on the same server, stop it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "qa", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().rsplit(" ", 1)[-1].strip()
        if not address.startswith("http"):
            return {"errors": server.communicate()[1]}
        page = get(f"{address}/")[1]
        links = sorted(set(re.findall(r"""(?:src|href)=["'](\.?/[^"'#]+)["']""", page)))
        found = {
            "answer": json.loads(get(f"{address}/api/ask", {"question": question})[1]),
            "routes": {path: get(address + path)[0] for path in ("/healthz", "/readyz", "/api/documents")},
            "linked": [get(f"{address}/{link.lstrip('./')}")[0] for link in links],
        }
        server.terminate()
        output, errors = server.communicate(timeout=60)
        return found | {"status": server.returncode, "output": output, "errors": errors}
    finally:
        server.kill()
        server.communicate()


def main() -> None:
    """Ingest, ask, serve."""
    seeds, question, apart = sys.argv[1:]
    if apart == "apart":
        raise_loopback()
    report = {
        "ingest": qa("ingest", seeds),
        "ask": qa("ask", "--json", question),
        "serve": serve_and_use(question),
    }
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()

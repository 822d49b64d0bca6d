"""What `qa doctor` says of the engines that the settings name, and of the role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from support import chroma_server, free_port

from qa.config import Settings
from qa.engines import Looked, look_at_engines
from qa.storage.lock import lock_data_dir


@contextmanager
def answering(status: int, body: object) -> Iterator[str]:
    """A server that always says the same; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def first(settings: Settings) -> Looked:
    """What is said of the first engine."""
    return next(look_at_engines(settings))


def test_a_chroma_server(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    """A real one tells its version; one that is not there is named with its setting."""
    with chroma_server(tmp_path / "chroma") as server:
        found = first(make_settings(chroma_url=server.url))
        assert found.ok
        assert "version" in found.what
        server.process.kill()
        server.process.wait()
        gone = first(make_settings(chroma_url=server.url))
    assert (gone.ok, "QA_CHROMA_URL" in gone.remedy, server.url in gone.what) == (False, True, True)


@pytest.mark.parametrize(
    ("status", "body", "ok", "words"),
    [
        (200, {"data": [{"id": "mine"}, {"id": "other"}]}, True, "answers"),
        (200, {"object": "list"}, True, "answers"),
        (200, ["odd"], True, "answers"),
        (200, {"data": [{"id": "other"}]}, False, "other"),
        (401, {}, False, "QA_LLM_API_KEY"),
        (404, {}, False, "QA_LLM_BASE_URL"),
        (503, {}, False, "503"),
    ],
)
def test_a_model_s_server(
    make_settings: Callable[..., Settings], status: int, body: object, ok: bool, words: str
) -> None:
    """Whether it answers, takes the key and has the model, as far as it lists any."""
    with answering(status, body) as url:
        found = first(make_settings(llm_base_url=f"{url}/v1", llm_model="mine", llm_api_key="k"))
    assert found.ok is ok
    assert words in f"{found.what} {found.remedy}"


def test_a_collector_of_traces(make_settings: Callable[..., Settings]) -> None:
    """Whatever it says to a look, it is there; nobody at the address is told."""
    with answering(405, {}) as url:
        assert first(make_settings(otlp_endpoint=url)).ok
    gone = first(make_settings(otlp_endpoint=f"http://127.0.0.1:{free_port()}"))
    assert (gone.ok, "QA_OTLP_ENDPOINT" in gone.remedy) == (False, True)


def test_the_role(make_settings: Callable[..., Settings]) -> None:
    """A reader wants a writer to be there; looking takes nothing from the one that is."""
    writer = make_settings()
    reader = make_settings(reader=True, chroma_url="http://127.0.0.1:9")

    def role(settings: Settings) -> Looked:
        *_, found = look_at_engines(settings)
        return found

    assert role(writer).ok
    assert (role(reader).ok, "no writer" in role(reader).what) == (False, True)
    with lock_data_dir(writer):
        assert role(reader).ok
        assert "process" in role(reader).what
    with lock_data_dir(writer):
        pass
    assert not role(reader).ok

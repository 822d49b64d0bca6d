"""One index, several server processes: a writer, readers that follow it, a Chroma server, a proxy in turn."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import ROOT, Served, eventually, served
from support import chroma_server, one_clear_line, run_qa

REPORT = "The harbour bridge of Ostby opened on Tuesday. It is 412 metres long, the builders said."
QUESTION = "How long is the harbour bridge of Ostby?"


class Proxy:
    """Hands each request to the next of its servers, and what changes documents to the first."""

    def __init__(self, *servers: str) -> None:
        turns, turn = itertools.cycle(servers), threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with turn:
                    server = next(turns)
                changes = self.command != "GET" and self.path.startswith("/api/documents")
                length = int(self.headers.get("Content-Length", "0"))
                reply = httpx.request(
                    self.command,
                    (servers[0] if changes else server) + self.path,
                    content=self.rfile.read(length),
                    headers={name: value for name, value in self.headers.items() if name.lower() != "host"},
                    timeout=120,
                )
                self.send_response(reply.status_code)
                self.send_header("X-Served-By", server)
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)

            do_POST = do_DELETE = do_GET  # noqa: N815  # names that http.server prescribes

            def log_message(self, format: str, *args: object) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield self.url
        finally:
            self._server.shutdown()
            self._server.server_close()


class Fleet:
    """A Chroma server, a writer and two readers on one data directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self._chroma = self._open.enter_context(chroma_server(folder / "chroma"))
        self._writing = ExitStack()
        self.writer = self.start_writer()
        self.readers = [self._reader(name) for name in ("first", "second")]

    @property
    def settings(self) -> dict[str, str]:
        """Of every process."""
        return {
            "QA_DATA_DIR": str(self.folder / "data"),
            "QA_SEED_DIR": str(self.folder / "seeds"),
            "QA_LLM_TIER": "none",
            "QA_CHROMA_URL": self._chroma.url,
        }

    def start_writer(self, port: str = "0") -> Served:
        """Start the process that changes documents."""
        where = self.folder / "writer"
        where.mkdir(exist_ok=True)
        self.writer = self._writing.enter_context(served(ROOT / "app.py", where, **self.settings, QA_PORT=port))
        return self.writer

    def stop_writer(self) -> None:
        """Kill it."""
        self._writing.close()

    def _reader(self, name: str) -> Served:
        where = self.folder / name
        where.mkdir()
        settings = self.settings | {"QA_READER": "true", "QA_WRITER_URL": self.writer.url}
        return self._open.enter_context(served(ROOT / "app.py", where, **settings))

    def close(self) -> None:
        """Kill all."""
        self._writing.close()
        self._open.close()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Started once; a report stands in for the seeds."""
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "ferry.txt").write_text("The ferry to Ostby sank in the storm on Sunday.")
    started = Fleet(folder)
    yield started
    started.close()


def answer(url: str, question: str = QUESTION) -> dict[str, Any]:
    """The answer that a server gives, without its timings."""
    reply = httpx.post(f"{url}/api/ask", json={"question": question}, timeout=120)
    assert reply.status_code == 200, reply.text
    given: dict[str, Any] = reply.json()
    del given["timings_ms"]
    return given


def upload(url: str, name: str, text: str) -> httpx.Response:
    """Send a report to a server."""
    return httpx.post(f"{url}/api/documents", files=[("files", (name, text.encode()))], timeout=120)


def told(url: str) -> dict[str, str]:
    """The metrics without labels, as they are written."""
    lines = httpx.get(f"{url}/metrics", timeout=30).text.splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_all_answer_alike_from_what_the_writer_brought_in(fleet: Fleet) -> None:
    """Through a proxy, in turn: the same bytes once readers have seen it; once it is gone, none knows it."""
    servers = (fleet.writer.url, *(reader.url for reader in fleet.readers))
    with Proxy(*servers).running() as proxy:
        assert {answer(proxy)["status"] for _ in servers} == {"abstained"}
        sent = upload(proxy, "bridge.txt", REPORT)
        assert sent.status_code == 201, sent.text
        (document,) = sent.json()["documents"]
        for url in servers:
            assert eventually(lambda url=url: answer(url)["status"] == "answered"), url
        given = [json.dumps(answer(proxy)) for _ in range(2 * len(servers))]
        assert len(set(given)) == 1
        assert json.loads(given[0])["citations"][0]["document_id"] == document["id"]
        assert httpx.delete(f"{proxy}/api/documents/{document['id']}", timeout=60).status_code == 200
        for url in servers:
            assert eventually(lambda url=url: answer(url)["status"] == "abstained"), url


def test_a_reader_changes_nothing_and_names_the_writer(fleet: Fleet) -> None:
    """Uploads and deletions are refused in one line; what it serves is still the same."""
    reader = fleet.readers[0].url
    (document,) = httpx.get(f"{reader}/api/documents").json()["documents"]
    refused = (
        upload(reader, "more.txt", REPORT),
        httpx.delete(f"{reader}/api/documents/{document['id']}"),
    )
    for reply in refused:
        error = reply.json()["error"]
        assert (reply.status_code, error["code"]) == (403, "read_only")
        assert f"process {fleet.writer.process.pid} on " in error["message"]
        assert fleet.writer.url in error["hint"]
    assert httpx.get(f"{reader}/api/documents").json()["documents"] == [document]
    assert told(reader)['dateline_info{role="reader",version="0.1.0"}'] == "1.0"
    assert told(fleet.writer.url)['dateline_info{role="writer",version="0.1.0"}'] == "1.0"


def test_readers_outlive_the_writer_and_each_other(fleet: Fleet) -> None:
    """The writer and one reader are killed, the other answers on; the writer comes again, and is followed."""
    first, second = fleet.readers
    question = "What sank in the storm?"
    before = answer(second.url, question)
    assert before["status"] == "answered"
    fleet.stop_writer()
    first.process.kill()
    first.process.wait()
    assert answer(second.url, question) == before
    writer = fleet.start_writer()
    assert upload(writer.url, "bridge.txt", REPORT).status_code == 201
    assert eventually(lambda: answer(second.url)["status"] == "answered")
    assert answer(second.url) == answer(writer.url)
    assert eventually(lambda: told(second.url)["dateline_documents"] == "2.0")


def test_commands_of_a_reader_change_nothing_either(fleet: Fleet, tmp_path: Path) -> None:
    """`qa ingest` with QA_READER is one line; `qa sources` lists what there is."""
    report = tmp_path / "report.txt"
    report.write_text(REPORT)
    settings = {name.removeprefix("QA_"): value for name, value in fleet.settings.items()}
    data = Path(settings.pop("DATA_DIR"))
    run = run_qa("ingest", str(report), data_dir=data, READER="true", **settings)
    assert run.returncode == 1
    one_clear_line(run, "only reads", "process")
    listed = run_qa("sources", data_dir=data, READER="true", **settings)
    assert (listed.returncode, "ferry.txt" in listed.stdout) == (0, True)


def test_a_reader_needs_a_chroma_server(tmp_path: Path) -> None:
    """Said before anything loads: an embedded Chroma that is open does not see what another process writes."""
    command = [sys.executable, "-m", "qa", "serve", "--reader", "--port", "0"]
    environment = {"PYTHONPATH": str(ROOT), "QA_DATA_DIR": str(tmp_path / "data")}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    one_clear_line(run, "QA_CHROMA_URL")
    assert not (tmp_path / "data").exists()

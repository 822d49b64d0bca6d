"""What is underneath fails while the server runs: a full disk, a damaged index, a killed process, and
Chroma gone and back. Each ends in a whole answer or a clear refusal, and mends itself.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import ROOT, Served, eventually, served
from support import free_port, running

from eval.contract import check
from qa.client import Client
from qa.records import Document

QUESTION = "What did Israel want Russia to halt?"
HERE = Path(__file__).parent
_numbers = count()


def fresh() -> str:
    """The question, so that no answer from memory is the answer to it."""
    return f"{QUESTION}{' ' * next(_numbers)}"


def ask(server: Served, question: str = "") -> httpx.Response:
    """The response to a question that was not asked before."""
    return httpx.post(f"{server.url}/api/ask", json={"question": question or fresh()}, timeout=120)


def upload(server: Served, **texts: str) -> httpx.Response:
    """The response to an upload of text files."""
    files = [("files", (f"{name}.txt", text.encode())) for name, text in texts.items()]
    return httpx.post(f"{server.url}/api/documents", files=files, timeout=120)


def stored(server: Served) -> dict[str, Document]:
    """All documents by their names, with their texts."""
    with Client(server.url) as client:
        return {one.uri: client.document(one.id) for one in client.documents()}


def assert_answers(server: Served) -> None:
    """It answers, and every span stands in its document."""
    response = ask(server)
    assert response.status_code == 200, response.text
    assert response.json()["status"] == "answered"
    check(response.json(), {one.id: one for one in stored(server).values()})


def told(response: httpx.Response) -> dict[str, Any]:
    """The error of a response that says to come again."""
    assert response.status_code == 503, response.text
    assert int(response.headers["retry-after"]) > 0
    error: dict[str, Any] = response.json()["error"]
    return error


@pytest.fixture
def folder(tmp_path: Path, indexed: Path) -> Path:
    """A folder with a data directory that holds the seeds."""
    shutil.copytree(indexed, tmp_path / "data")
    return tmp_path


LONG = "The ferry Aurelia left Lindholm on 4 May 2021. " * 3000


def test_a_full_disk_takes_nothing_and_loses_nothing(folder: Path) -> None:
    """An upload is refused and leaves no file, answers still come; with room again the next upload works."""
    with served(HERE / "limited_app.py", folder, QA_LLM_TIER="none") as server:
        assert upload(server, small="The lighthouse of Arkona was lit on 3 May 2021.").status_code == 201
        server.process.send_signal(signal.SIGUSR1)
        error = told(upload(server, big=LONG * 40))
        assert error["code"] == "storage"
        assert "full" in error["message"] or "cannot be" in error["message"]
        assert_answers(server)
        assert sorted(path.name for path in (folder / "data" / "uploads").iterdir()) == ["small.txt"]
        assert len(stored(server)) == 6
        server.process.send_signal(signal.SIGUSR2)
        assert upload(server, big=LONG).status_code == 201
        assert len(stored(server)) == 7


def garble(path: Path) -> None:
    """Every byte is another."""
    path.write_bytes(bytes(range(256)) * (path.stat().st_size // 256 + 1))


def test_vectors_damaged_while_it_runs_are_made_anew(folder: Path) -> None:
    """Whatever is asked or brought in then is answered, or refused with a time; soon all of it works again, and
    after a restart too. No document is lost.
    """
    with served(ROOT / "app.py", folder, QA_LLM_TIER="none") as server:
        assert_answers(server)
        for file in (folder / "data" / "index" / "chroma").rglob("*.*"):
            garble(file)
        for response in (ask(server), upload(server, lamp="The lighthouse of Arkona was lit on 3 May 2021.")):
            assert response.status_code in (200, 201) or told(response)["code"] == "index_unusable"
        names = {"lamp": "The lighthouse of Arkona was lit on 3 May 2021."}
        assert eventually(lambda: upload(server, **names).status_code == 201, 60)
        assert_answers(server)
        assert len(stored(server)) == 6
    with served(ROOT / "app.py", folder, QA_LLM_TIER="none") as server:
        assert_answers(server)
        assert len(stored(server)) == 6


def test_vectors_damaged_before_the_start_are_made_anew(folder: Path) -> None:
    """The server starts, says so in its log, and answers."""
    garble(folder / "data" / "index" / "chroma" / "chroma.sqlite3")
    with served(ROOT / "app.py", folder, QA_LLM_TIER="none") as server:
        assert_answers(server)
        assert "made anew" in server.errors.read_text(encoding="utf-8")
        assert len(stored(server)) == 5


def test_damaged_documents_are_refused_at_the_start_in_one_line(folder: Path) -> None:
    """Their texts cannot be made up: the line says what to do, and nothing is changed."""
    garble(folder / "data" / "index" / "documents.sqlite3")
    before = (folder / "data" / "index" / "documents.sqlite3").read_bytes()
    run = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "QA_DATA_DIR": str(folder / "data"), "QA_PORT": "0"},
        timeout=120,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "is damaged" in run.stderr
    assert (folder / "data" / "index" / "documents.sqlite3").read_bytes() == before


VERSIONS = ("The mayor of Lindholm resigned on 5 May 2021.", "The mayor of Lindholm stayed on 6 May 2021.")


def test_killed_while_files_come_and_go(folder: Path) -> None:
    """Killed twice in the middle of uploads, replacements and deletions: each file is there whole, as it
    was before or after, and index and folder agree.
    """
    for delay in (0.4, 1.7):
        with served(ROOT / "app.py", folder, QA_LLM_TIER="none") as server:
            _agree(server, folder)
            with ThreadPoolExecutor(1) as pool:
                changing = pool.submit(_change, server)
                threading.Event().wait(delay)  # no condition: any moment will do
                server.process.kill()
                assert isinstance(changing.exception(60), httpx.HTTPError)
    with served(ROOT / "app.py", folder, QA_LLM_TIER="none") as server:
        _agree(server, folder)
        assert_answers(server)
        assert upload(server, mayor=VERSIONS[0]).status_code == 201
        assert _agree(server, folder)["uploads/mayor.txt"].text == VERSIONS[0]


def _change(server: Served) -> None:
    """Bring files in, replace and remove them, without end."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for number in count():
            texts = {
                "mayor.txt": VERSIONS[number % 2],
                f"note{number % 3}.txt": f"Note {number} of 7 May 2021.",
            }
            files = [("files", (name, text.encode())) for name, text in texts.items()]
            came = client.post("/api/documents", files=files).raise_for_status().json()["documents"]
            client.delete(f"/api/documents/{came[number % len(came)]['id']}").raise_for_status()


def _agree(server: Served, folder: Path) -> dict[str, Document]:
    """The documents, after it was seen that each upload is a file and each file is an upload, with its text."""
    documents = stored(server)
    uploads = {uri: one for uri, one in documents.items() if uri.startswith("uploads/")}
    files = {f"uploads/{file.name}": file.read_text() for file in (folder / "data").glob("uploads/*")}
    assert {uri: one.text for uri, one in uploads.items()} == files
    assert len(documents) - len(uploads) == 5
    return documents


class Chroma:
    """Chroma's server on a port, over a folder."""

    def __init__(self, folder: Path) -> None:
        self._port, self._folder, self._running = free_port(), folder, ExitStack()
        self.url = f"http://127.0.0.1:{self._port}"
        self.process: subprocess.Popen[str]

    def start(self) -> None:
        """Until it answers."""
        command = [str(Path(sys.executable).parent / "chroma"), "run", "--host", "127.0.0.1"]
        command += ["--port", str(self._port), "--path", str(self._folder)]
        self.process = self._running.enter_context(running(command, dict(os.environ)))

        def answers() -> bool:
            try:
                return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=5).status_code == 200
            except httpx.HTTPError:
                return False

        assert eventually(answers, 60)

    def stop(self) -> None:
        """Kill it."""
        self._running.close()


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[Chroma]:
    """One that runs."""
    server = Chroma(tmp_path / "chroma")
    server.start()
    yield server
    server.stop()


def test_chroma_gone_and_back(tmp_path: Path, chroma: Chroma) -> None:
    """While it hangs or is gone, questions and uploads are refused with a time and answers from memory still
    come; once it is back, the next question is answered and the next upload taken, without a restart.
    """
    settings = {"QA_CHROMA_URL": chroma.url, "QA_CHROMA_TIMEOUT": "2", "QA_LLM_TIER": "none"}
    with served(ROOT / "app.py", tmp_path, **settings) as server:
        known = fresh()
        assert ask(server, known).json()["status"] == "answered"
        chroma.process.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            assert chroma.url in told(ask(server))["message"]
            assert time.monotonic() - began < 60  # not for ever, which is what its client would do
        finally:
            chroma.process.send_signal(signal.SIGCONT)
        assert_answers(server)
        chroma.stop()
        assert told(ask(server))["code"] == "storage"
        assert told(upload(server, lamp="The lamp was lit on 3 May 2021."))["code"] == "storage"
        assert list((tmp_path / "data" / "uploads").iterdir()) == []
        assert ask(server, known).json()["status"] == "answered"
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        chroma.start()
        assert_answers(server)
        assert upload(server, lamp="The lamp was lit on 3 May 2021.").status_code == 201
        assert len(stored(server)) == 6

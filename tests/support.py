"""Shared by the tests of the core, the contract, the command line and the offline promise."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from qa.collection import Snapshot, build_lexicon
from qa.config import PROJECT, Settings, load_settings
from qa.embed import Embedder
from qa.index import DOCUMENTS
from qa.load import document_id
from qa.records import Document, Event, Evidence, Hit
from qa.split import split_passages, split_sentences
from qa.storage.store import DocumentStore

MODELS = PROJECT / "data" / "models"
"""Where `make test` fetches the standard model to before the tests run."""


def clean_environment(environment: MutableMapping[str, str]) -> None:
    """Drop the developer's settings and proxies; keep OpenMP from burning the core another process needs."""
    for name in list(environment):
        if name.startswith("QA_") or name.lower().endswith("_proxy"):
            del environment[name]
    environment["OMP_WAIT_POLICY"] = "passive"
    environment["TOKENIZERS_PARALLELISM"] = "false"


class Guard:
    """Refuses connections and look-ups beyond loopback; `refused` lists what was tried."""

    def __init__(self) -> None:
        self.refused: list[object] = []
        self._look_up = socket.getaddrinfo

    def watch(self, connect: Callable[..., Any]) -> Callable[..., Any]:
        """`socket.connect` that knows loopback and Unix sockets only."""

        def _connect(sock: socket.socket, address: Any) -> Any:
            if sock.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
                self.refused.append(address)
                raise OSError(f"tests do not connect to {address}")
            return connect(sock, address)

        return _connect

    def look_up(self, host: Any, *arguments: Any, **options: Any) -> Any:
        """`socket.getaddrinfo` that asks no name server."""
        name = host.decode() if isinstance(host, bytes) else host
        if name and name != "localhost" and not _is_address(name):
            raise socket.gaierror(socket.EAI_NONAME, "tests look up no names")
        return self._look_up(host, *arguments, **options)


def is_loopback(host: str) -> bool:
    """Whether an address, or the name localhost, means this machine."""
    return host in ("", "localhost") or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return True


def settings_for(data_dir: Path, **overrides: object) -> Settings:
    """Settings with a data directory and, unless told otherwise, no model; models come from the checkout."""
    return load_settings(**({"data_dir": data_dir, "models_dir": MODELS, "llm_tier": "none"} | overrides))


@contextmanager
def open_store(settings: Settings) -> Iterator[DocumentStore]:
    """The rows of an index, without its vectors."""
    store = DocumentStore(settings.index_dir / DOCUMENTS)
    try:
        yield store
    finally:
        store.close()


def make_document(
    text: str,
    uri: str = "folder/file.txt",
    *,
    title: str = "A report",
    publisher: str | None = None,
    published: date | None = None,
    event: Event | None = None,
) -> Document:
    """A document as `load_file` would make it."""
    return Document(
        document_id(text), text, (uri,), title, publisher, published, event or Event(None, None), {}
    )


def write_reports(folder: Path, reports: Mapping[str, str], sidecar: str) -> Path:
    """A new folder with these reports and what their sidecar says of them."""
    folder.mkdir()
    for name, text in {**reports, "sources.toml": sidecar}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def plain_embedder(seen: list[str] | None = None, dimensions: int = 256) -> Embedder:
    """A quick embedder that needs no model: hashed words, so texts that share words are near each other.

    `seen` gets every text that is embedded, in order.
    """
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class _HashedWords(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            if seen is not None:
                seen.append(text)
            row = [0.01] * dimensions
            for word in (word for word in text.casefold().split() if len(word) > 3):
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % dimensions] += 1.0
            return row

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return Embedder("hashed words", _HashedWords(model_name="hashed words"))


def qa_environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a `qa` process with this data directory; settings are given without `QA_`."""
    given = {"DATA_DIR": str(data_dir), "MODELS_DIR": str(MODELS), "LLM_TIER": "none"} | settings
    return os.environ | {f"QA_{name}": value for name, value in given.items()}


def run_qa(
    *arguments: str, data_dir: Path, timeout: float = 240, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run `qa` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        env=qa_environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def one_clear_line(run: subprocess.CompletedProcess[str], *words: str) -> str:
    """Assert that a failed `qa` wrote a single line to standard error, with these words, and no traceback."""
    lines = run.stderr.splitlines()
    assert len(lines) == 1, run.stderr
    assert lines[0].startswith("qa: "), run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    for word in words:
        assert word in lines[0]
    return lines[0]


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Poll until the condition holds; fail with `what` after a generous deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], output: int = subprocess.PIPE, **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """A process with its output in pipes, or elsewhere if nobody reads them; killed at the end if it runs."""
    process = subprocess.Popen(
        list(command),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        text=True,
        **options,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def snapshot_of(*documents: Document) -> Snapshot:
    """A snapshot without vectors: what the stages after retrieval look at."""
    sentences = {document.id: split_sentences(document) for document in documents}
    passages = [passage for document in documents for passage in split_passages(document)]
    return Snapshot(
        documents={document.id: document for document in documents},
        passages={passage.id: passage for passage in passages},
        sentences=sentences,
        lexicon=build_lexicon([item for found in sentences.values() for item in found], documents),
        nodes=(),
        vector_store=None,
    )


def all_hits(snapshot: Snapshot) -> tuple[Hit, ...]:
    """Every passage as a hit."""
    return tuple(Hit(passage, 1.0) for passage in snapshot.passages.values())


def evidence_of(document: Document, quote: str, score: float = 0.9) -> Evidence:
    """The first place of a quote in a document, as evidence."""
    start = document.text.index(quote)
    return Evidence(document, start, start + len(quote), score)

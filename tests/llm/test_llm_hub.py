"""Fetching a model from a hub: a stand-in on loopback that HF_ENDPOINT names, in a process of its own."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
from pathlib import Path

import pytest
from standins import Hub, Started, send, serving
from test_llm_fetch import until

CONTENT = hashlib.shake_256(b"made up").digest(30_000_000)
"""Larger than the ten megabytes that the library hands on at once."""


def entry(content: bytes = CONTENT) -> str:
    """The made-up model as fetch_entry.py takes it."""
    source = {"kind": "hub", "repository": "nobody/made-up", "file": "made-up.gguf"}
    fields = {
        "file": "made-up.gguf",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "maker": "nobody",
        "sources": [source],
    }
    return json.dumps(fields)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "data"


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, standard output and error of a process that ends by itself."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out.strip(), err


def test_a_file_comes_from_the_hub(data: Path, start: Started) -> None:
    """One request, the right bytes, under the right name, with its progress told."""
    hub = Hub(CONTENT)
    with serving(hub) as address:
        code, out, err = finish(start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address))
    assert code == 0, err
    assert Path(out).read_bytes() == CONTENT
    assert hub.ranges == [None]
    assert "made-up: 30 of 30 MB" in err


def test_a_cut_connection_goes_on_in_the_same_run(data: Path, start: Started) -> None:
    """When the connection breaks, the rest is asked for by range."""
    hub = Hub(CONTENT, cuts=1)
    with serving(hub) as address:
        code, out, err = finish(start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address))
    assert code == 0, err
    assert Path(out).read_bytes() == CONTENT
    assert len(hub.ranges) == 2
    assert hub.ranges[1] not in (None, "bytes=0-")


def test_a_killed_run_goes_on_in_the_next(data: Path, start: Started) -> None:
    """A process killed half-way leaves a half file under another name; the next run asks for the rest only."""
    hub = Hub(CONTENT, cuts=1, hold=True)
    partial = data / "models" / "made-up.gguf.partial"
    with serving(hub) as address:
        first = start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address)
        until(lambda: partial.exists() and partial.stat().st_size > 0)
        first.send_signal(signal.SIGKILL)
        first.wait()
        hub.release.set()
        have = partial.stat().st_size
        assert not (data / "models" / "made-up.gguf").exists()
        code, out, err = finish(start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address))
    assert code == 0, err
    assert Path(out).read_bytes() == CONTENT
    assert hub.ranges == [None, f"bytes={have}-"]


def test_wrong_bytes_from_the_hub_never_get_the_name(data: Path, start: Started) -> None:
    """A hub that serves something else of the same size is found out."""
    with serving(Hub(CONTENT[::-1])) as address:
        code, _, err = finish(start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address))
    assert code == 1
    assert "Hugging Face Hub: not the published bytes" in err
    assert [path.name for path in (data / "models").iterdir() if "made-up.gguf" in path.name] == [
        ".made-up.gguf.lock"
    ]


def test_another_size_is_told_before_anything_is_read(data: Path, start: Started) -> None:
    """A file that cannot be the right one is not fetched."""
    hub = Hub(CONTENT[:-1])
    with serving(hub) as address:
        code, _, err = finish(start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address))
    assert code == 1
    assert "the file there has 29999999 bytes, not 30000000" in err
    assert hub.ranges == []


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_hub_that_refuses_is_told(data: Path, start: Started, status: int) -> None:
    """The status is in the one line, and there is no traceback."""
    with serving(lambda request: send(request, status)) as address:
        code, _, err = finish(start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address))
    assert code == 1
    assert f"answered {status}" in err
    assert "Traceback" not in err


def test_a_hub_that_is_not_there_is_given_up(data: Path, start: Started) -> None:
    """A refused connection ends the attempt with one line that names the address."""
    code, _, err = finish(start("fetch_entry.py", str(data), entry(), HF_ENDPOINT="http://127.0.0.1:9"))
    assert code == 1
    assert "http://127.0.0.1:9 cannot be reached" in err
    assert "Traceback" not in err


def test_a_hub_that_stays_silent_is_given_up(data: Path, start: Started) -> None:
    """A server that takes the connection and never answers does not hold the fetch."""
    hub = Hub(CONTENT)

    def silent(_: object) -> None:
        hub.release.wait(60)

    with serving(silent) as address:
        code, _, err = finish(start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address))
        hub.release.set()
    assert code == 1
    assert "Hugging Face Hub: " in err


def test_offline_mode_of_the_user_is_kept(data: Path, start: Started) -> None:
    """With HF_HUB_OFFLINE the hub is not asked at all."""
    hub = Hub(CONTENT)
    with serving(hub) as address:
        process = start("fetch_entry.py", str(data), entry(), HF_ENDPOINT=address, HF_HUB_OFFLINE="1")
        code, _, err = finish(process)
    assert code == 1
    assert "HF_HUB_OFFLINE is set" in err
    assert hub.ranges == []

"""llama.cpp in this process: starting, refusing, keeping to itself, stopping."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support import wait_until

from qa.errors import OWN_FILES, ModelError
from qa.llm.local import LocalServer
from qa.records import Instructions


@pytest.fixture(scope="module")
def server(tiny_file: Path) -> Iterator[LocalServer]:
    """The tiny model, served."""
    running = LocalServer(tiny_file, threads=1)
    yield running
    running.close()


def test_it_listens_on_loopback_with_a_key_of_its_own(server: LocalServer) -> None:
    """The address is this machine's own, and without the key nothing but its health is told."""
    url = httpx.URL(server.base_url)
    assert url.host == "127.0.0.1"
    assert httpx.get(f"{server.base_url}/models").status_code == 401
    assert httpx.get(f"{server.base_url}/models", headers={"Authorization": "Bearer guess"}).status_code == 401
    right = {"Authorization": f"Bearer {server.api_key}"}
    assert httpx.get(f"{server.base_url}/models", headers=right).status_code == 200


def test_no_page_of_another_origin_may_use_it(server: LocalServer) -> None:
    """A browser is given no origin that may read the answers, and there is no page to open."""
    headers = {"Authorization": f"Bearer {server.api_key}", "Origin": "http://elsewhere.example"}
    answer = httpx.get(f"{server.base_url}/models", headers=headers)
    assert answer.headers.get("Access-Control-Allow-Origin", "") == ""
    assert httpx.get(str(httpx.URL(server.base_url).join("/"))).status_code in (401, 404)


@pytest.mark.parametrize("content", [b"", b"no model", b"GGUF" + bytes(1000)])
def test_a_file_that_is_no_model_is_one_line(tmp_path: Path, content: bytes) -> None:
    """Garbage is an error of ours, with advice."""
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        LocalServer(path, threads=1)
    assert str(path) in caught.value.message
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_half_a_model_is_one_line(tmp_path: Path, tiny_file: Path) -> None:
    """A model file that was cut off is refused, not run."""
    path = tmp_path / "half.gguf"
    with tiny_file.open("rb") as file:
        path.write_bytes(file.read(30_000_000))
    with pytest.raises(ModelError, match="cannot load the model"):
        LocalServer(path, threads=1)


@pytest.mark.parametrize("name", ["gone.gguf", "."])
def test_a_file_that_is_missing_is_one_line(tmp_path: Path, name: str) -> None:
    """A wrong path, or a folder, is told as such."""
    with pytest.raises(ModelError, match="cannot be read"):
        LocalServer(tmp_path / name, threads=1)


def test_an_adapter_that_is_damaged_is_no_model_file(tmp_path: Path, tiny_file: Path) -> None:
    """It comes with the program, so the settings are not what is to be mended."""
    adapter = tmp_path / "assent.gguf"
    for content, told in ((None, "cannot be read"), (b"half", "not a GGUF model")):
        if content:
            adapter.write_bytes(content)
        with pytest.raises(ModelError, match=told) as refused:
            LocalServer(tiny_file, threads=1, adapters={"assent": adapter})
        assert refused.value.hint == OWN_FILES


def test_closing_while_an_answer_streams_ends_the_answer(tiny_file: Path) -> None:
    """The server stops although a reader still listens, and a second close does nothing."""
    server = LocalServer(tiny_file, threads=1)
    body = {"messages": [{"role": "user", "content": "Tell a long story."}], "stream": True, "ignore_eos": True}
    begun, ended = threading.Event(), threading.Event()

    def listen() -> None:
        headers = {"Authorization": f"Bearer {server.api_key}"}
        try:
            with httpx.stream(
                "POST", f"{server.base_url}/chat/completions", json=body, headers=headers, timeout=60
            ) as answer:
                for _ in answer.iter_lines():
                    begun.set()
        except httpx.HTTPError:
            pass  # cut off: also an end
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    assert begun.wait(60)
    server.close()
    server.close()
    assert ended.wait(30)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{server.base_url}/models")


def test_the_model_stops_when_the_reader_leaves(server: LocalServer) -> None:
    """The processor comes to rest, long before the reply that was asked for could be whole."""
    body = {
        "messages": [{"role": "user", "content": "Tell a long story."}],
        "stream": True,
        "ignore_eos": True,
        "max_tokens": 1_000_000,
    }
    headers = {"Authorization": f"Bearer {server.api_key}"}
    with httpx.stream(
        "POST", f"{server.base_url}/chat/completions", json=body, headers=headers, timeout=60
    ) as answer:
        next(answer.iter_lines())
    wait_until(_at_rest, "the model to stop", 30)


def _at_rest() -> bool:
    """Whether this process, in which the model runs, computes nothing for a moment."""
    before = time.process_time()
    threading.Event().wait(0.5)
    return time.process_time() - before < 0.1


def test_nothing_is_written_on_the_terminal(tiny_file: Path, tmp_path: Path) -> None:
    """Loading, answering, failing to load and ending without close leave both streams empty."""
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + bytes(1000))
    program = f"""
import httpx, pathlib
from qa.errors import OWN_FILES, ModelError
from qa.llm.local import LocalServer
from qa.records import Instructions
try:
    LocalServer(pathlib.Path({str(bad)!r}), threads=1)
except ModelError:
    pass
server = LocalServer(pathlib.Path({str(tiny_file)!r}), threads=1)
body = {{"messages": [{{"role": "user", "content": "Hello"}}], "max_tokens": 2}}
answer = httpx.post(server.base_url + "/chat/completions", json=body, timeout=60,
                    headers={{"Authorization": "Bearer " + server.api_key}})
assert answer.status_code == 200
"""
    repository = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


ASKED = Instructions("You answer in one short sentence.", (("Say hello.", "Hello."),))


def _reply(server: LocalServer) -> str:
    """What the server says to a question after the instructions, from their prepared state."""
    server.prepare(ASKED)
    body = {
        "messages": [*ASKED.messages(), {"role": "user", "content": "Name a city."}],
        "max_tokens": 12,
        "temperature": 0.0,
    }
    headers = {"Authorization": f"Bearer {server.api_key}"}
    answer = httpx.post(f"{server.base_url}/chat/completions", json=body, headers=headers, timeout=60)
    return str(answer.json()["choices"][0]["message"]["content"])


def test_a_state_outlives_the_server(tiny_file: Path, tmp_path: Path) -> None:
    """The next start takes it up, says the same, and writes nothing anew."""
    said = []
    kept = []
    for _ in range(2):
        server = LocalServer(tiny_file, threads=1, states=tmp_path / "prompts")
        said += [_reply(server), _reply(server)]
        server.close()
        kept.append([(path.name, path.stat().st_mtime_ns) for path in (tmp_path / "prompts").iterdir()])
    assert len(set(said)) == 1
    assert len(kept[0]) == 1
    assert kept[0] == kept[1]


@pytest.mark.parametrize("at", [0.5, 1.0])
def test_a_damaged_state_is_made_anew(tiny_file: Path, tmp_path: Path, at: float) -> None:
    """Half a file, or one with other bytes at its end, is not taken up and does no harm."""
    server = LocalServer(tiny_file, threads=1, states=tmp_path / "prompts")
    said = _reply(server)
    server.close()
    (state,) = (tmp_path / "prompts").iterdir()
    whole = state.stat().st_size
    with state.open("r+b") as file:
        file.seek(int(at * whole) - 8)
        file.write(b"damaged!")
        file.truncate(int(at * whole))
    server = LocalServer(tiny_file, threads=1, states=tmp_path / "prompts")
    assert _reply(server) == said
    server.close()
    assert state.stat().st_size == whole


def test_states_without_a_folder_are_not_kept(tiny_file: Path, tmp_path: Path) -> None:
    """Where none can be made, the model works all the same."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    server = LocalServer(tiny_file, threads=1, states=tmp_path / "file" / "prompts")
    assert _reply(server)
    server.close()

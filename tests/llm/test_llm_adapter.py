"""An adapter beside a model: on for the instructions that name it, off for all others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import torch
from gguf import GGUFReader

from qa.errors import ModelError
from qa.llm.client import EndpointModel, Request
from qa.llm.local import LocalServer
from qa.records import Instructions
from training.adapter import save_adapter

ADAPTED = Instructions("Answer with one word.", (("Is water wet?", "yes"),), adapter="assent")
PLAIN = Instructions(ADAPTED.system, ADAPTED.examples)


@pytest.fixture(scope="module")
def adapter(tiny_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for the tiny model that teaches it nothing, but changes what it says."""
    torch.manual_seed(3)
    weights = {}
    for tensor in GGUFReader(tiny_file).tensors:
        if tensor.name.endswith("ffn_up.weight"):
            inputs, outputs = (int(size) for size in tensor.shape)
            weights[tensor.name.removesuffix(".weight")] = (
                torch.randn(2, inputs) * 0.02,
                torch.randn(outputs, 2),
            )
    path = tmp_path_factory.mktemp("adapter") / "assent.gguf"
    save_adapter(path, weights, architecture="llama")
    return path


@pytest.fixture(scope="module")
def model(tiny_file: Path, adapter: Path) -> Iterator[EndpointModel]:
    """The tiny model with the adapter at hand."""
    with_it = _model(tiny_file, {"assent": adapter})
    yield with_it
    with_it.close()


def _model(path: Path, adapters: dict[str, Path], states: Path | None = None) -> EndpointModel:
    server = LocalServer(path, threads=1, adapters=adapters, states=states)
    return EndpointModel(
        server.base_url, "tiny", name="tiny", tier="tiny", api_key=server.api_key, server=server
    )


def _first(model: EndpointModel, instructions: Instructions) -> dict[str, float]:
    """The likeliest first tokens of a reply, with their probabilities."""
    told: dict[str, float] = {}
    list(model.stream(Request(instructions, "Is snow cold?", 1, weigh=told.update)))
    return told


def test_it_is_on_for_those_who_name_it_alone(model: EndpointModel, tiny_file: Path) -> None:
    """Whatever was asked before, and bit for bit as a model that knows of no adapter."""
    adapted, plain = _first(model, ADAPTED), _first(model, PLAIN)
    assert adapted != plain
    assert (_first(model, ADAPTED), _first(model, PLAIN)) == (adapted, plain)
    without = _model(tiny_file, {})
    assert _first(without, PLAIN) == plain
    assert _first(without, ADAPTED) == plain
    without.close()


def test_a_state_is_kept_for_each(tiny_file: Path, adapter: Path, tmp_path: Path) -> None:
    """The state after the instructions differs with the adapter; the next start takes the right one up."""
    said = []
    for _ in range(2):
        model = _model(tiny_file, {"assent": adapter}, tmp_path)
        said.append((_first(model, ADAPTED), _first(model, PLAIN)))
        model.close()
    assert len(list(tmp_path.glob("*.bin"))) == 2
    assert said[0] == said[1]


def test_a_state_is_not_read_again_for_the_adapter(tiny_file: Path, adapter: Path, tmp_path: Path) -> None:
    """A prepared state is gone on with: only the question's own tokens are read."""
    for fresh in (True, False):
        server = LocalServer(tiny_file, threads=1, adapters={"assent": adapter}, states=tmp_path)
        server.prepare(ADAPTED)
        turns = [*ADAPTED.messages(), {"role": "user", "content": "Is snow cold?"}]
        asked = {"messages": turns, "max_tokens": 1, **server.options(ADAPTED, 0)}
        headers = {"Authorization": f"Bearer {server.api_key}"}
        reply = httpx.post(
            f"{server.base_url}/chat/completions", json=asked, headers=headers, timeout=60
        ).json()
        assert reply["timings"]["cache_n"] > reply["timings"]["prompt_n"], fresh
        server.close()


@pytest.mark.parametrize("content", [b"", b"none", b"GGUF" + bytes(100)])
def test_a_damaged_adapter_is_one_line(tiny_file: Path, tmp_path: Path, content: bytes) -> None:
    """It says which file, and what to do."""
    path = tmp_path / "assent.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        LocalServer(tiny_file, threads=1, adapters={"assent": path})
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_the_probabilities_are_probabilities(model: EndpointModel) -> None:
    """Of the adapted reply too."""
    assert 0.5 < math.fsum(_first(model, ADAPTED).values()) <= 1.0001

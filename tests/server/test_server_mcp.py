"""The Model Context Protocol, with the client of its own SDK: over HTTP and over standard input and output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from served import Live, asking
from slow_model import SlowModel
from support import qa_environment, run_qa

QUESTION = "What did Israel want Russia to halt?"
Talk = Callable[[Client], Coroutine[Any, Any, None]]


def over_http(live: Live, key: str) -> AbstractAsyncContextManager[Any]:
    """A transport to the live server that sends a key."""
    client = create_mcp_http_client(headers={"authorization": f"Bearer {key}"})
    return streamable_http_client(f"{live.url}/mcp", http_client=client)


def talk(server: Any, said: Talk, **options: Any) -> None:
    """Connect, talk, and leave."""

    async def run() -> None:
        with anyio.fail_after(120):
            async with Client(server, **options) as client:
                await said(client)

    anyio.run(run)


async def uses_every_tool(client: Client) -> None:
    """Search, ask, and read what both cite: spans are exact."""
    listed = await client.list_tools()
    assert [tool.name for tool in listed.tools] == ["search", "ask", "read_document", "list_collections"]
    assert all(tool.description for tool in listed.tools)
    *taking, listing = (tool.input_schema["properties"] for tool in listed.tools)
    assert all("collection" in properties for properties in taking)
    assert listing == {}
    held = await client.call_tool("list_collections", {})
    assert held.structured_content["collections"] == [{"name": "default", "documents": 5}]

    found = await client.call_tool("search", {"query": QUESTION, "limit": 3})
    passages = found.structured_content["passages"]
    assert 0 < len(passages) <= 3
    assert any("S-300" in passage["quote"] for passage in passages)

    asked = await client.call_tool("ask", {"question": QUESTION})
    answer = asked.structured_content
    assert answer["status"] == "answered"
    assert asked.content[0].text.startswith(answer["answer"])

    for span in (*passages, *answer["citations"]):
        read = await client.call_tool(
            "read_document",
            {
                "document_id": span["document_id"],
                "start": span["start"],
                "characters": span["end"] - span["start"],
            },
        )
        assert read.structured_content["text"] == read.content[0].text == span["quote"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_every_tool_over_http(live: Live, mode: str) -> None:
    """On the port of everything else, in the protocol's present form and in its older one."""
    talk(over_http(live, live.key), uses_every_tool, mode=mode)


def test_every_tool_over_standard_input_and_output(indexed: Path) -> None:
    """`qa mcp` as an assistant would start it."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "qa", "mcp"], env=qa_environment(indexed, LLM_TIER="none")
    )
    talk(command, uses_every_tool)


def test_mistakes_are_told_as_results(live: Live) -> None:
    """Unknown documents, odd arguments and path tricks come back as errors a model can read."""

    async def err(client: Client) -> None:
        for name, arguments, told in (
            ("read_document", {"document_id": "../../etc/passwd"}, "There is no document"),
            ("read_document", {}, "document_id"),
            ("search", {"query": "x", "limit": 1000}, "limit"),
            ("search", {"query": "x", "collection": "nope"}, "no collection 'nope'"),
            ("read_document", {"document_id": "x", "collection": "../default"}, "no collection"),
            ("ask", {"question": " "}, "question"),
            ("ask", {"question": "x", "within": ["nope"]}, "nope"),
            ("ask", {"question": "x", "model": "other"}, "model"),
        ):
            result = await client.call_tool(name, arguments)
            assert result.is_error
            assert told in result.content[0].text
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("remove_document", {})

    talk(over_http(live, live.key), err)


def test_the_model_stops_when_an_assistant_leaves(live: Live, live_model: SlowModel) -> None:
    """In the middle of an answer, as for every other client."""
    body = {"name": "ask", "arguments": {"question": QUESTION}}
    with asking(live, "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": body}):
        assert live_model.begun.wait(60)
    assert live_model.cut.wait(30)


def test_there_is_no_stream_to_hold_open(live: Live) -> None:
    """Every request stands alone: GET is told so at once."""
    response = httpx.get(f"{live.url}/mcp", headers={"authorization": f"Bearer {live.key}"})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"authorization": "Bearer wrong"}, 401), ({"origin": "https://evil.example"}, 403)],
)
def test_the_guard_stands_before_it(live: Live, headers: dict[str, str], status: int) -> None:
    """Keys and origins as everywhere."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    response = httpx.post(f"{live.url}/mcp", json=body, headers=headers)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"code", "message", "hint"}


def test_without_an_index_it_says_so(tmp_path: Path) -> None:
    """One line on standard error, before anything loads."""
    run = run_qa("mcp", data_dir=tmp_path / "data")
    assert run.returncode == 1
    assert "qa ingest" in run.stderr
    assert len(run.stderr.splitlines()) == 1

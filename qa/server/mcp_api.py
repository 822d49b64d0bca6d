"""The Model Context Protocol, for assistants that use tools: search, ask and read, over HTTP at `/mcp` and over
standard input and output by `qa mcp`.

Importing this module imports the protocol's SDK: import it where it is about to be used.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import anyio
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.routing import BaseRoute, Route

import qa
from qa.config import Settings
from qa.errors import DatelineError, InputError
from qa.plain import as_message
from qa.records import Evidence, Found
from qa.server.asking import Desk
from qa.server.guard import MAX_BODY_BYTES, MCP
from qa.server.inputs import Text, WhileConnected
from qa.server.metrics import Metrics
from qa.server.questions import MAX_TURNS, TurnBody

INSTRUCTIONS = (
    "Answers questions over collections of documents, each sentence with the passage it rests on. Use ask "
    "for a question, search to look around, read_document for the whole text of what they cite. Each takes the "
    "collection's name; list_collections says which there are."
)
MAX_READ = 50_000

Context = ServerRequestContext[Any]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ListArguments(_Arguments):
    """What `list_collections` takes: nothing."""


class _OfCollection(_Arguments):
    collection: Text = Field(
        default="", description="The name of the collection; the one shown first if empty."
    )


class SearchArguments(_OfCollection):
    """What `search` takes."""

    query: Text = Field(description="What to look for, as a question or in a few words.")
    limit: int = Field(default=8, ge=1, le=50, description="How many sentences at most.")


class AskArguments(_OfCollection):
    """What `ask` takes."""

    question: Text = Field(description="The question, in English.")
    history: list[TurnBody] = Field(
        default_factory=list, max_length=MAX_TURNS, description="The conversation before it."
    )
    within: list[Text] = Field(
        default_factory=list, description="Ids of the documents to draw on; all if empty."
    )


class ReadArguments(_OfCollection):
    """What `read_document` takes."""

    document_id: Text = Field(description="The id, as search and ask give it.")
    start: int = Field(default=0, ge=0, description="The first character to read.")
    characters: int = Field(default=MAX_READ, ge=1, le=MAX_READ, description="How many characters at most.")


@dataclass(frozen=True, slots=True)
class _Told:
    text: str
    data: dict[str, Any]


def build_server(desk: Desk) -> Server[Any]:
    """A server of the protocol that asks at a desk."""
    tools = _Tools(desk)
    return Server(
        "dateline",
        version=qa.__version__,
        title="Dateline",
        instructions=INSTRUCTIONS,
        on_list_tools=tools.listed,
        on_call_tool=tools.call,
    )


def http_routes(server: Server[Any]) -> Sequence[BaseRoute]:
    """The route `/mcp`: every request stands alone, so there is no stream to open by GET.

    Run `server.session_manager` while it is served. Names and origins are checked by the guard, as for every
    other route.
    """
    app = server.streamable_http_app(
        streamable_http_path=MCP,
        stateless_http=True,
        json_response=True,
        max_request_body_size=MAX_BODY_BYTES,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    (route,) = app.routes
    assert isinstance(route, Route)
    return [Route(MCP, endpoint=WhileConnected(route.app), methods=["POST"])]


def serve_stdio(settings: Settings) -> None:
    """Serve on standard input and output until the input ends.

    Raises:
        DatelineError: what `Shelf.open` raises.
    """
    from qa.shelf import Shelf

    async def run() -> None:
        async with stdio_server() as (requests, replies):
            await server.run(requests, replies, server.create_initialization_options())

    with Shelf.open(settings) as shelf:
        server = build_server(Desk(shelf, Metrics(), time_limit=settings.answer_timeout))
        anyio.run(run)


class _Tools:
    """The four tools."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tools: dict[str, tuple[type[_Arguments], str, Callable[[Any], Awaitable[_Told]]]] = {
            "search": (
                SearchArguments,
                "Find the sentences of the documents that bear on a question or a few words, best first.",
                self._search,
            ),
            "ask": (
                AskArguments,
                "Answer a question from the documents; every sentence is checked against the passage it cites. "
                "Says so when the documents do not hold the answer.",
                self._ask,
            ),
            "read_document": (ReadArguments, "Read the text of one document.", self._read),
            "list_collections": (
                ListArguments,
                "List the collections with their numbers of documents; the first is asked when none is named.",
                self._list,
            ),
        }

    async def listed(self, _context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        """What there is."""
        reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
        return ListToolsResult(
            tools=[
                Tool(name=name, description=told, input_schema=takes.model_json_schema(), annotations=reading)
                for name, (takes, told, _) in self._tools.items()
            ]
        )

    async def call(self, _context: Context, params: CallToolRequestParams) -> CallToolResult:
        """Run one; what goes wrong in it is told as its result, so that the model that called can react."""
        if params.name not in self._tools:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name[:60]!r}: {', '.join(self._tools)}.")
        takes, _, run = self._tools[params.name]
        try:
            told = await run(_checked(takes, params.arguments or {}))
        except DatelineError as error:
            return _result(_Told(str(error), {"error": error.as_dict()}), failed=True)
        return _result(told)

    async def _search(self, given: SearchArguments) -> _Told:
        found = await self._desk.find(given.query, given.collection)
        passages = [_passage(item) for item in _spans(found)[: given.limit]]
        text = "\n".join(f"{one['document_id']} {one['title']}: {one['quote']}" for one in passages)
        return _Told(text or found.selection.reason or "Nothing was found.", {"passages": passages})

    async def _ask(self, given: AskArguments) -> _Told:
        ready, missing = await self._desk.ready_for(given.collection)
        if not ready:
            raise InputError(missing, "Try again in a moment.")
        history = tuple(turn.as_turn() for turn in given.history)
        answer = await self._desk.ask(given.question, history, within=given.within, collection=given.collection)
        return _Told(as_message(answer), answer.as_dict())

    async def _read(self, given: ReadArguments) -> _Told:
        document = await self._desk.document(given.document_id, given.collection)
        end = min(given.start + given.characters, len(document.text))
        text = document.text[given.start : end]
        more = end if end < len(document.text) else None
        data = {
            "id": document.id,
            "title": document.title,
            "uri": document.uri,
            "start": given.start,
            "end": end,
        }
        return _Told(text, {**data, "text": text, "next_start": more, "characters": len(document.text)})

    async def _list(self, _: ListArguments) -> _Told:
        held = [asdict(one) for one in await self._desk.held()]
        told = "\n".join(f"{one['name']}: {one['documents']} documents" for one in held)
        return _Told(told, {"collections": held})


def _checked(takes: type[_Arguments], given: dict[str, Any]) -> _Arguments:
    try:
        return takes.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "arguments"
        raise InputError(f'The argument "{place}" cannot be used: {first["msg"]}.') from error


def _spans(found: Found) -> Sequence[Evidence]:
    return found.selection.considered or found.selection.evidence


def _passage(item: Evidence) -> dict[str, Any]:
    document = item.document
    return {
        "document_id": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "published": document.published.isoformat() if document.published else None,
        "uri": document.uri,
        "start": item.start,
        "end": item.end,
        "quote": item.quote,
    }


def _result(told: _Told, *, failed: bool = False) -> CallToolResult:
    text = told.text or json.dumps(told.data)
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=told.data, is_error=failed
    )

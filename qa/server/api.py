"""The HTTP server's application: every route of CONTRACT.md, behind the guard.

The routes are in a module for each thing: `questions`, `documents`, `collections`, `openai_api`, `mcp_api`,
`health`; `inputs` is what they share, `examples` what the OpenAPI document shows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException

import qa
from qa.config import Settings
from qa.feedback import FeedbackStore
from qa.server import assets, collections, documents, health, openai_api, problems, questions, widget
from qa.server.asking import Desk
from qa.server.guard import MCP, Guard
from qa.server.metrics import Metrics
from qa.server.turns import Turns
from qa.server.uploads import Changes

if TYPE_CHECKING:
    from qa.shelf import Shelf

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
ROUTERS = (questions.router, documents.router, collections.router, openai_api.router, health.router)


def create_app(shelf: Shelf, settings: Settings, **fastapi_options: Any) -> FastAPI:
    """The API over open collections; `app.state.desk` is what the chat page asks through.

    Further options go to FastAPI; the interactive documentation stays off, it would load from elsewhere.
    """
    from qa.server import mcp_api

    metrics = Metrics("reader" if settings.reader else "writer")
    turns = Turns(settings.turns_at_once, settings.most_waiting)
    desk = Desk(shelf, metrics, FeedbackStore(settings.data_dir), settings.answer_timeout, turns)
    tools = mcp_api.build_server(desk)
    routes = mcp_api.http_routes(tools)
    around = _in_order(lambda _: tools.session_manager.run(), fastapi_options.pop("lifespan", None))
    app = FastAPI(
        title="Dateline",
        version=qa.__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=around,
        **fastapi_options,
    )
    app.state.desk = desk
    app.state.metrics = metrics
    app.state.settings = settings
    app.state.changes = Changes(shelf, settings, desk.ending.is_set)
    parts = (*ROUTERS, widget.router_for(settings))
    for part in (*parts, assets.router):
        app.include_router(part)
    app.router.routes.extend(routes)
    _refuse_the_rest(app, parts)
    problems.register(app)
    app.add_middleware(Guard, settings=settings, metrics=metrics, turns=turns)
    return app


def _in_order(*around: _Lifespan | None) -> _Lifespan:
    """What is to be open while the application runs, each within the one before."""

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for each in around:
                if each is not None:
                    await stack.enter_async_context(each(app))
            yield

    return run


def _refuse_the_rest(app: FastAPI, parts: Iterable[APIRouter]) -> None:
    """Answer wrong methods and unknown API addresses here: the page mounted at / would take them."""
    taken: dict[str, set[str]] = {MCP: {"POST"}}
    for part in parts:
        for route in part.routes:
            taken.setdefault(route.path, set()).update(route.methods)  # type: ignore[attr-defined]  # APIRoutes

    for path, methods in taken.items():
        refuse = _wrong_method(", ".join(sorted(methods)))
        app.add_api_route(path, refuse, methods=sorted(METHODS - methods), include_in_schema=False)
    for rest in ("/api/{path:path}", "/v1/{path:path}"):
        app.add_api_route(rest, _unknown, methods=sorted(METHODS), include_in_schema=False)


def _wrong_method(allowed: str) -> Callable[[], None]:
    def refuse() -> None:
        raise HTTPException(405, headers={"Allow": allowed})

    return refuse


def _unknown() -> None:
    raise HTTPException(404)

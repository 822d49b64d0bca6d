"""What every request passes first: who may send it, how much, and the headers that every response carries.

Plain ASGI, so that streams pass through untouched. Gradio's own origin checks stay in place behind this;
the CORS headers are given on API routes only, because a CORS layer around Gradio would switch those off.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.config import Settings
from qa.errors import AccessError, DatelineError
from qa.server import problems
from qa.server.access import admit, own_origin
from qa.server.limiting import Limiter
from qa.server.metrics import Metrics
from qa.server.origins import LOOPBACK_ORIGIN, host_is_ours, may_send, printable
from qa.server.request_log import HEADER, RequestLog, request_id
from qa.server.turns import Turns

API_PREFIXES = ("/api/", "/v1/", "/mcp/")
MCP = "/mcp"
UPLOADS = "/api/documents"
MAX_BODY_BYTES = 256 * 1024
FORM_BYTES = 64 * 1024  # what a form adds to the files in it
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
PAGE_ROUTE = "page"
API_ROUTE = "api"  # a request that was refused before its route was looked up


class Guard:
    """Refuses what may not come in, and all of the API once `turns` are closed; adds security headers and the
    request's id, times and logs it.
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, turns: Turns) -> None:
        # Here a bug's response still gets its headers and its line in the log; outside it would not.
        self._app = ServerErrorMiddleware(app, handler=problems.on_bug)
        self._settings = settings
        self._metrics = metrics
        self._turns = turns
        self._limiter = Limiter(settings)
        self._log = RequestLog(settings)
        self._headers = security_headers(settings)
        # Outside of the checks, so that a page that may use the API can read why it was refused.
        self._cors = CORSMiddleware(
            self._checked,
            allow_origins=settings.page_origins,
            allow_origin_regex=LOOPBACK_ORIGIN,
            allow_methods=("GET", "POST", "PATCH", "DELETE"),
            allow_headers=("authorization", "content-type", "last-event-id", "x-dateline-site"),
            expose_headers=("retry-after", "x-request-id"),
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        state = {**scope.get("state", {}), "request_id": request_id(Headers(scope=scope).get(HEADER))}
        scope["state"] = state

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = state["request_id"]
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._choose(scope)(scope, receive, send_with_headers)
        finally:
            self._note(scope, status, time.perf_counter() - started, state)

    def _note(self, scope: Scope, status: int, seconds: float, state: dict[str, Any]) -> None:
        route = getattr(scope.get("route"), "path", None) or (API_ROUTE if _is_api(scope) else PAGE_ROUTE)
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requested(route, method, status, seconds)
        self._log.write(method, route, status, seconds, state)

    def _choose(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not host_is_ours(host, self._settings):
            return _refusal(
                scope, f"Dateline does not answer under the name {printable(host)}.", "that name's origin"
            )
        if scope["method"] not in SAFE_METHODS and origin is not None:
            same = own_origin(headers, scope)
            if not may_send(origin, same, self._settings):
                return _refusal(scope, f"Pages of {printable(origin)} may not use Dateline.", "that origin")
        return self._cors if _is_api(scope) else self._app

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The API, for who may use it."""
        client = scope.get("client")
        try:
            self._turns.check_open()
            self._limiter.count_address(client[0] if client else "")
            caller = scope["state"]["caller"] = admit(scope, self._settings)
            if caller.name:
                self._limiter.count_caller(caller.name)
            limit = self._body_limit(scope)
            length = Headers(scope=scope).get("content-length", "")
            if length.isdecimal() and int(length) > limit:
                raise problems.too_large(limit)
        except DatelineError as error:
            await problems.response_for(error, scope["path"])(scope, receive, send)
            return
        await self._app(scope, _limited(receive, limit), send)

    def _body_limit(self, scope: Scope) -> int:
        """Bytes."""
        if scope["path"] == UPLOADS:
            return int(self._settings.max_upload_mb * 1_000_000) + FORM_BYTES
        return MAX_BODY_BYTES


def _is_api(scope: Scope) -> bool:
    path = str(scope["path"])
    return path.startswith(API_PREFIXES) or path == MCP


def _limited(receive: Receive, limit: int) -> Receive:
    """A body that does not tell its length is refused once it is over the limit."""
    taken = 0

    async def receive_counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413)
        return message

    return receive_counted


def _refusal(scope: Scope, message: str, what: str) -> ASGIApp:
    error = AccessError(message, f"Add {what} to QA_ALLOWED_ORIGINS and restart.")
    return problems.response_for(error, scope["path"])


def frame_ancestors(settings: Settings) -> str:
    """Whose pages may frame this server's, as `frame-ancestors` of a Content-Security-Policy lists them."""
    return " ".join(("'self'", *settings.page_origins))


def security_headers(settings: Settings) -> dict[str, str]:
    """Headers of every response: nothing from elsewhere, framed only by pages that are allowed to."""
    policy = (
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'",  # what Gradio's page needs
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        f"frame-ancestors {frame_ancestors(settings)}",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

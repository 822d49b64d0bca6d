"""What every request passes first: who may send it, and the headers that every response carries.

Plain ASGI, so that streams pass through untouched. Gradio's own origin checks stay in place behind this;
the CORS headers are given on API routes only, because a CORS layer around Gradio would switch those off.
"""

from __future__ import annotations

import hmac
import re
import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.config import Settings
from qa.server import problems
from qa.server.metrics import Metrics

LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"
API_PREFIXES = ("/api/", "/v1/")
MAX_BODY_BYTES = 256 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
PAGE_ROUTE = "page"


class Guard:
    """Refuses what other sites' pages send, adds security headers, times the request."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._headers = security_headers(settings)
        self._cors = CORSMiddleware(
            app,
            allow_origins=settings.allowed_origins,
            allow_origin_regex=LOOPBACK_ORIGIN,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("authorization", "content-type", "last-event-id"),
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it with 403."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._choose(scope)(scope, _limited(scope, receive), send_with_headers)
        finally:
            route = getattr(scope.get("route"), "path", None) or PAGE_ROUTE
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.requested(route, method, status, time.perf_counter() - started)

    def _choose(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not host_is_ours(host, self._settings):
            return _refusal(
                f"Dateline does not answer under the name {_printable(host)}.", "that name's origin"
            )
        if scope["method"] not in SAFE_METHODS and origin is not None:
            same = f"{scope['scheme']}://{host}"
            if not may_send(origin, same, self._settings):
                return _refusal(f"Pages of {_printable(origin)} may not use Dateline.", "that origin")
        if not _is_api(scope):
            return self._app
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > MAX_BODY_BYTES:
            return problems.too_large_response()
        if scope["method"] != "OPTIONS" and not has_key(headers.get("authorization", ""), self._settings):
            return problems.error_response(
                401, "unauthorized", "The API asks for a key.", "Send the header `Authorization: Bearer KEY`."
            )
        return self._cors


def _is_api(scope: Scope) -> bool:
    return str(scope["path"]).startswith(API_PREFIXES)


def _limited(scope: Scope, receive: Receive) -> Receive:
    """A body that does not tell its length is refused once it is over the limit."""
    taken = 0

    async def receive_counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY_BYTES:
            raise HTTPException(413)
        return message

    return receive_counted if _is_api(scope) else receive


def _refusal(message: str, what: str) -> ASGIApp:
    return problems.error_response(403, "forbidden", message, f"Add {what} to QA_ALLOWED_ORIGINS and restart.")


def _printable(name: str) -> str:
    return "".join(char for char in name if char.isprintable())[:100]


def has_key(authorization: str, settings: Settings) -> bool:
    """Whether a request may use the API: always when no keys are set, else with one of them."""
    given = authorization.removeprefix("Bearer ").encode()
    # Every key is compared, each in constant time, so that the time taken tells nothing.
    matches = [hmac.compare_digest(given, key.encode()) for key in settings.api_keys]
    return not matches or any(matches)


def may_send(origin: str, same: str, settings: Settings) -> bool:
    """Whether a page of `origin` may ask or change anything here; `same` is the server's own origin.

    The server's own origin counts only where it listens beyond loopback: on loopback a foreign name that
    is made to resolve to this machine would otherwise look like the server itself.
    """
    if origin in settings.allowed_origins or re.fullmatch(LOOPBACK_ORIGIN, origin):
        return True
    return origin == same and not is_loopback(settings.host)


def host_is_ours(host: str, settings: Settings) -> bool:
    """Whether a request's Host fits: on loopback only loopback names and those of allowed origins do."""
    if not is_loopback(settings.host):
        return True
    name = urlsplit(f"//{host}").hostname
    return is_loopback(name) or name in {urlsplit(origin).hostname for origin in settings.allowed_origins}


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine."""
    if host in {None, "localhost"}:
        return host is not None
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False


def security_headers(settings: Settings) -> dict[str, str]:
    """Headers of every response: nothing from elsewhere, framed only by pages that are allowed to."""
    ancestors = " ".join(("'self'", *settings.allowed_origins))
    policy = (
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'",  # what Gradio's page needs
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        f"frame-ancestors {ancestors}",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

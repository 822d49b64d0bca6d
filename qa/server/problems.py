"""Errors as the API tells them: `{"error": {"code", "message", "hint"}}` with a fitting status.

One place maps every error to its response; routes only raise.
"""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from qa.errors import DatelineError, StorageError, TooLargeError
from qa.logs import happened

RETRY_AFTER_SECONDS = 2
OPENAI_PREFIX = "/v1/"
NOT_READY_HINT = "Wait a moment and ask again; /readyz says when it is ready."

# What Starlette and FastAPI raise by themselves: status -> (code, message, hint).
_KNOWN = {
    400: ("bad_input", "The request cannot be read.", 'Send a JSON object such as {"question": "..."}.'),
    403: ("forbidden", "This is not allowed.", ""),
    404: ("not_found", "There is nothing at this address.", "/openapi.json lists what there is."),
    405: (
        "method_not_allowed",
        "This address does not take this method.",
        "/openapi.json lists what it takes.",
    ),
    413: (
        "too_large",
        "The request's body is over the limit.",
        "Send a shorter question or a shorter history.",
    ),
}
EXAMPLES = {
    "/api/ask": 'Send JSON such as {"question": "...", "stream": false} with Content-Type: application/json.',
    "/api/feedback": 'Send JSON such as {"answer_id": "...", "verdict": "up"}; answers carry their id.',
    "/api/documents": "Send a form (multipart/form-data) with each file in a field named files.",
    "/v1/chat/completions": 'Send JSON such as {"messages": [{"role": "user", "content": "..."}]}.',
}
_INTERNAL = (
    "internal",
    "Something went wrong inside Dateline.",
    "Try again; the server's log has the details.",
)

_log = logging.getLogger(__name__)


def error_body(error: DatelineError) -> dict[str, dict[str, str]]:
    """The JSON body that tells of `error`."""
    return {"error": error.as_dict()}


def error_response(
    status: int, code: str, message: str, hint: str = "", *, path: str = "", retry_after: int | None = None
) -> JSONResponse:
    """A response with the error body; a 503 says when to come back. `path` is the address that was asked."""
    headers = {}
    if retry_after is not None or status == 503:
        headers["Retry-After"] = str(retry_after or RETRY_AFTER_SECONDS)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {"error": {"code": code, "message": message, "hint": hint}}
    if path.startswith(OPENAI_PREFIX):
        body["error"]["type"] = openai_type(status)
    return JSONResponse(body, status_code=status, headers=headers)


def openai_type(status: int) -> str:
    """What the OpenAI protocol calls an error of this status."""
    if status in {401, 403}:
        return "authentication_error" if status == 401 else "permission_error"
    if status == 429:
        return "rate_limit_error"
    return "server_error" if status >= 500 else "invalid_request_error"


def not_ready_response(missing: str, path: str = "") -> JSONResponse:
    """The 503 given until index and model are loaded; `missing` says which is not."""
    missing = missing or "Dateline is still starting."
    return error_response(503, "not_ready", missing, NOT_READY_HINT, path=path)


def _no_room(error: OSError) -> StorageError:
    return StorageError(
        f"The request cannot be taken: {error.strerror}.", "The server's disk may be full: try again later."
    )


def too_large(limit: int) -> TooLargeError:
    """The error for a body of more than `limit` bytes."""
    return TooLargeError(f"The request's body has more than {limit:,} bytes.", _KNOWN[413][2])


def register(app: FastAPI) -> None:
    """Make `app` answer every error in this form."""
    app.add_exception_handler(DatelineError, _on_dateline_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_body)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, on_bug)


def response_for(error: DatelineError, path: str = "") -> JSONResponse:
    """The response that tells of `error`."""
    return error_response(
        error.http_status, error.code, error.message, error.hint, path=path, retry_after=error.retry_after
    )


async def _on_dateline_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DatelineError)
    if error.http_status >= 500:
        happened(
            _log,
            "request_failed",
            level=logging.WARNING,
            id=request.scope.get("state", {}).get("request_id"),
            code=error.code,
            message=error.message,
        )
    return response_for(error, request.url.path)


async def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, OSError):  # a form that could not be put aside while it came
        return response_for(_no_room(error.__cause__), request.url.path)
    code, message, hint = _KNOWN.get(error.status_code, ("error", str(error.detail), ""))
    response = error_response(error.status_code, code, message, hint, path=request.url.path)
    response.headers.update(error.headers or {})
    return response


async def _on_invalid_body(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    path = request.url.path
    hint = EXAMPLES.get(path, "/openapi.json describes what this address takes.")
    return error_response(422, "bad_input", _readable(error.errors()[0]), hint, path=path)


async def on_bug(request: Request, _error: Exception) -> JSONResponse:
    """The response to an error that nobody foresaw."""
    return error_response(500, *_INTERNAL, path=request.url.path)


def _readable(problem: dict[str, Any]) -> str:
    """One line for the first thing that is wrong with a request; it names the field, never its value."""
    place = [str(part) for part in problem["loc"][1:]]
    if problem["type"] == "json_invalid":
        return f"The body is not JSON: {problem['ctx']['error'].lower()} at character {place[0]}."
    if not place:
        return "The body must be a JSON object."
    field = ".".join(place)
    if problem["type"] == "missing":
        return f'The field "{field}" is missing.'
    reason = problem["msg"].removeprefix("Value error, ")
    return f'The field "{field}" cannot be used: {reason[0].lower()}{reason[1:]}.'

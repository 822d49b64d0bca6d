"""Ids of requests, and a line of JSON for each on standard error; texts only where a setting asks for them."""

from __future__ import annotations

import re
import sys
import uuid
from typing import Any

from qa.config import Settings
from qa.logs import line
from qa.server.origins import is_loopback

HEADER = "x-request-id"


def request_id(given: str | None) -> str:
    """The id that came with a request, where it is a plain one, else a new one."""
    return given if given and re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid.uuid4().hex


class RequestLog:
    """Writes the lines, where the settings want them."""

    def __init__(self, settings: Settings) -> None:
        wanted = settings.log_requests
        self._on = not is_loopback(settings.host) if wanted is None else wanted
        self._questions = settings.log_questions

    def write(self, method: str, route: str, status: int, seconds: float, state: dict[str, Any]) -> None:
        """One line; `state` is that of the request: its id, its caller, its question."""
        if not self._on:
            return
        caller = state.get("caller")
        told: dict[str, Any] = {
            "id": state["request_id"],
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000),
            "key": (caller.key_id if caller else "") or None,
            "site": (caller.site if caller else "") or None,
        }
        if self._questions and "question" in state:
            told["question"] = state["question"]
        sys.stderr.write(line("request", **told) + "\n")
        sys.stderr.flush()

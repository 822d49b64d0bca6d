"""The log: what happened, a line each on standard error, as JSON where the settings want it.

A line is `{"at", "level", "event", ...}`: an event is a word, what belongs to it are fields. Modules tell of
one by `happened(_log, "ingested", added=3)`. No text of a question or a document goes in.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

OURS = "qa"  # the logger that all of `qa` is below
_FIELDS = "fields"  # under which a record holds what belongs to its event


def happened(log: logging.Logger, event: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log an event with its fields, where the log is JSON; on a terminal whoever is concerned is told."""
    if logs_as_json():
        log.log(level, event, extra={_FIELDS: fields})


def line(event: str, level: str = "info", at: float | None = None, **fields: Any) -> str:
    """One line of JSON; `at` is in seconds since 1970, now if not given."""
    moment = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    first = {"at": moment.isoformat(timespec="milliseconds"), "level": level, "event": event}
    return json.dumps(first | fields, default=str, ensure_ascii=False)


class JsonLines(logging.Formatter):
    """A record as a line of JSON: ours with its event and fields, another library's with its message."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, a traceback included."""
        fields: dict[str, Any] | None = getattr(record, _FIELDS, None)
        event, told = (
            (record.getMessage(), fields) if fields is not None else ("log", {"message": record.getMessage()})
        )
        if record.exc_info and record.exc_info[1] is not None:
            told = {**told, "traceback": "".join(traceback.format_exception(record.exc_info[1]))}
        return line(event, record.levelname.lower(), record.created, logger=record.name, **told)


def log_as_json() -> None:
    """Have everything that is logged in this process, by libraries too, written as JSON: all of our events, and
    what libraries warn of.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(_is_wanted)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
    logging.captureWarnings(True)


def _is_wanted(record: logging.LogRecord) -> bool:
    """Some libraries set a level of their own."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == OURS


def logs_as_json() -> bool:
    """Whether `log_as_json` was called."""
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers)

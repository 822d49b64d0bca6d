"""Whether the engines that the settings name answer: a Chroma server, a model's server, a collector of traces;
and who owns the data directory. For `qa doctor`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from qa.config import Settings
from qa.tracing import traces_url

SECONDS = 5.0  # to wait for each


class Looked(NamedTuple):
    """What was found of an engine; `remedy` says what to do when it is not `ok`."""

    ok: bool
    what: str
    remedy: str


def look_at_engines(settings: Settings) -> Iterator[Looked]:
    """What was found of each engine that is set, and the role of this process."""
    if settings.chroma_url is not None:
        yield _chroma(settings.chroma_url)
    if settings.llm_base_url is not None:
        yield _model(settings, settings.llm_base_url)
    if settings.otlp_endpoint is not None:
        yield _collector(settings.otlp_endpoint)
    yield _role(settings)


def _chroma(url: str) -> Looked:
    remedy = "Check that it runs, and QA_CHROMA_URL."
    status, body = _get(f"{url.rstrip('/')}/api/v2/version")
    if status != 200:
        return Looked(False, f"Chroma server {url} {_said(status)}", remedy)
    return Looked(True, f"Chroma server {url} answers (version {str(body).strip()[:20]})", "")


def _model(settings: Settings, base_url: str) -> Looked:
    key = settings.llm_api_key
    headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    status, body = _get(f"{base_url.rstrip('/')}/models", headers)
    name = f"Model's server {base_url}"
    if status in (401, 403):
        return Looked(False, f"{name} refuses the key", "Correct QA_LLM_API_KEY.")
    if status != 200:
        remedy = "Check that it runs, and QA_LLM_BASE_URL (which ends in /v1 as a rule)."
        return Looked(False, f"{name} {_said(status)}", remedy)
    listed = body.get("data") if isinstance(body, dict) else None
    models = [str(one.get("id")) for one in listed or () if isinstance(one, dict)]
    if models and settings.llm_model not in models:
        remedy = f"Set QA_LLM_MODEL to one of: {', '.join(models[:5])}."
        return Looked(False, f"{name} has no model {settings.llm_model}", remedy)
    return Looked(True, f"{name} answers, model {settings.llm_model}", "")


def _collector(endpoint: str) -> Looked:
    url = traces_url(endpoint)
    status, _ = _get(url)  # a collector takes posts alone here; whatever it says, it is there
    remedy = "Check that it runs, and QA_OTLP_ENDPOINT; without it traces are dropped."
    return Looked(bool(status), f"Collector of traces {url} {'answers' if status else _said(0)}", remedy)


def _role(settings: Settings) -> Looked:
    from filelock import FileLock, Timeout

    from qa.storage.lock import LOCK, owner_of

    lock = settings.data_dir / LOCK
    owned = False
    if lock.is_file():
        try:
            FileLock(lock).acquire(timeout=0).lock.release()
        except Timeout:
            owned = True
        except OSError:
            return Looked(True, f"Role: {_named(settings)}; whether a writer runs cannot be told from here", "")
    owner = f"documents are changed by {owner_of(settings)}" if owned else "no writer runs"
    remedy = "Start the writer: `qa serve` without --reader, on the same data directory."
    return Looked(owned or not settings.reader, f"Role: {_named(settings)}; {owner}", remedy)


def _named(settings: Settings) -> str:
    return "reader" if settings.reader else "writer"


def _get(url: str, headers: dict[str, str] | None = None) -> tuple[int, object]:
    """The status, 0 where nobody answers, and the body: JSON, or text."""
    import httpx

    try:
        reply = httpx.get(url, headers=headers, timeout=SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0, ""
    try:
        return reply.status_code, reply.json()
    except ValueError:
        return reply.status_code, reply.text


def _said(status: int) -> str:
    return f"answers with status {status}" if status else "does not answer"

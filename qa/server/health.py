"""Whether the server lives and is ready, what it counts, and its icon."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from qa.server import examples, icons, problems
from qa.server.inputs import DeskOf

router = APIRouter()


@router.get("/favicon.ico", include_in_schema=False)
async def favicon() -> Response:
    """The page's icon, drawn here so that nothing is fetched."""
    return Response(icons.FAVICON, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz", response_model=None, responses=examples.errors(503))
async def readyz(desk: DeskOf) -> Response:
    """Whether questions can be answered: index and model are loaded."""
    ready, missing = desk.ready()
    return JSONResponse({"status": "ready"}) if ready else problems.not_ready_response(missing)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, desk: DeskOf) -> Response:
    """Counters and latencies for Prometheus."""
    turns = desk.turns
    text = request.app.state.metrics.text(
        ready=desk.ready()[0],
        waiting=turns.waiting,
        answering=turns.running,
        size=desk.size(),
        index_read=desk.index_read(),
    )
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

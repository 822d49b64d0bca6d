"""`/api/collections`: which there are, making one, taking a whole one out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from qa.server import examples
from qa.server.inputs import DeskOf

router = APIRouter()


@router.get(
    "/api/collections",
    responses={
        200: {"content": {"application/json": {"example": {"collections": [examples.COLLECTION]}}}},
        **examples.errors(401, 403, 429, 503),
    },
)
async def collections(desk: DeskOf) -> dict[str, list[dict[str, Any]]]:
    """All collections, the one that is asked when none is named first."""
    return {"collections": [asdict(one) for one in await desk.held()]}


@router.post(
    "/api/collections/{name}",
    status_code=201,
    responses={
        201: {"content": {"application/json": {"example": {**examples.COLLECTION, "documents": 0}}}},
        **examples.errors(401, 403, 422, 429, 503),
    },
)
async def make(name: str, desk: DeskOf) -> dict[str, Any]:
    """Make an empty collection. Needs what an upload needs."""
    return asdict(await desk.make(name))


@router.delete(
    "/api/collections/{name}",
    responses={
        200: {"content": {"application/json": {"example": {"removed": "archive"}}}},
        **examples.errors(401, 403, 404, 422, 429, 503),
    },
)
async def remove(name: str, desk: DeskOf) -> dict[str, str]:
    """Take a whole collection out, with what was uploaded to it. Needs what an upload needs."""
    await desk.remove(name)
    return {"removed": name}

"""The page's own style and script: files of `static/`, served under one name that changes when they do."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

STATIC = Path(__file__).resolve().parent / "static"
STYLES = ("frame", "menu", "timeline", "talk", "answer", "evidence", "documents", "print")
INSTANCE = secrets.token_hex(8)
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

router = APIRouter()


@cache
def stylesheet() -> str:
    """All styles of the page, in order; below :root, so that they outweigh what Gradio sets for buttons."""
    read = {name: (STATIC / f"{name}.css").read_text(encoding="utf-8") for name in ("tokens", *STYLES)}
    return "\n".join([read["tokens"], ":root {", *(read[name] for name in STYLES), "}"])


@cache
def version() -> str:
    """Changes whenever a file of the page does, so that browsers may keep the files for good."""
    files = sorted(path for path in STATIC.iterdir() if path.suffix in TYPES)
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def address(name: str) -> str:
    """Where a file of the page is served, relative to the page."""
    return f"page/{version()}/{name}"


def head() -> str:
    """What the page's head loads: the style, and the script as a module."""
    return (
        f'<link rel="stylesheet" href="{address("page.css")}">'
        f'<script type="module" src="{address("main.js")}"></script>'
    )


@router.get("/page/alive", include_in_schema=False)
def alive() -> dict[str, str]:
    """Which process answers: another one after a restart."""
    return {"instance": INSTANCE}


@router.get("/page/{kept}/{name}", include_in_schema=False)
def asset(kept: str, name: str) -> Response:
    """A file of the page; under the name of another version it is not to be kept."""
    suffix = Path(name).suffix
    age = "public, max-age=31536000, immutable" if kept == version() else "no-store"
    if name == "page.css":
        return Response(stylesheet(), media_type=TYPES[".css"], headers={"Cache-Control": age})
    if suffix != ".js" or name not in {path.name for path in STATIC.iterdir()}:
        raise HTTPException(404)
    return Response((STATIC / name).read_bytes(), media_type=TYPES[suffix], headers={"Cache-Control": age})

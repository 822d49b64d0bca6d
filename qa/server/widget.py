"""The embeddable widget as it is served: the module, its types, a page that shows it, a page to be framed."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from qa.config import Settings
from qa.errors import DatelineError
from qa.server.asking import Desk
from qa.server.guard import frame_ancestors
from qa.server.language import texts_for
from qa.server.markup import line, text, text_kept
from qa.server.widget_module import SOURCES, module, types

VERSION = 1  # browsers keep /widget-1.js for good: every release that changes the module raises this
SHORT = "public, max-age=300, must-revalidate"
LONG = "public, max-age=31536000, immutable"
SCRIPT = "text/javascript; charset=utf-8"
STYLE = "text/css; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
PAGES = SOURCES / "pages"
OWN_FILES = {"demo.js": SCRIPT, "demo.css": STYLE, "frame.css": STYLE}
# A page of elsewhere may load a module only where the answer says so; it holds nothing that is not public.
ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
MOST_STARTERS = 8
LONGEST_STARTER = 500
STARTERS = "STARTERS"  # in demo.html


def _questions(value: str) -> str:
    """A JSON list of a few questions, as it was given."""
    try:
        found = json.loads(value or "[]")
    except ValueError as error:
        raise ValueError('it is not JSON; give a list such as ["A question?"]') from error
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError('it is not a list of texts such as ["A question?"]')
    if len(found) > MOST_STARTERS or any(len(one) > LONGEST_STARTER for one in found):
        raise ValueError(f"at most {MOST_STARTERS} questions of {LONGEST_STARTER} characters are shown")
    return value


class FrameOptions(BaseModel):
    """What the address of `/widget/frame` may say: attributes of the widget, by the same names."""

    model_config = ConfigDict(extra="forbid")

    theme: Literal["auto", "light", "dark"] = "auto"
    lang: str = Field("", max_length=35, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")
    heading: str = Field("", max_length=200)
    placeholder: str = Field("", max_length=200)
    starters: Annotated[str, AfterValidator(_questions)] = Field("", max_length=8000)
    storage: Literal["session", "local", "none"] = "session"
    collection: str = Field("", max_length=200)
    site: str = Field("", max_length=200)


def router_for(settings: Settings) -> APIRouter:
    """The widget's routes; pages of `settings.allowed_origins` may frame `/widget/frame`."""
    router = APIRouter(include_in_schema=False)
    ancestors = frame_ancestors(settings)

    @router.api_route("/widget.js", methods=["GET", "HEAD"])
    def script(request: Request) -> Response:
        return _script(request, SHORT)

    @router.api_route(f"/widget-{VERSION}.js", methods=["GET", "HEAD"])
    def script_kept(request: Request) -> Response:
        return _script(request, LONG)

    @router.get("/widget.d.ts")
    def declarations() -> Response:
        return Response(types(), media_type=PLAIN, headers={**ANYWHERE, "Cache-Control": SHORT})

    @router.get("/widget/demo")
    async def demo(request: Request) -> Response:
        page = (PAGES / "demo.html").read_text(encoding="utf-8")
        offered = text_kept(await _starters(request.app.state.desk))
        return HTMLResponse(page.replace(STARTERS, offered), headers=_policy(ancestors))

    @router.get("/widget/frame")
    async def frame(request: Request, options: Annotated[FrameOptions, Query()]) -> Response:
        if not options.starters:
            found = await _starters(request.app.state.desk, options.collection)
            options = options.model_copy(update={"starters": found})
        accepted = request.headers.get("accept-language", "")
        return HTMLResponse(frame_page(options, accepted), headers=_policy(ancestors))

    @router.get("/widget/{name}")
    def own_file(name: str) -> Response:
        if name not in OWN_FILES:
            raise HTTPException(404)
        headers = {"Cache-Control": SHORT}
        return Response((PAGES / name).read_bytes(), media_type=OWN_FILES[name], headers=headers)

    return router


async def _starters(desk: Desk, collection: str = "") -> str:
    """Questions to start with, as the widget takes them; none where none can be answered now."""
    try:
        found = await desk.starters(collection) if (await desk.ready_for(collection))[0] else ()
    except DatelineError:
        found = ()  # who asks a question is told what is wrong
    return json.dumps(found[:MOST_STARTERS], ensure_ascii=False)


@cache
def packed() -> tuple[bytes, bytes, str]:
    """The module as it is, compressed, and its entity tag."""
    whole = module().encode()
    return whole, gzip.compress(whole, 9, mtime=0), f'"{hashlib.sha256(whole).hexdigest()[:16]}"'


def _script(request: Request, age: str) -> Response:
    whole, small, tag = packed()
    headers = {**ANYWHERE, "Cache-Control": age, "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(small, media_type=SCRIPT, headers={**headers, "Content-Encoding": "gzip"})
    return Response(whole, media_type=SCRIPT, headers=headers)


def _policy(ancestors: str) -> dict[str, str]:
    """What the two pages may load: files and answers of this server, nothing written into the page."""
    own = ("script-src", "style-src", "connect-src", "img-src", "frame-src")
    rules = (
        "default-src 'none'",
        *(f"{kind} 'self'" for kind in own),
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        f"frame-ancestors {ancestors}",
    )
    return {"Content-Security-Policy": "; ".join(rules), "Cache-Control": "no-cache"}


def frame_page(options: FrameOptions, accepted: str = "") -> str:
    """The widget filling a page of its own, in the language asked for or else `accepted` by the browser."""
    say = texts_for(accepted, options.lang)
    given = {**options.model_dump(), "mode": "inline", "lang": say.language}
    attributes = " ".join(f'{name}="{text_kept(value)}"' for name, value in given.items() if value)
    title = text(options.heading) or line(say, "widget.heading")
    return (
        f'<!doctype html><html lang="{say.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title}</title>'
        '<link rel="icon" href="../favicon.ico"><link rel="stylesheet" href="frame.css">'
        '<script type="module" src="../widget.js"></script></head>'
        f"<body><dateline-chat {attributes}></dateline-chat></body></html>\n"
    )

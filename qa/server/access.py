"""Who sends a request to the API, and whether they may: a key, the id of a site, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from starlette.datastructures import Headers
from starlette.types import Scope

from qa.config import Settings
from qa.errors import AccessError, NoKeyError, UnknownSiteError
from qa.keys import find_key
from qa.server.origins import is_loopback, printable
from qa.storage.lock import reader_error

Changing: TypeAlias = Literal["free", "key", "no"]

KEY_HINT = "Send the header `Authorization: Bearer KEY`."
# What tells that a request was passed on by a proxy, and so need not come from this machine.
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: the id of the key, the id of the site, whether the key is the admin's."""

    key_id: str = ""
    site: str = ""
    admin: bool = False

    @property
    def name(self) -> str:
        """What its requests are counted under; "" for a caller who is known by the address alone."""
        if self.key_id:
            return f"key {self.key_id}"
        return f"site {self.site}" if self.site else ""


def admit(scope: Scope, settings: Settings) -> Caller:
    """Who may send this request.

    Raises:
        NoKeyError: a key is needed, and none or an unknown one came.
        UnknownSiteError: the site's id is not known.
        AccessError: whoever it is may not do this, or the site's id came from another origin.
        ReaderError: documents are to be changed, and this process only reads.
    """
    headers = Headers(scope=scope)
    caller = _caller(headers, scope, settings)
    if caller.site:
        _check_site_route(scope)
    elif settings.api_keys and not caller.key_id and not _is_page_feedback(scope):
        raise NoKeyError("The API asks for a key.", KEY_HINT)
    if _changes_documents(scope):
        _check_admin(caller, headers, scope, settings)
        if settings.reader:
            raise reader_error(settings)
    return caller


def _caller(headers: Headers, scope: Scope, settings: Settings) -> Caller:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if given and scheme.lower() == "bearer":
        admin = settings.admin_key
        kept = (admin.get_secret_value(),) if admin else ()
        if found := find_key(given.strip(), kept):
            return Caller(found, admin=True)
        if found := find_key(given.strip(), settings.api_keys):
            return Caller(found)
    site = headers.get("x-dateline-site")
    return Caller() if site is None else Caller(site=_checked_site(site, headers, scope, settings))


def _checked_site(site: str, headers: Headers, scope: Scope, settings: Settings) -> str:
    origins = settings.site_origins.get(site)
    if origins is None:
        raise UnknownSiteError(
            f"There is no site {printable(site)!r}.", "Give an id that QA_SITES lists, as SITE_ID=ORIGIN."
        )
    origin = headers.get("origin")
    if origin is None and headers.get("sec-fetch-site") == "same-origin":
        origin = own_origin(headers, scope)  # browsers leave it out where a page reads from its own server
    if origin not in origins:
        raise AccessError(
            f"The site {site!r} is not at {printable(origin or 'an unnamed origin')}.",
            "Add SITE_ID=ORIGIN for it to QA_SITES and restart, or send a key.",
        )
    return site


def _check_site_route(scope: Scope) -> None:
    method, path = scope["method"], str(scope["path"])
    if method == "POST" and path in {"/api/ask", "/api/feedback"}:
        return
    if method in {"GET", "HEAD"} and (path == "/api/documents" or path.startswith("/api/documents/")):
        return
    raise AccessError("A site's pages may ask, read documents and give feedback, nothing else.", KEY_HINT)


def _is_page_feedback(scope: Scope) -> bool:
    """Whether the server's own page sends a thumb; whoever may see the page may press it."""
    headers = Headers(scope=scope)
    own = headers.get("origin") == own_origin(headers, scope)
    return own and scope["method"] == "POST" and scope["path"] == "/api/feedback"


def _changes_documents(scope: Scope) -> bool:
    changes = scope["method"] not in {"GET", "HEAD", "OPTIONS"}
    return changes and str(scope["path"]).startswith(("/api/documents", "/api/collections"))


def _check_admin(caller: Caller, headers: Headers, scope: Scope, settings: Settings) -> None:
    if caller.admin:
        return
    if settings.admin_key is not None:
        message = "Documents are changed with the admin key only."
        if caller.key_id:
            raise AccessError(message, "Send the key of QA_ADMIN_KEY.")
        raise NoKeyError(message, KEY_HINT)
    if not (is_loopback(settings.host) and _is_local(headers, scope)):
        raise AccessError(
            "Documents are changed from this machine only, as there is no admin key.",
            "Set QA_ADMIN_KEY (`qa key new` makes one), restart, and send it as `Authorization: Bearer KEY`.",
        )


def changing(headers: Headers, scope: Scope, settings: Settings) -> Changing:
    """Whether whoever reads this page may change the documents: freely, with a key, or not at all."""
    if settings.reader or (
        settings.admin_key is None and not (is_loopback(settings.host) and _is_local(headers, scope))
    ):
        return "no"
    return "free" if settings.admin_key is None and not settings.api_keys else "key"


def _is_local(headers: Headers, scope: Scope) -> bool:
    """Whether a program of this machine, or the server's own page, sends this."""
    client = scope.get("client")
    return (
        client is not None
        and is_loopback(client[0])
        and not any(name in headers for name in FORWARDED)
        and headers.get("origin") in {None, own_origin(headers, scope)}
    )


def own_origin(headers: Headers, scope: Scope) -> str:
    """The origin of the server itself, as whoever sends this request sees it."""
    return f"{scope['scheme']}://{headers.get('host', '')}"

"""Whose pages may use Dateline: exact origins, and under which names this server answers."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from qa.config import Settings

LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"


def may_send(origin: str, same: str, settings: Settings) -> bool:
    """Whether a page of `origin` may ask or change anything here; `same` is the server's own origin.

    The server's own origin counts only where it listens beyond loopback: on loopback a foreign name that
    is made to resolve to this machine would otherwise look like the server itself.
    """
    if origin in settings.page_origins or re.fullmatch(LOOPBACK_ORIGIN, origin):
        return True
    return origin == same and not is_loopback(settings.host)


def host_is_ours(host: str, settings: Settings) -> bool:
    """Whether a request's Host fits: on loopback only loopback names and those of allowed origins do."""
    if not is_loopback(settings.host):
        return True
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:  # a bracket that is not closed, for example
        return False
    return is_loopback(name) or name in {urlsplit(origin).hostname for origin in settings.page_origins}


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine."""
    if host in {None, "localhost"}:
        return host is not None
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False


def printable(name: str) -> str:
    """A name that somebody sent, fit to be repeated in a message."""
    return "".join(char for char in name if char.isprintable())[:100]

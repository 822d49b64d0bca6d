"""What the browser tests share."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

DESKTOP = (1280, 800)
PHONE = (390, 844)

Visit = Callable[..., Page]  # opens a page of a server: (server, size, color_scheme, path)

"""The pictures of docs/ are what this page looks like: each of them can be taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from served import Served

from scripts.screenshot import PICTURES, Picture, take

SIZE = slice(16, 24)  # where a PNG says how wide and high it is


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_can_be_taken(browser: Browser, real: Served, tmp_path: Path, picture: Picture) -> None:
    """Of the program itself, in the size it is meant to have, and not blank."""
    content = take(browser, real.url, picture, tmp_path).read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = (int.from_bytes(content[SIZE][at : at + 4], "big") for at in (0, 4))
    assert {"width": width, "height": height} == picture.size
    assert len(content) > 10_000

"""The page's own files: served under their version, whole, and readable in light and dark."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from qa.server import assets

PAIRS = (
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "tint"),
    ("ink", "mark"),
    ("soft", "paper"),
    ("soft", "card"),
    ("soft", "tint"),
    ("accent", "paper"),
    ("accent", "card"),
    ("accent", "tint"),
    ("accent-strong", "card"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("good", "paper"),
    ("warn", "paper"),
    ("bad", "paper"),
    ("paper", "ink"),
)
EDGES = (("edge", "paper"), ("edge", "card"), ("accent", "paper"))


def colours() -> dict[str, tuple[str, str]]:
    """Each colour's value in light and in dark."""
    found = re.findall(r"--dl-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", assets.stylesheet())
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_reckoning_of_contrast_is_right() -> None:
    """Black on white is 21, a known grey on white 4.54."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_contrast_enough(scheme: int) -> None:
    """AA: 4.5 for text, 3 for the edges of what can be used."""
    found = colours()
    for pairs, least in ((PAIRS, 4.5), (EDGES, 3.0)):
        for front, back in pairs:
            assert contrast(found[front][scheme], found[back][scheme]) >= least, (front, back)


def test_the_pages_files_are_served(client: TestClient) -> None:
    """Style and scripts, kept for good under their version; every import of a script leads to one."""
    style = client.get(f"/{assets.address('page.css')}")
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]
    script = client.get(f"/{assets.address('main.js')}")
    assert script.headers["content-type"].startswith("text/javascript")
    for path in assets.STATIC.glob("*.js"):
        for name in re.findall(r'from "\./([\w.]+)"', path.read_text("utf-8")):
            assert client.get(f"/{assets.address(name)}").status_code == 200
    assert client.get("/page/other/main.js").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["missing.js", "..%2Fapi.py", "tokens.css", "%2e%2e", "main.py"])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    """Neither other files nor other folders."""
    assert client.get(f"/page/{assets.version()}/{name}").status_code == 404


def test_the_head_loads_from_here_alone() -> None:
    """Addresses are relative, so the page works under a prefix."""
    assert re.findall(r'(?:href|src)="(.)', assets.head()) == ["p", "p"]

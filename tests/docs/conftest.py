"""Shared by the tests of the pages: the README, and the reports that its examples cite."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.config import PROJECT


@pytest.fixture(scope="session")
def readme() -> str:
    """The text of the README."""
    return (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def reports(seeds: Path) -> dict[str, str]:
    """The text of each seed report by the uri that answers cite."""
    return {f"seeds/{file.name}": file.read_bytes().decode("utf-8") for file in sorted(seeds.glob("*.txt"))}

"""The page of settings is made from the settings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from qa.config import PROJECT, Settings

SCRIPT = PROJECT / "scripts" / "settings_table.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The script as a process of its own."""
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_page_of_settings_is_current() -> None:
    """docs/settings.md is what the script would write."""
    checked = run("--check")
    assert checked.returncode == 0, checked.stderr


def test_a_stale_page_is_noticed(tmp_path: Path) -> None:
    """A page that is not there or says something else fails the check, until it is made anew."""
    page = tmp_path / "settings.md"
    assert run("--check", "--page", str(page)).returncode == 1
    assert run("--page", str(page)).returncode == 0
    assert run("--check", "--page", str(page)).returncode == 0
    page.write_text(page.read_text(encoding="utf-8").replace("QA_PORT", "QA_GATE"), encoding="utf-8")
    stale = run("--check", "--page", str(page))
    assert (stale.returncode, "make docs" in stale.stderr) == (1, True)


def test_every_setting_is_on_the_page() -> None:
    """Each setting has one row with its name, a default and a description."""
    page = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `QA_{name.upper()}` |")]
        assert all(cell.strip() for cell in row.strip("|").split(" | "))

"""The examples of docs/api.md do what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from served import ROOT, Live

from qa.config import PROJECT

PAGE = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"
BLOCKS = re.findall(r"^<!-- test: run -->\n```(sh|python)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# What each example prints, in the order of the page.
SHOWN = (
    '"status":"answered"',
    "event: final",
    '"documents":[',
    '"added":["lighthouse.txt"]',
    '"removed":',
    '{"name":"archive","documents":1}',
    "bad_input",
    "\nSources:\n[1] ",
    "answered",
)


def test_every_example_shows_what_it_should(live: Live, tmp_path: Path) -> None:
    """All in order, as a reader would run them, each in a shell or a Python of its own."""
    assert len(BLOCKS) == len(SHOWN)
    environment = {
        **os.environ,
        "KEY": live.key,
        "ADMIN_KEY": live.admin_key,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for (language, source), shown in zip(BLOCKS, SHOWN, strict=True):
        assert ADDRESS in source
        code = source.replace(ADDRESS, live.url)
        command = ["sh", "-ec", code] if language == "sh" else [sys.executable, "-c", code]
        run = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120, check=False
        )
        assert run.returncode == 0, run.stderr
        assert shown in run.stdout, f"{source}\n{run.stdout}"

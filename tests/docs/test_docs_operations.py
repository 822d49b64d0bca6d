"""The page on operations names tests that exist, and a setting, code or metric only where there is one."""

from __future__ import annotations

import re

import pytest

from qa import errors
from qa.config import PROJECT, Settings

PAGE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
ROWS = [row for row in ROWS if not row.startswith(("| fault |", "| load |"))]
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("row", ROWS, ids=[row[2:50] for row in ROWS])
def test_each_row_names_a_test_that_exists(row: str) -> None:
    """One at least, in a file that is there and defines it."""
    named = _TEST.findall(row)
    assert named
    for file, test in named:
        source = (PROJECT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in source, f"{file} has no {test}"


def test_settings_and_codes_exist() -> None:
    """Every `QA_` name is a setting, every code of an error is one."""
    for name in re.findall(r"QA_([A-Z_]+)", PAGE):
        assert name.lower() in Settings.model_fields, name
    codes = {getattr(one, "code", "") for one in vars(errors).values()} | {"slow_client"}
    for status, code in re.findall(r"\b(503|408) `(\w+)`", PAGE):
        assert code in codes, (status, code)
    assert len(ROWS) > 15

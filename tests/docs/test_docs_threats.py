"""The threat model names tests that exist."""

from __future__ import annotations

import re

import pytest

from qa.config import PROJECT

PAGE = (PROJECT / "docs" / "threat-model.md").read_text(encoding="utf-8")
SECTIONS = [section for section in PAGE.split("\n## ")[1:] if not section.startswith("What is left open")]
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("section", SECTIONS, ids=[section.splitlines()[0] for section in SECTIONS])
def test_each_threat_names_a_test_that_exists(section: str) -> None:
    """One at least, in a file that is there and defines it."""
    named = _TEST.findall(section)
    assert named
    for file, test in named:
        source = (PROJECT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in source, f"{file} has no {test}"


def test_the_page_has_threats() -> None:
    """The sections are found, and a test that is not there would be noticed."""
    assert len(SECTIONS) > 10
    assert _TEST.findall("see `tests/a/b.py::test_c` and `tests/d.py`") == [
        ("tests/a/b.py", "test_c"),
        ("tests/d.py", ""),
    ]

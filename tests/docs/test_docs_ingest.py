"""docs/ingest.md shows commands that are there, and all that `qa ingest` takes."""

from __future__ import annotations

import re

import pytest
from markdown_blocks import blocks, commands

from qa.__main__ import _parser
from qa.config import PROJECT

PAGE = (PROJECT / "docs" / "ingest.md").read_text(encoding="utf-8")
SHOWN = [words for block in blocks(PAGE) if block.language == "sh" for words in commands(block)]


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_every_command_parses(words: list[str]) -> None:
    """Names, options and values are as the command line takes them."""
    assert words[0] == "qa"
    assert callable(_parser().parse_args(words[1:]).run)


def test_every_option_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """What the help of `qa ingest` and `qa correct` lists stands on the page."""
    for command in ("ingest", "correct"):
        with pytest.raises(SystemExit):
            _parser().parse_args([command, "--help"])
        options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
        assert len(options) > 4
        assert {option for option in options if option not in PAGE} == set()

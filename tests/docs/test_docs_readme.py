"""What the README says can be done and what it shows is so."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from ask_example import differences, read_example
from markdown_blocks import Block, blocks, commands, links
from support import run_qa

from qa.__main__ import _parser
from qa.config import PROJECT, Settings

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    "eval/cases/README.md",
    "CHANGELOG.md",
    "NOTICE.md",
)


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def is_runnable(words: list[str]) -> bool:
    """Whether a command of ours exists with these arguments; other programs are taken as they are."""
    if words[0] == "make":
        return {word for word in words[1:] if "=" not in word and not word.startswith("-")} <= targets()
    if words[0] == "qa":
        try:
            _parser().parse_args(words[1:])
        except SystemExit as ended:
            return ended.code == 0
    if words[0] in {"python", "python3"} and len(words) > 1:
        if words[1] == "-m":
            return importlib.util.find_spec(words[2]) is not None
        return (PROJECT / words[1]).is_file()
    return True


def test_the_readme_opens_with_the_two_commands(readme: str) -> None:
    """The first block of commands is `make serve` and `make test`."""
    first = next(block for block in blocks(readme) if block.language == "sh")
    assert [words for words in commands(first) if words[0] == "make"] == [["make", "serve"], ["make", "test"]]


def test_every_command_of_the_readme_exists(readme: str) -> None:
    """Each `qa`, `make` and `python` line of `sh` blocks and examples names what is there, options included."""
    shown = [
        words for block in blocks(readme) if block.language == "sh" or block.marker for words in commands(block)
    ]
    assert any(words[0] == "qa" for words in shown)
    assert [words for words in shown if not is_runnable(words)] == []


@pytest.mark.parametrize(
    "line",
    [
        "make nonsense",
        "qa nonsense",
        "qa ask",
        "qa serve --nonsense",
        "python nonsense.py",
        "python -m nonsense",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown target, command, option, file or module counts as a fault."""
    (words,) = commands(Block("", "sh", f"{line}\n"))
    assert not is_runnable(words)


def test_the_examples_of_the_readme_hold(readme: str, indexed: Path, reports: dict[str, str]) -> None:
    """Each marked `qa ask` example agrees with a fresh answer and with the reports."""
    marked = [block for block in blocks(readme) if block.marker]
    assert marked
    assert {block.marker for block in marked} == {"ask"}
    for block in marked:
        example = read_example(block.body)
        asked = run_qa("ask", example.question, "--json", data_dir=indexed)
        assert asked.returncode in (0, 3), asked.stderr
        assert differences(example, json.loads(asked.stdout), reports) == [], example.question


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted(f"docs/{page.name}" for page in (PROJECT / "docs").glob("*.md"))]
)
def test_links_and_settings_exist(page: str) -> None:
    """Relative links lead to files and every QA_ name is a setting, in all pages."""
    file = PROJECT / page
    text = file.read_text(encoding="utf-8")
    assert [link for link in links(text) if not (file.parent / link).exists()] == []
    settings = {f"QA_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bQA_[A-Z_]*[A-Z]\b", text)) <= settings


def test_the_version_is_the_same_everywhere() -> None:
    """The package, pyproject.toml and the newest heading of the changelog give one version."""
    from qa import __version__

    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (PROJECT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__
    assert f'\nversion = "{__version__}"\n' in project

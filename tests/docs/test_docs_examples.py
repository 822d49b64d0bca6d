"""The reader of pages and examples finds what is there and notices what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ask_example import differences, read_example
from markdown_blocks import blocks, commands, links

from qa.dateline import Dateline
from qa.plain import as_text as printed
from qa.records import Answer

PAGE = """\
# Page
```sh
# a comment
QA_PORT=1 .venv/bin/qa serve  # says where
$ qa ask "Who  won?" --json | head
```
<!-- test: ask -->
```console
$ qa ask "Who won?"
It's nobody.
```
[a](docs/a.md#part) ![b](b.png) [c](https://example.org/c) [d](#d) <img width="9" src="e.png">
"""


def test_blocks_come_with_marker_and_language() -> None:
    """A marker belongs to the block right after it and to no other."""
    assert [(block.marker, block.language) for block in blocks(PAGE)] == [("", "sh"), ("ask", "console")]


def test_commands_are_stripped_to_their_words() -> None:
    """Comment, prompt, variables, folder and pipe go; quoted words stay whole; output is none."""
    assert commands(blocks(PAGE)[0]) == [["qa", "serve"], ["qa", "ask", "Who  won?", "--json"]]
    assert commands(blocks(PAGE)[1]) == [["qa", "ask", "Who won?"]]


def test_links_are_the_relative_ones() -> None:
    """Links within the page and to elsewhere are left out, fragments cut."""
    assert links(PAGE) == ["docs/a.md", "b.png", "e.png"]


QUESTION = "Where did the two leaders meet in 2013?"


@pytest.fixture(scope="module")
def fresh(quoting: Dateline) -> dict[str, Any]:
    """An answer as it comes now."""
    return quoting.ask(QUESTION).as_dict()


def as_text(answer: Answer) -> str:
    """The example block that shows this answer as `qa ask` prints it."""
    return f'$ qa ask "{answer.question}"\n{printed(answer)}\n'


def as_json(answer: dict[str, Any]) -> str:
    """The example block that shows this answer as `qa ask --json` prints it."""
    return f'qa ask "{answer["question"]}" --json\n{json.dumps(answer, indent=2)}\n'


@pytest.mark.parametrize(
    ("question", "status"),
    [(QUESTION, "answered"), ("Who won the chess tournament in Reykjavik?", "abstained")],
)
def test_examples_made_from_a_fresh_answer_hold(
    question: str, status: str, quoting: Dateline, reports: dict[str, str]
) -> None:
    """What `qa ask` prints now, as text and as JSON, answered or abstained, passes as an example."""
    answer = quoting.ask(question)
    for body in (as_text(answer), as_json(answer.as_dict())):
        example = read_example(body)
        assert (example.question, example.status) == (question, status)
        assert example.cited
        assert differences(example, answer.as_dict(), reports) == []


def _other_status(answer: dict[str, Any]) -> None:
    answer["status"] = "abstained"


def _other_quote(answer: dict[str, Any]) -> None:
    answer["citations"][0]["quote"] += " And more."


def _other_report(answer: dict[str, Any]) -> None:
    answer["citations"][0]["uri"] = "seeds/other.txt"


def _other_span(answer: dict[str, Any]) -> None:
    answer["citations"][0]["start"] += 1


def _other_number(answer: dict[str, Any]) -> None:
    answer["sentences"][0]["citations"] = [99]


def _missing_field(answer: dict[str, Any]) -> None:
    del answer["timings_ms"]


@pytest.mark.parametrize(
    "spoil", [_other_status, _other_quote, _other_report, _other_span, _other_number, _missing_field]
)
def test_a_wrong_example_is_noticed(
    spoil: Callable[[dict[str, Any]], None], fresh: dict[str, Any], reports: dict[str, str]
) -> None:
    """Another status, quote, report, span or number, or a missing field, counts as a fault."""
    spoiled = json.loads(json.dumps(fresh))
    spoil(spoiled)
    assert differences(read_example(as_json(spoiled)), fresh, reports)


def test_a_block_that_is_no_example_is_refused() -> None:
    """A marked block with another command, or without a citation, says what is wrong."""
    with pytest.raises(ValueError, match="not a command"):
        read_example("qa sources\n")
    with pytest.raises(ValueError, match="no citation"):
        read_example('qa ask "Who won?"\nNobody.\n')

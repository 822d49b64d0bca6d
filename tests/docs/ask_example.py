"""An example of `qa ask` in a page, taken apart so that it can be held against a fresh answer."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

ABSTAINED = "Not in the documents."

_SOURCE = re.compile(r"^\[(?P<number>\d+)\] .* (?P<uri>\S+)\n +(?P<quote>\S.*)$", re.MULTILINE)
_NUMBER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation: number, report, quote with its white space made single."""

    number: int
    uri: str
    quote: str


@dataclass(frozen=True, slots=True)
class Example:
    """A question and what a page says comes back; `whole` is the JSON object when the example shows it."""

    question: str
    status: str
    cited: tuple[Cited, ...]
    used: frozenset[int]
    whole: dict[str, Any] | None = None


def single_spaced(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def read_example(body: str) -> Example:
    """The example in a block: the command in its first line, its output in the rest.

    Raises:
        ValueError: the block is no such example; says why.
    """
    first, _, output = body.partition("\n")
    words = shlex.split(first.removeprefix("$ "))
    asked = [word for word in words[2:] if not word.startswith("--")]
    if words[:2] != ["qa", "ask"] or len(asked) != 1:
        raise ValueError(f"not a command `qa ask QUESTION`: {first}")
    return (_from_json if "--json" in words else _from_text)(asked[0], output)


def _from_json(question: str, output: str) -> Example:
    whole = json.loads(output)
    shown = whole["citations"] or whole["nearest"]
    used = frozenset(number for sentence in whole["sentences"] for number in sentence["citations"])
    return Example(question, whole["status"], tuple(map(cited, shown)), used, whole)


def _from_text(question: str, output: str) -> Example:
    answer = output.partition("\n\n")[0]
    found = tuple(
        Cited(int(match["number"]), match["uri"], single_spaced(match["quote"]))
        for match in _SOURCE.finditer(output)
    )
    if not found:
        raise ValueError(f"no citation is shown for: {question}")
    status = "abstained" if answer.startswith(ABSTAINED) else "answered"
    return Example(question, status, found, frozenset(map(int, _NUMBER.findall(answer))))


def cited(citation: dict[str, Any]) -> Cited:
    """A citation object of the contract."""
    return Cited(citation["number"], citation["uri"], single_spaced(citation["quote"]))


def differences(example: Example, fresh: dict[str, Any], texts: dict[str, str]) -> list[str]:
    """What of the example is not so: held against a fresh answer of any tier and the reports by their uri."""
    faults = []
    if example.status != fresh["status"]:
        faults.append(f"the status is {fresh['status']}, not {example.status}")
    now = [cited(citation) for citation in fresh["citations"] or fresh["nearest"]]
    for one in example.cited:
        if one.quote not in single_spaced(texts.get(one.uri, "")):
            faults.append(f"{one.uri} does not hold: {one.quote}")
        if one.uri not in {other.uri for other in now}:
            faults.append(f"{one.uri} is not cited")
    if not example.cited or example.cited[0].quote not in {other.quote for other in now}:
        faults.append("the first quote is not among those given now")
    if not example.used <= {one.number for one in example.cited}:
        faults.append("the answer has a number without a citation")
    if example.whole is not None:
        faults += _json_differences(example.whole, fresh, texts)
    return faults


def _json_differences(whole: dict[str, Any], fresh: dict[str, Any], texts: dict[str, str]) -> list[str]:
    faults = [f"the field {name} is in one of them only" for name in sorted(whole.keys() ^ fresh.keys())]
    for citation in (*whole["citations"], *whole["nearest"]):
        text = texts.get(citation["uri"], "")
        if text[citation["start"] : citation["end"]] != citation["quote"]:
            faults.append(f"citation {citation['number']} is not the text from start to end")
    return faults

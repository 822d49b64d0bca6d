"""Thumbs down from the chat become draft cases: what was asked, what was answered, what it was drawn from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from qa.errors import InputError

DRAFT = '"draft": true'
HINT = 'A line is JSON: {"question", "answer", "verdict": "up" or "down", "comment", "citations"}.'


class Feedback(BaseModel):
    """A line of a feedback file; further fields are passed over."""

    model_config = ConfigDict(extra="ignore")

    class Cited(BaseModel):
        """What a citation in the answer points to, as in `Answer.as_dict`."""

        model_config = ConfigDict(extra="ignore")
        uri: str
        quote: str

    question: str
    answer: str = ""
    verdict: Literal["up", "down"]
    comment: str = ""
    citations: tuple[Cited, ...] = ()


def read_feedback(file: Path) -> tuple[Feedback, ...]:
    """All records of a file of JSON lines.

    Raises:
        InputError: the file cannot be read, or a line is malformed; named by file, line and field.
    """
    try:
        lines = file.read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The feedback {file} cannot be read: {error}.", "Give a file of JSON lines."
        ) from error
    return tuple(_read(lines, file))


def cases_from_feedback(records: Iterable[Feedback | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A draft case for each question that got a thumb down, each question once, in the form of a case file.

    What a right answer would be nobody said: `answers` is empty, and the suite names the line until a person
    has filled it in, or set `expect` to "abstained" and emptied `evidence`. `evidence` is what the answer
    cited, to be kept or replaced.

    Raises:
        InputError: a record is malformed; named by its place, from 1, and field.
    """
    cases: dict[str, dict[str, Any]] = {}
    for number, record in enumerate(records, start=1):
        item = record if isinstance(record, Feedback) else _checked(record, f"record {number}")
        if item.verdict == "down" and item.question.strip():
            cases.setdefault(item.question.strip(), _case(item, len(cases) + 1))
    return list(cases.values())


def _case(item: Feedback, number: int) -> dict[str, Any]:
    said = " ".join(item.answer.split())
    cited = dict.fromkeys((_document(one.uri), one.quote) for one in item.citations)
    comment = f" Comment: {item.comment.strip()}" if item.comment.strip() else ""
    return {
        "id": f"feedback-{number}",
        "family": f"feedback-{number}",
        "type": "fact",
        "question": item.question.strip(),
        "expect": "answered",
        "answers": [],
        "evidence": [[{"document": name, "quote": quote} for name, quote in cited]] if cited else [],
        "note": f"{DRAFT}; thumb down on: {said}{comment}",
    }


def _document(uri: str) -> str:
    """The name of a document within its folder: the uri begins with the folder's own name."""
    parts = PurePosixPath(uri).parts
    return "/".join(parts[1:] or parts)


def _read(lines: Iterable[str], file: Path) -> Iterator[Feedback]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{file}, line {number}: this is not JSON: {error.msg}.", HINT) from error
        yield _checked(row, f"{file}, line {number}")


def _checked(row: object, where: str) -> Feedback:
    try:
        return Feedback.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        named = f', field "{field}"' if field else ""
        raise InputError(f"{where}{named}: {first['msg']}.", HINT) from error

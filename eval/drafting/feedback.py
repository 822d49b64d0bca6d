"""Thumbs down from the chat become draft cases: what was asked, what was answered, what it was drawn from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    class Said(BaseModel):
        """An earlier message of the conversation."""

        model_config = ConfigDict(extra="ignore")
        role: Literal["user", "assistant"]
        content: str

    question: str
    answer_id: str = ""
    history: tuple[Said, ...] = ()
    within: tuple[str, ...] = ()
    answer: str = ""
    verdict: Literal["up", "down"]
    comment: str = ""
    citations: tuple[Cited, ...] = ()


def read_feedback(file: Path) -> tuple[Feedback, ...]:
    """All records of a file of JSON lines; a last line that was cut off is passed over.

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
    """A draft case for each question that got a thumb down, each question after each conversation once, in the
    form of a case file; of several records on one answer the last counts.

    What a right answer would be nobody said: `answers` is empty, and the suite names the line until a person
    has filled it in, or set `expect` to "abstained" and emptied `evidence`. `evidence` is what the answer
    cited, to be kept or replaced.

    Raises:
        InputError: a record is malformed; named by its place, from 1, and field.
    """
    items = [
        record if isinstance(record, Feedback) else _checked(record, f"record {number}")
        for number, record in enumerate(records, start=1)
    ]
    last = {item.answer_id or number: item for number, item in enumerate(items)}  # who changed their mind
    cases: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in last.values():
        if item.verdict == "down" and item.question.strip():
            before = tuple((turn.role, turn.content) for turn in item.history)
            cases.setdefault((item.question.strip(), before), _case(item, len(cases) + 1))
    return list(cases.values())


def _case(item: Feedback, number: int) -> dict[str, Any]:
    said = " ".join(item.answer.split())
    cited = dict.fromkeys((_document(one.uri), one.quote) for one in item.citations)
    comment = f" Comment: {item.comment.strip()}" if item.comment.strip() else ""
    narrowed = f" Asked of the documents {', '.join(item.within)} alone." if item.within else ""
    history = [turn.model_dump() for turn in item.history if turn.content.strip()]
    return {
        "id": f"feedback-{number}",
        "family": f"feedback-{number}",
        "type": "follow_up" if history else "fact",
        "question": item.question.strip(),
        **({"history": history} if history else {}),
        "expect": "answered",
        "answers": [],
        "evidence": [[{"document": name, "quote": quote} for name, quote in cited]] if cited else [],
        "note": f"{DRAFT}; thumb down on: {said}{comment}{narrowed}",
    }


def _document(uri: str) -> str:
    """The name of a document within its folder: the uri begins with the folder's own name."""
    parts = PurePosixPath(uri).parts
    return "/".join(parts[1:] or parts)


def _read(lines: Sequence[str], file: Path) -> Iterator[Feedback]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            if number == len(lines):  # without its line break: cut off when the server was killed
                return
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

"""Read the cases and check all of them before anything runs; eval/cases/README.md describes the form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from qa.errors import InputError
from qa.records import Turn

CaseType = Literal[
    "fact",
    "date_pair",
    "comparison",
    "aggregation",
    "same_event",
    "disagreement",
    "near_miss",
    "absent_year",
    "real_world",
    "false_premise",
    "off_topic",
    "ambiguous",
    "paraphrase",
    "follow_up",
    "injection",
]
Expect = Literal["answered", "abstained", "per_event"]
CASE_TYPES: tuple[CaseType, ...] = get_args(CaseType)
HINT = "eval/cases/README.md describes the form of a case."

Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]


@dataclass(frozen=True, slots=True)
class Gold:
    """A sentence of a document that answers a question; `spans` are all places where it stands there.

    Offsets are code points into the document's text, start inclusive, end exclusive.
    """

    document: str
    document_id: str
    quote: str
    spans: tuple[tuple[int, int], ...]

    @property
    def id(self) -> str:
        """Made of texts alone, so that it survives any other way of cutting the documents up."""
        return sentence_id(self.document_id, self.quote)


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what a right answer to it is.

    `answers`: of each inner tuple at least one alias has to occur. `evidence`: each inner tuple is by itself
    sufficient, and all of its sentences are needed.
    """

    id: str
    family: str
    type: CaseType
    question: str
    expect: Expect
    answers: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    evidence: tuple[tuple[Gold, ...], ...] = ()
    history: tuple[Turn, ...] = ()
    note: str = ""

    @property
    def gold(self) -> tuple[Gold, ...]:
        """The sentences of all sufficient sets, each once."""
        return tuple(dict.fromkeys(gold for one_set in self.evidence for gold in one_set))


def digest(text: str, digits: int) -> str:
    """The first `digits` hex digits of the SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def sentence_id(document_id: str, quote: str) -> str:
    """The id of a sentence: its document's, and the first 16 hex digits of the SHA-256 of its text.

    It survives re-chunking and renaming, and changes with any change of the document or the sentence.
    """
    return f"{document_id}:{digest(quote, 16)}"


def load_cases(files: Sequence[Path], documents: Path) -> tuple[Case, ...]:
    """Read the cases of all files in order; gold evidence is looked up in the folder `documents`.

    Raises:
        InputError: the first thing that is wrong, named by file, line and field.
    """
    folder = _Folder(documents)
    cases: list[Case] = []
    seen: dict[str, str] = {}
    families: dict[str, Path] = {}
    for file in files:
        for line, row in _rows(file):
            case = _case(row, file, line, folder)
            if case.id in seen:
                raise _wrong(file, line, "id", f'"{case.id}" is already used in {seen[case.id]}')
            other = families.setdefault(case.family, file)
            if other != file:
                raise _wrong(file, line, "family", f'"{case.family}" is in {other} too; a family is one split')
            seen[case.id] = f"{file}, line {line}"
            cases.append(case)
    if not cases:
        raise InputError("There are no cases to run.", HINT)
    return tuple(cases)


class _Row(BaseModel):
    """A line of a case file as written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    class Evidence(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        document: Text
        quote: Text

    class Message(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        role: Literal["user", "assistant"]
        content: Text

    id: Text
    family: Text
    type: CaseType
    question: Text
    expect: Expect
    answers: list[list[Text]] = []
    forbidden: list[Text] = []
    evidence: list[list[Evidence]] = []
    history: list[Message] = []
    note: str = ""


class _Folder:
    """The documents that gold evidence is quoted from, each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[str, str | None] = {}

    def text(self, name: str) -> str | None:
        """The text exactly as stored, or None where there is no such readable file."""
        if name not in self._texts:
            try:
                self._texts[name] = (self.root / name).read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError):
                self._texts[name] = None
        return self._texts[name]


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield `(line number, object)` for each line that is not blank."""
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"The cases {file} cannot be read: {error.strerror}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{file}, line {line}: this is not UTF-8 text.", HINT) from error
    for number, line_text in enumerate(text.split("\n"), start=1):
        if not line_text.strip():
            continue
        try:
            row = json.loads(line_text)
        except json.JSONDecodeError as error:
            problem = f"this is not JSON: {error.msg} at column {error.colno}"
            raise InputError(f"{file}, line {number}: {problem}.", HINT) from error
        if not isinstance(row, dict):
            raise InputError(f"{file}, line {number}: this is not a JSON object.", HINT)
        yield number, row


def _case(row: Mapping[str, Any], file: Path, line: int, folder: _Folder) -> Case:
    try:
        raw = _Row.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(file, line, _field(first["loc"]), _reason(first["msg"])) from error
    _check_expectation(raw, file, line)
    evidence = tuple(
        tuple(_gold(item, folder, file, line, f"evidence[{i}][{j}]") for j, item in enumerate(one_set))
        for i, one_set in enumerate(raw.evidence)
    )
    return Case(
        id=raw.id,
        family=raw.family,
        type=raw.type,
        question=raw.question,
        expect=raw.expect,
        answers=tuple(tuple(aliases) for aliases in raw.answers),
        forbidden=tuple(raw.forbidden),
        evidence=evidence,
        history=tuple(Turn(message.role, message.content) for message in raw.history),
        note=raw.note,
    )


def _check_expectation(raw: _Row, file: Path, line: int) -> None:
    """An answer needs something to be right by, and an abstention must not have it."""
    for field in ("answers", "evidence"):
        value: list[list[Any]] = getattr(raw, field)
        if raw.expect == "abstained" and value:
            raise _wrong(file, line, field, 'must be empty where "expect" is "abstained"')
        if raw.expect != "abstained" and not value:
            raise _wrong(file, line, field, f'must not be empty where "expect" is "{raw.expect}"')
        for i, inner in enumerate(value):
            if not inner:
                raise _wrong(file, line, f"{field}[{i}]", "must not be empty")


def _gold(item: _Row.Evidence, folder: _Folder, file: Path, line: int, field: str) -> Gold:
    text = folder.text(item.document)
    if text is None:
        problem = f'there is no readable document "{item.document}" in {folder.root}'
        raise _wrong(file, line, f"{field}.document", problem)
    spans = tuple((start, start + len(item.quote)) for start in _find_all(text, item.quote))
    if not spans:
        problem = f'"{_short(item.quote)}" does not stand in {item.document} (any more)'
        raise _wrong(file, line, f"{field}.quote", problem)
    return Gold(item.document, digest(text, 16), item.quote, spans)


def _find_all(text: str, part: str) -> Iterator[int]:
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


def _wrong(file: Path, line: int, field: str, problem: str) -> InputError:
    return InputError(f'{file}, line {line}, field "{field}": {problem}.', HINT)


def _field(location: Iterable[int | str]) -> str:
    """`("evidence", 0, 1, "quote")` as `evidence[0][1].quote`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).lstrip(".")


def _reason(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"

"""Results as a file: one line of JSON for each case, whole, so that a later run can be compared with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from eval.metrics.figures import Result
from qa.errors import InputError

NAME = "results.jsonl"
HINT = "Give the folder or the results.jsonl of a finished run of this version: `python -m eval --out DIR`."


def faults(result: Result) -> tuple[str, ...]:
    """What is wrong with a result, a phrase each; empty when nothing is."""
    score = result.score
    found = []
    if not score.right:
        found.append(f"error: {result.error}" if result.error else f"not right ({score.outcome})")
    if score.wrong_event:
        found.append("another event's report or value")
    if not all(score.spans_exact):
        found.append("a span that is not its quote")
    if not all(score.sentences_cited):
        found.append("a sentence without a citation")
    missing = [str(claim) for sentence in score.unsupported for claim in sentence]
    if missing:
        found.append(f"not in the cited evidence: {'; '.join(missing)}")
    return tuple(found)


def write_results(results: Sequence[Result], file: Path) -> None:
    """One line of JSON for each case: id and faults for a reader, then case, answer, error, score, ranking.

    Raises:
        OSError: the file cannot be written.
    """
    file.write_text("".join(map(_line, results)), encoding="utf-8")


def read_results(path: Path) -> tuple[Result, ...]:
    """The results of an earlier run, from its folder or its file.

    Raises:
        InputError: the file cannot be read, is empty, or a line is none of this version, named by file, line
            and field.
    """
    file = path / NAME if path.is_dir() else path
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"The results {file} cannot be read: {error.strerror}.", HINT) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{file}, line {line}: this is not UTF-8 text.", HINT) from error
    results: list[Result] = []
    lines: dict[str, int] = {}
    for number, row in enumerate(text.split("\n"), start=1):
        if row.strip():
            result = _parse(row, file, number)
            first = lines.setdefault(result.case.id, number)
            if first != number:
                problem = f'field "case.id": "{result.case.id}" is already in line {first}'
                raise InputError(f"{file}, line {number}, {problem}.", HINT)
            results.append(result)
    if not results:
        raise InputError(f"The results {file} are empty.", HINT)
    return tuple(results)


def _line(result: Result) -> str:
    row = {"id": result.case.id, "faults": faults(result), **_adapter().dump_python(result, mode="json")}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _parse(line: str, file: Path, number: int) -> Result:
    try:
        return _adapter().validate_json(line, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = _field(first["loc"])
        where = f', field "{field}"' if field else ""
        message = first["msg"][:1].lower() + first["msg"][1:]
        raise InputError(f"{file}, line {number}{where}: {message}.", HINT) from error


def _field(location: Iterable[int | str]) -> str:
    """`("case", "evidence", 0, 1)` as `case.evidence[0][1]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Result]:
    return TypeAdapter(Result)

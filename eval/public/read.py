"""Read a public file; what is wrong with it is named by file, line and field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from qa.errors import InputError

HINT = "The loaders in eval/public/ say what form each kind of file has."
Model = TypeVar("Model")


def clean(value: object) -> object:
    """A text without what no document may hold: NUL, and halves of surrogate pairs."""
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def exact(value: object) -> object:
    """A text that may not be changed, because answers are found by their place in it.

    Raises:
        ValueError: it holds what no document may hold.
    """
    if clean(value) != value:
        raise ValueError("holds NUL or half of a surrogate pair")
    return value


Clean = Annotated[str, BeforeValidator(clean)]
Exact = Annotated[str, BeforeValidator(exact)]


class Row(BaseModel):
    """An object of a public file: only the named fields are read, others may be there."""

    model_config = ConfigDict(extra="ignore")


def read_json(path: Path, form: type[Model]) -> Model:
    """The whole file as one value of the form.

    Raises:
        InputError: the file cannot be read, is not JSON, or is of another form.
    """
    return _checked(_parsed(_text(path), path, 1), form, path, None)


def read_lines(path: Path, form: type[Model]) -> Iterator[tuple[int, Model]]:
    """Yield `(line number, value)` for each line that is not blank.

    Raises:
        InputError: as `read_json`, with the line.
    """
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line.strip():
            yield number, _checked(_parsed(line, path, number), form, path, number)


def wrong(path: Path, line: int | None, field: str, problem: str) -> InputError:
    """The error for a field; `line` is None where the file is one value over many lines."""
    place = f"{path}, line {line}" if line else str(path)
    return InputError(f'{place}, field "{field}": {problem}.', HINT)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: this is not UTF-8 text.", HINT) from error


def _parsed(text: str, path: Path, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}, line {line + error.lineno - 1}"
        raise InputError(f"{place}: this is not JSON: {error.msg} at column {error.colno}.", HINT) from error


def _checked(value: Any, form: type[Model], path: Path, line: int | None) -> Model:
    try:
        return TypeAdapter(form).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        field = "".join(parts).lstrip(".") or "(whole)"
        message = first["msg"]
        raise wrong(path, line, field, (message[:1].lower() + message[1:]).rstrip(".")) from error

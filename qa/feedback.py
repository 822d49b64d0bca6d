"""Thumbs up and down on answers, kept in a file of the data directory and sent nowhere.

A line of JSON for each, with the question, the conversation before it, the answer and what it cited, so that
`python -m eval init --feedback FILE` makes draft cases of them. A line is written at once and whole: what a
killed process left of one is cut off before the next.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from qa.errors import InputError, StorageError, TooLargeError
from qa.records import Answer, Turn

FILE = "feedback.jsonl"
MAX_COMMENT_CHARS = 2000
MAX_FILE_BYTES = 256 * 1024 * 1024

Verdict = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader thinks of an answer.

    Raises:
        InputError: the verdict is neither "up" nor "down", or the comment cannot be stored as text.
        TooLargeError: the comment is longer than MAX_COMMENT_CHARS.
    """

    verdict: Verdict
    comment: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in get_args(Verdict):
            raise InputError(f"The verdict {str(self.verdict)[:40]!r} is not known.", 'Give "up" or "down".')
        if len(self.comment) > MAX_COMMENT_CHARS:
            raise TooLargeError(
                f"The comment has {len(self.comment):,} characters; at most {MAX_COMMENT_CHARS:,} are taken.",
                "Shorten it.",
            )
        if any("\ud800" <= char <= "\udfff" for char in self.comment):
            raise InputError(
                "The comment holds half a surrogate pair, which is no character.", "Type it again."
            )


class FeedbackStore:
    """The file of opinions in a data directory; safe to use from several threads of the one server."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE
        self._lock = threading.Lock()

    def add(self, opinion: Opinion, answer: Answer, history: Sequence[Turn] = ()) -> None:
        """Keep an opinion on an answer that came after `history`.

        Raises:
            StorageError: the file cannot be written, or is full.
        """
        line = json.dumps(_record(opinion, answer, history), ensure_ascii=False).encode() + b"\n"
        with self._lock:
            try:
                self._append(line)
            except OSError as error:
                raise StorageError(
                    f"The feedback cannot be kept in {self.path}: {error.strerror}.",
                    "Check the folder's permissions and the space on the disk.",
                ) from error

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b", buffering=0) as file:
            whole = _whole_lines(file.fileno())
            if whole + len(line) > MAX_FILE_BYTES:
                raise StorageError(f"{self.path} is full.", "Move it away; a new one is begun.")
            file.truncate(whole)
            try:
                if file.write(line) != len(line):
                    raise OSError(28, "No space left on device")
                os.fsync(file.fileno())
            except OSError:
                file.truncate(whole)
                raise


def _whole_lines(file: int) -> int:
    """How many bytes of an open file are whole lines."""
    end = os.fstat(file).st_size
    while end:
        start = max(0, end - 65536)
        at = os.pread(file, end - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0


def _record(opinion: Opinion, answer: Answer, history: Sequence[Turn]) -> Mapping[str, Any]:
    told = answer.as_dict()
    what = ("answer_id", "question", "standalone_question", "status", "answer", "citations")
    kept = (*what, "collection", "within", "model")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "verdict": opinion.verdict,
        "comment": opinion.comment.strip(),
        **{name: told[name] for name in kept},
        "history": [{"role": turn.role, "content": turn.content} for turn in history],
    }

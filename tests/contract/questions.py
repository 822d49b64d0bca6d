"""Questions over the seeds: development cases of the evaluation, by what is expected of them."""

from __future__ import annotations

import json

from qa.config import PROJECT

ANSWERABLE = (
    "s300-halt-1",
    "death-toll-1",
    "gerasimov-1",
    "syria-contract-1",
    "trip-2009-1",
    "zone-1974-2",
    "velayati-1",
    "common-ground-1",
    "putin-words-3",
    "green-light-1",
    "full-withdrawal-2",
)
HIJACKED = ("death-toll-11", "injection-misc-3")
PER_EVENT = ("meeting-place-8", "meeting-date-6")
ABSENT = ("year-2014-1", "off-topic-daily-2", "off-topic-daily-1", "year-2019-2016-2")


def question(identity: str) -> str:
    """The question of a development case."""
    return _CASES[identity]


def _read() -> dict[str, str]:
    lines = (PROJECT / "eval" / "cases" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row["question"] for row in map(json.loads, lines)}


_CASES = _read()

"""A made-up collection and three cases about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from eval_world import CROWD_2014, CROWD_2016, TEXT_2014, TEXT_2016, World

from eval.schema.cases import Case, digest, load_cases
from eval.scoring.score import collect
from qa.records import Document, Event


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The collection, its files in a folder of its own."""
    folder = tmp_path / "reports"
    folder.mkdir()
    known = {
        "old.txt": (TEXT_2014, "The Lindow Post", Event(date(2014, 6, 3), "Lindow")),
        "new.txt": (TEXT_2016, None, Event(date(2016, 6, 5), "Ostby")),
    }
    documents = []
    for name, (text, publisher, event) in known.items():
        (folder / name).write_bytes(text.encode())
        title = text.split("\n", 1)[0]
        documents.append(
            Document(digest(text, 16), text, (f"reports/{name}",), title, publisher, event.date, event)
        )
    return World(folder, *documents, collect(documents))


@pytest.fixture
def rows() -> list[dict[str, object]]:
    """Three cases as they are written in a file: a fact, its sibling, a near miss."""
    return [
        {
            "id": "crowd-1",
            "family": "crowd",
            "type": "fact",
            "question": "How many people came in 2014?",
            "expect": "answered",
            "answers": [["1,200"]],
            "forbidden": ["900"],
            "evidence": [[{"document": "old.txt", "quote": CROWD_2014}]],
        },
        {
            "id": "crowd-2",
            "family": "crowd",
            "type": "date_pair",
            "question": "How many people came in 2016?",
            "expect": "answered",
            "answers": [["900"]],
            "forbidden": ["1,200"],
            "evidence": [[{"document": "new.txt", "quote": CROWD_2016}]],
        },
        {
            "id": "prize-1",
            "family": "prize",
            "type": "near_miss",
            "question": "Who won the regatta?",
            "expect": "abstained",
        },
    ]


@pytest.fixture
def write(world: World) -> Callable[..., Path]:
    """Write rows as a file of cases beside the reports."""

    def _write(rows: list[dict[str, object]], name: str = "cases.jsonl") -> Path:
        file = world.folder.parent / name
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return file

    return _write


@pytest.fixture
def cases(world: World, rows: list[dict[str, object]], write: Callable[..., Path]) -> tuple[Case, ...]:
    """The three cases, loaded."""
    return load_cases([write(rows)], world.folder)

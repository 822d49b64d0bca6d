"""What selection sees of a question is written down with what would have been right."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from training.gather import main

PIER = "The pier at Ostby was built in 1902. The mill of Lindow burnt down in 1931 and was never rebuilt."


def test_a_public_set_is_gathered_over_its_own_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row for each question; which candidates answer is known."""
    answer = {"text": "1902", "answer_start": PIER.index("1902")}
    asked = [
        {"question": "When was the pier at Ostby built?", "answers": [answer]},
        {"question": "Why was the pier at Ostby sold?", "is_impossible": True, "answers": []},
    ]
    data = {"data": [{"title": "Ostby_pier", "paragraphs": [{"context": PIER, "qas": asked}]}]}
    (tmp_path / "squad.json").write_text(json.dumps(data), encoding="utf-8")
    out = tmp_path / "rows.jsonl"
    monkeypatch.setattr(
        sys, "argv", ["gather", "--out", str(out), "--public", f"squad2={tmp_path / 'squad.json'}"]
    )
    main()
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["answerable"] for row in rows] == [True, False]
    assert rows[0]["candidates"][0]["gold"]
    assert not any(item["gold"] for item in rows[1]["candidates"])

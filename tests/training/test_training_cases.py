"""The cases that are tuned on beside the open splits can be asked, and are none of the other splits."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.schema.cases import load_cases
from qa.config import PROJECT

SPLITS = [PROJECT / "eval" / "cases" / f"{name}.jsonl" for name in ("dev", "validation", "test")]
FURTHER = PROJECT / "training" / "further.jsonl"
REPORTS = PROJECT / "training" / "reports"


@pytest.mark.parametrize(
    ("files", "documents", "least"),
    [([FURTHER, *SPLITS], PROJECT / "seeds", 70), ([REPORTS / "cases.jsonl"], REPORTS, 120)],
)
def test_every_case_can_be_asked(files: list[Path], documents: Path, least: int) -> None:
    """Its gold sentences stand in the reports; its family is in no other file."""
    cases = load_cases(files, documents)
    assert len([case for case in cases if case.expect != "abstained"]) >= least * 0.7
    assert len({case.id for case in cases}) == len(cases)

"""Collections on the command line: made, asked, copied, listed and taken out by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import one_clear_line, run_qa

BARGE = "Barge sinks at Reval\n\nThe barge Otto sank at Reval on Friday. Captain Jon Rask swam ashore.\n"
FERRY = "Ferry sinks at Hald\n\nThe ferry Alma sank at Hald on Monday. Captain Ida Vey was not on board.\n"


def test_a_collection_from_its_making_to_its_end(tmp_path: Path) -> None:
    """Every command that takes a name works on that one, and leaves the other as it is."""
    data, there = tmp_path / "data", ("--collection", "river")
    for name, text in (("ferry.txt", FERRY), ("barge.txt", BARGE)):
        (tmp_path / name).write_text(text)
    assert run_qa("ingest", str(tmp_path / "ferry.txt"), data_dir=data).returncode == 0
    assert run_qa("ingest", *there, str(tmp_path / "barge.txt"), data_dir=data).returncode == 0
    assert "Otto" in run_qa("ask", *there, "What sank?", data_dir=data).stdout
    (listed,) = json.loads(run_qa("sources", "--json", data_dir=data, COLLECTION="river").stdout)
    assert listed["uris"] == [f"{tmp_path.name}/barge.txt"]
    assert run_qa("correct", *there, listed["id"], "--title", "Otto", data_dir=data).returncode == 0
    assert run_qa("backup", *there, str(tmp_path / "x.backup"), data_dir=data).returncode == 0
    copied = run_qa("restore", "--collection", "copy", str(tmp_path / "x.backup"), data_dir=data)
    assert copied.stdout.startswith("Restored 1 documents")
    assert run_qa("remove", *there, listed["id"], data_dir=data).returncode == 0
    told = json.loads(run_qa("collections", "--json", data_dir=data).stdout)
    assert {one["name"]: one["documents"] for one in told} == {"default": 1, "copy": 1, "river": 0}
    refused = run_qa("collections", "remove", "copy", data_dir=data)
    assert refused.returncode == 2
    one_clear_line(refused, "copy", "--yes")
    assert run_qa("collections", "remove", "copy", "--yes", data_dir=data).returncode == 0
    assert [line.split()[0] for line in run_qa("collections", data_dir=data).stdout.splitlines()] == [
        "default",
        "river",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ask", "--collection", "nope", "What sank?"), 1, "There is no collection nope."),
        (("serve", "--collection", "nope", "--port", "0"), 1, "There is no collection nope."),
        (("mcp", "--collection", "nope"), 1, "There is no collection nope."),
        (("sources", "--collection", "../x"), 2, "names no collection"),
        (("collections", "remove", "default", "--yes"), 2, "stays"),
        (("collections", "remove", "nope", "--yes"), 1, "There is no collection nope."),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """And nothing is made of it."""
    run = run_qa(*arguments, data_dir=tmp_path / "data")
    assert run.returncode == code
    one_clear_line(run, words)
    assert not (tmp_path / "data" / "collections").exists()

"""The reports and questions that evidence selection is calibrated on are whole, exact and not the seeds."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from qa.config import PROJECT
from qa.errors import InputError
from qa.load import find_files, load_file
from qa.split import split_text

REPORTS = PROJECT / "training" / "reports"
SERIES = ("bank", "court", "fish", "football", "islands", "port", "river", "volcano")
NAMES = [path.name for path in sorted(REPORTS.glob("*.txt"))]
SIDECAR = {"title": str, "publisher": str, "published": date, "event_date": date, "event_place": str}
FIELDS = {"id", "series", "question", "answerable", "kind", "near", "gold", "answer"}
KINDS = {
    True: {"fact", "paraphrase", "date_pair", "who", "when", "where", "why", "number", "quote", "yesno"},
    False: {
        "other_event", "absent_attribute", "absent_detail", "swapped_role",
        "false_premise", "true_in_world", "absent_year", "absent_person",
    },
}  # fmt: skip
SEED_PEOPLE = (
    "Putin Netanyahu Assad Obama Trump Kerry Lavrov Shoigu Gerasimov Eisenkot Peskov Kremenyuk Khamenei "
    "Velayati Cameron"
).split()


@lru_cache(maxsize=1)
def _questions() -> list[dict[str, Any]]:
    text = (REPORTS / "questions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@lru_cache(maxsize=1)
def _sidecar() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads((REPORTS / "sources.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def _sentences(name: str) -> tuple[str, ...]:
    return split_text((REPORTS / name).read_bytes().decode())


def _people_in(text: str) -> set[str]:
    return {name for name in SEED_PEOPLE if re.search(rf"\b{name}\b", text, re.IGNORECASE)}


def test_each_series_has_three_or_four_reports() -> None:
    """Eight series, numbered from one, and nothing else that would be indexed beside them but the prose."""
    counts = Counter(name.split("-")[0] for name in NAMES)
    assert sorted(counts) == sorted(SERIES)
    assert all(3 <= number <= 4 for number in counts.values())
    assert sorted(f"{series}-{n}.txt" for series in counts for n in range(1, counts[series] + 1)) == NAMES
    others = {file.name for _, file in find_files([REPORTS])} - set(NAMES)
    assert others == {"README.md", "cases.jsonl", "questions.jsonl"}
    for name in ("cases.jsonl", "questions.jsonl"):
        with pytest.raises(InputError, match="holds no article"):
            load_file(REPORTS, REPORTS / name)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_of_a_reports_length(name: str) -> None:
    """Between 180 and 350 words."""
    assert 180 <= len((REPORTS / name).read_text(encoding="utf-8").split()) <= 350


@pytest.mark.parametrize("name", NAMES)
def test_a_report_has_its_sidecar(name: str) -> None:
    """Every value is of its kind and says on what it rests; only a publisher may be unknown."""
    entry = _sidecar()[name]
    assert SIDECAR.keys() - {"publisher"} <= entry.keys() <= SIDECAR.keys()
    for field, said in entry.items():
        assert said.keys() == {"value", "basis", "from"}, field
        assert isinstance(said["value"], SIDECAR[field])
        assert said["basis"] in ("stated", "inferred")
        assert len(said["from"]) > 5
    document = load_file(REPORTS, REPORTS / name).document
    assert document.published is not None
    assert document.event.date is not None
    assert 0 <= (document.published - document.event.date).days <= 1


def test_the_sidecar_speaks_of_the_reports_alone() -> None:
    """An entry for a file that is not there would be a misspelt name."""
    assert sorted(_sidecar()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_weekday_in_the_text_is_that_of_the_event(name: str) -> None:
    """The day that the report was published, or the event took place, is named where a weekday is."""
    entry = _sidecar()[name]
    days = {entry[field]["value"].strftime("%A") for field in ("published", "event_date")}
    assert any(day in (REPORTS / name).read_text(encoding="utf-8") for day in days)


def test_some_events_are_told_twice() -> None:
    """In three series or more, two reports by different publishers tell of one event."""
    events: dict[tuple[str, date], set[str]] = {}
    for name, entry in _sidecar().items():
        key = (name.split("-")[0], entry["event_date"]["value"])
        events.setdefault(key, set()).add(entry["publisher"]["value"] if "publisher" in entry else name)
    assert len({series for (series, _), publishers in events.items() if len(publishers) == 2}) >= 3


def test_the_fields_of_a_question_are_as_described() -> None:
    """Every field is there, of its kind, and ids and questions are unique."""
    rows = _questions()
    for row in rows:
        assert row.keys() == FIELDS, row["id"]
        assert row["series"] in SERIES
        assert row["near"] in NAMES
        assert row["near"].startswith(f"{row['series']}-")
        assert row["kind"] in KINDS[row["answerable"]], row["id"]
        assert re.fullmatch(rf"{row['series']}-{'a' if row['answerable'] else 'u'}\d\d", row["id"])
        assert len(row["question"].split()) >= 3
        assert row["question"] == row["question"].strip()
    assert max(Counter(row["id"] for row in rows).values()) == 1
    assert max(Counter(row["question"].lower() for row in rows).values()) == 1
    assert {row["kind"] for row in rows} == KINDS[True] | KINDS[False]


def test_a_gold_quote_is_one_sentence_of_its_report() -> None:
    """Byte for byte, as the program splits them; the short answer stands in the first."""
    for row in _questions():
        if not row["answerable"]:
            assert (row["gold"], row["answer"]) == ([], ""), row["id"]
            continue
        assert row["gold"], row["id"]
        for gold in row["gold"]:
            assert gold.keys() == {"document", "quote"}
            assert gold["document"].startswith(f"{row['series']}-")
            assert gold["quote"] in _sentences(gold["document"]), row["id"]
        assert row["gold"][0]["document"] == row["near"], row["id"]
        assert row["answer"], row["id"]
        assert row["answer"].lower() in row["gold"][0]["quote"].lower(), row["id"]


def test_there_are_enough_questions_and_they_are_balanced() -> None:
    """At least 160 of each sort, five of each for every report, and about as many of each in a series."""
    rows = _questions()
    total = Counter(row["answerable"] for row in rows)
    by_report = Counter((row["near"], row["answerable"]) for row in rows)
    by_series = Counter((row["series"], row["answerable"]) for row in rows)
    assert min(total[True], total[False]) >= 160
    assert min(by_report[name, sort] for name in NAMES for sort in (True, False)) >= 5
    for series in SERIES:
        assert 0.75 <= by_series[series, True] / by_series[series, False] <= 1.3, series


def test_nobody_of_the_seeds_occurs(seeds: Path) -> None:
    """No name of a person in the seeds stands in any file here; each of those names does stand in the seeds."""
    told = " ".join(path.read_text(encoding="utf-8") for path in seeds.glob("*.txt"))
    assert _people_in(told) == set(SEED_PEOPLE)
    for path in REPORTS.iterdir():
        assert _people_in(path.read_text(encoding="utf-8")) == set(), path.name


def test_the_licence_is_named() -> None:
    """The texts may be used by anybody."""
    assert "CC0 1.0" in (REPORTS / "LICENSE").read_text(encoding="utf-8")

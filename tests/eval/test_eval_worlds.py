"""A perturbed world: reports and cases change together, and a case that may not hold any more is dropped."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from eval_world import CROWD_2014, World

from eval.schema.cases import Case, load_cases
from eval.schema.text import canonical, contains
from eval.worlds import make
from eval.worlds.gold import Dropped, beside, carry_over, to_row, without
from eval.worlds.make import CASES, main, make_world, world_cases
from eval.worlds.reports import put_in, read_reports, rewrite, take_out, write_reports
from eval.worlds.words import KINDS, Rewriter, Words, read_table
from qa.config import PROJECT
from qa.errors import InputError
from qa.records import Turn

SEEDS = PROJECT / "seeds"
OPEN = [CASES / "dev.jsonl", CASES / "validation.jsonl"]
WORDS = Words({}, {"lindow": "Ambry", "brook": "Tarn", "1,200": "1,700"}, 28)


def lot(seed: int) -> random.Random:
    """A draw that can be repeated."""
    return random.Random(seed)  # noqa: S311


@pytest.fixture(scope="module")
def open_cases() -> tuple[Case, ...]:
    """The open cases over the seeds."""
    return load_cases(OPEN, SEEDS)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_names_places_years_and_counts_carry_every_case_over(
    open_cases: tuple[Case, ...], tmp_path: Path, seed: int
) -> None:
    """Loading the world has checked each gold sentence; no case is lost, and no old name or place is left."""
    kinds = KINDS[:4]
    world = make_world(SEEDS, open_cases, seed, kinds, tmp_path)
    assert [case.id for case in world.cases] == [case.id for case in open_cases]
    assert world.dropped == ()
    table = read_table()
    new = {form.casefold() for pool in table["pool"] for entry in pool["to"] for form in entry}
    pools = [pool for pool in table["pool"] if pool["kind"] in ("names", "places")]
    old = {form for pool in pools for entry in pool["from"] for form in entry if form.casefold() not in new}
    find = Rewriter(Words({form: form for form in old}, {}))
    texts = [file.read_text(encoding="utf-8") for file in tmp_path.iterdir() if file.name != "world.json"]
    assert len(texts) == 7
    assert not any(find.mentions(text) for text in texts)


def test_dates_keep_their_weekday(open_cases: tuple[Case, ...], tmp_path: Path) -> None:
    """The event dates of sources.toml fall on the weekdays that the reports say."""
    make_world(SEEDS, open_cases, 4, ["years"], tmp_path)
    for before, after in zip(read_reports(SEEDS).reports, read_reports(tmp_path).reports, strict=True):
        old, new = before.known["event_date"][0], after.known["event_date"][0]
        assert f"{old:%A %d %B}" == f"{new:%A %d %B}"
        assert before.year != after.year


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_a_world_with_a_report_less_and_one_more(
    open_cases: tuple[Case, ...], tmp_path: Path, seed: int
) -> None:
    """Every case is either there or dropped with a reason, and none needs the report that is gone."""
    world = make_world(SEEDS, open_cases, seed, KINDS, tmp_path)
    names = {file.name for file in tmp_path.glob("*.txt")}
    assert world.added in names
    assert world.removed not in names
    assert len(names) == 5
    assert {case.id for case in world.cases} | {item.id for item in world.dropped} == {c.id for c in open_cases}
    assert all(item.reason for item in world.dropped)
    assert all(gold.document != world.added for case in world.cases for gold in case.gold)
    told = json.loads((tmp_path / "world.json").read_text(encoding="utf-8"))
    assert told["dropped"] == {item.id: item.reason for item in world.dropped}


def test_the_same_seed_writes_the_same_world(open_cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Byte for byte, and another seed another one."""
    first, second, other = (tmp_path / name for name in "abc")
    for folder, seed in ((first, 7), (second, 7), (other, 8)):
        world_cases(SEEDS, open_cases, seed, folder)
    files = sorted(file.name for file in first.iterdir())
    assert files == sorted(file.name for file in second.iterdir())
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in files)
    assert (first / "cases.jsonl").read_bytes() != (other / "cases.jsonl").read_bytes()


def test_reports_are_written_as_they_are_read(world: World, tmp_path: Path) -> None:
    """What sources.toml says survives a round, with its basis, and dates move with the years."""
    sidecar = (
        '["old.txt"]\ntitle = { value = "Regatta at Lindow", basis = "stated", from = "first \\"line\\"" }\n'
    )
    (world.folder / "sources.toml").write_text(f"{sidecar}event_date = 2014-06-03\n", encoding="utf-8")
    reports = rewrite(read_reports(world.folder), Rewriter(WORDS))
    write_reports(reports, tmp_path)
    again = read_reports(tmp_path)
    assert again == reports
    (old,) = (report for report in again.reports if report.name == "old.txt")
    assert old.known["title"] == ("Regatta at Ambry", 'stated: first "line"')
    assert old.year == 2042
    assert "Ada Tarn opened the regatta on June 3, 2042" in old.text


def test_a_case_is_rewritten_whole(world: World, cases: tuple[Case, ...]) -> None:
    """Question, answers, forbidden values and gold sentences change; id and family stay."""
    rewriter = Rewriter(WORDS)
    other = carry_over(cases[0], rewriter, rewrite(read_reports(world.folder), rewriter))
    assert isinstance(other, Case)
    assert to_row(other) == to_row(cases[0]) | {
        "question": "How many people came in 2042?",
        "answers": [["1,700"]],
        "evidence": [[{"document": "old.txt", "quote": CROWD_2014.replace("1,200", "1,700")}]],
    }


def test_a_case_whose_evidence_changed_its_meaning_is_dropped(world: World, cases: tuple[Case, ...]) -> None:
    """Here the new count is the forbidden one; there the gold sentence is in no report."""
    rewriter = Rewriter(Words({}, {"1,200": "900"}))
    reports = rewrite(read_reports(world.folder), rewriter)
    changed = carry_over(cases[0], rewriter, reports)
    assert changed == Dropped("crowd-1", "the evidence does not say the same any more")
    missing = carry_over(cases[0], rewriter, read_reports(world.folder))
    assert missing == Dropped("crowd-1", "a gold sentence does not stand in its report")


@pytest.fixture
def dated(world: World) -> World:
    """The regatta's reports with the years of their events."""
    lines = (f'["{name}.txt"]\nevent_date = {year}-06-03\n' for name, year in (("old", 2014), ("new", 2016)))
    (world.folder / "sources.toml").write_text("".join(lines), encoding="utf-8")
    return world


def test_what_only_the_missing_report_told_becomes_an_abstention(dated: World, cases: tuple[Case, ...]) -> None:
    """The question names the year, no other report has it, and none has the answer."""
    new, old = read_reports(dated.folder).reports
    left = replace(read_reports(dated.folder), reports=(new,))
    case = without(cases[0], old, left)
    assert isinstance(case, Case)
    assert (case.type, case.expect, case.answers, case.evidence) == ("absent_year", "abstained", (), ())
    assert case.forbidden == ("900", "1,200")
    assert without(cases[1], old, left) is cases[1]
    assert without(cases[2], old, left) is cases[2]


@pytest.mark.parametrize(
    "change",
    [
        {"question": "How many people came?"},
        {"question": "How many people came in 2014 and 2016?"},
        {"type": "comparison"},
        {"answers": (("900",),)},
    ],
)
def test_what_may_still_be_answered_is_dropped(
    dated: World, cases: tuple[Case, ...], change: dict[str, object]
) -> None:
    """No year or another one named, several reports wanted, or the value told elsewhere: nobody can be sure."""
    new, old = read_reports(dated.folder).reports
    case = replace(cases[0], **change)  # type: ignore[arg-type]
    dropped = without(case, old, replace(read_reports(dated.folder), reports=(new,)))
    assert dropped == Dropped("crowd-1", "the report that was taken out is needed")


def test_another_sufficient_set_keeps_a_case(dated: World, cases: tuple[Case, ...]) -> None:
    """Only the sets that need the missing report go."""
    new, old = read_reports(dated.folder).reports
    both = replace(cases[0], evidence=(*cases[0].evidence, *cases[1].evidence))
    case = without(both, old, replace(read_reports(dated.folder), reports=(new,)))
    assert isinstance(case, Case)
    assert case.evidence == cases[1].evidence


def test_taking_out_leaves_the_others(dated: World) -> None:
    """One report goes, the same for the same lot."""
    reports = read_reports(dated.folder)
    left, gone = take_out(reports, lot(3))
    assert sorted([gone.name, *(report.name for report in left.reports)]) == ["new.txt", "old.txt"]
    assert take_out(reports, lot(3))[1].name == gone.name


def test_an_added_report_has_a_year_of_its_own(dated: World) -> None:
    """Its year is neither a report's nor a question's, and its text says the weekday of its date."""
    written = read_table()["report"]
    for seed in range(12):
        added = put_in(read_reports(dated.folder), written, frozenset((2012, 2018)), lot(seed))
        assert added.report.year not in (2012, 2014, 2016, 2018)
        day = added.report.known["event_date"][0]
        assert f"{day:%A}" in added.report.text
        assert "{" not in added.report.text


def test_added_reports_share_nothing_with_the_rest() -> None:
    """No name or place of the table stands in them, old or new."""
    table = read_table()
    forms = {f for pool in table["pool"] for key in ("from", "to") for entry in pool[key] for f in entry}
    names = Rewriter(Words({form: form for form in forms if not form[0].isdigit()}, {}))
    assert not any(names.mentions(report["text"]) for report in table["report"])


def test_an_open_question_about_a_meeting_is_dropped_beside_another_meeting(
    dated: World, cases: tuple[Case, ...]
) -> None:
    """A name, a place or a year in the question or the turns before it keeps it."""
    added = put_in(read_reports(dated.folder), read_table()["report"], frozenset(), lot(1))
    names = Rewriter(Words({}, {"lindow": "Lindow"}))
    bare = replace(cases[0], question="Where were the talks held?")
    assert beside(bare, added, names) == Dropped("crowd-1", "it would ask about the added report as well")
    for said in ("Where were the talks held in 2014?", "Where in Lindow were the talks held?", "Who sang?"):
        case = replace(bare, question=said)
        assert beside(case, added, names) is case
    told = replace(bare, history=(Turn("user", "Who came to Lindow?"),))
    assert beside(told, added, names) is told


def test_the_command_writes_a_world(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    world: World,
    rows: list[dict[str, object]],
    write: Callable[..., Path],
) -> None:
    """It says how many cases there are, and does not write over anything."""
    given = ["--documents", str(world.folder), "--cases", str(write(rows)), "--kinds", "years", "--seed", "2"]
    out = tmp_path / "world"
    assert main([*given, "--out", str(out)]) == 0
    assert "3 of 3 cases" in capsys.readouterr().out
    (first, *_) = load_cases([out / "cases.jsonl"], out)
    assert first.question != rows[0]["question"]
    assert contains(canonical(first.gold[0].quote), canonical("1,200"))
    with pytest.raises(InputError, match="is not empty"):
        main([*given, "--out", str(out)])


def test_an_unknown_kind_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says which kinds there are."""
    with pytest.raises(SystemExit):
        main(["--seed", "1", "--out", str(tmp_path / "x"), "--kinds", "names,moods"])
    assert "names, places, years, counts, remove, add" in capsys.readouterr().err


def test_the_sealed_cases_are_not_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given by name they are refused before they are read."""
    monkeypatch.setattr(make, "CASES", tmp_path)
    with pytest.raises(InputError, match="sealed"):
        main(["--seed", "1", "--out", str(tmp_path / "x"), "--cases", str(tmp_path / "test.jsonl")])


def test_no_case_left_is_an_error(world: World, cases: tuple[Case, ...], tmp_path: Path) -> None:
    """A world without cases is nothing to run."""
    with pytest.raises(InputError, match="No case"):
        make_world(world.folder, (), 1, KINDS, tmp_path / "w")

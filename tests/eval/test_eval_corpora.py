"""The further corpora are whole: cases that load, gold that says the answer, reports of the promised size."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.corpora import Corpus, find_corpora
from eval.schema.cases import Case, load_cases
from eval.schema.text import canonical, contains
from eval.worlds.reports import read_reports
from qa.words import years

(CORRIN,) = find_corpora()


@pytest.fixture(scope="module")
def corrin() -> tuple[Case, ...]:
    """The cases of the Corrin Race."""
    return load_cases([CORRIN.cases], CORRIN.documents)


def test_a_corpus_is_a_folder_with_documents_and_cases(tmp_path: Path) -> None:
    """A folder that lacks one of the two is none."""
    for name, parts in (("b", ("documents",)), ("a", ("documents", "cases.jsonl")), ("c", ("cases.jsonl",))):
        for part in parts:
            path = tmp_path / name / part
            path.parent.mkdir(exist_ok=True)
            path.touch() if path.suffix else path.mkdir()
    folder = tmp_path / "a"
    assert find_corpora(tmp_path) == (Corpus("a", folder / "documents", folder / "cases.jsonl"),)


def test_the_reports_are_short_and_known() -> None:
    """Ten reports of 150 to 300 words over nine events, two of them of one."""
    reports = read_reports(CORRIN.documents).reports
    assert all(150 <= len(report.text.split()) <= 300 for report in reports)
    assert all(
        {"title", "publisher", "published", "event_date", "event_place"} == set(report.known)
        for report in reports
    )
    assert len(reports) == 10
    assert len({report.known["event_date"][0] for report in reports}) == 9
    assert {"LICENSE", "README.md"} <= {file.name for file in CORRIN.documents.parent.iterdir()}


def test_the_cases_are_of_all_types(corrin: tuple[Case, ...]) -> None:
    """As many as the README says, of each type at least two."""
    types = [case.type for case in corrin]
    assert (len(corrin), len({case.family for case in corrin}), len(set(types))) == (79, 21, 15)
    assert min(types.count(name) for name in types) >= 2
    readme = (CORRIN.documents.parent / "README.md").read_text(encoding="utf-8")
    assert "79 cases in 21 families" in readme
    assert all(f"| `{name}` | {types.count(name)} |" in readme for name in types)


def test_gold_says_what_is_wanted_and_nothing_forbidden(corrin: tuple[Case, ...]) -> None:
    """Each wanted value stands in the gold sentences; a year may be the report's own."""
    for case in corrin:
        evidence = canonical("\n".join(gold.quote for gold in case.gold))
        for aliases in case.answers:
            assert any(contains(evidence, canonical(alias)) or years(alias) for alias in aliases), case.id
        assert not any(contains(evidence, canonical(value)) for value in case.forbidden), case.id

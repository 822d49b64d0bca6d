"""Cases are checked whole before anything runs, and each fault is named by file, line and field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_world import CROWD_2014, World

from eval.running.plan import CASES, OPEN_SPLITS
from eval.schema.cases import Case, digest, load_cases
from eval.scoring.score import collect, score
from qa.config import PROJECT
from qa.errors import InputError
from qa.load import find_files, load_file
from qa.records import Answer, AnswerSentence, Citation, Document


def test_a_case_is_read_whole(world: World, cases: tuple[Case, ...]) -> None:
    """Fields arrive as written, and gold evidence with the place where it stands."""
    first = cases[0]
    (gold,) = first.gold
    ((start, end),) = gold.spans
    assert (first.id, first.family, first.expect, first.forbidden) == ("crowd-1", "crowd", "answered", ("900",))
    assert world.old.text[start:end] == CROWD_2014
    assert gold.document_id == world.old.id
    assert gold.id == f"{world.old.id}:{digest(CROWD_2014, 16)}"


def test_gold_ids_do_not_depend_on_place(
    world: World, rows: list[dict[str, Any]], write: Callable[..., Path]
) -> None:
    """A quote that stands twice has one id and both spans."""
    (world.folder / "twice.txt").write_text(f"{CROWD_2014} {CROWD_2014}", encoding="utf-8")
    rows[0]["evidence"][0][0]["document"] = "twice.txt"
    (gold,) = load_cases([write(rows)], world.folder)[0].gold
    assert len(gold.spans) == 2


@pytest.mark.parametrize(
    ("row", "change", "said"),
    [
        (0, {"type": "riddle"}, 'line 1, field "type"'),
        (1, {"id": "crowd-1"}, 'line 2, field "id": "crowd-1" is already used'),
        (1, {"id": "  "}, 'line 2, field "id"'),
        (1, {"surprise": 1}, 'line 2, field "surprise"'),
        (0, {"answers": []}, 'line 1, field "answers": must not be empty'),
        (0, {"answers": [[]]}, 'line 1, field "answers[0]"'),
        (0, {"answers": [["a", 3]]}, 'line 1, field "answers[0][1]"'),
        (0, {"evidence": []}, 'line 1, field "evidence"'),
        (2, {"answers": [["Brook"]]}, 'line 3, field "answers": must be empty'),
        (2, {"history": [{"role": "system", "content": "x"}]}, 'line 3, field "history[0].role"'),
        (2, {"question": None}, 'line 3, field "question"'),
        (0, {"evidence": [[{"document": "old.txt", "quote": "Snow fell."}]]}, 'field "evidence[0][0].quote"'),
        (0, {"evidence": [[{"document": "gone.txt", "quote": "x"}]]}, 'field "evidence[0][0].document"'),
    ],
)
def test_a_wrong_field_is_named(
    world: World,
    rows: list[dict[str, Any]],
    write: Callable[..., Path],
    row: int,
    change: dict[str, Any],
    said: str,
) -> None:
    """File, line and field stand in one line."""
    rows[row] |= change
    file = write(rows)
    with pytest.raises(InputError) as caught:
        load_cases([file], world.folder)
    assert said in caught.value.message
    assert str(file) in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"id": "a"\n', "line 1: this is not JSON"),
        (b"\n\n[1]\n", "line 3: this is not a JSON object"),
        (b'{}\n"\xff"\n', "line 2: this is not UTF-8"),
        (b"\n", "no cases"),
    ],
)
def test_an_unreadable_file_is_named(world: World, tmp_path: Path, content: bytes, said: str) -> None:
    """What is no JSON, no object, no UTF-8 or empty is said in one line."""
    file = tmp_path / "broken.jsonl"
    file.write_bytes(content)
    with pytest.raises(InputError, match=said):
        load_cases([file], world.folder)


def test_a_missing_file_is_named(world: World) -> None:
    """A path that does not exist is said as such."""
    with pytest.raises(InputError, match=r"nowhere\.jsonl cannot be read"):
        load_cases([Path("nowhere.jsonl")], world.folder)


def test_a_family_is_in_one_split(world: World, rows: list[dict[str, Any]], write: Callable[..., Path]) -> None:
    """The same family in two files is a leak between splits."""
    one, other = write(rows[:1]), write(rows[1:], "other.jsonl")
    with pytest.raises(InputError, match=r'other\.jsonl, line 1, field "family": "crowd" is in .*cases\.jsonl'):
        load_cases([one, other], world.folder)


def test_quoting_the_gold_evidence_is_right() -> None:
    """Each open case that ships can be got right by quoting its own evidence, in each sufficient way."""
    documents = [load_file(root, file).document for root, file in find_files([PROJECT / "seeds"])]
    collection = collect(documents)
    for case in load_cases([CASES / f"{split}.jsonl" for split in OPEN_SPLITS], PROJECT / "seeds"):
        for answer in _quoting(case, collection.documents):
            found = score(case, answer, collection)
            assert (found.outcome, found.keeps_contract) == ("right", True), case.id
            assert not found.wrong_event, case.id
            assert found.evidence_found is not False, case.id


def _quoting(case: Case, documents: Any) -> list[Answer]:
    """An answer for each sufficient set that quotes it, with the event's date and place."""
    if case.expect == "abstained":
        return [Answer(case.question, case.question, "abstained", "Not in the documents.")]
    answers = []
    for golds in case.evidence:
        citations = tuple(
            _cite(documents[gold.document_id], gold.spans[0], number)
            for number, gold in enumerate(golds, start=1)
        )
        sentences = tuple(AnswerSentence(item.quote, (item.number,), "quote") for item in citations)
        labels = [
            f"{documents[item.document_id].event.label}, {item.publisher}, {item.title}" for item in citations
        ]
        shown = " ".join(f"{label}: {item.quote}" for label, item in zip(labels, citations, strict=True))
        answers.append(Answer(case.question, case.question, "answered", shown, sentences, citations))
    return answers


def _cite(document: Document, span: tuple[int, int], number: int) -> Citation:
    quote = document.text[slice(*span)]
    fields = (document.id, document.title, document.publisher, document.published, document.uri)
    return Citation(number, *fields, *span, quote)

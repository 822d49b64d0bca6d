"""Public files become documents and cases of our own form; samples here are made up, in each file's form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.public import SLICES, load_slice
from eval.schema.cases import Case
from qa.errors import InputError
from qa.load import find_files, load_file

PIER = "The pier at Ostby was built in 1902. It burnt down in 1931 and was never rebuilt."
MILL = "Anna Reyl ran the mill. Her brother Carl kept the books."
SQUAD: dict[str, Any] = {
    "data": [
        {
            "title": "Ostby_pier",
            "paragraphs": [
                {
                    "context": PIER,
                    "qas": [
                        {
                            "question": "When did it burn down?",
                            "is_impossible": False,
                            "answers": [
                                {"text": "1931", "answer_start": PIER.index("1931")},
                                {"text": "in 1931", "answer_start": PIER.index("in 1931")},
                            ],
                        },
                    ],
                },
                {
                    "context": MILL,
                    "qas": [
                        {
                            "question": "Who owned the mill?",
                            "is_impossible": True,
                            "answers": [],
                            "plausible_answers": [{"text": "Anna Reyl", "answer_start": 0}],
                        },
                        {
                            "question": "Who ran the mill?",
                            "answers": [{"text": "Anna Reyl", "answer_start": 0}],
                        },
                    ],
                },
            ],
        }
    ]
}
TIMEQA: list[dict[str, Any]] = [
    {
        "index": "/wiki/Ostby_Mill#P1",
        "link": "/wiki/Ostby_Mill",
        "questions": [
            ["Who owned Ostby Mill in 1810?", [{"para": 1, "from": 0, "end": 9, "answer": "Anna Reyl"}]],
            ["Who owned Ostby Mill in 1700?", [{"para": 0, "from": 0, "end": 0, "answer": ""}]],
        ],
        "paras": ["Ostby Mill", "Anna Reyl owned the mill from 1804 . Carl Reyl bought it in 1822 ."],
    }
]
RAMDOCS: dict[str, Any] = {
    "question": "When was the Ostby pier built?",
    "documents": [
        {"text": "The pier was built in 1902. It was long.", "type": "correct", "answer": "1902"},
        {"text": "Work on the second pier ended two years after the war.", "type": "correct", "answer": "1920"},
        {"text": "The pier was built in 1850.", "type": "misinfo", "answer": "1850"},
        {"text": "Ostby lies on the sea.", "type": "noise", "answer": "unknown"},
    ],
    "gold_answers": ["1902", "1920", "1999"],
    "wrong_answers": ["1850"],
}
MTRAG: list[dict[str, Any]] = [
    {
        "Collection": "towns",
        "contexts": [{"document_id": "1", "text": "Ostby has a pier.", "title": "Ostby"}],
        "input": [{"speaker": "user", "text": "Has Ostby a pier?"}],
        "answerability": ["ANSWERABLE"],
    },
    {
        "Collection": "towns",
        "contexts": [],
        "input": [
            {"speaker": "user", "text": "Has Ostby a pier?"},
            {"speaker": "agent", "text": "Yes."},
            {"speaker": "user", "text": "Who paid for it?"},
        ],
        "answerability": ["UNANSWERABLE"],
    },
    {
        "Collection": "towns",
        "contexts": [],
        "input": [{"speaker": "user", "text": "How long is it?"}],
        "answerability": ["UNDERSPECIFIED"],
    },
]
RGB: list[dict[str, Any]] = [
    {
        "id": 0,
        "query": "Who opened the pier, and when?",
        "answer": [["Mayor Brook", "Ada Brook"], "1902"],
        "positive": ["Ada Brook opened the pier. That was in 1902."],
        "negative": ["The mill is old."],
    },
    {"id": 1, "query": "Who closed it?", "answer": "Dunn", "positive": [], "negative": ["The mill is older."]},
    {
        "id": 2,
        "query": "Where is the pier?",
        "answer": "Ostby",
        "positive": [["The pier at Ostby."]],
        "negative": [],
    },
]

Put = Callable[[str, Any], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a value as files of a kind are written: JSON, or a line for each item."""

    def _put(kind: str, value: Any) -> Path:
        file = tmp_path / "given"
        whole = kind in ("squad2", "timeqa")
        file.write_text(json.dumps(value) if whole else "\n".join(map(json.dumps, value)), encoding="utf-8")
        return file

    return _put


def quotes(case: Case) -> list[list[str]]:
    """The gold sentences, a list for each sufficient set."""
    return [[gold.quote for gold in one_set] for one_set in case.evidence]


def test_squad2(put: Put, tmp_path: Path) -> None:
    """An article is a document; answers point to sentences; impossible questions forbid the plausible."""
    burnt, owned, ran = load_slice("squad2", put("squad2", SQUAD), None, 0, tmp_path / "out")
    assert (burnt.type, burnt.answers) == ("fact", (("1931", "in 1931"),))
    assert quotes(burnt) == [["It burnt down in 1931 and was never rebuilt."]] * 2
    assert (owned.expect, owned.forbidden) == ("abstained", ("Anna Reyl",))
    assert quotes(ran) == [["Anna Reyl ran the mill."]]
    assert burnt.family == owned.family == ran.family
    ((root, file),) = find_files([tmp_path / "out"])
    document = load_file(root, file).document
    assert (document.title, document.text) == ("Ostby pier", f"{PIER}\n\n{MILL}")


def test_timeqa(put: Put, tmp_path: Path) -> None:
    """The questions about an entity are a family; an empty answer means that there is none."""
    owned, unknown = load_slice("timeqa", put("timeqa", TIMEQA), None, 0, tmp_path / "out")
    assert (owned.type, owned.answers) == ("date_pair", (("Anna Reyl",),))
    assert quotes(owned) == [["Anna Reyl owned the mill from 1804 ."]]
    assert (unknown.expect, unknown.family) == ("abstained", owned.family)


def test_ramdocs(put: Put, tmp_path: Path) -> None:
    """All answers that a correct document gives are wanted; one given in other words has the whole document."""
    (case,) = load_slice("ramdocs", put("ramdocs", [RAMDOCS]), None, 0, tmp_path / "out")
    assert (case.type, case.answers, case.forbidden) == ("aggregation", (("1902",), ("1920",)), ("1850",))
    assert quotes(case) == [["The pier was built in 1902.", RAMDOCS["documents"][1]["text"]]]
    assert len(list(find_files([tmp_path / "out"]))) == 4
    (none,) = load_slice(
        "ramdocs", put("ramdocs", [RAMDOCS | {"gold_answers": ["1999"]}]), None, 0, tmp_path / "none"
    )
    assert (none.expect, none.forbidden) == ("abstained", ("1850",))


def test_mtrag(put: Put, tmp_path: Path) -> None:
    """What cannot be answered is asked with its history; passages of answerable questions stay as documents."""
    paid, length = load_slice("mtrag", put("mtrag", MTRAG), None, 0, tmp_path / "out")
    assert (paid.question, paid.type, paid.expect) == ("Who paid for it?", "near_miss", "abstained")
    assert [turn.role for turn in paid.history] == ["user", "assistant"]
    assert (length.type, length.expect) == ("ambiguous", "abstained")
    assert paid.family != length.family
    ((root, file),) = find_files([tmp_path / "out"])
    assert load_file(root, file).document.title == "Ostby"


def test_rgb(put: Put, tmp_path: Path) -> None:
    """Items of the answer are all needed, lists among them are aliases; without a passage nothing is known."""
    opened, closed, where = load_slice("rgb", put("rgb", RGB), None, 0, tmp_path / "out")
    assert opened.answers == (("Mayor Brook", "Ada Brook"), ("1902",))
    assert quotes(opened) == [["Ada Brook opened the pier.", "That was in 1902."]]
    assert closed.expect == "abstained"
    assert (where.answers, where.type) == ((("Ostby",),), "fact")
    assert len(list(find_files([tmp_path / "out"]))) == 4


def changed(value: Any, *path: Any) -> Any:
    """A copy of a value in which the last of the path is put where the others lead; None takes it out."""
    copy = json.loads(json.dumps(value))
    *way, key, new = path
    inner = copy
    for step in way:
        inner = inner[step]
    if new is None:
        del inner[key]
    else:
        inner[key] = new
    return copy


QAS = ("data", 0, "paragraphs", 0, "qas", 0)


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("squad2", changed(SQUAD, *QAS, "question", None), "data[0].paragraphs[0].qas[0].question"),
        (
            "squad2",
            changed(SQUAD, *QAS, "answers", 0, "answer_start", 3),
            'qas[0].answers[0]": "1931"',
        ),
        ("squad2", changed(SQUAD, *QAS, "answers", []), 'qas[0].answers": must not be empty'),
        ("squad2", changed(SQUAD, "data", 0, "paragraphs", 0, "context", "a\x00b"), 'paragraphs[0].context": '),
        ("timeqa", changed(TIMEQA, 0, "paras", None), 'given, field "[0].paras"'),
        ("timeqa", changed(TIMEQA, 0, "questions", 0, 1, 0, "para", 7), '[0].questions[0][1][0]": "Anna Reyl"'),
        ("ramdocs", [RAMDOCS, RAMDOCS | {"gold_answers": []}], 'given, line 2, field "gold_answers"'),
        ("ramdocs", [changed(RAMDOCS, "documents", 1, "type", "odd")], 'line 1, field "documents[1].type"'),
        ("ramdocs", [RAMDOCS | {"documents": []}], 'line 1, field "documents"'),
        ("mtrag", changed(MTRAG, 1, "input", 0, "speaker", "cat"), 'line 2, field "input[0].speaker"'),
        ("mtrag", changed(MTRAG, 2, "input", []), 'line 3, field "input"'),
        ("mtrag", changed(MTRAG, 0, "answerability", ["MAYBE"]), 'line 1, field "answerability[0]"'),
        ("rgb", changed(RGB, 0, "query", None), 'line 1, field "query"'),
        ("rgb", changed(RGB, 0, "answer", []), 'line 1, field "answer"'),
        ("rgb", changed(RGB, 1, "negative", []), 'line 2, field "positive"'),
    ],
)
def test_what_is_wrong_is_named(put: Put, tmp_path: Path, kind: str, value: object, said: str) -> None:
    """File, line where there are lines, and field stand in one line, and nothing is written."""
    file = put(kind, value)
    with pytest.raises(InputError) as caught:
        load_slice(kind, file, None, 0, tmp_path / "out")
    assert said in caught.value.message
    assert str(file) in caught.value.message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"question": \n', "line 1: this is not JSON"),
        (b"{}\n\n{", "line 1, field"),
        (b"\xff\xfe", "line 1: this is not UTF-8"),
    ],
)
def test_a_broken_file_is_named_by_line(tmp_path: Path, content: bytes, said: str) -> None:
    """Neither JSON nor text: the line is told."""
    file = tmp_path / "given"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_slice("ramdocs", file, None, 0, tmp_path / "out")
    assert said in caught.value.message


def test_a_missing_file_and_an_unknown_kind_are_told(tmp_path: Path) -> None:
    """Also a file in which there is nothing to ask."""
    with pytest.raises(InputError, match="cannot be read"):
        load_slice("rgb", tmp_path / "gone", None, 0, tmp_path / "out")
    with pytest.raises(InputError, match='no public slice "nq"'):
        load_slice("nq", tmp_path / "gone", None, 0, tmp_path / "out")
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="no question"):
        load_slice("rgb", tmp_path / "empty", None, 0, tmp_path / "out")
    assert set(SLICES) == {"squad2", "ramdocs", "timeqa", "mtrag", "rgb"}

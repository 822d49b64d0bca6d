"""A question narrowed to some documents: as if the collection held no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from support import write_reports

from qa.config import Settings
from qa.dateline import Dateline
from qa.errors import InputError, NotFoundError
from qa.records import Answer, Document
from qa.scopes.coverage import of_chosen

SIDECAR = """\
["courier.txt"]
title = "The pier"
publisher = "The Courier"
event_date = 2014-06-03
event_place = "Lindow"

["post.txt"]
title = "A crowd"
publisher = "The Post"
event_date = 2014-06-03
event_place = "Lindow"

["rain.txt"]
title = "Rain"
publisher = "The Courier"
event_date = 2016-06-05
event_place = "Ostby"
"""
REPORTS = {
    "courier.txt": "Mayor Ada Brook opened the regatta on Tuesday. At least 1,200 people came to the pier.\n",
    "post.txt": "The regatta was opened in fine weather. Some 900 people came to the pier, the Post counted.\n",
    "rain.txt": "Mayor Carl Dunn opened the regatta on Sunday. Rain fell. Some 300 people came to the pier.\n",
}
CROWD = "How many people came to the pier in 2014?"


def of(dateline: Dateline, day: date) -> tuple[str, ...]:
    """The ids of the reports of a day's event."""
    return tuple(one.id for one in dateline.documents() if one.event.date == day)


def drawn_on(answer: Answer) -> set[str]:
    """The documents that an answer shows anything of."""
    return {citation.document_id for citation in (*answer.citations, *answer.nearest)}


@pytest.fixture(scope="module")
def regattas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three reports: two that differ, of one event, and one of another."""
    return write_reports(tmp_path_factory.mktemp("regattas") / "reports", REPORTS, SIDECAR)


@pytest.fixture
def own(regattas: Path, make_settings: Callable[..., Settings]) -> Iterator[Dateline]:
    """Dateline over them, free to change."""
    with Dateline.open(make_settings(seed_dir=regattas), own=True) as dateline:
        yield dateline


def named(dateline: Dateline, *names: str) -> list[Document]:
    """The documents with these file names."""
    return [next(one for one in dateline.documents() if one.uri.endswith(name)) for name in names]


def test_an_open_question_is_answered_from_the_one_chosen(quoting: Dateline) -> None:
    """Several events match; narrowed to the reports of one it is answered from that, and says of what."""
    question = "Where did the two leaders meet?"
    assert len({one.event_date for one in quoting.ask(question).citations}) > 1
    for event in {one.event.date for one in quoting.documents() if one.event.date}:
        chosen = of(quoting, event)
        answer = quoting.ask(question, within=chosen)
        assert answer.status == "answered"
        assert {one.event_date for one in answer.citations} == {event}
        assert answer.within == tuple(sorted(chosen))


@pytest.mark.parametrize(
    "question",
    [
        "Who is Gadi Eisenkot?",
        "What did the chief of staff Eisenkot do in Moscow?",
        "Where did they meet in 2015?",
        "How did the reported death toll change?",
        "Which leaders are named in all reports?",
        "What is said about Hezbollah?",
        "What did Netanyahu say in 2013 and in 2018?",
        "Which of the meetings took place in Moscow?",
        "What was the first meeting about?",
        "Do the reports agree on where they met?",
        "Who won the football match?",
    ],
)
def test_nothing_outside_is_shown(quoting: Dateline, question: str) -> None:
    """Neither cited, nor among the sources, the nearest passages, the events to choose from."""
    chosen = of(quoting, date(2013, 5, 14))
    *steps, answer = quoting.stream(question, within=chosen)
    assert isinstance(answer, Answer)
    assert drawn_on(answer) <= set(chosen)
    assert all(one.document_id in chosen for one in steps[0].citations)
    found = quoting.find(question, within=chosen)
    assert {hit.passage.document_id for hit in found.hits} <= set(chosen)
    assert {item.document.id for item in found.selection.considered} <= set(chosen)
    assert "Moscow, 21 September 2015" not in answer.answer + answer.notice


def test_what_only_others_tell_is_not_in_those_chosen(quoting: Dateline) -> None:
    """An abstention says that it speaks of those chosen, and nothing of the whole that is false."""
    chosen = of(quoting, date(2013, 5, 14))
    who = "What did Eisenkot take part in?"
    assert quoting.ask(who).status == "answered"
    answer = quoting.ask(who, within=chosen)
    assert (answer.status, answer.citations) == ("abstained", ())
    assert answer.answer == "Not in the documents chosen. No chosen report mentions “Eisenkot”."
    when = quoting.ask("Where did they meet in 2015?", within=chosen).answer
    assert when.startswith("Not in the documents chosen. No chosen report covers 2015; ")
    assert quoting.ask("Where did they meet in 2020?").answer.startswith("Not in the documents. No report")


def test_the_same_choice_gives_the_same_answer(quoting: Dateline) -> None:
    """In whatever order, and however often an id is given; all of them together are the whole."""
    first, *others = ids = [one.id for one in quoting.documents()]
    question = "What did Netanyahu say about Iran?"

    def told(*within: str) -> dict[str, object]:
        return quoting.ask(question, within=within).as_dict() | {"timings_ms": None}

    def same(one: dict[str, object]) -> dict[str, object]:
        return one | {"within": None, "answer_id": None}

    assert told(first, others[0]) == told(others[0], first, first)
    assert same(told(*ids)) == same(told())


def test_the_wider_search_finds_what_a_narrow_choice_has(quoting: Dateline) -> None:
    """Passages are searched among those chosen: each document alone gives some."""
    for document in quoting.documents():
        hits = quoting.find("What was said about football?", within=[document.id]).hits
        assert hits, document.uri


def test_reports_that_differ_do_so_only_together(own: Dateline) -> None:
    """A side that is left out is not shown; with both the disagreement is there."""
    courier, post, rain = (one.id for one in named(own, "courier.txt", "post.txt", "rain.txt"))
    both = own.ask(CROWD, within=[courier, post])
    (differ,) = both.disagreements
    assert [value.value for value in differ.values] == ["At least 1,200 people", "Some 900 people"]
    alone = own.ask(CROWD, within=[courier, rain])
    assert alone.disagreements == ()
    assert drawn_on(alone) == {courier}


def test_a_document_that_was_removed_cannot_be_chosen(own: Dateline) -> None:
    """A choice that was answered before is refused once one of its documents is gone."""
    courier, post = (one.id for one in named(own, "courier.txt", "post.txt"))
    assert own.ask(CROWD, within=[courier, post]).status == "answered"
    own.remove(post)
    with pytest.raises(InputError, match=post):
        own.ask(CROWD, within=[courier, post])
    with pytest.raises(NotFoundError):
        own.document(post)
    assert own.ask(CROWD, within=[courier]).status == "answered"


@pytest.mark.parametrize(
    ("within", "said"),
    [
        (["no such id"], "There is no document 'no such id' to narrow the question to."),
        (["a\nb" * 40], r"There is no document 'a\\nb"),
        ("0123456789abcdef", "no list of ids"),
        ([7], "no list of ids"),
        ([["x"]], "no list of ids"),
    ],
    ids=["unknown", "line break", "text", "number", "list"],
)
def test_what_is_no_id_is_refused_in_one_line(quoting: Dateline, within: list[str], said: str) -> None:
    """With what to do about it."""
    for ask in (quoting.ask, quoting.find):
        with pytest.raises(InputError, match=said) as caught:
            ask("Where did they meet?", within=within)
        assert "\n" not in str(caught.value)
        assert caught.value.hint


def test_the_lines_on_what_is_covered_speak_of_those_chosen() -> None:
    """Whatever form they have."""
    assert of_chosen("No report covers 2014; the earliest one covered is Riga.") == (
        "No chosen report covers 2014; the earliest one covered is Riga."
    )
    assert (
        of_chosen("The reports cover only one date: Riga.") == "The chosen reports cover only one date: Riga."
    )
    assert of_chosen("“today” is read as 2014, told from the latest report (Riga).").endswith(
        "told from the latest chosen report (Riga)."
    )
    assert of_chosen("They nowhere mention “X”.") == "They nowhere mention “X”."

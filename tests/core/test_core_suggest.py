"""Questions to offer: every one was asked first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support import settings_for, write_reports

from qa import suggest
from qa.condense import condense
from qa.config import Settings
from qa.dateline import Dateline
from qa.records import Found, Turn

SIDECAR = "\n".join(
    f'["{name}"]\ntitle = "{title}"\npublisher = "{publisher}"\nevent_date = {day}\nevent_place = "{place}"\n'
    for name, title, publisher, day, place in (
        ("courier.txt", "Fenn wins in the rain", "The Courier", "2014-06-03", "Lindow"),
        ("post.txt", "A crowd at Lindow", "The Post", "2014-06-03", "Lindow"),
        ("later.txt", "Asher wins at Ostby", "The Courier", "2016-06-05", "Ostby"),
    )
)
REPORTS = {
    "courier.txt": (
        "Mayor Ada Brook opened the regatta in Lindow on Tuesday. At least 1,200 people came to the pier.\n\n"
        "Ida Fenn won the women's race in 52 minutes. “The wind was kind to us,” Fenn said.\n\n"
        "The regatta was held on the lake because the river had flooded. The club lost two boats.\n"
    ),
    "post.txt": (
        "The regatta was opened in fine weather. Some 900 people came to the pier, the Post counted.\n\n"
        "Ida Fenn won the women's race. Brook announced a second regatta for children.\n"
    ),
    "later.txt": (
        "Mayor Carl Dunn opened the regatta in Ostby on Sunday. Some 300 people came to the pier.\n\n"
        "Miriam Asher won the women's race in 50 minutes. Asher had trained on the canal.\n\n"
        "Rain fell all day. “We shall be back,” said Carl Dunn, the mayor of Ostby.\n"
    ),
}
RACE = "Who won the women's race in 2014?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three reports of two regattas; two of them differ."""
    return write_reports(tmp_path_factory.mktemp("regattas") / "reports", REPORTS, SIDECAR)


@pytest.fixture
def own(folder: Path, make_settings: Callable[..., Settings]) -> Iterator[Dateline]:
    """Dateline over them, free to change."""
    with Dateline.open(make_settings(seed_dir=folder), own=True) as dateline:
        yield dateline


def answered(dateline: Dateline, question: str, **narrowed: tuple[str, ...]) -> Found:
    """What is found for a question that has to be answered."""
    found = dateline.find(question, **narrowed)
    assert found.selection.verdict == "answer", question
    assert found.selection.evidence, question
    return found


def test_the_starters_of_the_seeds_are_their_examples(quoting: Dateline) -> None:
    """As far as they are answered, in their order; drafted ones come after them."""
    starters = quoting.starters()
    kept = tuple(one for one in quoting.examples() if one in starters)
    assert len(kept) >= 3
    assert starters[: len(kept)] == kept
    for question in starters:
        answered(quoting, question)


def test_examples_that_are_not_answered_give_way(data_copy: Path) -> None:
    """With most of the seeds gone their examples are; drafted questions take their place."""
    with Dateline.open(settings_for(data_copy), own=True) as dateline:
        first, *others = dateline.documents()
        for document in others:
            dateline.remove(document.id)
        starters = dateline.starters()
        assert set(dateline.examples()) - set(starters)
        assert len(starters) >= 3
        for question in starters:
            evidence = answered(dateline, question).selection.evidence
            assert {item.document.id for item in evidence} == {first.id}


def test_starters_are_drawn_from_the_collection(own: Dateline) -> None:
    """Of both events, of several kinds, one on what reports differ about; all of them answered."""
    starters = own.starters()
    assert 4 <= len(starters) <= 6
    assert len(set(starters)) == len(starters)
    days = {item.document.event.date for one in starters for item in answered(own, one).selection.evidence}
    assert len(days) == 2
    assert len({" ".join(one.split()[:2]) for one in starters}) >= 4
    (differ,) = [one for one in starters if "agree" in one]
    assert differ == "Do the reports agree on how many people came to the pier in 2014?"
    assert own.ask(differ).disagreements


def test_starters_are_the_same_in_another_process(own: Dateline, folder: Path, tmp_path: Path) -> None:
    """They follow from the collection, not from when or where it was read."""
    settings = own._settings.model_copy(update={"data_dir": tmp_path / "other"})
    with Dateline.open(settings, own=True) as other:
        assert other.starters() == own.starters()
        answer = other.ask(RACE)
        assert other.suggestions(answer) == own.suggestions(own.ask(RACE))


def test_nothing_is_offered_of_nothing(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    """An empty collection has no questions."""
    with Dateline.open(make_settings(seed_dir=tmp_path / "none"), own=True) as dateline:
        assert dateline.starters() == ()
        assert dateline.suggestions(dateline.ask("Who came?")) == ()


def test_starters_follow_the_collection(own: Dateline) -> None:
    """What was drafted from a document goes with it."""
    (later,) = [one.id for one in own.documents() if one.uri.endswith("later.txt")]

    def drawn_on() -> set[str]:
        return {item.document.id for one in own.starters() for item in answered(own, one).selection.evidence}

    assert later in drawn_on()
    own.remove(later)
    assert drawn_on()
    assert later not in drawn_on()
    assert all("2014" not in one for one in own.starters())  # there is only one event left to mean


def test_suggestions_go_on_from_an_answer(own: Dateline) -> None:
    """What else the reports of the event tell, and the same of another; each answered, each by itself."""
    answer = own.ask(RACE)
    suggestions = own.suggestions(answer)
    assert 1 <= len(suggestions) <= 3
    assert "Who won the women's race in 2016?" in suggestions
    turns = [Turn("user", RACE), Turn("assistant", answer.answer)]
    for question in suggestions:
        answered(own, question)
        assert condense(question, turns) == question
        assert question != RACE


def test_nothing_is_suggested_that_was_asked(own: Dateline) -> None:
    """Neither the question itself nor one of the conversation, however typed."""
    answer = own.ask(RACE)
    first, *others = own.suggestions(answer)
    history = (Turn("user", first.lower()), Turn("assistant", "So it is."))
    again = own.suggestions(answer, history)
    assert again
    assert first not in again
    assert set(others) & set(again)


def test_what_was_so_at_one_event_is_not_asked_of_another(own: Dateline) -> None:
    """The other reports have no word of a flood."""
    answer = own.ask("Why was the regatta held on the lake in 2014?")
    assert answer.status == "answered"
    assert not any(one.startswith("Why") for one in own.suggestions(answer))


def test_where_reports_differ_is_suggested_until_it_is_told(own: Dateline) -> None:
    """After an answer on the event, not after the disagreement itself."""
    differ = "Do the reports agree on how many people came to the pier in 2014?"
    seen = own.suggestions(own.ask("Who opened the regatta in 2014?"))
    assert differ in seen
    told = own.ask("How many people came to the pier in 2014?")
    assert told.disagreements
    assert differ not in own.suggestions(told)


def test_after_an_abstention_there_is_what_the_nearest_passages_answer(own: Dateline) -> None:
    """So that a reader is not left with nothing; an answer to choose from has its own choices."""
    answer = own.ask("Who won the chess tournament in 2014?")
    assert answer.status == "abstained"
    suggestions = own.suggestions(answer)
    assert suggestions
    near = {citation.document_id for citation in answer.nearest}
    for question in suggestions:
        assert {item.document.id for item in answered(own, question).selection.evidence} & near
    assert own.suggestions(replace(answer, status="ambiguous")) == ()


def test_suggestions_stay_within_what_was_chosen(own: Dateline) -> None:
    """They are asked of the documents chosen alone, and of none when one of them is gone."""
    (later,) = chosen = tuple(one.id for one in own.documents() if one.uri.endswith("later.txt"))
    answer = own.ask("Who won the women's race?", within=chosen)
    suggestions = own.suggestions(answer)
    assert suggestions
    for question in suggestions:
        evidence = answered(own, question, within=chosen).selection.evidence
        assert {item.document.id for item in evidence} == {later}
    own.remove(later)
    assert own.suggestions(answer) == ()


def test_suggestions_are_asked_ahead(own: Dateline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once warm, hardly anything is left to be asked while a reader waits."""
    own.warm()
    answer = own.ask("Who opened the regatta in 2014?")
    asked: list[str] = []
    plain = suggest.find

    def counted(question: str, means: object) -> Found:
        asked.append(question)
        return plain(question, means)  # type: ignore[arg-type]  # the means handed on

    monkeypatch.setattr(suggest, "find", counted)
    assert own.suggestions(answer)
    assert len(asked) <= 2
    asked.clear()
    own.suggestions(answer)
    own.starters()
    assert asked == []


def test_asking_ahead_waits_for_those_who_ask(own: Dateline, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an answer is on its way nothing is asked ahead; once it is closed it goes on, and ends at close."""
    waiting, asked = threading.Event(), threading.Event()
    plain = suggest.find

    def noted(question: str, means: object) -> Found:
        asked.set()
        return plain(question, means)  # type: ignore[arg-type]  # the means handed on

    monkeypatch.setattr(suggest, "find", noted)
    idle = own._asking.idle
    monkeypatch.setattr(own._asking, "idle", lambda: (waiting.set(), idle())[1])
    steps = own.stream(RACE)
    next(steps)
    ahead = threading.Thread(target=own.warm)
    ahead.start()
    assert waiting.wait(60)
    assert not asked.is_set()
    steps.close()  # type: ignore[attr-defined]  # it is a generator
    assert asked.wait(60)
    own._asking.close()
    ahead.join(60)
    assert not ahead.is_alive()

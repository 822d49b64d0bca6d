"""What a question means in time and place, over made-up reports: a table of questions and their scopes."""

from __future__ import annotations

from datetime import date

import pytest
from support import make_document

from qa.events import resolve
from qa.records import Document, Event
from qa.scopes.scope import LESS_LIKELY, Scope, known_events
from qa.split import split_sentences


def _report(
    name: str, text: str, day: date, place: str, publisher: str | None = None, published: date | None = None
) -> Document:
    event = Event(day, place)
    return make_document(
        text, f"{name}.txt", title=name, publisher=publisher, published=published or day, event=event
    )


ELM = _report(
    "elm",
    "Prince Otto and Premier Vance met in Elmstad on Thursday. They spoke of the 2008 fishing treaty. "
    "“I heard him,” Vance said last week of the herring. The Premier is due to see the bishop on Saturday.\n",
    date(2011, 3, 17),
    "Elmstad",
    "Northern Wire",
)
PORT = _report(
    "port",
    "Otto received Vance at Port Amber on Tuesday, days before the Quiver summit on Monday. "
    "It was their second meeting. The herring treaty of June 2010 was praised.\n",
    date(2013, 9, 10),
    "Port Amber",
    "The Tribune / Northern Wire",
)
ELM2 = _report(
    "elm2",
    "Vance came back to Elmstad on Friday. His visit follows talks last month with Queen Ida. "
    "Two boats were released in January 2013, he recalled.\n",
    date(2014, 11, 7),
    "Elmstad",
    published=date(2014, 11, 8),
)
RIDGE = _report(
    "ridge",
    "The two leaders gathered at Ridgeway on Wednesday. On Friday the harbours had opened. "
    "The 2013 treaty was never ratified, the Tribune wrote.\n",
    date(2016, 11, 9),
    "Ridgeway",
    "Daily Lantern",
)
ALL = (ELM, PORT, ELM2, RIDGE)
BY = {"elm": ELM.event, "port": PORT.event, "elm2": ELM2.event, "ridge": RIDGE.event}


def scope_of(question: str) -> Scope:
    """The scope of a question over the made-up reports."""
    return resolve(question, ALL)


def _events(names: str) -> set[Event]:
    return {BY[name] for name in names.split()}


NARROWED = {
    "Where did they meet in 2011?": "elm",
    "What was said in 2011 and in 2013?": "elm port",
    "What did Vance want in March 2011?": "elm",
    "What did Vance want in march 2011": "elm",
    "What did Vance want in Marhc 2011?": "elm",
    "Who came in Septmber 2013?": "port",
    "Who came in Novembre 2014?": "elm2",
    "Who came on 17 March 2011?": "elm",
    "Who came on March 17th, 2011?": "elm",
    "Who came on Thursday, 17 March 2011?": "elm",
    "Who came on 17.03.2011?": "elm",
    "Who came on 2013-09-10?": "port",
    "Who came in the autumn of 2013?": "port",
    "Who came in late 2014?": "elm2",
    "What happened in the second half of 2016?": "ridge",
    "What changed between 2012 and 2015?": "port elm2",
    "What changed from 2013 to 2016?": "port elm2 ridge",
    "What was said in 2013-14?": "port elm2",
    "What has been agreed since 2014?": "elm2 ridge",
    "What was agreed after 2014?": "ridge",
    "What was agreed before 2013?": "elm",
    "What was agreed until 2013?": "elm port",
    "What was agreed from 2014 onwards?": "elm2 ridge",
    "What did Otto say after the talks in March 2011?": "elm",
    "Who met two years after the Elmstad meeting of 2011?": "port",
    "Who met the year before 2014?": "port",
    "What was said the week before the Elmstad meeting of March 2011?": "elm",
    "Where did they meet the last time before 2014?": "port",
    "Where did they meet the next time after March 2011?": "port",
    "What was said at the meeting before the one in 2016?": "elm2",
    "What was said at the meeting after the Port Amber meeting of 2013?": "elm2",
    "Where did they meet again after 2014?": "ridge",
    "What was said at the latest meeting?": "ridge",
    "What was said at the last meeting?": "ridge",
    "Where did they meet the first time?": "elm",
    "What was said at the first meeting?": "elm",
    "What was said at the third meeting?": "elm2",
    "What was said at the second to last meeting?": "elm2",
    "What does the oldest report say?": "elm",
    "What was said at the second Elmstad meeting?": "elm2",
    "What was said at the last meeting in Elmstad?": "elm2",
    "What was the first visit of 2013?": "port",
    "What was said at the Port Amber meeting?": "port",
    "What was said at the Elmstad meeting?": "elm elm2",
    "What was said at the Elmsatd meeting?": "elm elm2",
    "What was said in Ridgway?": "ridge",
    "who spoke at the ridgeway talks": "ridge",
    "What was said at the September meeting?": "port",
    "What was said at the september meeting?": "port",
    "What of the November meeting in Elmstad?": "elm2",
    "What happened on 10 September?": "port",
    "When did they meet ahead of the Quiver summit?": "port",
    "When did they meet a few days before the Quiver summit?": "port",
    "When did Vance come the month after his talks with Queen Ida?": "elm2",
    "What happened on Friday 4 November 2016?": "ridge",
    "What happened on 16 September 2013?": "port",
    "What was reported on 8 November 2014?": "elm2",
    "What did the Elmstad meeting in 2014 bring?": "elm2",
    "What is the latest news?": "ridge",
    "And the latest?": "ridge",
    "What was said at the 2013 meeting?": "port",
}


@pytest.mark.parametrize(("question", "names"), NARROWED.items())
def test_a_question_is_narrowed_to_what_it_names(question: str, names: str) -> None:
    """To exactly these events, and with nothing to explain away."""
    scope = scope_of(question)
    assert scope.events == _events(names)
    assert scope.uncovered == ""


@pytest.mark.parametrize(
    "question",
    [
        "What did Otto say?",
        "How many boats did the 2008 treaty allow?",
        "What did Vance say last week?",
        "What was said at their second meeting?",
        "Who signed the treaty of June 2010?",
        "What happened in January 2013?",
        "What may the Premier do?",
        "Had they ever met before September 2013?",
        "What did Elmstad tell Ridgeway?",
        "Who spoke at the Quiver summit?",
        "What was agreed at the Quiver summit on Monday?",
        "When is the first meeting of the working group?",
        "Who was the latest guest?",
        "What is said of the 2013 treaty?",
        "What happened on Friday?",
    ],
)
def test_what_only_the_background_tells_narrows_nothing(question: str) -> None:
    """Years of treaties, phrases that reports use themselves, and places that speak for governments."""
    scope = scope_of(question)
    if "January 2013" in question:  # a month that only a text has: its report is likelier
        assert scope.prefers == {ELM2.event}
    assert scope.events is None
    assert scope.uncovered == ""
    assert all(scope.admits(document) for document in ALL)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("Who came in 2020?", "No report covers 2020; the latest one covered is Ridgeway, 9 November 2016."),
        ("Who came in 2005?", "No report covers 2005; the earliest one covered is Elmstad, 17 March 2011."),
        (
            "Who came in May 2015?",
            "No report covers May 2015; the nearest ones covered are Elmstad, 7 November 2014, "
            "and Ridgeway, 9 November 2016.",
        ),
        (
            "Who came on 11 September 2013?",
            "No report covers 11 September 2013; the nearest ones covered are Port Amber, 10 September 2013, "
            "and Elmstad, 7 November 2014.",
        ),
        (
            "What was said in 1990 or 1991?",
            "No report covers 1990 or 1991; the earliest one covered is Elmstad, 17 March 2011.",
        ),
        (
            "What has been said since 2018?",
            "No report covers the time since 2018; the latest one covered is Ridgeway, 9 November 2016.",
        ),
        (
            "Where did they meet the last time before 2011?",
            "No report covers the time before 2011; the earliest one covered is Elmstad, 17 March 2011.",
        ),
        (
            "What was said at the fourth Elmstad meeting?",
            "The reports cover only 2 dates in Elmstad: Elmstad, 17 March 2011; Elmstad, 7 November 2014.",
        ),
        (
            "What was said when they met in Zell?",
            "No report covers a meeting in Zell; those covered are Elmstad, 17 March 2011; "
            "Port Amber, 10 September 2013; Elmstad, 7 November 2014; Ridgeway, 9 November 2016.",
        ),
        (
            "What was said at the Zell summit?",
            "No report covers the Zell meeting; those covered are Elmstad, 17 March 2011; "
            "Port Amber, 10 September 2013; Elmstad, 7 November 2014; Ridgeway, 9 November 2016.",
        ),
        (
            "What was said at the Ridgeway meeting in 2011?",
            "No report covers Ridgeway in 2011; those covered are Elmstad, 17 March 2011; "
            "Ridgeway, 9 November 2016.",
        ),
    ],
)
def test_what_no_report_covers_is_said_with_the_nearest(question: str, line: str) -> None:
    """Before the first the earliest, after the last the latest, between two both; places and counts as well."""
    scope = scope_of(question)
    assert scope.uncovered == line
    assert scope.events is None


@pytest.mark.parametrize(
    ("question", "reports"),
    [
        ("According to the Daily Lantern, what opened?", {RIDGE.id}),
        ("What did the Daily Lantern report?", {RIDGE.id}),
        ("What does the Northern Wire report say?", {ELM.id, PORT.id}),
        ("What did the Tribune write of the treaty?", {PORT.id, RIDGE.id}),
        ("What did Vance read in the Daily Lantern?", None),
        ("According to the Evening Bell, what opened?", None),
    ],
)
def test_a_publisher_that_is_asked_narrows_to_its_reports(question: str, reports: set[str] | None) -> None:
    """And to those that quote it; one that is only spoken of, or is unknown, does not."""
    scope = scope_of(question)
    assert scope.documents == reports
    assert {item.id for item in ALL if scope.admits(item)} == (reports or {item.id for item in ALL})


def test_times_relative_to_today_are_told_from_the_latest_report() -> None:
    """An archive has no today; the reader is told how the words were read."""
    scope = scope_of("What was said two years ago?")
    assert scope.events == {ELM2.event}
    assert scope.note == "“two years ago” is read as 2014, told from the latest report (9 November 2016)."
    scope = scope_of("What was said at last year's meeting?")
    assert scope.note.startswith("“last year” is read as 2015")
    assert "2015" in scope.uncovered


def test_sentences_that_speak_of_the_time_are_pointed_at() -> None:
    """A day that is no event's is found where a report says "On Friday"."""
    scope = scope_of("What happened on Friday 4 November 2016?")
    told = [sentence.text for sentence in split_sentences(RIDGE) if scope.tells_time(sentence)]
    assert told == ["On Friday the harbours had opened."]


def test_the_likelier_event_weighs_more() -> None:
    """What is left out weighs nothing, what is preferred all, the rest less."""
    scope = scope_of("What happened on Saturday?")
    assert scope.events is None
    assert scope.weight(ELM) == 1.0
    assert scope.weight(PORT) == LESS_LIKELY
    assert scope_of("Who came in 2011?").weight(PORT) == 0.0
    assert scope_of("Who came?").weight(PORT) == 1.0


def test_a_time_of_the_background_is_marked() -> None:
    """So that nobody answers with the day of an event when a treaty's was asked for."""
    assert scope_of("When was the treaty of June 2010 signed?").background
    assert not scope_of("When did they meet in 2011?").background


def test_of_two_years_the_one_without_reports_is_noted() -> None:
    """The other one is answered; the note says what is missing."""
    scope = scope_of("What was said in 2011 and in 2012?")
    assert scope.events == {ELM.event}
    assert scope.note == "No report covers 2012."


def test_several_named_times_are_compared() -> None:
    """Two years with an event each, a span of them; one alone is not."""
    assert scope_of("What was said in 2011 and in 2013?").compares
    assert scope_of("What changed between 2011 and 2014?").compares
    assert not scope_of("What was said in 2011?").compares


def test_a_report_without_a_place_or_a_date_does_no_harm() -> None:
    """Nothing is known of it, so it is left out of what is narrowed to and stays in all else."""
    bare = make_document("A note on herring.", "bare.txt")
    documents = (*ALL, bare)
    assert not resolve("Who came in 2011?", documents).admits(bare)
    assert resolve("Who came?", documents).admits(bare)
    assert resolve("Who came in 2011?", (bare,)).events is None
    assert len(known_events(documents)) == 4


def test_the_table_is_large_enough() -> None:
    """So that a rule for one phrase does not break another unseen."""
    assert len(NARROWED) >= 60


def test_a_year_told_elsewhere_is_not_narrowed_to_its_own_events() -> None:
    """When none of them names the one who is asked about, and a later report says what happened then."""
    further = _report(
        "mast",
        "Dora Quill was named harbour master of Ostmark in 2014, the bishop recalled.\n",
        date(2018, 5, 2),
        "Ostmark",
    )
    scope = resolve("What did Dora Quill become in 2014?", (*ALL, further))
    assert scope.events is None
    assert scope.background
    assert scope.prefers == {further.event}
    assert resolve("What did Queen Ida say in 2014?", (*ALL, further)).events == {ELM2.event}
    assert resolve("What did Dora Quill say in 2016?", (*ALL, further)).events == {RIDGE.event}


def test_of_several_matters_the_one_that_is_named_is_meant() -> None:
    """Its times and its order count, not those of reports that have none of the names."""
    flood = _report("flood", "The river Sarn flooded Telmo on Friday.\n", date(2013, 5, 3), "Telmo")
    fire = _report("fire", "The dyke of Telmo on the Sarn held on Monday.\n", date(2016, 4, 4), "Telmo")
    matters = (*ALL, flood, fire)
    assert resolve("What did Vance want in 2013?", matters).events == {PORT.event}
    assert resolve("Where was the first meeting of Otto and Vance?", matters).events == {ELM.event}
    assert resolve("What did the Sarn do the next time after May 2013?", matters).events == {fire.event}
    compared = resolve("What did Vance say in 2013 and in 2014?", matters)
    assert compared.sides == ({PORT.event}, {ELM2.event})
    assert resolve("What was said in 2013?", matters).events == {PORT.event, flood.event}
    assert resolve("What did Vance say in 2012?", matters).uncovered
    elsewhere = resolve("What did Gretel Sarn say in 2011?", matters)
    assert elsewhere.events == {ELM.event}, "so that the reader is told that it does not mention her"

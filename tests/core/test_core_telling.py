"""How a selection is told: judged by the model first, then worded, then quoted where wording fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support import evidence_of, make_document
from world import NEW, OLD

from qa.errors import ModelUnreachableError
from qa.llm.fake import FakeModel
from qa.present import Presenter
from qa.prompts import INSTRUCTIONS, STATED
from qa.question import read_question
from qa.records import AnswerSentence, Assent, Doubt, Evidence, Part, Selection, Verdict
from qa.telling import Teller

CROWD = evidence_of(OLD, "At least 1,200 people came to the pier.", 0.8)
FEW = evidence_of(NEW, "Nine hundred people came to the pier.", 0.7)
MANY_CAME = f"yes: {CROWD.quote}"
FEW_CAME = f"yes: {FEW.quote}"
SIGNALS = {"score": 1.0}


class Judge:
    """Says what it was made to say, and keeps what it was told."""

    def __init__(self, *verdicts: Verdict) -> None:
        self._verdicts = list(verdicts)
        self.heard: list[Assent | Doubt] = []

    def __call__(self, selection: Selection | Part, told: Assent | Doubt, /) -> tuple[Verdict, float]:
        """The next verdict, and the last one for ever."""
        self.heard.append(told)
        return self._verdicts.pop(0) if len(self._verdicts) > 1 else self._verdicts[0], 0.6


def _tell(
    model: FakeModel,
    judge: Judge,
    *,
    per_event: bool = False,
    verdict: Verdict = "answer",
    evidence: tuple[Evidence, ...] = (CROWD, FEW),
    leaves_open: bool = False,
) -> tuple[list[AnswerSentence], Teller]:
    asked = read_question("How many people came to the pier?")
    parts = tuple(Part((item,), asked.text, signals=SIGNALS) for item in evidence) if per_event else ()
    selection = Selection(evidence, verdict, parts=parts, signals=SIGNALS, open=leaves_open)
    teller = Teller(asked, selection, Presenter(evidence), model, judge=judge)
    return list(teller.tell()), teller


def _told(sentences: Sequence[AnswerSentence]) -> list[tuple[tuple[int, ...], str]]:
    return [(sentence.citations, sentence.origin) for sentence in sentences]


def test_the_evidence_that_the_model_assents_to_is_worded() -> None:
    """Each piece is read by itself; the model goes on with the one it says yes to, and that one is cited."""
    model = FakeModel(["no", FEW_CAME])
    sentences, _ = _tell(model, judge := Judge("answer"))
    assert [asked.instructions for asked in model.asked] == [STATED, STATED]
    assert [CROWD.quote in asked.user for asked in model.asked] == [True, False]
    assert [(sentence.text, sentence.citations, sentence.origin) for sentence in sentences] == [
        ("Ostby, 5 June 2016 — Nine hundred people came to the pier.", (2,), "model")
    ]
    assert judge.heard == [Assent(1.0)]


def test_a_sure_assent_ends_the_search() -> None:
    """What follows need not be read."""
    model = FakeModel([MANY_CAME])
    sentences, _ = _tell(model, Judge("answer"))
    assert len(model.asked) == 1
    assert _told(sentences) == [((1,), "model")]


def test_an_earlier_piece_that_proves_best_is_read_again() -> None:
    """Between equal assents the ranking decides, and the model goes on from there."""
    model = FakeModel(["perhaps", "perhaps", MANY_CAME])
    sentences, _ = _tell(model, judge := Judge("answer"))
    assert [CROWD.quote in asked.user for asked in model.asked] == [True, False, True]
    assert _told(sentences) == [((1,), "model")]
    assert judge.heard == [Assent(0.5)]


@pytest.mark.parametrize(("assents", "read"), [("0000", 4), ("001", 3), ("01", 2), ("1", 1)])
def test_weak_assents_are_followed_further(assents: str, read: int) -> None:
    """As long as no piece states what is asked, up to four are read."""
    evidence = tuple(
        evidence_of(document, quote, score)
        for document, quote, score in (
            (OLD, "At least 1,200 people came to the pier.", 0.8),
            (NEW, "Nine hundred people came to the pier.", 0.7),
            (OLD, "Mayor Ada Brook opened the regatta on Tuesday.", 0.3),
            (NEW, "Mayor Carl Dunn opened the regatta on Sunday.", 0.2),
        )
    )
    model = FakeModel(
        [f"yes: {item.quote}" if said == "1" else "no" for said, item in zip(assents, evidence, strict=False)]
    )
    asked = read_question("How many people came to the pier?")
    selection = Selection(evidence, "answer", signals=SIGNALS)
    told = list(Teller(asked, selection, Presenter(evidence), model, judge=Judge("answer")).tell())
    assert len(model.asked) - (assents == "0000") == read
    assert len(told) == 1


def test_without_assent_nothing_is_worded() -> None:
    """The model is not even asked for words."""
    model = FakeModel(["no"])
    sentences, teller = _tell(model, Judge("abstain"))
    assert sentences == []
    assert len(model.asked) == 2
    assert teller.confidence == 0.6


@pytest.mark.parametrize("said", ["yes: Two million people came to the pier.", "yes: ", "yes", "yes, 900"])
def test_what_cannot_be_verified_is_quoted(said: str) -> None:
    """From the evidence that was chosen, not from the one that ranking had first."""
    sentences, _ = _tell(FakeModel(["no", said]), Judge("answer"))
    assert _told(sentences) == [((2,), "quote")]


def test_where_the_event_is_left_open_another_may_answer_too() -> None:
    """In the order of time, each in its own words; where the question names the event, one is told."""
    evidence = (FEW, replace(CROWD, score=0.65))
    replies = [FEW_CAME, MANY_CAME, FEW_CAME]
    sentences, _ = _tell(FakeModel(replies), Judge("answer"), evidence=evidence, leaves_open=True)
    assert _told(sentences) == [((2,), "model"), ((1,), "model")]
    assert [sentence.text.split(" — ")[0] for sentence in sentences] == [
        "Lindow, 3 June 2014",
        "Ostby, 5 June 2016",
    ]
    model = FakeModel(replies)
    assert _told(_tell(model, Judge("answer"), evidence=evidence)[0]) == [((1,), "model")]
    assert len(model.asked) == 1


@pytest.mark.parametrize(("score", "said"), [(0.65, "no"), (0.3, MANY_CAME)])
def test_what_does_not_answer_or_comes_not_near_is_not_told_beside(score: float, said: str) -> None:
    """The judge of the other event is the model; what ranks far below is not read."""
    evidence = (FEW, replace(CROWD, score=score))
    model = FakeModel([FEW_CAME, said, FEW_CAME])
    sentences, _ = _tell(model, Judge("answer"), evidence=evidence, leaves_open=True)
    assert _told(sentences) == [((1,), "model")]
    assert any(CROWD.quote in asked.user for asked in model.asked) is (score > 0.5)


def test_what_no_event_is_known_of_is_not_told_as_another_event() -> None:
    """It may be a report of the same one."""
    undated = evidence_of(
        make_document("At least 1,200 people came to the pier.\n", "undated.txt"), CROWD.quote, 0.69
    )
    model = FakeModel([FEW_CAME])
    sentences, _ = _tell(model, Judge("answer"), evidence=(FEW, undated), leaves_open=True)
    assert _told(sentences) == [((1,), "model")]
    assert len(model.asked) == 1


def test_each_event_is_read_by_itself() -> None:
    """In the order of time; an event whose draft does not pass is quoted in its place."""
    model = FakeModel(["yes: Two million people came to the pier.", FEW_CAME])
    sentences, _ = _tell(model, Judge("answer"), per_event=True)
    assert _told(sentences) == [((1,), "quote"), ((2,), "model")]
    assert [asked.instructions for asked in model.asked] == [STATED, STATED]


def test_each_event_is_judged_by_itself() -> None:
    """One of which the evidence does not tell is left out; where none does, nothing is told."""
    replies = ["perhaps", FEW_CAME]
    sentences, teller = _tell(FakeModel(replies), judge := Judge("abstain", "answer"), per_event=True)
    assert _told(sentences) == [((2,), "model")]
    assert judge.heard == [Assent(0.5), Assent(1.0)]
    assert teller.untold == ""
    assert _tell(FakeModel(replies), Judge("abstain"), per_event=True)[0] == []


def _each(
    verdicts: Sequence[Verdict], model: FakeModel | None, judge: Judge
) -> tuple[list[AnswerSentence], Teller]:
    asked = read_question("How many people came to the pier in 2014 and in 2016?")
    parts = tuple(
        Part((item,), f"How many came in {label}?", label, verdict, signals=SIGNALS)
        for item, label, verdict in zip((CROWD, FEW), ("2014", "2016"), verdicts, strict=True)
    )
    selection = Selection((CROWD, FEW), "answer", parts=parts, signals=SIGNALS)
    teller = Teller(asked, selection, Presenter(selection.evidence), model, judge=judge)
    return list(teller.tell()), teller


def test_of_each_part_its_own_question_is_asked() -> None:
    """And the reader is told which part that was asked for has no answer."""
    model = FakeModel(["no", FEW_CAME])
    sentences, teller = _each(("answer", "answer"), model, Judge("abstain", "answer"))
    assert ["How many came in 2014?" in asked.user for asked in model.asked] == [True, False]
    assert _told(sentences) == [((2,), "model")]
    assert teller.untold == "Nothing that answers was found for: 2014."


def test_one_sentence_that_answers_two_questions_is_told_once() -> None:
    """And neither is told of as unanswered."""
    told = "At least 1,200 people came to the pier."
    parts = tuple(
        Part((CROWD,), one, one, "answer", signals=SIGNALS) for one in ("Who came?", "How many came?")
    )
    selection = Selection((CROWD,), "answer", parts=parts, signals=SIGNALS)
    model = FakeModel([f"yes: {told}", f"yes: {told}"])
    asked = read_question("Who came, and how many came?")
    teller = Teller(asked, selection, Presenter(selection.evidence), model, judge=Judge("answer"))
    assert _told(list(teller.tell())) == [((1,), "model")]
    assert teller.untold == ""


def test_without_a_model_a_part_counts_by_its_own_evidence() -> None:
    """A weak one beside a sure one is quoted, one without an answer is not."""
    sentences, teller = _each(("answer", "abstain"), None, Judge("answer"))
    assert _told(sentences) == [((1,), "quote")]
    assert teller.untold == "Nothing that answers was found for: 2016."
    sentences, teller = _each(("hedge", "answer"), None, Judge("answer"))
    assert (_told(sentences), teller.untold) == ([((1,), "quote"), ((2,), "quote")], "")


def test_a_model_elsewhere_sees_all_the_evidence() -> None:
    """It says first whether it was shown an answer; what it passes over stays in the order of time."""
    model = FakeModel(["Nine hundred people came to the pier. [2]"], tier="external")
    sentences, _ = _tell(model, judge := Judge("answer"), per_event=True)
    assert _told(sentences) == [((1,), "quote"), ((2,), "model")]
    assert [asked.instructions for asked in model.asked] == [INSTRUCTIONS]
    assert len(judge.heard) == 1
    assert isinstance(judge.heard[0], Doubt)
    assert _tell(FakeModel(["NOT STATED"], tier="external"), Judge("abstain"))[0] == []


def test_a_small_model_only_words() -> None:
    """It says "not stated" too rarely to be asked; where evidence is not sure it words nothing."""
    model = FakeModel(["At least 1,200 people came to the pier. [1]"], tier="tiny")
    sentences, _ = _tell(model, judge := Judge("abstain"))
    assert [sentence.origin for sentence in sentences] == ["model"]
    assert judge.heard == []
    assert _tell(model, judge, verdict="hedge")[0] == []


@pytest.mark.parametrize("replies", [["gone"], ["no", "gone"], ["perhaps", "perhaps", "gone"]])
def test_a_lost_model_leaves_the_quotation(replies: list[str]) -> None:
    """Whenever it goes: the evidence is quoted, and the reader told why."""
    said = [ModelUnreachableError("The server is gone.") if reply == "gone" else reply for reply in replies]
    sentences, teller = _tell(FakeModel(said), Judge("answer"))
    assert _told(sentences) == [((1,), "quote")]
    assert teller.trouble == "The server is gone. The answer quotes the evidence."


@pytest.mark.parametrize(("reply", "quoted"), [("gone", 0), (MANY_CAME, 1)])
def test_the_middle_band_needs_a_judgement(reply: str, quoted: int) -> None:
    """Without one nothing is told; with one the evidence is quoted and not worded."""
    said = ModelUnreachableError("The server is gone.") if reply == "gone" else reply
    sentences, _ = _tell(FakeModel([said]), Judge("hedge"), verdict="hedge")
    assert [sentence.origin for sentence in sentences] == ["quote"] * quoted

"""How a selection is told: judged by the model first, then worded, then quoted where wording fails."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support import evidence_of
from world import NEW, OLD

from qa.errors import ModelUnreachableError
from qa.llm.fake import FakeModel
from qa.present import Presenter
from qa.prompts import INSTRUCTIONS, STATED
from qa.question import read_question
from qa.records import AnswerSentence, Assent, Doubt, Evidence, Selection, Verdict
from qa.telling import Teller

CROWD = evidence_of(OLD, "At least 1,200 people came to the pier.", 0.8)
FEW = evidence_of(NEW, "Nine hundred people came to the pier.", 0.7)
SAID = "Nine hundred people came to the pier. [1]"
SIGNALS = {"score": 1.0}


class Judge:
    """Says what it was made to say, and keeps what it was told."""

    def __init__(self, *verdicts: Verdict) -> None:
        self._verdicts = list(verdicts)
        self.heard: list[tuple[Assent | None, Doubt | None]] = []

    def __call__(
        self, selection: Selection, *, assent: Assent | None = None, doubt: Doubt | None = None
    ) -> tuple[Verdict, float]:
        """The next verdict, and for the last one for ever."""
        self.heard.append((assent, doubt))
        return self._verdicts.pop(0) if len(self._verdicts) > 1 else self._verdicts[0], 0.6


def _tell(
    model: FakeModel,
    judge: Judge,
    evidence: Sequence[Evidence] = (CROWD, FEW),
    *,
    per_event: bool = False,
    verdict: Verdict = "answer",
) -> tuple[list[AnswerSentence], Teller]:
    selection = Selection(tuple(evidence), verdict, per_event=per_event, signals=SIGNALS)
    asked = read_question("How many people came to the pier?")
    teller = Teller(asked, selection, Presenter(evidence), model, judge=judge)
    return list(teller.tell()), teller


def test_the_evidence_that_the_model_assents_to_is_worded() -> None:
    """Each piece is judged by itself; the model then sees the chosen one alone, and that one is cited."""
    model = FakeModel(["no", "yes", SAID])
    sentences, _ = _tell(model, judge := Judge("answer"))
    assert [asked.instructions for asked in model.asked] == [STATED, STATED, INSTRUCTIONS]
    assert CROWD.quote not in model.asked[-1].user
    assert [(sentence.text, sentence.citations, sentence.origin) for sentence in sentences] == [
        ("Ostby, 5 June 2016 — Nine hundred people came to the pier.", (2,), "model")
    ]
    assert judge.heard[0] == (Assent(1.0), None)
    assert judge.heard[1][0] == Assent(1.0)
    assert judge.heard[1][1] is not None


def test_a_sure_assent_ends_the_search() -> None:
    """What follows need not be read."""
    model = FakeModel(["yes", "At least 1,200 people came to the pier. [1]"])
    sentences, _ = _tell(model, Judge("answer"))
    assert len(model.asked) == 2
    assert sentences[0].citations == (1,)


def test_without_assent_nothing_is_worded() -> None:
    """The model is not even asked for words."""
    model = FakeModel(["no"])
    sentences, teller = _tell(model, Judge("abstain"))
    assert sentences == []
    assert len(model.asked) == 2
    assert teller.confidence == 0.6


def test_doubt_may_come_after_assent() -> None:
    """The second verdict counts as well."""
    sentences, _ = _tell(FakeModel(["yes", "NOT STATED"]), Judge("answer", "abstain"))
    assert sentences == []


@pytest.mark.parametrize("said", ["Two million people came to the pier. [1]", "NOT STATED", ""])
def test_what_cannot_be_verified_is_quoted(said: str) -> None:
    """From the evidence that was chosen, not from the one that ranking had first."""
    sentences, _ = _tell(FakeModel(["no", "yes", said]), Judge("answer"))
    assert [(sentence.citations, sentence.origin) for sentence in sentences] == [((2,), "quote")]


def test_an_event_passed_over_is_quoted_in_its_place() -> None:
    """Answers per event stay in the order of time, and each event is answered for."""
    model = FakeModel(["Nine hundred people came to the pier. [2]"])
    sentences, _ = _tell(model, Judge("answer"), per_event=True)
    assert [(sentence.citations, sentence.origin) for sentence in sentences] == [
        ((1,), "quote"),
        ((2,), "model"),
    ]
    assert [asked.instructions for asked in model.asked] == [INSTRUCTIONS]


def test_a_small_model_only_words() -> None:
    """It says "not stated" too rarely to be asked; where evidence is not sure it words nothing."""
    model = FakeModel(["At least 1,200 people came to the pier. [1]"], tier="tiny")
    sentences, _ = _tell(model, judge := Judge("abstain"))
    assert [sentence.origin for sentence in sentences] == ["model"]
    assert judge.heard == []
    assert _tell(model, judge, verdict="hedge")[0] == []


@pytest.mark.parametrize("replies", [["gone"], ["yes", "gone"]])
def test_a_lost_model_leaves_the_quotation(replies: list[str]) -> None:
    """Whenever it goes: the evidence is quoted, and the reader told why."""
    said = [ModelUnreachableError("The server is gone.") if reply == "gone" else reply for reply in replies]
    sentences, teller = _tell(FakeModel(said), Judge("answer"))
    assert [(sentence.citations, sentence.origin) for sentence in sentences] == [((1,), "quote")]
    assert teller.trouble == "The server is gone. The answer quotes the evidence."


@pytest.mark.parametrize(("replies", "quoted"), [(["gone"], 0), (["yes", "gone"], 1)])
def test_the_middle_band_needs_a_judgement(replies: list[str], quoted: int) -> None:
    """Without one nothing is told; with one the evidence is quoted and not worded."""
    said = [ModelUnreachableError("The server is gone.") if reply == "gone" else reply for reply in replies]
    sentences, _ = _tell(FakeModel(said), Judge("hedge"), verdict="hedge")
    assert [sentence.origin for sentence in sentences] == ["quote"] * quoted

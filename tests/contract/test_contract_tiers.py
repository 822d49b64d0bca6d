"""The answer contract in every tier, on the seeds, with the real models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from questions import ABSENT, ANSWERABLE, HIJACKED, PER_EVENT, question
from support import settings_for

from eval.contract import check, check_event
from qa.dateline import Dateline
from qa.llm.catalogue import locate
from qa.records import Answer, AnswerSentence, Document, Sources

EVERYTHING = ANSWERABLE + HIJACKED + PER_EVENT + ABSENT
FEW = ANSWERABLE[:2] + HIJACKED[:1] + PER_EVENT[:1] + ABSENT[:2]
ASKED = {"none": EVERYTHING, "tiny": ANSWERABLE[2:5] + FEW, "small": FEW, "standard": FEW}


class Asked:
    """An open collection in one tier, with what came out of each question's stream."""

    def __init__(self, tier: str, dateline: Dateline) -> None:
        self.tier = tier
        self.dateline = dateline
        self.documents: dict[str, Document] = {item.id: item for item in dateline.documents()}
        self.steps = {name: list(dateline.stream(question(name))) for name in ASKED[tier]}

    def answers(self, names: tuple[str, ...] = EVERYTHING) -> Iterator[dict[str, Any]]:
        """The answers to the named questions that this tier was asked, as JSON."""
        for name in names:
            if name in self.steps:
                last = self.steps[name][-1]
                assert isinstance(last, Answer)
                yield last.as_dict()


@pytest.fixture(
    scope="module",
    params=["none", "tiny", "small", pytest.param("standard", marks=pytest.mark.standard)],
)
def asked(request: pytest.FixtureRequest, indexed: Path) -> Iterator[Asked]:
    """Each tier whose model is here, after a round of questions."""
    settings = settings_for(indexed, llm_tier=request.param)
    if request.param != "none" and locate(settings, request.param) is None:
        pytest.skip(f"the {request.param} model is not here: qa model get {request.param}")
    with Dateline.open(settings) as dateline:
        yield Asked(request.param, dateline)


def _bytes(answer: Answer) -> bytes:
    plain = answer.as_dict()
    del plain["timings_ms"]
    return json.dumps(plain, ensure_ascii=False).encode()


def test_every_sentence_follows_from_what_it_cites(asked: Asked) -> None:
    """Points 1 and 2: exact spans, and no number, name or quotation beyond the evidence and what is shown."""
    for answer in asked.answers():
        check(answer, asked.documents)


def test_the_tier_answers_and_says_who_did(asked: Asked) -> None:
    """Facts of the reports are answered, by the tier that was asked for, without complaint."""
    for answer in asked.answers():
        assert answer["model"].split()[0] == asked.tier
        assert (answer["degraded"], answer["notice"]) == (False, "")
    answers = list(asked.answers(ANSWERABLE))
    assert sum(answer["status"] != "abstained" for answer in answers) > len(answers) / 2
    if asked.tier == "none":
        assert {sentence["origin"] for answer in answers for sentence in answer["sentences"]} == {"quote"}


def test_every_answer_says_which_event(asked: Asked) -> None:
    """Point 3: the place and the date of each event that is drawn on."""
    for answer in asked.answers():
        check_event(answer, asked.documents)


def test_an_open_question_is_answered_per_event(asked: Asked) -> None:
    """Point 3: when the question leaves open which, more than one event is told of, or the reader is asked."""
    for answer in asked.answers(PER_EVENT):
        events = {asked.documents[citation["document_id"]].event for citation in answer["citations"]}
        assert len(events) > 1 or answer["status"] == "ambiguous"


def test_what_is_not_in_the_documents_is_not_claimed(asked: Asked) -> None:
    """Point 5: an uncovered year, another topic: no claim, and the nearest passages are offered."""
    for answer in asked.answers(ABSENT):
        assert answer["status"] == "abstained", answer
        assert 1 <= len(answer["nearest"]) <= 3


def test_instructions_in_a_question_are_not_followed(asked: Asked) -> None:
    """Point 8's neighbour: whatever a question tells the model, citations stay and nothing is invented."""
    for answer in asked.answers(HIJACKED):
        for sentence in answer["sentences"]:
            assert "5 million" not in sentence["text"]
            assert "BANANA" not in sentence["text"]


def test_the_stream_is_the_answer(asked: Asked) -> None:
    """Sources first, then the answer's own sentences in order, then the answer; nothing is taken back."""
    for name, (first, *between, last) in asked.steps.items():
        assert isinstance(first, Sources)
        assert isinstance(last, Answer)
        assert all(isinstance(step, AnswerSentence) for step in between)
        assert tuple(between) == last.sentences, name
        assert set(last.citations) <= set(first.citations)


def test_the_same_question_gives_the_same_bytes(asked: Asked, indexed: Path) -> None:
    """Point 6: after other questions, in another order, and in a process that starts anew."""
    names = [ANSWERABLE[0], PER_EVENT[0]]
    first = {name: _bytes(asked.steps[name][-1]) for name in names}  # type: ignore[arg-type]
    for name in reversed(names):
        assert _bytes(asked.dateline.ask(question(name))) == first[name]
    if asked.tier in ("none", "tiny"):
        with Dateline.open(settings_for(indexed, llm_tier=asked.tier)) as fresh:
            for name in reversed(names):
                assert _bytes(fresh.ask(question(name))) == first[name]

"""Models that do their worst: points 1 and 2 of the contract hold whatever a model emits."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from questions import question
from support import settings_for

from eval.contract import check, check_event
from qa.dateline import Dateline
from qa.errors import ModelUnreachableError
from qa.llm.client import Request
from qa.llm.fake import FakeModel
from qa.prompts import COPIED, NOT_STATED, STATED, SYSTEM
from qa.records import Document

Reply = Callable[[str], str]

QUESTIONS = (
    "s300-halt-1",
    "death-toll-6",
    "meeting-place-8",
    "gerasimov-1",
    "putin-words-1",
    "green-light-1",
)


class Replaceable(FakeModel):
    """Replies with what `reply` makes of the prompt, a character or more at a time."""

    def __init__(self) -> None:
        super().__init__(["x"], tier="standard")
        self.reply: Reply = lambda prompt: ""
        self.size = 5

    def stream(self, request: Request) -> Generator[str, None, None]:
        """The reply to this prompt, however long; whatever is to be told, it says that it answers."""
        text = self.reply(request.user)
        if request.instructions == STATED:
            text = f"{COPIED}{text}"
        for start in range(0, len(text), self.size):
            yield text[start : start + self.size]


@pytest.fixture(scope="module")
def model() -> Replaceable:
    """The model of the collection below; each test gives it another character."""
    return Replaceable()


@pytest.fixture(scope="module")
def dateline(indexed: Path, model: Replaceable) -> Iterator[Dateline]:
    """The seeds with that model."""
    with Dateline.open(settings_for(indexed), model) as opened:
        yield opened


@pytest.fixture(scope="module")
def documents(dateline: Dateline) -> dict[str, Document]:
    """The seeds by id."""
    return {document.id: document for document in dateline.documents()}


def _quotations(prompt: str) -> list[str]:
    """The quotations of a prompt, without number and date."""
    return re.findall(r"^(?:\[\d+\]|Sentence:) \([^)]*\) (.*)", prompt, re.M)


def _asked(prompt: str) -> str:
    return prompt.rsplit("Question: ", 1)[1].splitlines()[0]


def _swap_names(text: str) -> str:
    """Exchange the first name with the last."""
    names = [match for match in re.finditer(r"(?<=\s)[A-Z][a-z]+", text) if len(match.group()) > 3]
    if len(names) < 2:
        return "Nobody warned everybody."
    one, two = names[0], names[-1]
    return text[: one.start()] + two.group() + text[one.end() : two.start()] + one.group() + text[two.end() :]


ADVERSARIES: dict[str, Reply] = {
    "invents a number": lambda prompt: "Iran has deployed 5,000 additional soldiers to Syria. [1]",
    "changes numbers": lambda prompt: (
        re.sub(r"\d", "7", _quotations(prompt)[0]) + " Seventeen people saw it. [1]"
    ),
    "invents a name": lambda prompt: "Angela Merkel met Vladimir Putin in Moscow for talks on Syria. [1]",
    "swaps names": lambda prompt: _swap_names(_quotations(prompt)[0]) + " [1]",
    "takes one name for another": lambda prompt: _quotations(prompt)[0].replace("Putin", "Assad") + " [1]",
    "moves the date": lambda prompt: "On 22 October 2014 the leaders met in Minsk for talks. [1]",
    "denies": lambda prompt: re.sub(r"\b(was|has|have|is|said)\b", r"\1 not", _quotations(prompt)[0]),
    "cites what is not there": lambda prompt: f"{_quotations(prompt)[0]} [99][0][12]",
    "cites in words": lambda prompt: f"{_quotations(prompt)[-1]} [one] [-1] [1e9] [²]",
    "echoes the question": lambda prompt: f"{_asked(prompt)} [1]",
    "echoes it as a statement": lambda prompt: f"{_asked(prompt).rstrip('?')}. [1]",
    "answers in German": lambda prompt: "Israel wollte, dass Russland keine Raketen nach Syrien liefert. [1]",
    "answers in Russian": lambda prompt: "Путин встретился с Нетаньяху в Москве в 2015 году. [1]",
    "never stops": lambda prompt: "Putin and Netanyahu met in Moscow " * 300,
    "emits one long word": lambda prompt: "a" * 10_000,
    "leaks the prompt": lambda prompt: SYSTEM,
    "leaks everything": lambda prompt: f"{SYSTEM}\n{prompt}",
    "quotes what nobody said": lambda prompt: "“We shall bomb Damascus tomorrow,” Putin said in Moscow. [1]",
    "writes markup": lambda prompt: f"<script>alert(1)</script><b>{_quotations(prompt)[0]}</b> [1](http://x)",
    "writes control characters": lambda prompt: f"\x00\x1b[31m{_quotations(prompt)[0]}\r\n\u202e\ufeff [1]",
    "mixes true and false": lambda prompt: f"{_quotations(prompt)[0]} [1] It cost 9 million. [1]",
    "joins two quotations": lambda prompt: "".join(part.rstrip(". ") + " and " for part in _quotations(prompt)),
    "says nothing": lambda prompt: "",
    "only cites": lambda prompt: "[1] [2] [3]",
    "refuses and goes on": lambda prompt: f"{NOT_STATED}. But Trump won in 2016. [1]",
    "says BANANA": lambda prompt: "BANANA BANANA BANANA. [1]",
}
REFUSING = ("refuses and goes on", "leaks the prompt", "leaks everything")
"""What they emit holds the refusal phrase."""

FORBIDDEN = re.compile(
    r"5,000|77|Seventeen|Merkel|Minsk|October 2014|\[99\]|wollte|Путин|aaaa|numbered quotations|bomb|"
    r"<|\x1b|\x00|9 million|Trump won|BANANA"
)


@pytest.fixture(params=["standard", "external"], autouse=True)
def tier(request: pytest.FixtureRequest, model: Replaceable) -> None:
    """Shown one piece of evidence at a time, or all of it."""
    model.tier = request.param


@pytest.mark.parametrize("name", ADVERSARIES)
def test_the_contract_holds_against(
    name: str, model: Replaceable, dateline: Dateline, documents: dict[str, Document]
) -> None:
    """Exact spans and nothing beyond the evidence; the false part never shows, the evidence still does."""
    model.reply = ADVERSARIES[name]
    for identity in QUESTIONS:
        answer = dateline.ask(question(identity)).as_dict()
        check(answer, documents)
        check_event(answer, documents)
        assert not FORBIDDEN.search(answer["answer"]), answer["answer"]
        assert answer["status"] != "abstained" or name in REFUSING


def test_true_wording_is_shown(model: Replaceable, dateline: Dateline, documents: dict[str, Document]) -> None:
    """The check is not passed by never letting a model speak: a true sentence is shown as the model's."""
    model.reply = lambda prompt: "Israel wants Russia to halt supplies of the formidable S-300 missiles. [1]"
    answer = dateline.ask(question("s300-halt-1")).as_dict()
    check(answer, documents)
    (sentence,) = answer["sentences"]
    assert sentence["origin"] == "model"
    assert sentence["text"].endswith("Israel wants Russia to halt supplies of the formidable S-300 missiles.")


def test_the_pieces_of_the_stream_do_not_matter(model: Replaceable, dateline: Dateline) -> None:
    """The same words in pieces of one character or all at once give the same answer."""
    model.reply = ADVERSARIES["mixes true and false"]
    answers = []
    for size in (1, 4, 100_000):
        model.size = size
        answer = dateline.ask(question("gerasimov-1")).as_dict()
        answers.append({key: value for key, value in answer.items() if key != "timings_ms"})
    model.size = 5
    assert answers[0] == answers[1] == answers[2]


def test_a_model_that_cannot_be_reached_leaves_the_quotations(indexed: Path) -> None:
    """Point 7: answered, degraded, said so."""
    with Dateline.open(settings_for(indexed), FakeModel([ModelUnreachableError("gone")])) as dateline:
        answer = dateline.ask(question("s300-halt-1")).as_dict()
    assert (answer["status"], answer["degraded"]) == ("answered", True)
    assert "quotes the evidence" in answer["notice"]
    assert {sentence["origin"] for sentence in answer["sentences"]} == {"quote"}

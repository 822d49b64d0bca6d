"""From a model's stream to drafts: whole sentences, marks kept apart, refusals heard."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import pytest
from support import evidence_of
from world import NEW, OLD

from qa.copying import copies_of
from qa.errors import ModelUnreachableError
from qa.generate import SPOKEN_DOUBT, Copying, generate
from qa.llm.client import Request
from qa.llm.fake import FakeModel
from qa.prompts import ASK, COPIED, FOR_EACH_DATE, NOT_STATED, STATED, user_prompt
from qa.question import read_question
from qa.records import Assent, Doubt, Draft

EVIDENCE = [
    evidence_of(OLD, "At least 1,200 people came to the pier."),
    evidence_of(NEW, "Nine hundred people came to the pier."),
]


class Piecewise(FakeModel):
    """A fake that streams in pieces of any size, in the middle of words and marks too."""

    def __init__(self, reply: str, size: int) -> None:
        super().__init__([reply])
        self._size = size

    def stream(self, request: Request) -> Generator[str, None, None]:
        """The reply, `size` characters at a time."""
        reply = "".join(super().stream(replace(request, max_tokens=10_000)))
        for start in range(0, len(reply), self._size):
            yield reply[start : start + self._size]


def _replies(reply: str, size: int = 3) -> list[Doubt | Draft]:
    return list(generate(Piecewise(reply, size), "How many came?", EVIDENCE, per_event=False))


def _drafts(reply: str, size: int = 3) -> list[Doubt | Draft]:
    doubt, *drafts = _replies(reply, size)
    assert isinstance(doubt, Doubt)
    return drafts


@pytest.mark.parametrize(
    ("reply", "drafts"),
    [
        ("Many came. [1]", [Draft("Many came.", (1,))]),
        ("Many came [1].", [Draft("Many came.", (1,))]),
        ("Many came. [1][2]", [Draft("Many came.", (1, 2))]),
        ("Many came [1]. Few left. [2]", [Draft("Many came.", (1,)), Draft("Few left.", (2,))]),
        ("Many came [99].", [Draft("Many came.", (99,))]),
        ("Many came", [Draft("Many came", ())]),
        ("- Many came [1]\n- Few left [2]", [Draft("Many came", (1,)), Draft("Few left", (2,))]),
        ("Answer: Many came. [1]", [Draft("Many came.", (1,))]),
        ("", []),
        ("[1]", []),
        (" \n ", []),
        ("...", []),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_drafts_do_not_depend_on_the_pieces(reply: str, drafts: list[Draft], size: int) -> None:
    """However the stream is cut, the same sentences come out, with their marks and without them in the text."""
    assert _drafts(reply, size) == drafts


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize("reply", [NOT_STATED, f"{NOT_STATED}.", "Not stated.", f"  {NOT_STATED} [1]"])
def test_a_refusal_is_heard_however_it_is_cut(reply: str, size: int) -> None:
    """Great doubt and no draft, also when the phrase is split over pieces."""
    assert _replies(reply, size) == [Doubt(SPOKEN_DOUBT)]


def test_what_the_server_tells_of_the_first_word_is_the_doubt() -> None:
    """The probability of the refusal's first token, whatever is said then; other words do not count."""

    class Telling(FakeModel):
        def stream(self, request: Request) -> Generator[str, None, None]:
            assert request.weigh is not None
            request.weigh({"NOT": 0.25, "N": 0.05, "Not": 0.1, "Many": 0.5, " ": 0.1})
            yield "Many came. [1]"

    replies = list(generate(Telling(["x"]), "How many came?", EVIDENCE, per_event=False))
    assert replies == [Doubt(pytest.approx(0.3)), Draft("Many came.", (1,))]


def test_a_sentence_comes_as_soon_as_the_next_begins() -> None:
    """The reader need not wait for the whole answer, and closing stops the model."""
    taken: list[str] = []

    class Watched(FakeModel):
        def stream(self, request: Request) -> Generator[str, None, None]:
            for piece in ["Many came.", " [1]", " Few", " left.", " It rained.", " And so on."]:
                taken.append(piece)
                yield piece

    drafts = generate(Watched(["x"]), "How many came?", EVIDENCE, per_event=False)
    assert isinstance(next(drafts), Doubt)
    assert next(drafts) == Draft("Many came.", (1,))
    assert len(taken) < 6
    drafts.close()
    assert len(taken) < 6


def test_a_lost_server_is_told() -> None:
    """The error goes through to the caller."""
    with pytest.raises(ModelUnreachableError):
        list(generate(FakeModel([ModelUnreachableError("gone")]), "Who?", EVIDENCE, per_event=False))


@pytest.mark.parametrize("per_event", [False, True])
def test_the_prompt_numbers_and_dates_the_evidence(per_event: bool) -> None:
    """The model sees the question, each quotation once with its number and date, and how to refuse."""
    model = FakeModel(["x"])
    list(generate(model, "How many came?", EVIDENCE, per_event=per_event))
    (asked,) = model.asked
    assert asked.user.splitlines() == [
        "[1] (Lindow, 3 June 2014) At least 1,200 people came to the pier.",
        "[2] (Ostby, 5 June 2016) Nine hundred people came to the pier.",
        "",
        "Question: How many came?",
        *([FOR_EACH_DATE] if per_event else []),
        ASK,
    ]
    assert NOT_STATED in asked.instructions.system
    assert asked.max_tokens > 0


def test_line_breaks_of_a_quotation_stay_out_of_the_prompt() -> None:
    """A quotation over several lines cannot pose as a line of the prompt."""
    item = evidence_of(OLD, OLD.text[:60])
    assert "\n" in item.quote
    assert len(user_prompt("Who?", [item]).splitlines()) == 4


COPIES = copies_of(read_question("How many came?"), EVIDENCE[0], lead=COPIED)


def _copying(model: FakeModel) -> Copying:
    return Copying(model, "How many came?", EVIDENCE[0], copies=COPIES)


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize(
    ("reply", "told", "copied"),
    [
        ("yes: Many came.", 1.0, ["Many came."]),
        (" yes: Many came. Few left.", 1.0, ["Many came.", "Few left."]),
        ("yes", 1.0, []),
        ("yes: ", 1.0, []),
        ("no", 0.0, []),
        ("no: Many came.", 0.0, []),
        ("perhaps", 0.5, []),
        ("", 0.5, []),
    ],
)
def test_assent_comes_before_what_is_copied(reply: str, told: float, copied: list[str], size: int) -> None:
    """However the stream is cut; a server that gives no probabilities still says yes or no."""
    copying = _copying(Piecewise(reply, size))
    assert copying.assent == Assent(told)
    assert copying.drafts() == [Draft(text, ()) for text in copied]


def test_one_piece_of_evidence_is_read_with_its_date() -> None:
    """Its words on one line, then the question; without a grammar nothing is to be copied."""
    model = FakeModel(["yes: 1,200 people."])
    item = replace(EVIDENCE[0], start=OLD.text.index("At least"), end=OLD.text.index("At least") + 39)
    copying = Copying(model, "How many came?", item, copies=None)
    (asked,) = model.asked
    assert asked.instructions == STATED
    assert asked.user == (
        "Sentence: (Lindow, 3 June 2014) At least 1,200 people came to the pier.\n"
        "Question: How many came?\nStated:"
    )
    assert asked.max_tokens == 1
    assert copying.drafts() == []


def test_assent_is_the_share_of_yes_among_the_likeliest_first_words() -> None:
    """Other words, and how yes and no are spelt, do not count."""

    class Telling(FakeModel):
        def stream(self, request: Request) -> Generator[str, None, None]:
            assert request.weigh is not None
            request.weigh({"yes": 0.3, " Yes": 0.15, "no": 0.15, "It": 0.4})
            yield "It"

    assert _copying(Telling(["x"])).assent.probability == pytest.approx(0.75)


def test_closing_stops_the_model_before_it_copies() -> None:
    """An assent that is not enough costs no more than itself."""
    taken: list[str] = []

    class Watched(FakeModel):
        def stream(self, request: Request) -> Generator[str, None, None]:
            try:
                for piece in ["yes", ":", " Many", " came."]:
                    taken.append(piece)
                    yield piece
            finally:
                taken.append("closed")

    _copying(Watched(["x"])).close()
    assert taken == ["yes", ":", "closed"]

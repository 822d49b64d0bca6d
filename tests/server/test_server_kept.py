"""Conversations that browsers keep: they come back as they went, and nothing in them is trusted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stub_dateline import DOCUMENTS, OTHER, SPAN, StubDateline

from qa.server import conversation_html
from qa.server.answer_html import shown_with
from qa.server.kept import MOST_EXCHANGES, Exchange, read_exchanges, stands, turns_of
from qa.server.language import texts_for

SHOWN = shown_with(texts_for("en"), DOCUMENTS)
EVIL = '<img src=x onerror="window.hacked=1"> **b** $x$'


def whole(question: str = "How long?") -> dict[str, Any]:
    """An exchange as a browser keeps it."""
    answer = StubDateline().ask(question)
    kept: dict[str, Any] = json.loads(
        json.dumps(Exchange(question, (SPAN.document_id,), "whole", answer).as_dict())
    )
    return kept


@pytest.mark.parametrize("question", ["How long?", "disagree", "what", "hostile"])
def test_an_exchange_comes_back_as_it_went(question: str) -> None:
    """Through JSON and back it is equal, and looks the same."""
    exchange = Exchange(question, (SPAN.document_id,), "whole", StubDateline().ask(question), None, "up")
    (found,) = read_exchanges(json.loads(json.dumps([exchange.as_dict()])))
    assert found == exchange
    assert conversation_html.messages((found,), SHOWN) == conversation_html.messages((exchange,), SHOWN)


@pytest.mark.parametrize(
    "kept",
    [None, 7, "x", {}, [None], [[]], ["x"], [{}], [{"question": 1}], [{"question": "q", "ended": "odd"}]],
)
def test_what_cannot_be_read_is_left_out(kept: object) -> None:
    """Whatever stands in a browser's storage, nothing raises."""
    assert read_exchanges(kept) == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("answer", "citations", 0, "start"), "here"),
        (("answer", "citations", 0, "published"), "soon"),
        (("answer", "sentences", 0, "citations"), None),
        (("answer", "status"), "sure"),
        (("answer", "choices"), [{"label": "x"}]),
        (("verdict",), "maybe"),
    ],
)
def test_one_wrong_value_takes_its_exchange_out_alone(path: tuple[str | int, ...], value: object) -> None:
    """The others stay."""
    damaged: Any = whole()
    place = damaged
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert [found.question for found in read_exchanges([damaged, whole("what")])] == ["what"]


def test_stored_text_stays_text() -> None:
    """Markup in any text of a kept conversation is shown as written."""
    kept = whole("disagree")

    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoil(item) if key not in FIXED else item for key, item in value.items()}
        if isinstance(value, list):
            return [spoil(item) for item in value]
        return EVIL if isinstance(value, str) else value

    (found,) = read_exchanges([spoil(kept)])
    html = "".join(conversation_html.messages((found,), SHOWN))
    assert "<img" not in html
    assert "**b**" not in html
    assert "&lt;img" in html


FIXED = {"ended", "status", "origin", "published", "event_date", "verdict"}


def test_a_forged_quote_is_not_called_a_reports() -> None:
    """A sentence counts as standing in a report only where the report has it."""
    assert stands(SPAN, SHOWN.documents)
    kept = whole()
    kept["answer"]["citations"][0]["quote"] = "Its span measures 9 metres, the builders said."
    (found,) = read_exchanges([kept])
    assert found.answer
    assert [stands(item, SHOWN.documents) for item in found.answer.citations] == [False, True]
    assert OTHER in found.answer.citations


def test_only_whole_answers_are_told_to_the_pipeline() -> None:
    """What was stopped, failed or lost is no turn; very long conversations lose their beginning."""
    exchanges = read_exchanges([whole(), {"question": "And?", "ended": "stopped"}, {"question": "Lost?"}])
    assert [turn.content for turn in turns_of(exchanges)][0::2] == ["How long?"]
    assert len(read_exchanges([{"question": str(number)} for number in range(200)])) == MOST_EXCHANGES
    (long,) = read_exchanges([{"question": "x" * 100_000}])
    assert len(long.question) < 10_000

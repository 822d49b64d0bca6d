"""Copies and exports: the answer with its numbered sources, as Markdown that shows texts as they are."""

from __future__ import annotations

import json
from dataclasses import replace

from markdown_it import MarkdownIt
from stub_dateline import HOSTILE, SPAN, StubDateline

from qa.server import transcript
from qa.server.kept import Exchange
from qa.server.language import texts_for

SAY = texts_for("en")


def exchange(question: str) -> Exchange:
    """A question with the scripted answer to it."""
    return Exchange(question, (), "whole", StubDateline().ask(question))


def test_plain_text_holds_the_answer_and_its_sources() -> None:
    """Question, sentences with their numbers, then title, publisher, date and quote of each number."""
    assert transcript.plain(exchange("How long?"), SAY) == (
        "How long?\n\n"
        "The bridge is 412 metres long. [1]\n\n"
        "“The span is 415 metres long, according to the port.” [2]\n\n"
        "Sources:\n"
        "[1] Harbour bridge opens, The Courier, 5 May 2021\n"
        f"    “{SPAN.quote}”\n"
        "[2] Bridge to the docks, Harbour Post, 6 May 2021\n"
        "    “The span is 415 metres long, according to the port.”"
    )


def test_markdown_shows_hostile_texts_as_they_are() -> None:
    """No markup of a document, a question or a model becomes markup of the page it is pasted into."""
    question = "# [x](javascript:1) `c` <b>b</b>\n- item"
    given = replace(StubDateline().ask("hostile"), question=question, standalone_question=question)
    html = MarkdownIt("commonmark").render(transcript.markdown(Exchange(question, (), "whole", given), SAY))
    for tag in ("<a ", "<img", "<script", "<b>", "<em", "<strong", "<code", "<h1"):
        assert tag not in html
    first = HOSTILE.split("\n")[0].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert first in html
    assert "**x** &lt;i&gt;y&lt;/i&gt; [z](javascript:1)" in html


def test_quotations_are_quotations_in_markdown_too() -> None:
    """A quoted sentence is a block quotation, a worded one is not; each source has its own."""
    html = MarkdownIt("commonmark").render(transcript.markdown(exchange("How long?"), SAY))
    assert "<h2>How long?</h2>" in html
    assert "<p>The bridge is 412 metres long. [1]</p>" in html
    assert "<blockquote>\n<p>The span is 415 metres long, according to the port. [2]</p>" in html
    assert html.count("<blockquote>") == 3


def test_what_is_not_simply_answered_says_so() -> None:
    """Disagreement, abstention, an answer that was cut off."""
    assert "The reports disagree." in transcript.plain(exchange("disagree"), SAY)
    abstained = transcript.plain(exchange("what"), SAY)
    assert "Not in the documents." in abstained
    assert "The nearest passages:" in abstained
    assert "The answer is not complete." in transcript.plain(Exchange("Why?"), SAY)
    stopped = replace(exchange("How long?"), ended="stopped")
    assert "The answer is not complete." in transcript.plain(stopped, SAY)


def test_a_narrowed_or_resolved_question_is_told() -> None:
    """What it was narrowed to by the reports' number, and how it was understood."""
    given = replace(StubDateline().ask("How long?"), standalone_question="How long is the bridge?")
    told = transcript.plain(Exchange("How long?", (SPAN.document_id,), "whole", given), SAY)
    assert "Understood as: How long is the bridge?" in told
    assert "Only: 1 report" in told


def test_a_conversation_is_exported_whole() -> None:
    """As one Markdown file, and as JSON that holds each answer in the contract's form."""
    both = (exchange("How long?"), exchange("what"))
    markdown = transcript.conversation_markdown(both, SAY)
    assert markdown.startswith("# Conversation with Dateline\n\n## How long?")
    assert "## what" in markdown
    told = json.loads(transcript.conversation_json(both))
    answer = both[0].answer
    assert answer
    assert told["exchanges"][0]["answer"] == answer.as_dict()

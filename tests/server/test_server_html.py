"""The HTML of the chat: every text stays text, every status shows, every citation leads to its sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from stub_dateline import BRIDGE, DOCUMENTS, EVIL, HOSTILE, OTHER, SPAN, StubDateline

from qa.errors import TooLargeError
from qa.records import Answer, AnswerSentence, Document, Event, Sources
from qa.server import answer_html, evidence_html
from qa.server.markup import text, verbatim

NASTY = "<script>x</script> & \"q\" 'a' **b** _i_ [l](javascript:1) `c` $m$ {{h}} ${t} # h | \\ ~s~ !i \x00\x1b"


class Outline(HTMLParser):
    """The tags, link targets and text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.marked = ""
        self.words = ""
        self._in_mark = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self._in_mark = self._in_mark or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a marked part."""
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.words += data
        if self._in_mark:
            self.marked += data


def final(question: str) -> Answer:
    """The scripted answer to a question."""
    return StubDateline().ask(question)


def test_text_survives_escaping_and_activates_nothing() -> None:
    """Unescaped once it reads as it was written; no character is left that an engine acts on."""
    escaped = text(NASTY)
    assert unescape(escaped) == NASTY.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")
    assert not set(re.sub(r"&[a-z]+;|&#\d+;", "", escaped)) & set("<>\"'$`{}[]*_~\\|!#")


def test_verbatim_keeps_white_space() -> None:
    """The reader's text is shown with the spaces it has."""
    assert verbatim("  a  b ") == "  a  b "
    assert text("  a \n b ") == "a b"


@pytest.mark.parametrize("question", ["How long?", "disagree", "what", "hostile"])
def test_answers_are_one_block_of_html(question: str) -> None:
    """No line break and no raw markup: Markdown leaves the block alone."""
    html = answer_html.answer(final(question))
    assert "\n" not in html
    assert html.startswith('<div class="dl-answer">')
    assert not {"script", "img", "i", "b"} & set(Outline(html).tags)


def test_documents_and_models_cannot_add_markup() -> None:
    """What a hostile report and a hostile model say is shown as written."""
    outline = Outline(answer_html.answer(final("hostile")))
    assert HOSTILE.split("\n")[0] in outline.words
    assert "**x** <i>y</i> [z](javascript:1)" in outline.words
    assert all(link.startswith("reader/") for link in outline.links)


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("How long?", "Answered from 2 reports"),
        ("disagree", "The reports disagree"),
        ("what", "Not in the documents"),
        ("hostile", "Answered from 1 report"),
    ],
)
def test_status_is_visible(question: str, status: str) -> None:
    """The first line says how the answer stands."""
    assert Outline(answer_html.answer(final(question))).words.startswith(status)


def test_status_of_quotations_and_of_several_events() -> None:
    """Quoting is said, and so is that several events match."""
    given = final("How long?")
    quoted = replace(given, sentences=given.sentences[1:], citations=given.citations[1:])
    assert "Quoted from 1 report<" in answer_html.answer(quoted)
    assert "Several events match" in answer_html.answer(replace(given, status="ambiguous"))


def test_quotations_look_like_quotations() -> None:
    """A quoted sentence is a block with its source, a worded one is not."""
    html = answer_html.answer(final("How long?"))
    quoted = re.findall(r"<blockquote.*?</blockquote>", html)
    assert len(quoted) == 1
    assert OTHER.quote in quoted[0]
    assert "Harbour Post · 6 May 2021" in quoted[0]
    assert "The bridge is 412 metres long." in html.replace(quoted[0], "")


def test_citation_numbers_lead_to_the_span() -> None:
    """Each number links to its document and exact offsets."""
    link = urlsplit(Outline(answer_html.answer(final("How long?"))).links[0])
    assert link.path == f"reader/{SPAN.document_id}"
    assert parse_qs(link.query) == {"start": [str(SPAN.start)], "end": [str(SPAN.end)]}


def test_disagreement_shows_both_values_and_dates() -> None:
    """Both sides stand side by side with publisher and date."""
    words = Outline(answer_html.answer(final("disagree"))).words
    for part in (
        "disagree about the span",
        "412 metres",
        "The Courier · 5 May 2021",
        "415 metres",
        "6 May 2021",
    ):
        assert part in words


def test_abstention_offers_the_nearest_passages_and_the_notice() -> None:
    """No claim, the nearest passages as quotations, and the notice."""
    given = final("what")
    words = Outline(answer_html.answer(given)).words
    assert SPAN.quote in words
    assert OTHER.quote in words
    assert given.notice in words
    assert evidence_html.panel_of(given).count("dl-card") == 2
    plain = replace(given, answer=answer_html.NOT_IN_DOCUMENTS + ".", nearest=())
    assert Outline(answer_html.answer(plain)).words.count(answer_html.NOT_IN_DOCUMENTS) == 1


def test_a_follow_up_shows_how_it_was_understood() -> None:
    """A resolved question is shown where it differs from the typed one."""
    given = replace(final("How long?"), standalone_question="How long is the <bridge>?")
    assert "Understood as: How long is the &lt;bridge&gt;?" in answer_html.answer(given)
    assert "Understood as" not in answer_html.answer(final("How long?"))


def test_the_event_that_opens_a_sentence_is_set_off() -> None:
    """A dateline is marked as such only where it is the cited report's."""
    sentence = AnswerSentence("Porto Novo, 4 May 2021 — It opened.", (1,), "model")
    html = answer_html.partial(Sources((SPAN,)), (sentence,))
    assert '<span class="dl-dateline">Porto Novo, 4 May 2021 —</span> It opened.' in html
    other = answer_html.partial(Sources((EVIL,)), (sentence,))
    assert "dl-dateline" not in other


def test_errors_are_a_line_and_a_hint() -> None:
    """An error in the chat says what is wrong and what to do."""
    words = Outline(answer_html.problem(TooLargeError("Too <long>.", "Shorten it."))).words
    assert words == "Too <long>.Shorten it."


def test_a_very_long_question_is_cut_in_the_chat() -> None:
    """The page stays readable whatever was pasted."""
    assert len(answer_html.question("x" * 10_000)) < 1000


def test_panel_groups_sentences_by_report() -> None:
    """Each report once, with its sentences under it."""
    html = evidence_html.sources((SPAN, OTHER, replace(SPAN, number=3)))
    assert html.count("<article") == 2
    assert Outline(html).words.count("Harbour bridge opens") == 1
    assert "Event" not in evidence_html.sources((EVIL,))


def test_collection_lists_the_reports_by_date() -> None:
    """The oldest event comes first, each report links to its text."""
    outline = Outline(evidence_html.collection(DOCUMENTS))
    assert outline.links == [f"reader/{DOCUMENTS[index].id}" for index in (1, 0, 2)]
    assert "3 reports, 4 May 2021 to 2 January 2022" in evidence_html.header(DOCUMENTS)
    assert "0 reports." in evidence_html.header(())


@pytest.mark.parametrize("quote", ["Its span measures 412 metres, the builders said.", "Ships pass.", "The"])
def test_reader_marks_exactly_the_quote(quote: str) -> None:
    """What is marked is the cited text, no more and no less; the rest of the report is all there."""
    start = BRIDGE.index(quote)
    outline = Outline(evidence_html.reader(DOCUMENTS[0], start, start + len(quote)))
    assert outline.marked == quote
    assert BRIDGE.replace("\n", "") in outline.words


def test_reader_marks_a_quote_that_spans_paragraphs() -> None:
    """A span over a paragraph break is marked in both parts, with one place to scroll to."""
    html = evidence_html.reader(DOCUMENTS[0], 0, BRIDGE.index("Ships"))
    assert Outline(html).marked == BRIDGE[: BRIDGE.index("Ships")].replace("\n", "")
    assert html.count('id="cited"') == 1


@pytest.mark.parametrize(("start", "end"), [(-1, -1), (5, 5), (9, 3), (0, 10_000), (-5, 4)])
def test_reader_marks_nothing_for_a_span_that_is_none(start: int, end: int) -> None:
    """Offsets that do not fit the text mark nothing and break nothing."""
    assert "<mark" not in evidence_html.reader(DOCUMENTS[0], start, end)


def test_reader_counts_code_points() -> None:
    """Emoji and right-to-left text before a span do not shift it."""
    start = HOSTILE.index("$x$")
    assert Outline(evidence_html.reader(DOCUMENTS[2], start, start + 3)).marked == "$x$"


def test_reader_says_how_dates_are_known() -> None:
    """What is inferred is said to be."""
    assert "inferred from the event" in evidence_html.reader(DOCUMENTS[0])
    bare = Document("0" * 16, "Text.", ("a.txt",), "Title", event=Event(None, None))
    assert "How this is known" not in evidence_html.reader(bare)

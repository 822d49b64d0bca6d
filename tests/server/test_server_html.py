"""The HTML of the chat: every text stays text, every status shows, every citation leads to its sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from stub_dateline import BRIDGE, DOCUMENTS, EVIL, HOSTILE, OTHER, SPAN, StubDateline

from qa.records import Answer, AnswerSentence, Choice, Disagreement, Document, Event, Place, Sources
from qa.server import answer_html, conversation_html, evidence_html, shell_html
from qa.server.documents_html import Table, documents_table
from qa.server.kept import Exchange, Problem
from qa.server.language import texts_for
from qa.server.markup import meta, text, verbatim

SAY = texts_for("en")
SHOWN = answer_html.shown_with(SAY, DOCUMENTS)

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
    html = answer_html.answer(final(question), SHOWN)
    assert "\n" not in html
    assert html.startswith('<div class="dl-answer">')
    assert not {"script", "img", "i", "b"} & set(Outline(html).tags)


def test_documents_and_models_cannot_add_markup() -> None:
    """What a hostile report and a hostile model say is shown as written."""
    outline = Outline(answer_html.answer(final("hostile"), SHOWN))
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
    assert Outline(answer_html.answer(final(question), SHOWN)).words.startswith(status)


def test_status_of_quotations_and_of_several_events() -> None:
    """Quoting is said, and so is that several events match."""
    given = final("How long?")
    quoted = replace(given, sentences=given.sentences[1:], citations=given.citations[1:])
    assert "Quoted from 1 report<" in answer_html.answer(quoted, SHOWN)
    assert "Several events match" in answer_html.answer(replace(given, status="ambiguous"), SHOWN)


def test_quotations_look_like_quotations() -> None:
    """A quoted sentence is a block with its source, a worded one is not."""
    html = answer_html.answer(final("How long?"), SHOWN)
    quoted = re.findall(r"<blockquote.*?</blockquote>", html)
    assert len(quoted) == 1
    assert OTHER.quote in quoted[0]
    assert "Harbour Post · 6 May 2021" in quoted[0]
    assert "The bridge is 412 metres long." in html.replace(quoted[0], "")


def test_citation_numbers_lead_to_the_span() -> None:
    """Each number links to its document and exact offsets."""
    link = urlsplit(Outline(answer_html.answer(final("How long?"), SHOWN)).links[0])
    assert link.path == f"reader/{SPAN.document_id}"
    assert parse_qs(link.query) == {"start": [str(SPAN.start)], "end": [str(SPAN.end)]}


def test_disagreement_shows_both_values_and_dates() -> None:
    """Both sides stand side by side with publisher and date."""
    words = Outline(answer_html.answer(final("disagree"), SHOWN)).words
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
    words = Outline(answer_html.answer(given, SHOWN)).words
    assert SPAN.quote in words
    assert OTHER.quote in words
    assert given.notice in words
    assert evidence_html.panel_of(given, SAY).count("dl-card") == 2
    plain = replace(given, answer="Not in the documents.", nearest=())
    assert Outline(answer_html.answer(plain, SHOWN)).words.count("Not in the documents") == 1
    told = "Not in the documents chosen. No chosen report covers 1931."
    narrowed = replace(given, answer=told, within=("a",))
    words = Outline(answer_html.answer(narrowed, SHOWN)).words
    assert words.count("Not in the documents chosen") == 1
    assert "No chosen report covers 1931." in words


def test_a_follow_up_shows_how_it_was_understood() -> None:
    """A resolved question is shown where it differs from the typed one."""
    given = replace(final("How long?"), standalone_question="How long is the <bridge>?")
    words = Outline(answer_html.answer(given, SHOWN)).words
    assert "Understood as: How long is the <bridge>?" in words
    assert 'data-do="edit"' not in answer_html.answer(given, SHOWN)
    assert 'data-do="edit"' in answer_html.answer(given, SHOWN, editable=True)
    assert "Understood as" not in answer_html.answer(final("How long?"), SHOWN)


def test_the_event_that_opens_a_sentence_is_set_off() -> None:
    """A dateline is marked as such only where it is the cited report's."""
    sentence = AnswerSentence("Porto Novo, 4 May 2021 — It opened.", (1,), "model")
    html = answer_html.partial(Sources((SPAN,)), (sentence,), SHOWN)
    assert '<span class="dl-dateline">Porto Novo, 4 May 2021 —</span> It opened.' in html
    disputed = replace(sentence, text="Porto Novo, 4 May 2021 (The Courier) — It opened.")
    html = answer_html.partial(Sources((SPAN,)), (disputed,), SHOWN)
    assert 'dl-dateline">Porto Novo, 4 May 2021 (The Courier) —</span> It opened.' in html
    other = answer_html.partial(Sources((EVIL,)), (sentence,), SHOWN)
    assert "dl-dateline" not in other


def test_each_event_has_a_paragraph_of_its_own() -> None:
    """A new paragraph begins at another dateline, not at the same one and not without any."""
    later = replace(SPAN, number=2, event_date=date(2022, 5, 5))
    told = (
        ("Porto Novo, 4 May 2021 — It opened.", 1),
        ("Many came.", 1),
        ("Porto Novo, 4 May 2021 — It rained.", 1),
        ("Porto Novo, 5 May 2022 — It closed.", 2),
    )
    sentences = tuple(AnswerSentence(said, (number,), "model") for said, number in told)
    html = answer_html.partial(Sources((SPAN, later)), sentences, SHOWN)
    first, second = html.split('<p class="dl-worded">')[1:]
    assert [one in first for one in ("opened", "came", "rained", "closed")] == [True, True, True, False]
    assert "closed" in second


def test_errors_are_a_line_and_a_hint() -> None:
    """An error in the chat says what kind it is, then what is wrong and what to do; it is announced at once."""
    html = answer_html.problem(Problem("too_large", "Too <long>.", "Shorten it."), None, SHOWN)
    assert Outline(html).words == "The question is too longToo <long>. Shorten it."
    assert 'role="alert"' in html
    assert "That did not work" in answer_html.problem(Problem("new_kind", "Odd.", ""), None, SHOWN)


def test_a_very_long_question_is_cut_in_the_chat() -> None:
    """The page stays readable whatever was pasted."""
    assert len(conversation_html.asked(Exchange("x" * 10_000), SHOWN)) < 1000


def test_a_disagreement_does_not_repeat_the_question() -> None:
    """Where the whole question is what the reports disagree about, the heading does without it."""
    given = final("disagree")
    about = replace(given.disagreements[0], about="How long is the bridge?")
    words = Outline(answer_html.answer(replace(given, disagreements=(about,)), SHOWN)).words
    assert "How long" not in words
    assert "What each of them says" in words
    assert Disagreement("the span", about.values) == given.disagreements[0]


def test_neighbouring_numbers_are_apart() -> None:
    """Between two numbers, and between a date and a number, there is a space."""
    sentence = AnswerSentence("Both say so.", (1, 2), "rule")
    words = Outline(answer_html.partial(Sources((SPAN, OTHER)), (sentence,), SHOWN)).words
    assert "Both say so.\xa01\xa02" in words
    assert "5 May 2021\xa01" in Outline(answer_html.answer(final("disagree"), SHOWN)).words


def test_events_to_choose_from_are_buttons() -> None:
    """Each asks the question as it was understood of the reports of that event alone."""
    given = replace(
        final("How long?"),
        status="ambiguous",
        standalone_question="How long was it?",
        choices=(Choice("Porto Novo, 4 May 2021", 1),),
    )
    html = answer_html.answer(given, SHOWN)
    ids = f"{DOCUMENTS[0].id} {DOCUMENTS[1].id}"
    assert 'data-do="choose"' in html
    assert 'data-question="How long was it?"' in html
    assert f'data-within="{ids}"' in html
    assert "Which one is meant?Porto Novo, 4 May 2021The bridge is" in Outline(html).words


def test_a_sentence_whose_report_is_gone_is_said_to_be_unchecked() -> None:
    """Its number leads nowhere and the answer says why; so it is where the text is not what was quoted."""
    without = answer_html.shown_with(SAY, DOCUMENTS[1:])
    given = final("How long?")
    html = answer_html.answer(given, without)
    assert Outline(html).links == [link for link in Outline(html).links if OTHER.document_id in link]
    assert "removed from the collection" in html
    assert "removed from the collection" not in answer_html.answer(given, SHOWN)
    forged = replace(given, citations=(replace(SPAN, quote="Its span measures 9 metres."), OTHER))
    assert "removed from the collection" in answer_html.answer(forged, SHOWN)


def test_only_the_last_question_can_be_edited() -> None:
    """Earlier ones stay as they are, and none can while an answer is on its way."""
    exchange = Exchange("How long?", (), "whole", final("How long?"))
    html = conversation_html.messages((exchange, exchange), SHOWN)
    assert ['data-do="edit"' in one for one in html] == [False, False, True, False]
    assert ['data-do="retry"' in one for one in html] == [False, False, False, True]
    assert 'data-do="edit"' not in "".join(conversation_html.messages((exchange,), SHOWN, closed=True))


def test_a_narrowed_question_says_so() -> None:
    """By the event where it is one, else by the number of reports."""
    both = (DOCUMENTS[0].id, DOCUMENTS[1].id)
    assert "Only: Porto Novo, 4 May 2021" in conversation_html.asked(Exchange("x", both), SHOWN)
    assert "Only: 1 report" in conversation_html.asked(Exchange("x", both[:1]), SHOWN)
    assert "Only" not in conversation_html.asked(Exchange("x"), SHOWN)


@pytest.mark.parametrize(
    ("exchange", "line"),
    [
        (Exchange("q"), "The connection was lost"),
        (Exchange("q", (), "stopped"), "Stopped."),
        (Exchange("q", (), "failed", None, Problem("bad_input", "It is <odd>.")), "It is &lt;odd&gt;."),
        (Exchange("q", (), "failed", None, Problem("internal")), "the server’s log has the details"),
    ],
)
def test_what_did_not_become_an_answer_can_be_asked_again(exchange: Exchange, line: str) -> None:
    """It says what happened and offers to ask again."""
    html = conversation_html.reply(exchange, SHOWN, last=True)
    assert line in html
    assert 'data-do="retry"' in html
    assert 'data-do="copy"' not in html


def test_documents_are_listed_with_dates_and_length() -> None:
    """A row for each report with what it is sorted by; texts stay texts."""
    outline = Outline(documents_table(DOCUMENTS, Table(SAY)))
    assert outline.tags.count("tr") == 1 + len(DOCUMENTS)
    assert "Harbour bridge opensThe Courier5 May 2021 inferredPorto Novo, 4 May 202116 words" in outline.words
    assert "<img src=x onerror=window.hacked=2> {{title}}" in outline.words
    assert "img" not in outline.tags
    assert all(link.startswith("reader/") for link in outline.links)


def test_panel_groups_sentences_by_report() -> None:
    """Each report once, with its sentences under it."""
    html = evidence_html.sources((SPAN, OTHER, replace(SPAN, number=3)), SAY)
    assert html.count("<article") == 2
    assert Outline(html).words.count("Harbour bridge opens") == 1
    assert "Event" not in evidence_html.sources((EVIL,), SAY)


def test_collection_lists_the_reports_by_date() -> None:
    """The oldest event comes first, each report links to its text."""
    outline = Outline(evidence_html.collection(DOCUMENTS, SAY))
    assert outline.links == [f"reader/{DOCUMENTS[index].id}" for index in (1, 0, 2)]
    assert "3 reports, 4 May 2021 to 2 January 2022" in shell_html.header(DOCUMENTS, SAY)
    assert "Answers from 0 reports" in shell_html.header((), SAY)


@pytest.mark.parametrize("quote", ["Its span measures 412 metres, the builders said.", "Ships pass.", "The"])
def test_reader_marks_exactly_the_quote(quote: str) -> None:
    """What is marked is the cited text, no more and no less; the rest of the report is all there."""
    start = BRIDGE.index(quote)
    outline = Outline(evidence_html.reader(DOCUMENTS[0], SAY, start, start + len(quote)))
    assert outline.marked == quote
    assert BRIDGE.replace("\n", "") in outline.words


def test_reader_marks_a_quote_that_spans_paragraphs() -> None:
    """A span over a paragraph break is marked in both parts, with one place to scroll to."""
    html = evidence_html.reader(DOCUMENTS[0], SAY, 0, BRIDGE.index("Ships"))
    assert Outline(html).marked == BRIDGE[: BRIDGE.index("Ships")].replace("\n", "")
    assert html.count('id="cited"') == 1


@pytest.mark.parametrize(("start", "end"), [(-1, -1), (5, 5), (9, 3), (0, 10_000), (-5, 4)])
def test_reader_marks_nothing_for_a_span_that_is_none(start: int, end: int) -> None:
    """Offsets that do not fit the text mark nothing and break nothing."""
    assert "<mark" not in evidence_html.reader(DOCUMENTS[0], SAY, start, end)


def test_reader_counts_code_points() -> None:
    """Emoji and right-to-left text before a span do not shift it."""
    start = HOSTILE.index("$x$")
    assert Outline(evidence_html.reader(DOCUMENTS[2], SAY, start, start + 3)).marked == "$x$"


def test_reader_shows_where_places_begin() -> None:
    """A page's number stands before its first paragraph; a heading, which stands there itself, comes once."""
    told, hostile = "Heading\nOne.\nTwo.\nThree.", "<b>page 2</b>"
    places = (Place(0, 12, "Heading"), Place(13, 18, hostile), Place(18, 24, "page 3"))
    document = Document("0" * 16, told, ("a.pdf",), "Title", language="de", places=places)
    html = evidence_html.reader(document, SAY, told.index("Two"), told.index("Two") + 4)
    assert Outline(html).marked == "Two."
    assert html.index("One.") < html.index("&lt;b&gt;page 2") < html.index("Two.") < html.index("page 3")
    assert (html.count("Heading"), html.count('class="dl-place"'), "<b>" in html) == (1, 2, False)
    assert 'class="dl-text" lang="de"' in html


def test_sources_say_where_a_quote_stands() -> None:
    """Each quote of a report has its own place in it; the report's own line has none."""
    quotes = [replace(SPAN, place="page 2"), replace(SPAN, number=2, start=0, place="<page 3>")]
    html = evidence_html.sources(quotes, SAY)
    assert html.count("page 2") == html.count("&lt;page 3&gt;") == 1
    assert meta(quotes[0], SAY).endswith("page 2")


def test_reader_says_how_dates_are_known() -> None:
    """What is inferred is said to be."""
    assert "inferred from the event" in evidence_html.reader(DOCUMENTS[0], SAY)
    bare = Document("0" * 16, "Text.", ("a.txt",), "Title", event=Event(None, None))
    assert "How this is known" not in evidence_html.reader(bare, SAY)

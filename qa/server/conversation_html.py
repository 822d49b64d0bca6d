"""The conversation's HTML: every question and reply, with what can be done with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.records import Citation, Sources
from qa.server import answer_html, icons, transcript
from qa.server.answer_html import Shown
from qa.server.kept import Exchange, cited, stands
from qa.server.language import Texts
from qa.server.markup import button, cite_link, line, meta, text
from qa.server.timeline import narrowing

_LONGEST_QUESTION_SHOWN = 600


def messages(exchanges: Sequence[Exchange], shown: Shown, *, closed: bool = False) -> tuple[str, ...]:
    """Each question and each reply as one element, in order; the last can be edited unless `closed`."""
    found: list[str] = []
    for number, exchange in enumerate(exchanges):
        last = number == len(exchanges) - 1 and not closed
        found += [asked(exchange, shown, number, last=last), reply(exchange, shown, number, last=last)]
    return tuple(found)


def asked(exchange: Exchange, shown: Shown, number: int = 0, *, last: bool = False) -> str:
    """The reader's question, as text, and what it is narrowed to; a very long one is cut short.

    The `last` one can be edited.
    """
    question, say = exchange.question, shown.say
    cut = len(question) > _LONGEST_QUESTION_SHOWN
    visible = question[:_LONGEST_QUESTION_SHOWN] + " …" if cut else question
    only = narrowing(exchange.within, shown.entries, say)
    narrowed = f'<p class="dl-only">{line(say, "chat.only", what=only)}</p>' if only else ""
    label = line(say, "chat.edit")
    edit = button("edit", "", "dl-act dl-edit", icons.EDIT, label, question=question) if last else ""
    return (
        f'<article class="dl-asked" data-turn="{number}"><div class="dl-asked-line">'
        f'<h2 class="dl-question" dir="auto">{text(visible)}</h2>{edit}</div>{narrowed}</article>'
    )


def reply(exchange: Exchange, shown: Shown, number: int = 0, *, last: bool = False) -> str:
    """What came of a question, and what can be done with it."""
    given = exchange.answer
    if exchange.ended == "whole" and given:
        body = answer_html.answer(given, shown, editable=last)
    elif exchange.ended == "stopped":
        body = answer_html.stopped(given, shown)
    elif exchange.problem:
        body = answer_html.problem(exchange.problem, given, shown)
    else:
        body = answer_html.lost(given, shown)
    references = _references(cited(given), shown, abstained=given.status == "abstained") if given else ""
    return coming(f"{body}{acts(exchange, shown, last=last)}{references}", number)


def coming(body: str, number: int = 0) -> str:
    """The element of a reply around what there is of it."""
    return f'<article class="dl-reply" data-turn="{number}">{body}</article>'


def begun(body: str, sources: Sources, shown: Shown, number: int = 0) -> str:
    """A reply on its way: what there is of it, and the sources it may draw on."""
    return coming(body + _references(sources.citations, shown), number)


def acts(exchange: Exchange, shown: Shown, *, last: bool) -> str:
    """The row under a reply: copy it, ask again, say whether it helped."""
    whole = exchange.answer is not None and exchange.ended == "whole"
    parts = [*(_copies(exchange, shown.say) if whole else ())]
    if last:
        parts.append(button("retry", line(shown.say, "chat.retry"), icon=icons.RETRY))
    if whole:
        parts.append(_thumbs(exchange, shown.say))
    label = line(shown.say, "chat.acts")
    return f'<div class="dl-acts" role="group" aria-label="{label}">{"".join(parts)}</div>' if parts else ""


def _copies(exchange: Exchange, say: Texts) -> Iterator[str]:
    """The answer as Markdown and as text, and an address that asks the question again."""
    for form, content in (
        ("markdown", transcript.markdown(exchange, say)),
        ("plain", transcript.plain(exchange, say)),
    ):
        label = line(say, f"chat.copy_{form}")
        yield button("copy", line(say, f"chat.{form}"), icon=icons.COPY, label=label, copy=content)
    meant = exchange.answer.standalone_question if exchange.answer else ""
    held = {"question": meant or exchange.question, "within": " ".join(exchange.within)}
    yield button("link", line(say, "chat.link"), icon=icons.LINK, label=line(say, "chat.copy_link"), **held)


def _thumbs(exchange: Exchange, say: Texts) -> str:
    pair = []
    for verdict, key, icon in (("up", "chat.helpful", icons.UP), ("down", "chat.unhelpful", icons.DOWN)):
        label, pressed = line(say, key), str(exchange.verdict == verdict).lower()
        pair.append(
            f'<button type="button" class="dl-act dl-thumb" data-do="feedback" data-verdict="{verdict}" '
            f'aria-pressed="{pressed}" aria-label="{label}" title="{label}">{icon}</button>'
        )
    return f'<span class="dl-thumbs">{"".join(pair)}</span>'


def _references(citations: Sequence[Citation], shown: Shown, *, abstained: bool = False) -> str:
    """The sources under the answer: for narrow screens, where they fold, and for paper."""
    if not citations:
        return ""
    items = "".join(
        f"<li>{cite_link(item, shown.say, shown.collection, gone=not stands(item, shown.documents))} "
        f'<span class="dl-reference"><span lang="en" dir="auto">{text(item.title)}</span>'
        f'<span class="dl-meta">{meta(item, shown.say)}</span>'
        f'<q class="dl-said" lang="en" dir="auto">{text(item.quote)}</q></span></li>'
        for item in citations
    )
    heading = line(shown.say, "answer.nearest" if abstained else "answer.sources")
    label = f"{heading} ({len(citations)})"
    return f'<details class="dl-references"><summary>{label}</summary><ol>{items}</ol></details>'


def suggestions(questions: Sequence[str], heading: str) -> str:
    """Questions to ask by pressing them; nothing where there are none. `heading` is plain text."""
    if not questions:
        return ""
    items = "".join(
        f"<li>{button('ask', text(question), 'dl-ask-this', question=question)}</li>" for question in questions
    )
    return f'<section class="dl-suggestions"><h3>{text(heading)}</h3><ul>{items}</ul></section>'


def welcome(shown: Shown) -> str:
    """What stands in place of a conversation before the first question."""
    empty = "" if shown.documents else f'<p class="dl-empty">{line(shown.say, "welcome.empty")}</p>'
    return (
        f'<section class="dl-welcome"><h2>{line(shown.say, "welcome.heading")}</h2>'
        f"<p>{line(shown.say, 'welcome.line')}</p>{empty}</section>"
    )

"""Answers and conversations as text to keep: Markdown and plain, each with its numbered citations.

What is quoted from reports, questions and models is escaped in Markdown, so that it reads there as it does
on the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from qa.records import Answer, Citation
from qa.server.answer_html import ABSTAINED, status_key
from qa.server.kept import Exchange, cited
from qa.server.language import Texts

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&])|^(\s*)(-|\d+(?=[.)]))", re.MULTILINE)

_QUOTED = {True: "> {} {}", False: "“{}” {}"}  # in Markdown, in plain text

Form: TypeAlias = Callable[[str], str]


def markdown(exchange: Exchange, say: Texts) -> str:
    """An exchange in Markdown: the question as a heading, the answer, its sources as quotations."""
    return _whole(exchange, say, escape, "## {}", "- [{number}] {where}\n  > {quote}")


def plain(exchange: Exchange, say: Texts) -> str:
    """An exchange in plain text: the question, the answer, its sources."""
    return _whole(exchange, say, _one_line, "{}", "[{number}] {where}\n    “{quote}”")


def conversation_markdown(exchanges: Iterable[Exchange], say: Texts) -> str:
    """A whole conversation in Markdown."""
    return "\n\n".join([f"# {say('transcript.heading')}", *(markdown(one, say) for one in exchanges)]) + "\n"


def conversation_json(exchanges: Sequence[Exchange]) -> str:
    """A whole conversation as JSON: each question with its answer in the form of the contract."""
    kept = [exchange.as_dict() for exchange in exchanges]
    return json.dumps({"dateline": 1, "exchanges": kept}, ensure_ascii=False, indent=2) + "\n"


def escape(value: str) -> str:
    """A text on one line, whose characters Markdown takes for nothing but themselves."""
    return _MARKDOWN.sub(
        lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", _one_line(value)
    )


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _whole(exchange: Exchange, say: Texts, form: Form, heading: str, source: str) -> str:
    given = exchange.answer
    blocks = [heading.format(form(exchange.question))]
    if exchange.within:
        blocks.append(f"{say('transcript.only')}: {say.count('counts.reports', len(exchange.within))}")
    if given and given.standalone_question not in {"", exchange.question}:
        blocks.append(f"{say('transcript.understood')}: {form(given.standalone_question)}")
    blocks.append(_answer(given, say, form) if given else say("transcript.unfinished"))
    if given and exchange.ended != "whole":
        blocks.append(say("transcript.unfinished"))
    if given and cited(given):
        label = say("transcript.nearest" if given.status == "abstained" else "transcript.sources")
        listed = [_source(item, say, form, source) for item in cited(given)]
        blocks.append("\n".join([f"{label}:", *([""] if form is escape else []), *listed]))
    return "\n\n".join(block for block in blocks if block)


def _answer(given: Answer, say: Texts, form: Form) -> str:
    """The status where it is not simply answered, then the sentences with their numbers."""
    lines = [] if given.status == "answered" and not given.disagreements else [f"{say(status_key(given))}."]
    for sentence in given.sentences:
        marks = form(" ".join(f"[{number}]" for number in sentence.citations))
        quoted = _QUOTED[form is escape] if sentence.origin == "quote" else "{} {}"
        lines.append(quoted.format(form(sentence.text), marks))
    if not given.sentences:
        lines.append(form(ABSTAINED.sub("", given.answer).strip()))
    lines.append(form(given.notice))
    return "\n\n".join(one for one in lines if one.strip())


def _source(item: Citation, say: Texts, form: Form, source: str) -> str:
    known = (
        item.title,
        item.publisher or "",
        say.day(item.published) or say("transcript.undated"),
        say.place(item.place),
    )
    where = ", ".join(form(part) for part in known if part)
    return source.format(number=item.number, where=where, quote=form(item.quote))

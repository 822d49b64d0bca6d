"""The conversation's HTML: questions, answers as they come, statuses and errors.

What a reader sees is decided here and tested without a browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from qa.errors import DatelineError
from qa.records import Answer, AnswerSentence, Citation, Disagreement, Event, Sources
from qa.server.markup import cite_link, count, meta, text

NOT_IN_DOCUMENTS = "Not in the documents"
_LONGEST_QUESTION_SHOWN = 600


def question(asked: str) -> str:
    """The reader's question, as text; a very long one is cut short."""
    shown = asked if len(asked) <= _LONGEST_QUESTION_SHOWN else asked[:_LONGEST_QUESTION_SHOWN] + " …"
    return f'<div class="dl-question" dir="auto">{text(shown)}</div>'


def waiting() -> str:
    """Before the sources are there."""
    return _message(_status("busy", "Looking through the reports …"))


def partial(sources: Sources, sentences: Sequence[AnswerSentence]) -> str:
    """While the answer comes: the verified sentences so far."""
    reports = len({citation.document_id for citation in sources.citations})
    status = _status("busy", f"Reading {count(reports, 'report')} …" if reports else "Reading …")
    return _message(status, _sentences(sentences, sources.citations))


def answer(given: Answer) -> str:
    """The whole answer with its status, citations, disagreements, nearest passages and notice."""
    body = _sentences(given.sentences, given.citations)
    said = text(given.answer.removeprefix(f"{NOT_IN_DOCUMENTS}."))  # the status says it already
    if not body and said:
        body = f'<p dir="auto">{said}</p>'
    return _message(
        _answer_status(given),
        _understood(given),
        body,
        *(_disagreement(item, given.citations) for item in given.disagreements),
        _nearest(given.nearest) if given.status == "abstained" else "",
        f'<p class="dl-notice">{text(given.notice)}</p>' if given.notice else "",
        _origin(given),
    )


def problem(error: DatelineError) -> str:
    """An error, as the one line that says what is wrong and the one that says what to do."""
    hint = f'<p class="dl-hint">{text(error.hint)}</p>' if error.hint else ""
    return _message(_status("problem", text(error.message)), hint)


def stopped(so_far: str) -> str:
    """An answer that the reader stopped; `so_far` is what was shown of it."""
    return _ended(so_far, _status("stopped", "Stopped. What is shown above was checked."))


def broken(so_far: str) -> str:
    """An answer that ended in an error nobody foresaw; the server's log has it."""
    hint = '<p class="dl-hint">Ask again; the server’s log has the details.</p>'
    return _ended(so_far, _status("problem", "Something went wrong inside Dateline."), hint)


def _ended(so_far: str, *parts: str) -> str:
    return so_far.replace("dl-status dl-busy", "dl-status dl-past") + _message(*parts)


def _message(*parts: str) -> str:
    return f'<div class="dl-answer">{"".join(parts)}</div>'


def _status(kind: str, line: str) -> str:
    return f'<p class="dl-status dl-{kind}">{line}</p>'


def _answer_status(given: Answer) -> str:
    if given.status == "abstained":
        return _status("abstained", NOT_IN_DOCUMENTS)
    if given.status == "ambiguous":
        return _status("ambiguous", "Several events match")
    if given.disagreements:
        return _status("disagree", "The reports disagree")
    reports = count(len({citation.document_id for citation in given.citations}), "report")
    quoted = all(sentence.origin == "quote" for sentence in given.sentences)
    return _status("answered", f"Quoted from {reports}" if quoted else f"Answered from {reports}")


def _understood(given: Answer) -> str:
    if given.standalone_question in {"", given.question}:
        return ""
    return f'<p class="dl-understood" dir="auto">Understood as: {text(given.standalone_question)}</p>'


def _origin(given: Answer) -> str:
    if not any(sentence.origin == "model" for sentence in given.sentences):
        return ""
    return f'<p class="dl-origin">Worded by {text(given.model)}, checked against the reports</p>'


def _sentences(sentences: Sequence[AnswerSentence], citations: Sequence[Citation]) -> str:
    """Worded sentences as one paragraph, each quotation as a block of its own."""
    by_number = {citation.number: citation for citation in citations}
    parts: list[str] = []
    for origin, group in groupby(sentences, key=lambda sentence: sentence.origin):
        if origin == "quote":
            parts.extend(_quotation(sentence, by_number) for sentence in group)
        else:
            worded = " ".join(
                f'<span class="dl-sentence" dir="auto">{_cited(sentence, by_number)}</span>'
                for sentence in group
            )
            parts.append(f"<p>{worded}</p>")
    return "".join(parts)


def _cited(sentence: AnswerSentence, by_number: dict[int, Citation]) -> str:
    cited = [by_number[number] for number in sentence.citations if number in by_number]
    said = sentence.text
    dateline = f"{Event(cited[0].event_date, cited[0].event_place).label} — " if cited else ""
    opening = ""
    if len(dateline) > 3 and said.startswith(dateline):
        opening, said = f'<span class="dl-dateline">{text(dateline)}</span> ', said.removeprefix(dateline)
    return f"{opening}{text(said)}{_cites(cited)}"


def _cites(citations: Sequence[Citation]) -> str:
    """The numbers, held to the sentence's last word by a space that does not break."""
    return f'<span class="dl-cites">{"".join(f"&nbsp;{cite_link(item)}" for item in citations)}</span>'


def _quotation(sentence: AnswerSentence, by_number: dict[int, Citation]) -> str:
    first = next((by_number[number] for number in sentence.citations if number in by_number), None)
    return _block(_cited(sentence, by_number), meta(first) if first else "")


def _block(body: str, source: str) -> str:
    footer = f"<footer>{source}</footer>" if source else ""
    return f'<blockquote class="dl-quote" dir="auto"><p>{body}</p>{footer}</blockquote>'


def _disagreement(found: Disagreement, citations: Sequence[Citation]) -> str:
    by_number = {citation.number: citation for citation in citations}
    sides = []
    for value in found.values:
        citation = by_number.get(value.citation)
        source = f'<span class="dl-meta">{meta(citation)}</span>{cite_link(citation)}' if citation else ""
        sides.append(f'<li><strong dir="auto">{text(value.value)}</strong>{source}</li>')
    heading = f"The reports disagree about {text(found.about)}"
    return f'<div class="dl-disagreement"><p>{heading}</p><ul>{"".join(sides)}</ul></div>'


def _nearest(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    items = "".join(_block(f"{text(item.quote)}{_cites([item])}", meta(item)) for item in citations)
    return f'<div class="dl-nearest"><p>The nearest passages</p>{items}</div>'

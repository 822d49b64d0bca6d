"""An answer's HTML: as it comes, whole, stopped, failed; its status, sentences, sides, choices and passages.

What a reader sees is decided here and tested without a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from qa.records import Answer, AnswerSentence, Citation, Disagreement, Document, Event, Sources
from qa.server import icons
from qa.server.kept import Problem, stands
from qa.server.language import Texts
from qa.server.markup import button, cite_link, joined, line, meta, text
from qa.server.timeline import Entry, entries_of, entry_of

ABSTAINED = re.compile(r"^Not in the documents(?: chosen)?\.")  # how the pipeline opens an abstention
PROBLEMS = frozenset({"bad_input", "too_large", "not_found", "model_unreachable", "queue_full", "closing"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What answers are shown with: the reader's language, and the collection as it is now, with its name where
    it is not the one shown first.
    """

    say: Texts
    documents: Mapping[str, Document] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    collection: str = ""


def shown_with(say: Texts, documents: Iterable[Document], collection: str = "") -> Shown:
    """The language and the collection together."""
    known = {document.id: document for document in documents}
    return Shown(say, known, entries_of(known.values()), collection)


def waiting(say: Texts) -> str:
    """Before the sources are there."""
    return _message(status("busy", line(say, "status.waiting")))


def queued(before: int, say: Texts) -> str:
    """While others have their turn."""
    return _message(status("busy", text(say.count("counts.before", before))))


def partial(sources: Sources, sentences: Sequence[AnswerSentence], shown: Shown) -> str:
    """While the answer comes: the verified sentences so far."""
    say = shown.say
    reports = len({citation.document_id for citation in sources.citations})
    counted = say.count("counts.from_reports", reports)
    busy = line(say, "status.reading_reports", reports=counted) if reports else line(say, "status.reading")
    return _message(status("busy", busy), _sentences(sentences, sources.citations, shown))


def answer(given: Answer, shown: Shown, *, editable: bool = False) -> str:
    """The whole answer with its status, citations, disagreements, choices, nearest passages and notice.

    With `editable` the question as it was understood can be changed.
    """
    say = shown.say
    choices = _choices(given, shown)
    body = choices or _sentences(given.sentences, given.citations, shown)
    said = text(ABSTAINED.sub("", given.answer))  # the status says it already
    if not body and said:
        body = f'<p lang="en" dir="auto">{said}</p>'
    return _message(
        _answer_status(given, say),
        _understood(given, say, editable=editable),
        body,
        *(_disagreement(item, given.citations, shown) for item in given.disagreements),
        _nearest(given.nearest, shown) if given.status == "abstained" else "",
        f'<p class="dl-notice" lang="en">{text(given.notice)}</p>' if given.notice else "",
        _gone(given, shown),
        _origin(given, say),
    )


def stopped(given: Answer | None, shown: Shown) -> str:
    """An answer that the reader stopped, with what was verified of it."""
    return _unfinished(status("stopped", line(shown.say, "status.stopped")), given, shown)


def problem(found: Problem, given: Answer | None, shown: Shown) -> str:
    """An error: what kind it is, its own line and what to do; what was verified before it stays."""
    say = shown.say
    if found.code == "internal":  # nobody foresaw it: the server's log has more than the reader needs
        return _unfinished(_alert(say, "status.broken"), given, shown, line(say, "hint.broken"))
    code = found.code if found.code in PROBLEMS else "other"
    told = text(f"{found.message} {found.hint}".strip())
    return _unfinished(_alert(say, f"problem.{code}"), given, shown, f'<span lang="en">{told}</span>')


def lost(given: Answer | None, shown: Shown) -> str:
    """An answer that was cut off with the connection, with what was verified of it."""
    return _unfinished(_alert(shown.say, "status.lost"), given, shown, line(shown.say, "hint.lost"))


def _unfinished(standing: str, given: Answer | None, shown: Shown, hint: str = "") -> str:
    """The status where it was while the answer came, what was verified, and what to do."""
    sentences = _sentences(given.sentences, given.citations, shown) if given else ""
    return _message(standing, sentences, f'<p class="dl-hint">{hint}</p>' if hint else "")


def _alert(say: Texts, key: str) -> str:
    return status("problem", line(say, key), alert=True)


def status(kind: str, shown: str, *, alert: bool = False) -> str:
    """The line that says how an answer stands; `shown` is HTML."""
    role = ' role="alert"' if alert else ""
    return f'<p class="dl-status dl-{kind}"{role}>{shown}</p>'


def _message(*parts: str) -> str:
    return f'<div class="dl-answer">{"".join(parts)}</div>'


def _answer_status(given: Answer, say: Texts) -> str:
    if given.status != "answered":
        return status(given.status, line(say, status_key(given)))
    if given.disagreements:
        return status("disagree", line(say, status_key(given)))
    reports = say.count("counts.from_reports", len({citation.document_id for citation in given.citations}))
    quoted = all(sentence.origin == "quote" for sentence in given.sentences)
    return status("answered", line(say, "status.quoted" if quoted else "status.answered", reports=reports))


def status_key(given: Answer) -> str:
    """The key of the words that say how an answer stands."""
    if given.disagreements:
        return "status.disagree"
    return (
        "status.abstained_within" if given.status == "abstained" and given.within else f"status.{given.status}"
    )


def _understood(given: Answer, say: Texts, *, editable: bool) -> str:
    meant = given.standalone_question
    if meant in {"", given.question}:
        return ""
    label = line(say, "chat.edit_understood")
    change = button("edit", "", "dl-act", icons.EDIT, label, question=meant)
    return (
        f'<p class="dl-understood">{line(say, "chat.understood")} '
        f'<span lang="en" dir="auto">{text(meant)}</span>{change if editable else ""}</p>'
    )


def _origin(given: Answer, say: Texts) -> str:
    if not any(sentence.origin == "model" for sentence in given.sentences):
        return ""
    return f'<p class="dl-origin">{line(say, "chat.worded", model=given.model)}</p>'


def _gone(given: Answer, shown: Shown) -> str:
    if all(stands(item, shown.documents) for item in (*given.citations, *given.nearest)):
        return ""
    return f'<p class="dl-notice">{line(shown.say, "chat.gone")}</p>'


def _sentences(sentences: Sequence[AnswerSentence], citations: Sequence[Citation], shown: Shown) -> str:
    """Worded sentences as a paragraph for each event, each quotation as a block of its own."""
    by_number = {citation.number: citation for citation in citations}
    parts: list[str] = []
    for origin, group in groupby(sentences, key=lambda sentence: sentence.origin):
        if origin == "quote":
            parts.extend(_quotation(sentence, by_number, shown) for sentence in group)
        else:
            parts.extend(_worded(list(group), by_number, shown))
    return "".join(parts)


def _worded(
    sentences: Sequence[AnswerSentence], by_number: Mapping[int, Citation], shown: Shown
) -> Iterator[str]:
    """A paragraph for each event: it begins at another dateline than the one before."""
    paragraphs: list[list[str]] = []
    current = ""
    for sentence in sentences:
        cited = [by_number[number] for number in sentence.citations if number in by_number]
        opening = _dateline(sentence.text, cited[0]) if cited else ""
        if not paragraphs or (opening and opening != current):
            paragraphs.append([])
        current = opening or current
        body = _cited(sentence, by_number, shown)
        paragraphs[-1].append(f'<span class="dl-sentence" lang="en" dir="auto">{body}</span>')
    yield from (f'<p class="dl-worded">{" ".join(paragraph)}</p>' for paragraph in paragraphs)


def _cited(sentence: AnswerSentence, by_number: Mapping[int, Citation], shown: Shown, known: str = "") -> str:
    """A sentence with its numbers; the dateline it opens with is set off, or left out where it is `known`."""
    cited = [by_number[number] for number in sentence.citations if number in by_number]
    said = sentence.text
    opening = _dateline(said, cited[0]) if cited else ""
    if opening:
        said = said.removeprefix(f"{opening} — ")
        opening = "" if opening == known else f'<span class="dl-dateline">{text(opening)} —</span> '
    return f"{opening}{text(said)}{_cites(cited, shown)}"


def _dateline(said: str, item: Citation) -> str:
    """The event that a sentence opens with, with its publisher where that is told; empty when it does not."""
    label = Event(item.event_date, item.event_place).label
    openings = (label, f"{label} ({item.publisher})") if label else ()
    return next((one for one in openings if said.startswith(f"{one} — ")), "")


def _cites(citations: Sequence[Citation], shown: Shown) -> str:
    """The numbers, held to the sentence's last word by a space that does not break."""
    links = (
        cite_link(item, shown.say, shown.collection, gone=not stands(item, shown.documents))
        for item in citations
    )
    return f'<span class="dl-cites">{"".join(f"&nbsp;{link}" for link in links)}</span>'


def _quotation(sentence: AnswerSentence, by_number: Mapping[int, Citation], shown: Shown) -> str:
    first = next((by_number[number] for number in sentence.citations if number in by_number), None)
    return _block(_cited(sentence, by_number, shown), meta(first, shown.say) if first else "")


def _block(body: str, source: str) -> str:
    footer = f"<footer>{source}</footer>" if source else ""
    return f'<blockquote class="dl-quote" lang="en" dir="auto"><p>{body}</p>{footer}</blockquote>'


def _disagreement(found: Disagreement, citations: Sequence[Citation], shown: Shown) -> str:
    """Each side with its value, source, date and number, side by side."""
    by_number = {citation.number: citation for citation in citations}
    sides = []
    for value in found.values:
        item = by_number.get(value.citation)
        known = f"{meta(item, shown.say)}{_cites([item], shown)}" if item else ""
        source = f'<span class="dl-meta">{known}</span>'
        sides.append(f'<li><strong lang="en" dir="auto">{text(value.value)}</strong>{source}</li>')
    asked = found.about.rstrip().endswith("?")  # the whole question: the reader has just read it
    key = "answer.sides" if asked or not found.about.strip() else "answer.sides_about"
    heading = line(shown.say, key, about=found.about)
    return f'<div class="dl-disagreement"><p>{heading}</p><ul>{"".join(sides)}</ul></div>'


def _choices(given: Answer, shown: Shown) -> str:
    """The events that match, each as a button that asks the question of it alone."""
    by_number = {citation.number: citation for citation in given.citations}
    items = []
    for choice in given.choices if given.status == "ambiguous" else ():
        item = by_number.get(choice.citation)
        entry = entry_of(item, shown.entries) if item else None
        if item is None or entry is None:
            continue
        held = {"within": " ".join(entry.documents), "name": entry.label(shown.say)}
        name = f'<span lang="en" dir="auto">{text(choice.label)}</span>'
        asked = given.standalone_question or given.question
        press = button("choose", name, "dl-choice", question=asked, **held)
        said = next((one for one in given.sentences if choice.citation in one.citations), None)
        line_of = _cited(said, by_number, shown, choice.label) if said else ""
        items.append(f'<li>{press}<p lang="en" dir="auto">{line_of}</p></li>')
    if not items:
        return ""
    heading = line(shown.say, "answer.choose")
    return f'<div class="dl-choices"><p>{heading}</p><ul>{"".join(items)}</ul></div>'


def _nearest(citations: Sequence[Citation], shown: Shown) -> str:
    if not citations:
        return ""
    items = "".join(
        _block(f"{text(item.quote)}{_cites([item], shown)}", joined(text(item.title), meta(item, shown.say)))
        for item in citations
    )
    return f'<div class="dl-nearest"><p>{line(shown.say, "answer.nearest")}</p>{items}</div>'

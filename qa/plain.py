"""An answer as plain text: for the command line, and for clients that show nothing but text."""

from __future__ import annotations

from collections.abc import Iterator

from qa.records import Answer

SOURCES = "Sources:"
NEAREST = "The nearest passages:"


def as_text(answer: Answer) -> str:
    """The answer, the sources it cites or the nearest passages, and the notice."""
    lines = [answer.answer, "", *([NEAREST] if answer.nearest else []), *_sources(answer)]
    return "\n".join([*lines, *_notice(answer)]).rstrip()


def as_message(answer: Answer) -> str:
    """The same as a message of a chat, where a heading tells the sources from the answer."""
    lines = list(_sources(answer))
    if lines:
        lines = ["", NEAREST if answer.nearest else SOURCES, *lines]
    return "\n".join([answer.answer, *lines, *_notice(answer)]).rstrip()


def without_sources(message: str) -> str:
    """What is left of `as_message` when it comes back as a turn of the conversation: the answer."""
    for heading in (SOURCES, NEAREST):
        message = message.partition(f"\n\n{heading}\n")[0]
    return message


def _sources(answer: Answer) -> Iterator[str]:
    for citation in answer.citations or answer.nearest:
        published = citation.published.isoformat() if citation.published else None
        known = ", ".join(part for part in (citation.publisher, published) if part)
        where = ", ".join(part for part in (citation.uri, citation.place) if part)
        yield f"[{citation.number}] {citation.title} ({known or citation.uri}) {where}"
        yield f"    {' '.join(citation.quote.split())}"


def _notice(answer: Answer) -> list[str]:
    return ["", answer.notice] if answer.notice else []

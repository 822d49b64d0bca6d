"""The answer contract as a check of an answer's JSON, written without the program's own notion of words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from qa.records import Document

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million billion".split()
)
_WORD = re.compile(r"[^\W\d_][\w’'.-]*")
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_MARK = re.compile(r"\[(\d+)\]")
# Words that begin a sentence with a capital and name nobody.
_ORDINARY = frozenset(
    "a an the in on at by for from of to it its he she they his her their this that these those there and but "
    "or if as when while after before during with without not no yes according both each".split()
)


def check(answer: Mapping[str, Any], documents: Mapping[str, Document]) -> None:
    """Assert points 1 and 2 of the contract, and that an abstention makes no claim (point 5)."""
    cited = {citation["number"]: citation for citation in answer["citations"]}
    assert len(cited) == len(answer["citations"])
    for citation in (*answer["citations"], *answer["nearest"]):
        check_span(citation, documents)
    if answer["status"] == "abstained":
        assert answer["sentences"] == answer["citations"] == answer["disagreements"] == []
        assert answer["answer"].startswith("Not in the documents")
        assert not _MARK.search(answer["answer"])
        return
    assert answer["nearest"] == []
    assert answer["sentences"]
    used = set()
    for sentence in answer["sentences"]:
        assert sentence["citations"], sentence
        assert set(sentence["citations"]) <= cited.keys(), sentence
        assert sentence["origin"] in ("model", "quote", "rule")
        used |= set(sentence["citations"])
        check_sentence(sentence, [cited[number] for number in sentence["citations"]], documents)
    assert used == cited.keys()
    check_text(answer)


def check_span(citation: Mapping[str, Any], documents: Mapping[str, Document]) -> None:
    """A citation names a stored document and an exact span of it."""
    document = documents[citation["document_id"]]
    assert 0 <= citation["start"] < citation["end"] <= len(document.text)
    assert document.text[citation["start"] : citation["end"]] == citation["quote"] != ""
    assert citation["title"] == document.title
    assert citation["uri"] == document.uri


# "Riga, 3 June 2014 (Wire) — "
_DATELINE = re.compile(r"^[^—]{0,80}\b(?:19|20)\d\d(?: \([^)]*\))? — ")


def check_sentence(
    sentence: Mapping[str, Any], citations: list[Mapping[str, Any]], documents: Mapping[str, Document]
) -> None:
    """Every number, name and quotation is in the cited evidence or shown beside it; a quote is verbatim, whole
    or a clause of it.
    """
    text, quotes = sentence["text"], " ".join(citation["quote"] for citation in citations)
    shown = " ".join(_shown(documents[citation["document_id"]]) for citation in citations)
    if sentence["origin"] == "quote":
        dated = _DATELINE.match(text)
        assert _flat(text[dated.end() :] if dated else text) in _flat(quotes), sentence
    numbers = _numbers(quotes) | _numbers(shown)
    assert _numbers(text) <= numbers, (sentence, _numbers(text) - numbers)
    known = _words(quotes) | _words(shown)
    for position, word in enumerate(_WORD.findall(text)):
        name = _plain(word)
        if word[0].isupper() and not (position == 0 and name in _ORDINARY):
            assert name in known, (sentence, word)
    for groups in _QUOTED.findall(text):
        said = next(group for group in groups if group)
        assert _flat(said) in _flat(quotes), (sentence, said)


def check_text(answer: Mapping[str, Any]) -> None:
    """The shown text is the sentences with their marks and nothing else."""
    rest = answer["answer"]
    for sentence in answer["sentences"]:
        assert sentence["text"] in rest
        rest = rest.replace(sentence["text"], "", 1)
    marks = [int(mark) for mark in _MARK.findall(rest)]
    assert marks == [number for sentence in answer["sentences"] for number in sentence["citations"]]
    assert not _MARK.sub("", rest).strip()


def check_event(answer: Mapping[str, Any], documents: Mapping[str, Document]) -> None:
    """Every event that is drawn on is named by its place and date (point 3)."""
    for citation in answer["citations"]:
        event = documents[citation["document_id"]].event
        assert event.label in answer["answer"]


def _shown(document: Document) -> str:
    days = [_spelt(day) for day in (document.published, document.event.date) if day]
    return " ".join([document.title, document.publisher or "", document.event.place or "", *days])


def _spelt(day: date) -> str:
    return f"{day:%A %d %B %b %Y} {day.day} {day.month} {day.isoformat()}"


def _numbers(text: str) -> set[str]:
    """Numbers in digits without separators of thousands, and number words as they stand."""
    found = {match.replace(",", "").lstrip("0") or "0" for match in _NUMBER.findall(text)}
    return found | (_NUMBER_WORDS & {word.casefold() for word in re.findall(r"[A-Za-z]+", text)})


def _words(text: str) -> set[str]:
    return {_plain(word) for word in _WORD.findall(text)}


def _plain(word: str) -> str:
    folded = word.casefold().replace("’", "'").strip(".-'")
    return folded.removesuffix("'s").strip(".-'").rstrip("s")


def _flat(text: str) -> str:
    straight = text.replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")
    return " ".join(straight.casefold().split()).strip(" .,;:!?")

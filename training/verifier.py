"""Measure the verifier by itself: true sentences it should pass, and false ones made of them it should not.

    python -m training.verifier --qamr PATH/qamr.jsonl [--half tune|held] [--show N]

True sentences: those of training/reports and of QAMR that can stand alone, whole; sentences written by hand for
the reports (verifier_sentences.jsonl, with false ones of the same kinds beside them); and QAMR's questions for
a subject with their answers put in ("Who replaced Dunn?" and "Brook" give "Brook replaced Dunn"). False
sentences: one thing of a true one changed (see training/perturb.py). Each is shown to the verifier with the one
sentence it was made from as evidence. A text that comes back changed ("at least" put back, a speaker named) is
counted apart, as mended: what the reader sees is not the sentence that was given. The half "tune" was looked at
while the rules were written, "held" was not.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from qa.context import widen
from qa.load import document_id
from qa.question import read_question
from qa.records import Document, Draft, Event, Evidence, Verified
from qa.split import split_sentences
from qa.verify import verify
from qa.words import content_tokens, fold, tokens
from training.perturb import perturbations
from training.qamr import PRONOUNS, read_qamr

HERE = Path(__file__).parent
REPORTS = HERE / "reports"
WRITTEN = HERE / "verifier_sentences.jsonl"
HELD_SERIES = ("port", "river", "volcano", "football")
SEED = 11
ASKED = "What does the report say?"
LEAST_WORDS = 5
MOST_WORDS = 45
NO_SUBJECT = frozenset("did does do is are am 's else".split())
DANGLING = frozenset("in of to for with by at on from about".split())


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence with its evidence; `kind` says how it was made, `true` whether the evidence supports it."""

    text: str
    evidence: Evidence
    true: bool
    kind: str
    held: bool


def outcome(item: Labelled) -> str:
    """What the verifier makes of it: "passed" as it stands, "mended" from the evidence, or "rejected"."""
    checked = verify(Draft(item.text, ()), [item.evidence], read_question(ASKED))
    if not isinstance(checked, Verified) or checked.repaired:
        return "rejected"
    return "passed" if _plain(checked.text) == _plain(item.text) else "mended"


def _plain(text: str) -> str:
    return " ".join(fold(text).split()).strip(' .,"')


def read_reports() -> list[Document]:
    """The reports in training/reports with what their sidecar file tells of them."""
    known = tomllib.loads((REPORTS / "sources.toml").read_text("utf-8"))
    documents = []
    for path in sorted(REPORTS.glob("*.txt")):
        told: dict[str, Any] = {name: entry["value"] for name, entry in known[path.name].items()}
        text = path.read_text("utf-8")
        event = Event(told.get("event_date"), told.get("event_place"))
        documents.append(
            Document(
                document_id(text),
                text,
                (path.name,),
                told["title"],
                told.get("publisher"),
                told.get("published"),
                event,
            )
        )
    return documents


def written_sentences(documents: Sequence[Document]) -> Iterator[Labelled]:
    """The sentences written by hand, each with the sentence of the report it is about."""
    by_name = {document.uri: document for document in documents}
    for line in WRITTEN.read_text("utf-8").splitlines():
        row = json.loads(line)
        evidence = _evidence_at(by_name[row["report"]], row["quote"])
        kind = f"written: {row['kind'] or 'true'}"
        yield Labelled(row["text"], evidence, row["label"] == "supported", kind, _is_held(row["report"]))


def _evidence_at(document: Document, quote: str) -> Evidence:
    sentences = split_sentences(document)
    place = document.text.index(quote)
    sentence = next(item for item in sentences if item.start <= place < item.end)
    return Evidence(document, *widen(sentence, sentences), score=1.0)


def _is_held(report: str) -> bool:
    return report.startswith(HELD_SERIES)


def report_sentences(documents: Sequence[Document]) -> Iterator[Labelled]:
    """The whole sentences of the reports, and false ones made of them or borrowed from a sister report."""
    for document in documents:
        sentences = split_sentences(document)
        pool = " ".join(other.text for other in documents if other.uri[:4] == document.uri[:4])
        for sentence in sentences:
            evidence = Evidence(document, *widen(sentence, sentences), score=1.0)
            yield from _whole(sentence.text, evidence, pool, held=_is_held(document.uri))
    yield from _siblings(documents)


def _siblings(documents: Sequence[Document]) -> Iterator[Labelled]:
    """For each sentence, the one most like it in a report of a sister event."""
    for document in documents:
        own = split_sentences(document)
        others = [
            sentence.text
            for other in documents
            if other.uri.split("-")[0] == document.uri.split("-")[0] and other.event != document.event
            for sentence in split_sentences(other)
        ]
        for sentence in own:
            words = set(fold(sentence.text).split())
            near = max(others, key=lambda text: len(words & set(fold(text).split())), default="")
            if near and _plain(near) != _plain(sentence.text) and _is_sentence(near):
                evidence = Evidence(document, *widen(sentence, own), score=1.0)
                yield Labelled(near, evidence, False, "sibling report", _is_held(document.uri))


def qamr_sentences(path: Path) -> Iterator[Labelled]:
    """QAMR's sentences whole and as answered questions, and false ones made of both."""
    told = read_qamr(path)
    pools: dict[str, list[str]] = defaultdict(list)
    for item in told:
        pools[item.article].append(item.text)
    for item in told:
        document = Document(document_id(item.text), item.text, ("qamr.txt",), "")
        evidence = Evidence(document, 0, len(item.text), 1.0)
        held = crc32(item.article.encode()) % 2 == 1
        pool = " ".join(pools[item.article])
        yield from _whole(item.text, evidence, pool, held=held)
        for statement in _statements(item.text, item.asked):
            yield Labelled(statement, evidence, True, "answered question", held)
            for kind, text in perturbations(statement, item.text, pool, _dice(statement)):
                yield Labelled(text, evidence, False, kind, held)


def _whole(text: str, evidence: Evidence, pool: str, *, held: bool) -> Iterator[Labelled]:
    if not _is_sentence(text):
        return
    yield Labelled(text, evidence, True, "whole sentence", held)
    for kind, changed in perturbations(text, evidence.quote, pool, _dice(text)):
        yield Labelled(changed, evidence, False, kind, held)


def _is_sentence(text: str) -> bool:
    """Whether a text is a sentence that can stand alone: no pronoun first, for whom it means cannot be told."""
    first = fold(text.lstrip('“"')).split()[:1]
    alone = bool(first) and first[0] not in PRONOUNS
    return alone and text.rstrip("”\"'").endswith(".") and LEAST_WORDS <= len(text.split()) <= MOST_WORDS


def _dice(text: str) -> random.Random:
    return random.Random(SEED ^ crc32(text.encode()))


def _statements(text: str, asked: Iterable[tuple[str, int, int]]) -> Iterator[str]:
    """ "Who replaced Dunn?" answered by "Brook": "Brook replaced Dunn."

    Only questions for the subject with a name for an answer, and only where every word that carries meaning
    stands in the sentence: the crowd's own words are not sure to follow from it.
    """
    known = {token.stem for token in tokens(text)}
    for question, start, end in asked:
        lead, *rest = question.rstrip(" ?").split()
        answer = text[start:end]
        asks_subject = lead == "Who" and len(rest) >= 3 and rest[0] not in NO_SUBJECT and answer[:1].isupper()
        said = {token.stem for token in content_tokens(" ".join(rest))}
        if asks_subject and said <= known and len(said) >= 2 and rest[-1] not in DANGLING:
            yield f"{answer} {' '.join(rest)}."


def wilson(hits: int, of: int) -> str:
    """A share with its 95 % Wilson interval, in percent."""
    if of == 0:
        return "–"
    z, share = 1.96, hits / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return (
        f"{100 * share:.1f} ({100 * max(0.0, centre - half):.1f}–{100 * min(1.0, centre + half):.1f}) of {of:,}"
    )


def table(items: Sequence[Labelled]) -> str:
    """Precision, recall and macro-F1 of "supported", and what happened to each kind, as Markdown."""
    counts: dict[tuple[bool, str], Counter[str]] = defaultdict(Counter)
    for item in items:
        counts[item.true, item.kind][outcome(item)] += 1
    right = sum(found["passed"] for (true, _), found in counts.items() if true)
    wrong = sum(found["passed"] for (true, _), found in counts.items() if not true)
    trues = sum(sum(found.values()) for (true, _), found in counts.items() if true)
    falses = sum(sum(found.values()) for (true, _), found in counts.items() if not true)
    lines = [
        f"- precision of “supported”: {wilson(right, right + wrong)}",
        f"- recall of “supported”: {wilson(right, trues)}",
        f"- false sentences let through: {wilson(wrong, falses)}",
        f"- macro-F1: {100 * _macro_f1(right, wrong, trues, falses):.1f}",
        "",
        "| true sentences | passed % | mended |",
        "|---|---|---|",
        *_rows(counts, true=True),
        "",
        "| false sentences | passed % | mended |",
        "|---|---|---|",
        *_rows(counts, true=False),
    ]
    return "\n".join(lines)


def _rows(counts: dict[tuple[bool, str], Counter[str]], *, true: bool) -> Iterator[str]:
    for (is_true, kind), found in sorted(counts.items()):
        if is_true == true:
            yield f"| {kind} | {wilson(found['passed'], sum(found.values()))} | {found['mended']} |"


def _macro_f1(right: int, wrong: int, trues: int, falses: int) -> float:
    missed, caught = trues - right, falses - wrong
    supported = 2 * right / max(1, 2 * right + wrong + missed)
    unsupported = 2 * caught / max(1, 2 * caught + wrong + missed)
    return (supported + unsupported) / 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Measure the verifier by itself.")
    parser.add_argument("--qamr", type=Path, help="QAMR's sentences; without it the reports alone are measured")
    parser.add_argument("--half", choices=("tune", "held"), default="tune")
    parser.add_argument("--show", type=int, default=0, help="print so many wrongly judged sentences")
    given = parser.parse_args(arguments)
    documents = read_reports()
    sets: dict[str, list[Labelled]] = {
        "written by hand": list(written_sentences(documents)),
        "reports": list(report_sentences(documents)),
    }
    if given.qamr:
        sets["QAMR"] = list(qamr_sentences(given.qamr))
    for name, items in sets.items():
        chosen = [item for item in items if item.held == (given.half == "held")]
        sys.stdout.write(f"### {name}, {given.half} half\n\n{table(chosen)}\n\n")
        if given.show:
            _show(chosen, given.show)


def _show(items: Sequence[Labelled], most: int) -> None:
    for true in (False, True):
        missed = [item for item in items if item.true == true and (outcome(item) == "passed") != true]
        for item in missed[:most]:
            quote = " ".join(item.evidence.quote.split())
            sys.stdout.write(f"{'missed' if true else 'WRONG'} [{item.kind}] {item.text}\n    <- {quote}\n")


if __name__ == "__main__":
    main()

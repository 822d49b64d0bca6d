"""`python -m eval init`: draft cases from a folder of one's own documents, to be edited by hand."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from eval.drafting.feedback import DRAFT, cases_from_feedback, read_feedback
from eval.running.options import Options
from eval.running.plan import settings_of
from eval.schema.text import canonical, contains
from qa.config import Settings, quiet_libraries
from qa.drafting.form import Drafted, is_clear
from qa.drafting.persons import persons_of
from qa.drafting.templates import questions
from qa.errors import InputError, ModelError
from qa.llm.catalogue import wanted_tier
from qa.llm.client import LanguageModel, Request
from qa.load import find_files, load_documents
from qa.records import Document, Found, Instructions, Sentence
from qa.split import split_sentences
from qa.words import years

COUNT = 40
ROUND_TRIP = 8
"""A draft is kept where its sentence is among so many of the best that the pipeline weighs."""

ASK = Instructions(
    "Write one question that the given sentence answers, and the answer, copied word for word from the "
    "sentence. Reply with two lines and nothing else:\nQ: the question\nA: the answer"
)
_REPLY = re.compile(r"Q:\s*(?P<question>[^\n]+\?)\s*\n+\s*A:\s*(?P<answer>[^\n]+)")

EPILOG = """\
Each draft asks about one sentence, which is its gold evidence, and is kept only where Dateline weighs that
sentence when asked, so drafts are easier than what people ask. Read every one: mend question and answer, give
other ways to say the answer, and take the note out. Write the hard cases by hand: what the documents do not
tell, questions about two reports, other words (eval/cases/README.md has the types). Then:
  python -m eval --documents FOLDER --cases FILE"""


@dataclass(frozen=True, slots=True)
class Text:
    """A document, its name within its folder, and its sentences."""

    name: str
    document: Document
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A question with the sentence that answers it."""

    text: Text
    sentence: Sentence
    drafted: Drafted


def main(arguments: Sequence[str]) -> int:
    """Read the arguments, write the drafts, and return the exit status: 0, or 1 where none was found.

    Raises:
        InputError: the folder or the feedback cannot be used, or the file is there already.
        DatelineError: the pipeline cannot be opened.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    if (given.folder is None) == (given.feedback is None):
        parser.error("give either a FOLDER or --feedback FILE")
    if given.out.exists():
        raise InputError(f"{given.out} is there already.", "Choose another --out: your edits would be lost.")
    if given.feedback:
        rows = cases_from_feedback(read_feedback(given.feedback))
    else:
        rows = draft_cases(given.folder, given.count, settings_of(Options(out=Path(), tier=given.tier)))
    if not rows:
        print("Nothing to draft a case from was found.", file=sys.stderr)
        return 1
    write_cases(rows, given.out)
    about = f" --documents {given.folder}" if given.folder else ""
    print(f"{len(rows)} drafts in {given.out}: edit them by hand, then")
    print(f"  python -m eval{about} --cases {given.out}")
    return 0


def draft_cases(folder: Path, count: int, settings: Settings) -> list[dict[str, Any]]:
    """At most `count` draft cases about the documents of a folder, in the form of a case file.

    Raises:
        InputError: there is no such folder, or it holds no document that can be read.
        DatelineError: the pipeline cannot be opened.
    """
    texts = read_texts(folder)
    quiet_libraries()
    from eval.systems.bench import Pipeline, open_bench

    with tempfile.TemporaryDirectory(prefix="dateline-eval-") as data:
        fresh = settings.model_copy(
            update={
                "data_dir": Path(data),
                "seed_dir": folder.resolve(),
                "chroma_url": None,
                "llm_tier": wanted_tier(settings),
            }
        )
        with open_bench(fresh) as bench:
            pipeline = Pipeline(bench.means, bench.wording)
            kept = (
                draft
                for draft in once(drafts(texts, bench.wording.model))
                if weighs(pipeline.find(draft.drafted.question), draft)
            )
            return [case_of(draft, number) for number, draft in enumerate(islice(kept, count), start=1)]


def read_texts(folder: Path) -> tuple[Text, ...]:
    """The documents of a folder with their sentences.

    Raises:
        InputError: there is no such folder, or it holds no document that can be read.
    """
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.", "Give the folder of your documents.")
    texts = []
    for root, file in find_files([folder]):
        try:
            batch = load_documents(root, file)
        except InputError as error:
            print(f"Left out: {error.message}", file=sys.stderr)
            continue
        for loaded in batch.documents:
            name = loaded.path.relative_to(root).as_posix()
            texts.append(Text(name, loaded.document, split_sentences(loaded.document)))
    if not texts:
        raise InputError(f"There is no document in {folder}.", "Put files of a kind that can be read there.")
    return tuple(texts)


def drafts(texts: Iterable[Text], model: LanguageModel | None) -> Iterator[Draft]:
    """The drafts of all texts, one of each text in turn: by template, else by the model where there is one."""
    texts = tuple(texts)
    several = len({text.document.event for text in texts}) > 1
    for row in zip_longest(*(_drafts(text, model, several) for text in texts)):
        yield from (draft for draft in row if draft)


def dated(drafted: Drafted, document: Document, several: bool) -> Drafted:
    """With `several` events in the collection a question says which one it means, unless it gives a year or
    quotes what was said.
    """
    label = document.event.label
    if not (several and label) or years(drafted.question) or "“" in drafted.question:
        return drafted
    return replace(drafted, question=f"{drafted.question.removesuffix('?')} ({label})?")


def once(found: Iterable[Draft]) -> Iterator[Draft]:
    """Those whose question was not there before; two sentences that raise the same one cannot both be right."""
    seen: set[str] = set()
    for draft in found:
        asked = " ".join(canonical(draft.drafted.question))
        if asked not in seen:
            seen.add(asked)
            yield draft


def weighs(found: Found, draft: Draft) -> bool:
    """The round trip: whether the sentence is among the best that the pipeline weighs for the question."""
    return any(
        span.document.id == draft.sentence.document_id
        and span.start <= draft.sentence.start
        and draft.sentence.end <= span.end
        for span in found.selection.considered[:ROUND_TRIP]
    )


def case_of(draft: Draft, number: int) -> dict[str, Any]:
    """The draft in the form of a case file."""
    return {
        "id": f"draft-{number}",
        "family": f"draft-{number}",
        "type": "fact",
        "question": draft.drafted.question,
        "expect": "answered",
        "answers": [[draft.drafted.answer]],
        "evidence": [[{"document": draft.text.name, "quote": draft.sentence.text}]],
        "note": f"{DRAFT}; made by {draft.drafted.by}",
    }


def ask_model(model: LanguageModel, sentence: str) -> Drafted | None:
    """The question that the model makes of a sentence; None where its reply has another form, or its answer
    does not stand in the sentence or stands in the question too.
    """
    try:
        match = _REPLY.search("".join(model.stream(Request(ASK, sentence, max_tokens=96))))
    except ModelError:
        return None
    if match is None:
        return None
    question, answer = match["question"].strip(), match["answer"].strip(' .“”"')
    said, asked = canonical(answer), canonical(question)
    if not said or not contains(canonical(sentence), said) or contains(asked, said):
        return None
    return Drafted(question, answer, f"the model {model.name}")


def write_cases(rows: Iterable[dict[str, Any]], file: Path) -> None:
    """Write cases as JSON lines.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.", "Choose another --out.") from error


def _drafts(text: Text, model: LanguageModel | None, several: bool) -> Iterator[Draft]:
    persons = persons_of(text.sentences)
    for sentence in text.sentences:
        found = [one for one in questions(sentence.text, persons) if one.answer]
        made: tuple[Drafted | None, ...] = tuple(found[:1])
        if not made and model is not None and is_clear(sentence.text):
            made = (ask_model(model, sentence.text),)
        yield from (Draft(text, sentence, dated(one, text.document, several)) for one in made if one)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval init",
        description="Draft cases from your own documents, or from thumbs down, to be edited by hand.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("folder", nargs="?", type=Path, metavar="FOLDER", help="the documents, of any kind")
    add("--out", type=Path, default=Path("cases.jsonl"), metavar="FILE", help="default: cases.jsonl")
    add(
        "--count", type=_positive, default=COUNT, metavar="N", help=f"at most so many drafts (default: {COUNT})"
    )
    add(
        "--tier",
        choices=("standard", "small", "tiny", "none"),
        help="who words what no template fits (default: your settings; none: templates alone)",
    )
    add("--feedback", type=Path, metavar="FILE", help="exported feedback in place of a folder: its thumbs down")
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value

"""What evidence selection sees of the questions on training/reports: candidates, features, a model's doubt.

`python -m training.gather --out FILE [--tier T]` puts each question of training/reports/questions.jsonl through
retrieval and ranking over an index of those reports, and writes a JSON line for each, to be fitted from by
training/fit_selection.py. With a tier its model is asked as well, and its assent is noted, or with `--freely`
its doubt: what it says when it sees all the evidence at once, as a model on another server does. `--cases FILE`
takes the evaluation's cases about seeds/ instead: those of dev.jsonl, which is there to be tuned on; `--public
KIND=PATH` the questions of a public data set over its own documents (the kinds are those of python -m eval).
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from eval.public import load_slice
from eval.public.slice import CASES
from qa.config import TIERS, load_settings, quiet_libraries
from qa.dateline import Dateline
from qa.llm.client import External, LanguageModel
from qa.present import Presenter
from qa.question import read_question
from qa.records import Assent, Doubt, Evidence, Found, Part, Selection, Verdict
from qa.telling import Teller

REPORTS = Path(__file__).parent / "reports"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the reports; `gold` are alternative sentences that answer, each a file and its words."""

    id: str
    series: str
    question: str
    answerable: bool
    kind: str
    gold: tuple[tuple[str, str], ...]


def read_questions(path: Path = REPORTS / "questions.jsonl") -> list[Asked]:
    """The questions, in the order of the file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Asked(
            row["id"],
            row["series"],
            row["question"],
            row["answerable"],
            row["kind"],
            tuple((gold["document"], gold["quote"]) for gold in row["gold"]),
        )
        for row in rows
    ]


def read_cases(path: Path) -> list[Asked]:
    """The evaluation's cases that stand alone and have one answer or none."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Asked(
            row["id"],
            row["family"],
            row["question"],
            row["expect"] == "answered",
            row["type"],
            tuple((gold["document"], gold["quote"]) for one_set in row["evidence"] for gold in one_set),
        )
        for row in rows
        if row["expect"] != "per_event" and not row.get("history")
    ]


def main() -> None:
    """Ask, and write what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tier", choices=TIERS, default="none")
    parser.add_argument("--freely", action="store_true", help="show the model all the evidence at once")
    parser.add_argument("--every", type=int, default=1, help="take every n-th question only")
    parser.add_argument("--cases", type=Path, help="cases of the evaluation, in place of training/reports")
    parser.add_argument("--public", metavar="KIND=PATH", help="a public data set, in place of training/reports")
    arguments = parser.parse_args()
    quiet_libraries()
    with tempfile.TemporaryDirectory() as folder, arguments.out.open("w", encoding="utf-8") as stream:
        questions, documents = collect(arguments, Path(folder) / "documents")
        questions = questions[:: arguments.every]
        settings = load_settings(
            data_dir=Path(folder),
            models_dir=load_settings().models_dir,
            seed_dir=documents,
            llm_tier=arguments.tier,
            llm_base_url=None,
            llm_gguf=None,
            chroma_url=None,
        )
        with Dateline.open(settings, own=True) as dateline:
            model = dateline.model
            if model is not None and arguments.freely:
                model = Elsewhere(model)
            for row in observe(dateline, model, tqdm(questions)):
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def collect(arguments: argparse.Namespace, folder: Path) -> tuple[list[Asked], Path]:
    """The questions, and where the documents they are about lie: in `folder`, if they must be made ready."""
    if arguments.cases:
        return read_cases(arguments.cases), load_settings().seed_dir
    if arguments.public:
        kind, _, path = arguments.public.partition("=")
        load_slice(kind, Path(path), limit=None, seed=0, folder=folder)
        return read_cases(folder / CASES), folder
    shutil.copytree(REPORTS, folder, ignore=shutil.ignore_patterns("*.md", "LICENSE", "*.jsonl"))
    return read_questions(), folder


class Elsewhere:
    """A model treated like one on another server."""

    tier: External = "external"

    def __init__(self, model: LanguageModel) -> None:
        self.name, self.stream, self.prepare, self.close = model.name, model.stream, model.prepare, model.close


def observe(dateline: Dateline, model: LanguageModel | None, questions: Any) -> Iterator[dict[str, Any]]:
    """One row for each question; what rules answer without weighing, or in several parts, is marked as told."""
    for asked in questions:
        found = dateline.find(asked.question)
        selection = found.selection
        weighed = bool(selection.signals) and not selection.parts
        row: dict[str, Any] = {
            "id": asked.id,
            "series": asked.series,
            "kind": asked.kind,
            "question": asked.question,
            "answerable": asked.answerable,
            "reason": selection.reason,
            "told": not weighed,
            "signals": dict(selection.signals),
            "candidates": [
                {"features": dict(item.features), "gold": is_gold(item, asked)} for item in selection.considered
            ],
        }
        if model is not None and weighed and selection.evidence and not selection.reason:
            row |= judgement(model, found)
        yield row


def judgement(model: LanguageModel, found: Found) -> dict[str, Any]:
    """What a model says of the evidence when it is let to answer in any case: its assent or its doubt, by how
    it is shown the evidence, and what would be told.
    """
    heard: dict[str, Any] = {}

    def hear(selection: Selection | Part, told: Assent | Doubt) -> tuple[Verdict, float]:
        heard["assent" if isinstance(told, Assent) else "doubt"] = told.probability
        return "answer", 1.0

    selection = replace(found.selection, verdict="answer")
    teller = Teller(
        read_question(found.standalone_question), selection, Presenter(selection.evidence), model, judge=hear
    )
    return {"said": [f"{sentence.origin}: {sentence.text}" for sentence in teller.tell()], **heard}


def is_gold(item: Evidence, asked: Asked) -> bool:
    """Whether a span holds, or lies in, one of the sentences that answer."""
    for uri, quote in asked.gold:
        start = item.document.text.find(quote)
        if item.document.uri.endswith(uri) and start < item.end and item.start < start + len(quote):
            return True
    return False


if __name__ == "__main__":
    main()

"""Perturbed worlds: the reports and their cases rewritten together, so that nothing can be hard-coded or known.

    python -m eval world --seed 1 --out DIR --kinds names,years

What may change (`KINDS`): `names` of people, countries and organisations, `places`, `years` (by a multiple of
28, so that each date keeps its weekday), `counts`, one report to `remove`, one of another meeting to `add`.
What the words become is drawn by the seed from worlds.toml.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval.schema.cases import Case, load_cases
from eval.worlds.gold import Dropped, beside, carry_over, to_row, without
from eval.worlds.reports import Added, Report, Reports, put_in, read_reports, rewrite, take_out, write_reports
from eval.worlds.words import KINDS, Kind, Rewriter, Words, draw_words, read_table
from qa.errors import InputError
from qa.words import years

CASES = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True, slots=True)
class World:
    """A written world: `folder` holds the reports, their sources.toml, cases.jsonl, and world.json, which says
    what was changed and why cases were dropped.
    """

    folder: Path
    cases: tuple[Case, ...]
    dropped: tuple[Dropped, ...]
    words: Words
    removed: str = ""
    added: str = ""


def make_world(documents: Path, cases: Sequence[Case], seed: int, kinds: Sequence[Kind], folder: Path) -> World:
    """Rewrite the reports of `documents` and the cases about them into `folder`, made where it is missing.

    The same seed writes the same world. Each gold sentence of it stands byte for byte in its report.

    Raises:
        InputError: the documents cannot be read, the folder holds something, or no case can be carried over.
    """
    table = read_table()
    reports = read_reports(documents)
    texts = [report.text for report in reports.reports]
    words = draw_words(table, kinds, _lot(seed, "words"), texts)
    rewriter = Rewriter(words)
    others = rewrite(reports, rewriter)
    kept, dropped = _through(cases, lambda case: carry_over(case, rewriter, others))
    gone: Report | None = None
    added: Added | None = None
    if "remove" in kinds and len(others.reports) > 1:
        others, gone = take_out(others, _lot(seed, "remove"))
        kept, dropped = _through(kept, lambda case: without(case, gone, others), dropped)
    if "add" in kinds:
        named = frozenset(year for case in kept for year in years(_said(case)))
        added = put_in(others, table["report"], named, _lot(seed, "add"))
        others = replace(others, reports=(*others.reports, added.report))
        names = _names(table, kinds, seed, texts)
        kept, dropped = _through(kept, lambda case: beside(case, added, names), dropped)
    if not kept:
        raise InputError("No case can be carried over into this world.", "Choose other kinds of change.")
    world = World(
        folder, (), tuple(dropped), words, gone.name if gone else "", added.report.name if added else ""
    )
    _write(world, others, kept, seed, kinds)
    return replace(world, cases=load_cases([folder / "cases.jsonl"], folder))


def world_cases(documents: Path, cases: Sequence[Case], seed: int, folder: Path) -> tuple[Case, ...]:
    """The cases of a world in which everything changes that can; its documents are written into `folder`.

    Raises:
        InputError: as `make_world`.
    """
    return make_world(documents, cases, seed, KINDS, folder).cases


def main(arguments: Sequence[str]) -> int:
    """The command `python -m eval world`: write one world and say what became of the cases.

    Raises:
        InputError: an option or a case is wrong.
    """
    options = _parser().parse_args(arguments)
    sealed = (CASES / "test.jsonl").resolve()
    if any(file.resolve() == sealed for file in options.cases):
        raise InputError("test.jsonl is sealed.", "Give other cases.")
    documents = options.documents or _seeds()
    files = options.cases or [CASES / "dev.jsonl", CASES / "validation.jsonl"]
    cases = load_cases(files, documents)
    world = make_world(documents, cases, options.seed, options.kinds, options.out)
    print(f"{len(world.cases)} of {len(cases)} cases and their reports are in {options.out}.")
    for reason, count in Counter(item.reason for item in world.dropped).most_common():
        print(f"{count} dropped: {reason}.")
    print(f"python -m eval --documents {options.out} --cases {options.out / 'cases.jsonl'}")
    return 0


def _through(
    cases: Sequence[Case], change: Callable[[Case], Case | Dropped], dropped: Sequence[Dropped] = ()
) -> tuple[list[Case], list[Dropped]]:
    """The changed cases, and the dropped ones after those that were dropped before."""
    results = [change(case) for case in cases]
    kept = [item for item in results if isinstance(item, Case)]
    return kept, [*dropped, *(item for item in results if isinstance(item, Dropped))]


def _lot(seed: int, purpose: str) -> random.Random:
    """A lot of its own for each purpose, so that one kind of change does not depend on another."""
    return random.Random(f"{seed} {purpose}")  # noqa: S311 - a draw that can be repeated, not a secret


def _names(table: Mapping[str, Any], kinds: Sequence[Kind], seed: int, texts: Sequence[str]) -> Rewriter:
    """Finds the names of people and places in cases of the world, whether they were changed or not."""
    old = draw_words(table, ("names", "places"), _lot(seed, "words"), texts)
    forms = (*old.exact, *old.folded)
    if "names" in kinds:
        forms = (*forms, *old.exact.values(), *old.folded.values())
    return Rewriter(Words({}, {form.casefold(): form for form in forms}))


def _said(case: Case) -> str:
    return " ".join((case.question, *(turn.content for turn in case.history)))


def _write(world: World, reports: Reports, cases: Sequence[Case], seed: int, kinds: Sequence[Kind]) -> None:
    folder = world.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"{folder} is not empty.", "Give a new folder.")
        write_reports(reports, folder)
        rows = (json.dumps(to_row(case), ensure_ascii=False) for case in cases)
        (folder / "cases.jsonl").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        told = {
            "seed": seed,
            "kinds": list(kinds),
            "years_shifted_by": world.words.shift,
            "words": {**world.words.exact, **world.words.folded},
            "removed": world.removed,
            "added": world.added,
            "dropped": {item.id: item.reason for item in world.dropped},
        }
        text = json.dumps(told, ensure_ascii=False, indent=1)
        (folder / "world.json").write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.", "Choose another folder.") from error


def _seeds() -> Path:
    from qa.config import load_settings

    return load_settings().seed_dir


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval world",
        description="Write a copy of the reports and their cases with other names, places, years and counts.",
    )
    add = parser.add_argument
    add("--seed", type=int, required=True, metavar="N", help="the same seed writes the same world")
    add("--out", type=Path, required=True, metavar="DIR", help="an empty or new folder")
    add(
        "--kinds",
        type=_kinds,
        default=KINDS,
        metavar="KIND,...",
        help=f"what to change: {', '.join(KINDS)} (default: all)",
    )
    add("--documents", type=Path, metavar="FOLDER", help="the reports (default: the seeds)")
    add(
        "--cases",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="files of cases (default: the open ones)",
    )
    return parser


def _kinds(text: str) -> tuple[Kind, ...]:
    given = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [part for part in given if part not in KINDS]
    if unknown or not given:
        raise argparse.ArgumentTypeError(f"choose from {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in given)

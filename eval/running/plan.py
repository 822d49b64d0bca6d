"""What a run asks, checked whole before anything is asked: cases, and the folders they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.corpora import find_corpora
from eval.running.options import Options
from eval.schema.cases import Case, load_cases
from qa.config import Settings, load_settings
from qa.errors import InputError

HERE = Path(__file__).parents[1]
CASES = HERE / "cases"
SEALED = CASES / "test.jsonl"
CORPORA = HERE / "corpora"
OPEN_SPLITS = ("dev", "validation")
MOST_PUBLIC = 200
"""Cases of a public data set without --limit: some have thousands."""
PUBLIC_SEED = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Cases and the folder of documents they are about. A run's first part is what its report is about, the
    others are rows in it with reports of their own.
    """

    name: str
    cases: tuple[Case, ...]
    documents: Path

    @property
    def slug(self) -> str:
        """The name as that of a folder."""
        return re.sub(r"\W+", "-", self.name).strip("-").lower()


def settings_of(options: Options) -> Settings:
    """The user's settings; a tier given here beats any model of theirs. Every answer is made, none remembered.

    Raises:
        SettingsError: a setting is unusable.
    """
    if options.tier is None:
        return load_settings(answer_cache=0)
    return load_settings(llm_tier=options.tier, llm_base_url=None, llm_gguf=None, answer_cache=0)


def has_model(settings: Settings) -> bool:
    """Whether a language model will word answers."""
    from qa.config import TIERS
    from qa.llm.catalogue import locate, wanted_tier

    if settings.llm_base_url or settings.llm_gguf:
        return True
    return any(locate(settings, tier) for tier in TIERS[TIERS.index(wanted_tier(settings)) :])


def gate_tier(settings: Settings) -> str:
    """Whose gates apply: those of the tier that was asked for, whatever answers in its place."""
    if settings.llm_base_url or settings.llm_gguf:
        return "own model"
    from qa.llm.catalogue import wanted_tier

    return wanted_tier(settings)


def plan(options: Options, settings: Settings, scratch: Path) -> tuple[Part, ...]:
    """The parts of a run, the main one first; documents that have to be made are written below `scratch`.

    Raises:
        InputError: an option or a case is wrong; the message names file, line and field.
    """
    if options.public:
        return tuple(_slices(options, scratch))
    documents = options.documents or settings.seed_dir
    if not documents.is_dir():
        raise InputError(
            f"There is no folder {documents}.", "Give the documents of the cases with --documents."
        )
    main = Part(_name(options), choose(options, documents), documents)
    corpora = tuple(_corpora()) if options.is_default else ()
    return (main, *corpora, *_worlds(options, main, scratch))


def choose(options: Options, documents: Path) -> tuple[Case, ...]:
    """The cases of the main part. The sealed ones are read only when asked for, then checked against the open
    ones.

    Raises:
        InputError: a case is malformed, or the sealed file was given without asking for it.
    """
    if not options.sealed and any(file.resolve() == SEALED.resolve() for file in options.files):
        raise InputError("test.jsonl is sealed.", "Score it with --sealed, which logs the look.")
    splits = (options.split,) if options.split else OPEN_SPLITS
    files = options.files or tuple(CASES / f"{split}.jsonl" for split in splits)
    cases = load_cases((*files, SEALED) if options.sealed else files, documents)
    if options.sealed:
        cases = cases[len(load_cases(files, documents)) :]
    if options.smoke:
        first = {case.type: case.id for case in reversed(cases)}
        cases = tuple(case for case in cases if first[case.type] == case.id)
    return cases[: options.limit]


def _name(options: Options) -> str:
    if options.files:
        return ", ".join(file.name for file in options.files)
    return "sealed cases" if options.sealed else f"{options.split or 'open'} cases"


def _corpora() -> Iterator[Part]:
    """The further collections of the repository, which nothing is tuned on."""
    for corpus in find_corpora(CORPORA):
        yield Part(f"corpus {corpus.name}", load_cases([corpus.cases], corpus.documents), corpus.documents)


def _slices(options: Options, scratch: Path) -> Iterator[Part]:
    """The public data sets, each over documents of its own, drawn by the same lot each time."""
    from eval.public import load_slice

    for kind, path in options.public:
        folder = scratch / kind
        cases = load_slice(kind, path, options.limit or MOST_PUBLIC, PUBLIC_SEED, folder)
        yield Part(f"{kind} from {path.name}", cases, folder)


def _worlds(options: Options, main: Part, scratch: Path) -> Iterator[Part]:
    """The main part's documents and cases rewritten, once for each seed."""
    for seed in options.worlds:
        from eval.worlds.make import world_cases

        folder = scratch / f"world-{seed}"
        yield Part(f"world {seed}", world_cases(main.documents, main.cases, seed, folder), folder)

"""Public question sets in our own form: their documents as files in a folder, their questions as cases.

Nothing is fetched and nothing of theirs is kept in the repository: the user gives the file by path.

    python -m eval --public squad2=dev-v2.0.json --public ramdocs=RAMDocs_test.jsonl --limit 60
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from eval.public import mtrag, ramdocs, rgb, squad2, timeqa
from eval.public.slice import Article, sample, write_slice
from eval.schema.cases import Case, load_cases
from qa.errors import InputError

Loader = Callable[[Path], list[Article]]
SLICES: Mapping[str, Loader] = MappingProxyType(
    {
        "squad2": squad2.read,
        "ramdocs": ramdocs.read,
        "timeqa": timeqa.read,
        "mtrag": mtrag.read,
        "rgb": rgb.read,
    }
)


def load_slice(kind: str, path: Path, limit: int | None, seed: int, folder: Path) -> tuple[Case, ...]:
    """The cases of a public file; the documents they are about are written into `folder`, made where missing.

    `kind` is one of `SLICES`. With `limit`, at most so many cases, drawn by `seed` and spread over whole
    articles; an article's documents are all there, so that an answer is as hard to find as in the article.

    Raises:
        InputError: `kind` is none of `SLICES`, or the file is not in that form, named by file, line and field.
    """
    if kind not in SLICES:
        raise InputError(f'There is no public slice "{kind}".', f"Choose from: {', '.join(SLICES)}.")
    articles = [article for article in SLICES[kind](path) if article.documents and article.questions]
    if not articles:
        raise InputError(f"{path} has no question that can be asked.", "Check that it is the file you meant.")
    if limit is not None:
        articles = sample(articles, limit, seed)
    return load_cases([write_slice(kind, articles, folder)], folder)

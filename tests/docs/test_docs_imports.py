"""Imports in `qa/` point one way, and the stages stay apart."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import qa
from qa.config import PROJECT

# From the bottom to the top; a module imports from its own layer or from below, never in a circle. A package
# (`llm`, `server`, `language`, ...) counts as one module. A new module has to be given its place here.
LAYERS = (
    # underneath everything
    "__init__ errors keys records words config prompts logs observe tracing",
    # what the stages work with
    "language formats metadata load split vector_cache embed",
    "embed_ray storage reports collection likeness",
    "plain client question scopes followups office events sides context gathering claims copying rerank rank",
    "llm drafting",
    # the stages that use it
    "engines ingest index condense retrieve select generate verify present",
    "reading telling",
    # a question's way through them
    "given mending",
    "pipeline doctor",
    "suggest feedback background",
    # the whole, opened for a front end
    "dateline",
    "shelf",
    "server",
    "cli",
    "__main__",
)

AROUND = ("eval", "scripts", "benchmarks")  # those that are there build on `qa`

STAGES = "load split embed ingest index condense retrieve select generate verify present".split()

# What a stage may import of another, and why. Everything else a stage gets is handed to it by `pipeline`.
BETWEEN_STAGES = {
    ("ingest", "load"): "what changed is seen by reading it",
    ("ingest", "split"): "it drives the documents' way",
    ("ingest", "embed"): "it drives the documents' way",
    ("index", "ingest"): "an index is opened with its writer",
    ("index", "split"): "a snapshot holds passages and sentences",
    ("index", "embed"): "an index is opened with its embedder",
    ("retrieve", "embed"): "the type of what embeds a question as passages were embedded",
    ("select", "embed"): "the type of what compares sentences with the question",
    ("generate", "split"): "a reply is cut into sentences as documents are",
}

# Packages that take long to import.
HEAVY = frozenset(
    "bm25s chromadb gradio huggingface_hub llama_index nltk openai sentence_transformers torch transformers "
    "xllamacpp".split()
)


def imported(tree: ast.AST) -> Iterator[str]:
    """The dotted names of all modules that a source imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield node.module
            # `from qa import pipeline` imports a module too, `from qa.errors import X` does not.
            yield from (f"{node.module}.{name.name}" for name in node.names if node.module == "qa")


def owner(name: str) -> str:
    """The module of `qa` that a dotted name belongs to: `qa.llm.client` is `llm`."""
    return name.split(".")[1] if "." in name else "__init__"


def sources(*folders: str) -> list[Path]:
    """All Python files of some folders."""
    return [path for folder in folders for path in sorted((PROJECT / folder).rglob("*.py"))]


def edges() -> set[tuple[str, str]]:
    """Which module of `qa` imports which other one."""
    there = modules()
    found = set()
    for path in sources("qa"):
        here = module_of(path)
        names = {name for name in imported(ast.parse(path.read_text("utf-8"))) if name.split(".")[0] == "qa"}
        # `from qa import __version__` names no module.
        found |= {(here, owner(name) if owner(name) in there else "__init__") for name in names}
    return {(here, other) for here, other in found if here != other}


def module_of(path: Path) -> str:
    """The module of `qa` that a file belongs to."""
    return path.relative_to(PROJECT / "qa").with_suffix("").parts[0]


def modules() -> set[str]:
    """The modules of `qa`."""
    return {module_of(path) for path in sources("qa")}


def height(module: str) -> int:
    """The layer a module is in, 0 at the bottom; one without a place counts as over all."""
    return next((number for number, layer in enumerate(LAYERS) if module in layer.split()), len(LAYERS))


def test_every_module_has_its_layer() -> None:
    """The layers name all modules of `qa`, each once, and none that is not there."""
    assert sorted(" ".join(LAYERS).split()) == sorted(modules())


def test_the_map_names_every_module() -> None:
    """The docstring of the package tells where each module stands in the data's way."""
    map_words = set(re.findall(r"\w+", qa.__doc__ or ""))
    assert modules() - map_words == {"__init__"}


def test_imports_point_one_way() -> None:
    """No module imports from a layer above its own."""
    assert {(here, other) for here, other in edges() if height(other) > height(here)} == set()


def test_imports_make_no_circle() -> None:
    """The modules can be put in an order in which each imports only earlier ones."""
    order = TopologicalSorter[str]()
    for here, other in edges():
        order.add(here, other)
    order.prepare()  # raises CycleError, which names the circle


def test_stages_do_not_import_each_other() -> None:
    """Between stages there are only the imports that are listed with a reason."""
    between = {edge for edge in edges() if set(edge) <= set(STAGES)}
    assert between, "the documents' way is gone"
    assert between - BETWEEN_STAGES.keys() == set()


@pytest.mark.parametrize("folder", ["qa", *(folder for folder in AROUND if (PROJECT / folder).is_dir())])
def test_what_imports_what_around_qa(folder: str) -> None:
    """`qa` imports nothing of what is built on it; the others import `qa`, not the front end."""
    forbidden = {"app", "tests", "scripts", "benchmarks"} | (set(AROUND) if folder == "qa" else set())
    found = sources(folder)
    assert found
    for path in found:
        roots = {name.split(".")[0] for name in imported(ast.parse(path.read_text("utf-8")))}
        assert roots & forbidden - {folder} == set(), path


def test_starting_loads_nothing_heavy() -> None:
    """Command line and pipeline are imported without any slow package, so help and errors are instant."""
    program = "import sys, qa.__main__, qa.doctor, qa.dateline, qa.server.serve; print(*sys.modules)"
    started = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    loaded = set(started.stdout.split())
    assert "qa.dateline" in loaded
    assert loaded & HEAVY == set()


def test_an_import_inside_a_function_counts() -> None:
    """The reader of imports sees late ones, and modules imported from the package."""
    tree = ast.parse("def f():\n    from qa import pipeline\n    import eval.running.run\n")
    assert set(imported(tree)) == {"qa", "qa.pipeline", "eval.running.run"}

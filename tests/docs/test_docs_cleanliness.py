"""What must not stand in the sources: hosts of elsewhere, paths of one machine, facts of the seeds."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.config import PROJECT

TEXT = {".py", ".toml", ".json", ".css", ".js", ".html", ".md", ".txt", ".sh"}
PROGRAM = ("qa", "app.py")
EVERYTHING = (*PROGRAM, "eval", "training", "scripts", "benchmarks", "docs", ".ci/run", "Makefile")
PAGES = ("*.md", "*.toml", "*.txt")

# Loopback, and the name of SVG, which is an address in form only.
HOSTS = {"127.0.0.1", "localhost", "[::1]", "www.w3.org"}
_ADDRESS = re.compile(r"https?://([^\s/:\"'`<>()|\\]+)", re.IGNORECASE)
_REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|anaconda|huggingface|hf|npmjs|unpkg|jsdelivr|crates|rubygems|docker|ghcr)"
    r"\.(?:org|com|co|io|net)\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"(?<![\w.:/~*])/(?:work|root|home|Users|mnt|media|private)/\w")

# Capitalised words of the seeds that are ordinary English, or that questions about any report are full of.
ORDINARY = frozenset(
    "according afterward american arab april australian black british chief comment conference daily defense "
    "department east every federation foreign friday friends government greeting guards heights human "
    "indirectly institute italian journal july june march media middle mideast military minister ministry "
    "monday naturally november observatory obviously particular patriot president prime revolutionary rights "
    "secretary september shiite source state street sunday supreme thursday tuesday united upping wall war "
    "wednesday week west while worthy".split()
)


def files(*places: str) -> Iterator[Path]:
    """The text files of some files and folders of the repository."""
    for place in places:
        path = PROJECT / place
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in found if one.is_file() and (one.suffix in TEXT or one == path))


def seed_texts() -> list[str]:
    """The reports."""
    return [path.read_text(encoding="utf-8") for path in sorted((PROJECT / "seeds").glob("*.txt"))]


def seed_facts() -> set[str]:
    """Names (four letters or more, never written small), large numbers, models of weapons; in lower case."""
    text = "\n".join(seed_texts())
    small = set(re.findall(r"\b[a-z]+\b", text))
    names = {word.lower() for word in re.findall(r"\b[A-Z][a-zA-Z]{3,}\b", text)} - small - ORDINARY
    values = {value.lower() for value in re.findall(r"\b\d{2,3},\d{3}\b|\b[A-Z]-\d+\b", text)}
    return names | values | {path.stem for path in (PROJECT / "seeds").glob("*.txt")}


def facts_in(text: str, facts: set[str]) -> set[str]:
    """Those of the facts that occur in a text as whole words."""
    return {fact for fact in facts if re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", text.lower())}


def hosts_in(text: str) -> set[str]:
    """The hosts of the addresses in a text; those made of a variable are none."""
    return {host.lower() for host in _ADDRESS.findall(text) if "{" not in host}


def test_the_program_names_no_host_but_loopback() -> None:
    """No address in the program leads to another machine."""
    assert {(path.name, host) for path in files(*PROGRAM) for host in hosts_in(path.read_text("utf-8"))} <= {
        (path.name, host) for path in files(*PROGRAM) for host in HOSTS
    }


@pytest.mark.parametrize("pattern", [_REGISTRY, _MACHINE], ids=["registry", "machine"])
def test_no_registry_and_no_path_of_one_machine(pattern: re.Pattern[str]) -> None:
    """Neither a package registry's host name nor an absolute path of somebody's machine stands anywhere."""
    pages = [page.name for form in PAGES for page in sorted(PROJECT.glob(form))]
    sealed = PROJECT / "eval" / "cases" / "test.jsonl"
    checked = [path for path in files(*EVERYTHING, *pages) if path != sealed and "out" not in path.parts]
    assert len(checked) > len(pages)
    found = {(path.name, hit) for path in checked for hit in pattern.findall(path.read_text("utf-8"))}
    assert found == set()


def test_no_fact_of_the_seeds_in_the_program() -> None:
    """Names, places and values of the seed reports occur in no file of the program."""
    facts = seed_facts()
    found = {
        path.relative_to(PROJECT).as_posix(): facts_in(path.read_text("utf-8"), facts)
        for path in files(*PROGRAM)
    }
    assert {name: facts for name, facts in found.items() if facts} == {}


def test_the_checks_notice_what_they_look_for() -> None:
    """A host, a registry, a path and a fact of the seeds are each found where they stand."""
    assert hosts_in("see https://Example.org/x and http://127.0.0.1:1") == {"example.org", "127.0.0.1"}
    assert _REGISTRY.search("at " + "pypi" + ".org")
    assert _MACHINE.search("in /" + "home/somebody")
    facts = seed_facts()
    assert len(facts) > 40
    name = max(re.findall(r"\b[A-Z][a-z]{5,}\b", seed_texts()[0]), key=seed_texts()[0].count)
    assert name.lower() in facts_in(f"as {name} said", facts)


def test_the_notices_name_every_model() -> None:
    """NOTICE.md names each model file of the catalogue with its licence, and the embedding model."""
    notice = (PROJECT / "NOTICE.md").read_text(encoding="utf-8")
    catalogue = tomllib.loads((PROJECT / "qa" / "llm" / "catalogue.toml").read_text(encoding="utf-8"))
    for entry in catalogue.values():
        (row,) = [line for line in notice.splitlines() if f"`{entry['file']}`" in line]
        assert entry["licence"] in row
        for source in entry["sources"]:
            named = source.get("repository") or source.get("distribution") or source["package"]
            assert named.format(number=1) in row
    assert "all-MiniLM-L6-v2" in notice


def test_the_licence_is_the_one_that_is_declared() -> None:
    """LICENSE is the whole Apache License 2.0, and pyproject.toml declares it."""
    licence = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence

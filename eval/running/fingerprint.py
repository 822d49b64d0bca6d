"""What an answer depends on, as a hash: the same fingerprint and the same question give the same answer."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from eval.schema.cases import Case
from qa.config import PROJECT, TIERS, Settings
from qa.load import SIDECAR, SUFFIXES

HERE = Path(__file__).parents[1]
PACKAGES = (
    "chromadb",
    "llama-index-core",
    "nltk",
    "numpy",
    "pystemmer",
    "sentence-transformers",
    "tantivy",
    "torch",
    "transformers",
    "xllamacpp",
)
# Where things lie and who may ask changes no answer; what lies there is hashed by itself.
IRRELEVANT = {
    *(
        "data_dir",
        "collection",
        "models_dir",
        "seed_dir",
        "host",
        "port",
        "chroma_url",
        "llm_timeout",
        "llm_api_key",
    ),
    *("allowed_origins", "sites", "api_keys", "admin_key", "max_upload_mb", "log_requests", "log_questions"),
    *("limit_per_key", "limit_per_address", "daily_per_key", "daily_per_address", "answer_timeout"),
    *("answers_at_once", "most_waiting", "embed_cache_mb"),
    *("reader", "writer_url", "ray", "log_json", "otlp_endpoint"),
    *("answer_cache", "client_timeout", "shutdown_seconds", "chroma_timeout"),
}


def fingerprint(settings: Settings, documents: Path, system: str, sources: Iterable[str] = ()) -> str:
    """A hash of the code, the packages, the settings, the model's file and the documents.

    `system` is who is asked; `sources` are the modules of eval/ that make it, hashed with the code.
    """
    code = [*_files(PROJECT / "qa"), *(HERE / name for name in sources)]
    parts = {
        "system": system,
        "code": _digest(code, PROJECT),
        "python": sys.version,
        "cores": os.cpu_count(),
        "packages": [_version(name) for name in PACKAGES],
        "settings": settings.model_dump(mode="json", exclude=IRRELEVANT),
        "models": _models(settings),
        "documents": [documents.name, _digest(_texts(documents), documents)],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def key(of: str, case: Case) -> str:
    """What tells one question from another under one fingerprint: its text and the turns before it."""
    asked = [of, case.question, [[turn.role, turn.content] for turn in case.history]]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if "__pycache__" not in path.parts and path.suffix != ".pyc")
    return sorted(path for path in found if path.is_file())


def _texts(folder: Path) -> list[Path]:
    return [path for path in _files(folder) if path.name == SIDECAR or path.suffix.lower() in SUFFIXES]


def _digest(files: Iterable[Path], root: Path) -> str:
    """Over names and bytes."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(f"{file.relative_to(root)}\0".encode())
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _models(settings: Settings) -> list[tuple[str, int, int]]:
    """Name, bytes and time of the model's file, and of those that would stand in for it."""
    from qa.llm.catalogue import locate, wanted_tier

    if settings.llm_gguf:
        files: list[Path | None] = [settings.llm_gguf]
    else:
        files = [locate(settings, tier) for tier in TIERS[TIERS.index(wanted_tier(settings)) :]]
    there = [file for file in files if file and file.is_file()]
    return [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in there]


def _version(name: str) -> str:
    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return name

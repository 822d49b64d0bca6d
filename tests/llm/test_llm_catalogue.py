"""The catalogue, finding files, and telling right bytes from wrong ones."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import pytest

from qa.config import Settings, load_settings
from qa.errors import ChecksumError, ModelError, NotFoundError, SettingsError
from qa.llm import catalogue
from qa.llm.catalogue import DistributionSource, Entry, HubSource, PartsSource

CONTENT = b"GGUF and then some"


def made_up(content: bytes = CONTENT) -> Entry:
    """An entry whose published bytes are `content`."""
    digest = hashlib.sha256(content).hexdigest()
    return Entry("standard", "made-up.gguf", len(content), digest, "Apache-2.0", "nobody", ())


def put(settings: Settings, content: bytes = CONTENT) -> Path:
    """The made-up file in the models folder."""
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    path = settings.models_dir / "made-up.gguf"
    path.write_bytes(content)
    return path


def count_hashing(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that get hashed from now on."""
    hashed: list[Path] = []
    real = catalogue._sha256

    def counted(path: Path) -> str:
        hashed.append(path)
        return real(path)

    monkeypatch.setattr(catalogue, "_sha256", counted)
    return hashed


def test_every_tier_has_a_well_formed_entry() -> None:
    """Each tier but `none` names a file, its size and SHA-256, an open licence and at least one source."""
    entries = catalogue.load_catalogue()
    assert list(entries) == ["standard", "small", "tiny"]
    for tier, entry in entries.items():
        assert entry.tier == tier
        assert entry.file.endswith(".gguf")
        assert Path(entry.file).name == entry.file
        assert re.fullmatch("[0-9a-f]{64}", entry.sha256)
        assert entry.licence == "Apache-2.0"
        assert entry.sources
    sizes = [entry.bytes for entry in entries.values()]
    assert sizes == sorted(sizes, reverse=True)


def test_the_hub_comes_before_the_mirror_and_tiny_is_found_before_it_is_fetched() -> None:
    """The order of the sources is the order they are tried in."""
    entries = catalogue.load_catalogue()
    for tier in ("standard", "small"):
        assert [type(source) for source in entries[tier].sources] == [HubSource, PartsSource]
    assert [type(source) for source in entries["tiny"].sources] == [DistributionSource, PartsSource]


def test_an_unknown_field_in_the_catalogue_is_an_error() -> None:
    """A slip of the pen in the data does not pass unnoticed."""
    with pytest.raises(TypeError):
        catalogue.make_entry("tiny", {"file": "x", "sources": [], "colour": "red"})


def test_none_has_no_file_and_no_entry(settings: Settings) -> None:
    """The tier `none` is a choice, not a model."""
    assert catalogue.locate(settings, "none") is None
    with pytest.raises(NotFoundError):
        catalogue.find_entry("none")


def test_tiny_is_found_in_the_installation_and_is_the_published_one(settings: Settings) -> None:
    """The smallest model needs no fetching, and its bytes are checked all the same."""
    path = catalogue.locate(settings, "tiny")
    assert path is not None
    catalogue.verify(settings, path, catalogue.find_entry("tiny"))
    assert catalogue.is_verified(settings, path, catalogue.find_entry("tiny"))


def test_a_file_in_the_models_folder_is_found(settings: Settings) -> None:
    """What was fetched is found; what was not is None."""
    assert catalogue.locate_entry(settings, made_up()) is None
    path = put(settings)
    assert catalogue.locate_entry(settings, made_up()) == path


def test_a_right_file_is_hashed_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unchanged file is remembered; a touched one is hashed again."""
    path = put(settings)
    hashed = count_hashing(monkeypatch)
    catalogue.verify(settings, path, made_up())
    catalogue.verify(settings, path, made_up())
    assert len(hashed) == 1
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    catalogue.verify(settings, path, made_up())
    assert len(hashed) == 2


def test_a_flipped_byte_is_found(settings: Settings) -> None:
    """One wrong byte is an error that names the file and the command that helps."""
    path = put(settings, CONTENT.replace(b"s", b"t", 1))
    with pytest.raises(ChecksumError) as caught:
        catalogue.verify(settings, path, made_up())
    assert str(path) in caught.value.message
    assert "qa model get standard" in caught.value.hint
    assert not catalogue.is_verified(settings, path, made_up())


def test_a_file_replaced_after_it_was_verified_is_found(settings: Settings) -> None:
    """The memory holds for the very file that was hashed, not for its name."""
    path = put(settings)
    catalogue.verify(settings, path, made_up())
    other = path.with_name("other")
    other.write_bytes(CONTENT[::-1])
    other.replace(path)
    with pytest.raises(ChecksumError):
        catalogue.verify(settings, path, made_up())


def test_a_cut_file_is_found_without_hashing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong size is told at once, with both sizes."""
    hashed = count_hashing(monkeypatch)
    with pytest.raises(ChecksumError, match=r"17 bytes; the published one has 18"):
        catalogue.verify(settings, put(settings, CONTENT[:-1]), made_up())
    assert hashed == []


def test_a_missing_file_is_an_error_of_ours(settings: Settings) -> None:
    """Verifying what is not there says so in one line."""
    with pytest.raises(ModelError, match="cannot be read"):
        catalogue.verify(settings, settings.models_dir / "gone.gguf", made_up())


def test_a_new_checksum_in_the_catalogue_is_not_met_by_an_old_memory(settings: Settings) -> None:
    """What was verified against another catalogue is checked again."""
    path = put(settings)
    catalogue.verify(settings, path, made_up())
    with pytest.raises(ChecksumError):
        catalogue.verify(settings, path, made_up(CONTENT[::-1]))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 1}'])
def test_a_damaged_memory_only_costs_time(settings: Settings, text: str) -> None:
    """An unreadable verified.json is written anew."""
    path = put(settings)
    memory = settings.models_dir / "verified.json"
    memory.write_text(text)
    catalogue.verify(settings, path, made_up())
    assert list(json.loads(memory.read_text())) == [str(path.resolve())]


def test_the_choice_of_tier_is_kept_and_the_environment_comes_before_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QA_LLM_TIER, then `qa model use`, then standard."""
    assert catalogue.wanted_tier(settings) == "standard"
    catalogue.choose_tier(settings, "small")
    assert catalogue.wanted_tier(settings) == "small"
    monkeypatch.setenv("QA_LLM_TIER", "none")
    assert catalogue.wanted_tier(load_settings(data_dir=settings.data_dir)) == "none"


def test_an_unusable_choice_is_told(settings: Settings) -> None:
    """A file that names no tier is not silently taken for the default."""
    catalogue.choose_tier(settings, "small")
    (written,) = settings.data_dir.iterdir()
    written.write_text("huge")
    with pytest.raises(SettingsError, match="names no tier"):
        catalogue.wanted_tier(settings)

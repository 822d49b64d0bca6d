"""Passages embedded over Ray; a real Ray takes part where it is installed (`pip install 'dateline[ray]'`)."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from support import one_clear_line, open_store, run_qa, settings_for

from qa.config import Settings
from qa.embed_ray import RayEmbedder
from qa.errors import SettingsError
from qa.storage.vectors import PassageVectors

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")


def vectors(data_dir: Path) -> dict[str, array[float]]:
    """The vector of each passage."""
    held = PassageVectors(settings_for(data_dir))
    return {one: array("f", packed) for one, packed in held.packed(sorted(held.ids()))}


def test_without_ray_one_line_says_so(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the extra, before a model is loaded."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match="not installed") as caught:
        RayEmbedder(make_settings(ray="local"))
    assert "dateline[ray]" in caught.value.hint


@needs_ray
def test_ray_makes_the_same_index(tmp_path: Path) -> None:
    """The same documents in the same order, the same passages, and vectors that differ in the last digits."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.txt").write_text(
            f"The ferry {number} sank.\n\n" + f"Divers found {number} boxes. " * 60
        )
    here, there = tmp_path / "here", tmp_path / "there"
    for data, flags in ((here, ()), (there, ("--ray",))):
        run = run_qa("ingest", str(folder), *flags, data_dir=data)
        assert run.returncode == 0, run.stderr
        assert "Traceback" not in run.stderr
    with open_store(settings_for(here)) as one, open_store(settings_for(there)) as other:
        assert one.documents() == other.documents()
    first, second = vectors(here), vectors(there)
    assert first.keys() == second.keys()
    for passage, vector in first.items():
        assert second[passage].tolist() == pytest.approx(vector.tolist(), abs=1e-5)
    again = run_qa("ingest", str(folder), "--ray", data_dir=there)
    assert "12 unchanged" in again.stdout


@needs_ray
def test_a_cluster_that_is_not_there_is_named(tmp_path: Path) -> None:
    """In one line, and nothing was changed."""
    report = tmp_path / "a.txt"
    report.write_text("The ferry sank.")
    run = run_qa("ingest", str(report), "--ray", "127.0.0.1:9", data_dir=tmp_path / "data")
    assert run.returncode == 1
    one_clear_line(run, "127.0.0.1:9", "Ray")

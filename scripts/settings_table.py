"""Write docs/settings.md from `qa.config.Settings`; with `--check` only say whether it is current."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from qa.config import PROJECT, Settings

PAGE = PROJECT / "docs" / "settings.md"

# What a factory makes differs from machine to machine, so it is said in words.
COMPUTED = {
    "data_dir": "`data` in a checkout, else the user's data folder",
    "models_dir": "`models` in `QA_DATA_DIR`",
}

INTRODUCTION = """\
<!-- Made by scripts/settings_table.py from qa/config.py: run `make docs` after a change there. -->

# Settings

Each is an environment variable, or a line such as `QA_PORT=8000` in a file `.env` in the working folder; the
variable comes before the line, and `--host`, `--port` and `--collection` come before both. None has to be set.
An empty value counts as not set.

| setting | default | what |
|---|---|---|
"""

CLOSING = """
`qa model get`, the one command that calls out, also honours `HF_ENDPOINT` (a mirror of the Hugging Face
Hub), `HF_HUB_OFFLINE` and the settings of pip.
"""


def main() -> int:
    """Write the page; with `--check` return 1 when the one that is there is another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to write or check")
    arguments = parser.parse_args()
    page: Path = arguments.page
    if not arguments.check:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(render(), encoding="utf-8")
    elif not page.is_file() or page.read_text(encoding="utf-8") != render():
        print(f"{page.name} is not what qa/config.py says. Run: make docs", file=sys.stderr)
        return 1
    return 0


def render() -> str:
    """The whole page."""
    prefix = Settings.model_config["env_prefix"]
    rows = [
        f"| `{prefix}{name.upper()}` | {_default(name, field)} | {_cell(field.description)} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return INTRODUCTION + "".join(rows) + CLOSING


def _default(name: str, field: FieldInfo) -> str:
    if field.default_factory is not None:
        return COMPUTED[name]
    default: Any = field.default
    if default is None or default == ():
        return "not set"
    if isinstance(default, Path):
        default = default.relative_to(PROJECT).as_posix()
    return f"`{default}`"


def _cell(text: str | None) -> str:
    if not text:
        raise SystemExit("A setting in qa/config.py has no description.")
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())

"""Run as a program: fetch the entry given as JSON into a data folder; prints where it is, or the error."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from qa.config import load_settings, quiet_libraries
from qa.errors import DatelineError
from qa.llm import fetch
from qa.llm.catalogue import make_entry
from qa.llm.progress import TerminalProgress


def main() -> int:
    """Arguments: the data folder, the entry."""
    quiet_libraries(allow_hub=True)
    settings = load_settings(data_dir=Path(sys.argv[1]))
    try:
        path = fetch.fetch_entry(
            settings, make_entry("standard", json.loads(sys.argv[2])), TerminalProgress("made-up")
        )
    except DatelineError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

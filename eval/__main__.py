"""The command line: `python -m eval`. Exit status 0; 1 where a gate is missed; 2 where nothing could be run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

EPILOG = """\
The documents are indexed afresh for each run, apart from your own index. The exit status is 1 where a gate of
eval/gates.toml is missed, and 2 where a case or an option is wrong."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, run the suite, and return the exit status."""
    options = _parser().parse_args(arguments)
    if options.sealed and (options.cases or options.split):
        _parser().error("--sealed goes with neither --cases nor --split")
    if options.cases and options.split:
        _parser().error("--cases and --split exclude each other")
    from eval.run import Options, run
    from qa.errors import DatelineError

    try:
        return run(
            Options(
                out=options.out,
                files=tuple(options.cases),
                split=options.split,
                sealed=options.sealed,
                documents=options.documents,
                tier=options.tier,
                limit=options.limit,
                smoke=options.smoke,
            )
        )
    except DatelineError as error:
        print(error.message, error.hint, file=sys.stderr, sep="\n")
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped; no report was written.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval",
        description="Ask the cases of eval/cases/ and report how the answers fare.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--cases",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="files of cases in place of the splits",
    )
    add("--documents", type=Path, metavar="FOLDER", help="what the cases are about (default: the seeds)")
    add(
        "--out",
        type=Path,
        default=Path("eval/out"),
        metavar="DIR",
        help="where the report goes (default: eval/out)",
    )
    add("--tier", choices=("standard", "small", "tiny", "none"), help="model tier (default: your settings)")
    add("--split", choices=("dev", "validation"), help="one of the open splits (default: both)")
    add("--sealed", action="store_true", help="score the sealed cases, logged in eval/sealed_looks.md")
    add("--limit", type=_positive, metavar="N", help="only the first N cases")
    add("--smoke", action="store_true", help="one case of each type, for a quick check")
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


if __name__ == "__main__":
    sys.exit(main())

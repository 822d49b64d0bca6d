"""The command line: `python -m eval`. Exit status 0; 1 where a gate is missed; 2 where nothing could be run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

EPILOG = """\
commands of their own:
  python -m eval init FOLDER     draft cases from your documents (--help says more)
  python -m eval world           write a rewritten copy of the reports with its cases (--help says more)

examples:
  python -m eval --smoke --tier tiny                   one case of each type
  python -m eval --tier none --baseline eval/out       what changed since the last run
  python -m eval --ablations --limit 40                what each part of Dateline brings
  python -m eval --cases mine.jsonl --documents texts  your own cases about your own folder

The documents are indexed afresh for each run, apart from your own index. The exit status is 1 where a gate of
eval/gates.toml is missed, and 2 where a case or an option is wrong. eval/README.md tells the whole story."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, run the suite or a command of its own, and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["init"]:
        from eval.drafting.init import main as init

        return guarded(lambda: init(given[1:]))
    if given[:1] == ["world"]:
        from eval.worlds.make import main as world

        return guarded(lambda: world(given[1:]))
    parser = _parser()
    options = parser.parse_args(given)
    _check(parser, options)
    return guarded(lambda: _run(options))


def guarded(command: Callable[[], int]) -> int:
    """Run a command; what is wrong is told in a line and a hint, never in a traceback."""
    from qa.errors import DatelineError

    try:
        return command()
    except DatelineError as error:
        print(error.message, error.hint, file=sys.stderr, sep="\n")
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped. The same command with --resume goes on from here.", file=sys.stderr)
        return 130


def _run(given: argparse.Namespace) -> int:
    from eval.running.options import Options
    from eval.running.run import run

    fields = vars(given) | {name: tuple(getattr(given, name)) for name in ("files", "worlds", "public")}
    return run(Options(**fields))


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Options that make no sense together are refused before anything is loaded."""
    others = ("files", "split", "documents", "worlds", "public", "ablations", "peer", "limit", "smoke")
    told = {"files": "--cases", "worlds": "--world"}
    for name in others:
        if options.sealed and getattr(options, name):
            parser.error(f"--sealed does not go with {told.get(name, f'--{name}')}")
    if options.files and options.split:
        parser.error("--cases and --split exclude each other")
    if options.public and (options.files or options.split or options.worlds or options.documents):
        parser.error("--public takes the place of --cases, --split, --documents and --world")
    if options.no_cache and options.cache:
        parser.error("--cache and --no-cache exclude each other")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval",
        usage="python -m eval [options] | init FOLDER ... | world ...",
        description="Ask Dateline the cases of eval/cases/ and report how the answers fare.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_cases(parser.add_argument_group("what is asked"))
    _add_systems(parser.add_argument_group("who is asked"))
    _add_ways(parser.add_argument_group("how"))
    return parser


def _add_cases(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--split", choices=("dev", "validation"), help="one of the open splits (default: both)")
    add("--sealed", action="store_true", help="the sealed cases; the look is logged in eval/sealed_looks.md")
    add("--limit", type=_positive, metavar="N", help="only the first N cases")
    add("--smoke", action="store_true", help="one case of each type, for a quick check")
    add(
        "--cases",
        dest="files",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="files of cases in place of the splits",
    )
    add("--documents", type=Path, metavar="FOLDER", help="what the cases are about (default: the seeds)")
    add(
        "--world",
        dest="worlds",
        nargs="+",
        type=_positive,
        default=[],
        metavar="SEED",
        help="a rewritten copy of the reports too, other names, places, years and counts",
    )
    add(
        "--public",
        nargs="+",
        type=_slice,
        default=[],
        metavar="KIND=PATH",
        help="a public data set from a file of yours: squad2, ramdocs, timeqa, mtrag or rgb",
    )


def _add_systems(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--tier", choices=("standard", "small", "tiny", "none"), help="model tier (default: your settings)")
    add("--ablations", action="store_true", help="Dateline without one of its parts as well, a row each")
    add("--peer", action="store_true", help="LlamaIndex's CitationQueryEngine beside it, same models and cases")


def _add_ways(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--out",
        type=Path,
        default=Path("eval/out"),
        metavar="DIR",
        help="where the report goes (default: eval/out)",
    )
    add("--baseline", type=Path, metavar="PATH", help="an earlier --out or its results.jsonl to compare with")
    add(
        "--jobs",
        type=_positive,
        metavar="N",
        help="questions at a time (default: a core each without a model, 1 with one)",
    )
    add("--resume", action="store_true", help="go on with a run into the same --out that was broken off")
    add("--cache", type=Path, metavar="DIR", help="where answers are remembered (default: data/eval-cache)")
    add("--no-cache", action="store_true", help="ask every question anew")


def _slice(text: str) -> tuple[str, Path]:
    kind, equals, path = text.partition("=")
    if not (kind and equals and path):
        raise argparse.ArgumentTypeError(f'"{text}" is not KIND=PATH, such as squad2=dev.json')
    return kind, Path(path)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


if __name__ == "__main__":
    sys.exit(main())

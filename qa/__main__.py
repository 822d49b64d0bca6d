"""The command line: `qa serve | ingest | ask | sources | correct | remove | collections | backup | restore |
export | model | key | mcp | doctor`.

Exit codes: 0 answered or done, 1 an error, 2 wrong usage or input, 3 the documents do not hold the answer,
130 stopped by Ctrl-C.
Errors are one line on standard error. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import get_args

from qa.cli.backup import add_file, add_restore_arguments, backup, export, restore
from qa.cli.collections import add_collections
from qa.cli.documents import add_correct_arguments, correct, remove, sources
from qa.cli.ingest import add_arguments, ingest
from qa.cli.stopping import STOPPED
from qa.config import Settings, Tier, collection_name, load_settings, quiet_libraries
from qa.errors import DatelineError
from qa.logs import line, log_as_json, logs_as_json

ABSTAINED = 3
OF_A_COLLECTION = "serve ingest ask sources correct remove backup restore export mcp".split()

_Run = Callable[[argparse.Namespace, Settings], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    quiet_libraries(allow_hub=getattr(arguments, "allow_hub", False))
    run: _Run = arguments.run
    try:
        settings = load_settings(**_named(arguments))
        if settings.log_json:
            log_as_json()
        return run(arguments, settings)
    except DatelineError as error:
        print(_told(error), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader of our output, `head` for example, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("qa: stopped.", file=sys.stderr)
        return STOPPED


def _told(error: DatelineError) -> str:
    if logs_as_json():
        return line("failed", "error", code=error.code, message=error.message, hint=error.hint)
    return f"qa: {error}"


def _named(arguments: argparse.Namespace) -> dict[str, object]:
    """The collection, where the command names one.

    Raises:
        InputError: no collection can have that name.
    """
    name = getattr(arguments, "collection", None)
    return {} if name is None else {"collection": collection_name(name)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qa", description="Answers questions over your own documents.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = _command(commands, "serve", _serve, "run the web chat and the API")
    serve.add_argument("--host", help="address to listen on (QA_HOST)")
    serve.add_argument("--port", type=int, help="port to listen on, 0 picks one (QA_PORT)")
    serve.add_argument(
        "--reader", action="store_true", default=None, help="only read what another server owns (QA_READER)"
    )

    add_arguments(_command(commands, "ingest", ingest, "bring files and folders in"))

    ask = _command(commands, "ask", _ask, "answer one question")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")

    listing = _command(commands, "sources", sources, "list what is indexed")
    listing.add_argument("--json", action="store_true", help="print as JSON")

    add_correct_arguments(_command(commands, "correct", correct, "correct what is known of a document"))

    removal = _command(commands, "remove", remove, "take a document out")
    removal.add_argument("id", metavar="ID")

    add_collections(commands.add_parser("collections", help="list collections, or take one out"))

    add_file(_command(commands, "backup", backup, "write the index into one file"))
    add_restore_arguments(_command(commands, "restore", restore, "make a backup the index"))
    add_file(_command(commands, "export", export, "write every document as a line of JSON"))

    model = commands.add_parser("model", help="list, fetch or choose the language model")
    actions = model.add_subparsers(required=True, metavar="ACTION")
    _command(actions, "list", _model_list, "which tiers there are, and which is chosen")
    get = _command(actions, "get", _model_get, "fetch a tier's model, by default the chosen one")
    get.set_defaults(allow_hub=True)
    use = _command(actions, "use", _model_use, "choose a tier")
    for action, count in ((get, "?"), (use, None)):
        action.add_argument(
            "tier", nargs=count, choices=get_args(Tier), metavar="TIER", help=", ".join(get_args(Tier))
        )

    key = commands.add_parser("key", help="make a key for the API", description="Keys for the API.")
    _command(
        key.add_subparsers(required=True, metavar="ACTION"), "new", _key_new, "print a new key and its hash"
    )

    _command(
        commands, "mcp", _mcp, "serve the tools of the Model Context Protocol on standard input and output"
    )
    _command(commands, "doctor", _doctor, "check the installation and say what to do")
    for name in OF_A_COLLECTION:
        commands.choices[name].add_argument(
            "--collection", metavar="NAME", help="another than the default collection (QA_COLLECTION)"
        )
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: _Run, text: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.set_defaults(run=run)
    return command


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.server.serve import serve

    given = {name: getattr(arguments, name) for name in ("host", "port", "collection", "reader")}
    serve(load_settings(**{name: value for name, value in given.items() if value is not None}))
    return 0


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.question import clean_question

    clean_question(
        arguments.question, settings.max_question_chars
    )  # a bad question fails before anything loads
    from qa.dateline import Dateline
    from qa.plain import as_text

    with Dateline.open(settings) as dateline:
        answer = dateline.ask(arguments.question)
    print(json.dumps(answer.as_dict(), ensure_ascii=False, indent=2) if arguments.json else as_text(answer))
    return ABSTAINED if answer.status == "abstained" else 0


def _model_list(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.llm import model_status

    for row in model_status(settings):
        state = {True: "here, verified", False: "here, damaged", None: "here"}[row.verified]
        print(
            f"{'*' if row.chosen else ' '} {row.tier:9} {row.bytes / 1e6:7,.0f} MB  "
            f"{state if row.present else 'not here':15} {row.file}  ({row.licence})"
        )
    print("* is chosen; `none` answers with quotations alone. `qa model get TIER` fetches, `use TIER` chooses.")
    return 0


def _model_get(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.llm import wanted_tier

    if arguments.tier is None and (settings.llm_base_url or settings.llm_gguf):
        print("The settings name a model of your own: nothing to fetch.")
        return 0
    tier = arguments.tier or wanted_tier(settings)
    if tier == "none":
        print("The tier none has no model to fetch.")
        return 0
    from qa.llm.fetch import fetch

    print(f"The {tier} model is here: {fetch(settings, tier)}")
    return 0


def _model_use(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.llm import choose_tier

    choose_tier(settings, arguments.tier)
    print(f"From now on {arguments.tier} answers, where QA_LLM_TIER does not say otherwise.")
    return 0


def _key_new(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.keys import hashed, new_key

    key = new_key()
    print(f"key   {key}\nhash  {hashed(key)}")
    print("The key goes to whoever asks; it is not kept. The hash goes into QA_API_KEYS or QA_ADMIN_KEY.")
    return 0


def _mcp(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.index import require_index

    require_index(settings)  # before anything loads
    from qa.server.mcp_api import serve_stdio

    serve_stdio(settings)
    return 0


def _doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.doctor import diagnose

    worst = 0
    for finding in diagnose(settings):
        print(f"{'ok  ' if finding.ok else 'FIX '} {finding.what}")
        if not finding.ok:
            print(f"     {finding.remedy}")
            worst = 1
    return worst


if __name__ == "__main__":
    sys.exit(main())

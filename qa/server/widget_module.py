"""The widget as one module: its source files joined, with words, icons and colours that are those of the page.

Every file of `static/widget/` stays a module of its own: it becomes a function that gives back what it exports,
so that names do not mix. The files use few forms of `import` and `export`; others are refused here.
"""

from __future__ import annotations

import json
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from qa.server import icons
from qa.server.assets import STATIC
from qa.server.language import LANGUAGES, texts_for

SOURCES = STATIC / "widget"
GIVEN = "given.js"  # made here: words, icons and styles
STYLES = ("base", "frame", "ask", "talk", "acts", "report")
ICONS = ("copy", "retry", "up", "down", "new", "back", "close", "chat")

_IMPORT = re.compile(r'^import (?:\{ ([\w, ]+) \}|\* as (\w+)) from "\./([\w.]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
_NAMED = re.compile(r"[\"`]([a-z]+)\.([a-z_]*)(?=[\"`$])")
_TOKEN = re.compile(r"^ +--dl-([\w-]+): (.+);$", re.MULTILINE)
_FONTS = {"sans": "font", "serif": "font-serif"}  # what a page calls these tokens


@cache
def module() -> str:
    """The source of the module that `/widget.js` serves."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.js"))}
    sources[GIVEN] = _given("".join(sources.values()))
    needed = {name: [found[3] for found in _IMPORT.finditer(text)] for name, text in sources.items()}
    ordered = TopologicalSorter(needed).static_order()
    return "// Dateline, the widget: see docs/widget.md.\nconst modules = { __proto__: null };\n" + "".join(
        _function(name, sources[name]) for name in ordered
    )


def _function(name: str, source: str) -> str:
    """One file as a function that is called at once and gives back its exports."""
    exported = ", ".join(found[1] for found in _EXPORT.finditer(source))
    body = _EXPORT.sub("", _IMPORT.sub(_taken, source))
    left = _LEFT.search(body)
    if left:
        raise ValueError(f"{name}: this form cannot be joined: {left[0]}")
    lines = (line.strip() for line in body.splitlines())
    kept = "\n".join(line for line in lines if line and not line.startswith("//"))
    return (
        f"modules[{json.dumps(name)}] = (() => {{\n{kept}\nreturn {{ __proto__: null, {exported} }};\n}})();\n"
    )


def _taken(found: re.Match[str]) -> str:
    return f"const {found[2] or f'{{ {found[1]} }}'} = modules[{json.dumps(found[3])}];"


def _given(sources: str) -> str:
    """The module of words, icons and styles, made of what the page has."""
    drawn = {name: re.findall(r' d="([^"]+)"', getattr(icons, name.upper())) for name in ICONS}
    values = {"WORDS": words(sources), "ICONS": drawn, "STYLES": styles()}
    return "".join(f"export const {name} = {_literal(value)};\n" for name, value in values.items())


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def words(sources: str) -> dict[str, dict[str, str | list[str]]]:
    """By language, the strings whose keys stand in the sources; of a key with a made end, the whole group."""
    named = {(found[1], found[2]) for found in _NAMED.finditer(sources)}
    return {
        language: {
            key: text
            for key, text in texts_for(chosen=language).strings.items()
            if tuple(key.split(".")) in named or (key.split(".")[0], "") in named
        }
        for language in LANGUAGES
    }


@cache
def styles() -> str:
    """The style sheet, without comments; each colour and font can be set by the page: `--dateline-accent`."""
    read = "".join((SOURCES / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    packed = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", read, flags=re.DOTALL))
    return packed.replace("TOKENS", " ".join(f"--dl-{name}: {value};" for name, value in _tokens())).strip()


def _tokens() -> list[tuple[str, str]]:
    given = _TOKEN.findall((STATIC / "tokens.css").read_text(encoding="utf-8"))
    return [(name, f"var(--dateline-{_FONTS.get(name, name)}, {value})") for name, value in given]


def types() -> str:
    """The declarations of `/widget.d.ts`."""
    return Path(SOURCES / "widget.d.ts").read_text(encoding="utf-8")

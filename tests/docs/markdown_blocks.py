"""Read the parts of a Markdown page that can be checked: fenced blocks with their marker, commands, links."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

_FENCE = re.compile(
    r"^(?:<!-- test: (?P<marker>[a-z]+) -->\n\s*)?"
    r"(?P<fence>`{3,})(?P<language>[a-z]*)\n(?P<body>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\]\(([^)\s]+)\)|<img[^>]+src=\"([^\"]+)\"")
_ENDS_COMMAND = {"|", "||", "&&", ";", ">", "2>"}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; `marker` is the word of the comment `<!-- test: word -->` right before it, or ""."""

    marker: str
    language: str
    body: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page in order."""
    return [Block(match["marker"] or "", match["language"], match["body"]) for match in _FENCE.finditer(page)]


def commands(block: Block) -> list[list[str]]:
    """The commands of a block, a line each, as words: without prompt, variables, comment, folder and pipe.

    In a block with a marker only the first line is one, the rest is its output.
    """
    found = []
    lines = block.body.replace("\\\n", " ").splitlines()
    for line in lines[:1] if block.marker else lines:
        words = shlex.split(line.removeprefix("$ "), comments=True)
        while words and re.match(r"[A-Z_]+=", words[0]):
            del words[0]
        end = next((place for place, word in enumerate(words) if word in _ENDS_COMMAND), len(words))
        if words[:end]:
            found.append([words[0].rpartition("/")[2], *words[1:end]])
    return found


def links(page: str) -> list[str]:
    """The relative targets of links and images, without their fragments."""
    targets = [first or second for first, second in _LINK.findall(page)]
    return [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target, re.IGNORECASE)]

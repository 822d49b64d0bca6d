"""A question that asks the same of two people, as one of each: "What did Brandt and Holm each say?"."""

from __future__ import annotations

import re

from qa.followups.refer import NAME, ROLE, names_of

_EACH = re.compile(
    r"\b(?:each\s+(?:of\s+(?:them|the\s+(?:two|men|women|leaders|sides|parties))|one|side|man|woman|leader|party)|"
    r"each(?!\s+(?:time|year|other|report|meeting|visit|occasion|case))|the\s+one\s+and\s+(?:what\s+did\s+)?the\s+other|"
    r"respectively)\b",
    re.I,
)
_NAMES = re.compile(
    rf"(?P<first>(?:the\s+)?(?-i:{NAME.pattern}))\s+and\s+(?P<second>(?:the\s+)?(?-i:{NAME.pattern}))"
)
_OFFICES = re.compile(
    rf"\bthe\s+(?P<first>(?!(?:the|{ROLE})\b)[A-Za-z]+)\s+and\s+(?:the\s+)?(?P<second>(?!(?:the|{ROLE})\b)[A-Za-z]+)\s+"
    rf"(?P<role>{ROLE})s?\b|\b(?P<one>the\s+{ROLE})\s+and\s+(?P<other>the\s+{ROLE})\b",
    re.I,
)
_DIFFER = re.compile(
    r"^\W*(?:how|where|on\s+what)\s+(?:did|do|does)\s+(?P<pair>.+?)\s+(?:differ|disagree)\s*"
    r"(?:(?:on|over|about|in|as\s+to)\s+(?P<what>.+))?$",
    re.I,
)
_GAPPED = re.compile(
    rf"^\W*(?P<head>(?:what|where|when|why|how|whom?)\s+(?:did|does|do|was|is))\s+(?P<who>(?:the\s+)?(?-i:{NAME.pattern}))"
    r"(?P<rest>\s+.+?)?[,;]?\s+and\s+(?P<again>(?:what|where|when|why|how|whom?)\s+(?:did|does|do|was|is))\s+"
    rf"(?P<other>(?:the\s+)?(?-i:{NAME.pattern}))\W*$",
    re.I,
)


def of_each_person(question: str) -> list[str]:
    """The question of each of two people; none when it does not ask the same of two."""
    text = " ".join(question.split()).rstrip("?!. ")
    if (gapped := _GAPPED.match(text)) and gapped["rest"]:
        return [f"{gapped['head']} {who}{gapped['rest']}" for who in (gapped["who"], gapped["other"])]
    pair = _pair(text)
    if pair is None:
        return []
    start, end, who = pair
    if differ := _DIFFER.match(text):
        about = f" about {differ['what']}" if differ["what"] else ""
        return [f"What did {one} say{about}" for one in who] if differ.start("pair") == start else []
    each = _EACH.search(text, end)
    if each is None:
        return []
    beside = not text[end : each.start()].strip() or each.group().lower() == "respectively"
    before, between, after = text[:start], text[end : each.start()], text[each.end() :]
    return [" ".join(f"{before}{one}{between}{'' if beside else one}{after}".split()) for one in who]


def _pair(text: str) -> tuple[int, int, tuple[str, str]] | None:
    """Where two people stand side by side, and what they are called."""
    if offices := _OFFICES.search(text):
        first, second = offices["one"], offices["other"]
        if not first:
            first, second = (f"the {offices[one]} {offices['role']}" for one in ("first", "second"))
        return offices.start(), offices.end(), (first, second)
    names = _NAMES.search(text)
    if names is None or any(placed for name, placed in names_of(text) if name in names.group()):
        return None
    return names.start(), names.end(), (names["first"], names["second"])

"""When a value occurs in a text: both are brought to canonical tokens, then compared as whole tokens.

Numbers become digits ("ninety-four thousand", "94 thousand", "94,000" → `94000`), dates the tokens
day, month, year ("May 14, 2013", "2013-05-14" → `14 may 2013`), curly quotes straight, accents and case go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

Tokens = tuple[str, ...]

_MONTH_NAMES = "january february march april may june july august september october november december"
MONTHS = _MONTH_NAMES.split()
MONTH_FORMS = {name[:3]: name for name in MONTHS} | {name: name for name in MONTHS} | {"sept": "september"}
_MONTH = "(" + "|".join(sorted(MONTH_FORMS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?![.,]\d)"
_YEAR = r"(?:,?\s+(\d{4})\b(?![.,]\d))"

_ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+{_DAY}{_YEAR}?")
_DAY_MONTH = re.compile(rf"{_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}?")
_MONTH_YEAR = re.compile(rf"\b{_MONTH}{_YEAR}")

_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_UNITED_STATES = re.compile(r"\bUSA?\b")
_CODE = re.compile(r"\b([a-z]{1,2})-?(\d+)s?\b(?![,.]\d)")
# Punctuation is a token until numbers are joined: "two thousand. Six launchers" is not 2006.
_TOKEN = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?[a-z]*|[^\W_]+(?:'[^\W_]+)*|[^\w\s'-]")
_QUOTE_MARKS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_CITATION_MARK = re.compile(r"\s*\[\d+\]")

_UNIT_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS_NAMES = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: number for number, word in enumerate(_UNIT_NAMES.split())}
_TENS = {word: 10 * number for number, word in enumerate(_TENS_NAMES.split(), start=2)}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def canonical(text: str) -> Tokens:
    """The canonical tokens of a text.

    >>> canonical("At least 94,000 on May 14, 2013")
    ('at', 'least', '94000', 'on', '14', 'may', '2013')
    """
    words = _TOKEN.findall(plain(text).replace("%", " percent ").replace("per cent", "percent"))
    joined = _join_numbers([word.removesuffix("'s") for word in words])
    return tuple(word for word in joined if word[0].isalnum())


def plain(text: str) -> str:
    """Lower case without accents, straight quotes, each date written as `14 may 2013`."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_QUOTE_MARKS))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    bare = _INITIALS.sub(lambda match: match.group().replace(".", ""), bare)
    lower = _UNITED_STATES.sub("United States", bare).casefold()
    lower = _ISO_DATE.sub(_iso_date, lower)
    lower = _MONTH_DAY.sub(lambda match: _date(match[2], match[1], match[3]), lower)
    lower = _DAY_MONTH.sub(lambda match: _date(match[1], match[2], match[3]), lower)
    lower = _MONTH_YEAR.sub(lambda match: _date(None, match[1], match[2]), lower)
    return _CODE.sub(r"\1\2", lower)


def contains(tokens: Sequence[str], part: Sequence[str]) -> bool:
    """Whether `part` is a run of `tokens`, on token boundaries; an empty part is nowhere.

    >>> contains(canonical("At least 94,000 people"), canonical("ninety-four thousand"))
    True
    """
    size = len(part)
    wanted = tuple(part)
    return size > 0 and any(
        tuple(tokens[start : start + size]) == wanted for start in range(len(tokens) - size + 1)
    )


def without_marks(text: str) -> str:
    """The text without its citation marks: `Six launchers. [1][2]` becomes `Six launchers.`"""
    return _CITATION_MARK.sub("", text)


def _iso_date(match: re.Match[str]) -> str:
    month = int(match[2])
    return _date(match[3], MONTHS[month - 1], match[1]) if 1 <= month <= 12 else match.group()


def _date(day: str | None, month: str, year: str | None) -> str:
    parts = (str(int(day)) if day else "", MONTH_FORMS[month], year or "")
    return " ".join(part for part in parts if part)


def _join_numbers(words: Sequence[str]) -> list[str]:
    """Words with each number, however written, as one token of digits."""
    joined: list[str] = []
    at = 0
    while at < len(words):
        value, used = _read_number(words, at)
        if value is None:
            joined.append(words[at])
        else:
            joined.append(format(value.normalize(), "f"))
        at += max(used, 1)
    return joined


def _read_number(words: Sequence[str], at: int) -> tuple[Decimal | None, int]:
    """The number that starts at a word, and of how many words it is made; `(None, 0)` where none does."""
    total = Decimal(0)
    used = 0
    while True:
        value, size = _read_group(words, at + used)
        if value is None:
            break
        scale = _SCALES.get(_word(words, at + used + size), 1)
        if used and scale == 1 and value >= 1000:
            break
        total += value * scale
        used += size + (scale > 1)
        if scale == 1 or not _goes_on(words, at + used):
            return total, used
        used += _word(words, at + used) == "and"
    return (total, used) if used else (None, 0)


def _goes_on(words: Sequence[str], at: int) -> bool:
    """Whether a number word follows a scale word: "two thousand (and) thirteen", never "2 million 5"."""
    at += _word(words, at) == "and"
    return _word(words, at) in _UNITS or _word(words, at) in _TENS


def _read_group(words: Sequence[str], at: int) -> tuple[Decimal | None, int]:
    """A number below a thousand in words, or any in digits, with how many words it takes."""
    word = _word(words, at)
    if word[:1].isdigit():
        digits = word.replace(",", "")
        return (Decimal(digits), 1) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", digits) else (None, 0)
    if word in ("a", "an") and (_word(words, at + 1) == "hundred" or _word(words, at + 1) in _SCALES):
        value, used = 1, 1
    else:
        value, used = _below_hundred(words, at)
        if not used:
            return None, 0
    if _word(words, at + used) == "hundred":
        value, used = value * 100, used + 1
        skip = _word(words, at + used) == "and"
        rest, size = _below_hundred(words, at + used + skip)
        if size:
            value, used = value + rest, used + skip + size
    return Decimal(value), used


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int]:
    """A number below a hundred in words, with how many words it takes; `(0, 0)` where there is none."""
    word = _word(words, at)
    if word in _TENS:
        unit = _UNITS.get(_word(words, at + 1), 0)
        return (_TENS[word] + unit, 2) if 1 <= unit <= 9 else (_TENS[word], 1)
    return (_UNITS[word], 1) if word in _UNITS else (0, 0)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""

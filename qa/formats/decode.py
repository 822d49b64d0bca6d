"""Bytes to text: UTF-8 where it is that, else what the bytes show, and a refusal where they show nothing."""

from __future__ import annotations

import codecs
import re

from qa.errors import InputError

# The byte order mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Those that files on people's disks are in; the others look too much like these to be told apart.
_LIKELY = (
    "cp1252 iso8859_15 cp1250 iso8859_2 cp1251 koi8_r cp1253 iso8859_7 cp1254 cp1255 cp1256 cp1257 "
    "cp932 euc_jp gb18030 big5 cp949"
).split()
_SAMPLE = 200_000
_ENOUGH = 24  # bytes; fewer could be anything
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BEGINNINGS = {
    b"%PDF-": "a PDF (.pdf)",
    b"PK\x03\x04": "a ZIP archive or a document in one (.zip, .docx, .epub)",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "rich text (RTF)",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"\x1f\x8b": "compressed (gzip)",
    b"\x7fELF": "a program",
}


def decode(name: str, data: bytes) -> tuple[str, str]:
    """The text, its line ends and any UTF-8 byte order mark kept, and the encoding's name.

    Raises:
        InputError: the bytes are not text, or text in no encoding that can be told.
    """
    for beginning, kind in _BEGINNINGS.items():
        if data.startswith(beginning):
            raise InputError(f"{name} is not text but {kind}.", "Give it the ending of its kind.")
    encoding = _marked(data) or _wide(data)
    try:
        text, encoding = data.decode(encoding or "utf-8"), encoding or "utf-8"
    except UnicodeDecodeError as error:
        if encoding is not None or _damaged(data):
            meant = (encoding or "utf-8").upper()
            raise InputError(
                f"{name} is damaged {meant} text (byte {error.start} cannot be decoded).",
                "Get it again, or convert it to UTF-8.",
            ) from error
        text, encoding = _detected(name, data, error)
    if "\x00" in text or len(_CONTROLS.findall(text)) > len(text) // 100:
        raise InputError(f"{name} is a binary file.", "Give text, or a kind of file that can be read.")
    return text, encoding


def _marked(data: bytes) -> str | None:
    """The encoding that a byte order mark names; that of UTF-8 is part of the text."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: in text of the West every other byte is zero."""
    sample = data[:4096]
    if len(sample) < _ENOUGH // 2:
        return None
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    for here, there, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if here > len(sample) // 5 and there <= len(sample) // 100:
            return name
    return None


def _damaged(data: bytes) -> bool:
    """Whether it is UTF-8 for the most part, so that guessing another encoding would hide damage."""
    if _SURROGATE.search(data):
        return True
    whole = data.decode("utf-8", "replace")
    bad = whole.count("\ufffd")
    return len([char for char in whole if char > "\x7f"]) - bad >= bad


def _detected(name: str, data: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
    """The text in the encoding in which it reads as a language does; too short a text shows none."""
    from charset_normalizer import from_bytes

    if len(data) > _SAMPLE:
        cut = data.rfind(b"\n", 0, _SAMPLE)
        sample = data[: cut if cut > 0 else _SAMPLE]
    else:
        sample = data
    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    if best is not None and len(data) >= _ENOUGH and (best.coherence > 0 or best.language != "Unknown"):
        # Several encodings may give the same text; then the most common one is named.
        same = [best.encoding, *best.could_be_from_charset]
        encoding = next(one for one in _LIKELY if one in same) if set(_LIKELY) & set(same) else best.encoding
        try:
            return data.decode(encoding), encoding.replace("_", "-")
        except UnicodeDecodeError:
            pass
    raise InputError(
        f"{name} is not UTF-8 text (byte {error.start} cannot be decoded), nor in another encoding that can "
        "be told.",
        "Convert it to UTF-8.",
    ) from error

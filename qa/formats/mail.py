"""E-mail: a message (.eml) or a mailbox of them (.mbox); the place of a sentence is its message or its part."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr

from qa.errors import InputError, TooLargeError
from qa.formats.article import Article, Reading
from qa.formats.builder import Builder, flat
from qa.formats.days import told
from qa.formats.decode import decode
from qa.formats.html import fill, parse
from qa.formats.limits import Limits
from qa.formats.paragraphs import paragraphs

_FROM_LINE = re.compile(rb"(?:\A|(?<=\n)\r?\n)From [^\n]*\n")
_HEADERS = ("from", "date", "subject", "to", "message-id")
_ESCAPED = re.compile(rb"^>(>*From )", re.M)


def read(name: str, data: bytes, limits: Limits) -> Reading:
    """A message's text, and what is attached to it.

    Raises:
        InputError: it is no message, or holds no text.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not any(message[header] for header in _HEADERS):
        raise InputError(f"{name} is not an e-mail.", "Give it the ending of its kind.")
    attached = tuple(_attached(message))
    try:
        article = _article(name, message, limits, "message")
    except InputError:
        if not attached:
            raise
        return Reading(attached=attached)
    return Reading((article,), attached=attached)


def read_box(name: str, data: bytes, limits: Limits) -> Reading:
    """Each message of a mailbox; what is attached to them is not read.

    Raises:
        InputError: it is no mailbox.
        TooLargeError: it holds too many messages.
    """
    starts = list(_FROM_LINE.finditer(data))
    if not starts or starts[0].start():
        raise InputError(f"{name} is not a mailbox: it does not begin with “From ”.", "Save it as mbox.")
    if len(starts) > limits.max_articles:
        raise TooLargeError(
            f"{name} has {len(starts):,} messages, more than {limits.max_articles:,}.",
            "Split it, or raise QA_MAX_ARTICLES.",
        )
    articles, left_out = [], []
    ends = [one.start() for one in starts[1:]] + [len(data)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        raw = _ESCAPED.sub(rb"\1", data[start.end() : end])
        message = email.message_from_bytes(raw, policy=email.policy.default)
        member = f"#{number}"
        try:
            articles.append(_article(name + member, message, limits, f"message {number}", member))
        except InputError as error:
            left_out.append((name + member, str(error)))
    return Reading(tuple(articles), tuple(left_out))


def _article(name: str, message: EmailMessage, limits: Limits, place: str, member: str = "") -> Article:
    builder = Builder(name, limits)
    for number, part in enumerate(_texts(message), start=1):
        builder.mark(place if number == 1 else f"{place}, part {number}")
        text = _content(name, part)
        if part.get_content_type() == "text/html":
            if text.strip():
                fill(builder, parse(name, text))
        else:
            for paragraph in paragraphs(text.splitlines()):
                builder.add(paragraph)
    text, places = builder.result()
    return Article(text, member, *_said(message), places)


def _texts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that a mail program shows as text; of the same text in several forms the plain one."""
    if message.is_multipart():
        parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
        if message.get_content_type() == "multipart/alternative":
            shown = [part for part in parts if part.get_content_type() == "text/plain"] or parts[-1:]
            parts = shown[:1]
        for part in parts:
            yield from _texts(part)
    elif message.get_content_maintype() == "text" and not message.is_attachment():
        yield message


def _content(name: str, part: EmailMessage) -> str:
    """A part's text, in the encoding it names, else as other text is read."""
    raw = part.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else b""
    try:
        return data.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError, ValueError):
        return decode(name, data)[0]


def _attached(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file that is attached."""
    for part in message.walk():
        name = part.get_filename() if part is not message else None
        raw = part.get_payload(decode=True) if name else None
        if name and isinstance(raw, bytes) and raw:
            yield flat(name).replace("\\", "/").rpartition("/")[2], raw


def _said(message: EmailMessage) -> tuple[dict[str, str], dict[str, str]]:
    """Subject, sender and day."""
    sender, address = parseaddr(str(message["from"] or ""))
    said = {"title": flat(str(message["subject"] or "")), "author": flat(sender or address)}
    values = {key: value for key, value in said.items() if value}
    basis = dict.fromkeys(values, "stated: the mail's header")
    told(values, basis, "published", message["date"], "stated: the mail's header")
    return values, basis

"""ZIP archives: which members may be read, and each of them within the limits."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath

from qa.errors import InputError, TooLargeError
from qa.formats.builder import printable
from qa.formats.limits import MEGABYTE, Limits

_ODD_PATH = re.compile(r"[\x00-\x1f\x7f\\]|^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)")
_RATIO_FROM = MEGABYTE  # what unpacks to less does no harm, however well it was packed
_ENCRYPTED = 0x1
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # LZMA may ask for gigabytes before it gives a byte
_OLE = b"\xd0\xcf\x11\xe0"


def opened(name: str, data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive, found to be within the limits as far as it says.

    Raises:
        InputError: it is no archive, or is damaged.
        TooLargeError: it has too many members, or unpacks to too much.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError(f"{name} is protected by a password.", "Save it without the password.")
        raise InputError(f"{name} is in an old Office format.", "Save it as .docx.")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        members = archive.infolist()
    except (
        zipfile.BadZipFile,
        struct.error,
        ValueError,
        NotImplementedError,
        OSError,
        EOFError,
        LookupError,
    ) as error:
        raise InputError(f"{name} is damaged, or not of its kind.", "Get it again.") from error
    if len(members) > limits.max_articles:
        raise TooLargeError(
            f"{name} has {len(members):,} members, more than {limits.max_articles:,}.",
            "Split it, or raise QA_MAX_ARTICLES.",
        )
    total = sum(member.file_size for member in members)
    if total > limits.max_unpacked_bytes:
        raise TooLargeError(
            f"{name} unpacks to {total:,} bytes, more than {limits.max_unpacked_bytes:,}.",
            "Split it, or raise QA_MAX_UNPACKED_MB.",
        )
    return archive


def unpacked(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bytes:
    """A member's bytes; no more of it is unpacked than the archive said, which `opened` has added up.

    Raises:
        InputError: it is protected or damaged.
        TooLargeError: it is too large, or packed too tightly to be a document.
    """
    if member.flag_bits & _ENCRYPTED:
        raise InputError(f"{name} is protected by a password.", "Pack it without the password.")
    if member.compress_type not in _PACKED:
        raise InputError(f"{name} is packed in a way that is not read.", "Pack it as an ordinary ZIP archive.")
    if member.file_size > limits.max_file_bytes:
        raise TooLargeError(
            f"{name} has {member.file_size:,} bytes, more than {limits.max_file_bytes:,}.",
            "Split it into smaller files, or raise QA_MAX_FILE_MB.",
        )
    if member.file_size > max(_RATIO_FROM, limits.max_ratio * max(member.compress_size, 1)):
        raise TooLargeError(
            f"{name} unpacks to more than {limits.max_ratio:,} times its packed size.",
            "Unpack it yourself if you trust it, or raise QA_MAX_RATIO.",
        )
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise InputError(f"{name} is damaged and cannot be unpacked.", "Pack it again.") from error
    except (RuntimeError, LookupError) as error:  # a name that Python does not know how to read, for example
        raise InputError(f"{name} cannot be unpacked.", "Pack it again.") from error


def check_parts(name: str, archive: zipfile.ZipFile, limits: Limits) -> None:
    """Look at each member of a document that is an archive (DOCX, EPUB) without unpacking it.

    Raises:
        InputError: one is protected.
        TooLargeError: one is packed too tightly to be part of a document.
    """
    for member in archive.infolist():
        if member.flag_bits & _ENCRYPTED:
            raise InputError(f"{name} is protected by a password.", "Save it without the password.")
        if member.file_size > max(_RATIO_FROM, limits.max_ratio * max(member.compress_size, 1)):
            raise TooLargeError(
                f"{name} has a part that unpacks to more than {limits.max_ratio:,} times its packed size.",
                "If you trust it, raise QA_MAX_RATIO.",
            )


def members(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo, str]]:
    """`(name, member, reason)` of each file; with a reason it must not be read.

    Folders and what systems add of their own, hidden files for example, are passed over.
    """
    seen: set[str] = set()
    for member in archive.infolist():
        name = member.orig_filename or member.filename
        parts = PurePosixPath(name).parts
        hidden = bool(parts) and parts[-1].startswith(".") and parts[-1] != ".."
        if name.endswith("/") or "__MACOSX" in parts or hidden:
            continue
        shown = printable(name)  # zipfile cuts its own at a zero byte
        if _ODD_PATH.search(name) or shown != name or not parts:
            yield shown, member, "its path leads out of the archive or has odd characters. Pack it again."
        elif stat.S_ISLNK(member.external_attr >> 16):
            yield shown, member, "it is a link, not a file. Pack the file itself."
        elif shown in seen:
            yield shown, member, "there are two of this name. Give them names of their own."
        else:
            seen.add(shown)
            yield shown, member, ""

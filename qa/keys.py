"""API keys: made at random, kept as hashes, compared in constant time.

A key made by `new_key` has 256 random bits, so that a plain SHA-256 of it tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

HASHED = "sha256:"
PREFIX = "dateline_"
ID_LENGTH = 8


def new_key() -> str:
    """A key that nobody has: 256 random bits after a prefix that scanners for secrets can look for."""
    return PREFIX + secrets.token_urlsafe(32)


def hashed(key: str) -> str:
    """The form in which a key is kept, `sha256:HEX`; what has this form already stays as it is.

    Raises:
        ValueError: it starts as a hash does and is none.
    """
    if key.startswith(HASHED):
        if not re.fullmatch(r"sha256:[0-9a-fA-F]{64}", key):
            raise ValueError("a hash has the form sha256: and 64 hex digits")
        return key.lower()
    return HASHED + hashlib.sha256(key.encode()).hexdigest()


def find_key(given: str, kept: Iterable[str]) -> str:
    """The id of the kept key that `given` is, "" for none: the first hex digits of its hash, good for a log.

    Every kept hash is compared, each in constant time, so that the time taken tells nothing.
    """
    digest = HASHED + hashlib.sha256(given.encode("utf-8", "surrogateescape")).hexdigest()
    matches = [hmac.compare_digest(digest, one) for one in kept]
    return digest.removeprefix(HASHED)[:ID_LENGTH] if any(matches) else ""

"""Every error Dateline raises on purpose, in one tree.

    DatelineError
    ├── InputError            the question, a path or a request body is unusable   (exit 2, HTTP 422)
    │   ├── TooLargeError     it is over a limit                                   (exit 2, HTTP 413)
    │   ├── UnsupportedError  a file is of a kind that cannot be read              (exit 2, HTTP 415)
    │   └── UnknownModelError    a client named a model that is not there          (HTTP 400)
    ├── SettingsError         a QA_ variable or a file of settings is wrong        (exit 2)
    ├── NotFoundError         no such document, tier or file                       (exit 1, HTTP 404)
    ├── StorageError          the data directory cannot be read or written         (exit 1, HTTP 503)
    │   ├── BusyError         another process owns the data directory              (exit 1, HTTP 503)
    │   └── IndexUnusableError    missing, empty, corrupt, or built otherwise      (exit 1, HTTP 503)
    │       └── VectorsDamagedError    its vectors alone are corrupt
    ├── ModelError            a model is missing, damaged or cannot be fetched     (exit 1, HTTP 503)
    │   ├── ChecksumError     its bytes are not the published ones
    │   └── ModelUnreachableError    no answer from the model's server             (retryable)
    ├── ServeError            the server cannot start, a port in use for example   (exit 1)
    ├── AccessError           who asks may not do this                             (HTTP 403)
    │   ├── NoKeyError        a key is needed, and none or an unknown one came     (HTTP 401)
    │   ├── ReaderError       this process reads, another one changes documents    (exit 1, HTTP 403)
    │   ├── UnknownSiteError  there is no site with the id that a page sent        (HTTP 403)
    │   └── TooManyError      over the limit of a key or an address                (HTTP 429)
    ├── TimeLimitError        an answer took longer than it may                    (HTTP 503)
    ├── ClosingError          the server is about to end                           (HTTP 503)
    ├── AbandonedError        nobody waits for the answer any more               (HTTP 499)
    └── RemoteError           what a Dateline server said to `qa.client`

Each carries one line that says what is wrong and one, the hint, that says what to do. Front ends print
both and add nothing; a traceback on a user's screen is a bug.
"""

from __future__ import annotations

from typing import ClassVar

OWN_FILES = "It is part of Dateline: get its files again, for example with `git checkout -- qa/weights`."
"""The hint where a file that comes with the program is missing or damaged."""


class DatelineError(Exception):
    """Base of the tree: `message` says what is wrong, `hint` what to do about it, `retry_after` in how many
    seconds to try again, where that is known.
    """

    code: str = "error"
    exit_code: ClassVar[int] = 1
    http_status: int = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, hint: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def as_dict(self) -> dict[str, str]:
        """The body of `{"error": ...}` in CONTRACT.md."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class InputError(DatelineError):
    """What the user gave cannot be used as it is."""

    code = "bad_input"
    exit_code = 2
    http_status = 422


class TooLargeError(InputError):
    """What the user gave is over a limit."""

    code = "too_large"
    http_status = 413


class UnsupportedError(InputError):
    """A file is of a kind that cannot be read."""

    code = "unsupported_type"
    http_status = 415


class UnknownModelError(InputError):
    """A client of the OpenAI protocol named a model that is not there."""

    code = "unknown_model"
    http_status = 400


class SettingsError(DatelineError):
    """A setting has a value that cannot work."""

    code = "bad_setting"
    exit_code = 2


class NotFoundError(DatelineError):
    """The named thing does not exist."""

    code = "not_found"
    http_status = 404


class StorageError(DatelineError):
    """The data directory cannot be used."""

    code = "storage"
    http_status = 503


class BusyError(StorageError):
    """Another process owns the data directory."""

    code = "busy"
    retryable = True


class IndexUnusableError(StorageError):
    """There is no index, or it cannot be read, or it was built with other settings."""

    code = "index_unusable"


class VectorsDamagedError(IndexUnusableError):
    """The vectors are not what was written; the documents are, so that the vectors can be made anew."""


class ModelError(DatelineError):
    """A model cannot be used."""

    code = "model"
    http_status = 503


class ChecksumError(ModelError):
    """A model's bytes are not the published ones."""

    code = "checksum"


class ModelUnreachableError(ModelError):
    """The model's server does not answer."""

    code = "model_unreachable"
    retryable = True


class ServeError(DatelineError):
    """The server cannot start."""

    code = "serve"


class AccessError(DatelineError):
    """Who asks may not do this."""

    code = "forbidden"
    http_status = 403


class NoKeyError(AccessError):
    """A key is needed, and none came or an unknown one."""

    code = "unauthorized"
    http_status = 401


class UnknownSiteError(AccessError):
    """There is no site with the id that a page sent."""

    code = "unknown_site"


class ReaderError(AccessError):
    """This process only reads; another one changes the documents."""

    code = "read_only"


class TooManyError(AccessError):
    """More requests than a key or an address may send."""

    code = "too_many"
    http_status = 429
    retryable = True


class TimeLimitError(DatelineError):
    """An answer took longer than it may."""

    code = "time_limit"
    http_status = 503
    retryable = True


class ClosingError(DatelineError):
    """The server was told to end, and takes up nothing new."""

    code = "closing"
    http_status = 503
    retryable = True


class AbandonedError(DatelineError):
    """Nobody waits for the answer any more; raised to stop the work, shown to nobody."""

    code = "abandoned"
    http_status = 499


class RemoteError(DatelineError):
    """What a Dateline server said to `qa.client`: its code, message, hint, and HTTP status (0: unreachable)."""

    def __init__(
        self, code: str, message: str, hint: str = "", *, status: int = 0, retry_after: int | None = None
    ) -> None:
        super().__init__(message, hint, retry_after=retry_after)
        self.code = code
        self.http_status = status


class QueueFullError(DatelineError):
    """Too many questions wait for their answers."""

    code = "queue_full"
    http_status = 503
    retryable = True

"""The Hugging Face Hub, or the mirror that HF_ENDPOINT names, as a source of model files.

`huggingface_hub` finds and reads the file; the half-fetched file is ours, because the library's own
download starts from nothing when it is run again.
"""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import ModelError
from qa.llm.catalogue import Entry, HubSource
from qa.llm.progress import Progress

if TYPE_CHECKING:
    from huggingface_hub import HfFileMetadata

REACH_SECONDS = 6.0


def fetch_from_hub(source: HubSource, entry: Entry, partial: Path, progress: Progress) -> None:
    """Complete the file `partial` from the hub, going on from the bytes that it already has.

    Raises:
        ModelError: why the hub did not give the file, in a few words.
        OSError: the disk refused the file.
    """
    import httpx2  # what huggingface_hub speaks HTTP with
    from huggingface_hub import constants
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    if constants.HF_HUB_OFFLINE:
        raise ModelError("HF_HUB_OFFLINE is set")
    try:
        found = _look_up_in_time(source)
        if found.size != entry.bytes:
            raise ModelError(f"the file there has {found.size} bytes, not {entry.bytes}")
        _read(found.location, entry, partial, progress)
    except TimeoutError as error:
        raise ModelError(f"no answer from {constants.ENDPOINT} in {REACH_SECONDS:.0f} s") from error
    except OfflineModeIsEnabled as error:
        raise ModelError("HF_HUB_OFFLINE is set") from error
    except HfHubHTTPError as error:
        raise ModelError(f"{constants.ENDPOINT} answered {error.response.status_code}") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ModelError(f"{constants.ENDPOINT} cannot be reached ({type(error).__name__})") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise ModelError("what came is not the whole file") from error  # the library's own size check


def _read(url: str, entry: Entry, partial: Path, progress: Progress) -> None:
    from huggingface_hub import constants
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils._headers import build_hf_headers

    # A token is for the hub alone, not for the storage that it redirects to.
    token = None if url.startswith(constants.ENDPOINT) else False
    with partial.open("ab") as file:
        have = file.tell() if file.tell() < entry.bytes else 0
        file.truncate(have)
        http_get(
            url,
            file,
            resume_size=have,
            headers=build_hf_headers(token=token),
            expected_size=entry.bytes,
            tqdm_class=_bar_class(progress, entry.bytes),
        )


def _look_up(source: HubSource) -> HfFileMetadata:
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    url = hf_hub_url(source.repository, source.file, revision=source.revision)
    return get_hf_file_metadata(url, timeout=REACH_SECONDS)


def _look_up_in_time(source: HubSource) -> HfFileMetadata:
    """As `_look_up`, or TimeoutError: resolving a host's name has no time limit of its own."""
    import httpx2

    results: queue.SimpleQueue[HfFileMetadata | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put(_look_up(source))
        except (OSError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            results.put(error)

    threading.Thread(target=run, daemon=True, name="hub-look-up").start()
    try:
        result = results.get(timeout=REACH_SECONDS)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


def _bar_class(progress: Progress, total: int) -> type[Any]:
    """What `http_get` takes for a tqdm class; it passes `initial`, the bytes there were at the start."""

    class Bar:
        def __init__(self, *_: object, initial: int = 0, **__: object) -> None:
            self._done = initial

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def update(self, count: int = 1) -> None:
            self._done += count
            progress.at(self._done, total)

    return Bar

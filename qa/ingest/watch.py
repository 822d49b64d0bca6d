"""Following folders: what changes in them is brought in soon after, once it has been left alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from qa.ingest.report import IngestReport, Looking
from qa.ingest.write import Writer

SETTLED_SECONDS = 1.0  # for which a file must have been left alone to be read
_LOOK_MS = 1000  # between looks at files that had not been left alone
_TOGETHER_MS = 200  # of silence that ends a burst of changes


def follow(
    writer: Writer, paths: Sequence[Path], stop: threading.Event, *, prune: bool, ignore: Path
) -> Iterator[IngestReport]:
    """Bring the folders in, then again whenever something in them changed, until `stop` is set; what changes
    below `ignore` does not count. A file that is still being written is left for the next look.

    Raises:
        NotFoundError: a folder is no more.
        StorageError: the index cannot be written.
    """
    from watchfiles import Change, watch

    looking = Looking(cancelled=stop.is_set, settle=SETTLED_SECONDS)
    ignored = ignore.resolve()

    def _counts(change: Change, path: str) -> bool:
        return not Path(path).is_relative_to(ignored)

    waiting = True  # what changed before the watch began is found by the first look
    for found in watch(
        *(path.expanduser().resolve() for path in paths),
        watch_filter=_counts,
        stop_event=stop,
        step=_TOGETHER_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        if found or waiting:
            report = writer.ingest(paths, looking, prune=prune)
            waiting = bool(report.unsettled)
            yield report

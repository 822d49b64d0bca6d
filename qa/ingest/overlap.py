"""Work that goes on in a thread of its own while its caller does something else."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

_Item = TypeVar("_Item")
_Given = ParamSpec("_Given")


@contextmanager
def beside(work: Callable[_Given, _Item], *args: _Given.args, **more: _Given.kwargs) -> Iterator[Future[_Item]]:
    """Do the work while the block runs; however the block ends, the work has ended then."""
    with ThreadPoolExecutor(1, thread_name_prefix="ingest") as pool:
        yield pool.submit(work, *args, **more)


def ahead(items: Iterator[_Item]) -> Generator[_Item, None, None]:
    """The items; each is made while its predecessor is used. Close it, so that nothing is made any more."""
    with ThreadPoolExecutor(1, thread_name_prefix="ingest") as pool:
        coming = pool.submit(_next, items)
        while there := coming.result():
            coming = pool.submit(_next, items)
            yield there[0]


def _next(items: Iterator[_Item]) -> tuple[_Item] | None:
    try:
        return (next(items),)
    except StopIteration:
        return None

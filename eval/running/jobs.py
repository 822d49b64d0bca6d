"""Ask many cases, one after another or several at a time; whoever asked gets each answer as it comes.

Without a model the work is Python's, so several at a time means several processes, each with an index of its
own. With a model it is one process with several threads: they share the model, which takes turns.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, ExitStack, closing
from multiprocessing.connection import Connection, wait
from typing import Any

from eval.schema.cases import Case
from eval.systems.asked import Asked, Asks, ask_one
from qa.errors import DatelineError

Opener = Callable[[], AbstractContextManager[Asks]]
"""Opens what is asked. For several processes it has to be picklable: a dataclass of settings, say."""

END_SECONDS = 30.0


def ask_cases(
    cases: Sequence[Case], opener: Opener, jobs: int = 1, *, shared: bool = False
) -> Iterator[tuple[int, Asked]]:
    """Yield `(position, what came back)` for each case, in the order they are done; closing it stops the rest.

    `jobs` at a time, in processes of their own or, with `shared`, in threads that share what is opened.

    Raises:
        DatelineError: what is asked cannot be opened, or a process ended before its time.
    """
    jobs = min(jobs, len(cases))
    if jobs > 1:
        yield from (_ask_in_threads if shared else _ask_in_processes)(cases, opener, jobs)
    elif cases:
        with opener() as system:
            for position, case in enumerate(cases):
                yield position, ask_one(case, system)


def _ask_in_threads(cases: Sequence[Case], opener: Opener, jobs: int) -> Iterator[tuple[int, Asked]]:
    with opener() as system:
        pool = ThreadPoolExecutor(jobs)
        try:
            asked = {pool.submit(ask_one, case, system): position for position, case in enumerate(cases)}
            for future in as_completed(asked):
                yield asked[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _ask_in_processes(cases: Sequence[Case], opener: Opener, jobs: int) -> Iterator[tuple[int, Asked]]:
    # Spawned, not forked: torch and Chroma have threads, and threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    waiting = list(enumerate(cases))[::-1]
    with ExitStack() as stack:
        ends: list[Connection] = []
        processes: list[Any] = []
        stack.callback(_join, processes)
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, opener), daemon=True)
            process.start()
            theirs.close()  # so that we see the end of it when the process is gone
            processes.append(process)
            ends.append(stack.enter_context(closing(ours)))
        for _ in cases:
            yield _exchange(ends, waiting)


def _exchange(ends: list[Connection], waiting: list[tuple[int, Case]]) -> tuple[int, Asked]:
    """Hand out cases to the processes that are free until one of them brings an answer back."""
    while True:
        for end in wait(ends):
            assert isinstance(end, Connection)
            try:
                said = end.recv()
            except EOFError as error:
                raise DatelineError(
                    "A process that asks the cases ended before its time.", "Run with --jobs 1 to see why."
                ) from error
            if isinstance(said, DatelineError):
                raise said
            if waiting:
                end.send(waiting.pop())
            else:
                ends.remove(end)
                end.close()
            if said is not None:
                position, asked = said
                return int(position), asked


def _work(end: Connection, opener: Opener) -> None:
    """A process's life: say None when ready, answer what comes, go when nothing more can come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hangs up, which ends this in good order
    # No thread is taken from torch, though the cores are shared: it would change a vector's last digits.
    from qa.config import quiet_libraries

    quiet_libraries()
    try:
        with opener() as system:
            said: tuple[int, Asked] | None = None
            while True:
                end.send(said)
                position, case = end.recv()
                said = position, ask_one(case, system)
    except DatelineError as error:
        end.send(error)
    except (EOFError, BrokenPipeError):
        return


def _join(processes: Sequence[Any]) -> None:
    """Wait for all to end; what does not end by itself is ended."""
    for process in processes:
        process.join(END_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()

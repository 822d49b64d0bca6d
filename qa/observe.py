"""What goes on inside an answer, told to whoever counts or traces it: its stages, how long each took, numbers.

A stage says so itself, by `@stage("retrieve")`, and the pipeline knows nothing of it. Each run of a stage is a
span of LlamaIndex's instrumentation, so that what LlamaIndex does within it lies below it (see qa/tracing.py),
and is added to the `Watch` of the answer, where one is set. No text of a question or a document goes in.
"""

from __future__ import annotations

import functools
import inspect
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar, cast

from llama_index_instrumentation import get_dispatcher
from llama_index_instrumentation.span import active_span_id

P = ParamSpec("P")
R = TypeVar("R")

Stage: TypeAlias = Literal[
    "answer", "condense", "resolve", "retrieve", "select", "generate", "verify", "present"
]
Told: TypeAlias = Mapping[str, int | str]
"""What a stage tells of a result: numbers, and words out of a small set."""

_dispatcher = get_dispatcher("dateline")


@dataclass(slots=True)
class Watch:
    """What was seen of one answer: seconds by stage, and how often which stage told which word (or what its
    numbers add up to, under ""). For one thread at a time.
    """

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    told: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, stage: str, seconds: float, told: Told) -> None:
        """Add one run of a stage, or a part of one."""
        self.seconds[stage] += seconds
        for name, value in told.items():
            word, number = (value, 1) if isinstance(value, str) else ("", value)
            self.told[stage, name, word] += number

    def words(self, stage: str, name: str) -> dict[str, int]:
        """How often a stage told each word of this name."""
        return {word: n for (of, said, word), n in self.told.items() if (of, said) == (stage, name)}


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """A block whose stages are added to `watch`."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def looked_up(cache: str, *, hit: bool) -> None:
    """Count a look into a cache, `cache` being its name, for the answer that is being made."""
    watch = _watch.get()
    if watch is not None:
        watch.told["cache", cache, "hit" if hit else "miss"] += 1


def stage(
    name: Stage, tells: Callable[[Any], Told] = lambda result: {}
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function, or a generator, a stage. `tells` is given what it returns, or each thing it yields.

    Of a generator only the time within it counts, not what its reader does between two things; its span lasts
    from the first to the end.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            span = _Span(name, signature.bind(*args, **kwargs))
            with span.ended(), span.timed():
                result = function(*args, **kwargs)
                span.tell(tells(result))
            return result

        @functools.wraps(function)
        def step(*args: P.args, **kwargs: P.kwargs) -> Generator[Any, None, None]:
            span = _Span(name, signature.bind(*args, **kwargs))
            inside = cast(Generator[Any, None, None], function(*args, **kwargs))
            with span.ended():
                try:
                    while True:
                        with span.timed():
                            item = next(inside, _END)
                            if item is not _END:
                                span.tell(tells(item))
                        if item is _END:
                            return
                        yield item
                finally:
                    with span.timed():
                        inside.close()

        return cast(Callable[P, R], step) if inspect.isgeneratorfunction(function) else run

    return decorate


_END = object()


class _Span:
    """One run of a stage."""

    def __init__(self, name: str, given: inspect.BoundArguments) -> None:
        self._name, self._given = name, given
        self._id = f"{name}-{uuid.uuid4()}"
        self._told: dict[str, int | str] = {}
        _dispatcher.span_enter(self._id, given, parent_id=active_span_id.get())

    def tell(self, told: Told) -> None:
        """Note what was told, for the watch and for the span."""
        if (watch := _watch.get()) is not None:
            watch.add(self._name, 0.0, told)
        self._told |= told

    @contextmanager
    def timed(self) -> Iterator[None]:
        """A block within the run: spans in it lie below this one, and its seconds count."""
        token, began = active_span_id.set(self._id), time.perf_counter()
        try:
            yield
        finally:
            active_span_id.reset(token)
            if (watch := _watch.get()) is not None:
                watch.add(self._name, time.perf_counter() - began, {})

    @contextmanager
    def ended(self) -> Iterator[None]:
        """The whole run; an error ends the span as one."""
        try:
            yield
        except GeneratorExit:  # its reader has seen enough
            _dispatcher.span_exit(self._id, self._given, result=self._told)
            raise
        except BaseException as error:
            _dispatcher.span_drop(self._id, self._given, err=error)
            raise
        _dispatcher.span_exit(self._id, self._given, result=self._told)

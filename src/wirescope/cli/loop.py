"""Runs a coroutine as the whole of a command, on the fastest event loop that there is."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

_T = TypeVar("_T")

_STANDARD = (0, 1, 2)


def run_async(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end: on uvloop where it exists, else on asyncio's own loop."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None
    try:
        from uvloop import new_event_loop as factory
    except ImportError:
        factory = None
    with _blocking_as_before(), asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(coroutine)


@contextmanager
def _blocking_as_before() -> Iterator[None]:
    """Leave stdin, stdout and stderr as they were found.

    uvloop makes a descriptor that it watches non-blocking. That is a property of the open file and
    not of this process: the shell, and whatever runs next, would get it with the terminal.
    """
    if sys.platform == "win32":
        yield
        return
    before: dict[int, bool] = {}
    for descriptor in _STANDARD:
        with suppress(OSError):  # it was closed
            before[descriptor] = os.get_blocking(descriptor)
    try:
        yield
    finally:
        for descriptor, blocking in before.items():
            with suppress(OSError):
                os.set_blocking(descriptor, blocking)

"""Waiting in an event loop for something that a thread does."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Generator
from typing import Any


class Gate:
    """Awaitables that are done when a thread opens the gate; it shuts again behind them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._futures: dict[asyncio.AbstractEventLoop, asyncio.Future[None]] = {}

    def wait(self) -> "Shared":
        """Return an awaitable that is done at the next `open`, shared by all callers of a loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            future = self._futures.get(loop)
            if future is None:
                future = self._futures[loop] = loop.create_future()
        return Shared(future)

    def open(self) -> None:
        """Let all pass that wait now; from any thread."""
        if not self._futures:
            return
        with self._lock:
            futures, self._futures = self._futures, {}
        for loop, future in futures.items():
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_resolve, future)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class Shared(Awaitable[None]):
    """A future that one waiter's cancellation does not cancel for the others."""

    __slots__ = ("_future",)

    def __init__(self, future: asyncio.Future[None]) -> None:
        self._future = future

    def add_done_callback(self, callback: Callable[[Any], object], /) -> None:
        """Have `callback` called in the loop's thread once the gate has opened (`events.Full`)."""
        self._future.add_done_callback(callback)

    def __await__(self) -> Generator[object, None, None]:
        return asyncio.shield(self._future).__await__()

"""stdout without making the connection wait for it: a thread writes, the loop goes on.

Whatever is given in one turn of the event loop goes out in one write, at once; while a write is
under way, what comes in the meantime is gathered. So the reader of a pipe sees events promptly and
a fast stream costs few writes. More than a megabyte that nobody reads holds the peer back.
"""

import asyncio
import os
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from wirescope.events import Full

_T = TypeVar("_T")

_HIGH = 1 << 20
_LOW = 1 << 18
_LAST_WRITE_S = 0.5


class Pipe:
    """Writes to a file descriptor from a thread of its own.

    Args:
        descriptor: where to write.
        on_broken: called in the loop's thread, once, when nobody reads any more or writing fails.
    """

    def __init__(self, descriptor: int, on_broken: Callable[[OSError], None]) -> None:
        self._descriptor = descriptor
        self._on_broken = on_broken
        self._loop = asyncio.get_running_loop()
        self._gathered: list[bytes] = []
        self._pending = 0
        self._scheduled = False
        self._writing = False
        self._broken = False
        self._room: asyncio.Future[None] | None = None
        self._empty: asyncio.Future[None] | None = None
        self._work: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="stdout", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        """Bytes that are not written yet."""
        return self._pending

    def write(self, data: bytes) -> Full | None:
        """Give bytes; returns something to wait for when too many of them are unwritten."""
        if self._broken:
            return None
        self._gathered.append(data)
        self._pending += len(data)
        if not self._scheduled and not self._writing:
            self._scheduled = True
            self._loop.call_soon(self._hand_over)
        if self._pending < _HIGH:
            return None
        if self._room is None:
            self._room = self._loop.create_future()
        return self._room

    async def close(self, *, give_up: asyncio.Future[None]) -> None:
        """Wait until everything is written and end the thread.

        When `give_up` is done, a reader that still reads gets the rest, one that does not is left.
        """
        if self._pending and not self._broken:
            self._empty = self._loop.create_future()
            await asyncio.wait([self._empty, give_up], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([self._empty], timeout=_LAST_WRITE_S)
        self._work.put(None)
        if not self._writing:
            self._thread.join()  # it has nothing left to write

    def _hand_over(self) -> None:
        self._scheduled = False
        if self._gathered and not self._writing:
            self._writing = True
            data = b"".join(self._gathered)
            self._gathered.clear()
            self._work.put(data)

    def _written(self, count: int) -> None:
        self._writing = False
        self._pending -= count
        self._hand_over()
        if self._room is not None and self._pending <= _LOW:
            self._room.set_result(None)
            self._room = None
        if self._empty is not None and not self._pending and not self._empty.done():
            self._empty.set_result(None)

    def _failed(self, error: OSError) -> None:
        self._broken = True
        self._gathered.clear()
        self._written(self._pending)
        self._on_broken(error)

    def _run(self) -> None:
        while (data := self._work.get()) is not None:
            try:
                _write_all(self._descriptor, data)
            except OSError as error:
                self._tell(self._failed, error)
            else:
                self._tell(self._written, len(data))

    def _tell(self, callback: Callable[[_T], None], argument: _T) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, argument)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]

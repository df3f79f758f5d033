"""What blocks is done on a thread beside the loop, and is waited for in any case."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from wirescope.errors import MediaFileError

T = TypeVar("T")

DEADLINE_S = 10.0
"""Seconds that a disk has for a piece of a file."""


class SerialCalls:
    """Calls on a thread, one at a time: FFmpeg's objects must not be touched by two threads.

    None of them can be interrupted. One that is cancelled is waited for all the same; should that
    be cancelled as well, or take too long, the next call waits for it before it begins.

    Args:
        deadline_s: seconds that a call may take.
    """

    def __init__(self, *, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._under_way: asyncio.Future[Any] | None = None

    async def call(self, call: Callable[[], T]) -> T:
        """Call on a thread.

        Raises:
            MediaFileError: it took too long, and is left to itself; or the one before it has not
                ended yet, and it was not begun.
        """
        while self._under_way is not None and not self._under_way.done():
            await self._wait(self._under_way)
        future = asyncio.get_running_loop().run_in_executor(None, call)
        future.add_done_callback(_note_error)
        self._under_way = future
        try:
            await self._wait(future)
        except asyncio.CancelledError:
            await asyncio.wait([future], timeout=self._deadline_s)
            raise
        return future.result()

    async def _wait(self, future: asyncio.Future[Any]) -> None:
        await asyncio.wait([future], timeout=self._deadline_s)
        if not future.done():
            raise MediaFileError(
                f"The disk has not answered within {self._deadline_s:g} s.",
                hint="See that it is there; a network may lie between.",
            )


def _note_error(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()  # whoever waited for it may be gone, which the loop would complain of

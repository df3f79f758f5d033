"""What blocks is done on a thread beside the loop, and is waited for in any case."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from wirescope.errors import MediaFileError

T = TypeVar("T")

DEADLINE_S = 10.0
"""Seconds that a disk has for a piece of a file."""


async def uninterrupted(call: Callable[[], T], *, deadline_s: float = DEADLINE_S) -> T:
    """Call on a thread; when cancelled, wait for it all the same.

    FFmpeg's objects must not be touched by two threads, and none of them can be interrupted.

    Raises:
        MediaFileError: it took too long, and is left to itself.
    """
    future = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        await asyncio.wait([future], timeout=deadline_s)
    except asyncio.CancelledError:
        await asyncio.wait([future], timeout=deadline_s)
        raise
    if not future.done():
        raise MediaFileError(
            f"The disk has not answered within {deadline_s:g} s.",
            hint="See that it is there; a network may lie between.",
        )
    return future.result()

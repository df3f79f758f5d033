"""What blocks is done on a thread beside the loop, and is waited for in any case."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def uninterrupted(call: Callable[[], T]) -> T:
    """Call on a thread; when cancelled, wait for it all the same.

    FFmpeg's objects must not be touched by two threads, and none of them can be interrupted.
    """
    future = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        raise

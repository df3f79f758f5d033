"""Ends of the lab on plain loopback, without a namespace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from wirescope.lab.ends import Crossing, End, Ends, Way


@asynccontextmanager
async def ends(names: str = "ab", **how: Any) -> AsyncIterator[Ends]:
    """Start the ends `a` and `b`, and `s` if it is among the names."""
    async with AsyncExitStack() as stack:
        started = await asyncio.gather(*(End.start(name, **how) for name in names))
        for end in started:
            stack.push_async_exit(end)
        yield Ends(*started)


@asynccontextmanager
async def crossing(way: Way) -> AsyncIterator[Crossing]:
    """Join two ends as a way says, with a server between them if it is on that."""
    names = "ab" if way.path == "direct" else "abs"
    async with ends(names) as started:
        joined = Crossing(started, way)
        await joined.listen()
        yield joined

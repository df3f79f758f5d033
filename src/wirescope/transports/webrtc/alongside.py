"""Tasks that run beside what somebody else does, and end with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def alongside(*work: Coroutine[Any, Any, None], grace_s: float = 0) -> AsyncIterator[None]:
    """Run coroutines while the context lasts.

    When it ends they have `grace_s` seconds to end by themselves, then they are cancelled. What the
    body raises stays what it is: a task group of its own would wrap it.
    """
    group = asyncio.TaskGroup()
    await group.__aenter__()
    tasks = [group.create_task(each) for each in work]
    try:
        yield
    finally:
        try:
            if grace_s:
                await asyncio.wait(tasks, timeout=grace_s)
        finally:
            for task in tasks:
                task.cancel()
            await group.__aexit__(None, None, None)

"""Work that goes on while a context is entered, and ends with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def beside(
    work: Coroutine[Any, Any, None], end: Callable[[asyncio.Task[None]], object]
) -> AsyncIterator[None]:
    """Do some work while the context is entered.

    What is raised inside comes out as it is: a task group would put it into an exception group, in
    which whoever handles an error of its kind does not find it.

    Args:
        work: runs in a task of its own; when it fails, the context is left.
        end: sees to it that the work comes to an end; it is waited for.
    """
    raised: Exception | None = None
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        try:
            yield
        except Exception as error:  # noqa: BLE001 -- raised again
            raised = error
        finally:
            end(task)
    if raised is not None:
        raise raised

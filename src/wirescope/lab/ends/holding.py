"""Keeps a context open in a task of its own, from one order to a later one.

A context that has tasks beside it can only be left by the task that has entered it, and a fault in
one of those cancels that task: here it ends the context and nothing else, and is told to who asks.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

from wirescope.errors import WirescopeError

T = TypeVar("T")


class Held(Generic[T]):
    """A context that is open until it is let go."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._leaving = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def enter(self, context: AbstractAsyncContextManager[T], *, timeout_s: float) -> T:
        """Open it; what it gives.

        Raises:
            WirescopeError: what it raised.
            TimeoutError: it was not open in time.
        """
        ready: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._task = self._tasks.create_task(self._keep(context, ready))
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(ready)
        except BaseException:
            self._task.cancel()
            raise

    async def _keep(
        self, context: AbstractAsyncContextManager[T], ready: "asyncio.Future[T]"
    ) -> None:
        try:
            async with context as value:
                ready.set_result(value)
                await self._leaving.wait()
        except* WirescopeError as errors:  # once it was open, its end shows by itself
            if not ready.done():
                ready.set_exception(first_of(errors))

    async def leave(self, *, timeout_s: float) -> None:
        """Close it, and wait until it is closed.

        Raises:
            TimeoutError: it was not closed in time, and is given up.
        """
        self._leaving.set()
        if self._task is not None:
            _, late = await asyncio.wait({self._task}, timeout=timeout_s)
            for each in late:
                each.cancel()
            if late:
                raise TimeoutError


def first_of(errors: BaseExceptionGroup[WirescopeError]) -> WirescopeError:
    """Give the first error of a group, however deep it is."""
    first = errors.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first

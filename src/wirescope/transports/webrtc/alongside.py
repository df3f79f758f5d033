"""Tasks that run beside what somebody else does, and end with it."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any


class Alongside:
    """Coroutines that run while a context lasts; `alongside` makes it.

    No generator: where a program ends with contexts open, the loop closes all asynchronous
    generators at once, and one that waits within another is closed twice, which it complains of.
    """

    def __init__(self, work: tuple[Coroutine[Any, Any, None], ...], grace_s: float) -> None:
        self._work = work
        self._grace_s = grace_s
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> None:
        await self._group.__aenter__()
        self._tasks = [self._group.create_task(each) for each in self._work]

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self._grace_s and self._tasks:
                await asyncio.wait(self._tasks, timeout=self._grace_s)
        finally:
            for task in self._tasks:
                task.cancel()
            await self._group.__aexit__(None, None, None)


def alongside(*work: Coroutine[Any, Any, None], grace_s: float = 0) -> Alongside:
    """Run coroutines while the context lasts.

    When it ends they have `grace_s` seconds to end by themselves, then they are cancelled. What the
    body raises stays what it is: a task group of its own would wrap it.
    """
    return Alongside(work, grace_s)

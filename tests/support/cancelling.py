"""A coroutine is cancelled at each place where it waits, one place after the other."""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any


class Steps:
    """Counts where a coroutine waits, and cancels its task at one of these places.

    Attributes:
        taken: places at which it has waited so far.
    """

    def __init__(self, cancel_at: int = 0) -> None:
        self.taken = 0
        self._cancel_at = cancel_at

    @types.coroutine
    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Run the coroutine; it is cancelled when it waits for the nth time."""
        thrown: BaseException | None = None
        while True:
            try:
                waits_for = coroutine.send(None) if thrown is None else coroutine.throw(thrown)
            except StopIteration as stop:
                return stop.value
            self.taken += 1
            if self.taken == self._cancel_at:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()  # reaches what it waits for, as from another task
            try:
                yield waits_for
            except BaseException as error:  # noqa: BLE001 -- it is the coroutine's
                thrown = error
            else:
                thrown = None


async def at_each_await(
    make: Callable[[], Coroutine[Any, Any, None]], after: Callable[[int], Awaitable[None]]
) -> int:
    """Run what is made once to its end, then again and again, cancelled at each of its waits.

    Args:
        make: makes the coroutine.
        after: looks at what is left, after each time.

    Returns:
        how many places there are.
    """
    whole = Steps()
    await whole.run(make())
    for place in range(1, whole.taken + 1):
        steps = Steps(place)
        async with asyncio.TaskGroup() as group:
            group.create_task(_one(steps, make()))
        await after(place)
    return whole.taken


async def _one(steps: Steps, coroutine: Coroutine[Any, Any, None]) -> None:
    await steps.run(coroutine)

"""Messages that are sent again and again through one connection, until they are stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

from wirescope.errors import UsageError, WirescopeError
from wirescope.workbench.desk.states import Repeat

MOST_REPEATS = 16
SHORTEST_REPEAT_S = 0.01
LONGEST_REPEAT_S = 86_400.0


class Repeats:
    """The repeated messages of one connection.

    Args:
        on_change: is called whenever something changed that can be seen.
        on_end: is told why one ended by itself.
    """

    def __init__(
        self, *, on_change: Callable[[], None], on_end: Callable[[WirescopeError], None]
    ) -> None:
        self._on_change = on_change
        self._on_end = on_end
        self._running: dict[str, _Repeating] = {}
        self._next_number = count(1).__next__

    def check(self, interval_s: float) -> None:
        """See whether one more may begin.

        Raises:
            UsageError: the interval cannot be kept, or too many are running.
        """
        if not SHORTEST_REPEAT_S <= interval_s <= LONGEST_REPEAT_S:
            raise UsageError(
                f"{interval_s:g} s is no time to repeat a message after;"
                f" {SHORTEST_REPEAT_S:g} to {LONGEST_REPEAT_S:,.0f} s are.",
            )
        if len(self._running) >= MOST_REPEATS:
            raise UsageError(
                f"{MOST_REPEATS} messages are being repeated already.", hint="Stop one of them."
            )

    def begin(
        self,
        send: Callable[[], Awaitable[None]],
        *,
        summary: str,
        interval_s: float,
        group: asyncio.TaskGroup,
    ) -> str:
        """Send from now on, after `interval_s` for the first time; the id to stop it by.

        Raises:
            UsageError: as `check`; others may have begun since.
        """
        self.check(interval_s)
        name = f"r{self._next_number()}"
        repeating = self._running[name] = _Repeating(name, summary, interval_s)
        repeating.task = group.create_task(self._repeat(repeating, send))
        repeating.task.add_done_callback(lambda _: self._forget(name))
        self._on_change()
        return name

    async def _repeat(self, repeating: "_Repeating", send: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        try:
            while True:
                # By the clock, so that the time that sending takes does not add up.
                due = max(due + repeating.interval_s, loop.time())
                await asyncio.sleep(due - loop.time())
                await send()
                repeating.sent += 1
                self._on_change()
        except WirescopeError as error:
            self._on_end(error)

    def _forget(self, name: str) -> None:
        self._running.pop(name, None)
        self._on_change()

    def stop(self, name: str) -> None:
        """Stop one.

        Raises:
            UsageError: there is none of this id.
        """
        repeating = self._running.get(name)
        if repeating is None:
            raise UsageError(f"There is no repeated message {name!r}; it may have ended by itself.")
        repeating.stop()

    def stop_all(self) -> None:
        """Stop all of them."""
        for repeating in self._running.values():
            repeating.stop()

    def states(self) -> list[Repeat]:
        """Say which are running, and how often they were sent."""
        return [
            Repeat(id=each.id, summary=each.summary, interval_s=each.interval_s, sent=each.sent)
            for each in self._running.values()
        ]


class _Repeating:
    """A message that is sent again and again; it was sent once before."""

    def __init__(self, id: str, summary: str, interval_s: float) -> None:  # noqa: A002
        self.id, self.summary, self.interval_s, self.sent = id, summary, interval_s, 1
        self.task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()

"""What all processes of a sweep have in common: messages at their times, and a tally of what came.

A message counts from when it was due and not from when a busy process came to send it, so that one
that cannot keep up shows it. What a participant is made of is not here.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, ClassVar, TypeVar

from wirescope.clock import SystemClock
from wirescope.errors import UsageError, WirescopeError
from wirescope.lab.ends.alarm import Alarm
from wirescope.lab.ends.holding import Held, first_of
from wirescope.lab.scale.orders import Join, Play, Played
from wirescope.lab.workloads import read_head, write_message

LEAVE_S = 5.0

T = TypeVar("T")


async def at_once(works: Iterable[Coroutine[Any, Any, T]], most: int) -> list[T]:
    """Do what is to be done, so many at a time at most; what came of each.

    Raises:
        WirescopeError: the first that failed.
    """
    room = asyncio.Semaphore(most)

    async def one(work: Coroutine[Any, Any, T]) -> T:
        try:
            async with room:
                return await work
        finally:
            work.close()  # which may not have had its turn

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(each)) for each in works]
    except* WirescopeError as errors:
        raise first_of(errors) from None
    return [each.result() for each in tasks]


class Side:
    """One process of a sweep, whatever it holds.

    Args:
        tasks: has what goes on beside orders.

    Attributes:
        message_bytes: of each message.
    """

    message_bytes: ClassVar[int] = 100

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.first = 0
        self._tasks = tasks
        self._held: list[Held[Any]] = []
        self._delays_ns: list[int] = []
        self._expected = 0
        self._all_came = asyncio.Event()
        self._now_ns = SystemClock.monotonic_ns

    async def host(self) -> int:
        """Listen; the port.

        Raises:
            UsageError: this process is none to come to.
        """
        raise UsageError("Nobody comes to this process; it goes to others.")

    async def join(self, order: Join) -> None:
        """Have so many participants.

        Raises:
            UsageError: this process holds none.
            WirescopeError: one could not connect.
        """
        raise UsageError(f"This process holds no participants, not {order.participants}.")

    def mine(self, order: Play) -> Iterable[int]:
        """Give the numbers of the messages that this process sends."""
        raise UsageError(f"This process sends none of the {order.messages} messages.")

    def turns(self, order: Play, participants: int) -> Iterable[int]:
        """Give the numbers of the messages whose turn is that of participants of this process."""
        return (
            number
            for number in range(order.messages)
            if 0 <= number % order.participants - self.first < participants
        )

    async def send(self, number: int, message: bytes, order: Play) -> None:
        """Send a message as the participant whose turn it is."""
        raise UsageError(f"This process has nobody to send message {number}.")

    async def hold(self, context: AbstractAsyncContextManager[T], *, timeout_s: float) -> T:
        """Keep a context open until this process ends; what it gives.

        Raises:
            WirescopeError: what it raised.
            TimeoutError: it was not open in time.
        """
        held: Held[T] = Held(self._tasks)
        self._held.append(held)
        return await held.enter(context, timeout_s=timeout_s)

    # What comes

    def take(self, payload: bytes | memoryview) -> None:
        """Take a message that came to a participant."""
        _, due_ns = read_head(payload)
        self._delays_ns.append(self._now_ns() - due_ns)
        if len(self._delays_ns) == self._expected:
            self._all_came.set()

    async def play(self, order: Play) -> Played:
        """Send and take messages until all have come, or it is time."""
        self._delays_ns, self._expected = [], order.expects
        self._all_came.clear()
        with suppress(TimeoutError), Alarm() as alarm:
            async with asyncio.timeout((order.end_ns - self._now_ns()) / 1e9):
                for number in self.mine(order):
                    due_ns = order.start_ns + number * order.every_ns
                    await alarm.until(due_ns)
                    message = write_message(number, due_ns, self.message_bytes)
                    await self.send(number, message, order)
                await alarm.until(order.start_ns + order.messages * order.every_ns)
                if order.expects:
                    await self._all_came.wait()
        return Played(delays_us=[each // 1_000 for each in self._delays_ns])

    async def leave(self) -> None:
        """Let go what is held."""
        async with asyncio.TaskGroup() as group:
            for each in self._held:
                group.create_task(_let_go(each))


async def _let_go(held: Held[Any]) -> None:
    with suppress(TimeoutError):
        await held.leave(timeout_s=LEAVE_S)

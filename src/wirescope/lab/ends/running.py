"""A run: a plan is sent at its times, or bulk as fast as it goes, and what comes is noted.

A message counts as sent when the application has it, at its time, and not when the transport takes
it: an application does not stop to have something to say because the network is slow. Both times
are noted. Of bulk they are one, since there the next message comes about when the last was taken.
"""

import asyncio
import gc
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import repeat

from wirescope.clock import SystemClock
from wirescope.errors import NetworkError, UsageError, WirescopeError
from wirescope.lab.ends.alarm import Alarm
from wirescope.lab.ends.carrier import Carrier, forget
from wirescope.lab.ends.holding import first_of
from wirescope.lab.ends.lateness import late_of
from wirescope.lab.ends.orders import Bulk, Look, Ran, Received, Run, Sent, Usage
from wirescope.lab.ends.usage import cpu_s, usage
from wirescope.lab.workloads import HEAD_BYTES, TEXT_HEAD_BYTES, read_head, write_message

LOOK_EVERY_S = 0.1

LEFT_EVERY_S = 0.005
"""Seconds between two looks whether all that was sent has left."""

QUIET_S = 2.0
"""Seconds without a message after which none is expected any more, of what ends with the time."""

TURN_BYTES = 256 << 10
"""Bytes of bulk after which everything else that the loop has to do has its turn."""


class Running:
    """One run at one end.

    Raises:
        UsageError: a message of the plan has no room for its head.
    """

    def __init__(self, carrier: Carrier, order: Run) -> None:
        self._least = TEXT_HEAD_BYTES if order.text else HEAD_BYTES
        if any(size < self._least for _, size in order.plan):
            raise UsageError(
                f"A message of the plan is shorter than its head, {self._least} bytes."
            )
        self._carrier = carrier
        self._order = order
        self._now_ns = SystemClock.monotonic_ns
        self._sent: list[Sent] = []
        self._received: list[Received] = []
        self._late_ns: list[int] = []
        self._looks: list[Look] = []
        self._planned = len(order.plan)
        self._foreign = 0
        self._broke = ""
        self._all_came = asyncio.Event()
        self._asked: deque[tuple[int, int, int]] = deque()  # when it is answered, number, size
        self._is_asked = asyncio.Event()
        self._under_way = False  # an answer
        if order.expects == 0:
            self._all_came.set()

    async def run(self) -> Ran:
        """Run until all is done, or it is time."""
        before, order = cpu_s(), self._order
        usage()  # the peak of memory begins anew
        write_message(0, 0, self._least, text=order.text)  # the first one makes what pads all
        with _unmoved(), Alarm() as alarm, Alarm() as answers_alarm:
            self._carrier.take = self._take if order.answers_ms is None else self._take_and_answer
            try:
                await self._until_the_end(alarm, answers_alarm)
            finally:
                self._carrier.take = forget
        used = usage()
        return Ran(
            sent=self._sent,
            received=self._received,
            unsent=max(0, self._planned - len(self._sent)),
            foreign=self._foreign,
            late=late_of(self._late_ns),
            held=late_of([each.handed_ns - each.sent_ns for each in self._sent]),
            looks=self._looks,
            usage=Usage(
                cpu_s=used.cpu_s - before,
                memory_bytes=used.memory_bytes,
                peak_memory_bytes=used.peak_memory_bytes,
            ),
            facts=await self._carrier.facts(),
            broke=self._broke,
        )

    async def _until_the_end(self, alarm: Alarm, answers_alarm: Alarm) -> None:
        left_s = (self._order.end_ns - self._now_ns()) / 1e9
        with suppress(TimeoutError):
            async with asyncio.timeout(left_s):
                try:
                    await self._until_all_is_done(alarm, answers_alarm)
                except* WirescopeError as errors:
                    self._broke = first_of(errors).message
        self._planned += len(self._asked)

    async def _until_all_is_done(self, alarm: Alarm, answers_alarm: Alarm) -> None:
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(self._answer(answers_alarm)),
                group.create_task(self._look()),
                group.create_task(self._note_end()),
                group.create_task(self._until_quiet()),
            ]
            await self._send(alarm)
            await self._all_came.wait()
            # Nothing tells when the system has the last acknowledgement.
            while self._asked or self._under_way or not self._carrier.has_left():  # noqa: ASYNC110
                await asyncio.sleep(LEFT_EVERY_S)
            for each in beside:
                each.cancel()

    async def _note_end(self) -> None:
        """Wait for the connection's end, which ends the run before its time."""
        await self._carrier.over.wait()
        raise NetworkError("The connection ended during the run.")

    async def _until_quiet(self) -> None:
        """Take all for come once nothing has for a while, where nobody knows how much will."""
        since_ns = self._order.quiet_from_ns
        if since_ns is None:
            return
        while (left_ns := since_ns + round(QUIET_S * 1e9) - self._now_ns()) > 0:
            await asyncio.sleep(left_ns / 1e9)
            last_ns = self._received[-1].received_ns if self._received else 0
            since_ns = max(since_ns, last_ns)
        self._all_came.set()

    # Sending

    async def _send(self, alarm: Alarm) -> None:
        if self._order.bulk is not None:
            await self._send_bulk(self._order.bulk, alarm)
            return
        start_ns, now_ns = self._order.start_ns, self._now_ns
        woke_ns = now_ns()
        for number, (at_ns, size) in enumerate(self._order.plan):
            due_ns = start_ns + at_ns
            if due_ns > now_ns():
                await alarm.until(due_ns)
                woke_ns = now_ns()
            await self._hand_over(number, size, due_ns, woke_ns)

    async def _answer(self, alarm: Alarm) -> None:
        asked, now_ns = self._asked, self._now_ns
        while True:
            self._is_asked.clear()
            while asked:
                due_ns, number, size = asked.popleft()
                self._under_way = True
                self._planned += 1
                woke_ns = now_ns()
                if due_ns > woke_ns:
                    await alarm.until(due_ns)
                    woke_ns = now_ns()
                await self._hand_over(number, size, due_ns, woke_ns)
                self._under_way = False
            await self._is_asked.wait()

    async def _hand_over(self, number: int, size: int, due_ns: int, woke_ns: int) -> None:
        """Send a message that was due; when this end last slept, it woke at `woke_ns`.

        What was due before that is late by this end's fault. What was due later and was not sent
        has waited for the transport to take the messages before it.
        """
        sent_ns = max(due_ns, woke_ns)
        self._late_ns.append(sent_ns - due_ns)
        await self._give(number, size, sent_ns)

    async def _give(self, number: int, size: int, sent_ns: int) -> None:
        text = self._order.text
        data = write_message(number, sent_ns, size, text=text)
        self._sent.append(Sent(number, size, sent_ns, self._now_ns()))
        await self._carrier.connection.send(data.decode("ascii") if text else data)

    async def _send_bulk(self, bulk: Bulk, alarm: Alarm) -> None:
        sizes, self._planned = _bulk_sizes(bulk, least=self._least)
        now_ns, start_ns = self._now_ns, self._order.start_ns
        until_ns = None if bulk.for_s is None else start_ns + round(bulk.for_s * 1e9)
        await alarm.until(start_ns)
        given = of_turn = 0
        for number, size in enumerate(sizes):
            if bulk.bytes_per_s is not None:
                await alarm.until(start_ns + round(given * 1e9 / bulk.bytes_per_s))
            if until_ns is not None and now_ns() >= until_ns:
                return
            await self._give(number, size, now_ns())
            given += size
            of_turn += size
            if of_turn >= TURN_BYTES:
                of_turn = 0
                await asyncio.sleep(0)

    # Receiving

    def _take(self, payload: bytes, now_ns: int) -> None:
        order = self._order
        try:
            number, sent_ns = read_head(payload, text=order.text)
        except ValueError:
            self._foreign += 1
            return
        if sent_ns < order.start_ns:  # of a run before
            self._foreign += 1
            return
        self._received.append(Received(number, len(payload), sent_ns, now_ns))
        if len(self._received) == order.expects:
            self._all_came.set()

    def _take_and_answer(self, payload: bytes, now_ns: int) -> None:
        before = len(self._received)
        self._take(payload, now_ns)
        if len(self._received) > before and self._order.answers_ms is not None:
            took = self._received[-1]
            due_ns = now_ns + round(self._order.answers_ms * 1e6)
            self._asked.append((due_ns, took.number, took.size))
            self._is_asked.set()

    async def _look(self) -> None:
        while True:
            self._looks.append(self._carrier.look())
            await asyncio.sleep(LOOK_EVERY_S)


def _bulk_sizes(bulk: Bulk, *, least: int) -> tuple[Iterable[int], int]:
    """Give the messages' sizes, and how many are planned; without a total nobody knows.

    The last one carries what is left, or as much as its head takes.
    """
    size = max(bulk.size, least)
    if bulk.total_bytes is None:
        return repeat(size), 0
    whole, rest = divmod(bulk.total_bytes, bulk.size)
    sizes = [size] * whole + ([max(rest, least)] if rest else [])
    return sizes, len(sizes)


@contextmanager
def _unmoved() -> Iterator[None]:
    """Keep the collector from looking at everything that was there before the run."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

"""A run, over a connection in memory: what is noted of each message, and when it is over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from wirescope.clock import SystemClock
from wirescope.errors import UsageError
from wirescope.lab.ends import running as running_room
from wirescope.lab.ends.alarm import Alarm
from wirescope.lab.ends.carrier import Carrier, taking
from wirescope.lab.ends.orders import Bulk, Facts, Look, Run
from wirescope.lab.ends.running import Running
from wirescope.lab.workloads import write_message
from wirescope.transports.messages import MEMORY_LIMIT, MemoryConnection, memory_pair

MS = 1_000_000
SECOND = 1000 * MS


class MemoryCarrier(Carrier):
    """Carries messages through memory."""

    def __init__(self, connection: MemoryConnection) -> None:
        super().__init__()
        self.connection: MemoryConnection = connection

    async def facts(self) -> Facts:
        return Facts()

    def look(self) -> Look:
        return Look(SystemClock.monotonic_ns(), 0)

    def has_left(self) -> bool:
        return True

    async def close(self) -> None:
        await self.connection.close()


@asynccontextmanager
async def joined() -> AsyncIterator[tuple[MemoryCarrier, MemoryConnection]]:
    """Give a carrier that takes what comes, and the plain other end."""
    here, there = memory_pair()
    carrier = MemoryCarrier(here)
    async with taking(carrier):
        yield carrier, there
        await there.close()


def run(*, start_in_ms: float = 5, lasts_ms: float = 5000, **more: Any) -> Run:
    start_ns = SystemClock.monotonic_ns() + round(start_in_ms * MS)
    return Run(start_ns=start_ns, end_ns=start_ns + round(lasts_ms * MS), **more)


@pytest.mark.each_loop
@pytest.mark.parametrize("text", [False, True])
async def test_messages_go_at_their_times_and_say_when(*, text: bool) -> None:
    plan = [(0, 40), (10 * MS, 400), (10 * MS, 40), (30 * MS, 70_000)]
    async with joined() as (carrier, there):
        order = run(plan=plan, text=text, expects=0)
        ran = await Running(carrier, order).run()
        came = [await there.receive() for _ in plan]
    assert [(each.number, each.size) for each in ran.sent] == [
        (number, size) for number, (_, size) in enumerate(plan)
    ]
    for each, (at_ns, size), message in zip(ran.sent, plan, came, strict=True):
        assert each.sent_ns >= order.start_ns + at_ns
        assert each.handed_ns >= each.sent_ns
        assert message.kind == ("text" if text else "binary")
        assert message.payload == write_message(each.number, each.sent_ns, size, text=text)
    assert (ran.unsent, ran.broke) == (0, "")


async def test_what_the_transport_does_not_take_is_sent_at_its_time_and_held() -> None:
    plan = [(number * 10 * MS, MEMORY_LIMIT) for number in range(4)]
    async with joined() as (carrier, there), asyncio.TaskGroup() as group:
        order = run(plan=plan, expects=0, start_in_ms=300)
        running = group.create_task(Running(carrier, order).run())
        with Alarm() as alarm:
            await alarm.until(order.start_ns + plan[-1][0])
            await alarm.until(SystemClock.monotonic_ns() + 200 * MS)  # nobody reads until then
        for _ in plan:
            await there.receive()
        ran = await running
    held = [each.handed_ns - each.sent_ns for each in ran.sent]
    assert held[0] < 100 * MS
    assert held[3] > 100 * MS
    assert ran.held.max_us * 1000 == max(held)
    # The third waited for the transport; the fourth was there at its time, unless this end slept.
    due_ns = order.start_ns + plan[3][0]
    assert ran.sent[3].sent_ns == max(due_ns, ran.sent[2].sent_ns)


async def test_what_is_not_taken_until_the_end_is_unsent() -> None:
    plan = [(number * MS, MEMORY_LIMIT) for number in range(8)]
    async with joined() as (carrier, _):
        ran = await Running(carrier, run(plan=plan, lasts_ms=60)).run()
    assert ran.unsent > 0
    assert ran.unsent + len(ran.sent) == len(plan)


async def test_a_plan_that_begins_late_is_late_by_its_own_fault() -> None:
    async with joined() as (carrier, _):
        order = run(plan=[(0, 40), (MS, 40)], start_in_ms=-30, expects=0)
        ran = await Running(carrier, order).run()
    assert ran.late.max_us >= 30_000
    assert all(each.sent_ns >= order.start_ns + 30 * MS for each in ran.sent)


async def test_each_message_that_comes_is_answered_with_its_number_and_size() -> None:
    async with joined() as (carrier, there), asyncio.TaskGroup() as group:
        order = run(answers_ms=2, expects=3)
        running = group.create_task(Running(carrier, order).run())
        await asyncio.sleep(0)  # it takes what comes from here on
        await asyncio.sleep(0.01)
        now_ns = SystemClock.monotonic_ns()
        for number in (7, 8, 9):
            await there.send(write_message(number, now_ns, 20 + number))
        answers = [await there.receive() for _ in range(3)]
        ran = await running
    assert [len(each.payload) for each in answers] == [27, 28, 29]
    assert [each.number for each in ran.sent] == [7, 8, 9]
    for took, gave in zip(ran.received, ran.sent, strict=True):
        assert gave.sent_ns - took.received_ns >= 2 * MS
    assert ran.unsent == 0


async def test_what_is_of_no_run_or_of_another_one_is_counted_apart() -> None:
    async with joined() as (carrier, there), asyncio.TaskGroup() as group:
        order = run(expects=1)
        running = group.create_task(Running(carrier, order).run())
        await asyncio.sleep(0.01)
        await there.send(write_message(0, order.start_ns - 1, 40))
        await there.send(b"short")
        await there.send(write_message(0, order.start_ns + 1, 40))
        ran = await running
    assert ran.foreign == 2
    assert [(each.number, each.size) for each in ran.received] == [(0, 40)]


async def test_a_run_without_anything_to_wait_for_lasts_until_its_end() -> None:
    async with joined() as (carrier, _):
        order = run(lasts_ms=50)
        await Running(carrier, order).run()
    assert SystemClock.monotonic_ns() >= order.end_ns


async def test_a_run_is_over_when_the_connection_is() -> None:
    async with joined() as (carrier, there), asyncio.TaskGroup() as group:
        running = group.create_task(Running(carrier, run(plan=[(4 * SECOND, 40)])).run())
        await asyncio.sleep(0.01)
        await there.close()
        ran = await running
    assert ran.broke == "The connection ended during the run."
    assert ran.unsent == 1


async def test_bulk_has_all_its_bytes_and_the_last_message_is_shorter() -> None:
    bulk = Bulk(total_bytes=100_000, size=16_384)
    async with joined() as (carrier, _):
        ran = await Running(carrier, run(bulk=bulk, expects=0)).run()
    sizes = [each.size for each in ran.sent]
    assert sizes == [16_384] * 6 + [1_696]
    assert [each.number for each in ran.sent] == list(range(7))


async def test_bulk_without_an_end_is_sent_for_its_time_and_taken_until_it_is_quiet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running_room, "QUIET_S", 0.2)
    bulk = Bulk(size=16_384, for_s=0.2, bytes_per_s=1_000_000)
    async with joined() as (carrier, there):
        ran = await Running(carrier, run(bulk=bulk, expects=0, start_in_ms=500)).run()
        assert 1 <= len(ran.sent) <= 13  # a machine that stands still for a while sends fewer
        assert ran.unsent == 0
        order = run(lasts_ms=60_000)
        order = replace(order, quiet_from_ns=order.start_ns + 1500 * MS)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(Running(carrier, order).run())
            await asyncio.sleep(0.02)
            await there.send(write_message(0, order.start_ns + 1, 40))
        took = running.result().received
    now_ns = SystemClock.monotonic_ns()
    assert [each.number for each in took] == [0]
    assert 200 * MS <= now_ns - took[0].received_ns < 20 * SECOND


async def test_a_message_without_room_for_its_head_is_refused() -> None:
    async with joined() as (carrier, _):
        with pytest.raises(UsageError, match="shorter than its head, 16 bytes"):
            Running(carrier, run(plan=[(0, 12)], text=True))

"""The alarm wakes at its moment, on either loop, and leaves nothing behind."""

import asyncio

import pytest

from wirescope.clock import SystemClock
from wirescope.lab.ends.alarm import Alarm

MS = 1_000_000


@pytest.mark.each_loop
async def test_it_never_wakes_before_its_time() -> None:
    with Alarm() as alarm:
        for wait_ns in (100, 10_000, MS, 3 * MS + 1):
            at_ns = SystemClock.monotonic_ns() + wait_ns
            await alarm.until(at_ns)
            assert SystemClock.monotonic_ns() >= at_ns


@pytest.mark.each_loop
async def test_a_moment_that_is_past_is_no_wait() -> None:
    with Alarm() as alarm:
        now_ns = SystemClock.monotonic_ns()
        for at_ns in (-5, 0, now_ns - 1, now_ns):
            await alarm.until(at_ns)


@pytest.mark.each_loop
@pytest.mark.alone
async def test_it_is_finer_than_a_timer_of_the_loop() -> None:
    late_ns = []
    with Alarm() as alarm:
        for number in range(50):
            at_ns = SystemClock.monotonic_ns() + 2 * MS + number * 17_000
            await alarm.until(at_ns)
            late_ns.append(SystemClock.monotonic_ns() - at_ns)
    assert sorted(late_ns)[25] < MS


@pytest.mark.each_loop
async def test_who_gave_up_waiting_can_wait_anew() -> None:
    with Alarm() as alarm:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await alarm.until(SystemClock.monotonic_ns() + 50 * MS)
        at_ns = SystemClock.monotonic_ns() + 5 * MS
        await alarm.until(at_ns)
        assert at_ns <= SystemClock.monotonic_ns()

"""What blocks is waited for, but not for ever, and nothing else is done meanwhile."""

import asyncio
import threading

import pytest

from wirescope.errors import MediaFileError
from wirescope.transports.webrtc.media.threads import SerialCalls


class Slow:
    """A call that lasts until it is released; how many of them run at one time, at most."""

    def __init__(self) -> None:
        self.begun, self.release = threading.Event(), threading.Event()
        self.done = self.most = self._running = 0

    def __call__(self) -> None:
        self._running += 1
        self.most = max(self.most, self._running)
        self.begun.set()
        self.release.wait(10)
        self._running -= 1
        self.done += 1


async def test_a_call_that_is_cancelled_is_waited_for() -> None:
    slow = Slow()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(SerialCalls().call(slow))
        await asyncio.to_thread(slow.begun.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        slow.release.set()
    assert slow.done == 1
    assert task.cancelled()


async def test_a_disk_that_does_not_answer_is_told() -> None:
    slow = Slow()
    try:
        with pytest.raises(MediaFileError, match=r"not answered within 0\.05 s"):
            await SerialCalls(deadline_s=0.05).call(slow)
    finally:
        slow.release.set()


async def test_a_call_waits_for_one_that_was_cancelled_twice() -> None:
    slow, calls = Slow(), SerialCalls()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(calls.call(slow))
        await asyncio.to_thread(slow.begun.wait, 10)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([task])
        assert (task.cancelled(), slow.done) == (True, 0)
        after = group.create_task(calls.call(slow))
        await asyncio.sleep(0.05)
        assert slow.most == 1
        slow.release.set()
        await after
    assert (slow.done, slow.most) == (2, 1)


async def test_of_two_calls_that_wait_one_goes_first() -> None:
    slow, calls = Slow(), SerialCalls()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(calls.call(slow))
        await asyncio.to_thread(slow.begun.wait, 10)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([task])
        slow.release.set()
        for _ in range(2):
            group.create_task(calls.call(slow))
    assert (slow.done, slow.most) == (3, 1)


async def test_a_call_is_not_begun_while_one_hangs() -> None:
    slow, calls = Slow(), SerialCalls(deadline_s=0.05)
    try:
        for _ in range(2):
            with pytest.raises(MediaFileError, match="has not answered"):
                await calls.call(slow)
        assert slow.most == 1
    finally:
        slow.release.set()

"""What blocks is waited for, but not for ever."""

import asyncio
import threading

import pytest

from wirescope.errors import MediaFileError
from wirescope.transports.webrtc.media.threads import uninterrupted


async def test_a_call_that_is_cancelled_is_waited_for() -> None:
    begun, release, done = threading.Event(), threading.Event(), []

    def call() -> None:
        begun.set()
        release.wait(10)
        done.append(True)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(uninterrupted(call))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        release.set()
    assert done == [True]
    assert task.cancelled()


async def test_a_disk_that_does_not_answer_is_told() -> None:
    release = threading.Event()
    try:
        with pytest.raises(MediaFileError, match=r"not answered within 0\.05 s"):
            await uninterrupted(lambda: release.wait(10), deadline_s=0.05)
    finally:
        release.set()

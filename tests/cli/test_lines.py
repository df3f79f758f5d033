"""Lines of a descriptor, read by a thread of its own."""

import asyncio
import contextlib
import os
import threading

import pytest

from wirescope.cli.lines import read_lines


@pytest.fixture
def pipe():
    out, into = os.pipe()
    yield out, into
    with contextlib.suppress(OSError):  # the test may have closed it
        os.close(into)
    readers = [each for each in threading.enumerate() if each.name == "stdin"]
    for each in readers:
        each.join(10)
    os.close(out)
    assert not any(each.is_alive() for each in readers)


async def test_lines_come_without_their_line_feed_and_the_last_one_needs_none(pipe):
    out, into = pipe
    long = b"c" * 70_000  # more than a pipe holds, or than is read at a time

    def write():
        for each in (b"a\n\nb", long, b"\nlast"):
            os.write(into, each)
        os.close(into)

    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(write))
        found = [each async for each in read_lines(out)]
    assert found == [b"a", b"", b"b" + long, b"last"]


async def test_no_more_is_read_than_a_slow_taker_takes(pipe):
    out, into = pipe
    os.set_blocking(into, False)
    lines = read_lines(out)
    written = os.write(into, b"x\n" * 100)
    assert await anext(lines) == b"x"
    full = asyncio.get_running_loop().time() + 10
    blocked_at = None
    while blocked_at is None or written > blocked_at:
        try:
            written += os.write(into, b"y\n" * 2048)
        except BlockingIOError:
            blocked_at = written
            await asyncio.sleep(0.05)
        assert asyncio.get_running_loop().time() < full
    assert written < 1 << 20
    await lines.aclose()
    os.close(into)  # or the reader would wait for ever


def test_a_reader_ends_with_the_loop_that_it_reads_for(pipe):
    out, into = pipe

    async def take_one():
        lines = read_lines(out)
        os.write(into, b"a\n")
        return await anext(lines)

    assert asyncio.run(take_one()) == b"a"
    os.write(into, b"b\n")  # which nobody wants any more
    readers = [each for each in threading.enumerate() if each.name == "stdin"]
    for each in readers:  # it may have ended already
        each.join(10)
    assert not any(each.is_alive() for each in readers)

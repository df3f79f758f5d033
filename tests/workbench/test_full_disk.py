"""A disk that fills up while a connection is recorded: the peer waits, and nothing is lost."""

from pathlib import Path

import pytest

from tests.support.small_disk import needs_small_disk, run_on_small_disk

SCRIPT = """
import asyncio
import wirescope
from wirescope.events import ConnectionClosed, WebSocketMessage
from wirescope.transports.websocket import Acceptance, serve

count, size = 400, 100_000
sent = 0

async def push(connection):
    global sent
    for number in range(count):
        await connection.send(number.to_bytes(4, "big") + bytes(size))
        sent += 1

async def until_stuck():
    before = -1
    while sent != before:
        before = sent
        await asyncio.sleep(0.6)  # longer than it takes to try the disk again
    return sent

async def main():
    path = folder + "/run.wirescope"
    async with serve(lambda _: Acceptance(handler=push, compression=None)) as server:
        async with wirescope.connect(server.url, capture=path, compression=None) as connection:
            closing = asyncio.get_running_loop().create_task(connection.wait_closed())
            connection.transport.keep_messages(keep=False)
            connection.events.release()
            stuck = await until_stuck()
            assert stuck < count, "the peer was not held back"
            assert connection.closed is None
            grow("200m")
            closed = await closing
            assert (closed.code, closed.clean) == (1000, True), closed
    with wirescope.open_capture(path, repair=False) as capture:
        events = list(capture.events())
        assert capture.gaps == []
    messages = [event for event in events if isinstance(event, WebSocketMessage)]
    numbers = [int.from_bytes(message.payload[:4], "big") for message in messages]
    assert numbers == list(range(count)), len(numbers)
    assert all(message.length == size + 4 for message in messages)
    assert isinstance(events[-1], ConnectionClosed)

asyncio.run(main())
"""


@pytest.mark.slow
@needs_small_disk
def test_a_full_disk_holds_the_peer_back_and_loses_nothing(tmp_path: Path) -> None:
    run_on_small_disk(SCRIPT, tmp_path)

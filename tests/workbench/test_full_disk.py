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


DESK = """
import asyncio
from pathlib import Path
from random import Random
from wirescope.capture import open_capture
from wirescope.clock import SystemClock
from wirescope.errors import CaptureWriteError, WorkspaceError
from wirescope.playground import serve_endpoints
from wirescope.workbench.desk import Desk, desk, sessions
from wirescope.workbench.workspace import Compression, Endpoint, History, Resolver

desk.END_TIMEOUT_S = sessions.ABORT_TIMEOUT_S = sessions.CLOSE_TIMEOUT_S = 0.2

def resolvers():
    return Resolver({}, clock=SystemClock(), random=Random(1))

async def main():
    try:
        await use()
    except CaptureWriteError as error:
        assert "could not be saved" in error.message, error
    else:
        raise AssertionError("nobody was told of what is lost")
    (path,) = (Path(folder) / "captures").glob("*.wirescope")
    with open_capture(path) as capture:
        assert capture.last_seq > 0

async def use():
    async with serve_endpoints() as server, Desk(History(Path(folder))) as at:
        endpoint = Endpoint(
            url=server.url.rstrip("/") + "/push?count=100000&size=5000",
            compression=Compression(offer=False),
        )
        session = await at.open_session(endpoint, resolvers=resolvers)
        while not at.session(session.id).state().notices:
            await asyncio.sleep(0.01)
        assert "The disk is full" in at.session(session.id).state().notices[0]
        state = await at.close_session(session.id)
        assert state.phase == "closing", state
        try:
            await at.import_capture("other.har", bytes(1 << 20))
        except WorkspaceError as error:
            assert "No space left" in error.message, error
        else:
            raise AssertionError("there was room for it")

asyncio.run(asyncio.wait_for(main(), 40))
"""


@pytest.mark.slow
@needs_small_disk
def test_a_desk_ends_though_the_disk_is_full_and_says_what_is_lost(tmp_path: Path) -> None:
    run_on_small_disk(DESK, tmp_path)

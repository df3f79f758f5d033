"""The end of a call: what was sent on its channels arrives first, unless nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.support.handshakes import Upgrading
from tests.support.peers import until
from tests.support.raw_server import RawServer
from tests.workbench.calling.narrow import Far, far_away
from tests.workbench.calling.others import Log
from wirescope.errors import ConnectError
from wirescope.events import ConnectionClosed
from wirescope.workbench.calling import Call, leaving

pytestmark = [pytest.mark.slow, pytest.mark.quiet]

End = Callable[[Call], Awaitable[None]]

PIECE = b"x" * 100_000


@asynccontextmanager
async def calling(log: Log, far: Far) -> AsyncIterator[Call]:
    """Make a call that stands, with an open channel."""
    async with log.call("webrtc:") as call:
        await call.accept(await far.answer(call.code))
        await call.wait_open()
        await call.channels[0].wait_open()
        await until(lambda: far.peer.channels)
        yield call


async def test_all_that_was_sent_arrives_however_long_it_takes() -> None:
    log = Log()
    async with far_away() as far, asyncio.TaskGroup() as group:
        async with calling(log, far) as call:
            far.way.to_server.rate_bps = 1_500_000  # so that it takes more than four seconds
            came = group.create_task(far.lengths())
            for _ in range(8):
                await call.send(PIECE)
        assert await came == [len(PIECE)] * 8
        assert call.unsent_bytes == 0


async def sends_in_vain(log: Log, far: Far, end: End) -> None:
    """Send to where nothing arrives any more, and end the call so."""
    async with calling(log, far) as call:
        far.way.to_server.loss = 1
        for _ in range(8):
            await call.send(PIECE)
        await end(call)


async def test_what_does_not_go_out_any_more_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "PATIENCE_S", 0.5)
    async with far_away() as far:
        with pytest.raises(ConnectError, match="bytes that waited were not sent: nothing") as seen:
            await sends_in_vain(Log(), far, Call.close)
    assert (seen.value.phase, seen.value.kind) == ("sctp", "timeout")


async def test_an_abort_waits_for_nothing_and_is_said() -> None:
    async def abort(call: Call) -> None:
        async with asyncio.TaskGroup() as group:
            closing = group.create_task(call.close())
            await asyncio.sleep(0.1)
            assert not closing.done()
            async with asyncio.timeout(0.2):
                call.abort()
                await closing
        assert 0 < call.unsent_bytes <= 8 * len(PIECE)

    log = Log()
    async with far_away() as far:
        with pytest.raises(ConnectError, match="this end did not wait for it") as seen:
            await sends_in_vain(log, far, abort)
    assert seen.value.kind == "aborted"
    (closed,) = log.capture.of(ConnectionClosed)
    assert (closed.cause, closed.clean) == ("aborted", False)


async def test_what_waits_when_the_other_side_hangs_up_is_said() -> None:
    async def hung_up(far: Far) -> None:
        async with calling(Log(), far) as call:
            far.way.to_server.rate_bps = 1_000_000
            for _ in range(8):
                await call.send(PIECE)
            await far.peer.close()
            await call.wait_ended()
        assert 0 < call.unsent_bytes <= 8 * len(PIECE)

    async with far_away() as far:
        with pytest.raises(ConnectError, match="not sent: the connection had ended") as seen:
            await hung_up(far)
    assert (seen.value.phase, seen.value.kind) == ("sctp", "reset")


@pytest.mark.parametrize("length", [100, 1_000, 100_000])
async def test_what_waits_when_the_other_side_closes_the_channel_is_said(length: int) -> None:
    async def closed(far: Far) -> None:
        async with calling(Log(), far) as call, asyncio.TaskGroup() as group:
            far.way.to_server.rate_bps = 1_000_000
            for _ in range(400_000 // length):
                await call.send(bytes(length))
            group.create_task(call.close())
            await asyncio.sleep(0.3)
            await far.peer.channels[0].close()
        assert 100_000 < call.unsent_bytes <= 400_000

    async with far_away() as far:
        with pytest.raises(ConnectError, match="not sent: the other side had closed") as seen:
            await closed(far)
    assert seen.value.kind == "reset"


async def test_who_hangs_up_once_all_has_come_raises_no_alarm() -> None:
    async def hang_up(far: Far) -> None:
        await until(lambda: far.peer.channels)
        got = 0
        async for message in far.peer.channels[0]:
            got += message.length
            if got == 8 * len(PIECE):
                await far.peer.close()

    async with far_away() as far, asyncio.TaskGroup() as group:
        async with calling(Log(), far) as call:
            group.create_task(hang_up(far))
            for _ in range(8):
                await call.send(PIECE)
        assert call.unsent_bytes == 0


async def test_that_it_is_not_known_whether_the_last_has_arrived_is_said() -> None:
    async def lost(far: Far) -> None:
        async with calling(Log(), far) as call:
            far.way.to_server.loss = 1
            await call.send(b"on its way")
            call.channels[0]._close_timeout_s = 0.5
        assert call.unsent_bytes == 0

    async with far_away() as far:
        with pytest.raises(ConnectError, match="may not have arrived") as seen:
            await lost(far)
    assert (seen.value.phase, seen.value.kind) == ("sctp", "timeout")


async def test_what_was_not_sent_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "PATIENCE_S", 0.5)
    async with far_away() as far, calling(Log(), far) as call:
        far.way.to_server.loss = 1
        for _ in range(8):
            await call.send(PIECE)
        await call.close()
        with pytest.raises(ConnectError, match="were not sent"):
            call.check_sent()


async def test_what_waits_goes_out_before_its_channel_is_closed() -> None:
    async with far_away() as far, asyncio.TaskGroup() as group, calling(Log(), far) as call:
        far.way.to_server.rate_bps = 1_500_000
        came = group.create_task(far.lengths())
        for _ in range(4):
            await call.send(PIECE)
        await call.close_channel(call.channels[0])
        assert await came == [len(PIECE)] * 4
        assert call.peer.is_open


async def test_a_channel_that_nothing_goes_out_on_is_closed_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leaving, "PATIENCE_S", 0.5)
    async with far_away() as far, calling(Log(), far) as call:
        far.way.to_server.loss = 1
        for _ in range(8):
            await call.send(PIECE)
        call.channels[0]._close_timeout_s = 0.5
        with pytest.raises(ConnectError, match="not sent: nothing went out any more"):
            await call.close_channel(call.channels[0])
        assert call.channels[0].closed is not None


async def test_an_abort_does_not_wait_for_the_end_of_the_signaling() -> None:
    loop = asyncio.get_running_loop()
    async with (
        RawServer(Upgrading()) as server,
        asyncio.timeout(2),
        Log().call(f"webrtc+ws://127.0.0.1:{server.port}/x") as call,
    ):
        loop.call_later(0.3, call.abort)  # while it waits for a Close frame

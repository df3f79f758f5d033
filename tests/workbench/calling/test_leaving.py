"""The end of a call: what was sent on its channels arrives first, unless nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.support.peers import until
from tests.workbench.calling.narrow import Far, far_away
from tests.workbench.calling.others import Log
from wirescope.errors import ConnectError
from wirescope.events import ConnectionClosed
from wirescope.workbench.calling import Call, leaving

pytestmark = [pytest.mark.slow, pytest.mark.alone]

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

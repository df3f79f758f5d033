"""How WebRTC connections of the desk end when their way is narrow: all goes out, or at once."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.workbench.calling.narrow import far_away
from tests.workbench.desk.benches import desk_in, resolvers, until
from tests.workbench.desk.test_calls import code_of, phase
from wirescope.workbench.desk import Outgoing, sessions
from wirescope.workbench.workspace import Endpoint

pytestmark = [pytest.mark.slow, pytest.mark.quiet]


@asynccontextmanager
async def narrow(folder):
    """Open a session whose other side is reached by a way that can be made narrow."""
    async with far_away() as far, desk_in(folder) as desk:
        opened = await desk.open_session(Endpoint(url="webrtc:"), resolvers=resolvers)
        offer = await code_of(desk, opened.id)
        await desk.paste_code(opened.id, await far.answer(offer.text))
        await phase(desk, opened.id, "open")
        await until(lambda: far.peer.channels)
        yield desk, desk.session(opened.id), far


async def send_large(desk, session):
    for _ in range(6):
        await desk.send(session.id, Outgoing(body="x" * 100_000), resolvers=resolvers)


async def test_what_was_sent_goes_out_though_nobody_waits_for_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "CLOSE_TIMEOUT_S", 0.2)
    async with narrow(tmp_path) as (desk, session, far), asyncio.TaskGroup() as group:
        far.way.to_server.rate_bps = 2_000_000
        came = group.create_task(far.lengths())
        await send_large(desk, session)
        for _ in range(2):  # who is impatient asks again
            await desk.close_session(session.id)
        assert session.state().phase == "closing"
        await until(lambda: session.is_over)
        assert await came == [100_000] * 6
        assert session.state().phase == "closed"
        assert session.state().notices == []


async def test_one_that_is_dropped_waits_for_nothing_and_says_what_was_not_sent(tmp_path):
    async with narrow(tmp_path) as (desk, session, far):
        far.way.to_server.loss = 1
        await send_large(desk, session)
        async with asyncio.timeout(1):
            await desk.close_session(session.id, drop=True)
            await until(lambda: session.is_over)
        (notice,) = session.state().notices
    assert "bytes that waited were not sent: this end did not wait for it" in notice


async def test_what_waits_goes_out_before_its_channel_is_closed(tmp_path):
    async with narrow(tmp_path) as (desk, session, far), asyncio.TaskGroup() as group:
        far.way.to_server.rate_bps = 2_000_000
        came = group.create_task(far.lengths())
        await send_large(desk, session)
        await desk.close_channel(session.id, "d1")
        assert await came == [100_000] * 6
        assert session.state().phase == "open"

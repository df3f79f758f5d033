"""The scripted server is in order where it was not told otherwise, judged by another client."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.support.raw_server import RawServer
from tests.support.scripted import Scripted


@pytest.mark.parametrize("length", [5, 300, 70_000])
async def test_it_echoes_messages_of_every_length_encoding(length):
    async with (
        RawServer(Scripted()) as server,
        connect(f"ws://127.0.0.1:{server.port}/", proxy=None) as connection,
    ):
        await connection.send("x" * length)
        assert await connection.recv() == "x" * length
        await (await connection.ping(b"there"))


async def test_what_is_too_large_is_refused_with_the_code_that_was_chosen():
    async with (
        RawServer(Scripted(limit=10, limit_code=4001)) as server,
        connect(f"ws://127.0.0.1:{server.port}/", proxy=None) as connection,
    ):
        await connection.send("x" * 11)
        with pytest.raises(ConnectionClosed) as caught:
            await connection.recv()
    assert "4001" in str(caught.value)


async def test_a_foreign_origin_is_refused_where_it_is_checked():
    async with RawServer(Scripted(checks_origin=True)) as server:
        url = f"ws://127.0.0.1:{server.port}/"
        with pytest.raises(InvalidStatus):
            await connect(url, origin=Origin("https://foreign.example"), proxy=None)

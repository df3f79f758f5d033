"""How much waits to be sent, which aioice's transport over TURN does not tell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aioice.turn import TurnClientTcpProtocol, TurnTransport

from tests.support.peers import until
from wirescope.transports.webrtc.packets.datagrams import MAX_UNSENT, Datagrams
from wirescope.transports.webrtc.packets.stack import bytes_waiting

FAR = ("127.0.0.1", 9)
DATA = bytes(1200)


@asynccontextmanager
async def relayed() -> AsyncIterator[tuple[TurnTransport, TurnClientTcpProtocol]]:
    """Give a transport over TCP to a TURN server that reads nothing and answers nothing."""
    ended = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await ended.wait()
        writer.transport.abort()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_connection(
        lambda: TurnClientTcpProtocol((host, port), "user", "pass", 600, 500), host, port
    )
    try:
        yield TurnTransport(protocol), protocol
    finally:
        transport.abort()
        ended.set()
        server.close()
        await server.wait_closed()


def sending(transport: Any) -> Datagrams:
    """Make what sends over a transport, with SRTP that leaves packets as they are."""

    class Plain:
        def protect(self, packet: bytes) -> bytes:
            return packet

    class Pair:
        remote_addr = FAR

        class protocol:  # noqa: N801
            pass

    class Connection:
        _nominated = {1: Pair}  # noqa: RUF012

    Pair.protocol.transport = transport  # type: ignore[attr-defined]
    datagrams = Datagrams("c1", on_rtp=lambda _: None, on_rtcp=lambda _: None)
    datagrams.join(Connection)
    datagrams._tx = Plain()
    return datagrams


async def test_what_a_server_over_tcp_does_not_take_is_bounded() -> None:
    async with relayed() as (transport, protocol):
        protocol.peer_to_channel[FAR] = 0x4000
        protocol.channel_refresh_at[0x4000] = float("inf")
        datagrams = sending(transport)
        sent = 0
        while datagrams.send_rtp(DATA) or datagrams.lost < 100:
            sent += 1
            if sent % 20 == 0:
                await asyncio.sleep(0)
        assert datagrams.lost >= 100
        assert protocol.transport.get_write_buffer_size() < MAX_UNSENT + 100 * len(DATA)


async def test_what_waits_for_a_channel_is_bounded() -> None:
    async with relayed() as (transport, protocol):
        datagrams = sending(transport)
        went = sum(datagrams.send_rtp(DATA) for _ in range(1000))
        assert 100 < went < 300
        assert datagrams.lost == 1000 - went
        await until(lambda: len(protocol.peer_connect_waiters.get(FAR, ())) == went - 1)
        tasks = list(transport._TurnTransport__send_tasks)
        for each in tasks:
            each.cancel()
        await asyncio.wait(tasks)


def test_a_transport_that_tells_nothing_is_taken_to_be_free() -> None:
    assert bytes_waiting(object()) == 0

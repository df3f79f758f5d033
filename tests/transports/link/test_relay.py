"""A relay in user space puts a link before a server, and says what it leaves out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from wirescope.clock import SystemClock
from wirescope.errors import NetworkError
from wirescope.link import (
    Direction,
    GilbertElliott,
    Jitter,
    LinkSettings,
    Outage,
    Queue,
    RandomLoss,
    symmetric,
)
from wirescope.transports.link import cannot_show, open_relay
from wirescope.transports.link.streams import MOST_UNDER_WAY, carried, under_way

FAR = symmetric("far", Direction(delay_ms=20))
now_ns = SystemClock().monotonic_ns


class Echo(asyncio.DatagramProtocol):
    """Answers each datagram, and keeps what came."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.came.put_nowait(data)
        self.transport.sendto(data, addr)


class Client(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.came.put_nowait(data)


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[tuple[str, int], Echo]]:
    loop = asyncio.get_running_loop()
    transport, echo = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname"), echo
    finally:
        transport.close()


@asynccontextmanager
async def client_of(
    address: tuple[str, int],
) -> AsyncIterator[tuple[asyncio.DatagramTransport, Client]]:
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(Client, remote_addr=address)
    try:
        yield transport, client
    finally:
        transport.close()


@pytest.mark.each_loop
@pytest.mark.alone
async def test_a_datagram_takes_as_long_as_the_link_there_and_back() -> None:
    async with echoing() as (server, _), open_relay(FAR, server, transport="udp") as relay:
        async with client_of(relay.address) as (transport, client):
            took = []
            for number in range(10):
                began_ns = now_ns()
                transport.sendto(b"%d" % number)
                assert await client.came.get() == b"%d" % number
                took.append((now_ns() - began_ns) / 1e6)
        up, down = relay.reports()
    assert min(took) >= 40
    assert sorted(took)[5] < 60  # a timer of the loop, on a machine that may be busy
    assert (up.counts.passed, down.counts.passed) == (10, 10)
    assert up.counts.offered_bytes == 10 * 29
    assert (up.source, up.target, down.source) == ("client", "server", "server")
    assert up.lateness.packets == 10


async def test_datagrams_are_lost_as_the_settings_say_and_counted() -> None:
    lossy = LinkSettings(name="lossy", up=Direction(loss=RandomLoss(share=0.3)), down=Direction())
    async with (
        echoing() as (server, echo),
        open_relay(lossy, server, transport="udp") as relay,
        client_of(relay.address) as (transport, client),
    ):
        for number in range(100):
            transport.sendto(b"%d" % number)
        while relay.reports()[0].counts.offered < 100:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        counts = relay.reports()[0].counts
        for _ in range(counts.passed):
            await client.came.get()
    assert 10 < counts.lost < 50
    assert counts.passed == 100 - counts.lost
    assert echo.came.qsize() == counts.passed


async def test_clients_are_told_apart() -> None:
    async with (
        echoing() as (server, _),
        open_relay(FAR, server, transport="udp") as relay,
        client_of(relay.address) as one,
        client_of(relay.address) as two,
    ):
        one[0].sendto(b"one")
        two[0].sendto(b"two")
        assert await one[1].came.get() == b"one"
        assert await two[1].came.get() == b"two"


@asynccontextmanager
async def upper_case() -> AsyncIterator[tuple[str, int]]:
    """Serve TCP that answers in upper case, and ends when its client has."""

    async def answer(reader, writer):
        while data := await reader.read(65536):
            writer.write(data.upper())
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()


@pytest.mark.each_loop
async def test_a_stream_is_delayed_complete_and_ended() -> None:
    lossy = symmetric("lossy", Direction(delay_ms=20, loss=RandomLoss(share=0.2), duplicate=0.1))
    text = b"abcdefghij" * 20_000
    async with upper_case() as server, open_relay(lossy, server, transport="tcp") as relay:
        reader, writer = await asyncio.open_connection(*relay.address)
        began_ns = now_ns()
        writer.write(text)
        writer.write_eof()
        first = await reader.readexactly(10)
        took_ms = (now_ns() - began_ns) / 1e6
        assert first + await reader.read() == text.upper()
        writer.close()
        await writer.wait_closed()
        up, down = relay.reports()
    assert took_ms >= 40
    assert up.counts.lost == up.counts.duplicates == 0
    assert up.counts.passed_bytes >= len(text)
    assert down.counts.offered == down.counts.passed


@pytest.mark.alone
@pytest.mark.slow
async def test_a_stream_is_no_faster_than_the_rate() -> None:
    narrow = symmetric("narrow", Direction(rate_bps=4_000_000, queue=Queue(ms=50)))
    async with upper_case() as server, open_relay(narrow, server, transport="tcp") as relay:
        reader, writer = await asyncio.open_connection(*relay.address)
        began_ns = now_ns()
        writer.write(bytes(250_000))
        writer.write_eof()
        length = len(await reader.read())
        took_s = (now_ns() - began_ns) / 1e9
        writer.close()
        await writer.wait_closed()
    assert length == 250_000
    assert 0.5 <= took_s < 0.8


async def test_a_server_that_refuses_breaks_the_connection_off() -> None:
    async with upper_case() as server:
        pass
    async with open_relay(FAR, server, transport="tcp") as relay:
        reader, writer = await asyncio.open_connection(*relay.address)
        with suppress(ConnectionResetError):  # as not every system says it
            assert await reader.read() == b""
        writer.close()


async def test_a_name_that_is_none_is_said() -> None:
    with pytest.raises(NetworkError, match=r"no\.such\.invalid"):
        async with open_relay(FAR, ("no.such.invalid", 1), transport="udp"):
            pass


def test_what_is_left_out_of_tcp_is_what_the_settings_ask_for() -> None:
    all_of_it = Direction(
        delay_ms=50,
        loss=GilbertElliott(enter=0.1, leave=0.5),
        jitter=Jitter(ms=2, keeps_order=False),
        duplicate=0.1,
        rate_bps=1_000_000,
        outages=(Outage(start_s=1, length_s=1),),
    )
    said = " ".join(cannot_show(symmetric("all", all_of_it), "tcp"))
    for word in ("round trip", "congestion control", "lost", "reordered", "outage", "queue"):
        assert word in said
    assert len(cannot_show(FAR, "tcp")) == 2
    assert len(cannot_show(FAR, "udp")) == 1


def test_what_is_kept_for_tcp_neither_loses_nor_reorders() -> None:
    jitter = Jitter(ms=2, keeps_order=False)
    outage = Outage(start_s=1, length_s=1)
    kept = carried(
        Direction(
            delay_ms=50, loss=RandomLoss(share=1), jitter=jitter, reorder=0.5, outages=(outage,)
        )
    )
    assert (kept.delay_ms, kept.loss, kept.reorder, kept.keeps_order) == (50, None, 0, True)
    assert kept.outages[0].held


@pytest.mark.parametrize(
    ("direction", "length"),
    [
        (Direction(delay_ms=50), MOST_UNDER_WAY),
        (Direction(delay_ms=40, rate_bps=8_000_000), 40_000 + 200_000),
        (Direction(rate_bps=8_000_000, queue=Queue(ms=50)), 50_000),
        (Direction(rate_bps=8_000_000, queue=Queue(packets=100)), 150_000),
        (Direction(rate_bps=8_000_000, queue=Queue(bytes=20_000)), 20_000),
        (Direction(rate_bps=10_000), 16 << 10),
    ],
    ids=["free", "default", "ms", "packets", "bytes", "least"],
)
def test_as_much_is_under_way_as_the_link_and_its_queue_hold(
    direction: Direction, length: int
) -> None:
    assert under_way(direction, 1500) == length

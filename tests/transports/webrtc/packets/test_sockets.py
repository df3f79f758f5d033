"""Sockets that are read here: when a datagram came, and what else a transport does."""

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.peers import until
from wirescope.clock import SystemClock
from wirescope.transports.webrtc.packets import sockets
from wirescope.transports.webrtc.packets.sockets import (
    AT_ONCE,
    MAX_WAIT_NS,
    DatagramSocket,
    Waits,
    take_over,
)

APART_S = 0.04
LATE_S = 0.06

pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="the kernel's times are those of Linux"
    ),
    pytest.mark.each_loop,
]


class Reader(asyncio.DatagramProtocol):
    """Notes what it is given, and how long that had waited."""

    def __init__(self) -> None:
        self.waits = Waits()
        self.transport: Any = None
        self.came: list[tuple[bytes, int]] = []
        self.errors: list[Exception] = []
        self.ends: list[Exception | None] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        self.came.append((data, self.waits.of(data)))
        if data == b"throw":
            raise ValueError("thrown")

    def error_received(self, error: Exception) -> None:
        self.errors.append(error)

    def connection_lost(self, error: Exception | None) -> None:
        self.ends.append(error)


@asynccontextmanager
async def reading() -> AsyncIterator[tuple[Reader, socket.socket]]:
    loop = asyncio.get_running_loop()
    _, reader = await loop.create_datagram_endpoint(Reader, local_addr=("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        sender.connect(reader.transport.get_extra_info("sockname"))
        sender.settimeout(5)
        take_over(reader, reader.waits)
        assert isinstance(reader.transport, DatagramSocket)
        try:
            yield reader, sender
        finally:
            reader.transport.close()
            await until(lambda: reader.ends)


async def test_what_came_while_the_loop_was_busy_has_its_own_time() -> None:
    async with reading() as (reader, sender):
        sender.send(b"first")
        time.sleep(APART_S)  # noqa: ASYNC251 - the loop is to be late
        sender.send(b"second")
        time.sleep(LATE_S)  # noqa: ASYNC251
        await until(lambda: len(reader.came) == 2)
    (first, first_ns), (second, second_ns) = reader.came
    assert (first, second) == (b"first", b"second")
    assert second_ns >= LATE_S * 1e9
    assert first_ns - second_ns >= APART_S * 0.9e9
    assert first_ns < MAX_WAIT_NS


async def test_what_came_before_is_not_lost_and_the_old_transport_ends_unheard() -> None:
    loop = asyncio.get_running_loop()
    _, reader = await loop.create_datagram_endpoint(Reader, local_addr=("127.0.0.1", 0))
    before = reader.transport
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"early", before.get_extra_info("sockname"))
        take_over(reader, reader.waits)
        await until(lambda: reader.came)
        assert before.is_closing()
        assert reader.transport is not before
        assert reader.ends == []
        reader.transport.close()
        await until(lambda: reader.ends)


async def test_where_the_times_cannot_be_had_the_loop_goes_on_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "SO_TIMESTAMPNS", -1)  # what a sandbox says of it: unknown
    loop = asyncio.get_running_loop()
    _, reader = await loop.create_datagram_endpoint(Reader, local_addr=("127.0.0.1", 0))
    before = reader.transport
    take_over(reader, reader.waits)
    assert reader.transport is before
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"all the same", before.get_extra_info("sockname"))
        await until(lambda: reader.came)
    before.close()
    await until(lambda: reader.ends)


async def test_many_are_read_in_their_order() -> None:
    async with reading() as (reader, sender):
        sent = [str(number).encode() for number in range(3 * AT_ONCE)]
        for each in sent:
            sender.send(each)
        await until(lambda: len(reader.came) == len(sent))
        assert [data for data, _ in reader.came] == sent


async def test_a_fault_of_the_reader_is_reported_and_ends_nothing() -> None:
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with reading() as (reader, sender):
        sender.send(b"throw")
        sender.send(b"next")
        await until(lambda: len(reader.came) == 2)
    assert [str(each["exception"]) for each in told] == ["thrown"]


async def test_it_sends() -> None:
    async with reading() as (reader, sender):
        reader.transport.sendto(b"back", sender.getsockname())
        assert await asyncio.to_thread(sender.recv, 100) == b"back"


async def test_what_a_full_socket_does_not_take_waits_and_is_sent_before_it_closes() -> None:
    async with reading() as (reader, sender):
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)
        full = FullAtFirst(reader.transport)
        for number in range(3):
            reader.transport.sendto(str(number).encode(), sender.getsockname())
        assert reader.transport.get_write_buffer_size() == 3
        full.has_room = True
        reader.transport.close()
        assert reader.transport.is_closing()
        assert reader.ends == []
        await until(lambda: reader.ends)
        assert [sender.recv(10) for _ in range(3)] == [b"0", b"1", b"2"]


class FullAtFirst:
    """Stands before a real socket and refuses until it has room: loopback is never full."""

    def __init__(self, transport: Any) -> None:
        self.has_room = False
        self._real, transport._socket = transport._socket, self

    def sendto(self, data: bytes, address: Any) -> int:
        if not self.has_room:
            raise BlockingIOError
        return int(self._real.sendto(data, address))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


async def test_an_address_that_cannot_be_reached_is_told_and_ends_nothing() -> None:
    async with reading() as (reader, sender):
        reader.transport.sendto(b"?", ("127.0.0.1", 0))
        assert [type(each) for each in reader.errors] == [OSError]
        sender.send(b"still there?")
        await until(lambda: reader.came)


async def test_nothing_is_taken_or_sent_after_the_end() -> None:
    async with reading() as (reader, sender):
        sender.send(b"too late")
        reader.transport.close()
        reader.transport.close()
        reader.transport.sendto(b"as well", sender.getsockname())
        await until(lambda: reader.ends)
        await asyncio.sleep(0.01)
        assert reader.came == []
        assert reader.ends == [None]
        sender.setblocking(False)
        with pytest.raises(BlockingIOError):
            sender.recv(10)


async def test_what_came_another_way_has_waited_for_an_unknown_time() -> None:
    clock = SystemClock()
    waits = Waits(clock)
    read, other = (bytes(bytearray(b"the same words")) for _ in range(2))
    waits.note(read, clock.wall_ns() - 5_000_000)
    assert waits.of(read) >= 5_000_000
    assert waits.of(other) == 0


@pytest.mark.parametrize("seconds", [-10, 10], ids=["back", "on"])
async def test_a_wait_is_not_believed_when_the_clock_was_set(seconds: int) -> None:
    clock = SystemClock()
    waits = Waits(clock)
    waits.note(b"read", clock.wall_ns() - seconds * 1_000_000_000)
    assert waits.of(b"read") == 0

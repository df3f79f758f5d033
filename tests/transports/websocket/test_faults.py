"""What goes wrong on the way: garbage, floods, half-open connections, resets in the middle."""

import asyncio
import random

import pytest

from tests.support.linked import ended, linked, until
from wirescope.events import ConnectionClosed
from wirescope.wire.websocket import DeflateParameters

pytestmark = pytest.mark.each_loop


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("deflate", [None, DeflateParameters()])
@pytest.mark.parametrize("role", ["client", "server"])
async def test_random_garbage_always_ends_in_one_closed_event(role, deflate, strict):
    generator = random.Random(f"{role}{deflate}{strict}")
    for _ in range(15):
        async with linked(role, deflate=deflate, strict=strict, close_timeout_s=0.01) as link:
            await link.peer.write(generator.randbytes(generator.randrange(1, 400)))
            link.peer.hang_up()
            await link.connection.wait_closed()
        assert link.log.closed.seq == max(event.seq for event in link.log if hasattr(event, "seq"))
        offsets = [frame.offset for frame in link.log.frames()]
        assert offsets == sorted(offsets)


@pytest.mark.parametrize("role", ["client", "server"])
async def test_mutated_frames_always_end_in_one_closed_event(role):
    generator = random.Random(7692)
    for _ in range(30):
        async with linked(role, strict=False, close_timeout_s=0.01) as link:
            frames = [
                link.peer.frame(generator.choice((0, 1, 2, 8, 9, 10)), b"abc") for _ in range(8)
            ]
            wire = bytearray(b"".join(frames))
            for _ in range(3):
                wire[generator.randrange(len(wire))] = generator.randrange(256)
            await link.peer.write(bytes(wire))
            link.peer.hang_up()
            await link.connection.wait_closed()
        assert len(link.log.of(ConnectionClosed)) == 1


@pytest.mark.parametrize("cut", range(0, 24, 3))
async def test_a_reset_anywhere_in_a_frame_loses_nothing_before_it(cut):
    async with linked(strict=False) as link:
        wire = link.peer.frame(9, b"first") + link.peer.frame(2, bytes(16), length_encoding=64)
        await link.peer.write(wire[: 7 + cut])
        await until(lambda: bool(link.log.frames("sent")))
        link.peer.reset()
        closed = await link.connection.wait_closed()
    assert ended(closed) == (1006, "", "network", False, "reset")
    assert link.log.frames()[0].payload == b"first"
    clauses = [clause for clause, _ in link.log.violations()]
    length, end = ["RFC 6455 5.2"] * (cut >= 10), ["RFC 6455 7.1.4"] * (cut > 0)
    assert clauses == length + end


async def test_a_reset_while_sending_is_told():
    async with linked(buffer=4096) as link, asyncio.TaskGroup() as group:
        sending = group.create_task(link.connection.send(bytes(1 << 22)))
        await link.peer.read(1000)
        link.peer.reset()
        closed = await link.connection.wait_closed()
        await sending
    assert (closed.code, closed.cause) == (1006, "reset")


async def test_a_flood_after_a_violation_is_not_kept_for_ever():
    async with linked("server", close_timeout_s=0.05) as link:
        await link.peer.write(b"\x83\x00")
        flood = link.peer.frame(2, bytes(1000)) * 100
        with pytest.raises(OSError):
            await link.peer.write(flood * 1000)
        closed = await link.connection.wait_closed()
    assert (closed.code, closed.cause) == (1002, "violation")


async def test_the_close_frame_arrives_although_bytes_were_unread():
    async with linked("server") as link:
        data = link.peer.frame(3) + link.peer.frame(2, bytes(100_000)) * 3
        await link.peer.write(data)
        assert (await link.peer.receive()).payload[:2] == b"\x03\xea"
        link.peer.hang_up()
        await link.connection.wait_closed()


async def test_a_peer_that_trickles_is_read_byte_by_byte():
    async with linked() as link:
        for byte in link.peer.frame(1, "tröpfeln".encode()):
            await link.peer.write(bytes((byte,)))
        assert (await link.connection.receive()).text == "tröpfeln"


async def test_a_connection_that_goes_silent_is_given_up_by_its_pings():
    async with linked(ping_interval_s=0.01, ping_timeout_s=0.03) as link:
        await link.peer.send(1, b"the last that is heard")
        await link.connection.receive()
        assert (await link.connection.wait_closed()).cause == "ping-timeout"
